"""Sets that were measured, read from scikit-learn's own files without the 0.7 s that importing scikit-learn takes."""

import csv
import gzip
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import door
from core.dataset import Dataset, Targets
from core.images import read_image


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


@cache
def breast_cancer() -> Dataset:
    """Give 569 tumours, 30 measurements of their cells' nuclei each; class 1 is malignant (scikit-learn's class 0).

    Source: Street, Wolberg & Mangasarian (1993); UCI machine learning repository, "Breast Cancer Wisconsin
    (Diagnostic)". Over a tumour's nuclei a feature is the mean, its standard error, or the mean of the three largest
    ("worst").
    """
    nucleus = (
        "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points",
        "symmetry", "fractal dimension",
    )  # fmt: skip
    features = (
        *(f"mean {name}" for name in nucleus),
        *(f"{name} error" for name in nucleus),
        *(f"worst {name}" for name in nucleus),
    )
    data = _labelled("breast_cancer", "breast_cancer.csv", features)
    return Dataset(data.name, data.x, 1 - data.y, features, data.class_names[::-1])


@cache
def diabetes() -> Targets:
    """Give 442 patients, ten measurements each, and how far the disease had gone a year later (from 25 to 346).

    Source: Efron, Hastie, Johnstone & Tibshirani, "Least angle regression" (2004). In the units of the original, not
    scaled as scikit-learn does by default.
    """
    features = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    x, t = (np.loadtxt(_file(f"diabetes_{part}.csv.gz")) for part in ("data_raw", "target"))
    return Targets("diabetes", x, t, features, "progression")


def _labelled(name: str, file_name: str, features: tuple[str, ...]) -> Dataset:
    """Read a file whose first row ends with the classes' names, and whose rows end with a class."""
    with _file(file_name).open(encoding="utf-8") as file:
        (_, _, *classes), *rows = csv.reader(file)
    table = np.array(rows, dtype=np.float64)
    return Dataset(name, table[:, :-1], table[:, -1].astype(int), features, tuple(classes))


@cache
def photo(name: str, side: int) -> NDArray[np.float64]:
    """Give a photograph's middle square in grey, (side, side) from 0 (black) to 1.

    Parameters
    ----------
    name
        "china" (a temple) or "flower": the two that come with scikit-learn, where its README names who took them.
    side
        In pixels.
    """
    door.one_of("name", name, ("china", "flower"))
    grey = read_image(_file(f"../images/{name}.jpg"), side).mean(axis=2) / 255
    grey.flags.writeable = False
    return np.asarray(grey)


def _file(name: str) -> Path:
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise RuntimeError("The measured data come with scikit-learn, which is not installed.")
    return Path(package.origin).parent / "datasets" / "data" / name


SETS: dict[str, Callable[[], Dataset]] = {"iris": iris, "wine": wine, "digits": digits, "breast_cancer": breast_cancer}
