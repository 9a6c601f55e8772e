"""What a data set is: points in classes, or with a number each. `core.data` makes them, `core.tables` reads them."""

import numpy as np
from numpy.typing import NDArray

from core.result import result


@result
class Dataset:
    """Labelled points. The arrays are copies, since one data set is shared by all who look at it.

    Raises
    ------
    ValueError
        If the parts do not fit together, or a coordinate is not finite.
    """

    name: str  # what the set is called: "iris"
    x: NDArray[np.float64]  # (n, d) one example a row
    y: NDArray[np.int64]  # (n,) each example's class as an index into `class_names`
    feature_names: tuple[str, ...]  # of the d columns, with their unit where they have one: "petal width (cm)"
    class_names: tuple[str, ...]  # in the order of their indices

    def __post_init__(self) -> None:
        x, y = np.array(self.x, dtype=np.float64), np.array(self.y)
        if x.ndim != 2 or x.shape[1] != len(self.feature_names):
            raise ValueError(f"x must be a table with one column for each feature name, not of shape {x.shape}.")
        if not np.isfinite(x).all():
            raise ValueError("x must hold finite numbers only.")
        if y.shape != x.shape[:1]:
            raise ValueError(f"y must hold one class for each of the {len(x)} rows of x, not be of shape {y.shape}.")
        if not np.isin(y, range(len(self.class_names))).all():
            raise ValueError("y must hold indices into the class names.")
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y.astype(np.int64))


@result
class Targets:
    """Points with a number each to be foretold. The arrays are copies, as in a `Dataset`.

    Raises
    ------
    ValueError
        If the parts do not fit together, or a number is not finite.
    """

    name: str
    x: NDArray[np.float64]  # (n, d)
    t: NDArray[np.float64]  # (n,) the targets
    feature_names: tuple[str, ...]
    target_name: str

    def __post_init__(self) -> None:
        x, t = np.array(self.x, dtype=np.float64), np.array(self.t, dtype=np.float64)
        if x.ndim != 2 or x.shape[1] != len(self.feature_names) or t.shape != x.shape[:1]:
            raise ValueError(f"x must be (n, {len(self.feature_names)}) and t (n,), not {x.shape} and {t.shape}.")
        if not (np.isfinite(x).all() and np.isfinite(t).all()):
            raise ValueError("x and t must hold finite numbers only.")
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "t", t)
