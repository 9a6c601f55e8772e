"""What the projections lesson says beyond its experiments: the lie detector's answers, the numbers in the notes."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.manifold import TSNE

from core.classical import projections as pj
from core.classical.projections.ahead import made
from core.classical.projections.runs import Chance, Source, TsneRun, points, sample, shadow
from core.data import dataset
from pages.classical.projections import lie, side
from tests import lessons as contract
from ui import catalog
from ui.scene import Part

SCENES = {scene.id: scene for scene in catalog.lesson("projections").scenes}


def linking_number(a, b):
    """Count how often one closed curve goes through another (Gauss's integral): (n, 3) points in order, each."""
    da, db = np.roll(a, -1, axis=0) - a, np.roll(b, -1, axis=0) - b
    gap = (a + da / 2)[:, None] - (b + db / 2)
    triple = (gap * np.cross(da[:, None], db[None])).sum(axis=-1)
    return (triple / np.linalg.norm(gap, axis=-1) ** 3).sum() / (4 * np.pi)


def in_order(source):
    """Give the two rings of `linked`, each from one end of its turn to the other."""
    data = sample(source)
    order = np.argsort(data.value)
    return [data.x[order[data.label[order] == ring]] for ring in (0, 1)]


def kept_apart(x, label, alone=0):
    """Whether a class is nowhere as near to the others as its points are, at most, to their nearest mates."""
    own, others = x[label == alone], x[label != alone]
    mates = np.sort(cdist(own, own), axis=1)[:, 1]
    return cdist(own, others).min() > 1.5 * np.median(mates)


@pytest.mark.parametrize("number", range(1, 7))
def test_the_lie_detectors_answers(number):
    question = lie.QUESTIONS[number - 1]
    source = question.run.source
    x, label = points(source), sample(source).label
    truth = {
        "noise": lambda: pj.clumps(x).silhouette > 0.1,  # clumps in the data
        "digits": lambda: pj.knn_accuracy(x, label) > 0.9,  # groups
        "unequal": lambda: np.ptp(pj.widths(x, label)) < 0.5,  # of one width
        "far": lambda: pj.gap(x, label) < 1.5,  # evenly spaced
        "iris": lambda: kept_apart(x, label) and kept_apart(shadow(source).points, label),
        "linked": lambda: abs(linking_number(*in_order(source))) < 0.5,  # can be pulled apart
    }[source.name]
    assert question.truth == ("yes" if truth() else "no")


def test_the_lie_detectors_pictures_look_as_asked():
    looks = [(made(q.run).points, sample(q.run.source).label) for q in lie.QUESTIONS]
    assert pj.crowding(looks[0][0]) < 0.75  # many small clumps
    assert pj.clumps(looks[1][0], most=12).silhouette > 0.5
    assert np.abs(pj.widths(*looks[2]) - 1).max() < 0.1
    assert 0.8 < pj.gap(*looks[3]) < 1.25
    setosa, others = (looks[4][0][looks[4][1] == 0], looks[4][0][looks[4][1] != 0])
    assert setosa[:, 0].max() < others[:, 0].min()  # on the left
    rings = [looks[5][0][looks[5][1] == ring] for ring in (0, 1)]
    assert cdist(*rings).min() > 2 * np.median(np.sort(cdist(rings[0], rings[0]), axis=1)[:, 1])


def test_maps_come_one_by_one():
    scene = catalog.lesson("projections").scene("side")
    p = scene.Params(data="iris", mds="classical")
    tasks = scene.tasks(p)
    started = Part(shadow(p.source).points)
    for tsne, umap in ((Part(), Part()), (started, Part()), (tasks["tsne"].whole(), started)):
        r = scene.result(p, {"tsne": tsne, "umap": umap})
        assert (len(r.tsne.frames) > 0) == (tsne.value is not None)
        assert r.pca.known  # these hold whatever is still under way
        assert r.mds.known
        assert not r.umap.known
        assert scene.picture(r, p).playhead is not None or not tsne.done


def test_scikit_learns_tsne_has_no_transform():
    assert not hasattr(TSNE, "transform")


def test_a_link_from_before_the_school_marks_opens_what_it_did():
    lesson = catalog.lesson("projections")
    assert lesson.asked(None, []).id == "scores"
    assert lesson.asked(None, ["pc1", "draw"]).id == "scores"
    assert lesson.asked(None, ["perplexity", "data"]).id == "side"
    assert lesson.asked("trust", ["perplexity"]).id == "trust"


def numbers():
    random, start = (made(Chance(Source("digits"), init)) for init in ("random", "pca"))
    spread = {"tsne": random.tsne, "umap": random.umap, "umap_pca": start.umap}
    x = dataset("digits").x
    found = {
        "variance": f"{100 * pj.pca(x).variance_ratio.sum():.1f}",
        "variance_standard": f"{100 * pj.pca(x, standardize=True).variance_ratio.sum():.1f}",
    }
    for name, runs in spread.items():
        jitter = 100 * np.median(pj.jitter(runs))
        found[f"jitter_{name}"] = round(jitter) if jitter > 10 else f"{jitter:.1f}"
    for name, runs in (("random", random), ("pca", start)):
        recall, triplets = 100 * runs.umap_scores.mean(axis=0)
        found |= {f"recall_{name}": f"{recall:.1f}", f"triplets_{name}": f"{triplets:.1f}"}
    check = side.CHECKS["roll"]
    unrolled = check.measure(*(SCENES["side"].result(side.Params(**fields)) for fields in check.sets))
    for name in ("pca", "tsne", "umap", "spectral"):
        found |= {f"roll_{name}_{end}": f"{v:.2f}" for end, v in zip(("least", "most"), unrolled[name], strict=True)}
    first, second, *rest = 100 * pj.pca(dataset("scores", n=120).x, components=5).variance_ratio
    shares = {"first": first, "second": second, "rest": sum(rest)}
    found |= {f"scores_{name}": f"{share:.1f}" for name, share in shares.items()}
    turn, radius = np.random.default_rng(0).uniform(size=(2, 500))
    disc = np.sqrt(radius) * np.array([np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)])
    clumpy = made(TsneRun(Source("noise"), perplexity=2.0)).points
    even, uneven = (f"{pj.clumps(places).silhouette:.1f}" for places in (disc.T, clumpy))
    assert even == uneven
    return {**found, "silhouette": even}


def test_the_numbers_in_the_words():
    assert catalog.lesson("projections").words["numbers"] == numbers()


# ---- a table of one's own


def own(rows, names=("国語", "数学", "英語", "A 組", "B 組")):
    """A table of so many rows, three columns and two classes, under its own names."""
    marks = np.random.default_rng(8).integers(30, 100, (rows, 3)).astype(float)
    return {"data": "own", "table": tuple((*row, i % 2) for i, row in enumerate(marks.tolist())), "names": names}


def drawn(scene, params):
    result = scene.result(params)
    return result, scene.picture(result, params)


def everything(picture):
    """All that the traces and axes of a picture say."""
    return repr([(figure.under, figure.data, figure.layout) for figure in picture.figures])


def test_small_tables_say_what_was_used_of_perplexity_neighbours_and_k():
    scenes = catalog.lesson("projections")
    side, trust = scenes.scene("side"), scenes.scene("trust")
    for rows, used in ((12, ("3.67", "11", "5")), (25, ("8", "15", "10"))):
        result, picture = drawn(side, side.Params(**own(rows)))
        titles = {f.name: f.layout["xaxis"]["title"]["text"] for f in picture.figures}
        assert titles["tsne"].en == f"t-SNE (perplexity {used[0]})"
        assert titles["umap"].ja == f"UMAP（近傍 {used[1]}）"
        assert f"recall@{used[2]}" in picture.cards[0].rows[0].label.en
        assert f"{used[2]} 近傍" in picture.figures[1].alt.ja
        assert f"perplexity is {used[0]} " in picture.note.en
        assert ("measured at k = 5" in picture.note.en) == (rows == 12)
        np.testing.assert_allclose(
            result.tsne.recall, 100 * pj.quality(result.problem.x, result.tsne.last, ks=[int(used[2])]).recall[0]
        )
        assert drawn(trust, trust.Params(**own(rows)))[0].k == int(used[2])
    assert drawn(side, side.Params(data="wine", neighbors=14))[1].note is None  # all as asked


def test_a_scene_says_how_many_rows_it_needs_before_any_job():
    scene = catalog.lesson("projections").scene("chance")
    for rows, enough in ((20, False), (21, True)):
        params = scene.Params(**own(rows))
        assert bool(scene.tasks(params)) == enough
        if not enough:
            result, picture = drawn(scene, params)
            assert "at least 21 points. This table has 20" in picture.note.en
            assert "点が 21 個以上必要です。この表には 20 個" in picture.note.ja
            assert not result.tsne.count
            assert result.tsne.median != result.tsne.median  # no number of what was not run
    found = scene.tasks(params)["chance"].whole()
    assert scene.result(params, {"chance": found}).umap.count == 10


@pytest.mark.parametrize("name", ["side", "keep", "trust", "chance", "new"])
def test_pictures_carry_the_tables_own_names(name):
    scene = catalog.lesson("projections").scene(name)
    _, picture = drawn(scene, scene.Params(**own(12)))
    said = everything(picture)
    assert "A 組" in said
    assert "B 組" in said
    assert ("数学" in said) == (name == "keep")  # where columns are told apart
    _, unnamed = drawn(scene, scene.Params(**own(12, ())))
    assert "組" not in everything(unnamed)


@pytest.mark.parametrize("name", ["side", "keep", "trust", "chance", "new"])
@pytest.mark.parametrize(
    "rows",
    [
        [(1.0, 2.0, 0)] * 9 + [(1.0, 3.0, 1)],
        [(float(i % 2), 0.0, i % 2) for i in range(14)],
        [(float(i % 2), float(i // 2 % 2), 0) for i in range(24)],
        [(1e12 * i, 1e-9 * i, 0) for i in range(10)],
        [(5.0, float(i), float(i), i % 2) for i in range(10)],
    ],
    ids=["two places", "two places, one column", "four places", "far apart", "one direction"],
)
@pytest.mark.parametrize("standard", [False, True])
def test_odd_tables_are_mapped(name, rows, standard):
    scene = catalog.lesson("projections").scene(name)
    params = scene.Params(data="own", table=tuple(rows), standard=standard)
    _, picture = drawn(scene, params)
    assert picture.figures


def test_equally_near_points_are_told():
    scene = catalog.lesson("projections").scene("side")
    answers = np.random.default_rng(7).integers(0, 2, (60, 5)).astype(float)
    result, picture = drawn(scene, scene.Params(data="own", table=tuple((*row, 0) for row in answers.tolist())))
    assert "as near as the k-th neighbour counts" in picture.note.en
    mixed = np.random.default_rng(1).permutation(60)
    again, _ = drawn(scene, scene.Params(data="own", table=tuple((*row, 0) for row in answers[mixed].tolist())))
    assert again.pca.recall == pytest.approx(result.pca.recall)


@pytest.mark.parametrize("name", ["side", "trust", "new"])
def test_a_snippet_takes_the_page_s_own_run_where_it_was_made_ahead(name):
    """Done again on another machine, 72.3% of t-SNE becomes 72.1, so the snippet looks up what the page shows."""
    scene = SCENES[name]
    contract.snippet_prints_the_readouts(scene, scene.Params())
    assert "= made(" in scene.code(scene.Params())
    assert "= made(" not in scene.code(scene.Params(neighbors=16, perplexity=31.0))
