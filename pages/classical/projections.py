"""Lesson: many dimensions in two. PCA, t-SNE, UMAP and MDS of the same points, and how far to trust them."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import layouts
from core.classical import projections as core
from core.classical.layouts import Chance, Chances, Fresh, Layout, MdsRun, Run, Source, TsneRun, UmapRun
from core.classical.neighbors import kneighbors
from core.late import IMPORTS
from figures.classical import projections as figures
from figures.spec import BLUE, ORANGE, OTHER, Card, Figure, Kept, Playhead, Row, Stage, T
from ui.jobs import Report
from ui.params import choice, own_rows, slider, toggle
from ui.scene import Experiment, Part, Readout, Scene, Task

KS = tuple(range(1, 51))  # neighbours of which quality is measured
SMACOF_LIMIT = 500
EIGEN = 8  # components shown as pictures
PAIRS = 1200  # of the Shepard diagram
PERCENT = T("%", "%")

DATA = {
    "digits": T("手書き数字", "Handwritten digits"),
    "iris": T("アヤメ", "Iris"),
    "wine": T("ワイン", "Wine"),
    "swiss_roll": T("ロールケーキ", "Swiss roll"),
    "s_curve": T("S 字の曲面", "S-curve"),
    "unequal": T("大きさの違う塊", "Clusters of unequal size"),
    "far": T("距離の違う塊", "Clusters at unequal distances"),
    "nested": T("塊の中の塊", "Cluster in a cluster"),
    "trefoil": T("三つ葉の結び目", "Trefoil knot"),
    "linked": T("つながった二つの輪", "Linked rings"),
    "walk": T("ランダムウォーク", "Random walk"),
    "noise": T("ただのノイズ", "Pure noise"),
    "own": T("自分の表", "My own table"),
}
NAMES = {"pca": T("PCA", "PCA"), "tsne": T("t-SNE", "t-SNE"), "umap": T("UMAP", "UMAP"), "mds": T("MDS", "MDS")}

GROUPS = {
    "narrow": T("細い", "narrow"),
    "medium": T("中くらい", "medium"),
    "wide": T("太い", "wide"),
    "left": T("左", "left"),
    "middle": T("中", "middle"),
    "far right": T("右の遠く", "far right"),
    "inner": T("内側", "inner"),
    "outer": T("外側", "outer"),
    "ring 1": T("輪 1", "ring 1"),
    "ring 2": T("輪 2", "ring 2"),
    "0": T("0", "0"),
}
FIFTHS = {
    "place": (
        T("はじめの 1/5", "first fifth"),
        T("2 番目の 1/5", "second fifth"),
        T("真ん中の 1/5", "middle fifth"),
        T("4 番目の 1/5", "fourth fifth"),
        T("終わりの 1/5", "last fifth"),
    ),
    "noise": (
        T("中心に近い", "nearest the centre"),
        T("やや近い", "rather near"),
        T("中ほど", "in between"),
        T("やや遠い", "rather far"),
        T("中心から遠い", "farthest out"),
    ),
}
FLOWERS = (
    T("がくの長さ", "sepal length"),
    T("がくの幅", "sepal width"),
    T("花弁の長さ", "petal length"),
    T("花弁の幅", "petal width"),
)
WINES = (
    T("アルコール", "alcohol"),
    T("リンゴ酸", "malic acid"),
    T("灰分", "ash"),
    T("灰のアルカリ度", "alcalinity"),
    T("マグネシウム", "magnesium"),
    T("総フェノール", "phenols"),
    T("フラバノイド", "flavanoids"),
    T("他のフェノール", "other phenols"),
    T("プロアントシアニン", "proanthocyanins"),
    T("色の濃さ", "colour"),
    T("色相", "hue"),
    T("OD280/OD315", "OD280/OD315"),
    T("プロリン", "proline"),
)

MEASURES = ("recall", "trust", "continuity")
MEASURE = {
    "recall": T("近傍の再現率", "Neighbour recall"),
    "trust": T("信頼性", "Trustworthiness"),
    "continuity": T("連続性", "Continuity"),
}
TRUST_STEPS = np.array([0.7, 0.9, 0.98])
TRUST_CLASSES = np.array([1, 3, 4, 0])  # orange triangle, purple diamond, sky cross, blue circle
TRUST_NAMES = (
    T("信頼 0.98 以上", "trust 0.98 and up"),
    T("信頼 0.7 未満", "trust below 0.7"),
    T("", ""),
    T("信頼 0.7–0.9", "trust 0.7–0.9"),
    T("信頼 0.9–0.98", "trust 0.9–0.98"),
)
LEGEND = T(
    "点の信頼: ● 0.98 以上、✚ 0.9 以上、◆ 0.7 以上、▲ 0.7 未満。線: 青は本当の近傍、橙の破線は偽の近傍、点線は失った近傍。",
    "Trust of a point: ● 0.98 and up, ✚ 0.9, ◆ 0.7, ▲ below. Lines: blue true, orange dashed false, dotted missing neighbours.",
)


def _guess(question: int) -> Any:
    return choice(
        T("あなたの答え", "Your answer"),
        {"none": T("考え中", "Thinking"), "yes": T("はい", "Yes"), "no": T("いいえ", "No")},
        when=lambda p: p.question == question,
    )


@dataclass(frozen=True)
class Params:
    """The controls of the projections."""

    data: str = choice(T("データ", "Data"), DATA)
    n: int = slider(
        T("点の数", "Points"), 100, 1797, default=500, when=lambda p: p.data not in (*layouts.OWN_SIZE, "own")
    )
    perplexity: float = slider(
        T("t-SNE: パープレキシティ", "t-SNE: perplexity"), 2.0, 100.0, default=30.0, log=True,
        help=T("それぞれの点が、何個くらいの点を近所とみなすかです。", "About how many points each point takes for its neighbours."),
    )  # fmt: skip
    neighbors: int = slider(T("UMAP: 近傍の数", "UMAP: neighbours"), 2, 100, default=15, log=True)
    min_dist: float = slider(T("UMAP: 最小の距離", "UMAP: min_dist"), 0.0, 0.99, default=0.1, step=0.01)
    mds: str = choice(
        T("4 枚目", "Fourth panel"),
        {
            "off": T("点数表", "Scores"),
            "classical": T("古典的 MDS", "Classical MDS"),
            "smacof": T("MDS (SMACOF)", "MDS (SMACOF)"),
        },
    )
    dims: str = choice(
        T("次元", "Dimensions"), {"2": T("平面 (2 次元)", "Plane (2-D)"), "3": T("立体 (3 次元)", "Space (3-D)")}
    )
    align: bool = toggle(
        T("PCA に向きをそろえる", "Turn to match PCA"),
        help=T("回転と反転だけで、PCA の図に重ねます (プロクラステス)。", "Rotation and reflection only, onto the PCA (Procrustes)."),
    )  # fmt: skip
    standard: bool = toggle(T("標準化する", "Standardise"))
    iterations: int = slider(T("t-SNE: 反復", "t-SNE: iterations"), 250, 1000, default=500, step=50)
    exaggeration: float = slider(T("t-SNE: 初期の誇張", "t-SNE: early exaggeration"), 1.0, 32.0, default=12.0, step=1.0)
    rate: str = choice(
        T("t-SNE: 学習率", "t-SNE: learning rate"),
        {
            "auto": T("自動", "Automatic"),
            "10": T("10", "10"),
            "50": T("50", "50"),
            "200": T("200", "200"),
            "1000": T("1000", "1000"),
        },
    )
    tinit: str = choice(
        T("t-SNE: 初期値", "t-SNE: start"), {"pca": T("PCA から", "From PCA"), "random": T("乱数から", "Random")}
    )
    uinit: str = choice(
        T("UMAP: 初期値", "UMAP: start"),
        {
            "pca": T("PCA から", "From PCA"),
            "spectral": T("固有ベクトルから", "Spectral"),
            "random": T("乱数から", "Random"),
        },
    )
    metric: str = choice(
        T("UMAP: 距離", "UMAP: metric"),
        {
            "euclidean": T("ユークリッド", "Euclidean"),
            "manhattan": T("マンハッタン", "Manhattan"),
            "cosine": T("コサイン", "Cosine"),
        },
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 9, default=0)
    pcx: int = slider(T("横の主成分", "Component across"), 1, 10, default=1)
    pcy: int = slider(T("縦の主成分", "Component up"), 1, 10, default=2)
    keep: int = slider(T("残す成分の数 k", "Components kept k"), 1, 64, default=2)
    example: int = slider(T("例の番号", "Example"), 0, 1796, default=0, when=lambda p: p.data == "digits")
    k: int = slider(T("近傍の数 k", "Neighbours k"), 1, 50, default=10)
    point: int = slider(T("調べる点の番号", "Point to look at"), 0, 1796, default=492)
    shown: str = choice(T("距離の図", "Distances of"), {key: NAMES[key] for key in ("pca", "tsne", "umap")})
    measure: str = choice(
        T("曲線", "Curve"),
        MEASURE,
    )
    start: str = choice(T("始め方", "Start"), {"random": T("乱数から", "Random"), "pca": T("PCA から", "From PCA")})
    fresh: int = slider(T("新しい点の数", "New points"), 10, 50, default=50)
    question: int = slider(T("問題", "Question"), 1, 6, default=1)
    g1: str = _guess(1)
    g2: str = _guess(2)
    g3: str = _guess(3)
    g4: str = _guess(4)
    g5: str = _guess(5)
    g6: str = _guess(6)
    table: tuple[tuple[float, ...], ...] = own_rows(sets={"data": "own"})


# ---- data, and what is computed of it


@dataclass(frozen=True, eq=False)
class Problem:
    """The examples, x (n, d) and label (n,), with the names of classes and features, and pictures where they have some."""

    x: NDArray[np.float64]
    label: NDArray[np.int64]
    names: tuple[T, ...]
    features: tuple[T, ...]
    images: Kept | None
    marks: tuple[Kept, Kept]  # the labels and row numbers, as they travel
    continuous: bool  # whether the labels are stretches of something continuous


def source_of(p: Params) -> Source:
    if p.data == "own":  # until there is a table, the iris
        return Source("own", 0, p.standard, p.table) if p.table else Source("iris", 0, p.standard)
    return Source(p.data, p.n, p.standard)


def dims_of(p: Params) -> int:
    """Give the dimensions of the layouts: two where the points have no more."""
    return min(int(p.dims), layouts.points(source_of(p)).shape[1])


def fresh_of(p: Params) -> int:
    """Give the number of new points: at most a third of all."""
    return min(p.fresh, len(layouts.points(source_of(p))) // 3)


def _own(p: Params) -> T | None:
    """Say where the table of one's own is, while there is none."""
    if p.data != "own" or p.table:
        return None
    return T(
        "図の下の「自分の表を使う」で CSV を選んでください。それまではアヤメを表示します。",
        "Choose a CSV under “Use a table of your own”, below. Until then you see the iris.",
    )


@functools.lru_cache(maxsize=32)
def problem(source: Source) -> Problem:
    """Give the examples, standardised if asked."""
    data = layouts.sample(source)
    label, names = data.label, tuple(_group(name) for name in data.groups)
    continuous = data.continuous and len(data.groups) == 1
    if continuous:
        label = np.minimum((data.value * 5).astype(np.int64), 4)
        names = FIFTHS["noise" if source.name == "noise" else "place"]
    images = None
    if source.name == "digits":
        images = Kept(np.round(data.x.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8))
    features = tuple(_feature(source.name, i, name) for i, name in enumerate(data.feature_names))
    return Problem(layouts.points(source), label, names, features, images, figures.stay(label), continuous)


def _group(name: str) -> T:
    if name.startswith("class "):
        return T(f"クラス {name[6:]}", f"Class {name[6:]}")
    return GROUPS.get(name, T(name, name))


def _feature(data: str, i: int, name: str) -> T:
    if data == "digits":
        return T(f"画素 {i // 8},{i % 8}", f"pixel {i // 8},{i % 8}")
    if data == "iris":
        return FLOWERS[i]
    if data == "wine":
        return WINES[i]
    return T(f"x{i + 1}", f"x{i + 1}")


@functools.lru_cache(maxsize=64)
def _order(layout: Layout) -> Any:
    """Rank the neighbours of every point in a layout."""
    return core.order(layout.last)


@functools.lru_cache(maxsize=16)
def _true_order(source: Source, n: int) -> Any:
    """Rank the neighbours of every one of the first n points in truth."""
    return core.order(layouts.points(source)[:n])


@functools.lru_cache(maxsize=256)
def judged(source: Source, layout: Layout, k: int = 10) -> Any:
    """Measure how well a layout keeps neighbourhoods, at k and at all of `KS`."""
    n = len(layout.last)
    most = (n - 1) // 2
    return core.quality(_true_order(source, n), _order(layout), ks=[min(k, most), *(k for k in KS if k <= most)])


def work(run: Run, report: Report) -> Layout:
    """Do a run of one of the methods, then rank its neighbours, so that nobody has to wait for that later."""
    layout = layouts.work(run, report)
    judged(run.source, layout)
    judged(run.source, layouts.shadow(run.source, run.dims))
    return layout


def tsne_run(p: Params) -> TsneRun:
    rate = None if p.rate == "auto" else float(p.rate)
    return TsneRun(source_of(p), dims_of(p), p.perplexity, p.iterations, p.exaggeration, rate, p.tinit, p.seed)


def umap_run(p: Params) -> UmapRun:
    return UmapRun(source_of(p), dims_of(p), p.neighbors, p.min_dist, p.metric, p.uinit, p.seed)


def _tasks(p: Params) -> dict[str, Task]:
    return {
        "tsne": Task(NAMES["tsne"], tsne_run(p), work, layouts.made),
        "umap": Task(NAMES["umap"], umap_run(p), work, layouts.made),
    }


def _known(part: Part) -> NDArray[np.float64] | None:
    """Give the latest layout there is of a part, (n, c)."""
    if part.value is None:
        return None
    return np.asarray(part.value.last if part.done else part.value)


def _frames(part: Part, most: int) -> NDArray[np.float64] | None:
    """Give what can be played of a part, (t, n, c): all when it is done, else its latest layout."""
    if part.value is None:
        return None
    if not part.done:
        return np.asarray(part.value)[None]
    return np.asarray(part.value.frames[_evenly(len(part.value.frames), most)])


def _evenly(count: int, most: int) -> NDArray[np.int64]:
    """Pick at most `most` of `count` indices, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))


def most_frames(n: int) -> int:
    """Choose how many frames of n points travel to the browser: 4 bytes a point each, 80 kB in all."""
    return min(40, 80_000 // (4 * n))


@functools.lru_cache(maxsize=32)
def spectrum(source: Source) -> Any:
    """Give the PCA with all its components."""
    x = layouts.points(source)
    return core.pca(x, components=min(x.shape))


# ---- scene 1: side by side


@dataclass(frozen=True, eq=False)
class Side:
    """The layouts of one set of points; `None` where nothing came yet."""

    problem: Problem
    ratio: NDArray[np.float64]  # share of the variance of each shown component
    pca: NDArray[np.float64]  # (n, c)
    tsne: NDArray[np.float64] | None  # (t, n, c)
    steps: NDArray[np.int64]  # (t,) iterations
    cost: NDArray[np.float64]  # (t,)
    umap: NDArray[np.float64] | None  # (n, c)
    mds: NDArray[np.float64] | None  # (m, c), of the first m points
    recall: NDArray[np.float64]  # (4,) PCA, t-SNE, UMAP, MDS: share of the k nearest neighbours kept; NaN where unknown
    trust: NDArray[np.float64]  # (4,)
    seconds: NDArray[np.float64]  # (4,)
    done: bool


def tasks_side(p: Params) -> dict[str, Task]:
    tasks = _tasks(p)
    if p.mds == "smacof":
        tasks["mds"] = Task(NAMES["mds"], MdsRun(source_of(p), dims_of(p), SMACOF_LIMIT, p.seed), work)
    return tasks


@functools.lru_cache(maxsize=16)
def classical(source: Source, dims: int) -> Layout:
    """Give the classical MDS as a layout."""
    found = core.mds(problem(source).x, components=dims, method="classical")
    return Layout(found.frames, found.iterations, found.cost, found.seconds)


def compute_side(p: Params, parts: Mapping[str, Part]) -> Side:
    """Lay out the points with each method."""
    source, dims = source_of(p), dims_of(p)
    data, first = problem(source), layouts.shadow(source, dims)
    n = len(data.x)
    tsne = _frames(parts["tsne"], most_frames(n))
    umap = _known(parts["umap"])
    mds = None
    if p.mds == "classical":
        mds = classical(source, dims).last
    elif p.mds == "smacof":
        mds = _known(parts["mds"])
    finished: list[Layout | None] = [first if parts["tsne"].done else None]
    finished += [parts[key].value if parts[key].done else None for key in ("tsne", "umap")]
    finished.append(classical(source, dims) if p.mds == "classical" and parts["tsne"].done else None)
    scores = [_scores(source, layout, p.k) for layout in finished]
    if p.align:
        tsne = None if tsne is None else np.stack([_turned(frame, first.last) for frame in tsne])
        umap = None if umap is None else _turned(umap, first.last)
        mds = None if mds is None else _turned(mds, first.last[: len(mds)])
    at = _evenly(len(parts["tsne"].value.frames), most_frames(n)) if parts["tsne"].done else np.zeros(1, int)
    played = parts["tsne"].value if parts["tsne"].done else None
    return Side(
        problem=data,
        ratio=spectrum(source).variance_ratio[:dims].copy(),
        pca=first.last,
        tsne=tsne,
        steps=played.steps[at] if played else np.zeros(1, int),
        cost=played.cost[at] if played else np.full(1, np.nan),
        umap=umap,
        mds=mds,
        recall=np.array([s[0] for s in scores]),
        trust=np.array([s[1] for s in scores]),
        seconds=np.array([np.nan if layout is None else layout.seconds for layout in finished]),
        done=all(part.done for part in parts.values()),
    )


def _scores(source: Source, layout: Layout | None, k: int) -> tuple[float, float]:
    """Give recall and trustworthiness of a finished layout at k."""
    if layout is None:
        return float("nan"), float("nan")
    found = judged(source, layout)  # at all k, so that another k costs nothing
    at = min(k, (len(layout.last) - 1) // 2)
    return float(found.recall[at]), float(found.trustworthiness[at])


def _turned(x: NDArray[np.float64], onto: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotate and reflect a layout onto another; sizes stay, since every panel fits its own."""
    return np.asarray((x - x.mean(axis=0)) @ core.align(onto, x).rotation)


def draw_side(r: Side, p: Params) -> Stage:
    data = r.problem
    images = data.images
    parts: list[Any] = []
    names = {
        "tsne": T(f"t-SNE（パープレキシティ {p.perplexity:g}）", f"t-SNE (perplexity {p.perplexity:g})"),
        "umap": T(f"UMAP（近傍 {p.neighbors}）", f"UMAP ({p.neighbors} neighbours)"),
        "mds": T("古典的 MDS", "Classical MDS") if p.mds == "classical" else T("MDS（SMACOF）", "MDS (SMACOF)"),
    }
    found = {"tsne": r.tsne, "umap": r.umap, "mds": r.mds}
    alts = {key: _alt(key, r, p) for key in NAMES}
    if r.pca.shape[1] == 3:
        parts.append(figures.space("pca", T("PCA", "PCA"), r.pca, data.label, data.names, alt=alts["pca"]))
    else:
        axis = tuple(
            T(f"PCA: 第 {i + 1} 主成分 ({100 * v:.1f}%)" if i == 0 else f"第 {i + 1} 主成分 ({100 * v:.1f}%)",
              f"PCA: component {i + 1} ({100 * v:.1f}%)" if i == 0 else f"Component {i + 1} ({100 * v:.1f}%)")
            for i, v in enumerate(r.ratio)
        )  # fmt: skip
        x, y = r.pca[:, 0].astype(np.float32), r.pca[:, 1].astype(np.float32)
        traces = [
            figures.raw(figures.dots(x, y, data.label, data.names, images=images, kept=data.marks), Kept(x), Kept(y)),
            figures.tags(r.pca, data.label, data.names),
        ]
        parts.append(figures.plane("pca", NAMES["pca"], traces, r.pca, axis_names=axis, alt=alts["pca"], view=_view(p)))
    shown = ("tsne", "umap", "mds") if p.mds != "off" else ("tsne", "umap")
    for key in shown:
        layout = found[key]
        if r.pca.shape[1] == 3:
            last = np.zeros((0, 3)) if layout is None else layout[-1] if layout.ndim == 3 else layout
            label = data.label[: len(last)]
            parts.append(figures.space(key, names[key], last, label, data.names, alt=alts[key]))
            continue
        parts.append(_panel(key, names[key], layout, data, alt=alts[key], view=_view(p)))
    cards: tuple[Card, ...] = ()
    if p.mds == "off":
        cards = (_scorecard(r, p),)
    playing = r.pca.shape[1] == 2 and r.tsne is not None and len(r.tsne) > 1
    return Stage(
        tuple(parts),
        ("pca tsne", "umap mds"),
        cards,
        playhead=Playhead(r.steps, T("反復", "iteration"), seconds=6.0) if playing else None,
        height=560,
        note=_note_side(r, p),
    )


def _panel(
    key: str, title: T, layout: NDArray[np.float64] | None, data: Problem, *, alt: T, view: str, tags: bool = True
) -> Figure:
    """Draw a layout (n, 2), or one that plays (t, n, 2), or nothing yet."""
    traces: list[Any] = []
    if layout is not None:
        places = figures.fitted(layout if layout.ndim == 2 or len(layout) > 1 else layout[0])
        label = data.label[: places.shape[-2]]
        traces.append(figures.dots(*figures.split(places), label, data.names, images=data.images, kept=data.marks))
        if tags:
            traces.append(figures.tags(places, label, data.names))
    return figures.panel(key, NAMES.get(key, title), traces, alt=alt, axis=title, view=view)


def _view(p: Params) -> str:
    return f"{p.data} {p.n} {p.standard}"


def _alt(key: str, r: Side, p: Params) -> T:
    i = tuple(NAMES).index(key)
    name = NAMES[key].en
    if not np.isfinite(r.recall[i]):
        return T(f"{name} の配置。{len(r.pca)} 個の点。", f"The layout of {name}, {len(r.pca)} points.")
    return T(
        f"{name} の配置。{len(r.pca)} 個の点の、{p.k} 近傍の {100 * r.recall[i]:.0f}% が保たれています。",
        f"The layout of {name}, {len(r.pca)} points: it keeps {100 * r.recall[i]:.0f}% of the {p.k} nearest neighbours.",
    )


def _scorecard(r: Side, p: Params) -> Card:
    # As words: numbers travel with the frames, and another k would send all of those again.
    rows = [
        Row(T(f"{NAMES[key].ja}: {ja}", f"{NAMES[key].en}: {en}"), np.zeros(1), words=(_said(values[i], digits),))
        for values, digits, ja, en in (
            (100 * r.recall, 1, f"{p.k} 近傍の再現率 (%)", f"recall@{p.k} (%)"),
            (r.trust, 3, "信頼性", "trustworthiness"),
            (r.seconds, 2, "時間 (秒)", "time (s)"),
        )
        for i, key in enumerate(("pca", "tsne", "umap"))
    ]
    rows.append(Row(T("t-SNE のコスト KL", "t-SNE's cost KL"), r.cost, 3))
    return Card("mds", T("点数表", "Scores"), tuple(rows))


def _said(value: float, digits: int) -> T:
    text = f"{value:.{digits}f}" if np.isfinite(value) else "–"
    return T(text, text)


def _note_side(r: Side, p: Params) -> T | None:
    if _own(p):
        return _own(p)
    if r.pca.shape[1] == 3:
        return T(
            "立体では、引いて回せます。再生と、囲んで光らせる操作は、平面のときだけです。",
            "In space, drag to turn. Playing and brushing are for the plane.",
        )
    if p.mds == "smacof" and len(r.pca) > SMACOF_LIMIT:
        return T(
            f"SMACOF は遅いので、はじめの {SMACOF_LIMIT} 個の点だけで計算します。",
            f"SMACOF is slow: it takes the first {SMACOF_LIMIT} points only.",
        )
    return None


def readouts_side(r: Side, p: Params) -> tuple[Readout, ...]:
    return tuple(
        Readout(key, T(f"再現率@{p.k}: {NAMES[key].ja}" if i == 0 else NAMES[key].ja,
                       f"Recall@{p.k}: {NAMES[key].en}" if i == 0 else NAMES[key].en),
                100 * float(r.recall[i]), 1, PERCENT)
        for i, key in enumerate(("pca", "tsne", "umap"))
    )  # fmt: skip


# ---- scene 2: what PCA keeps


@dataclass(frozen=True, eq=False)
class Keep:
    """All components of the points, two of them to look along, and what is left when only the first few are kept."""

    problem: Problem
    ratio: NDArray[np.float64]  # (all,) shares of the variance
    across: int  # components shown, from 0
    up: int
    kept: int
    scores: NDArray[np.float64]  # (n, 2)
    weights: NDArray[np.float64]  # (d, 2) of the unit vectors
    eigen: NDArray[np.float64]  # (m, d) the first components
    original: NDArray[np.float64]  # (d,) one example, and rebuilt
    rebuilt: NDArray[np.float64]
    mean: NDArray[np.float64]  # (d,)
    error: float  # root mean square of what is lost in each feature, over all examples
    example: int


def compute_keep(p: Params) -> Keep:
    """Find all components, and rebuild an example from the first few."""
    source = source_of(p)
    data, plain = problem(source), layouts.sample(source).x
    found = spectrum(source)
    count = len(found.components)
    across, up, kept = min(p.pcx, count) - 1, min(p.pcy, count) - 1, min(p.keep, count)
    example = p.example % len(data.x)
    # In the units of the data, also where the components are those of standardised columns.
    scale = core.pca(plain, components=1, standardize=True).scale if p.standard else np.ones(plain.shape[1])
    rebuilt = plain.mean(axis=0) + scale * (found.embedding[example, :kept] @ found.components[:kept])
    return Keep(
        problem=data,
        ratio=found.variance_ratio,
        across=across,
        up=up,
        kept=kept,
        scores=found.embedding[:, [across, up]],
        weights=found.components[[across, up]].T.copy(),
        eigen=found.components[:EIGEN].copy(),
        original=plain[example],
        rebuilt=rebuilt,
        mean=plain.mean(axis=0),
        error=float(np.sqrt(found.variance[kept:].sum() * (len(data.x) - 1) / data.x.size)),
        example=example,
    )


def draw_keep(r: Keep, p: Params) -> Stage:
    data, a, b = r.problem, r.across, r.up
    axis = tuple(
        T(f"第 {i + 1} 主成分 ({100 * r.ratio[i]:.1f}%)", f"Component {i + 1} ({100 * r.ratio[i]:.1f}%)")
        for i in (a, b)
    )
    x, y = r.scores[:, 0].astype(np.float32), r.scores[:, 1].astype(np.float32)
    reach = 0.85 * float(min(np.abs(r.scores).max(axis=0)))
    traces = [figures.dots(x, y, data.label, data.names, images=data.images)]
    digits = data.images is not None
    if digits:
        traces.append(figures.tags(r.scores, data.label, data.names))
        at = r.scores[r.example]
        traces += figures.ring(float(at[0]), float(at[1]))
    elif data.x.shape[1] <= 20:
        traces += figures.arrows(r.weights, data.features, reach)
    total = 100 * float(r.ratio[: r.kept].sum())
    plane = figures.plane(
        "plane", T("主成分の平面", "Plane of components"), traces, r.scores, axis_names=axis, view=f"keep {_view(p)} {a} {b}",
        alt=T(
            f"第 {a + 1} 主成分と第 {b + 1} 主成分の平面。分散の {100 * (r.ratio[a] + r.ratio[b]):.1f}% が見えています。",
            f"The plane of components {a + 1} and {b + 1}. It shows {100 * (r.ratio[a] + r.ratio[b]):.1f}% of the variance.",
        ),
    )  # fmt: skip
    scree = figures.scree(
        r.ratio,
        r.kept,
        alt=T(
            f"成分ごとの分散の割合。はじめの {r.kept} 個で {total:.1f}% です。",
            f"Share of the variance of each component. The first {r.kept} hold {total:.1f}%.",
        ),
    )
    if digits:
        top = np.abs(r.eigen).max(axis=1)
        shown = np.concatenate([r.eigen / top[:, None]]).reshape(-1, 8, 8)
        words = [T(f"第 {i + 1}", f"PC {i + 1}") for i in range(len(shown))]
        eigen = figures.tiles(
            "eigen", T("主成分の顔つき", "The components as pictures"), shown, words, 4, signed=True, top=1.0,
            alt=T(
                f"はじめの {len(shown)} 個の主成分を 8×8 の画像にしたもの。青は減らす画素、橙は増やす画素です。",
                f"The first {len(shown)} components as 8×8 pictures. Blue pixels are taken away, orange ones added.",
            ),
        )  # fmt: skip
        pair = np.stack([r.original, r.mean, r.rebuilt]).reshape(-1, 8, 8)
        words = [T("元の画像", "original"), T("平均", "mean"), T(f"{r.kept} 個で復元", f"from {r.kept}")]
        rebuilt = figures.tiles(
            "rebuilt", T("復元", "Rebuilt"), pair, words, 3, signed=False, top=16.0,
            alt=T(
                f"{r.example} 番の画像、全体の平均、はじめの {r.kept} 個の成分からの復元。",
                f"Example {r.example}, the mean of all, and the example rebuilt from the first {r.kept} components.",
            ),
        )  # fmt: skip
        return Stage((plane, scree, eigen, rebuilt), ("plane eigen", "plane rebuilt", "scree scree"), height=600,
                     columns="minmax(0, 1.35fr) minmax(0, 1fr)", note=_note_keep(r, p))  # fmt: skip
    if data.x.shape[1] <= 20:
        bars = figures.bars(
            r.weights, data.features, (a + 1, b + 1),
            alt=T(
                f"第 {a + 1} 主成分と第 {b + 1} 主成分の、特徴ごとの重み。",
                f"The weight of each feature in components {a + 1} and {b + 1}.",
            ),
        )  # fmt: skip
        return Stage((plane, scree, bars), ("plane tiles", "plane scree"), height=560,
                     columns="minmax(0, 1.35fr) minmax(0, 1fr)", note=_note_keep(r, p))  # fmt: skip
    return Stage((plane, scree), ("plane scree",), height=520, columns="minmax(0, 1.35fr) minmax(0, 1fr)",
                 note=_note_keep(r, p))  # fmt: skip


def _note_keep(r: Keep, p: Params) -> T | None:
    count = len(r.ratio)
    if _own(p):
        return _own(p)
    if max(p.keep, p.pcx, p.pcy) <= count:
        return None
    return T(f"このデータの成分は {count} 個までです。", f"These points have {count} components only.")


def readouts_keep(r: Keep, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("two", T("この平面の分散", "Variance: this plane"),
                100 * float(r.ratio[r.across] + (r.ratio[r.up] if r.up != r.across else 0)), 1, PERCENT),
        Readout("kept", T(f"はじめの {r.kept} 個", f"first {r.kept}"),
                100 * float(r.ratio[: r.kept].sum()), 1, PERCENT),
        Readout("error", T("復元の誤差 (RMS)", "Error (RMS)"), r.error, 2),
    )  # fmt: skip


# ---- scene 3: can you trust it?


@dataclass(frozen=True, eq=False)
class Trust:
    """The three layouts with the trust of each of their points; what is not known yet is empty or not-a-number."""

    problem: Problem
    k: int
    point: int
    places: tuple[NDArray[np.float64] | None, ...]  # PCA, t-SNE, UMAP: (n, 2)
    level: tuple[NDArray[np.int64] | None, ...]  # (n,) steps of trust, as `TRUST_STEPS`
    kept: tuple[NDArray[np.int64], ...]  # neighbours of the point near in both, near only in the map, only in truth
    false: tuple[NDArray[np.int64], ...]
    missing: tuple[NDArray[np.int64], ...]
    ks: NDArray[np.int64]
    curves: NDArray[np.float64]  # (3 methods, 3 measures, ks)
    here: NDArray[np.float64]  # (3 methods, 3 measures) at k
    pairs: NDArray[np.float64]  # (m, 2) distances of pairs in truth and in the chosen layout, as shares of the largest
    rank: float  # their rank correlation
    seconds: NDArray[np.float64]  # (3,)


def compute_trust(p: Params, parts: Mapping[str, Part]) -> Trust:
    """Compare the neighbours in each layout with the true ones."""
    source = source_of(p)
    data, n = problem(source), len(problem(source).x)
    first = layouts.shadow(source)
    k, point = min(p.k, (n - 1) // 2), p.point % n
    # Until t-SNE is done, nobody has ranked these points: only places are shown.
    ready = parts["tsne"].done
    found: list[Layout | None] = [first if ready else None]
    found += [part.value if part.done and ready else None for part in (parts["tsne"], parts["umap"])]
    places = (first.last, _known(parts["tsne"]), _known(parts["umap"]))
    none = np.zeros(0, dtype=np.int64)
    ks = np.array([k for k in KS if k <= (n - 1) // 2])
    curves = np.full((3, 3, len(ks)), np.nan)
    here = np.full((3, 3), np.nan)
    level: list[NDArray[np.int64] | None] = [None] * 3
    kept, false, missing = [none] * 3, [none] * 3, [none] * 3
    for i, layout in enumerate(found):
        if layout is None:
            continue
        q = judged(source, layout, k)
        values = np.stack([q.recall, q.trustworthiness, q.continuity])
        here[i], curves[i] = values[:, 0], values[:, 1:]
        level[i] = np.searchsorted(TRUST_STEPS, q.point_trust, side="right")
        links = core.links(_true_order(source, n), _order(layout), point, k=k)
        kept[i], false[i], missing[i] = links.kept, links.false, links.missing
    pairs, rank = np.zeros((0, 2)), float("nan")
    chosen = found[("pca", "tsne", "umap").index(p.shown)]
    if chosen is not None:
        shepard = core.shepard(data.x, chosen.last, pairs=PAIRS)
        pairs = np.column_stack([shepard.true / shepard.true.max(), shepard.mapped / shepard.mapped.max()])
        rank = shepard.correlation
    seconds = np.array([np.nan if layout is None else layout.seconds for layout in found])
    return Trust(
        data, k, point, places, tuple(level), tuple(kept), tuple(false), tuple(missing), ks, curves, here, pairs, rank,
        seconds,
    )  # fmt: skip


def tasks_trust(p: Params) -> dict[str, Task]:
    return _tasks(replace(p, dims="2"))


def draw_trust(r: Trust, p: Params) -> Stage:
    data = r.problem
    parts = []
    for i, key in enumerate(("pca", "tsne", "umap")):
        traces: list[Any] = []
        xy = r.places[i]
        if xy is not None:
            places = figures.fitted(xy)
            level = r.level[i]
            label, names = (data.label, data.names) if level is None else (TRUST_CLASSES[level], TRUST_NAMES)
            x, y = figures.split(places)
            traces.append(figures.dots(x, y, label, names, images=data.images))
            for rows, color, style in (
                (r.missing[i], OTHER, {"dash": "dot"}),
                (r.kept[i], BLUE, {}),
                (r.false[i], ORANGE, {"dash": "dash"}),
            ):
                traces.append(figures.links(places, r.point, rows, color, **style))
            traces += figures.ring(*places[r.point].astype(float))
        share = r.here[i, 0]
        time = f"{r.seconds[i]:.2g}"
        axis = NAMES[key] if not np.isfinite(share) else T(
            f"{NAMES[key].ja}: 近傍 {len(r.kept[i])} / {r.k}（{time} 秒）",
            f"{NAMES[key].en}: {len(r.kept[i])} of {r.k} true ({time} s)",
        )  # fmt: skip
        alt = T(
            f"{NAMES[key].ja} の配置。{r.point} 番の点の {r.k} 近傍のうち {len(r.kept[i])} 個が本当の近傍です。",
            f"The layout of {NAMES[key].en}. Of the {r.k} neighbours of point {r.point}, {len(r.kept[i])} are true ones.",
        )
        parts.append(figures.panel(key, NAMES[key], traces, alt=alt, axis=axis, view=_view(p)))
    j = MEASURES.index(p.measure)
    low = 0.0 if p.measure == "recall" else 0.5
    known = {key: r.curves[i, j] for i, key in enumerate(("pca", "tsne", "umap")) if np.isfinite(r.curves[i, j]).all()}
    curve = figures.over_k(
        "curve", MEASURE[p.measure], MEASURE[p.measure], r.ks, known, NAMES, r.k, low=low,
        alt=T(
            f"{MEASURE[p.measure].ja}を近傍の数に対して描いたもの。k = {r.k} では {_three(r.here[:, j])}。",
            f"{MEASURE[p.measure].en} over the number of neighbours. At k = {r.k}: {_three(r.here[:, j])}.",
        ),
    )  # fmt: skip
    shepard = figures.shepard(
        r.pairs[:, 0], r.pairs[:, 1], r.rank,
        title=T(f"{NAMES[p.shown].ja} の距離", f"Distances of {NAMES[p.shown].en}"),
        alt=T(
            f"{len(r.pairs)} 組の点の、データでの距離と {NAMES[p.shown].ja} の図での距離。順位相関は {r.rank:.2f} です。",
            f"Distances of {len(r.pairs)} pairs in the data and in the picture of {NAMES[p.shown].en}. Rank correlation {r.rank:.2f}.",
        ),
    )  # fmt: skip
    return Stage(
        (*parts, curve, shepard), ("pca tsne umap", "curve curve shepard"), (), height=560, note=_own(p) or LEGEND
    )


def _three(values: NDArray[np.float64]) -> str:
    return ", ".join(f"{NAMES[key].en} {v:.2f}" for key, v in zip(("pca", "tsne", "umap"), values, strict=True))


def readouts_trust(r: Trust, p: Params) -> tuple[Readout, ...]:
    j = MEASURES.index(p.measure)
    head = MEASURE[p.measure]
    return tuple(
        Readout(key, T(f"{head.ja}: {NAMES[key].ja}", f"{head.en}: {NAMES[key].en}") if i == 0 else NAMES[key],
                float(r.here[i, j]), 3)
        for i, key in enumerate(("pca", "tsne", "umap"))
    )  # fmt: skip


# ---- scene 4: chance and start


@dataclass(frozen=True, eq=False)
class Wander:
    """Ten runs of each method, laid on one another; fewer while they are being computed."""

    problem: Problem
    pca: NDArray[np.float64]  # (n, 2)
    tsne: NDArray[np.float64]  # (runs, n, 2)
    umap: NDArray[np.float64]
    jitter: tuple[NDArray[np.float64], NDArray[np.float64]]  # (n,) of t-SNE, UMAP
    scores: NDArray[np.float64]  # (3 methods, 2): recall of 10 neighbours, triplets; means over the runs
    runs: int
    point: int
    done: bool


def tasks_chance(p: Params) -> dict[str, Task]:
    run = Chance(source_of(p), p.start, p.perplexity, p.neighbors)
    return {"chance": Task(T("10 個の種", "10 seeds"), run, layouts.work_chance, layouts.made_chance)}


@functools.lru_cache(maxsize=16)
def _together(source: Source, found: Chances | None) -> tuple[Any, ...]:
    """Turn all runs to match PCA; measure jitter and, once all is done, what they keep."""
    data, first = problem(source), layouts.shadow(source)
    maps = (first.last[None],) * 2 if found is None else (found.tsne, found.umap)
    tsne, umap = (_turned_together(runs, first.last) for runs in maps)
    scores = np.full((3, 2), np.nan)
    if found is not None and len(found.umap_scores) == layouts.SEEDS:
        scores[0] = judged(source, first).recall[0], core.triplets(data.x, first.last)
        scores[1], scores[2] = found.tsne_scores.mean(axis=0), found.umap_scores.mean(axis=0)
    return tsne, umap, (layouts.jitter(tsne), layouts.jitter(umap)), scores


def compute_chance(p: Params, parts: Mapping[str, Part]) -> Wander:
    """Lay the runs on one another, and on PCA."""
    source = source_of(p)
    data, found = problem(source), parts["chance"].value
    tsne, umap, jitter, scores = _together(source, found)
    return Wander(
        problem=data,
        pca=layouts.shadow(source).last,
        tsne=tsne,
        umap=umap,
        jitter=jitter,
        scores=scores,
        runs=0 if found is None else len(found.tsne_scores),
        point=p.point % len(data.x),
        done=parts["chance"].done,
    )


def _turned_together(runs: NDArray[np.float64], onto: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn all runs (runs, n, 2) as the first has to be turned to match a layout."""
    return np.asarray((runs - runs[0].mean(axis=0)) @ core.align(onto, runs[0]).rotation)


def draw_chance(r: Wander, p: Params) -> Stage:
    data = r.problem
    parts = []
    for key, runs in (("pca", r.pca[None]), ("tsne", r.tsne), ("umap", r.umap)):
        places = figures.fitted(runs.reshape(-1, 2)).reshape(runs.shape)
        x, y = figures.split(places[0])
        traces = [
            *(figures.cloud(places[1:], data.label) if len(runs) > 1 else ()),
            figures.dots(x, y, data.label, data.names, images=data.images, size=4.0),
            *figures.star(places, r.point),
        ]
        jitter = 0.0 if key == "pca" else float(np.median(r.jitter[0 if key == "tsne" else 1]))
        axis = T(f"{NAMES[key].ja}: ゆらぎ {100 * jitter:.0f}%", f"{NAMES[key].en}: jitter {100 * jitter:.0f}%")
        alt = T(
            f"{NAMES[key].ja} を {len(runs)} 回、種を変えて重ねた図。ゆらぎの中央値は {100 * jitter:.0f}% です。",
            f"{len(runs)} runs of {NAMES[key].en} with different seeds, laid on one another. Median jitter {100 * jitter:.0f}%.",
        )
        parts.append(figures.panel(key, NAMES[key], traces, alt=alt, axis=axis, view=f"chance {_view(p)}"))
    jitter = {"pca": np.zeros(len(data.x)), "tsne": r.jitter[0], "umap": r.jitter[1]}
    spread = figures.quantiles(
        jitter, NAMES,
        alt=T(
            f"ゆらぎの中央値: PCA 0%、t-SNE {100 * np.median(r.jitter[0]):.0f}%、UMAP {100 * np.median(r.jitter[1]):.0f}%。",
            f"Median jitter: PCA 0%, t-SNE {100 * np.median(r.jitter[0]):.0f}%, UMAP {100 * np.median(r.jitter[1]):.0f}%.",
        ),
    )  # fmt: skip
    rows = []
    for j, (ja, en) in enumerate((("再現率@10 (%)", "recall@10 (%)"), ("三つ組 (%)", "triplets (%)"))):
        rows += [
            Row(T(f"{NAMES[key].ja}: {ja}", f"{NAMES[key].en}: {en}"), 100 * r.scores[i : i + 1, j], 1)
            for i, key in enumerate(("pca", "tsne", "umap"))
        ]
    card = Card("card", T("局所と大域（平均）", "Local and global (means)"), tuple(rows))
    return Stage((*parts, spread), ("pca tsne umap", "jitter jitter card"), (card,), height=560, note=_own(p))


def readouts_chance(r: Wander, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("tsne", T("ゆらぎ: t-SNE", "Jitter: t-SNE"), 100 * float(np.median(r.jitter[0])), 1, PERCENT),
        Readout("umap", T("UMAP", "UMAP"), 100 * float(np.median(r.jitter[1])), 1, PERCENT),
        Readout("pca", T("PCA", "PCA"), 0.0, 1, PERCENT),
    )


# ---- scene 5: lie detector


@dataclass(frozen=True)
class Question:
    """A picture, what is asked of it, whether the answer is yes, and why."""

    run: Run
    ask: T
    yes: bool
    why: T
    solid: bool = False  # whether the truth is shown in three dimensions


QUESTIONS = (
    Question(
        TsneRun(Source("noise"), perplexity=2.0),
        T(
            "小さな塊がたくさん見えます。データにも、塊がありますか。",
            "There are many small clumps. Are there clumps in the data?",
        ),
        False,
        T(
            "データは 100 次元の正規分布ひとつで、塊はありません。パープレキシティが 2 だと、t-SNE はノイズからも塊を作ります。",
            "The data are one Gaussian in 100 dimensions, without clumps. At perplexity 2 t-SNE makes clumps of noise.",
        ),
    ),
    Question(
        TsneRun(Source("digits")),
        T(
            "離れた塊が見えます。データにも、まとまりがありますか。",
            "There are clusters. Does the data have groups, too?",
        ),
        True,
        T(
            "手書き数字の画像です。塊は、ほぼ数字の種類と一致します。PCA では重なって見えますが、まとまりは本物です。",
            "Images of handwritten digits. The clusters are nearly the ten digits. PCA lays them on one another, yet they are real.",
        ),
    ),
    Question(
        TsneRun(Source("unequal")),
        T(
            "三つの塊は、ほぼ同じ大きさです。データでも、広がりは同じくらいですか。",
            "Three clusters of one size. Are they equally wide in the data?",
        ),
        False,
        T(
            "データでの広がりは 1 : 3 : 9 です。t-SNE は近所の密度をそろえるので、塊の大きさは意味を持ちません。",
            "In the data their widths are as 1 : 3 : 9. t-SNE evens out the density of each neighbourhood: sizes mean nothing.",
        ),
    ),
    Question(
        TsneRun(Source("far")),
        T(
            "三つの塊は、ほぼ等間隔です。データでも、同じくらい離れていますか。",
            "Three clusters, evenly spaced. Are they equally far apart in the data?",
        ),
        False,
        T(
            "データでは、左と中の距離が 10、中と右の距離が 50 です。t-SNE の図では、塊どうしの距離は当てになりません。",
            "In the data left and middle are 10 apart, middle and right 50. Distances between t-SNE's clusters mean little.",
        ),
    ),
    Question(
        UmapRun(Source("iris")),
        T(
            "左に離れた塊があります。データでも、離れていますか。",
            "One cluster stands apart. Does it in the data, too?",
        ),
        True,
        T(
            "setosa という種です。PCA でも、もとの測定値でも、ほかの二種から離れています。",
            "It is the species setosa, apart from the other two in PCA and in the measurements themselves.",
        ),
    ),
    Question(
        TsneRun(Source("linked")),
        T(
            "離れた二つの輪です。データでも、引き離せる二つの輪ですか。",
            "Two rings apart. Could they be pulled apart in the data?",
        ),
        False,
        T(
            "三次元では、鎖のようにつながった輪です。平面では交わらずに描けないので、t-SNE は引き離しました。",
            "In three dimensions they are linked like a chain. A plane cannot hold that, so t-SNE pulled them apart.",
        ),
        solid=True,
    ),
)


@dataclass(frozen=True, eq=False)
class Lie:
    """The picture of a question, and the truth once there is an answer."""

    problem: Problem
    layout: NDArray[np.float64]
    truth: NDArray[np.float64]  # (n, 2), or (n, 3)
    recall: float
    answers: tuple[str, ...]
    right: int
    answered: int


def answers_of(p: Params) -> tuple[str, ...]:
    return p.g1, p.g2, p.g3, p.g4, p.g5, p.g6


def layout_of(run: Run) -> Layout:
    """Take what was made ahead; do the work if it was not."""
    return layouts.made(run) or _worked(run)


@functools.lru_cache(maxsize=16)
def _worked(run: Run) -> Layout:
    return layouts.work(run)


def compute_lie(p: Params) -> Lie:
    """Take the picture of the question, and count the right answers so far."""
    asked = QUESTIONS[p.question - 1]
    source = asked.run.source
    layout = layout_of(asked.run)
    given = answers_of(p)
    right = sum(a == ("yes" if q.yes else "no") for a, q in zip(given, QUESTIONS, strict=True))
    return Lie(
        problem=problem(source),
        layout=layout.last,
        truth=layouts.points(source)[:, [0, 2, 1]] if asked.solid else layouts.shadow(source).last,
        recall=float(judged(source, layout).recall[0]),
        answers=given,
        right=right,
        answered=sum(a != "none" for a in given),
    )


def draw_lie(r: Lie, p: Params) -> Stage:
    data, asked = r.problem, QUESTIONS[p.question - 1]
    answer = r.answers[p.question - 1]
    known = answer != "none"
    label = data.label if known else np.zeros(len(data.label), dtype=np.int64)
    names = data.names if known else (T("点", "point"),)
    places = figures.fitted(r.layout)
    method = NAMES["umap"] if isinstance(asked.run, UmapRun) else NAMES["tsne"]
    x, y = figures.split(places)
    traces = [figures.dots(x, y, label, names, images=data.images if known else None)]
    if known and not data.continuous:
        traces.append(figures.tags(places, label, names))
    map_ = figures.panel(
        "map", T("図", "Picture"), traces, axis=method, view=f"lie {p.question}",
        alt=T(f"{method.ja} の図。{asked.ask.ja}", f"A picture by {method.en}. {asked.ask.en}"),
    )  # fmt: skip
    title = T("正体", "The truth")
    alt = asked.why if known else T("答えると、ここに正体が出ます。", "Answer, and the truth appears here.")
    if not known:
        half = np.array([[figures.SIDE / 2]])
        truth = figures.panel(
            "truth", title, [figures.word(float(half[0, 0]), float(half[0, 0]), alt, at="middle center")], alt=alt,
            axis=T("?", "?"), view=f"lie {p.question}",
        )  # fmt: skip
    elif asked.solid:
        truth = figures.space("truth", T("データそのもの", "The data itself"), r.truth, label, names, alt=alt)
    else:
        axis = (T("データの PCA: 第 1 主成分", "PCA of the data: component 1"), T("第 2 主成分", "Component 2"))
        x, y = r.truth[:, 0].astype(np.float32), r.truth[:, 1].astype(np.float32)
        shown = [figures.dots(x, y, label, names, images=data.images)]
        if not data.continuous:
            shown.append(figures.tags(r.truth, label, names))
        truth = figures.plane("truth", title, shown, r.truth, axis_names=axis, alt=alt, view=f"lie {p.question}")
    note = asked.ask
    if known:
        good = answer == ("yes" if asked.yes else "no")
        verdict = T("当たり。", "Right. ") if good else T("はずれ。", "Not so. ")
        note = T(verdict.ja + asked.why.ja, verdict.en + asked.why.en)
    return Stage((map_, truth), ("map truth",), height=390, note=note)


def readouts_lie(r: Lie, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("right", T("正解", "Right"), r.right, 0, T(f" / {r.answered}", f" of {r.answered}")),
        Readout("recall", T("この図の再現率@10", "Recall@10 of this picture"), 100 * r.recall, 1, PERCENT),
    )


# ---- scene 6: new points

NEW_NOTE = T(
    "朱色の輪が新しい点です。scikit-learn の t-SNE には、新しい点を置く方法 (transform) がありません。左上から順に比べてください。",
    "Vermilion rings are new points. scikit-learn's t-SNE has no transform to place them: compare what the others do.",
)


@dataclass(frozen=True, eq=False)
class New:
    """Old and new points on each map; empty where nothing came yet."""

    problem: Problem
    placed: layouts.Placed
    new: int
    accuracy: NDArray[
        np.float64
    ]  # (4,) of the new points' classes by their nearest old point: PCA, t-SNE, UMAP, t-SNE again
    moved: float  # median way of the old points in t-SNE again, as a share of the map's radius


def tasks_new(p: Params) -> dict[str, Task]:
    source = source_of(p)
    run = Fresh(source, fresh_of(p), p.perplexity, p.neighbors)
    return {"new": Task(T("新しい点", "New points"), run, layouts.work_fresh, layouts.made_fresh)}


def compute_new(p: Params, parts: Mapping[str, Part]) -> New:
    """Ask each map where the new points go."""
    data = problem(source_of(p))
    none = np.zeros((0, 2))
    placed: layouts.Placed = parts["new"].value or layouts.Placed(*(none,) * 7)
    count = fresh_of(p)
    old, new = data.label[:-count], data.label[-count:]
    maps = (
        (placed.pca, placed.pca_new),
        (placed.tsne, placed.tsne_new),
        (placed.umap, placed.umap_new),
        (placed.again[:-count], placed.again[-count:]),
    )
    moved = float("nan")
    if len(placed.again):
        radius = np.sqrt(((placed.tsne - placed.tsne.mean(axis=0)) ** 2).sum(axis=1).mean())
        moved = float(np.median(np.hypot(*(placed.again[: len(placed.tsne)] - placed.tsne).T)) / radius)
    return New(data, placed, count, np.array([_one_nearest(*pair, old, new) for pair in maps]), moved)


def _one_nearest(
    old: NDArray[np.float64], new: NDArray[np.float64], old_label: NDArray[np.int64], new_label: NDArray[np.int64]
) -> float:
    """Give the share of new points whose nearest old point has their class."""
    if len(new) == 0:
        return float("nan")
    _, near = kneighbors(old, new, k=1)
    return float(np.mean(old_label[near[:, 0]] == new_label))


def draw_new(r: New, p: Params) -> Stage:
    data, placed = r.problem, r.placed
    old, new = data.label[: -r.new], data.label[-r.new :]
    parts = []
    words = {
        "pca": T("PCA: 同じ式で射影", "PCA: the same projection"),
        "tsne": T("t-SNE: 古い点を止めて置く", "t-SNE: old points held fast"),
        "umap": T("UMAP: transform で置く", "UMAP: transform"),
        "again": T("t-SNE: 全部やり直す", "t-SNE: all over again"),
    }
    pairs = {
        "pca": (placed.pca, placed.pca_new),
        "tsne": (placed.tsne, placed.tsne_new),
        "umap": (placed.umap, placed.umap_new),
        "again": (placed.again[: -r.new], placed.again[-r.new :]),
    }
    for i, (key, (before, after)) in enumerate(pairs.items()):
        traces: list[Any] = []
        if len(before):
            like = before if key != "again" else np.concatenate([before, placed.tsne])
            if key == "again":
                traces.append(figures.moves(figures.within(placed.tsne, like), figures.within(before, like)))
            x, y = figures.split(figures.within(before, like))
            traces.append(figures.dots(x, y, old, data.names, images=data.images, size=4.5))
            if len(after):
                traces += figures.fresh(figures.within(after, like), new, data.names)
        share = r.accuracy[i]
        found = "" if share != share else f" {100 * share:.0f}%"
        axis = T(
            f"{words[key].ja}{found and f'（正解 {found.strip()}）'}",
            f"{words[key].en}{found and f' ({found.strip()} right)'}",
        )
        alt = T(
            f"{words[key].ja}。新しい点 {r.new} 個のうち、いちばん近い古い点と同じクラスは{found or '不明'}です。",
            f"{words[key].en}. Of {r.new} new points,{found or ' unknown'} lie nearest to an old point of their class.",
        )
        parts.append(
            figures.panel(
                key, NAMES.get(key, T("やり直し", "Again")), traces, alt=alt, axis=axis, view=f"new {_view(p)}"
            )
        )
    return Stage(tuple(parts), ("pca tsne", "umap again"), height=580, note=_own(p) or NEW_NOTE)


def readouts_new(r: New, p: Params) -> tuple[Readout, ...]:
    found = tuple(
        Readout(key, T(f"正解: {NAMES[key].ja}", f"Right: {NAMES[key].en}") if i == 0 else NAMES[key],
                100 * float(r.accuracy[i]), 1, PERCENT)
        for i, key in enumerate(("pca", "tsne", "umap"))
    )  # fmt: skip
    return (*found, Readout("moved", T("やり直しの移動", "Moved again"), 100 * r.moved, 0, PERCENT))


TSNE_MORE = ("iterations", "exaggeration", "rate", "tinit")
UMAP_MORE = ("min_dist", "uinit", "metric")
QUICK = {"data": "iris", "iterations": 250, "neighbors": 14}  # nothing of it made ahead, on another processor
SCENES: tuple[Scene, ...] = (
    Scene(
        id="side",
        title=T("並べて見る", "Side by side"),
        lead=T(
            "同じ点を三つの方法で平面に置きます。一つの図で点を囲むと、ほかの図でも光ります。塊の並び方の違いを見てください。",
            "Three methods lay out the same points. Circle some in one picture: they light up in all. See how clusters differ.",
        ),
        controls=("data", "perplexity", "neighbors", "mds"),
        more=("n", *TSNE_MORE, *UMAP_MORE, "dims", "align", "standard", "k", "seed"),
        compute=compute_side,
        draw=draw_side,
        readouts=readouts_side,
        tasks=tasks_side,
        quick=QUICK,
    ),
    Scene(
        id="keep",
        title=T("PCA が残すもの", "What PCA keeps"),
        lead=T(
            "主成分は、データが最も広がる向きです。残す成分を増やして、復元された画像がいつ読めるようになるか見てください。",
            "Components are the directions of most spread. Keep more of them, and see when the rebuilt digit becomes legible.",
        ),
        controls=("data", "pcx", "pcy", "keep"),
        more=("standard", "example", "n"),
        compute=compute_keep,
        draw=draw_keep,
        readouts=readouts_keep,
    ),
    Scene(
        id="trust",
        title=T("信じてよいか", "Can you trust it?"),
        lead=T(
            "点の色は、その点の近所がどれだけ本物かです。調べる点を動かし、橙の線（偽の近傍）が多い図を探してください。",
            "Marks say how true a point's neighbourhood is. Move the point and look for orange lines: false neighbours.",
        ),
        controls=("data", "k", "point", "measure"),
        more=("shown", "n", "perplexity", "neighbors", *TSNE_MORE, *UMAP_MORE, "standard", "seed"),
        compute=compute_trust,
        draw=draw_trust,
        readouts=readouts_trust,
        tasks=tasks_trust,
        quick=QUICK,
    ),
    Scene(
        id="chance",
        title=T("偶然と始め方", "Chance and start"),
        lead=T(
            "種を変えた 10 回の結果を重ねました。薄い点の広がりが、ゆらぎです。始め方を PCA に変えて比べてください。",
            "Ten runs with different seeds, laid on one another: faint dots show the jitter. Start from PCA and compare.",
        ),
        controls=("data", "start", "point"),
        more=("n", "perplexity", "neighbors", "standard"),
        compute=compute_chance,
        draw=draw_chance,
        readouts=readouts_chance,
        tasks=tasks_chance,
        quick={"data": "iris"},
    ),
    Scene(
        id="lie",
        title=T("うそ発見器", "Lie detector"),
        lead=T(
            "図だけを見て、質問に答えてください。答えると、データの正体が右に出ます。全部で 6 問です。",
            "Judge by the picture alone. Once you answer, the truth appears on the right. There are six questions.",
        ),
        controls=("question", "g1", "g2", "g3", "g4", "g5", "g6"),
        compute=compute_lie,
        draw=draw_lie,
        readouts=readouts_lie,
    ),
    Scene(
        id="new",
        title=T("新しい点", "New points"),
        lead=T(
            "地図ができたあとに来た点を、どこに置けるでしょうか。右下では、全部やり直すと古い点がどれだけ動くかを見てください。",
            "Where do points go that come after the map was made? Lower right: how far old points move when all is run again.",
        ),
        controls=("data", "fresh", "perplexity", "neighbors"),
        more=("n", "standard"),
        compute=compute_new,
        draw=draw_new,
        readouts=readouts_new,
        tasks=tasks_new,
        quick={"data": "iris", "fresh": 20, "neighbors": 14},
    ),
)


# ---- experiments


def _flat(r: Side, method: str) -> NDArray[np.float64]:
    """Give a method's finished layout (n, 2)."""
    layout = {"pca": r.pca, "tsne": r.tsne, "umap": r.umap}[method]
    assert layout is not None
    return np.asarray(layout if layout.ndim == 2 else layout[-1])


def _widths(x: NDArray[np.float64], label: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give each class's root mean square distance from its centre, as a share of the first's."""
    parts = [x[label == c] - x[label == c].mean(axis=0) for c in np.unique(label)]
    wide = np.sqrt([(part**2).sum(axis=1).mean() for part in parts])
    return np.asarray(wide / wide[0])


def _gaps(x: NDArray[np.float64], label: NDArray[np.int64]) -> float:
    """Say how many times farther the third class is from the second than the first is."""
    a, b, c = (x[label == i].mean(axis=0) for i in range(3))
    return float(np.linalg.norm(c - b) / np.linalg.norm(a - b))


def _along(r: Side, method: str) -> float:
    """Rank correlation of distances along the roll with those on the map."""
    value = layouts.sample(Source("swiss_roll")).value
    return float(core.shepard(value[:, None], _flat(r, method)).correlation)


def _ranks(r: Side) -> dict[str, float]:
    """Rank correlation of true distances with those on each map."""
    return {key: float(core.shepard(r.problem.x, _flat(r, key)).correlation) for key in ("pca", "tsne", "umap")}


@functools.lru_cache(maxsize=8)
def _silhouette(r: Side, method: str) -> float:
    return float(core.clumps(_flat(r, method), most=12).silhouette)


def _no_transform() -> bool:
    with IMPORTS:
        from sklearn.manifold import TSNE

    return not hasattr(TSNE, "transform")


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        id="variance",
        scene="keep",
        question=T(
            "手書き数字は 64 次元です。PCA のはじめの 2 成分は、分散の何 % を持つでしょうか。",
            "Digits have 64 dimensions. How much of the variance do the first two components hold?",
        ),
        choices=(T("10% 未満", "Below 10%"), T("28〜29%", "28 to 29%"), T("60% 以上", "60% and up")),
        answer=1,
        sets=({"n": 1797, "standard": True}, {"n": 1797}),
        check=lambda standard, plain: 0.21 < standard.ratio[:2].sum() < 0.22 and 0.28 < plain.ratio[:2].sum() < 0.29,
        claim=T(
            "全 1797 枚で 28〜29% です。画素を標準化すると、21〜22% に減ります。",
            "With all 1797 images it is 28 to 29%. With standardised pixels it is 21 to 22%.",
        ),
        evidence=lambda standard, plain: T(
            f"そのまま {100 * plain.ratio[:2].sum():.1f}%、標準化すると {100 * standard.ratio[:2].sum():.1f}%。",
            f"As they are {100 * plain.ratio[:2].sum():.1f}%, standardised {100 * standard.ratio[:2].sum():.1f}%.",
        ),
    ),
    Experiment(
        id="seed",
        scene="chance",
        question=T(
            "乱数から始めて種を変えたとき、数字の図がいちばん変わるのはどの方法でしょうか。",
            "With a random start and other seeds, which method's picture of the digits changes most?",
        ),
        choices=(T("PCA", "PCA"), T("t-SNE", "t-SNE"), T("UMAP", "UMAP")),
        answer=2,
        sets=({"start": "random"},),
        check=lambda r: 0 < 5 * np.median(r.jitter[0]) < np.median(r.jitter[1]),
        claim=T(
            "PCA は乱数を使わないので動きません。500 枚の数字では t-SNE は少しだけ、UMAP は大きく変わります。",
            "PCA uses no random numbers and never moves. On 500 digits t-SNE moves a little and UMAP a lot.",
        ),
        evidence=lambda r: T(
            f"ゆらぎの中央値は t-SNE {100 * np.median(r.jitter[0]):.1f}%、UMAP {100 * np.median(r.jitter[1]):.0f}% (図の半径に対して)。",
            f"Median jitter: t-SNE {100 * np.median(r.jitter[0]):.1f}%, UMAP {100 * np.median(r.jitter[1]):.0f}% of the map's radius.",
        ),
    ),
    Experiment(
        id="start",
        scene="chance",
        question=T(
            "UMAP を乱数でなく PCA から始めると、何がよくなるでしょうか。",
            "What gets better when UMAP starts from PCA instead of at random?",
        ),
        choices=(
            T("近くの点どうしの関係", "What is near"),
            T("遠くの点の並び方", "How far points are arranged"),
            T("どちらも変わらない", "Neither"),
        ),
        answer=1,
        sets=({"start": "random"}, {"start": "pca"}),
        check=lambda random, pca: (
            pca.scores[2, 1] - random.scores[2, 1] > 0.03 > abs(pca.scores[2, 0] - random.scores[2, 0]) * 3
        ),
        claim=T(
            "三つ組の順（大域）はよくなり、10 近傍の再現率（局所）はほとんど変わりません。大域の形の一部は、始め方が作ったものです。",
            "The order of triplets (global) gets better, the recall of 10 neighbours (local) hardly changes: part of the shape is the start's.",
        ),
        evidence=lambda random, pca: T(
            f"UMAP の三つ組 {100 * random.scores[2, 1]:.1f}% → {100 * pca.scores[2, 1]:.1f}%、再現率 {100 * random.scores[2, 0]:.1f}% → {100 * pca.scores[2, 0]:.1f}%。"
            f"t-SNE の三つ組は {100 * random.scores[1, 1]:.1f}% → {100 * pca.scores[1, 1]:.1f}%。",
            f"UMAP's triplets {100 * random.scores[2, 1]:.1f}% → {100 * pca.scores[2, 1]:.1f}%, recall {100 * random.scores[2, 0]:.1f}% → {100 * pca.scores[2, 0]:.1f}%. "
            f"t-SNE's triplets {100 * random.scores[1, 1]:.1f}% → {100 * pca.scores[1, 1]:.1f}%.",
        ),
    ),
    Experiment(
        id="noise",
        scene="side",
        question=T(
            "ただのノイズを、パープレキシティ 2 の t-SNE にかけると、どう見えるでしょうか。",
            "What does t-SNE show of pure noise at perplexity 2?",
        ),
        choices=(
            T("むらなく散る", "An even spread"),
            T("小さな塊がたくさんできる", "Many small clumps"),
            T("一点に集まる", "A single point"),
        ),
        answer=1,
        sets=({"data": "noise"}, {"data": "noise", "perplexity": 2.0}),
        check=lambda high, low: (
            layouts.crowding(_flat(low, "tsne")) < 0.75 and abs(layouts.crowding(_flat(high, "tsne")) - 1) < 0.1
        ),
        claim=T(
            "データに塊はないのに、図には塊ができます。最近点までの距離が、でたらめに散らした点より明らかに短くなります。",
            "There are no clumps in the data, but there are in the picture: nearest points stand much closer than strewn at random.",
        ),
        evidence=lambda high, low: T(
            f"最近点までの距離（でたらめな点を 1 とする）: パープレキシティ 2 で {layouts.crowding(_flat(low, 'tsne')):.2f}、30 で {layouts.crowding(_flat(high, 'tsne')):.2f}。",
            f"Distance to the nearest point, 1 if strewn at random: {layouts.crowding(_flat(low, 'tsne')):.2f} at perplexity 2, {layouts.crowding(_flat(high, 'tsne')):.2f} at 30.",
        ),
    ),
    Experiment(
        id="sizes",
        scene="side",
        question=T(
            "広がりが 1 : 3 : 9 の三つの塊は、t-SNE の図ではどんな比になるでしょうか。",
            "Three clusters are as wide as 1 : 3 : 9. What are their widths in t-SNE's picture?",
        ),
        choices=(
            T("1 : 3 : 9 のまま", "1 : 3 : 9 still"),
            T("ほぼ同じ", "Nearly equal"),
            T("逆の順", "The other way round"),
        ),
        answer=1,
        sets=({"data": "unequal"},),
        check=lambda r: (
            float(_widths(r.problem.x, r.problem.label)[2]) > 8
            and bool((np.abs(_widths(_flat(r, "tsne"), r.problem.label) - 1) < 0.1).all())
        ),
        claim=T(
            "t-SNE は、点ごとに近所の広さを決めるので、塊の大きさは消えます。UMAP でも同じです。",
            "t-SNE sets the size of each point's neighbourhood, so the sizes of clusters vanish. So they do in UMAP.",
        ),
        evidence=lambda r: T(
            "広がりの比: データ "
            + _ratio(_widths(r.problem.x, r.problem.label))
            + "、t-SNE "
            + _ratio(_widths(_flat(r, "tsne"), r.problem.label))
            + "、UMAP "
            + _ratio(_widths(_flat(r, "umap"), r.problem.label))
            + "。",
            "Widths: data "
            + _ratio(_widths(r.problem.x, r.problem.label))
            + ", t-SNE "
            + _ratio(_widths(_flat(r, "tsne"), r.problem.label))
            + ", UMAP "
            + _ratio(_widths(_flat(r, "umap"), r.problem.label))
            + ".",
        ),
    ),
    Experiment(
        id="gaps",
        scene="side",
        question=T(
            "中の塊から右の塊までは、左までの 5 倍離れています。t-SNE の図では何倍でしょうか。",
            "The right cluster is 5 times as far from the middle as the left is. How many times in t-SNE's picture?",
        ),
        choices=(T("約 5 倍", "About 5"), T("約 1 倍", "About 1"), T("約 10 倍", "About 10")),
        answer=1,
        sets=({"data": "far"},),
        check=lambda r: (
            _gaps(r.problem.x, r.problem.label) > 4.5 and 0.8 < _gaps(_flat(r, "tsne"), r.problem.label) < 1.25
        ),
        claim=T(
            "ほぼ等間隔に並びます。離れた塊どうしの距離は、t-SNE の図からは読めません。",
            "They stand evenly spaced. The distance between clusters cannot be read from t-SNE's picture.",
        ),
        evidence=lambda r: T(
            f"データ {_gaps(r.problem.x, r.problem.label):.1f} 倍、PCA {_gaps(r.pca, r.problem.label):.1f} 倍、t-SNE {_gaps(_flat(r, 'tsne'), r.problem.label):.2f} 倍、UMAP {_gaps(_flat(r, 'umap'), r.problem.label):.2f} 倍。",
            f"Data {_gaps(r.problem.x, r.problem.label):.1f}, PCA {_gaps(r.pca, r.problem.label):.1f}, t-SNE {_gaps(_flat(r, 'tsne'), r.problem.label):.2f}, UMAP {_gaps(_flat(r, 'umap'), r.problem.label):.2f}.",
        ),
    ),
    Experiment(
        id="clear",
        scene="side",
        question=T(
            "数字の図で、塊がいちばんくっきりした図は、近傍をいちばんよく保つ図でしょうか。",
            "Is the picture of the digits with the clearest clusters the one that keeps neighbours best?",
        ),
        choices=(T("はい、同じ図", "Yes, the same"), T("いいえ、別の図", "No, another one")),
        answer=1,
        sets=({},),
        check=lambda r: _silhouette(r, "umap") > _silhouette(r, "tsne") + 0.05 and r.recall[2] < r.recall[1] - 0.02,
        claim=T(
            "くっきりしているのは UMAP、近傍をよく保つのは t-SNE です。塊がはっきりした設定を選ぶのは、よい選び方ではありません。",
            "UMAP's clusters are clearer, t-SNE keeps neighbours better. Choosing settings by clear clusters is no good rule.",
        ),
        evidence=lambda r: T(
            f"シルエット: UMAP {_silhouette(r, 'umap'):.2f}、t-SNE {_silhouette(r, 'tsne'):.2f}。再現率@10: UMAP {100 * r.recall[2]:.1f}%、t-SNE {100 * r.recall[1]:.1f}%。",
            f"Silhouette: UMAP {_silhouette(r, 'umap'):.2f}, t-SNE {_silhouette(r, 'tsne'):.2f}. Recall@10: UMAP {100 * r.recall[2]:.1f}%, t-SNE {100 * r.recall[1]:.1f}%.",
        ),
    ),
    Experiment(
        id="distances",
        scene="side",
        question=T(
            "数字の図で、遠い近いの順をいちばんよく保つのはどれでしょうか。",
            "Which picture of the digits keeps the order of all distances best?",
        ),
        choices=(T("PCA", "PCA"), T("t-SNE", "t-SNE"), T("UMAP", "UMAP")),
        answer=0,
        sets=({},),
        check=lambda r: (
            _ranks(r)["pca"] > max(_ranks(r)["tsne"], _ranks(r)["umap"]) + 0.05
            and r.recall[0] < r.recall[1:3].min() / 2
        ),
        claim=T(
            "距離の順は PCA がよく保ち、近傍は t-SNE と UMAP がよく保ちます。どちらも保つ図は、ここにはありません。",
            "PCA keeps the order of distances best, t-SNE and UMAP keep neighbours. None here keeps both.",
        ),
        evidence=lambda r: T(
            "距離の順位相関: "
            + "、".join(f"{NAMES[k].ja} {v:.2f}" for k, v in _ranks(r).items())
            + "。再現率@10 は PCA だけ "
            + f"{100 * r.recall[0]:.0f}% です。",
            "Rank correlation of distances: "
            + ", ".join(f"{NAMES[k].en} {v:.2f}" for k, v in _ranks(r).items())
            + f". But PCA's recall@10 is {100 * r.recall[0]:.0f}%.",
        ),
    ),
    Experiment(
        id="roll",
        scene="side",
        question=T(
            "ロールケーキをいちばんよく広げるのは、どの方法でしょうか。",
            "Which method unrolls the Swiss roll best?",
        ),
        choices=(T("PCA", "PCA"), T("t-SNE", "t-SNE"), T("UMAP", "UMAP")),
        answer=2,
        sets=({"data": "swiss_roll", "uinit": "spectral"}, {"data": "swiss_roll"}),
        check=lambda spectral, pca: (
            _along(pca, "pca") < 0.5
            and _along(pca, "tsne") < 0.6
            and _along(pca, "umap") > 0.8
            and _along(spectral, "umap") > 0.9
        ),
        claim=T(
            "PCA は折り重ね、t-SNE は切り分けます。UMAP はかなり広げ、固有ベクトルから始めるとさらに広げます。",
            "PCA folds it, t-SNE cuts it up. UMAP unrolls much of it, and more from a spectral start.",
        ),
        evidence=lambda spectral, pca: T(
            f"ロールに沿った距離との順位相関: PCA {_along(pca, 'pca'):.2f}、t-SNE {_along(pca, 'tsne'):.2f}、UMAP {_along(pca, 'umap'):.2f}（固有ベクトルから {_along(spectral, 'umap'):.2f}）。",
            f"Rank correlation with distances along the roll: PCA {_along(pca, 'pca'):.2f}, t-SNE {_along(pca, 'tsne'):.2f}, UMAP {_along(pca, 'umap'):.2f} (spectral start {_along(spectral, 'umap'):.2f}).",
        ),
    ),
    Experiment(
        id="transform",
        scene="new",
        question=T(
            "できあがった t-SNE の地図に、scikit-learn で新しい点を置けるでしょうか。",
            "Can scikit-learn put new points in a finished t-SNE map?",
        ),
        choices=(T("置ける", "Yes"), T("置けない", "No")),
        answer=1,
        sets=({},),
        check=lambda r: _no_transform() and r.accuracy[1] > r.accuracy[0] + 0.1 and r.moved > 0,
        claim=T(
            "scikit-learn の TSNE には transform がありません。古い点を止めて置く方法ならできます。全部やり直すと、古い点も動きます。",
            "scikit-learn's TSNE has no transform. Holding old points fast works. Running all again moves old points, too.",
        ),
        evidence=lambda r: T(
            f"新しい点の正解: PCA {100 * r.accuracy[0]:.0f}%、t-SNE {100 * r.accuracy[1]:.0f}%、UMAP {100 * r.accuracy[2]:.0f}%。やり直すと、古い点は半径の {100 * r.moved:.0f}% 動きました。",
            f"New points right: PCA {100 * r.accuracy[0]:.0f}%, t-SNE {100 * r.accuracy[1]:.0f}%, UMAP {100 * r.accuracy[2]:.0f}%. Run again, old points moved by {100 * r.moved:.0f}% of the radius.",
        ),
    ),
)


def _ratio(values: NDArray[np.float64]) -> str:
    return " : ".join(f"{v:.1f}" for v in values)


# ---- the code of the page


def _code_data(p: Params) -> str:
    if p.data == "own":
        if p.table:
            code = f"""\
import numpy as np

from core.classical import projections as core

rows = np.array({[list(row) for row in p.table]})
x, label = rows[:, :-1], rows[:, -1].astype(int)
"""
            return code + ("x = core.standardized(x)\n" if p.standard else "")
        p = replace(p, data="iris")
    cut = "" if p.data in layouts.OWN_SIZE else f"[:{p.n}]"
    n = "" if p.data in (*layouts.OWN_SIZE, "digits") else f", n={p.n}"
    code = f"""\
from core.classical import projections as core

data = core.dataset("{p.data}"{n})
x, label = data.x{cut}, data.label{cut}
"""
    return code + ("x = core.standardized(x)\n" if p.standard else "")


def _code_tsne(run: TsneRun, name: str = "tsne") -> str:
    n = len(layouts.points(run.source))
    rate = "" if run.rate is None else f", learning_rate={run.rate!r}"
    return (
        f"{name} = core.tsne(x, components={run.dims}, perplexity={min(run.perplexity, (n - 1) / 3)!r}, "
        f"iterations={run.iterations},\n    exaggeration={run.exaggeration!r}{rate}, init={run.init!r}, seed={run.seed})\n"
    )


def _code_umap(run: UmapRun) -> str:
    n = len(layouts.points(run.source))
    return (
        f"umap = core.umap(x, components={run.dims}, neighbors={min(run.neighbors, n - 1)}, min_dist={run.min_dist!r},\n"
        f"    metric={run.metric!r}, init={run.init!r}, seed={run.seed})\n"
    )


def _code_maps(p: Params) -> str:
    n = len(layouts.points(source_of(p)))
    return f"""\
{_code_data(p)}pca = core.pca(x, components={dims_of(p)})
{_code_tsne(tsne_run(p))}{_code_umap(umap_run(p))}
k = {min(p.k, (n - 1) // 2)}
for name, places in (("pca", pca.embedding), ("tsne", tsne.points), ("umap", umap.points)):
    quality = core.quality(x, places, ks=[k])
"""


def _snippet_side(p: Params) -> str:
    return _code_maps(p) + '    print(name, "=", 100 * quality.recall[0])\n'


def _snippet_trust(p: Params) -> str:
    field = {"recall": "recall", "trust": "trustworthiness", "continuity": "continuity"}[p.measure]
    return _code_maps(replace(p, dims="2")) + f'    print(name, "=", quality.{field}[0])\n'


def _snippet_keep(p: Params) -> str:
    r = _scene("keep").result(p)
    shown = sorted({r.across, r.up})
    return f"""\
import numpy as np

{_code_data(p)}pca = core.pca(x, components=min(x.shape))
print("two =", 100 * pca.variance_ratio[{shown}].sum())
print("kept =", 100 * pca.variance_ratio[:{r.kept}].sum())
print("error =", np.sqrt(np.mean((x - pca.reconstruct({r.kept})) ** 2)))
"""


def _snippet_chance(p: Params) -> str:
    run = Chance(source_of(p), p.start, p.perplexity, p.neighbors)
    return f"""\
import numpy as np

from core.classical.layouts import Chance, Source, jitter, made_chance, work_chance

run = {run!r}
found = made_chance(run) or work_chance(run)  # made ahead, or 20 runs now
print("tsne =", 100 * np.median(jitter(found.tsne)))
print("umap =", 100 * np.median(jitter(found.umap)))
print("pca =", 0.0)  # no random numbers
"""


def _snippet_lie(p: Params) -> str:
    run = QUESTIONS[p.question - 1].run
    given = answers_of(p)
    truth = tuple("yes" if q.yes else "no" for q in QUESTIONS)
    return f"""\
from core.classical import projections as core
from core.classical.layouts import {type(run).__name__}, Source, made, points, work

run = {run!r}
layout = made(run) or work(run)  # made ahead, or worked out now
answers, truth = {given}, {truth}
print("right =", sum(a == t for a, t in zip(answers, truth)))
print("recall =", 100 * core.quality(points(run.source), layout.last, ks=[10]).recall[0])
"""


def _snippet_new(p: Params) -> str:
    n = len(layouts.points(source_of(p))) - fresh_of(p)
    return f"""\
import numpy as np

from core.classical.neighbors import kneighbors
{_code_data(p)}{_code_label(p)}old, new = x[:{n}], x[{n}:]
pca = core.pca(old)
tsne = core.tsne(old, perplexity={min(p.perplexity, (n - 1) / 3)!r}).points
umap, umap_new = core.umap_place(old, new, neighbors={min(p.neighbors, n - 1)})
places = {{
    "pca": (pca.embedding, pca.transform(new)),
    "tsne": (tsne, core.place(old, tsne, new)),
    "umap": (umap.points, umap_new),
}}
for name, (before, after) in places.items():
    near = kneighbors(before, after, k=1)[1][:, 0]
    print(name, "=", 100 * np.mean(label[near] == label[{n}:]))
again = core.tsne(x, perplexity={min(p.perplexity, (n - 1) / 3)!r}).points
again = core.align(tsne, again[:{n}]).apply(again[:{n}])
radius = np.sqrt(((tsne - tsne.mean(axis=0)) ** 2).sum(axis=1).mean())
print("moved =", 100 * np.median(np.hypot(*(again - tsne).T)) / radius)
"""


def _code_label(p: Params) -> str:
    """Where labels are stretches of something continuous, say so."""
    if not problem(source_of(p)).continuous:
        return ""
    return f"label = np.minimum((data.value[:{p.n}] * 5).astype(int), 4)\n"


def _scene(name: str) -> Scene:
    return next(s for s in SCENES if s.id == name)


def snippet(p: Params, scene: str = "side") -> str:
    write = {
        "keep": _snippet_keep,
        "trust": _snippet_trust,
        "chance": _snippet_chance,
        "lie": _snippet_lie,
        "new": _snippet_new,
    }.get(scene, _snippet_side)
    return write(p)
