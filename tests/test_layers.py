"""Imports run one way: pages -> ui, figures, core; ui -> figures.spec and a few of core; figures -> core; core -> numbers."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("pages", "ui", "figures", "core", "tests", "benchmarks", "app")
MAY = {
    "core": ("core",),
    "figures": ("figures", "core"),
    "ui": ("ui", "figures.spec", "core.data", "core.images", "core.late"),
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


def faults(layer, path):
    for name in imports(path):
        top = name.split(".")[0]
        if top in OURS and not any(name == m or name.startswith(f"{m}.") for m in MAY[layer]):
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
    path.write_text("import streamlit as st\nfrom ui.lesson import show\n")
    assert len(list(faults("core", path))) == 2


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
