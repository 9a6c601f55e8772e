"""Sets that were measured, read from scikit-learn's own files without the 0.7 s that importing scikit-learn takes."""

import csv
import gzip
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from core.dataset import Dataset


@cache
def iris() -> Dataset:
    """Give 150 flowers of three species, in cm.

    Source: Fisher, "The use of multiple measurements in taxonomic problems" (1936); Anderson (1935).
    """
    return _labelled(
        "iris", "iris.csv", ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    )


@cache
def wine() -> Dataset:
    """Give 178 wines of three cultivars. Feature names are scikit-learn's.

    Source: Forina et al., PARVUS (1988); UCI machine learning repository, "Wine".
    """
    features = (
        "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
        "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines", "proline",
    )  # fmt: skip
    return _labelled("wine", "wine_data.csv", features)


@cache
def digits() -> Dataset:
    """Give 1,797 handwritten digits: 8 × 8 pixels, row by row, amounts of ink from 0 to 16.

    Source: Alpaydin & Kaynak, "Optical recognition of handwritten digits", UCI machine learning repository (1998).
    """
    with gzip.open(_file("digits.csv.gz"), "rt", encoding="utf-8") as file:
        table = np.array([line.split(",") for line in file], dtype=np.float64)
    pixels = tuple(f"pixel {row},{column}" for row in range(8) for column in range(8))
    return Dataset("digits", table[:, :64], table[:, 64].astype(int), pixels, tuple(str(digit) for digit in range(10)))


def _labelled(name: str, file_name: str, features: tuple[str, ...]) -> Dataset:
    """Read a file whose first row ends with the classes' names, and whose rows end with a class."""
    with _file(file_name).open(encoding="utf-8") as file:
        (_, _, *classes), *rows = csv.reader(file)
    table = np.array(rows, dtype=np.float64)
    return Dataset(name, table[:, :-1], table[:, -1].astype(int), features, tuple(classes))


def _file(name: str) -> Path:
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise RuntimeError("The measured data come with scikit-learn, which is not installed.")
    return Path(package.origin).parent / "datasets" / "data" / name


SETS: dict[str, Callable[[], Dataset]] = {"iris": iris, "wine": wine, "digits": digits}
