"""What is special to the lesson of clusters: the numbers of its words, and too few points."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from core.classical import clusters
from core.data import load
from ui import catalog

LESSON = catalog.lesson("clusters")
LLOYD, SOFT, MANY = (LESSON.scene(name) for name in ("lloyd", "soft", "many"))


def test_numbers_in_the_words():
    numbers, data = LESSON.words["numbers"], load("iris")
    start = clusters.starts(data.x, 3, method="plusplus", seed=2)
    hard = clusters.kmeans(data.x, start).labels[-1]
    soft = clusters.em(data.x, components=3, start=start).responsibilities.argmax(axis=1)
    assert f"{adjusted_rand_score(data.y, hard):.2f}" == numbers["hard"]
    assert f"{adjusted_rand_score(data.y, soft):.2f}" == numbers["soft"]
    for name, k in (("two", 2), ("three", 3)):
        fits = (clusters.em(data.x, components=k, seed=seed) for seed in range(5))
        assert f"{min(clusters.bic(fit, 'full') for fit in fits):.1f}" == numbers[name]


@pytest.mark.parametrize("points", [(), ((1.0, 2.0, 0),), ((1.0, 2.0, 0), (1.0, 2.0, 0))])
def test_too_few_points_are_said(points):
    for scene in (LLOYD, SOFT, MANY):
        p = scene.Params(data="own", points=points, k=3)
        assert "点が足りません" in scene.picture(scene.result(p), p).note.ja


def test_a_cell_has_the_colour_of_its_nearest_centre():
    r = LLOYD.result(LLOYD.Params())
    places = r.grid.points()
    last = np.linalg.norm(places[:, None] - r.trace.centers[-1], axis=2).argmin(axis=1)
    np.testing.assert_array_equal(r.regions[-1], last)
