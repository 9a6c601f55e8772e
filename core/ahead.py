"""Results made ahead: what takes too long to compute while somebody waits, kept beside the script that makes it.

`assets/<topic>/<name>.py` has a function `make(first=None)` that gives named arrays with one row a case (a seed, a
cell of a grid), all of them or the `first` few. `python -m core.ahead <topic>/<name>` runs it and writes
`assets/<topic>/<name>.npz`; a test makes the first few rows again and compares.

Sums are rounded differently on another processor, and a long descent makes much of it. A script whose rows then come
out otherwise has a second function, `alike(stored, again)`, that takes the same rows as they were stored and as they
were made again, and says whether they agree in what must agree on any machine. Without one all numbers must.
"""

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

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
    made: dict[str, NDArray[np.float64]] = _script(name).make(first)
    return made


def alike(name: str, stored: Mapping[str, NDArray[np.float64]], again: Mapping[str, NDArray[np.float64]]) -> bool:
    """Say whether rows made again are what was stored.

    Parameters
    ----------
    name
        "<topic>/<name>": its own `alike` decides if it has one, else all numbers agree to a millionth.
    stored, again
        The same rows of the same arrays.
    """
    if set(stored) != set(again) or any(stored[key].shape != again[key].shape for key in stored):
        return False
    own = getattr(_script(name), "alike", None)
    if own is not None:
        return bool(own(stored, again))
    return all(np.allclose(stored[key], again[key], rtol=1e-6, atol=1e-9, equal_nan=True) for key in stored)


def _script(name: str) -> ModuleType:
    path = ASSETS / f"{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ValueError(f"There is no script {name} in assets.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
