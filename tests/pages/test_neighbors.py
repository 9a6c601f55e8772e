"""What is special to the lesson of neighbours: weather in space, centres placed by hand, the numbers of its words."""

import dataclasses

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from core.classical import neighbors as nb
from core.data import folds, load, scaling
from core.tables import read_table
from tests import lessons as contract
from ui import catalog, own_table
from ui import params as ps

LESSON = catalog.lesson("neighbors")
VOTE, MINDS, CHOOSE = (LESSON.scene(name) for name in ("vote", "minds", "choose"))
DAYS = VOTE.Params(data="weather")
SPACES = [
    {},
    {"weather": "tw", "metric": "l1", "k": 1},
    {"weather": "hw", "metric": "linf", "scale": "minmax", "k": 30},
    {"weather": "tw", "metric": "lp", "weights": "gaussian", "held": 0.3, "thin": 0.5},
    {"weather": "hw", "metric": "cosine", "weights": "distance", "flips": 0.2},
    {"metric": "mahalanobis", "scale": "standard", "qz": 100.0, "qx": 0.0},
    {"k": 200, "qz": 0.0, "seed": 7, "n": 200},
]


@pytest.mark.parametrize("fields", SPACES)
def test_weather_is_near_in_all_three_variables(fields):
    """The plane is a cut: its cells have the query's third variable, and the outline is at the k-th distance."""
    p = dataclasses.replace(DAYS, **fields)
    r = VOTE.result(p)
    x, y, test = r.data.x, r.data.y, r.data.test
    assert x.shape[1] == 3
    days = load("weather", n=p.n, noise=0.0, seed=p.seed).x
    assert set(map(tuple, np.sort(x).tolist())) <= set(map(tuple, np.sort(days).tolist()))
    scaler = {"minmax": MinMaxScaler(), "standard": StandardScaler()}.get(p.scale)
    move = scaler.fit(x[~test]).transform if scaler else np.asarray
    query = move(r.query[None])

    def asked(places):
        how = {"metric": p.metric, "p": p.p}
        _, near = nb.kneighbors(move(x[~test]), places, k=r.k, **how)
        label = nb.knn_predict(move(x[~test]), y[~test], places, k=r.k, weights=p.weights, **how)
        return np.flatnonzero(~test)[near], label

    near, label = asked(query)
    np.testing.assert_array_equal(r.near, near[0])
    assert r.answer == r.data.names[label[0]]
    assert r.votes.sum() == r.k
    cells = np.column_stack([r.grid.points(), np.full(r.grid.w * r.grid.h, r.query[2])])
    np.testing.assert_array_equal(r.field.label, asked(move(cells))[1])
    outline = np.column_stack([r.ball, np.full(len(r.ball), r.query[2])])
    inside = np.linalg.norm(r.ball - r.query[:2], axis=1) < 900
    together = np.vstack([move(outline)[inside], query])
    if p.metric == "mahalanobis":
        root = np.linalg.cholesky(np.linalg.inv(np.cov(move(x[~test]).T)))
        far = np.linalg.norm((together[:-1] - query) @ root, axis=1)
    else:
        far = nb.kneighbors(query, together[:-1], k=1, metric=p.metric, p=p.p)[0][:, 0]
    np.testing.assert_allclose(far, r.distances[-1])


@pytest.mark.parametrize("fields", SPACES)
def test_weather_keeps_the_contract(fields):
    p = dataclasses.replace(DAYS, **fields)
    assert contract.everything_draws(VOTE, p).size < 100_000
    contract.snippet_prints_the_readouts(VOTE, p)


def test_the_space_shows_the_vote_and_keeps_the_camera():
    layouts = []
    for fields in ({}, {"k": 12}, {"qz": 80.0}, {"qx": 10.0, "qy": 90.0}, {"weather": "hw"}, {"metric": "l1"}):
        p = dataclasses.replace(DAYS, **fields)
        r = VOTE.result(p)
        space, _ = VOTE.picture(r, p).figures
        layouts.append(space.layout)
        order = np.argsort([*p.columns, 3 - sum(p.columns)])
        path = next(trace for trace in space.data if trace["mode"] == "lines")
        ends = np.column_stack([path[axis] for axis in "xyz"]).reshape(-1, 3, 3)
        np.testing.assert_allclose(ends[:, 0], np.tile(r.query[order], (r.k, 1)), rtol=1e-6)
        np.testing.assert_allclose(ends[:, 1], r.data.x[r.near][:, order], rtol=1e-6)
        for trace in space.data:
            for axis in "xyz":
                low, high = space.layout["scene"][f"{axis}axis"]["range"]
                values = trace[axis][np.isfinite(trace[axis])]
                assert ((low <= values + 1e-4) & (values - 1e-4 <= high)).all()
    assert all(layout == layouts[0] for layout in layouts)  # the same axes and view: the reader's camera stays
    assert "camera" in layouts[0]["scene"]


TABLE = "気温,湿度,風速,天気\n24.5,48,3.1,晴れ\n17,84,6.5,雨\n20,65,4,くもり\n25,50,2.5,晴れ\n16,88,7,雨\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_japanese_table_of_three_columns_becomes_points(encoding):
    table, control = read_table(TABLE.encode(encoding)), VOTE.fields["points"]
    points, names = own_table.picked(table.dataset("天気", ["気温", "風速"]), ("晴れ", "くもり", "雨"))
    p = VOTE.Params(points=control.tidy(points), names=names, k=3, **control.sets)
    assert [label for *_, label in p.points] == [0, 2, 1, 0, 2]
    r, data = VOTE.result(p), table.dataset("天気")
    assert [name.ja for name in (*r.data.axes, *r.data.names)] == ["気温", "風速", "晴れ", "くもり", "雨"]
    np.testing.assert_array_equal(r.data.x, data.x[:, [0, 2]])
    contract.everything_draws(VOTE, p)
    contract.snippet_prints_the_readouts(VOTE, p)


def test_points_on_a_line_have_no_mahalanobis_distance():
    row = tuple((float(i), 2.0 * i, i % 2) for i in range(12))
    p = VOTE.Params(data="own", points=row, metric="mahalanobis")
    r = VOTE.result(p)
    assert r.metric == "l2"
    assert "Mahalanobis" in VOTE.picture(r, p).note.en
    contract.snippet_prints_the_readouts(VOTE, p)


def test_centres_placed_by_hand_are_counted_on_all_points():
    plain = MINDS.result(MINDS.Params())
    placed = tuple((round(float(x), 3), round(float(y), 3), c) for c, (x, y) in enumerate(plain.centres.points + 0.2))
    p = MINDS.Params(centers=placed)
    r = MINDS.result(p)
    assert r.moved
    nearest = np.linalg.norm(r.data.x[:, None] - [(x, y) for x, y, _ in placed], axis=2).argmin(axis=1)
    np.testing.assert_array_equal(r.other.answers, nearest)
    assert "by hand" in MINDS.picture(r, p).note.en
    contract.snippet_prints_the_readouts(MINDS, p)
    for elsewhere in ({"bridge": 1.0}, {"prototypes": 3}, {"classes": 2}, {"data": "wine"}):
        assert not MINDS.result(dataclasses.replace(p, **elsewhere)).moved


def test_accuracies_are_cross_validated():
    p = MINDS.Params(data="iris", bridge=1.0, k=5)
    r, fold = MINDS.result(p), folds(150, seed=p.seed)
    x, y = r.data.x, r.data.y
    for mind, theirs in ((r.knn, KNeighborsClassifier(5)), (r.other, LinearDiscriminantAnalysis(priors=[1 / 3] * 3))):
        answers = np.empty(150, int)
        for out in (fold == f for f in range(5)):
            answers[out] = theirs.fit(x[~out], y[~out]).predict(x[out])
        assert mind.accuracy == pytest.approx(100 * np.mean(answers == y), abs=1.4)  # equal votes may go another way


# ---- the numbers of the notes


def work_of_a_tree(d):
    rng = np.random.default_rng(0)
    tree = nb.kdtree(rng.standard_normal((2000, d)))
    return np.mean([nb.search(tree, q, k=7).evaluations for q in rng.standard_normal((40, d))])


def left_out(kind):
    """Leave one wine out, scale by the others, ask kNN and NCC: accuracies in %."""
    wine, right = load("wine"), []
    for i in range(len(wine.y)):
        kept = np.arange(len(wine.y)) != i
        offset, factor = scaling(wine.x[kept], kind)
        x, query, y = (wine.x[kept] - offset) * factor, (wine.x[[i]] - offset) * factor, wine.y[kept]
        answers = nb.knn_predict(x, y, query, k=7)[0], nb.ncc_predict(nb.centroids(x, y), query)[0]
        right.append([answer == wine.y[i] for answer in answers])
    return [f"{share:.1f}" for share in 100 * np.mean(right, axis=0)]


def numbers():
    (knn, ncc), (minmax, _), (standard, scaled) = map(left_out, ("none", "minmax", "standard"))
    assert minmax == standard
    iris, sepals = load("iris"), {}
    for place, species in zip(map(tuple, iris.x[:, :2]), iris.y.tolist(), strict=True):
        sepals.setdefault(place, set()).add(species)
    best = [CHOOSE.result(CHOOSE.Params(spread=0.5, seed=seed)).curves.best for seed in range(5)]
    return {
        **{f"tree_{d}": int(round(work_of_a_tree(d), -1 if d > 2 else 0)) for d in (2, 10, 20)},
        "wine_raw": knn,
        "wine_scaled": standard,
        "ncc_raw": ncc,
        "ncc_scaled": scaled,
        "iris_same": sum(len(species) > 1 for species in sepals.values()),
        "iris_train": f"{VOTE.result(VOTE.Params(data='iris', iris='sepal', k=1)).training:.1f}",
        "best_least": min(best),
        "best_most": max(best),
    }


def test_the_numbers_of_the_notes():
    assert LESSON.words["numbers"] == numbers()


def test_controls_that_two_scenes_share_are_one():
    for name in ("k", "data", "truth", "spread", "seed", "qx", "scale"):
        controls = [scene.fields[name] for scene in LESSON.scenes if name in scene.fields]
        assert len(controls) > 1
        assert len({id(control) for control in controls}) == 1 or name == "seed", name
        defaults = {getattr(scene.Params(), name) for scene in LESSON.scenes if name in scene.fields}
        assert len(defaults) == 1
    assert ps.query(VOTE.Params()) == {}
