"""The data sets of the lessons: small, seeded, and shaped so that a method's strength or weakness shows.

===========  =========================================================================================================
`made`       two to five classes in the plane, and the weather: drawn
`measured`   iris, wine, digits, breast cancer, diabetes: read from the files that come with scikit-learn
`shapes`     points to be mapped: sheets, rings and clusters in up to a hundred dimensions
`splits`     what is done to data: scaling, wrong labels, holding out, folds
`words`      what the columns and classes are called, in both languages
`window`     what part of the plane shows them
===========  =========================================================================================================
"""

from dataclasses import replace

import numpy as np

from core import door
from core.data import made, measured
from core.data.made import KNOWN as KNOWN
from core.data.made import skeleton as skeleton
from core.data.measured import diabetes as diabetes
from core.data.measured import digits as digits
from core.data.shapes import DATASETS as DATASETS
from core.data.shapes import Sample as Sample
from core.data.shapes import dataset as dataset
from core.data.splits import add_noise_columns as add_noise_columns
from core.data.splits import flip_labels as flip_labels
from core.data.splits import folds as folds
from core.data.splits import hold_out as hold_out
from core.data.splits import scaling as scaling
from core.data.splits import thin_out as thin_out
from core.dataset import Dataset as Dataset
from core.dataset import Targets as Targets
from core.tables import TableError as TableError
from core.tables import read_csv as read_csv

NAMES = (*made.SETS, *measured.SETS)


def load(name: str, *, n: int = 200, noise: float | None = None, seed: int = 0) -> Dataset:
    """Make a data set, or read one that was measured.

    Each is made in two steps: points without noise, then Gaussian noise on the coordinates. The same seed draws the
    same points and the same noise, only stretched by `noise` and cut at `n`: a moved slider moves the points, it does
    not reshuffle them.

    Parameters
    ----------
    name
        One of `NAMES`. Most are two classes of points in the plane, roughly within [-2, 2]². "blobs3", "blobs4" and
        "blobs5" have as many classes as they say. "weather": three kinds of weather by temperature, humidity and wind;
        generated, not measured. "iris": three species, 150 flowers, four measurements in cm. "wine": three cultivars,
        178 wines, thirteen measurements. "digits": 1,797 pictures of 8 × 8 pixels. "breast_cancer": 569 tumours, thirty
        measurements; class 1 is malignant.
    n
        Number of points, at least 2; the classes take turns, so all have equally many. What was measured is as it is,
        whatever `n`.
    noise
        Standard deviation of the Gaussian noise added to each coordinate, in the coordinate's unit (cm for iris); 0.1
        by default, and 0 for what was measured.
    seed
        Of the points and the noise, a whole number from 0.

    Examples
    --------
    >>> load("xor", n=4, noise=0).x.tolist()
    [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]
    """
    door.one_of("name", name, NAMES)
    n = door.whole("n", n, least=2)
    if noise is None:
        noise = 0.0 if name in measured.SETS else 0.1
    noise = door.number("noise", noise, least=0)
    points_rng, noise_rng = np.random.default_rng(door.whole("seed", seed, least=0)).spawn(2)
    data = measured.SETS[name]() if name in measured.SETS else made.SETS[name](n, points_rng)
    return replace(data, x=data.x + noise * noise_rng.standard_normal(data.x.shape))
