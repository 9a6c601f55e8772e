"""The warm-up: a scene that cannot be made ready is noted, all else goes on, and the heap is frozen at the end."""

import gc
import logging
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from ui import catalog, warmup


@pytest.fixture
def asked(monkeypatch):
    """Run with nothing heavy: what would be imported and warmed is noted instead."""
    seen = []

    def scene(name):
        seen.append(name)
        if name == "missing":
            raise ImportError(name)
        module = SimpleNamespace(warm=warm) if name == "full" else SimpleNamespace()
        return SimpleNamespace(module=module)

    def warm():
        seen.append("warm")
        raise OSError("a disk that cannot be written")

    lesson = SimpleNamespace(topic="small", titles=("missing", "full", "there"), scene=scene)
    monkeypatch.setattr(warmup, "PATIENCE", 0.0)
    monkeypatch.setattr(warmup.catalog, "lessons", lambda: (lesson,))
    return seen


def test_what_fails_is_noted_and_the_rest_goes_on(asked, caplog):
    gc.unfreeze()
    with caplog.at_level(logging.INFO):
        warmup._load()
    try:
        assert asked == ["missing", "full", "warm", "there"]
        failed = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
        assert failed == ["small.missing could not be made ready.", "small.full could not be made ready."]
        assert any(record.getMessage().startswith("Warm after") for record in caplog.records)
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()


def test_something_asks_to_be_made_ready():
    warm = [scene for lesson in catalog.lessons() for scene in lesson.scenes if hasattr(scene.module, "warm")]
    assert warm
    assert all(callable(scene.module.warm) for scene in warm)


def test_a_server_never_loads_pytorch():
    code = """if 1:
        import sys
        from ui import catalog, warmup
        for lesson in catalog.lessons():
            for scene in lesson.scenes:
                if hasattr(scene.module, "warm"):
                    scene.module.warm = lambda: None
        warmup.PATIENCE = 0.0
        warmup.time.sleep = lambda seconds: None  # no session waits
        warmup._load()
        first = [lesson.scene().module.__name__ in sys.modules for lesson in catalog.lessons()]
        print(all(first), "torch" in sys.modules)
    """
    environment = {name: value for name, value in os.environ.items() if name != "SAWARU_OPEN_CLIP"}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "False"], told.stderr
