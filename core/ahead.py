"""Results made ahead: what takes too long to compute while somebody waits, kept beside the script that makes it.

`assets/<topic>/<name>.py` has a function `make(first=None)` that gives named arrays with one row a case (a seed, a cell of a
grid), all of them or the `first` few. `python -m core.ahead <topic>/<name>` runs it and writes `assets/<topic>/<name>.npz`;
a test makes the first few rows again and compares.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ASSETS = Path(__file__).resolve().parent.parent / "assets"


def scripts() -> tuple[str, ...]:
    """Name all scripts as "<topic>/<name>"."""
    return tuple(sorted(str(p.relative_to(ASSETS).with_suffix("")) for p in ASSETS.glob("*/*.py")))


def make(name: str, first: int | None = None) -> dict[str, NDArray[np.float64]]:
    """Run a script.

    Parameters
    ----------
    name
        "<topic>/<name>".
    first
        How many rows to make; all by default.
    """
    path = ASSETS / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ValueError(f"There is no script {name} in assets.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: dict[str, NDArray[np.float64]] = module.make(first)
    return made


def save(name: str) -> Path:
    """Make all rows and write them; give the file."""
    path = ASSETS / f"{name}.npz"
    np.savez_compressed(path, **make(name))  # type: ignore[arg-type]
    return path


def load(name: str) -> dict[str, NDArray[np.float64]]:
    """Read what was made ahead; the arrays are read-only.

    Raises
    ------
    ValueError
        It was not made yet.
    """
    path = ASSETS / f"{name}.npz"
    if not path.is_file():
        raise ValueError(f"{name} was not made yet: python -m core.ahead {name}")
    with np.load(path, allow_pickle=False) as file:
        arrays = {key: np.asarray(file[key]) for key in file.files}
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


if __name__ == "__main__":
    for name in sys.argv[1:] or scripts():
        print(save(name))
