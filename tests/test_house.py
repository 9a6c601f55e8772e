"""How large things may be, how long a line, and that no name stands in the code for nothing."""

import ast
import io
import re
import subprocess
import tokenize
from collections import Counter

import pytest

from ui import catalog
from ui.catalog import ROOT

WRITTEN = (".py", ".toml")
LINE = 120  # characters; a kana is one
SCENE, FIRST, CORE = 200, 150, 400  # lines


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def files(*layers):
    return [
        path for layer in layers for path in sorted((ROOT / layer).rglob("*.py")) if "__pycache__" not in path.parts
    ]


def test_sizes():
    most = {path: SCENE for path in files("pages")}
    most |= {lesson.folder / f"{next(iter(lesson.titles))}.py": FIRST for lesson in catalog.lessons()}
    most |= {path: CORE for path in files("core", "figures")}
    assert len(most) > 20
    assert not {str(path.relative_to(ROOT)): lines(path) for path, limit in most.items() if lines(path) > limit}


def prose_and_code(path):
    """Yield the numbered lines of a file with long ones, but not the programs in other languages that strings hold."""
    text = path.read_text(encoding="utf-8")
    if max(map(len, text.splitlines()), default=0) <= LINE:
        return  # no need to look closer
    docs = [node.body[0] for node in ast.walk(ast.parse(text)) if isinstance(getattr(node, "body", None), list)]
    docs = {n.lineno for n in docs if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
    inside = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING and token.start[0] < token.end[0] and token.start[0] not in docs:
            inside |= set(range(token.start[0], token.end[0] + 1))
    yield from ((i, line) for i, line in enumerate(text.splitlines(), 1) if i not in inside)


@pytest.mark.parametrize(
    "layer", ["app.py", "core", "figures", "pages", "ui", "tests", "tools", "benchmarks", "assets"]
)
def test_no_line_is_long(layer):
    paths = [ROOT / layer] if layer.endswith(".py") else files(layer)
    long = [f"{p.relative_to(ROOT)}:{i}" for p in paths for i, line in prose_and_code(p) if len(line) > LINE]
    assert not long, long


def left_to_do(folder):
    """Name the files of lessons in which `make new` left a word to somebody who has not said it yet."""
    paths = [
        p for f in ("pages", "core", "tests/core") for p in sorted((folder / f).rglob("*.*")) if p.suffix in WRITTEN
    ]
    return [str(path.relative_to(folder)) for path in paths if re.search(r"\bTODO\b", path.read_text(encoding="utf-8"))]


def test_nothing_is_left_to_do(tmp_path):
    assert not left_to_do(ROOT), "replace each TODO"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "x.toml").write_text('title = ["TODO", "Title"]')
    assert left_to_do(tmp_path) == ["pages/x.toml"]


CONTRACT = {
    "CONTROLS",
    "ZOOM",
    "Params",
    "compute",
    "READOUTS",
    "draw",
    "code",
    "CHECKS",
    "tasks",
    "QUICK",
    "warm",
    "app",
}
CALLED_ELSEWHERE = {  # by the tests; by string.Formatter; by HTMLParser; by pytest
    *("quick", "serve_code", "format_field"),
    *("handle_starttag", "handle_endtag"),
    *("pytest_runtest_logreport", "pytest_terminal_summary"),
}


def defined(tree):
    """Give the names that a module makes: functions, classes, constants, and the methods and fields of its classes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
            if isinstance(node, ast.ClassDef):
                yield from (item.name for item in node.body if isinstance(item, ast.FunctionDef))
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            if isinstance(target, ast.Name):
                yield target.id


def dead(sources, listed=frozenset()):
    """Name what is defined in one of the sources ({path: text}) and written nowhere else in any of them."""
    count = Counter(word for text in sources.values() for word in re.findall(r"\w+", text))
    for path, text in sources.items():
        for name in defined(ast.parse(text)):
            if count[name] < 2 and name not in listed and not name.startswith("__"):
                yield f"{path}: {name}"


def test_no_name_is_dead():
    """What only tests use counts as dead in pages, figures and ui; the core is also for others to import."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    layers = ("app.py", "core", "figures", "pages", "ui", "assets", "benchmarks", "tools")
    paths = [ROOT / name for name in listed if name.endswith(".py") and name.split("/")[0] in layers]
    sources = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths if path.is_file()}
    words = "\n".join(
        p.read_text(encoding="utf-8") for pattern in ("pages/*/*/*.toml", "ui/**/*.js") for p in ROOT.glob(pattern)
    )
    documented = (ROOT / "README.md").read_text(encoding="utf-8") + (ROOT / "CONTRIBUTING.md").read_text(
        encoding="utf-8"
    )
    core_tests = "\n".join(path.read_text(encoding="utf-8") for path in files("tests/core"))
    known = CONTRACT | CALLED_ELSEWHERE | set(re.findall(r"\w+", words + documented))
    public = set(re.findall(r"\w+", core_tests))
    found = [name for name in dead(sources, known) if not (name.startswith("core/") and name.split(": ")[1] in public)]
    assert not found, found


def test_a_dead_name_is_found():
    sources = {
        "a.py": "LONELY = 1\nUSED = 2\ndef f():\n    return USED\n",
        "b.py": "from a import f\nclass K:\n    def g(self): pass\nK()\n",
    }
    assert list(dead(sources)) == ["a.py: LONELY", "b.py: g"]


def test_pages_are_in_the_order_of_the_contract():
    order = ["CONTROLS", "ZOOM", "Params", "compute", "READOUTS", "draw", "code", "CHECKS"]
    for lesson in catalog.lessons():
        for name in lesson.titles:
            tree = ast.parse((lesson.folder / f"{name}.py").read_text(encoding="utf-8"))
            assert ast.get_docstring(tree), f"{lesson.topic}.{name} says what it shows"
            named = [n for n in defined(tree) if n in order]
            assert named == [n for n in order if n in named], f"{lesson.topic}.{name}: {named}"
            assert {*order} - {"ZOOM"} <= {*named, *_imported(tree)}, f"{lesson.topic}.{name}: {named}"


def _imported(tree):
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
