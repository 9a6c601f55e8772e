"""The warm-up: a library that cannot be had is noted and everything else goes on, and the heap is frozen at the end."""

import gc
import importlib
import logging
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from ui import warmup


@pytest.fixture
def asked(monkeypatch):
    """Run with nothing heavy: what would be imported and warmed is noted instead."""
    seen = []

    def load(name):
        seen.append(name)
        if name == "missing":
            raise ImportError(name)
        return SimpleNamespace(warm=warm)

    def warm():
        seen.append("warm")
        raise OSError("a disk that cannot be written")

    monkeypatch.setattr(warmup, "PATIENCE", 0.0)
    monkeypatch.setattr(warmup, "HEAVY", {"missing": print, "full": lambda m: m.warm(), "there": lambda m: None})
    monkeypatch.setattr(warmup.late, "load", load)
    return seen


def test_what_fails_is_noted_and_the_rest_goes_on(asked, caplog):
    gc.unfreeze()
    with caplog.at_level(logging.INFO):
        warmup._load()
    try:
        assert asked == ["missing", "full", "warm", "there"]
        failed = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
        assert failed == ["missing could not be made ready.", "full could not be made ready."]
        assert any(record.getMessage().startswith("Warm after") for record in caplog.records)
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()


def test_what_is_made_ready_is_there():
    """The names are right, and each can be warmed as is asked of it."""
    for name, warm in warmup.HEAVY.items():
        module = importlib.import_module(name)
        if name.startswith("core."):
            assert callable(module.warm)
        else:
            warm(module)


def test_a_server_never_loads_pytorch():
    code = """if 1:
        import sys
        from core.classical import projections
        from ui import warmup
        projections.warm = lambda apart: None
        warmup.PATIENCE = 0.0
        warmup._load()
        print(*(name in sys.modules for name in ("sklearn", "pages.pretraining.clip", "torch")))
    """
    environment = {name: value for name, value in os.environ.items() if name != "SAWARU_OPEN_CLIP"}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "True", "False"], told.stderr
