"""The code of a page says where `core/` is, and its file runs there."""

import subprocess
import sys
from pathlib import Path

from ui import catalog, reading

ROOT = Path(__file__).resolve().parent.parent


def test_a_downloaded_file_runs_in_the_folder_of_core(tmp_path):
    scene = catalog.lesson("kalman").scene("one")
    path = tmp_path / "snippet.py"
    path.write_text(reading.file(scene.code(scene.Params()), path.name), "utf-8")
    run = subprocess.run([sys.executable, path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.count(" = ") == len(scene.readouts)
    assert compile(path.read_text("utf-8"), "snippet.py", "exec")


def test_core_is_at_an_address_or_in_a_folder(monkeypatch):
    monkeypatch.delenv(reading.REPOSITORY, raising=False)
    assert reading.where() == f"`{ROOT}`"
    monkeypatch.setenv(reading.REPOSITORY, "https://example.org/sawaru")
    assert reading.where() == "<https://example.org/sawaru>"
    assert "# core/ is in https://example.org/sawaru\n" in reading.file("print(1)\n", "x.py")
