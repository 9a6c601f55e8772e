"""The neighbours of a query, of every cell of the plane and of every point are asked."""

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.classical import neighbors as nb
from core.grid import Grid
from core.result import result
from core.text import T
from pages.classical.neighbors.shared import CELLS, Examples, InPlane, Query, examples, percent
from ui.params import choice, slider

COARSE = (49, 43)  # cells of a small plane
MANY = 20.0  # % of the points


@dataclass(frozen=True)
class Asked(InPlane, Query):
    metric: str = choice(
        T("距離", "Distance"),
        {
            "l2": T("ユークリッド (L2)", "Euclidean (L2)"),
            "l1": T("マンハッタン (L1)", "Manhattan (L1)"),
            "linf": T("チェビシェフ (L∞)", "Chebyshev (L∞)"),
            "lp": T("ミンコフスキー (Lp)", "Minkowski (Lp)"),
            "cosine": T("コサイン", "Cosine"),
            "mahalanobis": T("マハラノビス", "Mahalanobis"),
        },
    )
    p: float = slider(T("指数 p", "Exponent p"), 1.0, 10.0, default=3.0, step=0.1, when=lambda p: p.metric == "lp")
    weights: str = choice(
        T("票の重み", "Weight of a vote"),
        {
            "uniform": T("どれも同じ", "All the same"),
            "distance": T("距離の逆数", "1 / distance"),
            "gaussian": T("ガウス", "Gaussian"),
        },
    )
    held: float = slider(T("テストに回す割合", "Held out for testing"), 0.0, 0.8, default=0.0, step=0.05)
    qz: float = percent(
        T("調べる点: 三つ目の変数", "Query: third variable"),
        default=40.0,
        help=T(
            "平面に描いていない変数の値です。立体の図で動きます。",
            "The variable that the plane does not show; watch it move in the 3-D figure.",
        ),
        when=lambda p: p.data == "weather",
    )


@result
class Poll:
    data: Examples
    query: NDArray[np.float64]  # (d,)
    grid: Grid
    metric: str
    k: int  # votes about each
    near: NDArray[np.int64]  # (m,) rows of the data that vote about the query, nearest first
    distances: NDArray[np.float64]  # (m,)
    shares: NDArray[np.float64]  # (m,) of a vote; together k
    ball: NDArray[np.float64]  # (m, 2) what of the plane is as near as they are
    right: NDArray[np.bool_]  # (n,) whether the vote about a point gives its class
    vote: nb.Vote | None = None  # about the query; None without points
    field: nb.Vote | None = None  # about the grid's cells
    left_out: float | None = None  # accuracy in %, leaving one out
    often: float = 0.0  # % of the points about which votes are shared

    @property
    def tied(self) -> int:
        """How many are as far as the k-th, where more are than there are votes left; else 0."""
        return int((self.shares < 1).sum())

    @property
    def ties(self) -> tuple[str, ...]:
        """Name the sentence that says where votes were shared."""
        return ("shared",) if self.tied else ("often",) if self.often > MANY else ()

    @property
    def left(self) -> float:
        """The votes that those share."""
        return float(self.shares[self.shares < 1].sum())

    @property
    def answer(self) -> T | None:
        return self.data.names[self.vote.label[0]] if self.vote else None

    @property
    def share(self) -> float | None:
        """The answer's, in % of the votes."""
        return 100 * float(self.vote.proba.max()) if self.vote else None

    @property
    def training(self) -> float | None:
        """Accuracy in % on the points that vote."""
        return 100 * float(self.right[~self.data.test].mean()) if self.k else None

    @property
    def tested(self) -> float | None:
        """Accuracy in % on the points that were held out."""
        return 100 * float(self.right[self.data.test].mean()) if self.data.test.any() else None

    @property
    def mistakes(self) -> int:
        return int((~self.right).sum())

    @property
    def votes(self) -> NDArray[np.float64]:
        """(classes,) how many each gets of k."""
        return np.bincount(self.data.y[self.near], self.shares, len(self.data.names)).round(9)

    @property
    def mean(self) -> NDArray[np.float64]:
        """(classes,) mean distance of the voters."""
        with np.errstate(invalid="ignore"):
            return np.bincount(self.data.y[self.near], self.shares * self.distances, len(self.data.names)) / self.votes

    @property
    def majority(self) -> int:
        """Cells that get the class with the most examples."""
        return int((self.field.label == np.bincount(self.data.labels).argmax()).sum()) if self.field else 0

    @property
    def hidden(self) -> T:
        """The variable that the plane does not show."""
        return self.data.axes[-1]


def poll(p: Asked) -> Poll:
    """Ask."""
    data = examples(p, held=p.held, whole=True)
    query = data.place(p.qx, p.qy, p.qz)
    x, y, k = data.train, data.labels, min(p.k, len(data.train))
    if k == 0:
        grid = Grid.over(data.window, *CELLS, equal=data.equal)
        return Poll(data, query, grid, p.metric, 0, y, *np.zeros((2, 0)), np.zeros((0, 2)), np.zeros(0, bool))
    metric = metric_of(p, data)
    how = {"metric": metric, "p": p.p}
    asked = nb.voters(x, data.seen(query), k=k, **how)
    known = _known(replace(p, qx=0.0, qy=0.0))  # the plane's answers are the same wherever in it the query is
    return Poll(
        data=data,
        query=query,
        grid=known.grid,
        metric=metric,
        k=k,
        near=np.flatnonzero(~data.test)[asked.indices],
        distances=asked.distances,
        shares=asked.share,
        ball=data.back(nb.ball(data.seen(query), asked.distances[-1], x=x, **how)),
        right=known.about.label == data.y,
        vote=nb.vote(x, y, data.seen(query[None]), k=k, classes=len(data.names), weights=p.weights, **how),
        field=known.field,
        left_out=None if data.test.any() else known.left_out,
        often=100 * float(known.about.shared.mean()),
    )


@result
class Known:
    """What is said of all places at once."""

    grid: Grid
    field: nb.Vote  # about the grid's cells
    about: nb.Vote  # about the points
    left_out: float | None  # accuracy in %, leaving one out


@functools.lru_cache(maxsize=16)
def _known(p: Asked) -> Known:
    data = examples(p, held=p.held, whole=True)
    grid = Grid.over(data.window, *(COARSE if data.whole else CELLS), equal=data.equal)
    x, y, k, plane = data.train, data.labels, min(p.k, len(data.train)), grid.points()
    cells = np.column_stack([plane, np.tile(data.place(p.qx, p.qy, p.qz)[2:], (len(plane), 1))])
    how = {"metric": metric_of(p, data), "p": p.p, "weights": p.weights}
    return Known(
        grid,
        nb.vote(x, y, data.seen(cells), k=k, classes=len(data.names), **how),
        nb.vote(x, y, data.seen(data.x), k=k, **how),
        100 * float(nb.loo_accuracy(x, y, [min(k, len(x) - 1)], **how)[0]) if len(x) > 1 else None,
    )


def metric_of(p: Asked, data: Examples) -> str:
    """Give the metric to use: there is no Mahalanobis distance where all points lie on one line."""
    return p.metric if p.metric != "mahalanobis" or nb.has_volume(data.train) else "l2"
