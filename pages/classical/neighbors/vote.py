"""Neighbours vote: the k examples nearest to a query say what it is; what is near, the metric says."""

import numpy as np

from core.text import PERCENT, T
from figures.marks import line, segments
from figures.plane import held, plane
from figures.plot import table
from figures.regions import borders, hatch, regions
from figures.space import cut, dot, labelled
from figures.space import segments as links
from figures.spec import BLUE, INK, MUTED, NOW, Card, Figure, Row, Stage
from pages.classical.neighbors import shared
from pages.classical.neighbors.poll import Asked, Poll, metric_of, poll
from ui.scene import Check, Readout

CONTROLS = ("data", "k", "metric", "qz")
ZOOM = ("data",)
Params = Asked
compute = poll
SPACE = (T("気温 (°C)", "Temp. (°C)"), T("湿度 (%)", "Humidity (%)"), T("風速 (m/s)", "Wind (m/s)"))
READOUTS = (
    Readout("answer", T("予測", "Prediction"), "answer"),
    Readout("share", T("票", "Votes"), "share", 0, PERCENT),
    Readout("training", T("訓練", "Training"), "training", 1, PERCENT),
    Readout("test", T("テスト", "Test"), "tested", 1, PERCENT),
    Readout("leave_one_out", T("一つ抜き", "Leave-one-out"), "left_out", 1, PERCENT),
)


def draw(r: Poll, p: Params) -> Stage:
    why = (*(("line",) if r.metric != p.metric else p.note(r.k)), *r.ties)
    if r.data.whole:
        columns, grid = "minmax(0, 1.35fr) minmax(0, 1fr)", ("space plane", "space plane", "space table")
        figures = days(r, p), votes(r, p)
        return Stage(figures, grid, (count(r),), height=450, columns=columns, note=("cut", *why))
    columns = "minmax(0, 2.7fr) minmax(0, 1fr)"
    return Stage((votes(r, p),), ("plane table",), (count(r),), height=470, columns=columns, note=why)


def votes(r: Poll, p: Params) -> Figure:
    """Draw the plane with its regions, and the query with its neighbours and its ball."""
    asked = []
    if r.field is not None:
        asked = [
            regions(r.grid, r.field.label, r.field.proba),
            hatch(r.grid, r.field.tied, MUTED),
            borders(r.grid, r.field.label, r.field.proba, BLUE, width=1.8),
            {**segments(r.query[:2], r.data.x[r.near, :2], INK, width=1), "opacity": 0.65},
            line(*r.ball.T, NOW, width=1.5),
        ]
    return plane(
        "plane",
        r.data,
        asked,
        over=[held(r.query, r.data.window)],
        mistake=(~r.right).astype(np.uint8),
        muted=r.data.test.astype(np.uint8),
        size=7.0 if r.data.whole else 9.0,
        large=r.near,
        editable=not r.data.whole,
        view=str(p.columns),
        says="cut" if r.data.whole else "plane" if r.k else "empty",
    )


def days(r: Poll, p: Params) -> Figure:
    """Draw the weather in space, its axes in one order whichever two the plane shows, and where the plane is."""
    order = np.argsort([*p.columns, 3 - sum(p.columns)])
    x, query, limits = r.data.x[:, order], r.query[order], r.data.limits[order]
    upright = int(order.argmax())
    return labelled(
        "space",
        x,
        r.data.y,
        links(query, x[r.near]),
        cut(upright, query[upright], limits),
        dot(query),
        names=r.data.names,
        axes=SPACE,
        limits=limits,
        large=r.near,
        mistake=~r.right,
        muted=r.data.test,
    )


def count(r: Poll) -> Card:
    nan, words = float("nan"), (T("なし", "no"), T("距離で決めた", "broken by distance"))
    proba = 100 * r.vote.proba[0] if r.vote else np.full(len(r.data.names), nan)
    rows = []
    for c, name in enumerate(r.data.names):
        rows.append((T(f"{name.ja}: 票", f"{name.en}: votes"), r.votes[c], 2 if r.tied else 0))
        if not r.data.whole:  # where there is room
            rows.append((T("　割合 (%)", "— share (%)"), proba[c], 1))
            rows.append((T("　平均の距離", "— mean dist."), r.mean[c], 3))
    tied = np.array([int(r.vote is not None and r.vote.tied[0])])
    return table(
        T("開票", "The count"),
        *rows,
        (T("k 番目の距離", "k-th distance"), r.distances[-1] if r.k else nan, 3),
        Row(T("同点", "Tie"), tied, words=words),
        name="table",
    )


def code(p: Params) -> str:
    data = shared.examples(p, held=p.held, whole=True)
    n, made = len(data.train), shared.code(p, whole=True)
    if n == 0:
        return f'import numpy as np\n\n{made}print("points =", len(x))\n'
    how = f'metric="{metric_of(p, data)}", p={p.p!r}, weights="{p.weights}"'
    loo = f"100 * nb.loo_accuracy(known, labels, [{min(p.k, n - 1)}], {how})[0]"
    last = 'print("test =", 100 * right[test].mean())' if data.test.any() else f'print("leave_one_out =", {loo})'
    return f"""\
import numpy as np

from core.classical import neighbors as nb
from core.data import flip_labels, hold_out, load, scaling, thin_out

{made}query = np.array([{data.place(p.qx, p.qy, p.qz).tolist()}])
test = hold_out(len(x), {p.held!r}, seed={p.seed})
offset, factor = scaling(x[~test], "{p.scale}")
x, query = (x - offset) * factor, (query - offset) * factor
known, labels = x[~test], y[~test]
vote = nb.vote(known, labels, query, k={min(p.k, n)}, {how})
right = nb.knn_predict(known, labels, x, k={min(p.k, n)}, {how}) == y
print("answer =", vote.label[0])
print("share =", 100 * vote.proba.max())
print("training =", 100 * right[~test].mean())
{last if n > 1 else ""}
"""


SEPAL, UNEVEN = {"data": "iris", "iris": "sepal", "k": 1}, {"classes": 2, "thin": 0.5}
CHECKS = {
    "one": Check(
        ({"data": "moons", "noise": 1.0, "k": 1}, SEPAL),
        lambda moons, iris: moons.training == 100 > iris.training,
        control=({"data": "moons", "noise": 1.0, "k": 3}, SEPAL),
    ),
    "all": Check(
        (UNEVEN, UNEVEN | {"k": 200}),
        lambda few, all_: few.majority < len(few.field.label) == all_.majority and all_.k == len(all_.data.x),
        control=(UNEVEN, {"classes": 2, "k": 200}),
    ),
}
