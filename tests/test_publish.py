"""What browsers fetch: written whole or not at all, also on a disk that fills up half-way and beside another server."""

import errno
import json
import re
import resource
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ui import publish


@pytest.fixture
def static(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "STATIC", tmp_path / "static")
    return tmp_path / "static"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def whole(static):
    assert names(static) == sorted([publish.plotly_file(), publish.folder()])
    for path in publish._code():
        assert (static / publish.folder() / path.parent.name / path.name).read_bytes() == path.read_bytes()
    assert (static / publish.plotly_file()).read_bytes() == publish._plotly().read_bytes()


def test_all_is_there_and_readable_for_others(static):
    assert publish.publish() == static / publish.folder()
    whole(static)
    assert (static / publish.folder()).stat().st_mode & 0o055 == 0o055


def test_a_file_that_is_too_large_for_the_disk_leaves_nothing_behind(static):
    """The kernel stops the write of plotly.js after 100 kB."""
    code = (
        f"from pathlib import Path; from ui import publish; publish.STATIC = Path({str(static)!r}); publish.publish()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=publish.ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert f"[Errno {errno.EFBIG}]" in run.stderr
    assert names(static) == []
    publish.publish()  # there is room again
    whole(static)


def test_a_disk_that_fills_up_half_way_leaves_nothing_behind(static, monkeypatch):
    real, left = shutil.copyfile, [5]

    def copyfile(source, target):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(source, target)

    monkeypatch.setattr(publish.shutil, "copyfile", copyfile)
    with pytest.raises(OSError, match="No space"):
        publish.publish()
    assert names(static) == [publish.plotly_file()]  # complete, and kept
    left[0] = 1000
    publish.publish()
    whole(static)


def test_two_at_once(static):
    made, threads = [], [threading.Thread(target=lambda: made.append(publish.publish())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [static / publish.folder()] * 6
    whole(static)


@pytest.mark.parametrize(
    ("module", "how"),
    [("stage/stage.js", {"library": True}), ("stage/carrier.js", {"alone": True}), ("controls/controls.js", {})],
)
def test_a_loader_is_small_and_asks_for_what_there_is(static, module, how):
    text = publish.loader(module, **how)
    assert len(text.encode()) < 2_500  # it travels with every move
    folder, name, beside, library = json.loads(re.match(r"const .*? = (\[.*\]), name", text)[1])
    assert name == module
    assert all((static / folder / name).with_stem(other).is_file() for other in (Path(name).stem, *beside.split()))
    assert not library or (static / library).is_file()
    assert bool(library) == ("library" in how)
    assert bool(beside) == (module != "stage/carrier.js")
