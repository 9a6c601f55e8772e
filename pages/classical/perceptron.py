"""Lesson: the perceptron learns a line, one mistake at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import perceptron as core
from core.data import load
from figures.classical import perceptron as figures
from figures.spec import Card, Playhead, Row, Stage, T
from ui.params import choice, hand_points, hand_window, slider
from ui.scene import Experiment, Readout, Scene

FRAMES = 300  # at most; the first and the last update are always among them

IRIS = {
    "iris": ((0, 1), T("アヤメ: setosa と versicolor", "Iris: setosa, versicolor")),
    "iris_hard": ((1, 2), T("アヤメ: versicolor と virginica", "Iris: versicolor, virginica")),
}
MADE = {  # name in core.data, points, noise that belongs to the data itself
    "xor4": ("xor", 4, 0.0, T("XOR の 4 点", "XOR, four points")),
    "blobs": ("blobs", 100, 0.3, T("二つの塊", "Two blobs")),
    "thin_margin": ("thin_margin", 100, 0.0, T("すきまの細い二群", "A thin gap")),
    "outlier": ("outlier", 60, 0.2, T("外れ値ひとつ", "One outlier")),
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
        T("学習則", "Rule"), {"perceptron": T("パーセプトロン", "Perceptron"), "pocket": T("ポケット", "Pocket")}
    )
    order: str = choice(
        T("例を見せる順", "Order"), {"fixed": T("いつも同じ", "Fixed"), "shuffled": T("毎回まぜる", "Shuffled")}
    )
    init: str = choice(T("はじめの重み", "Initial weights"), {"zero": T("ゼロ", "Zero"), "random": T("乱数", "Random")})
    map: str = choice(
        T("特徴の写像", "Feature map"),
        {"linear": T("そのまま", "As they are"), "quadratic": T("2 次の項も", "With squares")},
    )
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
    weights: NDArray[np.float64]  # (f, d+1)
    samples: NDArray[np.int64]  # (f,) example that caused the frame's update, -1 at the start
    epoch: NDArray[np.int64]  # (f,)
    mistake: NDArray[np.uint8]  # (f, n)
    before: NDArray[np.float64]  # (f, d+1) weights just before the frame's update
    score: NDArray[np.float64]  # (f,) of the example, before the update
    accuracy: float  # of the last weights


@dataclass(frozen=True, eq=False)
class Stopping:
    """A run, and what theory says of its data."""

    learning: Learning
    separability: Any


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
    return Problem(data.x, data.y, (T("クラス 0", "Class 0"), T("クラス 1", "Class 1")), (T("x₁", "x₁"), T("x₂", "x₂")))


def compute(p: Params) -> Learning:
    """Fit, and sample the run to frames."""
    data = problem(p)
    if len(data.x) == 0:
        return _nothing(data, p)
    x = core.features(data.x, p.map)
    trace = core.fit(x, data.y, rule=p.rule, rate=p.rate, epochs=p.epochs, order=p.order, init=p.init, seed=p.seed)
    updates = len(trace.samples)
    frames = np.unique(np.linspace(0, updates, min(updates + 1, FRAMES)).round().astype(int))
    started = frames > 0
    cause = frames[started] - 1  # the update that led to each frame but the first
    samples = np.concatenate([[-1], trace.samples[cause]])
    before = np.vstack([trace.current[:1], trace.current[cause]])
    mistake = (core.predict(trace.weights[frames], x) != data.y).astype(np.uint8)
    score = np.concatenate([[np.nan], (before[1:] * _augmented(x)[trace.samples[cause]]).sum(axis=1)])
    return Learning(
        problem=data,
        trace=trace,
        frames=frames,
        weights=trace.weights[frames],
        samples=samples,
        epoch=np.concatenate([[0], trace.epoch[cause]]),
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
        data, None, zero, w, zero - 1, zero, np.zeros((1, 0), np.uint8), w, np.array([np.nan]), float("nan")
    )


def compute_stopping(p: Params) -> Stopping:
    """Fit, and decide before training whether the data can be separated."""
    learning = compute(p)
    data = learning.problem
    return Stopping(learning, core.separability(core.features(data.x, p.map), data.y) if len(data.x) else None)


def _augmented(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hstack([np.ones((len(x), 1)), x])


# ---- pictures


def _view(p: Params) -> str:
    """Name what is shown: the reader's zoom is kept while it stays the same."""
    return f"{p.data} {p.features if p.data in IRIS else ''}"


def _plane(r: Learning, p: Params, over: Any = (), *, editable: bool = True) -> Any:
    data = r.problem
    wrong = int(r.mistake[-1].sum())
    return figures.plane(
        data.x,
        data.y,
        r.weights,
        ring=r.samples,
        mistake=r.mistake,
        names=data.names,
        axis_names=data.axes,
        view=_view(p),
        window=p.window if p.data == "own" else (),
        over=over,
        editable=editable,
        alt=T(
            f"{len(data.x)} 個の点とパーセプトロンの境界。最後の境界は {wrong} 個を間違えます。",
            f"{len(data.x)} points and the perceptron's boundary. The last boundary gets {wrong} of them wrong.",
        ),
    )


def _card(r: Learning, p: Params) -> Card:
    asked = r.samples >= 0
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
                np.where(asked, np.where(target == 1, 1, 2), 0),
                words=(
                    T("まだない", "none yet"),
                    T("[1, x] を足す", "add [1, x]"),
                    T("[1, x] を引く", "subtract [1, x]"),
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
    return Stage(
        figures=(_plane(r, p), _mistakes(r, p)),
        cards=(_card(r, p),),
        grid=("plane mistakes", "plane card"),
        columns="minmax(0, 1.75fr) minmax(0, 1fr)",
        playhead=_playhead(r),
        height=470,
        note=_note(r),
    )


def draw_sum(r: Learning, p: Params) -> Stage:
    names = (T("w₁", "w₁"), T("w₂", "w₂"))
    started = r.samples >= 0
    before = np.where(started[:, None], r.before[:, 1:3], r.weights[:, 1:3])
    step = np.where(started, np.where(r.score >= 0, -1.0, 1.0), 0.0)[:, None]
    x = core.features(r.problem.x, p.map)[:, :2] if len(r.problem.x) else np.zeros((1, 2))
    after = before + p.rate * step * x[np.maximum(r.samples, 0)]
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
        note=_note(r),
    )


def draw_stopping(r: Stopping, p: Params) -> Stage:
    run, s = r.learning, r.separability
    linear = p.map == "linear"
    bounded = s is not None and s.separable and p.init == "zero" and np.isfinite(s.bound)
    over = (
        figures.walls(run.problem.x, s.augmented_weights if s.separable else None, s.radius)
        if s is not None and linear
        else ()
    )
    norms = np.linalg.norm((run.trace.current if run.trace is not None else run.weights)[run.frames], axis=1) / p.rate
    corridor = figures.corridor(
        norms,
        run.frames,
        s.augmented_margin if bounded else 0.0,
        s.radius if s is not None else 1.0,
        bounded=bounded,
        view=f"{_view(p)} corridor",
        alt=T(
            f"更新 {run.frames[-1]} 回での重みの長さ。"
            + (f"壁は {s.bound:.0f} 回で閉じます。" if bounded else "上と下の壁はありません。"),
            f"The length of w over {run.frames[-1]} updates. "
            + (f"The walls meet at {s.bound:.0f}." if bounded else "There are no walls."),
        ),
    )
    note = _note(run)
    if note is None and s is not None and not s.separable:
        note = T(
            "線形計画で確かめました。この点を分ける直線はありません。学習は止まりません。",
            "Checked by a linear program: no line separates these points. Learning will not stop.",
        )
    elif note is None and p.init != "zero":
        note = T(
            "(R/γ)² の上限は、重みをゼロから始めたときの定理です。",
            "The bound (R/γ)² is a theorem for weights that start at zero.",
        )
    return Stage(
        figures=(_plane(run, p, over), corridor),
        grid=("plane corridor",),
        columns="minmax(0, 1.2fr) minmax(0, 1fr)",
        playhead=_playhead(run),
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


def readouts_stopping(r: Stopping, p: Params) -> tuple[Readout, ...]:
    s = r.separability
    nan = float("nan")
    separable = T("–", "–") if s is None else T("できる", "yes") if s.separable else T("できない", "no")
    return (
        Readout("separable", T("線形分離", "Separable"), separable),
        Readout("updates", T("更新の回数", "Updates"), int(r.learning.frames[-1])),
        Readout("bound", T("上限 (R/γ)²", "Bound (R/γ)²"), nan if s is None else s.bound, 0),
        Readout("radius", T("R", "R"), nan if s is None else s.radius, 2),
        Readout("gamma", T("γ", "γ"), nan if s is None else s.augmented_margin, 3),
    )


MORE = ("features", "rule", "order", "init", "map", "seed")
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
        more=("noise", "features", "rule", "order", "map", "seed"),
        compute=compute,
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
        more=("rate", "features", "rule", "order", "map", "seed"),
        compute=compute_stopping,
        draw=draw_stopping,
        readouts=readouts_stopping,
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
"""
    return f"""\
points = np.array({[list(point) for point in p.points]})
x, y = points[:, :2], points[:, 2].astype(int)
"""


def snippet(p: Params, scene: str = "learn") -> str:
    if p.data == "own" and not p.points:
        return 'print("updates =", 0)\nprint("accuracy =", float("nan"))\n' + (
            'for name in ("bound", "radius", "gamma"):\n    print(name, "=", float("nan"))\n' if scene == "stop" else ""
        )
    code = f"""\
import numpy as np

from core.classical.perceptron import features, fit, predict{", separability" if scene == "stop" else ""}
from core.data import load

{_data_code(p)}x = features(x, "{p.map}")
trace = fit(x, y, rule="{p.rule}", rate={p.rate!r}, epochs={p.epochs}, order="{p.order}", init="{p.init}", seed={p.seed})
print("updates =", len(trace.samples))
"""
    if scene == "stop":
        return (
            code
            + """\
s = separability(x, y)
print("separable =", s.separable)
print("bound =", s.bound)
print("radius =", s.radius)
print("gamma =", s.augmented_margin)
"""
        )
    return (
        code
        + """\
print("accuracy =", 100 * np.mean(predict(trace.weights[-1], x) == y))
print("stopped =", trace.converged, len(trace.mistakes))
"""
    )
