"""Late imports: nothing heavy comes early, and two threads may meet in a package that imports itself in a circle."""

import importlib
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

import pytest

from core import late

HEAVY = {"gymnasium", "numba", "openpyxl", "pandas", "PIL", "plotly", "sklearn", "streamlit", "torch", "umap"}
TRAINS = {  # whose matter is PyTorch
    "core.llm.tokens.expansion",
    "core.pretraining.clip.torch_towers",
    "core.pretraining.clip.training",
}

# What is seen at once needs none of them either.
SEEN = """
from core.data import load
load("iris"), load("wine")
from core.pretraining import clip
model = clip.load("clip")
model.encode_images(clip.probe().images[:1]), model.encode_texts(["a red circle"])
"""


def test_nothing_heavy_is_imported_before_it_is_needed():
    core = Path(late.__file__).parent
    paths = [path.relative_to(core.parent).with_suffix("") for path in core.rglob("*.py") if path.stem != "__main__"]
    names = sorted({".".join(path.parts).removesuffix(".__init__") for path in paths} - TRAINS)
    assert len(names) > 50
    code = "\n".join([*(f"import {name}" for name in names), SEEN, "import sys", "print(*sys.modules)"])
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert {"numpy", *names} <= loaded
    assert not (HEAVY | {"scipy.stats"}) & loaded


class Gate(SourceFileLoader):
    """The loader of `tangled`, which waits until the other thread has come, just before the module is known to all."""

    def __init__(self, folder):
        super().__init__("tangled", str(folder / "__init__.py"))
        self.folder = folder
        self.inside, self.go_on = threading.Event(), threading.Event()

    def find_spec(self, name, path=None, target=None):
        if name == "tangled":
            return spec_from_file_location(name, loader=self, submodule_search_locations=[str(self.folder)])

    def create_module(self, spec):
        self.inside.set()
        self.go_on.wait(60)


@pytest.fixture
def gate(tmp_path, monkeypatch):
    """Make the package `tangled`, which imports its own `tangled.part`."""
    (tmp_path / "tangled").mkdir()
    (tmp_path / "tangled" / "__init__.py").write_text("from tangled.part import x\n")
    (tmp_path / "tangled" / "part.py").write_text("x = 1\n")
    gate = Gate(tmp_path / "tangled")
    monkeypatch.setattr(sys, "meta_path", [gate, *sys.meta_path])
    yield gate
    for name in ("tangled", "tangled.part"):
        sys.modules.pop(name, None)
        late._opened.pop(name, None)


def waits(thread):
    """Whether a thread stands before the lock of the module `tangled`, or before ours."""
    frame = sys._current_frames()[thread]
    where = frame.f_code.co_filename, frame.f_code.co_name
    module = getattr(frame.f_locals.get("self"), "name", None)
    return where == (late.__file__, "load") or (where[1] == "acquire" and module == "tangled")


def meet(gate, load):
    """One thread imports the package and, when it is half-way, another a part of it; gives what each gets or raises."""
    second_is = []

    def part():
        second_is.append(threading.get_ident())
        return load("tangled.part")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(load, "tangled")
        assert gate.inside.wait(60)
        second = pool.submit(part)
        # The first goes on when the second waits for it: however long that takes.
        while not (second.done() or (second_is and waits(second_is[0]))):
            time.sleep(0.001)
        gate.go_on.set()
        return [future.exception(60) or future.result() for future in (first, second)]


def test_python_itself_lets_one_of_them_fail(gate):
    """If this passes no longer, `IMPORTS` may go."""
    assert any("deadlock" in str(got) for got in meet(gate, importlib.import_module))


def test_both_are_served(gate):
    package, part = meet(gate, late.load)
    assert package.x == part.x == 1


def test_a_module_that_is_there_is_given_without_waiting(gate):
    gate.go_on.set()
    package = late.load("tangled")
    held, over = threading.Event(), threading.Event()

    def hold():
        with late.IMPORTS:
            held.set()
            over.wait(60)

    with ThreadPoolExecutor(2) as pool:
        pool.submit(hold)
        assert held.wait(60)
        assert pool.submit(late.load, "tangled").result(30) is package
        over.set()


def test_an_edited_module_is_loaded_anew(gate):
    gate.go_on.set()
    old = late.load("tangled.part")
    del sys.modules["tangled.part"]
    assert late.load("tangled.part") is not old
