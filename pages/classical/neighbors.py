"""Lesson: the nearest examples vote, or the nearest centre decides."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import neighbors as core
from core.data import load, skeleton
from figures.classical import neighbors as figures
from figures.classical.neighbors import Grid
from figures.spec import BLUE, INK, MUTED, OTHER, Card, Figure, Row, Stage, T, steady
from ui.params import choice, hand_points, hand_window, slider
from ui.scene import Experiment, Readout, Scene

CELLS = (74, 64)  # of a field
COARSE = (49, 43)  # of a small one, and of the true probabilities, which change slowly
REDRAWS, CLOUD = 50, (25, 21)  # samples behind the cloud of boundaries, and the cells they are computed on
TEST = 1000  # fresh points where the distribution is known
DIMS = (0, 1, 2, 4, 7, 12, 20, 32, 50, 75, 100)
SIZES = (50, 100, 200, 500, 1000, 2000)

FLOWERS = (
    T("がくの長さ (cm)", "Sepal length (cm)"),
    T("がくの幅 (cm)", "Sepal width (cm)"),
    T("花弁の長さ (cm)", "Petal length (cm)"),
    T("花弁の幅 (cm)", "Petal width (cm)"),
)
WINES = {
    0: T("アルコール (%)", "Alcohol (%)"),
    1: T("リンゴ酸", "Malic acid"),
    6: T("フラバノイド", "Flavanoids"),
    9: T("色の濃さ", "Colour intensity"),
    12: T("プロリン (mg/L)", "Proline (mg/L)"),
}
SKY_STEPS = (5.0, 10.0, 2.0)  # the axes end at multiples of these
SKIES = (T("気温 (°C)", "Temperature (°C)"), T("湿度 (%)", "Humidity (%)"), T("風速 (m/s)", "Wind (m/s)"))
SPACE = (T(SKIES[0].ja, "Temp. (°C)"), *SKIES[1:])  # beside the axes of a narrow figure there is little room
WEATHER = (T("晴れ", "Sunny"), T("くもり", "Cloudy"), T("雨", "Rain"))
PAIRS = {  # data -> key -> columns, words
    "iris": {
        "petal": ((2, 3), T("花弁の長さと幅", "Petal length and width")),
        "sepal": ((0, 1), T("がくの長さと幅", "Sepal length and width")),
        "lengths": ((0, 2), T("がくの長さと花弁の長さ", "Sepal and petal length")),
        "widths": ((1, 3), T("がくの幅と花弁の幅", "Sepal and petal width")),
    },
    "wine": {
        "proline": ((0, 12), T("アルコールとプロリン", "Alcohol and proline")),
        "flavanoids": ((0, 6), T("アルコールとフラバノイド", "Alcohol and flavanoids")),
        "colour": ((6, 9), T("フラバノイドと色の濃さ", "Flavanoids and colour")),
        "malic": ((1, 12), T("リンゴ酸とプロリン", "Malic acid and proline")),
    },
    "weather": {
        "th": ((0, 1), T("気温と湿度", "Temperature and humidity")),
        "tw": ((0, 2), T("気温と風速", "Temperature and wind")),
        "hw": ((1, 2), T("湿度と風速", "Humidity and wind")),
    },
}
MADE = ("blobs", "moons", "circles", "spiral")


def _made(p: "Params") -> bool:
    return p.data in MADE


def _pairs(data: str) -> Any:
    return choice(
        T("二つの特徴", "Two features"),
        {key: text for key, (_, text) in PAIRS[data].items()},
        when=lambda p: p.data == data,
    )


@dataclass(frozen=True)
class Params:
    """The controls of kNN and NCC."""

    data: str = choice(
        T("データ", "Data"),
        {
            "blobs": T("塊", "Blobs"),
            "moons": T("三日月", "Moons"),
            "circles": T("二重の円", "Circles"),
            "spiral": T("うずまき", "Spiral"),
            "iris": T("アヤメ", "Iris"),
            "wine": T("ワイン", "Wine"),
            "weather": T("天気（作りもの）", "Weather (made up)"),
            "own": T("自分の点", "My own points"),
        },
    )
    k: int = slider(T("近傍の数 k", "Neighbours k"), 1, 200, default=7)
    qx: float = slider(T("調べる点: 横", "Query: across"), 0.0, 100.0, default=54.0, step=0.5, unit=T("%", "%"))
    qy: float = slider(T("調べる点: 縦", "Query: up"), 0.0, 100.0, default=54.0, step=0.5, unit=T("%", "%"))
    qz: float = slider(
        T("調べる点: 三つ目の変数", "Query: third variable"),
        0.0,
        100.0,
        default=40.0,
        step=0.5,
        unit=T("%", "%"),
        help=T(
            "平面に描いていない変数の値です。立体の図で動きます。",
            "The variable that the plane does not show; watch it move in the 3-D figure.",
        ),
        when=lambda p: p.data == "weather",
    )
    classes: int = slider(T("クラスの数", "Classes"), 2, 5, default=3, when=lambda p: p.data in ("blobs", "own"))
    noise: float = slider(T("ノイズ", "Noise"), 0.0, 1.0, default=0.5, step=0.02, when=_made)
    n: int = slider(T("点の数", "Points"), 20, 200, default=120, when=_made)
    iris: str = _pairs("iris")
    wine: str = _pairs("wine")
    weather: str = _pairs("weather")
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
    scale: str = choice(
        T("目盛りのそろえ方", "Scaling"),
        {
            "none": T("そのまま", "None"),
            "minmax": T("MinMax（0 から 1 に）", "MinMax (0 to 1)"),
            "standard": T("標準化（平均 0、分散 1）", "Standardise (mean 0, variance 1)"),
        },
    )
    flips: float = slider(
        T("ラベルの誤り", "Wrong labels"), 0.0, 0.5, default=0.0, step=0.02, when=lambda p: p.data != "own"
    )
    thin: float = slider(
        T("クラスの偏り", "Imbalance"),
        0.0,
        0.95,
        default=0.0,
        step=0.05,
        help=T(
            "最初のクラス以外から、この割合の点を除きます。",
            "Takes this share of points from all classes but the first.",
        ),
        when=lambda p: p.data != "own",
    )
    held: float = slider(T("テストに回す割合", "Held out for testing"), 0.0, 0.8, default=0.0, step=0.05)
    bridge: float = slider(
        T("橋の上の位置", "Along the bridge"),
        0.0,
        3.0,
        default=0.0,
        step=0.05,
        help=T("0 は NCC、1 は LDA、2 は QDA、3 は kNN です。", "0 is NCC, 1 is LDA, 2 is QDA, 3 is kNN."),
    )
    prototypes: int = slider(
        T("クラスごとの代表の数", "Prototypes per class"), 1, 100, default=1, log=True, when=lambda p: p.bridge == 0
    )
    truth: str = choice(
        T("分布", "Distribution"),
        {
            "moons": T("三日月", "Moons"),
            "gaussians": T("二つのガウス分布", "Two Gaussians"),
            "circles": T("二重の円", "Circles"),
        },
    )
    spread: float = slider(T("分布の広がり σ", "Spread σ"), 0.1, 1.2, default=0.4, step=0.02)
    many: int = slider(T("訓練データの数", "Training points"), 20, 500, default=100, log=True)
    stretch: float = slider(
        T("縦軸を引きのばす", "Stretch the upright axis"), 1.0, 1000.0, default=1.0, log=True, unit=T("倍", "×")
    )
    dims: int = slider(T("無関係な次元の数", "Irrelevant dimensions"), 0, 100, default=20)
    size: int = slider(T("点の数 n", "Points n"), 50, 2000, default=300, log=True)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)
    points: tuple[tuple[float, float, int], ...] = hand_points(classes=5, span=10_000.0, sets={"data": "own"})
    centers: tuple[tuple[float, float, int], ...] = hand_points(classes=5, limit=5)
    window: tuple[float, ...] = hand_window()


# ---- data


@dataclass(frozen=True, eq=False)
class Problem:
    """Points in classes, what is shown of their plane, and where the query stands.

    x (n, d), of which the plane shows the first two columns, y (n,), test (n,) marks what is held out, offset and factor
    (d,) scale the columns before distances are taken. d is 2, or 3 where the weather is taken whole.
    """

    x: NDArray[np.float64]
    y: NDArray[np.int64]
    test: NDArray[np.bool_]
    names: tuple[T, ...]
    axes: tuple[T, ...]
    window: tuple[float, ...]  # (x0, x1, y0, y1), and the ends of the third variable
    equal: bool
    query: NDArray[np.float64]
    offset: NDArray[np.float64]
    factor: NDArray[np.float64]

    def scaled(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give points in the coordinates in which distances are taken."""
        return np.asarray((x - self.offset) * self.factor)

    def cells(self, grid: Grid) -> NDArray[np.float64]:
        """Give the centres of a grid's cells in those coordinates, the query's third variable for all of them."""
        plane = grid.points()
        return self.scaled(np.column_stack([plane, np.tile(self.query[2:], (len(plane), 1))]))

    @property
    def train(self) -> NDArray[np.float64]:
        """Training points, scaled."""
        return self.scaled(self.x[~self.test])

    @property
    def labels(self) -> NDArray[np.int64]:
        """Their classes."""
        return self.y[~self.test]


def problem(p: Params, *, stretch: float = 1.0, whole: bool = False) -> Problem:
    """Give the data the parameters ask for, two variables of it; with `whole` the weather has all three."""
    plain = (T("x₁", "x₁"), T("x₂", "x₂"))
    if p.data == "own":
        x = np.array([(a, b) for a, b, _ in p.points], dtype=float).reshape(-1, 2)
        y = np.array([label for *_, label in p.points], dtype=np.int64)
        count = max(p.classes, int(y.max(initial=0)) + 1)
        names, axes = tuple(T(f"クラス {c}", f"Class {c}") for c in range(count)), plain
    else:
        data = load(_name(p), n=p.n, noise=p.noise if _made(p) else 0.0, seed=p.seed)
        keep = core.thin_out(data.y, p.thin, seed=p.seed)
        columns = _columns(p, whole)
        x, y = data.x[keep][:, columns], core.flip_labels(data.y[keep], p.flips, seed=p.seed)
        words: Any = {"iris": FLOWERS, "wine": WINES, "weather": SKIES}.get(p.data, plain)
        axes = tuple(words[column] for column in columns)
        names = tuple(
            WEATHER[c] if p.data == "weather"
            else T(name, name) if p.data == "iris"
            else T(f"品種 {c + 1}", f"Cultivar {c + 1}") if p.data == "wine"
            else T(f"クラス {c}", f"Class {c}")
            for c, name in enumerate(data.class_names)
        )  # fmt: skip
    x[:, 1] *= stretch
    test = core.hold_out(len(x), p.held, seed=p.seed)
    if p.data == "own" and p.window:
        x0, x1, y0, y1 = p.window
    else:
        (x0, x1), (y0, y1) = steady(x[:, 0]), steady(x[:, 1])
        if _made(p) and stretch == 1:
            # A square around the origin, its half side a multiple of ½
            x1 = y1 = float(np.ceil(2 * np.abs(x).max() + 0.3) / 2)
            x0 = y0 = -x1
    low, high = np.array([x0, y0]), np.array([x1, y1])
    if x.shape[1] > 2:
        step = np.array(SKY_STEPS)[list(_columns(p, whole))]
        low, high = np.floor(x.min(axis=0) / step) * step, np.ceil(x.max(axis=0) / step) * step
    window = tuple(np.column_stack([low, high]).ravel().tolist())
    query = (low + np.array([p.qx, p.qy, p.qz])[: len(low)] / 100 * (high - low)).round(4)
    offset, factor = core.scaling(x[~test], p.scale) if len(x) else (np.zeros(2), np.ones(2))
    equal = 0.25 < (y1 - y0) / (x1 - x0) < 4 and x.shape[1] == 2  # beside the space the plane is small
    return Problem(x, y, test, names, axes, window, equal, query, offset, factor)


def _columns(p: Params, whole: bool) -> tuple[int, ...]:
    """Give the columns of a data set to take, those of the plane first."""
    pair: tuple[int, ...] = PAIRS[p.data][getattr(p, p.data)][0] if p.data in PAIRS else (0, 1)
    return (*pair, 3 - sum(pair)) if whole and p.data == "weather" else pair


def _name(p: Params) -> str:
    return f"blobs{p.classes}" if p.data == "blobs" and p.classes > 2 else p.data


def _metric(p: Params, x: NDArray[np.float64]) -> str:
    """Give the metric to use: Mahalanobis needs points that do not lie on one line."""
    if p.metric != "mahalanobis":
        return p.metric
    try:
        core.kneighbors(x, x[:1], k=1, metric="mahalanobis")
    except ValueError:
        return "l2"
    return p.metric


def _field(window: Sequence[float], equal: bool, cells: tuple[int, int] = CELLS) -> Grid:
    """Cut what may come into view into cells: with equal axes the browser shows more than the window."""
    x0, x1, y0, y1 = window[:4]
    if equal:
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        w, h = max(x1 - x0, 1.45 * (y1 - y0)) / 2, max(y1 - y0, 1.25 * (x1 - x0)) / 2
        x0, x1, y0, y1 = x - w, x + w, y - h, y + h
    return Grid.over((x0, x1, y0, y1), *cells)


# ---- scene 1: neighbours vote


@dataclass(frozen=True, eq=False)
class Voting:
    """What the neighbours of the query, of every cell and of every point say."""

    problem: Problem
    grid: Grid
    k: int
    metric: str
    field: Any  # Vote of every cell, None without points
    vote: Any  # of the query
    near: NDArray[np.int64]  # (k,) rows of problem.x
    mean: NDArray[np.float64]  # (classes,) mean distance of the voters
    votes: NDArray[np.int64]  # (classes,) number of voters
    ball: NDArray[np.float64]
    wrong: NDArray[np.bool_]  # (n,) points the vote gets wrong
    training: float
    loo: float
    tested: float


def compute_vote(p: Params) -> Voting:
    """Let the neighbours vote about the query, every cell, and every point."""
    data = problem(p, whole=True)
    grid = _field(data.window, data.equal, COARSE if data.x.shape[1] > 2 else CELLS)
    n, classes = int((~data.test).sum()), len(data.names)
    nan = float("nan")
    if n == 0:
        none = np.zeros(0, int)
        empty = np.full(classes, nan)
        return Voting(
            data,
            grid,
            0,
            p.metric,
            None,
            None,
            none,
            empty,
            np.zeros(classes, int),
            np.zeros((0, 2)),
            none > 0,
            nan,
            nan,
            nan,
        )
    x, y, k = data.train, data.labels, min(p.k, n)
    metric = _metric(p, x)
    how: dict[str, Any] = {"k": k, "metric": metric, "p": p.p, "weights": p.weights}
    query = data.scaled(data.query[None])
    distances, indices = core.kneighbors(x, query, k=k, metric=metric, p=p.p)
    voters = y[indices[0]]
    votes = np.bincount(voters, minlength=classes)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(voters, weights=distances[0], minlength=classes) / votes
    wrong = core.knn_predict(x, y, data.scaled(data.x), **how) != data.y
    ks = np.array([min(k, n - 1)])
    loo = float(core.loo_accuracy(x, y, ks, metric=metric, p=p.p, weights=p.weights)[0]) if n > 1 else nan
    cells = data.cells(grid)
    return Voting(
        problem=data,
        grid=grid,
        k=k,
        metric=metric,
        field=core.vote(x, y, cells, classes=classes, **how),
        vote=core.vote(x, y, query, classes=classes, **how),
        near=np.flatnonzero(~data.test)[indices[0]],
        mean=mean,
        votes=votes,
        ball=_ball(data, grid, cells, float(distances[0, -1]), metric, p.p),
        wrong=wrong,
        training=float(1 - wrong[~data.test].mean()),
        loo=loo,
        tested=float(1 - wrong[data.test].mean()) if data.test.any() else nan,
    )


def _ball(
    data: Problem, grid: Grid, cells: NDArray[np.float64], radius: float, metric: str, p: float
) -> NDArray[np.float64]:
    """Outline what of the plane lies within a distance from the query; of three variables that is a cut."""
    query, x = data.scaled(data.query), data.train
    if metric == "cosine" and len(query) > 2:  # the cut through a cone: where the distance crosses the radius
        far, _ = core.kneighbors(query[None], cells, k=1, metric=metric)
        return np.column_stack(figures.contour(far.reshape(grid.h, grid.w) - radius, grid))
    # The ball is round in scaled coordinates; the plane shows it in the data's own.
    path = core.ball(query[:2], radius, metric=metric, p=p, x=x if len(x) > 1 else None)
    return np.asarray(path / data.factor[:2] + data.offset[:2])


def _strength(proba: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn the winner's share into a strength of tint: an even split is faint, one voice is full."""
    c = proba.shape[1]
    return np.asarray(0.3 + 0.7 * (proba.max(axis=1) - 1 / c) / (1 - 1 / c))


def _view(p: Params) -> str:
    """Name what is shown: the reader's zoom is kept while it stays the same."""
    return f"{p.data} {getattr(p, p.data) if p.data in PAIRS else ''}"


def _note(data: Problem, p: Params, *, metric: str = "") -> T | None:
    n = int((~data.test).sum())
    if n == 0:
        return T("平面をクリックして点を置いてください。", "Click the plane to put points on it.")
    if metric and metric != p.metric:
        return T(
            "点が一直線に並んでいて、マハラノビス距離は決まりません。ユークリッド距離で計算しました。",
            "The points lie on one line, so there is no Mahalanobis distance. Euclidean distance was used.",
        )
    if p.k > n:
        return T(
            f"訓練データは {n} 個です。k = {n} で計算しました。", f"There are {n} training points: k = {n} was used."
        )
    return None


def draw_vote(r: Voting, p: Params) -> Stage:
    data = r.problem
    traces: list[Any] = []
    if r.field is not None:
        ties = r.field.tied
        traces += [
            figures.tint(r.grid, r.field.label, _strength(r.field.proba), len(data.names)),
            figures.hatch(r.grid, ties, color=MUTED, width=1.0),
            figures.border(r.grid, r.field.label, r.field.proba, BLUE, width=1.8),
            figures.links(data.query[:2], data.x[r.near, :2]),
            figures.outline(r.ball),
        ]
    whole = data.x.shape[1] > 2
    traces += [
        figures.dots(
            data.x, data.y, data.names, near=r.near, mistake=r.wrong, muted=data.test, editable=not whole,
            size=7.0 if whole else 9.0, grow=4.0 if whole else 5.0,
        ),
        figures.held(data.query, data.window),
    ]  # fmt: skip
    answer = data.names[int(r.vote.label[0])] if r.vote is not None else T("まだない", "none yet")
    plane = figures.plane(
        traces,
        axis_names=data.axes,
        window=data.window,
        equal=data.equal,
        view=_view(p),
        alt=T(
            f"{len(data.x)} 個の点。調べる点の近傍 {r.k} 個の多数決は「{answer.ja}」です。",
            f"{len(data.x)} points. The {r.k} neighbours of the query vote for {answer.en}.",
        ),
        title=T("断面", "Cut") if whole else None,
    )
    if whole:
        return _draw_whole(r, p, plane, answer)
    return Stage((plane,), ("plane table",), (_table(r),), height=470, columns="minmax(0, 2.7fr) minmax(0, 1fr)",
                 note=_note(data, p, metric=r.metric))  # fmt: skip


def _draw_whole(r: Voting, p: Params, plane: Figure, answer: T) -> Stage:
    """Show the weather in space, and beside it the plane through the query, where the third variable stays as it is."""
    data = r.problem
    order = np.argsort(_columns(p, whole=True))  # temperature, humidity and wind, whichever two the plane shows
    ends = np.array(data.window).reshape(3, 2)
    hidden, level = data.axes[2], float(data.query[2])
    space = figures.space(
        data.x[:, order],
        data.y,
        data.query[order],
        r.near,
        data.names,
        SPACE,
        window=ends[order],
        cut=int(order.argmax()),
        wrong=r.wrong,
        muted=data.test,
        alt=T(
            f"気温・湿度・風速の立体に描いた {len(data.x)} 日。調べる点と線で結んだ {r.k} 日の多数決は「{answer.ja}」です。",
            f"{len(data.x)} days by temperature, humidity and wind. Lines join the query to {r.k} of them, which vote for {answer.en}.",
        ),
    )
    cut = T(
        f"平面は、{hidden.ja} = {level:.1f} の断面です。輪郭の中でも線のない日は、{hidden.ja.split()[0]}が離れています。",
        f"The plane is the cut at {hidden.en} = {level:.1f}. Unlinked days in the outline are far in {hidden.en.split()[0].lower()}.",
    )
    return Stage((space, plane), ("space plane", "space plane", "space table"), (_table(r, short=True),), height=450,
                 columns="minmax(0, 1.35fr) minmax(0, 1fr)", note=_joined(cut, _note(data, p, metric=r.metric)))  # fmt: skip


def _table(r: Voting, *, short: bool = False) -> Card:
    rows = []
    for c, name in enumerate(r.problem.names):
        proba = 100 * r.vote.proba[0, c] if r.vote is not None else float("nan")
        rows.append(Row(T(f"{name.ja}: 票", f"{name.en}: votes"), np.array([r.votes[c]]), 0))
        if not short:
            rows += [
                Row(T("　割合 (%)", "— share (%)"), np.array([proba]), 1),
                Row(T("　平均の距離", "— mean dist."), np.array([r.mean[c]]), 3),
            ]
    tied = int(r.vote is not None and bool(r.vote.tied[0]))
    radius = float(r.vote.radius[0]) if r.vote is not None else float("nan")
    rows.append(Row(T("k 番目の距離", "k-th distance"), np.array([radius]), 3))
    rows.append(
        Row(T("同点", "Tie"), np.array([tied]), words=(T("なし", "no"), T("距離で決めた", "broken by distance")))
    )
    return Card("table", T("開票", "The count"), tuple(rows))


def readouts_vote(r: Voting, p: Params) -> tuple[Readout, ...]:
    answer = r.problem.names[int(r.vote.label[0])] if r.vote is not None else T("–", "–")
    share, percent = float(r.vote.proba.max()) if r.vote is not None else float("nan"), T("%", "%")
    found = (
        Readout("answer", T("予測", "Prediction"), answer),
        Readout("share", T("票", "Votes"), 100 * share, 0, percent),
        Readout("training", T("訓練", "Training"), 100 * r.training, 1, percent),
    )
    if r.problem.test.any():
        return (*found, Readout("test", T("テスト", "Test"), 100 * r.tested, 1, percent))
    return (*found, Readout("leave_one_out", T("一つ抜き", "Leave-one-out"), 100 * r.loo, 1, percent))


# ---- scene 2: two minds


@dataclass(frozen=True, eq=False)
class Minds:
    """kNN and the other method on every cell, and on every point by 5-fold cross-validation."""

    problem: Problem
    grid: Grid
    k: int
    field: Any
    scores: NDArray[np.float64]  # (cells, classes) of the other method
    other: NDArray[np.int64]  # (cells,) its answer
    centres: NDArray[np.float64]  # (j, 2) in the plane
    centre_labels: NDArray[np.int64]
    ellipses: tuple[NDArray[np.float64], ...]
    knn_counts: NDArray[np.int64]  # (classes, classes) true class, answer
    other_counts: NDArray[np.int64]
    disagree: int
    moved: bool  # whether the centres were placed by hand: then `other_counts` holds its answers on all points


def compute_minds(p: Params) -> Minds:
    """Ask both methods."""
    data = problem(replace(p, held=0.0))
    grid = _field(data.window, data.equal)
    x, y, classes = data.train, data.labels, len(data.names)
    zero = np.zeros((classes, classes), int)
    if len(x) == 0:
        none = np.zeros(0, int)
        return Minds(
            data, grid, 0, None, np.zeros((0, classes)), none, np.zeros((0, 2)), none, (), zero, zero, 0, False
        )
    k = min(p.k, len(x))
    cells = data.scaled(grid.points())
    moved = _moved(p, data, grid)
    if moved is not None:
        scores = core.centroid_scores(moved, cells, classes=classes)
    else:
        scores = np.full((len(cells), classes), -np.inf)
        found = _other(p, x, y, cells, k)
        scores[:, : found.shape[1]] = found
    if moved is not None:
        centres = moved
        ellipses: tuple[NDArray[np.float64], ...] = ()
    elif p.bridge == 0:
        centres = core.prototypes(x, y, per_class=p.prototypes, seed=p.seed)
        ellipses = ()
    else:
        centres = core.centroids(x, y)
        ellipses = tuple(
            path / data.factor + data.offset for path in _ellipses(core.gaussians(x, y, bridge=min(p.bridge, 2.0)))
        )
    mine, theirs = _cross_validated(p, x, y, k)
    if moved is not None:
        theirs = core.ncc_predict(moved, x)
    return Minds(
        problem=data,
        grid=grid,
        k=k,
        field=core.vote(x, y, cells, k=k, classes=classes),
        scores=scores,
        other=scores.argmax(axis=1),
        centres=centres.points / data.factor + data.offset,
        centre_labels=centres.labels,
        ellipses=ellipses,
        knn_counts=_counts(y, mine, classes),
        other_counts=_counts(y, theirs, classes),
        disagree=int((mine != theirs).sum()),
        moved=moved is not None,
    )


def _moved(p: Params, data: Problem, grid: Grid) -> core.Centroids | None:
    """Give the centres placed by hand, scaled, if they are one for each class present and within what may be seen."""
    if not p.centers or p.bridge != 0 or p.prototypes != 1:
        return None
    placed = sorted(p.centers, key=lambda centre: centre[2])
    if [label for *_, label in placed] != np.unique(data.y).tolist():
        return None
    at = np.array([(x, y) for x, y, _ in placed])
    # Those of other data are left behind when they lie nowhere near these.
    if (np.abs(at - [grid.xs.mean(), grid.ys.mean()]) > [0.75 * grid.dx * grid.w, 0.75 * grid.dy * grid.h]).any():
        return None
    return core.Centroids(data.scaled(at), np.array([label for *_, label in placed], dtype=np.int64))


def _other(p: Params, x: Any, y: Any, query: Any, k: int) -> NDArray[np.float64]:
    return core.bridge_scores(x, y, query, bridge=p.bridge, k=k, per_class=p.prototypes, seed=p.seed)


def _cross_validated(p: Params, x: Any, y: Any, k: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give both methods' answers for each point, learned from the other four fifths."""
    mine, theirs = y.copy(), y.copy()
    if len(x) < 2:
        return mine, theirs
    fold = core.folds(len(x), seed=p.seed)
    for f in np.unique(fold):
        out = fold == f
        few = min(k, int((~out).sum()))
        mine[out] = core.knn_predict(x[~out], y[~out], x[out], k=few)
        theirs[out] = _other(p, x[~out], y[~out], x[out], few).argmax(axis=1)
    return mine, theirs


def _counts(true: Any, answer: Any, classes: int) -> NDArray[np.int64]:
    return np.bincount(true * classes + answer, minlength=classes**2).reshape(classes, classes)


def _ellipses(model: Any) -> list[NDArray[np.float64]]:
    """Give one standard deviation around each mean."""
    turn = np.linspace(0, 2 * np.pi, 65)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    return [m + circle @ np.linalg.cholesky(s).T for m, s in zip(model.means, model.covariances, strict=True)]


def _other_name(p: Params) -> T:
    """Name the other method."""
    if p.bridge == 0:
        return (
            T("NCC", "NCC")
            if p.prototypes == 1
            else T(f"代表 {p.prototypes} 個ずつ", f"{p.prototypes} prototypes each")
        )
    exact = {1.0: "LDA", 2.0: "QDA", 3.0: "kNN"}
    if p.bridge in exact:
        return T(exact[p.bridge], exact[p.bridge])
    between = ("NCC – LDA", "LDA – QDA", "QDA – kNN")[int(p.bridge)]
    return T(between, between)


def draw_minds(r: Minds, p: Params) -> Stage:
    data, name = r.problem, _other_name(p)
    traces: list[Any] = []
    if r.field is not None:
        split = r.field.label != r.other
        traces += [
            figures.tint(r.grid, r.field.label, _strength(r.field.proba), len(data.names)),
            figures.hatch(r.grid, split, color=INK, width=1.0),
            figures.border(r.grid, r.field.label, r.field.proba, BLUE, name=T("kNN", "kNN"), low=True, width=2.0),
            figures.border(r.grid, r.other, r.scores, OTHER, name=name, width=2.2),
            *(figures.outline(path, OTHER, dash="dot") for path in r.ellipses),
        ]
    traces += [
        figures.dots(data.x, data.y, data.names, editable=True, size=8.0),
    ]
    held = p.bridge == 0 and p.prototypes == 1 and len(r.centres) > 0
    if held:
        traces.append(figures.held_centres(r.centres, r.centre_labels, data.names))
    else:
        traces += figures.centres(r.centres, r.centre_labels)
    share = 100 * float(np.mean(r.field.label != r.other)) if r.field is not None else 0.0
    plane = figures.plane(
        traces,
        axis_names=data.axes,
        window=data.window,
        equal=data.equal,
        view=_view(p),
        alt=T(
            f"kNN (k = {r.k}) と {name.ja} の境界。斜線の所 ({share:.0f}%) で答えが分かれます。",
            f"The boundaries of kNN (k = {r.k}) and {name.en}. They disagree where it is hatched ({share:.0f}%).",
        ),
    )
    tables = (
        _confusion("knn", T(f"kNN (k = {r.k}) の答え", f"Answer of kNN (k = {r.k})"), r.knn_counts),
        _confusion(
            "ncc",
            T("NCC の答え（全部の点）", "Answer of NCC (all points)")
            if r.moved
            else T(f"{name.ja} の答え", f"Answer of {name.en}"),
            r.other_counts,
        ),
    )
    note = _note(data, p)
    if held:
        # Two notes of one height, so that the first move of a centre does not move the plane under the hand.
        by_hand = T(
            "手で置いた中心は、学んだものではありません。NCC は交差検証をせず、全部の点で数えます。",
            "Centres placed by hand are not learned: NCC is counted on all points, without folds.",
        )
        learned = T(
            "大きな印（NCC の中心）は、引いて動かせます。正解率はどちらも、5 分割の交差検証です。",
            "Drag the large marks, the centres of NCC. Both accuracies are 5-fold cross-validated.",
        )
        note = _joined(by_hand if r.moved else learned, note)
    return Stage((plane, *tables), ("plane knn", "plane ncc"), height=470,
                 columns="minmax(0, 2fr) minmax(0, 1fr)", note=note)  # fmt: skip


def _joined(first: T, second: T | None) -> T:
    return T(first.ja + second.ja, f"{first.en} {second.en}") if second else first


def _confusion(name: str, title: T, counts: NDArray[np.int64]) -> Any:
    right, n = int(np.trace(counts)), int(counts.sum())
    return figures.confusion(
        name,
        title,
        counts,
        alt=T(f"混同行列。{n} 個のうち {right} 個が正解です。", f"Confusion matrix: {right} of {n} are right."),
    )


def readouts_minds(r: Minds, p: Params) -> tuple[Readout, ...]:
    n = len(r.problem.x)
    percent = T("%", "%")

    def accuracy(counts: NDArray[np.int64]) -> float:
        return 100 * float(np.trace(counts)) / n if n > 1 else float("nan")

    name = _other_name(p)
    return (
        Readout("knn", T("正解率: kNN", "Accuracy: kNN"), accuracy(r.knn_counts), 1, percent),
        Readout("other", name, accuracy(r.other_counts), 1, percent),
        Readout("disagree", T("答えが分かれた点", "Points they disagree on"), r.disagree, 0),
    )


# ---- scene 3: how many neighbours?


@dataclass(frozen=True, eq=False)
class Choosing:
    """Accuracies over k, the boundary of this sample, the true one, and where those of other samples fall."""

    x: NDArray[np.float64]
    y: NDArray[np.int64]
    k: int
    ks: NDArray[np.int64]
    train: NDArray[np.float64]
    loo: NDArray[np.float64]
    test: NDArray[np.float64]
    bayes: float
    window: tuple[float, float, float, float]
    grid: Grid
    field: Any
    even: Grid
    truth: NDArray[np.float64]  # (cells of `even`, 2)
    fine: Grid
    share: NDArray[np.float64]  # (cells of `fine`,) share of redraws whose boundary passes
    redraws: int
    best: int  # the k with the best leave-one-out accuracy, the smallest of equals


@functools.lru_cache(maxsize=8)
def _bones(truth: str) -> Any:
    return skeleton(truth, n=160)


@functools.lru_cache(maxsize=16)
def _truth(truth: str, spread: float) -> tuple[Grid, NDArray[np.float64]]:
    """Give the true probabilities on cells of the plane."""
    low, high = _square(truth, spread)
    grid, bones = _field((low, high, low, high), True, COARSE), _bones(truth)
    return grid, core.bayes_proba(bones.x, bones.y, spread, grid.points())


@functools.lru_cache(maxsize=16)
def _curves(truth: str, many: int, spread: float, seed: int) -> Any:
    """Give about 30 k, the accuracies on training, left-out and test points at each, and the best possible on the last."""
    p = Params(truth=truth, many=many, spread=spread, seed=seed)
    data, test, bones = _sample(p, seed), _fresh(p), _bones(truth)
    ks = np.unique(np.geomspace(1, min(many - 1, 200), 34).round().astype(int))
    return (
        ks,
        core.accuracy_over_k(data.x, data.y, data.x, data.y, ks),
        core.loo_accuracy(data.x, data.y, ks),
        core.accuracy_over_k(data.x, data.y, test.x, test.y, ks),
        float(core.bayes_proba(bones.x, bones.y, spread, test.x).max(axis=1).mean()),
    )


@functools.lru_cache(maxsize=4)
def _redraws(truth: str, many: int, spread: float, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give samples (redraws, many, 2) and their classes: one long sample, cut."""
    count = max(10, min(REDRAWS, REDRAWS * 120 // many))
    data = load(truth, n=count * many, noise=spread, seed=1000 * (seed + 1))
    return data.x.reshape(count, many, 2), data.y.reshape(count, many)


def compute_choosing(p: Params) -> Choosing:
    """Measure over k, and redraw the sample to see the boundary wander."""
    data, test = _sample(p, p.seed), _fresh(p)
    ks, train, loo, tested, bayes = _curves(p.truth, p.many, p.spread, p.seed)
    k = min(p.k, int(ks[-1]))
    best = int(ks[loo.argmax()])
    if k not in ks:
        at = int(np.searchsorted(ks, k))
        train = np.insert(train, at, core.accuracy_over_k(data.x, data.y, data.x, data.y, [k])[0])
        loo = np.insert(loo, at, core.loo_accuracy(data.x, data.y, [k])[0])
        tested = np.insert(tested, at, np.mean(core.knn_predict(data.x, data.y, test.x, k=k) == test.y))
        ks = np.insert(ks, at, k)
    low, high = _square(p.truth, p.spread)
    window = (low, high, low, high)
    grid, (even, truth) = _field(window, True), _truth(p.truth, p.spread)
    coarse = _field([1.06 * v for v in window], True, CLOUD)  # its outermost half cells stay empty
    samples, classes = _redraws(p.truth, p.many, p.spread, p.seed)
    factor = 3
    fine = Grid.over(
        (coarse.x0, coarse.x0 + (coarse.w - 1) * coarse.dx, coarse.y0, coarse.y0 + (coarse.h - 1) * coarse.dy),
        (coarse.w - 1) * factor,
        (coarse.h - 1) * factor,
    )
    passes = np.zeros((fine.h - 1, fine.w - 1))
    margins = core.votes_of_samples(samples, classes, coarse.points(), k=k) - 0.5
    for margin in margins.reshape(-1, coarse.h, coarse.w):
        up = _finer(margin, factor) >= 0
        # The boundary passes a cell whose neighbour to the right or above answers otherwise.
        passes += (up[:-1, :-1] != up[:-1, 1:]) | (up[:-1, :-1] != up[1:, :-1])
    share = np.zeros((fine.h, fine.w))
    share[:-1, :-1] = passes / len(samples)
    return Choosing(
        x=data.x,
        y=data.y,
        k=k,
        ks=ks,
        train=train,
        loo=loo,
        test=tested,
        bayes=bayes,
        window=window,
        grid=grid,
        field=core.vote(data.x, data.y, grid.points(), k=k),
        even=even,
        truth=truth,
        fine=fine,
        share=share.ravel(),
        redraws=len(samples),
        best=best,
    )


def _sample(p: Params, seed: int) -> Any:
    return load(p.truth, n=p.many, noise=p.spread, seed=seed)


def _fresh(p: Params) -> Any:
    return load(p.truth, n=TEST, noise=p.spread, seed=p.seed + 100_000)


def _square(truth: str, spread: float) -> tuple[float, float]:
    """Give a range that holds nearly all of the distribution and changes in steps."""
    reach = {"gaussians": 1.0, "moons": 1.9, "circles": 1.6}[truth]
    half = float(np.ceil((reach + 1.8 * spread) * 2) / 2)
    return -half, half


def _finer(z: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """Interpolate a lattice (h, w) linearly to the centres of `factor` times finer cells."""
    t = (np.arange(factor) + 0.5) / factor
    wide = (z[:, :-1, None] * (1 - t) + z[:, 1:, None] * t).reshape(len(z), -1)
    tall = wide[:-1, None] * (1 - t)[:, None] + wide[1:, None] * t[:, None]
    return np.asarray(tall.reshape(-1, wide.shape[1]))


def draw_choosing(r: Choosing, p: Params) -> Stage:
    names = (T("クラス 0", "Class 0"), T("クラス 1", "Class 1"))
    plane = figures.plane(
        [
            figures.cloud(r.fine, r.share),
            figures.dots(r.x, r.y, names, size=7.0 if p.many <= 200 else 5.0),
            figures.border(r.grid, r.field.label, r.field.proba, BLUE, width=2.5),
            figures.border(
                r.even, r.truth.argmax(axis=1), r.truth, INK, name=T("ベイズの境界", "Bayes boundary"), dash="dash"
            ),
        ],
        axis_names=(T("x₁", "x₁"), T("x₂", "x₂")),
        window=r.window,
        equal=True,
        view=f"choose {p.truth}",
        alt=T(
            f"k = {r.k} の境界と、標本を {r.redraws} 回引き直したときの境界の雲。破線はベイズの境界です。",
            f"The boundary at k = {r.k}, and a cloud of those from {r.redraws} redrawn samples. Dashed: the Bayes boundary.",
        ),
    )
    curve = figures.over_k(
        r.ks, r.train, r.loo, r.test, r.bayes, r.k,
        alt=T(
            f"k に対する正解率。一つ抜きで最も良い k は {r.best} です。",
            f"Accuracy over k. The best k by leave-one-out is {r.best}.",
        ),
    )  # fmt: skip
    return Stage((plane, curve), ("plane curve",), height=440, columns="minmax(0, 1.3fr) minmax(0, 1fr)",
                 note=_few(p, r.k))  # fmt: skip


def _few(p: Params, k: int) -> T | None:
    if p.k == k:
        return None
    return T(f"ここでは k は {k} までです。k = {k} で計算しました。", f"Here k goes up to {k}: k = {k} was used.")


def readouts_choosing(r: Choosing, p: Params) -> tuple[Readout, ...]:
    here, percent = int(np.searchsorted(r.ks, r.k)), T("%", "%")
    return (
        Readout("test", T("誤り: テスト", "Error: test"), 100 * (1 - float(r.test[here])), 1, percent),
        Readout("leave_one_out", T("一つ抜き", "leave-one-out"), 100 * (1 - float(r.loo[here])), 1, percent),
        Readout("bayes", T("ベイズ", "Bayes"), 100 * (1 - r.bayes), 1, percent),
        Readout("best", T("一つ抜きで最良の k", "Best k"), r.best),
    )


# ---- scene 4: scale matters


@dataclass(frozen=True, eq=False)
class Scaling:
    """Neighbours in a stretched plane, and those without the stretch."""

    problem: Problem
    grid: Grid
    k: int
    field: Any
    near: NDArray[np.int64]  # (k,) rows
    before: NDArray[np.int64]  # (k,) rows without the stretch
    ball: NDArray[np.float64]  # in the plane
    seen: NDArray[np.float64]  # (n, 2) points as distances see them
    query: NDArray[np.float64]  # (2,) likewise
    round: NDArray[np.float64]  # the ball likewise
    loo: float

    @property
    def replaced(self) -> int:
        """How many neighbours differ from those without the stretch."""
        return len(set(self.before.tolist()) - set(self.near.tolist()))


def compute_scaling(p: Params) -> Scaling:
    """Find the neighbours with and without the stretch."""
    p = replace(p, held=0.0)
    data, plain = problem(p, stretch=p.stretch), problem(p)
    # The same place in both planes.
    data = replace(data, query=plain.query * [1.0, p.stretch])
    window = plain.window
    data = replace(data, window=(window[0], window[1], window[2] * p.stretch, window[3] * p.stretch), equal=False)
    grid = _field(data.window, False)
    n = len(data.x)
    if n == 0:
        none, nothing = np.zeros(0, int), np.zeros((0, 2))
        return Scaling(data, grid, 0, None, none, none, nothing, nothing, data.query, nothing, float("nan"))
    x, y, k = data.train, data.labels, min(p.k, n)
    query = data.scaled(data.query[None])
    distances, near = core.kneighbors(x, query, k=k)
    _, before = core.kneighbors(plain.train, plain.scaled(plain.query[None]), k=k)
    ball = core.ball(query[0], float(distances[0, -1]))
    return Scaling(
        problem=data,
        grid=grid,
        k=k,
        field=core.vote(x, y, data.scaled(grid.points()), k=k, classes=len(data.names)),
        near=near[0],
        before=before[0],
        ball=ball / data.factor + data.offset,
        seen=x,
        query=query[0],
        round=ball,
        loo=float(core.loo_accuracy(x, y, np.array([min(k, n - 1)]))[0]) if n > 1 else float("nan"),
    )


def draw_scaling(r: Scaling, p: Params) -> Stage:
    data = r.problem
    traces: list[Any] = []
    if r.field is not None:
        gone = np.setdiff1d(r.before, r.near)
        traces += [
            figures.tint(r.grid, r.field.label, _strength(r.field.proba), len(data.names)),
            figures.border(r.grid, r.field.label, r.field.proba, BLUE, width=1.8),
            figures.links(data.query, data.x[r.near]),
            figures.outline(r.ball),
            figures.dots(data.x, data.y, data.names, near=r.near, size=8.0),
            figures.lost(data.x[gone]),
        ]
    traces.append(figures.held(data.query, data.window))
    plane = figures.plane(
        traces,
        axis_names=data.axes,
        window=data.window,
        equal=False,
        view=f"{_view(p)} {p.stretch}",
        title=T("見た目の平面", "As we see it"),
        alt=T(
            f"縦軸を {p.stretch:g} 倍した平面。近傍 {r.k} 個のうち {r.replaced} 個が入れ替わりました。",
            f"The plane with its upright axis stretched {p.stretch:g} times. {r.replaced} of {r.k} neighbours were replaced.",
        ),
    )
    seen: list[Any] = []
    if r.field is not None:
        seen = [
            figures.outline(r.round),
            figures.dots(r.seen, data.y, data.names, near=r.near, size=7.0, grow=4.0),
        ]
    low, high = _common(r.seen)
    distance = figures.plane(
        [*seen, *figures.now(*r.query, size=14.0)],
        axis_names=tuple(T(f"{a.ja}・距離の目盛り", f"{a.en}, as measured") for a in data.axes),
        window=(low[0], high[0], low[1], high[1]),
        equal=True,
        view=f"{_view(p)} {p.stretch} {p.scale}",
        name="seen",
        title=T("距離から見た平面", "As distance sees it"),
        alt=T(
            "同じ点を、両方の軸で同じ目盛りにして描いたものです。", "The same points with the same unit on both axes."
        ),
    )
    return Stage((plane, distance), ("plane seen",), height=440, columns="minmax(0, 1.3fr) minmax(0, 1fr)",
                 note=_note(data, p))  # fmt: skip


def _common(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the corners of a square that holds all points."""
    if len(x) == 0:
        return np.full(2, -1.0), np.full(2, 1.0)
    middle, half = (x.max(axis=0) + x.min(axis=0)) / 2, 0.56 * float(np.ptp(x, axis=0).max()) + 1e-6
    return middle - half, middle + half


def readouts_scaling(r: Scaling, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("replaced", T("入れ替わった近傍", "Neighbours replaced"), r.replaced, 0, T(f" / {r.k}", f" of {r.k}")),
        Readout("leave_one_out", T("正解率: 一つ抜き", "Accuracy: leave-one-out"), 100 * r.loo, 1, T("%", "%")),
    )


# ---- scene 5: too many dimensions


@dataclass(frozen=True, eq=False)
class Dimensions:
    """Accuracies and contrast over the number of irrelevant dimensions, and the distances from one point."""

    dims: NDArray[np.int64]
    knn: NDArray[np.float64]
    ncc: NDArray[np.float64]
    contrast: NDArray[np.float64]
    bayes: float
    at: int
    k: int
    distance: NDArray[np.float64]  # (n,) from the first test point, over their mean
    label: NDArray[np.int64]
    near: NDArray[np.int64]

    @property
    def here(self) -> int:
        """Position of the present number of dimensions."""
        return int(np.searchsorted(self.dims, self.at))


@functools.lru_cache(maxsize=4)
def _wide(truth: str, many: int, spread: float, seed: int) -> tuple[Any, ...]:
    """Give training and test points with all their irrelevant columns, and their classes."""
    p = Params(truth=truth, many=many, spread=spread)
    data, test = _sample(p, seed), load(truth, n=200, noise=spread, seed=seed + 100_000)
    x = core.add_noise_columns(data.x, 100, seed=seed)
    return x, data.y, core.add_noise_columns(test.x, 100, seed=seed + 1), test.y


@functools.lru_cache(maxsize=1024)
def _with_dims(truth: str, many: int, spread: float, seed: int, k: int, dims: int) -> tuple[float, float, float]:
    """Give the accuracies of kNN and NCC and the median contrast with some of the irrelevant columns."""
    x, y, asked, true = _wide(truth, many, spread, seed)
    x, asked = x[:, : 2 + dims], asked[:, : 2 + dims]
    knn = float(np.mean(core.knn_predict(x, y, asked, k=k) == true))
    ncc = float(np.mean(core.ncc_predict(core.centroids(x, y), asked) == true))
    return knn, ncc, float(np.median(core.contrast(x, asked[:100])))


def compute_dims(p: Params) -> Dimensions:
    """Append irrelevant columns to training and test points, more and more of them."""
    wide, label, asked, _ = _wide(p.truth, p.many, p.spread, p.seed)
    bones, k = _bones(p.truth), min(p.k, p.many)
    dims = np.unique(np.append(DIMS, p.dims))
    knn, ncc, contrasts = np.array([_with_dims(p.truth, p.many, p.spread, p.seed, k, int(d)) for d in dims]).T.copy()
    distances, near = core.kneighbors(wide[:, : 2 + p.dims], asked[:1, : 2 + p.dims], k=p.many)
    back = np.empty(p.many)
    back[near[0]] = distances[0]
    return Dimensions(
        dims=dims,
        knn=knn,
        ncc=ncc,
        contrast=contrasts,
        bayes=float(core.bayes_proba(bones.x, bones.y, p.spread, asked[:, :2]).max(axis=1).mean()),
        at=p.dims,
        k=k,
        distance=back / back.mean(),
        label=label,
        near=near[0, :k].copy(),
    )


def draw_dims(r: Dimensions, p: Params) -> Stage:
    names = (T("クラス 0", "Class 0"), T("クラス 1", "Class 1"))
    strip = figures.strip(
        r.distance,
        r.label,
        r.near,
        names,
        alt=T(
            f"無関係な次元が {p.dims} 個のとき、最も近い点は平均の {r.distance.min():.2f} 倍、最も遠い点は {r.distance.max():.2f} 倍の距離にあります。",
            f"With {p.dims} irrelevant dimensions the nearest point is at {r.distance.min():.2f} times the mean distance, the farthest at {r.distance.max():.2f}.",
        ),
    )
    i = r.here
    accuracy = figures.over_dims(
        r.dims, r.knn, r.ncc, r.bayes, r.at,
        alt=T(
            f"正解率は kNN が {100 * r.knn[i]:.0f}%、NCC が {100 * r.ncc[i]:.0f}% です。",
            f"Accuracy: kNN {100 * r.knn[i]:.0f}%, NCC {100 * r.ncc[i]:.0f}%.",
        ),
    )  # fmt: skip
    contrast = figures.contrast(
        r.dims, r.contrast, r.at,
        alt=T(f"コントラストは {r.contrast[i]:.2f} です。", f"The contrast is {r.contrast[i]:.2f}."),
    )  # fmt: skip
    return Stage((strip, accuracy, contrast), ("strip accuracy", "strip contrast"), height=470,
                 columns="minmax(0, 1.2fr) minmax(0, 1fr)", note=_few(p, r.k))  # fmt: skip


def readouts_dims(r: Dimensions, p: Params) -> tuple[Readout, ...]:
    i, percent = r.here, T("%", "%")
    return (
        Readout("knn", T("正解率: kNN", "Accuracy: kNN"), 100 * float(r.knn[i]), 1, percent),
        Readout("ncc", T("NCC", "NCC"), 100 * float(r.ncc[i]), 1, percent),
        Readout("contrast", T("コントラスト（中央値）", "Contrast (median)"), float(r.contrast[i]), 2),
    )


# ---- scene 6: what it costs


@dataclass(frozen=True, eq=False)
class Cost:
    """How a k-d tree answers the query, and how the work grows with the number of points."""

    tree: Any
    search: Any
    label: NDArray[np.int64]
    query: NDArray[np.float64]
    window: tuple[float, float, float, float]
    k: int
    asked: NDArray[np.bool_]  # (n,) points whose distance was computed
    sizes: NDArray[np.int64]
    work: NDArray[np.float64]  # (sizes,) distances computed in trees of those sizes


@functools.lru_cache(maxsize=64)
def _tree(truth: str, n: int, spread: float, seed: int) -> Any:
    data = load(truth, n=n, noise=spread, seed=seed)
    return core.kdtree(data.x), data.y


def compute_cost(p: Params) -> Cost:
    """Search trees of several sizes for the query's neighbours."""
    low, high = _square(p.truth, p.spread)
    query = np.array([low + q / 100 * (high - low) for q in (p.qx, p.qy)]).round(4)
    tree, label = _tree(p.truth, p.size, p.spread, p.seed)
    k = min(p.k, p.size)
    search = core.search(tree, query, k=k)
    asked = np.zeros(p.size, dtype=bool)
    for node in np.flatnonzero(search.visited & (tree.axis < 0)):
        asked[tree.order[tree.start[node] : tree.stop[node]]] = True
    sizes = np.unique(np.append(SIZES, p.size))
    work = [
        core.search(_tree(p.truth, int(n), p.spread, p.seed)[0], query, k=min(k, int(n))).evaluations for n in sizes
    ]
    return Cost(tree, search, label, query, (low, high, low, high), k, asked, sizes, np.array(work, float))


def draw_cost(r: Cost, p: Params) -> Stage:
    tree, visited = r.tree, r.search.visited
    grid = _field(r.window, True, (2, 2))
    left, right = grid.x0 - grid.dx / 2, grid.x0 + 1.5 * grid.dx
    bottom, top = grid.y0 - grid.dy / 2, grid.y0 + 1.5 * grid.dy
    low = np.maximum(tree.cell_low, [left, bottom])
    high = np.minimum(tree.cell_high, [right, top])
    leaf = tree.axis < 0
    inner = np.flatnonzero(~leaf & visited)
    children = np.concatenate([tree.left[inner], tree.right[inner]])
    pruned = children[~visited[children]]
    looked = np.flatnonzero(leaf & visited)
    near = np.flatnonzero(np.isin(np.flatnonzero(r.asked), r.search.indices))
    size = 6.5 if p.size <= 500 else 5.0
    names = (T("クラス 0", "Class 0"), T("クラス 1", "Class 1"))
    plane = figures.plane(
        [
            figures.boxes(low[pruned], high[pruned], MUTED, fill=True, width=0.0, opacity=0.16),
            figures.boxes(low[leaf], high[leaf], MUTED, fill=False, width=0.5, opacity=0.5),
            figures.boxes(low[pruned], high[pruned], MUTED, fill=False, width=1.6),
            figures.boxes(low[looked], high[looked], BLUE, fill=False, width=1.6),
            figures.outline(core.ball(r.query, float(r.search.distances[-1]))),
            *figures.skipped(tree.x[~r.asked], r.label[~r.asked], size=size),
            figures.dots(tree.x[r.asked], r.label[r.asked], names, near=near, size=size, grow=3.0),
            figures.held(r.query, r.window),
        ],
        axis_names=(T("x₁", "x₁"), T("x₂", "x₂")),
        window=r.window,
        equal=True,
        view=f"cost {p.truth}",
        alt=T(
            f"k-d 木の区画。{p.size} 個の点のうち {r.search.evaluations} 個だけ距離を計算しました。灰色の区画は調べていません。",
            f"Cells of the k-d tree. Only {r.search.evaluations} of {p.size} distances were computed; grey cells were never opened.",
        ),
    )
    cost = figures.cost(
        r.sizes, r.work, 2, (float(p.size), float(r.search.evaluations)),
        alt=T(
            f"距離を計算した回数: 総当たり {p.size}、k-d 木 {r.search.evaluations}、NCC 2。",
            f"Distances computed: brute force {p.size}, k-d tree {r.search.evaluations}, NCC 2.",
        ),
    )  # fmt: skip
    return Stage(
        (plane, cost), ("plane cost",), height=440, columns="minmax(0, 1.2fr) minmax(0, 1fr)", note=_few(p, r.k)
    )


def readouts_cost(r: Cost, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("brute", T("距離の計算: 総当たり", "Distances: brute force"), p.size),
        Readout("tree", T("k-d 木", "k-d tree"), r.search.evaluations),
        Readout("ncc", T("NCC", "NCC"), 2),
        Readout("boxes", T("調べた区画", "Boxes checked"), r.search.boxes),
    )


SHAPE = ("noise", "classes", "n", "iris", "wine", "weather")
SCENES = (
    Scene(
        id="vote",
        title=T("近傍が投票する", "Neighbours vote"),
        lead=T(
            "赤い輪が調べる点です。まわりの輪郭の中の k 個が投票します。輪を引いて境界へ動かし、票の割れ方を見てください。",
            "The red ring is the query, and the k points in its ball vote. Drag it to a border and watch the votes split.",
        ),
        controls=("data", "k", "metric", "qz"),
        more=("qx", "qy", *SHAPE, "p", "weights", "scale", "flips", "thin", "held", "seed"),
        compute=compute_vote,
        draw=draw_vote,
        readouts=readouts_vote,
    ),
    Scene(
        id="minds",
        title=T("二つの考え方", "Two minds"),
        lead=T(
            "青い線は kNN、灰紫の線は重心 (NCC) の境界です。データを三日月に変えて、答えが分かれる斜線の所を見てください。",
            "Blue: the border of kNN. Grey-violet: that of the centroids (NCC). Choose moons: they disagree where it is hatched.",
        ),
        controls=("data", "k", "bridge", "prototypes"),
        more=(*SHAPE, "scale", "flips", "thin", "seed"),
        compute=compute_minds,
        draw=draw_minds,
        readouts=readouts_minds,
    ),
    Scene(
        id="choose",
        title=T("k はいくつ", "How many neighbours?"),
        lead=T(
            "青い雲は、標本を引き直したときの境界です。k を増やすと、雲が細くなる代わりに破線からずれていきます。",
            "The blue cloud is where the boundary falls in redrawn samples. As k grows it thins, but leaves the dashed line.",
        ),
        controls=("truth", "k", "spread", "many"),
        more=("seed",),
        compute=compute_choosing,
        draw=draw_choosing,
        readouts=readouts_choosing,
    ),
    Scene(
        id="scale",
        title=T("目盛りが効く", "Scale matters"),
        lead=T(
            "左は目に見える平面、右は距離から見た平面です。縦軸を引きのばすと、右で何が起きるかを見てください。",
            "Left is the plane as we see it, right as distance sees it. Stretch the upright axis and watch the right.",
        ),
        controls=("data", "stretch", "scale", "k"),
        more=("qx", "qy", *SHAPE, "flips", "thin", "seed"),
        compute=compute_scaling,
        draw=draw_scaling,
        readouts=readouts_scaling,
    ),
    Scene(
        id="dims",
        title=T("次元が多すぎる", "Too many dimensions"),
        lead=T(
            "答えと関係のない列を足していきます。左で、近い点と遠い点の差が消えていくのを見てください。",
            "Columns that say nothing are added. On the left, watch near and far become the same.",
        ),
        controls=("dims", "k", "truth", "spread"),
        more=("many", "seed"),
        compute=compute_dims,
        draw=draw_dims,
        readouts=readouts_dims,
    ),
    Scene(
        id="cost",
        title=T("計算の手間", "What it costs"),
        lead=T(
            "灰色の区画は、開けずに済んだ区画です。調べる点を動かすと、開ける区画がどう変わるかを見てください。",
            "Grey cells were never opened. Move the query and watch which cells have to be.",
        ),
        controls=("size", "k", "qx", "qy"),
        more=("truth", "spread", "seed"),
        compute=compute_cost,
        draw=draw_cost,
        readouts=readouts_cost,
    ),
)


# ---- experiments


def _all_majority(r: Voting) -> bool:
    """Whether every cell gets the class with the most examples."""
    return bool((r.field.label == np.bincount(r.problem.labels).argmax()).all())


def _same_regions(r: Minds) -> tuple[int, int]:
    """Count the cells where LDA and the nearest centroid in Mahalanobis distance agree, and all cells."""
    data = r.problem
    nearest = core.ncc_predict(
        core.centroids(data.train, data.labels), data.scaled(r.grid.points()), metric="mahalanobis"
    )
    return int((nearest == r.other).sum()), len(nearest)


def _error(r: Choosing) -> float:
    """Test error at the present k, in %."""
    return 100 * (1 - float(r.test[np.searchsorted(r.ks, r.k)]))


def _mean(values: Any) -> float:
    return float(np.mean(list(values)))


EXPERIMENTS = (
    Experiment(
        id="one",
        scene="vote",
        question=T(
            "k = 1 のとき、訓練データでの正解率はいつも 100% でしょうか。",
            "With k = 1, is the accuracy on the training points always 100%?",
        ),
        choices=(
            T("いつも 100%", "Always"),
            T("同じ位置にクラスの違う点がなければ 100%", "Unless equal points differ in class"),
            T("クラスが重なると 100% にならない", "Not when classes overlap"),
        ),
        answer=1,
        sets=(
            {"data": "moons", "noise": 1.0, "k": 1},
            {"data": "iris", "iris": "sepal", "k": 1},
        ),
        check=lambda moons, iris: moons.training == 1 and iris.training < 1,
        claim=T(
            "重なった三日月でも 100% です。アヤメのがくには、同じ寸法で種の違う花があり、100% になりません。",
            "It is 100% even on moons that overlap. Some iris sepals are equal in size but differ in species: there it is not.",
        ),
        evidence=lambda moons, iris: T(
            f"三日月 {100 * moons.training:.0f}%、アヤメのがく {100 * iris.training:.1f}% ({int(iris.wrong.sum())} 個の誤り)。",
            f"Moons {100 * moons.training:.0f}%, iris sepals {100 * iris.training:.1f}% ({int(iris.wrong.sum())} mistakes).",
        ),
    ),
    Experiment(
        id="all",
        scene="vote",
        question=T(
            "クラスの数が偏ったデータで、k を点の数まで増やすと、平面はどうなるでしょうか。",
            "One class has more points. What happens to the plane when k grows to the number of points?",
        ),
        choices=(
            T("境界がなめらかになる", "The border gets smooth"),
            T("すべて多数派のクラスになる", "All of it goes to the largest class"),
            T("すべて同点になる", "Everything is tied"),
        ),
        answer=1,
        sets=({"classes": 2, "thin": 0.5}, {"classes": 2, "thin": 0.5, "k": 200}),
        check=lambda few, all_: not _all_majority(few) and all_.k == len(all_.problem.x) and _all_majority(all_),
        claim=T(
            "k = n では、どこで聞いても全員が投票します。答えは、いつも多数派です。",
            "With k = n everyone votes, wherever you ask. The answer is the largest class everywhere.",
        ),
        evidence=lambda few, all_: T(
            f"点は {all_.k} 個で、内訳は {' と '.join(map(str, all_.votes))}。全 {len(all_.field.label)} 区画が多数派です。",
            f"{all_.k} points, {' and '.join(map(str, all_.votes))}: all {len(all_.field.label)} cells go to the larger class.",
        ),
    ),
    Experiment(
        id="best",
        scene="choose",
        question=T(
            "重なった三日月で、一つ抜きの正解率が最も良い k はどれでしょうか。",
            "On moons that overlap, which k has the best leave-one-out accuracy?",
        ),
        choices=(T("k = 1", "k = 1"), T("1 より大きい k", "A k above 1"), T("k = n", "k = n")),
        answer=1,
        sets=tuple({"spread": 0.5, "seed": s, "k": 15} for s in (1, 2, 3, 4, 0)),
        check=lambda *runs: all(1 < r.best < len(r.x) - 1 for r in runs),
        claim=T(
            "5 つの標本のどれでも、最良の k は 1 より大きく、n よりずっと小さくなりました。",
            "In each of five samples the best k was above 1 and well below n.",
        ),
        evidence=lambda *runs: T(
            f"最良の k: {', '.join(str(r.best) for r in runs)}。点は {len(runs[0].x)} 個です。",
            f"Best k: {', '.join(str(r.best) for r in runs)}, with {len(runs[0].x)} points.",
        ),
    ),
    Experiment(
        id="twice",
        scene="choose",
        question=T(
            "点が多いとき、k = 1 の誤りは、避けられない誤り (ベイズ誤り) の何倍まででしょうか。",
            "With many points, how many times the unavoidable (Bayes) error can the error of k = 1 be?",
        ),
        choices=(
            T("同じになる", "They become equal"),
            T("2 倍まで", "Up to twice"),
            T("上限はない", "There is no limit"),
        ),
        answer=1,
        sets=tuple({"truth": "gaussians", "spread": 0.8, "many": 500, "k": 1, "seed": s} for s in (1, 2, 3, 4, 0)),
        check=lambda *runs: (
            _mean(1 - r.bayes for r in runs)
            < _mean(_error(r) / 100 for r in runs)
            < 2 * _mean(1 - r.bayes for r in runs)
        ),
        claim=T(
            "平均すると、ベイズ誤りとその 2 倍の間でした。点が限りなく多いとき、これは定理です (Cover と Hart)。",
            "On average it lay between the Bayes error and twice that. With endlessly many points this is a theorem (Cover & Hart).",
        ),
        evidence=lambda *runs: T(
            f"5 つの標本の平均: k = 1 の誤り {_mean(_error(r) for r in runs):.1f}%、ベイズ誤り {100 * _mean(1 - r.bayes for r in runs):.1f}%。",
            f"Mean of five samples: error of k = 1 {_mean(_error(r) for r in runs):.1f}%, Bayes error {100 * _mean(1 - r.bayes for r in runs):.1f}%.",
        ),
    ),
    Experiment(
        id="stretch",
        scene="scale",
        question=T(
            "縦軸の単位を変えて、数値を 100 倍にします。調べる点の近傍は変わるでしょうか。",
            "The upright axis is given in another unit: its numbers are 100 times larger. Do the neighbours change?",
        ),
        choices=(
            T("変わらない", "No"),
            T("変わる。標準化しても変わる", "Yes, even after standardising"),
            T("変わる。標準化すれば変わらない", "Yes, but not after standardising"),
        ),
        answer=2,
        sets=(
            {"stretch": 100.0, "scale": "standard"},
            {"stretch": 100.0},
        ),
        check=lambda even, raw: raw.replaced > 0 and even.replaced == 0,
        claim=T(
            "そのままでは近傍が入れ替わり、標準化すると一つも替わりません。",
            "As they are, neighbours are replaced. Standardised, not a single one is.",
        ),
        evidence=lambda even, raw: T(
            f"入れ替わった近傍: そのまま {raw.replaced} / {raw.k}、標準化 {even.replaced} / {even.k}。",
            f"Neighbours replaced: {raw.replaced} of {raw.k} as they are, {even.replaced} of {even.k} standardised.",
        ),
    ),
    Experiment(
        id="lda",
        scene="minds",
        question=T(
            "重心までの距離を、共通の共分散で測り直します (マハラノビス距離)。どの方法と同じ答えになるでしょうか。",
            "Measure the distance to the centroids with their common covariance (Mahalanobis). Which method does it equal?",
        ),
        choices=(T("QDA", "QDA"), T("LDA（事前確率は等しい）", "LDA with equal priors"), T("kNN", "kNN")),
        answer=1,
        sets=({"data": "iris", "iris": "sepal", "bridge": 2.0}, {"data": "iris", "iris": "sepal", "bridge": 1.0}),
        check=lambda qda, lda: (
            _same_regions(lda)[0] == _same_regions(lda)[1] and _same_regions(qda)[0] < _same_regions(qda)[1]
        ),
        claim=T(
            "平面のすべての区画で、LDA と同じ答えです。QDA とは違います。",
            "It answers as LDA does in every cell of the plane, and not as QDA does.",
        ),
        evidence=lambda qda, lda: T(
            f"一致した区画: LDA {_same_regions(lda)[0]} / {_same_regions(lda)[1]}、QDA {_same_regions(qda)[0]} / {_same_regions(qda)[1]}。",
            f"Cells that agree: LDA {_same_regions(lda)[0]} of {_same_regions(lda)[1]}, QDA {_same_regions(qda)[0]} of {_same_regions(qda)[1]}.",
        ),
    ),
    Experiment(
        id="noise",
        scene="dims",
        question=T(
            "二つのガウス分布に、無関係な次元を 50 個足します。どちらの正解率が大きく下がるでしょうか。",
            "Fifty irrelevant dimensions are added to two Gaussians. Which loses more accuracy?",
        ),
        choices=(T("kNN", "kNN"), T("NCC", "NCC"), T("どちらも下がらない", "Neither loses any")),
        answer=0,
        sets=tuple({"truth": "gaussians", "spread": 0.5, "dims": 50, "seed": s} for s in (1, 2, 3, 4, 0)),
        check=lambda *runs: (
            _mean(r.knn[0] - r.knn[r.here] for r in runs) > _mean(r.ncc[0] - r.ncc[r.here] for r in runs) + 0.02
        ),
        claim=T(
            "5 つの標本の平均で、kNN のほうが大きく下がりました。NCC は平均を取るので、雑音が打ち消し合います。",
            "Averaged over five samples, kNN lost more. NCC averages, and in an average noise cancels.",
        ),
        evidence=lambda *runs: T(
            f"下がった幅: kNN {100 * _mean(r.knn[0] - r.knn[r.here] for r in runs):.1f} ポイント、NCC {100 * _mean(r.ncc[0] - r.ncc[r.here] for r in runs):.1f} ポイント。",
            f"Lost: kNN {100 * _mean(r.knn[0] - r.knn[r.here] for r in runs):.1f} points, NCC {100 * _mean(r.ncc[0] - r.ncc[r.here] for r in runs):.1f} points.",
        ),
    ),
)


# ---- code


def _data_code(p: Params, *, stretch: float = 1.0, whole: bool = False) -> str:
    """Write the lines that make x, y (all points) and, where some are held out, test."""
    if p.data == "own":
        code = f"""\
points = np.array({[list(point) for point in p.points]}, dtype=float)
x, y = points[:, :2], points[:, 2].astype(int)
"""
    else:
        columns = list(_columns(p, whole))
        size = f", n={p.n}, noise={p.noise!r}, seed={p.seed}" if _made(p) else f", n={p.n}, noise=0.0, seed={p.seed}"
        code = f"""\
data = load("{_name(p)}"{size})
x, y = data.x[:, {columns}], data.y
"""
        if p.thin:
            code += f"keep = core.thin_out(y, {p.thin!r}, seed={p.seed})\nx, y = x[keep], y[keep]\n"
        if p.flips:
            code += f"y = core.flip_labels(y, {p.flips!r}, seed={p.seed})\n"
    if stretch != 1:
        code += f"x = x * [1.0, {stretch!r}]\n"
    return code


HEAD = """\
import numpy as np

from core.classical import neighbors as core
"""


def _none(**values: float) -> str:
    return "".join(f'print("{key} =", float("{value}"))\n' for key, value in values.items())


def _snippet_vote(p: Params) -> str:
    r = SCENES[0].result(p)
    nan = float("nan")
    last = "test" if r.problem.test.any() else "leave_one_out"
    if r.k == 0:
        return _none(share=nan, training=nan, **{last: nan})
    how = f'k={r.k}, metric="{r.metric}", p={p.p!r}, weights="{p.weights}"'
    code = f"""\
{HEAD}from core.data import load

{_data_code(p, whole=True)}query = np.array([{r.problem.query.tolist()}])
test = core.hold_out(len(x), {p.held!r}, seed={p.seed})
offset, factor = core.scaling(x[~test], "{p.scale}")
x, query = (x - offset) * factor, (query - offset) * factor
known, labels = x[~test], y[~test]
vote = core.vote(known, labels, query, {how})
right = core.knn_predict(known, labels, x, {how}) == y
print("answer =", vote.label[0])
print("share =", 100 * vote.proba.max())
print("training =", 100 * right[~test].mean())
"""
    if last == "test":
        return code + 'print("test =", 100 * right[test].mean())\n'
    if len(r.problem.x) < 2:
        return code + _none(leave_one_out=nan)
    loo = how.replace(f"k={r.k}, ", "")
    return code + (
        f"ks = [{min(r.k, len(r.problem.x) - 1)}]\n"
        f'print("leave_one_out =", 100 * core.loo_accuracy(known, labels, ks, {loo})[0])\n'
    )


def _snippet_minds(p: Params) -> str:
    r = SCENES[1].result(p)
    if len(r.problem.x) < 2:
        return _none(knn=float("nan"), other=float("nan"), disagree=0)
    if r.moved:
        placed = sorted(p.centers, key=lambda centre: centre[2])
        return f"""\
{HEAD}from core.data import load

{_data_code(p)}offset, factor = core.scaling(x, "{p.scale}")
x = (x - offset) * factor
placed = np.array({[[x, y] for x, y, _ in placed]})
centres = core.Centroids((placed - offset) * factor, np.array({[label for *_, label in placed]}))
knn = y.copy()
fold = core.folds(len(x), seed={p.seed})
for f in np.unique(fold):
    out = fold == f
    knn[out] = core.knn_predict(x[~out], y[~out], x[out], k=min({r.k}, np.sum(~out)))
other = core.ncc_predict(centres, x)  # not learned from x: no cross-validation
print("knn =", 100 * np.mean(knn == y))
print("other =", 100 * np.mean(other == y))
print("disagree =", np.sum(knn != other))
"""
    return f"""\
{HEAD}from core.data import load

{_data_code(p)}offset, factor = core.scaling(x, "{p.scale}")
x = (x - offset) * factor
knn, other = y.copy(), y.copy()
fold = core.folds(len(x), seed={p.seed})
for f in np.unique(fold):
    out = fold == f
    k = min({r.k}, np.sum(~out))
    knn[out] = core.knn_predict(x[~out], y[~out], x[out], k=k)
    scores = core.bridge_scores(
        x[~out], y[~out], x[out], bridge={p.bridge!r}, k=k, per_class={p.prototypes}, seed={p.seed}
    )
    other[out] = scores.argmax(axis=1)
print("knn =", 100 * np.mean(knn == y))
print("other =", 100 * np.mean(other == y))
print("disagree =", np.sum(knn != other))
"""


def _snippet_choose(p: Params) -> str:
    r = SCENES[2].result(p)
    return f"""\
{HEAD}from core.data import load, skeleton

train = load("{p.truth}", n={p.many}, noise={p.spread!r}, seed={p.seed})
test = load("{p.truth}", n={TEST}, noise={p.spread!r}, seed={p.seed + 100_000})
shape = skeleton("{p.truth}", n=160)
right = core.knn_predict(train.x, train.y, test.x, k={r.k}) == test.y
truth = core.bayes_proba(shape.x, shape.y, {p.spread!r}, test.x)
ks = np.unique(np.geomspace(1, {min(p.many - 1, 200)}, 34).round().astype(int))
loo = core.loo_accuracy(train.x, train.y, ks)
print("test =", 100 * (1 - right.mean()))
print("leave_one_out =", 100 * (1 - core.loo_accuracy(train.x, train.y, [{r.k}])[0]))
print("bayes =", 100 * (1 - truth.max(axis=1).mean()))
print("best =", ks[loo.argmax()])
"""


def _snippet_scale(p: Params) -> str:
    p = replace(p, held=0.0)
    r = SCENES[3].result(p)
    n = len(r.problem.x)
    if n == 0:
        return _none(replaced=0, leave_one_out=float("nan"))
    code = f"""\
{HEAD}from core.data import load

{_data_code(p)}query = np.array([{problem(p).query.tolist()}])
found = []
for stretch in (1.0, {p.stretch!r}):
    stretched = x * [1.0, stretch]
    offset, factor = core.scaling(stretched, "{p.scale}")
    scaled = (stretched - offset) * factor
    _, near = core.kneighbors(scaled, (query * [1.0, stretch] - offset) * factor, k={r.k})
    found.append(set(near[0].tolist()))
print("replaced =", len(found[0] - found[1]))
"""
    if n < 2:
        return code + _none(leave_one_out=float("nan"))
    return code + f'print("leave_one_out =", 100 * core.loo_accuracy(scaled, y, [{min(r.k, n - 1)}])[0])\n'


def _snippet_dims(p: Params) -> str:
    return f"""\
{HEAD}from core.data import load

train = load("{p.truth}", n={p.many}, noise={p.spread!r}, seed={p.seed})
test = load("{p.truth}", n=200, noise={p.spread!r}, seed={p.seed + 100_000})
x = core.add_noise_columns(train.x, {p.dims}, seed={p.seed})
query = core.add_noise_columns(test.x, {p.dims}, seed={p.seed + 1})
knn = core.knn_predict(x, train.y, query, k={min(p.k, p.many)})
ncc = core.ncc_predict(core.centroids(x, train.y), query)
print("knn =", 100 * np.mean(knn == test.y))
print("ncc =", 100 * np.mean(ncc == test.y))
print("contrast =", np.median(core.contrast(x, query[:100])))
"""


def _snippet_cost(p: Params) -> str:
    r = SCENES[5].result(p)
    return f"""\
{HEAD}from core.data import load

data = load("{p.truth}", n={p.size}, noise={p.spread!r}, seed={p.seed})
found = core.search(core.kdtree(data.x), {r.query.tolist()}, k={r.k})
print("brute =", len(data.x))
print("tree =", found.evaluations)
print("ncc =", len(core.centroids(data.x, data.y).points))
print("boxes =", found.boxes)
"""


def snippet(p: Params, scene: str = "vote") -> str:
    write = {
        "minds": _snippet_minds,
        "choose": _snippet_choose,
        "scale": _snippet_scale,
        "dims": _snippet_dims,
        "cost": _snippet_cost,
    }.get(scene, _snippet_vote)
    return write(p)
