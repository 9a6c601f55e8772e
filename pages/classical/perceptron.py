"""Lesson: the perceptron learns a line, one mistake at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import perceptron as core
from core.data import load
from figures.classical import perceptron as figures
from figures.spec import Card, Playhead, Row, Stage, T
from ui.params import choice, hand_points, hand_window, slider, toggle
from ui.scene import Experiment, Readout, Scene

C = 1.0  # of the SVM laid over the plane
RIDGE = 1e-3  # of the logistic regression
SHUFFLES = 200
TOP = 5  # points in the ranking
FRAMES = 300  # at most; the first and the last update are always among them

IRIS = {
    "iris": ((0, 1), T("アヤメ: setosa と versicolor", "Iris: setosa, versicolor")),
    "iris_hard": ((1, 2), T("アヤメ: versicolor と virginica", "Iris: versicolor, virginica")),
}
MADE = {  # name in core.data, points, noise that belongs to the data itself
    "xor4": ("xor", 4, 0.0, T("XOR の 4 点", "XOR, four points")),
    "blobs": ("blobs", 100, 0.3, T("二つの塊", "Two blobs")),
    "thin_margin": ("thin_margin", 100, 0.0, T("すきまの細い二群", "A thin gap")),
    "outlier": ("outlier", 60, 0.05, T("外れ値ひとつ", "One outlier")),
    "xor": ("xor", 100, 0.25, T("XOR の雲", "XOR clouds")),
    "moons": ("moons", 100, 0.08, T("三日月", "Moons")),
    "circles": ("circles", 100, 0.08, T("二重の円", "Circles")),
}
FEATURES = (
    T("がくの長さ (cm)", "Sepal length (cm)"),
    T("がくの幅 (cm)", "Sepal width (cm)"),
    T("花弁の長さ (cm)", "Petal length (cm)"),
    T("花弁の幅 (cm)", "Petal width (cm)"),
)
PAIRS = {
    "petal": ((2, 3), T("花弁の長さと幅", "Petal length and width")),
    "sepal": ((0, 1), T("がくの長さと幅", "Sepal length and width")),
    "lengths": ((0, 2), T("がくの長さと花弁の長さ", "Sepal and petal length")),
    "widths": ((1, 3), T("がくの幅と花弁の幅", "Sepal and petal width")),
    "long_wide": ((0, 3), T("がくの長さと花弁の幅", "Sepal length, petal width")),
    "wide_long": ((1, 2), T("がくの幅と花弁の長さ", "Sepal width, petal length")),
}


@dataclass(frozen=True)
class Params:
    """The perceptron's controls."""

    data: str = choice(
        T("データ", "Data"),
        {key: text for key, (_, text) in IRIS.items()}
        | {key: made[3] for key, made in MADE.items()}
        | {"own": T("自分の点", "My own points")},
    )
    rate: float = slider(T("学習率", "Learning rate"), 0.01, 10.0, default=1.0, log=True)
    epochs: int = slider(T("エポックの上限", "Epochs at most"), 1, 200, default=30)
    noise: float = slider(T("ノイズ", "Noise"), 0.0, 1.0, default=0.0, step=0.02, when=lambda p: p.data != "own")
    features: str = choice(
        T("二つの特徴", "Two features"),
        {k: v[1] for k, v in PAIRS.items()},
        default="lengths",
        when=lambda p: p.data in IRIS,
    )
    rule: str = choice(
        T("学習則", "Rule"),
        {
            "perceptron": T("パーセプトロン", "Perceptron"),
            "pocket": T("ポケット (一番良かった境界)", "Pocket (the best line met)"),
            "averaged": T("平均 (全部の境界の平均)", "Averaged (mean of all lines)"),
            "margin": T("余裕つき (余裕がなくても更新)", "Margin (too close counts too)"),
            "sgd": T("SGD (例をくじで引く)", "SGD (examples drawn by lot)"),
        },
    )
    margin: float = slider(
        T("余裕 (margin)", "Margin"), 0.0, 20.0, default=5.0, step=0.5, when=lambda p: p.rule == "margin"
    )
    order: str = choice(
        T("例を見せる順", "Order"),
        {"fixed": T("いつも同じ", "Fixed"), "shuffled": T("毎回まぜる", "Shuffled")},
        when=lambda p: p.rule != "sgd",
    )
    init: str = choice(T("はじめの重み", "Initial weights"), {"zero": T("ゼロ", "Zero"), "random": T("乱数", "Random")})
    map: str = choice(
        T("特徴の写像", "Feature map"),
        {"linear": T("そのまま", "As they are"), "quadratic": T("2 次の項も", "With squares")},
    )
    logistic: bool = toggle(T("ロジスティック回帰を重ねる", "Show logistic regression"))
    svm: bool = toggle(T("SVM を重ねる", "Show a linear SVM"))
    drop: bool = toggle(T("外れ値を除く", "Leave the outlier out"), when=lambda p: p.data == "outlier")
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)
    points: tuple[tuple[float, float, int], ...] = hand_points(sets={"data": "own"})
    window: tuple[float, ...] = hand_window()


@dataclass(frozen=True, eq=False)
class Problem:
    """Two classes in the plane: x (n, 2), y (n,) in {0, 1}, with names for classes and axes."""

    x: NDArray[np.float64]
    y: NDArray[np.int64]
    names: tuple[T, T]
    axes: tuple[T, T]


@dataclass(frozen=True, eq=False)
class Learning:
    """A run, sampled to the frames the playhead shows."""

    problem: Problem
    trace: Any
    frames: NDArray[np.int64]  # (f,) number of updates at each frame
    weights: NDArray[np.float64]  # (f, d+1) what is predicted with
    current: NDArray[np.float64]  # (f, d+1) what the updates are added to
    samples: NDArray[np.int64]  # (f,) example that caused the frame's update, -1 for none
    epoch: NDArray[np.int64]  # (f,)
    mistake: NDArray[np.uint8]  # (f, n)
    before: NDArray[np.float64]  # (f, d+1) current weights just before the frame's update
    score: NDArray[np.float64]  # (f,) of the example, before the update
    accuracy: float  # of the last weights
    logistic: NDArray[np.float64] | None = None  # (d+1,) where asked for
    svm: NDArray[np.float64] | None = None
    right: tuple[float, float] = (0.0, 0.0)  # the accuracies of those two


@dataclass(frozen=True, eq=False)
class Stopping:
    """A run, and what theory says of its data."""

    learning: Learning
    separability: Any
    reach: float  # √(R² + 2 margin / rate), the R of the upper wall
    bound: float  # (reach / γ)²
    hulls: tuple[NDArray[np.float64], ...]  # of both classes, where no line separates them
    overlap: NDArray[np.float64]  # (m, 2)


@dataclass(frozen=True, eq=False)
class Blame:
    """A run, and how often each point has moved its line."""

    learning: Learning  # of the weights the updates are added to, whatever the rule predicts with
    alpha: NDArray[np.int64]  # (f, n)
    rebuilt: NDArray[np.float64]  # (f, d+1) from alpha alone
    difference: float  # largest, between rebuilt and learnt weights, in the end
    top: NDArray[np.int64]  # up to TOP points with the largest alpha in the end


@dataclass(frozen=True, eq=False)
class Shuffled:
    """Many orders of the same points."""

    problem: Problem
    orders: Any
    fixed: Any  # the run in the order of the rows
    spread: float  # mean angle of the lines to their mean direction, degrees
    share: NDArray[np.float64]  # (h, w) of the lines that say class 1
    corner: tuple[float, float]
    cell: tuple[float, float]


def problem(p: Params) -> Problem:
    """Give the data the parameters ask for."""
    if p.data == "own":
        x = np.array([(a, b) for a, b, _ in p.points], dtype=float).reshape(-1, 2)
        y = np.array([label for *_, label in p.points], dtype=int)
        return Problem(x, y, (T("クラス 0", "Class 0"), T("クラス 1", "Class 1")), (T("x₁", "x₁"), T("x₂", "x₂")))
    if p.data in IRIS:
        data = load("iris", noise=p.noise, seed=p.seed)
        pair, columns = IRIS[p.data][0], PAIRS[p.features][0]
        keep = np.isin(data.y, pair)
        names = [T(data.class_names[c], data.class_names[c]) for c in pair]
        x, y = data.x[keep][:, columns], (data.y[keep] == pair[1]).astype(int)
        return Problem(x, y, (names[0], names[1]), (FEATURES[columns[0]], FEATURES[columns[1]]))
    name, n, noise, _ = MADE[p.data]
    data = load(name, n=n, noise=noise + p.noise, seed=p.seed)
    keep = np.arange(len(data.x)) != (1 if p.data == "outlier" and p.drop else -1)
    return Problem(
        data.x[keep], data.y[keep], (T("クラス 0", "Class 0"), T("クラス 1", "Class 1")), (T("x₁", "x₁"), T("x₂", "x₂"))
    )


def run(p: Params, *, current: bool = False, most: int = FRAMES) -> Learning:
    """Fit, and sample the run to `most` frames; with `current`, of the weights that learn and not those that predict."""
    data = problem(p)
    if len(data.x) == 0:
        return _nothing(data, p)
    x = core.features(data.x, p.map)
    trace = core.fit(
        x,
        data.y,
        rule=p.rule,
        rate=p.rate,
        epochs=p.epochs,
        order=p.order,
        init=p.init,
        margin=p.margin if p.rule == "margin" else 0.0,
        seed=p.seed,
    )
    updates = len(trace.samples)
    frames = np.unique(np.linspace(0, updates, min(updates + 1, most)).round().astype(int))
    cause = frames[frames > 0] - 1  # the update that led to each frame but the first
    weights, learnt = (trace.current if current else trace.weights)[frames], trace.current[frames]
    samples = np.concatenate([[-1], trace.samples[cause]])
    before = np.vstack([trace.current[:1], trace.current[cause]])
    epoch = np.concatenate([[0], trace.epoch[cause]])
    score = np.concatenate([[np.nan], (before[1:] * _augmented(x)[trace.samples[cause]]).sum(axis=1)])
    if p.rule == "averaged" and not current:
        # The mean goes on after the last update. One more frame shows where it ends.
        frames, samples = np.append(frames, updates), np.append(samples, -1)
        weights, learnt = np.vstack([weights, trace.final]), np.vstack([learnt, trace.current[-1:]])
        before, score = np.vstack([before, trace.current[-1:]]), np.append(score, np.nan)
        epoch = np.append(epoch, len(trace.mistakes) - 1)
    mistake = (core.predict(weights, x) != data.y).astype(np.uint8)
    return Learning(
        problem=data,
        trace=trace,
        frames=frames,
        weights=weights,
        current=learnt,
        samples=samples,
        epoch=epoch,
        mistake=mistake,
        before=before,
        score=score,
        accuracy=float(1 - mistake[-1].mean()),
    )


def _nothing(data: Problem, p: Params) -> Learning:
    """No points yet: one frame, and weights that are all 0."""
    w = np.zeros((1, 3 if p.map == "linear" else 6))
    zero = np.zeros(1, int)
    return Learning(
        data, None, zero, w, w, zero - 1, zero, np.zeros((1, 0), np.uint8), w, np.array([np.nan]), float("nan")
    )


def compute(p: Params) -> Learning:
    """Run, and lay the other methods over it that are asked for."""
    learning = run(p)
    data = learning.problem
    if len(data.x) == 0 or not (p.logistic or p.svm):
        return learning
    x = core.features(data.x, p.map)
    logistic = core.logistic(x, data.y, ridge=RIDGE) if p.logistic else None
    svm = core.svm(x, data.y, c=C) if p.svm else None
    right = [0.0 if w is None else float(np.mean(core.predict(w, x) == data.y)) for w in (logistic, svm)]
    return replace(learning, logistic=logistic, svm=svm, right=(right[0], right[1]))


def compute_stopping(p: Params) -> Stopping:
    """Run, and decide before training whether the data can be separated."""
    learning = run(p)
    x, y = learning.problem.x, learning.problem.y
    none, nan = np.empty((0, 2)), float("nan")
    if len(x) == 0:
        return Stopping(learning, None, nan, nan, (), none)
    s = core.separability(core.features(x, p.map), y)
    reach = float(np.sqrt(s.radius**2 + (2 * p.margin / p.rate if p.rule == "margin" else 0.0)))
    bound = (reach / s.augmented_margin) ** 2 if s.separable else s.bound
    # The hulls of the points bear witness against lines, not against curves.
    if s.separable or p.map != "linear":
        return Stopping(learning, s, reach, bound, (), none)
    hulls = tuple(core.hull(x[y == label]) for label in (0, 1))
    return Stopping(learning, s, reach, bound, hulls, core.hull_overlap(x, y))


def compute_blame(p: Params) -> Blame:
    """Run, count who moved the line, and make the weights again from the counts."""
    learning = run(p, current=True, most=180)  # each frame has a size for each point
    data, trace = learning.problem, learning.trace
    if trace is None:
        return Blame(learning, np.zeros((1, 0), int), learning.weights, float("nan"), np.zeros(0, int))
    alpha = core.blame(trace.samples, len(data.x), learning.frames)
    rebuilt = core.rebuild(alpha, core.features(data.x, p.map), data.y, rate=p.rate, start=trace.current[0])
    most = np.argsort(-alpha[-1], kind="stable")[:TOP]
    return Blame(
        learning, alpha, rebuilt, float(np.abs(rebuilt[-1] - trace.current[-1]).max()), most[alpha[-1, most] > 0]
    )


def compute_orders(p: Params) -> Shuffled:
    """Learn the same points in many orders."""
    data = problem(p)
    if len(data.x) == 0:
        return Shuffled(data, None, None, float("nan"), np.zeros((2, 2)), (0.0, 0.0), (1.0, 1.0))
    x = core.features(data.x, p.map)
    start = {"rate": p.rate, "epochs": p.epochs, "init": p.init, "seed": p.seed}
    found = core.orders(x, data.y, runs=SHUFFLES, **start)
    # A lattice well beyond the points, since the view may be wider than they are.
    centre, reach = data.x.mean(axis=0), 1.6 * max(float(np.ptp(data.x, axis=0).max()), 1.0)
    steps = np.linspace(-reach, reach, 64)
    nodes = np.stack(np.meshgrid(centre[0] + steps, centre[1] + steps), axis=-1).reshape(-1, 2)
    share = core.predict(found.weights, core.features(nodes, p.map)).mean(axis=0).reshape(64, 64)
    return Shuffled(
        data,
        found,
        core.fit(x, data.y, **start),
        core.spread(found.weights),
        share,
        (float(centre[0] - reach), float(centre[1] - reach)),
        (float(steps[1] - steps[0]),) * 2,
    )


def _augmented(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hstack([np.ones((len(x), 1)), x])


# ---- pictures


def _view(p: Params) -> str:
    """Name what is shown: the reader's zoom is kept while it stays the same."""
    return f"{p.data} {p.features if p.data in IRIS else ''}"


def _plane(r: Learning, p: Params, over: Any = (), *, crosses: bool = True, **more: Any) -> Any:
    data = r.problem
    wrong = int(r.mistake[-1].sum())
    return figures.plane(
        data.x,
        data.y,
        r.weights,
        ring=r.samples,
        mistake=r.mistake if crosses else None,
        names=data.names,
        axis_names=data.axes,
        view=_view(p),
        window=p.window if p.data == "own" else (),
        over=over,
        **more,
        alt=T(
            f"{len(data.x)} 個の点とパーセプトロンの境界。最後の境界は {wrong} 個を間違えます。",
            f"{len(data.x)} points and the perceptron's boundary. The last boundary gets {wrong} of them wrong.",
        ),
    )


def _card(r: Learning, p: Params) -> Card:
    asked = r.samples >= 0
    verdict = np.where(asked, 0, np.where(np.arange(len(asked)) > 0, 3, 0))  # no update: the start, or the last mean
    index = np.where(asked, r.samples, 0)
    target = r.problem.y[index] if len(r.problem.y) else np.zeros(len(index), int)
    output = np.where(r.score >= 0, 1, 0)
    nothing = np.nan
    return Card(
        "card",
        T("いまの例", "The current example"),
        (
            Row(T("例の番号", "Example"), np.where(asked, r.samples + 1, nothing), 0),
            Row(T("更新前の w·x + b", "w·x + b before"), r.score, 3),
            Row(T("出力", "Output"), np.where(asked, output, nothing), 0),
            Row(T("正解", "Target"), np.where(asked, target, nothing), 0),
            Row(
                T("更新", "Update"),
                np.where(asked, np.where(target == 1, 1, 2), verdict),
                words=(
                    T("まだない", "none yet"),
                    T("[1, x] を足す", "add [1, x]"),
                    T("[1, x] を引く", "subtract [1, x]"),
                    T("全体で平均する", "mean of the run"),
                ),
            ),
            Row(T("バイアス b", "Bias b"), r.weights[:, 0], 3),
            Row(T("‖w‖", "‖w‖"), np.linalg.norm(r.weights[:, 1:], axis=1), 3),
        ),
    )


def _mistakes(r: Learning, p: Params) -> Any:
    counts = r.trace.mistakes if r.trace is not None else np.zeros(1, int)
    return figures.mistakes(
        counts,
        r.epoch,
        view="mistakes",
        alt=T(
            f"エポックごとの誤りの数。最初は {counts[0]}、最後は {counts[-1]} です。",
            f"Mistakes per epoch: {counts[0]} in the first, {counts[-1]} in the last.",
        ),
    )


def _playhead(r: Learning) -> Playhead:
    return Playhead(r.frames, T("更新", "Update"))


def _note(r: Learning) -> T | None:
    if len(r.problem.x) == 0:
        return T("平面をクリックして点を置いてください。", "Click the plane to put points on it.")
    return None


def draw(r: Learning, p: Params) -> Stage:
    others = []
    if r.logistic is not None:
        right = f"{100 * r.right[0]:.0f}%"
        others.append(
            (r.logistic, T(f"ロジスティック回帰 (λ = {RIDGE:g}) {right}", f"logistic (λ = {RIDGE:g}) {right}"))
        )
    if r.svm is not None:
        name = f"SVM (C = {C:g}) {100 * r.right[1]:.0f}%"
        others.append((r.svm, T(name, name)))
    return Stage(
        figures=(_plane(r, p, others=others), _mistakes(r, p)),
        cards=(_card(r, p),),
        grid=("plane mistakes", "plane card"),
        columns="minmax(0, 1.75fr) minmax(0, 1fr)",
        playhead=_playhead(r),
        height=470,
        note=_note(r),
    )


def draw_sum(r: Learning, p: Params) -> Stage:
    names = (T("w₁", "w₁"), T("w₂", "w₂"))
    before, after = r.before[:, 1:3], r.current[:, 1:3]
    space = figures.weight_space(
        before,
        after,
        names=names,
        view=f"{_view(p)} {p.rate} {p.init}",
        alt=T(
            f"重みの空間。{r.frames[-1]} 回の更新で w は ({after[-1, 0]:.2f}, {after[-1, 1]:.2f}) に着きました。",
            f"Weight space. After {r.frames[-1]} updates w has come to ({after[-1, 0]:.2f}, {after[-1, 1]:.2f}).",
        ),
    )
    return Stage(
        figures=(space, _plane(r, p, editable=False)),
        cards=(_card(r, p),),
        grid=("weights plane", "weights card"),
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
        playhead=_playhead(r),
        height=470,
        note=_note(r) or _two_weights(p),
    )


def _two_weights(p: Params) -> T | None:
    if p.rule in ("pocket", "averaged"):
        return T(
            "矢印は学習中の w です。平面の境界は、この学習則が予測に使う w です。",
            "The arrows are the w that learns; the plane shows the w that this rule predicts with.",
        )
    return None


def draw_stopping(r: Stopping, p: Params) -> Stage:
    run, s = r.learning, r.separability
    linear = p.map == "linear"
    bounded = s is not None and s.separable and p.init == "zero" and np.isfinite(r.bound)
    over = (
        figures.walls(run.problem.x, s.augmented_weights if s.separable else None, s.radius)
        if s is not None and linear
        else []
    )
    above = []
    if r.hulls:
        over, above = over + figures.hulls(r.hulls), figures.witness(r.overlap, run.problem.x)
    norms = np.linalg.norm(run.current, axis=1) / p.rate
    corridor = figures.corridor(
        norms,
        run.frames,
        s.augmented_margin if bounded else 0.0,
        r.reach if s is not None else 1.0,
        bounded=bounded,
        view=f"{_view(p)} corridor",
        alt=T(
            f"更新 {run.frames[-1]} 回での重みの長さ。"
            + (f"壁は {r.bound:.0f} 回で閉じます。" if bounded else "上と下の壁はありません。"),
            f"The length of w over {run.frames[-1]} updates. "
            + (f"The walls meet at {r.bound:.0f}." if bounded else "There are no walls."),
        ),
    )
    note = _note(run)
    if note is None and s is not None and not s.separable and linear:
        note = T(
            "二つのクラスの凸包が重なっています。この点を分ける直線はなく、学習は止まりません。",
            "The two classes' hulls share points. So no line separates them, and learning will not stop.",
        )
    elif note is None and s is not None and not s.separable:
        note = T(
            "線形計画で確かめました。この点を分ける 2 次の曲線はありません。学習は止まりません。",
            "Checked by a linear program: no quadratic curve separates these points. Learning will not stop.",
        )
    elif note is None and p.rule == "margin":
        note = T(
            "余裕つきの更新では、上限の R² が R² + 2·余裕 ÷ 学習率 に変わります。",
            "With a margin, R² in the bound becomes R² + 2·margin ÷ rate.",
        )
    elif note is None and p.init != "zero":
        note = T(
            "(R/γ)² の上限は、重みをゼロから始めたときの定理です。",
            "The bound (R/γ)² is a theorem for weights that start at zero.",
        )
    return Stage(
        figures=(_plane(run, p, over, above=above), corridor),
        grid=("plane corridor",),
        columns="minmax(0, 1.2fr) minmax(0, 1fr)",
        playhead=_playhead(run),
        height=440,
        note=note,
    )


def draw_blame(r: Blame, p: Params) -> Stage:
    run = r.learning
    data = run.problem
    # The area of a mark, not its width, is what a reader compares: it grows with α.
    most = max(float(r.alpha[-1].max(initial=0)), 4.0)
    size = np.maximum(28 * np.sqrt(r.alpha / most), 5.0).round().astype(np.uint8)
    labels = [f"w{i}" for i in "₁₂₃₄₅"]
    rows = [Row(T("b", "b"), run.weights[:, 0], 3), Row(T("b = Σ から", "b from Σ"), r.rebuilt[:, 0], 3)]
    for i in (0, 1):
        rows.append(Row(T(labels[i], labels[i]), run.weights[:, i + 1], 3))
        rows.append(Row(T(f"{labels[i]} = Σ から", f"{labels[i]} from Σ"), r.rebuilt[:, i + 1], 3))
    first = r.top[0] + 1 if len(r.top) else 0
    return Stage(
        figures=(
            _plane(run, p, crosses=False, size=figures.Frames(size), above=[figures.numbers(data.x, r.top)]),
            figures.ranking(
                r.alpha,
                data.y,
                r.top,
                view=f"{_view(p)} ranking",
                alt=T(
                    f"境界を一番多く動かしたのは例 {first} で、{r.alpha[-1].max(initial=0)} 回です。",
                    f"Example {first} moved the line most: {r.alpha[-1].max(initial=0)} times.",
                ),
            ),
        ),
        cards=(Card("card", T("w をつくり直す", "w, made again"), tuple(rows)),),
        grid=("plane ranking", "plane card"),
        columns="minmax(0, 1.6fr) minmax(0, 1fr)",
        playhead=_playhead(run),
        height=470,
        note=_note(run)
        or (
            T(
                "この場面の境界は、学習中の w のものです。この学習則は、別の w で予測します。",
                "The line here is that of the w that learns. This rule predicts with another w.",
            )
            if p.rule in ("pocket", "averaged")
            else None
        ),
    )


FIXED = T("並びのまま", "rows as they stand")


def draw_orders(r: Shuffled, p: Params) -> Stage:
    data = r.problem
    if r.orders is None:
        weights, updates, fixed, done = np.zeros((1, 3)), np.zeros(1, int), np.zeros(3), 0
    else:
        weights, updates, fixed = r.orders.weights, r.orders.updates, r.fixed.final
        done = len(r.fixed.samples)
    note = None
    if r.orders is None:
        note = T("平面をクリックして点を置いてください。", "Click the plane to put points on it.")
    elif p.map == "quadratic":
        note = T(
            "曲線の雲は、線のかわりに色で示します。色が薄い所ほど、順によって答えが分かれます。",
            "Curves are shown as a colour. Where it is pale, the answer depends on the order.",
        )
    return Stage(
        figures=(
            figures.cloud(
                data.x,
                data.y,
                weights,
                r.share,
                corner=r.corner,
                cell=r.cell,
                other=fixed,
                other_name=FIXED,
                names=data.names,
                axis_names=data.axes,
                view=f"{_view(p)} cloud",
                window=p.window if p.data == "own" else (),
                alt=T(
                    f"{len(updates)} 通りの順で学んだ境界。向きのばらつきは平均 {r.spread:.1f} 度です。",
                    f"The lines after {len(updates)} orders. Their directions differ from the mean by {r.spread:.1f} degrees on average.",
                ),
            ),
            figures.histogram(
                updates,
                done,
                axis=T("更新の回数", "Updates"),
                other_name=FIXED,
                view=f"{_view(p)} histogram",
                alt=T(
                    f"更新の回数は {updates.min()} 回から {updates.max()} 回まで。並びのままでは {done} 回です。",
                    f"From {updates.min()} to {updates.max()} updates; {done} with the rows as they stand.",
                ),
            ),
        ),
        grid=("cloud histogram",),
        columns="minmax(0, 1.4fr) minmax(0, 1fr)",
        height=440,
        note=note,
    )


# ---- numbers


def _ending(r: Learning) -> T:
    if r.trace is None:
        return T("–", "–")
    n = len(r.trace.mistakes)
    return T(f"{n} で停止", f"after {n}") if r.trace.converged else T("止まらない", "not yet")


def readouts(r: Learning, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("updates", T("更新の回数", "Updates"), int(r.frames[-1])),
        Readout("accuracy", T("正解率", "Accuracy"), 100 * r.accuracy, 1, T("%", "%")),
        Readout("stopped", T("エポック", "Stopped"), _ending(r)),
    )


def readouts_blame(r: Blame, p: Params) -> tuple[Readout, ...]:
    alpha = r.alpha[-1]
    return (
        Readout("updates", T("更新の回数", "Updates"), int(r.learning.frames[-1])),
        Readout(
            "moved",
            T("動かした点", "Movers"),
            int((alpha > 0).sum()),
            0,
            T(f" / {len(alpha)}", f" of {len(alpha)}"),
        ),
        Readout("difference", T("二つの w の差", "Difference in w"), r.difference, 6),
    )


def readouts_orders(r: Shuffled, p: Params) -> tuple[Readout, ...]:
    o, nan = r.orders, float("nan")
    return (
        Readout("updates", T("更新の平均", "Mean updates"), nan if o is None else float(o.updates.mean()), 1),
        Readout("deviation", T("標準偏差", "SD"), nan if o is None else float(o.updates.std()), 1),
        Readout("spread", T("向きのばらつき", "Direction spread"), r.spread, 1, T("度", "°")),
        Readout(
            "stopped",
            T("止まった割合", "Stopped"),
            nan if o is None else float(100 * o.converged.mean()),
            0,
            T("%", "%"),
        ),
    )


def readouts_stopping(r: Stopping, p: Params) -> tuple[Readout, ...]:
    s = r.separability
    nan = float("nan")
    separable = T("–", "–") if s is None else T("できる", "yes") if s.separable else T("できない", "no")
    return (
        Readout("separable", T("線形分離", "Separable"), separable),
        Readout("updates", T("更新の回数", "Updates"), int(r.learning.frames[-1])),
        Readout("bound", T("上限 (R/γ)²", "Bound (R/γ)²"), nan if s is None else r.bound, 0),
        Readout("radius", T("R", "R"), nan if s is None else s.radius, 2),
        Readout("gamma", T("γ", "γ"), nan if s is None else s.augmented_margin, 3),
    )


MORE = ("features", "rule", "margin", "order", "init", "map", "logistic", "svm", "drop", "seed")
SCENES = (
    Scene(
        id="learn",
        title=T("学ぶ", "Learning"),
        lead=T(
            "✕ は間違えている点、赤い輪は境界を動かした点です。輪の点が、境界をどちらへ押すかを見てください。",
            "✕ marks a mistake; the red ring is the point that just moved the line. Watch which way it pushes.",
        ),
        controls=("data", "rate", "epochs", "noise"),
        more=MORE,
        compute=compute,
        draw=draw,
        readouts=readouts,
    ),
    Scene(
        id="sum",
        title=T("更新はベクトルの和", "The update is a sum"),
        lead=T(
            "更新は足し算です。青い w に、間違えた点の矢印を継ぎ足すと、次の w になります。",
            "The update is an addition: put the arrow of the mistaken point at the tip of the blue w, and you have the next w.",
        ),
        controls=("data", "rate", "init", "epochs"),
        more=("noise", "features", "rule", "margin", "order", "map", "drop", "seed"),
        compute=run,
        draw=draw_sum,
        readouts=readouts,
    ),
    Scene(
        id="stop",
        title=T("いつか止まるか", "Will it stop?"),
        lead=T(
            "w の長さは二つの壁のあいだを進みます。壁が閉じる所より先へは行けません。点を動かして、壁の形を変えてみてください。",
            "The length of w runs between two walls and cannot pass the place where they meet. Move a point and watch them change.",
        ),
        controls=("data", "noise", "epochs", "init"),
        more=("rate", "features", "rule", "margin", "order", "map", "drop", "seed"),
        compute=compute_stopping,
        draw=draw_stopping,
        readouts=readouts_stopping,
    ),
    Scene(
        id="who",
        title=T("だれが動かしたか", "Who moved the line?"),
        lead=T(
            "点の面積は、その点が境界を動かした回数 α です。順を「毎回まぜる」に変えて、育つ点を比べてください。",
            "A point's area is α, how often it moved the line. Shuffle the order and see which points grow then.",
        ),
        controls=("data", "noise", "epochs", "order"),
        more=("rate", "features", "rule", "margin", "init", "map", "drop", "seed"),
        compute=compute_blame,
        draw=draw_blame,
        readouts=readouts_blame,
    ),
    Scene(
        id="order",
        title=T("順番しだい", "The order decides"),
        lead=T(
            f"同じ点を {SHUFFLES} 通りの順で学びます。青い線は、それぞれが最後に着いた境界です。点を動かして、雲の広がりを比べてみてください。",
            f"The same points in {SHUFFLES} orders. Each blue line is where one ended. Move a point and watch the cloud.",
        ),
        controls=("data", "noise", "epochs", "features"),
        more=("rate", "init", "map", "drop", "seed"),
        compute=compute_orders,
        draw=draw_orders,
        readouts=readouts_orders,
    ),
)


# ---- experiments


def _directions(r: Learning) -> NDArray[np.float64]:
    """Give each boundary as a unit vector, so that equal lines are equal rows."""
    w = r.trace.weights
    norm = np.linalg.norm(w, axis=1, keepdims=True)
    return np.divide(w, norm, out=np.zeros_like(w), where=norm > 0)


def _same_lines(a: Learning, b: Learning) -> bool:
    one, two = _directions(a), _directions(b)
    return one.shape == two.shape and bool(np.allclose(one, two, atol=1e-9))


def _returns(r: Learning) -> bool:
    """Whether the weights at the end of some epoch are those of an earlier one: a cycle, since the order is fixed."""
    ends = np.searchsorted(r.trace.epoch, np.arange(len(r.trace.mistakes)), side="right")
    states = {tuple(row) for row in r.trace.current[ends]}
    return len(states) < len(ends)


OUTLIER_SEEDS = range(8)


def _turned(results: Sequence[Learning]) -> tuple[float, float, float]:
    """Give the mean angles by which the outlier turns the perceptron in shuffled and in fixed order, and the SVM."""
    pairs = list(zip(results[::2], results[1::2], strict=True))  # without the outlier, with it
    turns = [core.angle(a.weights[-1], b.weights[-1]) for a, b in pairs]
    n = len(OUTLIER_SEEDS)
    return (
        float(np.mean(turns[:n])),
        float(np.mean(turns[n:])),
        float(np.mean([core.angle(a.svm, b.svm) for a, b in pairs])),
    )


def _outlier_verdict(*results: Learning) -> bool:
    shuffled, fixed, machine = _turned(results)
    return min(shuffled, fixed) > 3 and machine < 0.1 and all(r.trace.converged for r in results)


def _outlier_evidence(*results: Learning) -> T:
    shuffled, fixed, machine = _turned(results)
    n = len(OUTLIER_SEEDS)
    return T(
        f"回った角度の平均 (種 {n} 通り): 並びのまま {fixed:.0f} 度、まぜた順 {shuffled:.0f} 度、SVM {machine:.3f} 度。",
        f"Mean turn over {n} seeds: {fixed:.0f}° with the rows as they stand, {shuffled:.0f}° shuffled, {machine:.3f}° for the SVM.",
    )


EXPERIMENTS = (
    Experiment(
        id="xor",
        scene="learn",
        question=T(
            "XOR の 4 点は、十分に長く学べば分けられるでしょうか。",
            "Given long enough, will it separate the four points of XOR?",
        ),
        choices=(
            T("いつかは分けられる", "Yes, in the end"),
            T("同じ動きを繰り返して止まらない", "No, it goes round in circles"),
            T("途中で動かなくなる", "It gets stuck"),
        ),
        answer=1,
        sets=({"data": "xor4", "epochs": 200, "map": "quadratic"}, {"data": "xor4", "epochs": 200}),
        check=lambda curved, flat: not flat.trace.converged and _returns(flat) and curved.trace.converged,
        claim=T(
            "直線では同じ重みに何度も戻り、止まりません。2 次の項を足すと止まります。",
            "With a line it comes back to the same weights and never stops. With squared features it stops.",
        ),
        evidence=lambda curved, flat: T(
            f"直線: 200 エポックで {flat.frames[-1]} 回更新。2 次: {len(curved.trace.mistakes)} エポックで停止。",
            f"Line: {flat.frames[-1]} updates in 200 epochs. Squares: stopped after {len(curved.trace.mistakes)} epochs.",
        ),
    ),
    Experiment(
        id="rate",
        scene="learn",
        question=T(
            "重みをゼロから始めます。学習率を 0.25 から 8 にすると、境界の動きは変わるでしょうか。",
            "Weights start at zero. Does raising the rate from 0.25 to 8 change how the line moves?",
        ),
        choices=(
            T("速くなる", "It gets faster"),
            T("何も変わらない", "Nothing changes"),
            T("飛び越えて止まらなくなる", "It overshoots for ever"),
        ),
        answer=1,
        sets=(
            {"rate": 0.25, "init": "random"},
            {"rate": 8.0, "init": "random"},
            {"rate": 0.25},
            {"rate": 8.0},
        ),
        check=lambda ra, rb, za, zb: _same_lines(za, zb) and not _same_lines(ra, rb),
        claim=T(
            "ゼロから始めると、境界は一つ残らず同じです。乱数から始めると変わります。",
            "From zero every single boundary is the same. From a random start they differ.",
        ),
        evidence=lambda ra, rb, za, zb: T(
            f"ゼロから: {za.frames[-1]} 回と {zb.frames[-1]} 回の更新。乱数から: {ra.frames[-1]} 回と {rb.frames[-1]} 回。",
            f"From zero: {za.frames[-1]} and {zb.frames[-1]} updates. From a random start: {ra.frames[-1]} and {rb.frames[-1]}.",
        ),
    ),
    Experiment(
        id="bound",
        scene="stop",
        question=T(
            "分けられるデータでの更新の回数は、始める前に上限がわかるでしょうか。",
            "On separable data, can the number of updates be bounded before starting?",
        ),
        choices=(
            T("わかる: (R/γ)² 回まで", "Yes: at most (R/γ)²"),
            T("学習率によるのでわからない", "No, it depends on the rate"),
            T("上限はない", "There is no bound"),
        ),
        answer=0,
        sets=({"data": "thin_margin", "epochs": 200}, {"epochs": 200}),
        check=lambda thin, iris: all(
            r.separability.separable and r.learning.frames[-1] <= r.separability.bound for r in (thin, iris)
        ),
        claim=T("更新の回数は (R/γ)² を超えません。", "The number of updates does not exceed (R/γ)²."),
        evidence=lambda thin, iris: T(
            f"アヤメ: {iris.learning.frames[-1]} ≤ {iris.separability.bound:.0f}。細いすきま: {thin.learning.frames[-1]} ≤ {thin.separability.bound:.0f}。",
            f"Iris: {iris.learning.frames[-1]} ≤ {iris.separability.bound:.0f}. Thin gap: {thin.learning.frames[-1]} ≤ {thin.separability.bound:.0f}.",
        ),
    ),
    Experiment(
        id="pocket",
        scene="learn",
        question=T(
            "分けられない versicolor と virginica では、最後の境界と、途中で一番良かった境界のどちらが良いでしょうか。",
            "Versicolor and virginica cannot be separated. Which is better: the last line, or the best one met on the way?",
        ),
        choices=(
            T("最後の境界", "The last one"),
            T("途中で一番良かった境界（ポケット）", "The best one met (pocket)"),
            T("必ず同じ", "Always the same"),
        ),
        answer=1,
        sets=(
            {"data": "iris_hard", "features": "petal", "epochs": 50},
            {"data": "iris_hard", "features": "petal", "epochs": 50, "rule": "pocket"},
        ),
        check=lambda plain, pocket: pocket.accuracy >= plain.accuracy,
        claim=T(
            "ポケットの正解率は、最後の境界の正解率以上です。",
            "The pocket's accuracy is at least that of the last line.",
        ),
        evidence=lambda plain, pocket: T(
            f"最後の境界 {100 * plain.accuracy:.0f}%、ポケット {100 * pocket.accuracy:.0f}%（学習に使った点で）。",
            f"Last line {100 * plain.accuracy:.0f}%, pocket {100 * pocket.accuracy:.0f}% (on the training points).",
        ),
    ),
    Experiment(
        id="outlier",
        scene="learn",
        question=T(
            "自分の側の遠くに、点がひとつあります。それを足すと大きく回るのは、パーセプトロンと SVM のどちらの境界でしょうか。",
            "One point lies far out on its own side. Put in, does it turn the perceptron's line more, or the SVM's?",
        ),
        choices=(
            T("パーセプトロン", "The perceptron's"),
            T("SVM", "The SVM's"),
            T("どちらも回らない", "Neither turns"),
        ),
        answer=0,
        sets=tuple(
            {"data": "outlier", "epochs": 200, "svm": True, "order": order, "seed": seed, "drop": drop}
            for order in ("shuffled", "fixed")
            for seed in reversed(OUTLIER_SEEDS)
            for drop in (True, False)
        ),
        check=_outlier_verdict,
        claim=T(
            "平均すると、パーセプトロンは 3 度より大きく回り、SVM は 0.1 度も回りません。",
            "On average the perceptron's line turns by more than 3°, the SVM's by less than 0.1°.",
        ),
        evidence=_outlier_evidence,
    ),
)


# ---- code


def _data_code(p: Params) -> str:
    if p.data in IRIS:
        (a, b), columns = IRIS[p.data][0], list(PAIRS[p.features][0])
        return f"""\
data = load("iris", noise={p.noise!r}, seed={p.seed})
keep = (data.y == {a}) | (data.y == {b})
x = data.x[keep][:, {columns}]
y = (data.y[keep] == {b}).astype(int)
"""
    if p.data in MADE:
        name, n, noise, _ = MADE[p.data]
        return f"""\
data = load("{name}", n={n}, noise={noise + p.noise!r}, seed={p.seed})
x, y = data.x, data.y
""" + ("x, y = np.delete(x, 1, axis=0), np.delete(y, 1)\n" if p.data == "outlier" and p.drop else "")
    return f"""\
points = np.array({[list(point) for point in p.points]})
x, y = points[:, :2], points[:, 2].astype(int)
"""


NEEDS = {
    "stop": ("separability",),
    "who": ("blame", "rebuild"),
    "order": ("orders", "spread"),
}
NOTHING = {
    "learn": ("accuracy",),
    "sum": ("accuracy",),
    "stop": ("bound", "radius", "gamma"),
    "who": ("difference",),
    "order": ("updates", "deviation", "spread", "stopped"),
}


def snippet(p: Params, scene: str = "learn") -> str:
    if p.data == "own" and not p.points:
        zero = {"who": ("updates", "moved"), "order": ()}.get(scene, ("updates",))
        return "".join(f'print("{key} =", 0)\n' for key in zero) + "".join(
            f'print("{key} =", float("nan"))\n' for key in NOTHING[scene]
        )
    over = [name for name in ("logistic", "svm") if scene == "learn" and getattr(p, name)]
    uses = ["features", *(["predict"] if scene in ("learn", "sum") else []), *NEEDS.get(scene, ()), *over]
    uses += ["fit"] if scene != "order" else []
    margin = f", margin={p.margin!r}" if p.rule == "margin" else ""
    code = f"""\
import numpy as np

from core.classical.perceptron import {", ".join(sorted(uses))}
from core.data import load

{_data_code(p)}x = features(x, "{p.map}")
"""
    if scene == "order":
        return (
            code
            + f"""\
o = orders(x, y, runs={SHUFFLES}, rate={p.rate!r}, epochs={p.epochs}, init="{p.init}", seed={p.seed})
print("updates =", o.updates.mean())
print("deviation =", o.updates.std())
print("spread =", spread(o.weights))
print("stopped =", 100 * o.converged.mean())
"""
        )
    code += f"""\
trace = fit(
    x, y, rule="{p.rule}", rate={p.rate!r}, epochs={p.epochs}, order="{p.order}", init="{p.init}"{margin}, seed={p.seed}
)
print("updates =", len(trace.samples))
"""
    if scene == "stop":
        reach = f" + 2 * {p.margin!r} / {p.rate!r}" if p.rule == "margin" else ""
        bound = f"(s.radius**2{reach}) / s.augmented_margin**2 if s.separable else s.bound" if reach else "s.bound"
        return (
            code
            + f"""\
s = separability(x, y)
print("separable =", s.separable)
print("bound =", {bound})
print("radius =", s.radius)
print("gamma =", s.augmented_margin)
"""
        )
    if scene == "who":
        return (
            code
            + f"""\
alpha = blame(trace.samples, len(x), [len(trace.samples)])[0]
w = rebuild(alpha, x, y, rate={p.rate!r}, start=trace.current[0])
print("moved =", np.count_nonzero(alpha))
print("difference =", np.abs(w - trace.current[-1]).max())
"""
        )
    code += """\
print("accuracy =", 100 * np.mean(predict(trace.final, x) == y))
print("stopped =", trace.converged, len(trace.mistakes))
"""
    for name in over:
        argument = f"ridge={RIDGE!r}" if name == "logistic" else f"c={C!r}"
        code += f'print("{name} =", 100 * np.mean(predict({name}(x, y, {argument}), x) == y))\n'
    return code
