"""Two minds: kNN keeps every example, NCC one centre a class; between them stand prototypes, LDA and QDA."""

import math
from dataclasses import dataclass

import numpy as np

from core.classical import neighbors as nb
from core.data import folds
from core.grid import Grid
from core.text import PERCENT, T
from figures.marks import ellipse, handle_points, line, marks
from figures.plane import plane
from figures.plot import matrix
from figures.regions import borders, hatch, regions
from figures.spec import BLUE, CLASS_COLORS, CLASS_SYMBOLS, INK, OTHER, Figure, Stage, Trace
from pages.classical.neighbors import shared
from pages.classical.neighbors.opinions import Mind, Minds
from pages.classical.neighbors.shared import Examples
from ui.params import hand_points, slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("data", "k", "counts")
ZOOM = ("data", "iris", "wine", "weather")
SIGNS = ("●", "▲", "■", "◆", "✚")  # of the classes, as the plane draws them
STATIONS = ("NCC", "LDA", "QDA", "kNN")  # of the bridge


@dataclass(frozen=True)
class Params(shared.InPlane):
    bridge: float = slider(
        T("NCC から kNN への橋", "Bridge from NCC to kNN"),
        0.0,
        3.0,
        default=0.0,
        step=0.05,
        help=T("0 は NCC、1 は LDA、2 は QDA、3 は kNN です。", "0 is NCC, 1 is LDA, 2 is QDA, 3 is kNN."),
    )
    prototypes: int = slider(
        T("クラスごとの代表の数", "Prototypes per class"), 1, 100, default=1, log=True, when=lambda p: p.bridge == 0
    )
    counts: bool = toggle(T("混同行列を描く", "Draw the confusion matrices"))
    centers: tuple[tuple[float, float, int], ...] = hand_points(classes=5, limit=5)

    @property
    def other(self) -> T:
        """The method beside kNN."""
        if self.bridge == 0 and self.prototypes > 1:
            return T(f"代表 {self.prototypes} 個ずつ", f"{self.prototypes} prototypes each")
        behind, ahead = STATIONS[math.floor(self.bridge)], STATIONS[math.ceil(self.bridge)]
        return T(behind, behind) if behind == ahead else T(f"{behind} – {ahead}", f"{behind} – {ahead}")

    @property
    def movable(self) -> bool:
        """Whether there is one centre a class, which can be placed by hand."""
        return self.bridge == 0 and self.prototypes == 1


def compute(p: Params) -> Minds:
    data = shared.examples(p)
    grid = Grid.over(data.window, *shared.CELLS, equal=data.equal)
    x, y, classes, k = data.train, data.labels, len(data.names), min(p.k, len(data.y))
    cells = data.seen(grid.points())
    if k == 0:
        nobody = Mind(np.zeros((len(cells), classes)), np.zeros(len(cells), int), y, y)
        return Minds(data, grid, k, nobody, nobody, nb.Centroids(x, y), moved=False)
    placed = by_hand(p, data, grid)

    def other(x, y, query):
        if placed:
            return nb.centroid_scores(placed, query, classes=classes)
        how = {"bridge": p.bridge, "k": min(k, len(x)), "per_class": p.prototypes, "seed": p.seed}
        return nb.bridge_scores(x, y, query, classes=classes, **how)

    mine, theirs, fold = y.copy(), y.copy(), folds(len(y), seed=p.seed)
    for f in np.unique(fold) if len(y) > 1 else ():
        out = fold == f
        mine[out] = nb.knn_predict(x[~out], y[~out], x[out], k=min(k, int((~out).sum())))
        theirs[out] = other(x[~out], y[~out], x[out]).argmax(axis=1)
    vote, scores = nb.vote(x, y, cells, k=k, classes=classes), other(x, y, cells)
    learned = nb.prototypes(x, y, per_class=p.prototypes, seed=p.seed) if p.bridge == 0 else nb.centroids(x, y)
    return Minds(
        data=data,
        grid=grid,
        k=k,
        knn=Mind(vote.proba, vote.label, y, mine),
        other=Mind(scores, scores.argmax(axis=1), y, theirs),
        centres=placed or learned,
        moved=placed is not None,
        gaussians=nb.gaussians(x, y, bridge=min(p.bridge, 2.0)) if p.bridge > 0 else None,
    )


def by_hand(p: Params, data: Examples, grid: Grid) -> nb.Centroids | None:
    """Give the centres placed by hand if they are one for each class present, and not left behind by other data."""
    placed = sorted(p.centers, key=lambda centre: centre[2])
    labels = np.array([label for *_, label in placed], dtype=np.int64)
    if not p.movable or not placed or labels.tolist() != np.unique(data.y).tolist():
        return None
    at, seen = np.array([(x, y) for x, y, _ in placed]), np.reshape(grid.window, (2, 2))
    near = np.abs(at - seen.mean(axis=1)) <= 0.75 * np.ptp(seen, axis=1)
    return nb.Centroids(data.seen(at), labels) if near.all() else None


READOUTS = (
    Readout("knn", T("正解率: kNN", "Accuracy: kNN"), "knn.accuracy", 1, PERCENT),
    Readout("other", T("もう一方", "The other"), "other.accuracy", 1, PERCENT),
    Readout("disagree", T("答えが分かれた点", "Points they disagree on"), "disagree"),
)


def draw(r: Minds, p: Params) -> Stage:
    # Two notes of one height, so that the first move of a centre does not move the plane under the hand.
    how = ("placed" if r.moved else "learned",) if p.movable and r.k else ()
    plane, note = borders_of_both(r, p), (*how, *p.note(r.k))
    if not p.counts:
        return Stage((plane,), ("plane",), height=470, note=note)
    figures = plane, confusion("knn", r.knn), confusion("ncc", r.other, "placed" if r.moved else "")
    columns, grid = "minmax(0, 2fr) minmax(0, 1fr)", ("plane knn", "plane ncc")
    return Stage(figures, grid, height=470, columns=columns, note=note)


def borders_of_both(r: Minds, p: Params) -> Figure:
    """Draw the regions of kNN, both borders, and hatched what lies between them."""
    asked, around = [], ()
    if r.gaussians:
        around = ellipse(r.gaussians.means, r.gaussians.covariances, sd=1.0)
    if r.k:
        asked = [
            regions(r.grid, r.knn.label, r.knn.scores),
            hatch(r.grid, r.split),
            borders(r.grid, r.knn.label, r.knn.scores, BLUE, name=T("kNN", "kNN"), low=True, width=2.0),
            borders(r.grid, r.other.label, r.other.scores, OTHER, name=p.other, width=2.2),
            *(line(*r.data.back(path).T, OTHER, width=1.5, dash="dot") for path in around),
        ]
    return plane("plane", r.data, *asked, over=centres(r, p), size=8.0)


def centres(r: Minds, p: Params) -> list[Trace]:
    """Draw the centres: one a class can be taken hold of."""
    x, labels = r.data.back(r.centres.points), r.centres.labels
    if p.movable and r.k:
        return [handle_points(*x.T, labels, field="centers", names=r.data.names)]
    style = {"size": 19.0 if len(x) <= 8 else 13.0, "line": {"width": 2.5, "color": INK}}
    return [marks(*x[labels == c].T, CLASS_COLORS[c], symbol=CLASS_SYMBOLS[c], **style) for c in np.unique(labels)]


def confusion(name: str, mind: Mind, says: str = "") -> Figure:
    signs, x, y = SIGNS[: len(mind.counts)], T("答え", "Answer"), T("正解", "True class")
    return matrix(name, mind.counts, signs, signs, x=x, y=y, titled=True, says=says)


def code(p: Params) -> str:
    data = shared.examples(p)
    n, made = len(data.y), shared.code(p)
    if n < 2:
        return f'import numpy as np\n\n{made}print("points =", len(x))\n'
    grid = Grid.over(data.window, *shared.CELLS, equal=data.equal)
    if placed := by_hand(p, data, grid):
        at, labels = placed.points.tolist(), placed.labels.tolist()
        other = f"nb.ncc_predict(nb.Centroids(np.array({at}), np.array({labels})), x[out])"
    else:
        how = f"bridge={p.bridge!r}, k=k, per_class={p.prototypes}, seed={p.seed}"
        other = f"nb.bridge_scores(x[~out], y[~out], x[out], {how}).argmax(axis=1)"
    return f"""\
import numpy as np

from core.classical import neighbors as nb
from core.data import flip_labels, folds, load, scaling, thin_out

{made}offset, factor = scaling(x, "{p.scale}")
x = (x - offset) * factor
knn, other = y.copy(), y.copy()
fold = folds(len(x), seed={p.seed})
for f in np.unique(fold):
    out = fold == f
    k = min({min(p.k, n)}, np.sum(~out))
    knn[out] = nb.knn_predict(x[~out], y[~out], x[out], k=k)
    other[out] = {other}
print("knn =", 100 * np.mean(knn == y))
print("other =", 100 * np.mean(other == y))
print("disagree =", np.sum(knn != other))
"""


SEPAL = {"data": "iris", "iris": "sepal"}
CHECKS = {
    "lda": Check(
        (SEPAL | {"bridge": 2.0}, SEPAL | {"bridge": 1.0}),
        lambda qda, lda: qda.mahalanobis < qda.cells and lda.mahalanobis == lda.cells,
        control=(SEPAL | {"bridge": 2.0}, SEPAL | {"bridge": 0.5}),
    )
}
