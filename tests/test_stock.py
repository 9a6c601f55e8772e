"""The stock of data: what a link asks for is what the snippet makes, and a lesson may bring its own sets."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from core.data import NAMES, words
from core.text import T
from figures.plane import foot, held, plane, rivals
from tests.canvas import is_painted
from ui import params as ps
from ui import stock


@dataclass(frozen=True)
class Rings(stock.Sized):
    sources: ClassVar = {
        "rings": stock.Source(T("三つ", "Three"), "blobs3"),
        "wine": stock.Source(T("ワイン", "Wine"), "wine"),
    }

    data: str = stock.menu(sources)
    features: str = stock.pair("wine", when=lambda p: p.measured)


def made(p):
    names = {}
    exec("import numpy as np\nfrom core.data import load\n" + stock.code(p), names)
    return names["x"], names["y"]


@pytest.mark.parametrize("kind", [stock.Plane, stock.Sized, Rings])
def test_the_snippet_makes_the_problem(kind):
    for p in ps.corners(kind):
        data = stock.problem(p)
        x, y = made(p)
        np.testing.assert_array_equal(x, data.x)
        np.testing.assert_array_equal(y, data.y)
        assert len(data.names) > data.y.max(initial=0)
        x0, x1, y0, y1 = data.window
        inside = (data.x >= [x0, y0]) & (data.x <= [x1, y1])
        assert inside.all() or data.limits


def test_two_species_are_the_classes_0_and_1():
    data = stock.problem(stock.Plane(data="iris_hard", features="petal"))
    assert [name.en for name in data.names] == ["versicolor", "virginica"]
    assert data.axes == words.FEATURES["iris"][2:]
    assert np.bincount(data.y).tolist() == [50, 50]


def test_points_of_ones_own_and_their_window():
    window = (-4.0, 4.0, -1.0, 3.0)
    data = stock.problem(stock.Plane(data="own", points=((1.0, 2.0, 1), (0.0, 0.5, 0)), window=window))
    assert data.x.tolist() == [[1.0, 2.0], [0.0, 0.5]]
    assert data.y.tolist() == [1, 0]
    assert data.window == window
    assert stock.problem(stock.Plane(data="own")).window == (-2.0, 2.0, -2.0, 2.0)


def test_points_of_ones_own_are_scattered_in_their_own_measure():
    points = tuple((float(i % 7), 1000.0 * (i * i % 11), i % 2) for i in range(60))
    still, moved = (stock.problem(stock.Plane(data="own", points=points, noise=noise)).x for noise in (0.0, 0.5))
    np.testing.assert_array_equal(still, np.array(points)[:, :2])
    assert (moved - still).std(axis=0) / still.std(axis=0) == pytest.approx([0.5, 0.5], rel=0.3)
    assert stock.Plane.__dataclass_fields__["points"].metadata["control"].sets == {"data": "own", "noise": 0.0}


def test_as_many_points_as_are_asked_for():
    assert len(stock.problem(stock.Sized(data="moons", n=37)).x) == 37
    assert len(stock.problem(Rings(data="wine", n=37)).x) == 178
    assert len(stock.problem(Rings(n=30)).names) == 3


def test_units_of_unlike_size_are_not_drawn_alike():
    assert stock.problem(Rings(data="wine", features="flavanoids")).equal
    assert not stock.problem(Rings(data="wine")).equal


def test_the_words_fit_the_sets():
    known = {name: features for name, features in words.FEATURES.items() if name in NAMES}
    assert {"iris", "wine", "breast_cancer"} <= set(known)
    for name, features in known.items():
        data = stock.load(name)
        assert len(features) == data.x.shape[1]
        assert len(words.CLASSES[name]) == len(data.class_names)
        assert all(max(pair.columns) < len(features) for pair in words.PAIRS.get(name, {}).values())


def test_the_plane_is_painted():
    data = stock.problem(Rings(data="wine"))
    others = {T("線", "line"): [-1.0, 0.0, 0.001], T("円", "circle"): [-1.0, 0, 0, 1, 0, 1]}
    lines, names = rivals(others, data.window)
    figure = plane("plane", data, lines, over=[*names, held([13.0, 700.0], data.window)], muted=data.y > 1)
    for trace in figure.under:
        is_painted(trace)
    assert figure.layout["xaxis"]["title"]["text"] == words.FEATURES["wine"][0]


def test_the_foot_of_a_line():
    near, unit = foot(np.array([[-5.0, 3.0, 4.0]]), (-2, 2, -2, 2))  # 3x + 4y = 5 is 1 from the middle
    np.testing.assert_allclose(near, [[0.6, 0.8]])
    np.testing.assert_allclose(unit, [[0.6, 0.8]])


def test_a_held_query_sets_its_place_in_per_cent():
    query = held([1.0, 3.0], (0.0, 4.0, 1.0, 5.0))
    for (field, a, b), at, percent in zip(query["values"], (1.0, 3.0), (25.0, 50.0), strict=True):
        assert field in ("qx", "qy")
        assert a + b * at == pytest.approx(percent)
