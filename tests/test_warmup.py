"""The warm-up: a library that cannot be had is noted and everything else goes on, and the heap is frozen at the end."""

import gc
import logging
from types import SimpleNamespace

import pytest

from ui import warmup


@pytest.fixture
def asked(monkeypatch):
    """Run with nothing heavy: what would be imported is noted instead."""
    seen = []

    def import_module(name):
        seen.append(name)
        if name == "missing":
            raise ImportError(name)

    def warm(*, apart):
        seen.append(f"warm, apart={apart}")
        raise OSError("a disk that cannot be written")

    monkeypatch.setattr(warmup, "PATIENCE", 0.0)
    monkeypatch.setattr(warmup, "HEAVY", ("missing", "there"))
    monkeypatch.setattr(warmup.late, "load", import_module)
    monkeypatch.setitem(warmup.sys.modules, "core.classical.projections", SimpleNamespace(warm=warm))
    return seen


def test_what_fails_is_noted_and_the_rest_goes_on(asked, caplog):
    gc.unfreeze()
    with caplog.at_level(logging.INFO):
        warmup._load()
    try:
        assert asked == ["missing", "there", "core.classical.projections", "warm, apart=True"]
        failed = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
        assert failed == ["missing could not be made ready.", "core.classical.projections could not be made ready."]
        assert any(record.getMessage().startswith("Warm after") for record in caplog.records)
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()
