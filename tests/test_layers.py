"""Imports run one way: pages -> ui, figures, core; ui -> figures.spec, some of core; figures -> core."""

import ast
import subprocess
import sys

import pytest

from ui import catalog
from ui.catalog import ROOT

OURS = ("pages", "ui", "figures", "core", "tests", "benchmarks", "app")
MAY = {
    "core": ("core",),
    "figures": ("figures", "core"),
    "ui": (
        "ui",
        "figures.spec",
        "core.data",
        "core.dataset",
        "core.images",
        "core.late",
        "core.result",
        "core.tables",
        "core.text",
    ),
    "pages": ("figures", "core", "ui"),
}
NEVER = {"core": ("streamlit", "plotly"), "figures": ("streamlit",), "pages": ("streamlit", "plotly")}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("late.load", "load", "import_module"):
            named = [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and "." in str(arg.value)]
            yield from named  # an import by name is one as well


def faults(layer, path):
    own = ".".join(path.relative_to(ROOT).parts[:3]) if layer == "pages" else layer  # a lesson's scenes share
    for name in imports(path):
        top = name.split(".")[0]
        if top in OURS and not any(name == m or name.startswith(f"{m}.") for m in (*MAY[layer], own)):
            yield f"{path} imports {name}"
        if top in NEVER.get(layer, ()):
            yield f"{path} imports {name}"


@pytest.mark.parametrize("layer", MAY)
def test_imports_run_one_way(layer):
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files
    assert not [fault for path in files for fault in faults(layer, path)]


def test_a_wrong_import_is_seen(tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text("import streamlit as st\nfrom ui.lesson import show\nlate.load('pages.classical.kalman.one')\n")
    assert len(list(faults("core", path))) == 3


def test_the_shell_and_the_vocabulary_name_no_lesson():
    topics = {lesson.topic for lesson in catalog.lessons()}
    for layer in ("ui", "figures", "tools"):
        for path in sorted((ROOT / layer).rglob("*.py")):
            strings = {
                node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)
            }
            named = {s for s in strings if isinstance(s, str) and (s in topics or any(f".{t}" in s for t in topics))}
            assert not named, f"{path}: {named}"


def test_tests_of_the_core_import_the_core_alone():
    files = sorted((ROOT / "tests" / "core").rglob("*.py"))
    named = {
        path.name: [n for n in imports(path) if n.split(".")[0] in ("ui", "figures", "pages", "app")] for path in files
    }
    assert files
    assert not {name: names for name, names in named.items() if names}


TANGLED = ("gymnasium", "scipy", "sklearn", "torch", "umap")  # their modules import each other


def unguarded(node, guarded=True):
    """Give the tangled packages imported neither at the top of a file nor under `with IMPORTS`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom) and not guarded:
            names = [child.module or ""] if isinstance(child, ast.ImportFrom) else [a.name for a in child.names]
            yield from (name for name in names if name.split(".")[0] in TANGLED)
        locked = isinstance(child, ast.With) and any(ast.unparse(i.context_expr) == "IMPORTS" for i in child.items)
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from unguarded(child, locked or (guarded and not inside))


def test_late_imports_wait_for_each_other():
    files = [path for layer in MAY for path in sorted((ROOT / layer).rglob("*.py"))]
    assert not {path.name: names for path in files if (names := list(unguarded(ast.parse(path.read_text("utf-8")))))}
    code = "import torch\ndef f():\n    import umap\n    with IMPORTS:\n        import sklearn\n"
    assert list(unguarded(ast.parse(code))) == ["umap"]


def test_the_front_page_waits_for_nothing_heavy():
    code = "import sys, ui.catalog, ui.home, ui.lesson; ui.catalog.lessons(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"torch", "sklearn", "umap", "gymnasium", "scipy.optimize"} & set(loaded)
    assert "streamlit" in loaded


def test_the_project_speaks_of_itself_alone():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    banned = ("/" + "work/", "/" + "root/", "pypi." + "org", "claude." + "ai")
    for name in listed:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".js", ".css", ".txt", "") and path.is_file():
            content = path.read_text(encoding="utf-8", errors="ignore")
            assert not [b for b in banned if b in content and name != "tests/test_layers.py"], name
