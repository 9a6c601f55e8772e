"""Scale matters: distance sees the numbers, not the plane; a stretched axis outvotes the other."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.classical import neighbors as nb
from core.data import scaling
from core.grid import Grid
from core.result import result
from core.text import PERCENT, T
from figures.marks import line, marks, ring, segments
from figures.plane import held, plane
from figures.regions import borders, regions
from figures.spec import BLUE, INK, NOW, OTHER, Figure, Stage
from pages.classical.neighbors import shared
from pages.classical.neighbors.shared import Examples
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("data", "stretch", "scale", "k")
ZOOM = ("data", "iris", "wine", "weather", "stretch")


@dataclass(frozen=True)
class Params(shared.InPlane, shared.Query):
    stretch: float = slider(
        T("縦軸の数値を大きくする", "Make the upright numbers larger"),
        1.0,
        1000.0,
        default=1.0,
        log=True,
        unit=T("倍", "×"),
    )


@result
class Scaled:
    data: Examples  # stretched
    query: NDArray[np.float64]  # (2,)
    grid: Grid
    k: int
    near: NDArray[np.int64]  # rows that vote
    before: NDArray[np.int64]  # rows that would without the stretch
    ball: NDArray[np.float64]  # (m, 2) as distances see it
    field: nb.Vote | None = None  # about the grid's cells; None without points
    left_out: float | None = None  # accuracy in %, leaving one out

    @property
    def gone(self) -> NDArray[np.int64]:
        """Neighbours that the stretch took away."""
        return np.setdiff1d(self.before, self.near)

    @property
    def replaced(self) -> int | None:
        return len(self.gone) if self.k else None


def compute(p: Params) -> Scaled:
    plain = shared.examples(p)
    data, query, place = stretched(plain, p), plain.place(p.qx, p.qy) * [1, p.stretch], plain.place(p.qx, p.qy)
    grid = Grid.over(data.window, *shared.CELLS)
    x, y, k = data.train, data.labels, min(p.k, len(data.y))
    if k == 0:
        return Scaled(data, query, grid, k, y, y, np.zeros((0, 2)))
    asked, before = nb.voters(x, data.seen(query), k=k), nb.voters(plain.train, plain.seen(place), k=k)
    return Scaled(
        data=data,
        query=query,
        grid=grid,
        k=k,
        near=asked.indices,
        before=before.indices,
        ball=nb.ball(data.seen(query), asked.distances[-1]),
        field=nb.vote(x, y, data.seen(grid.points()), k=k, classes=len(data.names)),
        left_out=100 * float(nb.loo_accuracy(x, y, [min(k, len(y) - 1)])[0]) if len(y) > 1 else None,
    )


def stretched(data: Examples, p: Params) -> Examples:
    """Give the same points with other numbers upright, scaled anew."""
    by = np.array([1, p.stretch])
    x = data.x * by
    offset, factor = scaling(x, p.scale) if len(x) else (data.offset, data.factor)
    return replace(data, x=x, limits=data.limits * by[:, None], offset=offset, factor=factor)


READOUTS = (
    Readout("replaced", T("入れ替わった近傍", "Neighbours replaced"), "replaced"),
    Readout("leave_one_out", T("正解率: 一つ抜き", "Accuracy: leave-one-out"), "left_out", 1, PERCENT),
)


def draw(r: Scaled, p: Params) -> Stage:
    columns = "minmax(0, 1.3fr) minmax(0, 1fr)"
    return Stage((ours(r), theirs(r, p)), ("plane seen",), height=440, columns=columns, note=p.note(r.k))


def ours(r: Scaled) -> Figure:
    """Draw the plane as we see it, whatever its numbers."""
    asked = []
    if r.field is not None:
        asked = [
            regions(r.grid, r.field.label, r.field.proba),
            borders(r.grid, r.field.label, r.field.proba, BLUE, width=1.8),
            {**segments(r.query, r.data.x[r.near], INK, width=1), "opacity": 0.65},
            line(*r.data.back(r.ball).T, NOW, width=1.5),
        ]
    return plane(
        "plane",
        r.data,
        asked,
        over=[
            marks(*r.data.x[r.gone].T, OTHER, size=17.0, symbol="circle-open", line={"width": 1.5}),
            held(r.query, r.data.window),
        ],
        size=8.0,
        large=r.near,
        editable=False,
        equal=False,
        says="plane" if r.k else "empty",
    )


def theirs(r: Scaled, p: Params) -> Figure:
    """Draw the same points with the same unit on both axes."""
    x = r.data.train
    middle, half = np.zeros(2), 1.0
    if r.k:
        middle, half = (x.max(axis=0) + x.min(axis=0)) / 2, 0.56 * np.ptp(x, axis=0).max() + 1e-6
    names = tuple(T(f"{axis.ja}（距離で見た値）", f"{axis.en}, as distance sees it") for axis in r.data.axes)
    return plane(
        "seen",
        replace(r.data, x=x, axes=names, limits=middle[:, None] + [-half, half]),
        line(*r.ball.T, NOW, width=1.5),
        over=[ring(*r.data.seen(r.query))],
        size=7.0,
        large=r.near,
        editable=False,
        view=p.scale,
    )


def code(p: Params) -> str:
    made, n = shared.code(p), len(shared.examples(p).y)
    if n == 0:
        return f'import numpy as np\n\n{made}print("points =", len(x))\n'
    loo = f'print("leave_one_out =", 100 * nb.loo_accuracy(scaled, y, [{min(p.k, n - 1)}])[0])'
    return f"""\
import numpy as np

from core.classical import neighbors as nb
from core.data import flip_labels, load, scaling, thin_out

{made}query = np.array({shared.examples(p).place(p.qx, p.qy).tolist()})
found = []
for stretch in (1.0, {p.stretch!r}):
    offset, factor = scaling(x * [1.0, stretch], "{p.scale}")
    scaled = (x * [1.0, stretch] - offset) * factor
    near = nb.voters(scaled, (query * [1.0, stretch] - offset) * factor, k={min(p.k, n)})
    found.append(set(near.indices.tolist()))
print("replaced =", len(found[0] - found[1]))
{loo if n > 1 else ""}
"""


CHECKS = {
    "stretch": Check(
        ({"stretch": 100.0, "scale": "standard"}, {"stretch": 100.0}),
        lambda even, raw: raw.replaced > 0 == even.replaced,
        control=({"stretch": 100.0}, {"stretch": 100.0}),
    )
}
