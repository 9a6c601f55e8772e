"""Late imports: two threads that meet in a package which imports itself in a circle, as SciPy's do."""

import importlib
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location

import pytest

from core import late


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
