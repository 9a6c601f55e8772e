"""Lesson: gradients that vanish or explode on their way down a deep network, and what keeps them alive."""

import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.neural import gradients as core
from core.neural.gradients import Config, Trial
from figures.neural import gradients as figures
from figures.spec import BLUE, GREEN, OTHER, Frames, Playhead, Stage, T
from ui.params import choice, slider, toggle
from ui.scene import Experiment, Part, Readout, Scene, Task

BATCH = 32  # examples sent through a network
FLOOR_BATCH = 16  # four passes a move
JACOBIAN = 128  # widest Jacobian that is decomposed
FRAMES = 40  # of a training run
TIME_BATCH = 48  # sequences
LSTM_WIDTH, LSTM_BATCH = 32, 16
LOW, HIGH = -1.0, 1.0  # log₁₀ of a ratio of gradients that still counts as healthy

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Params:
    """The controls of vanishing and exploding gradients."""

    depth: int = slider(T("層の数", "Depth"), 2, 100, default=20)
    activation: str = choice(
        T("活性化関数 φ", "Activation φ"),
        {
            "sigmoid": T("シグモイド", "Sigmoid"),
            "tanh": T("tanh", "tanh"),
            "relu": T("ReLU", "ReLU"),
            "leaky_relu": T("Leaky ReLU", "Leaky ReLU"),
            "gelu": T("GELU", "GELU"),
            "selu": T("SELU", "SELU"),
            "linear": T("なし（線形）", "None (linear)"),
        },
    )
    init: str = choice(
        T("初期化", "Initialisation"),
        {
            "xavier": T("Xavier", "Xavier"),
            "he": T("He", "He"),
            "lecun": T("LeCun", "LeCun"),
            "normal": T("ガウス N(0, 1/n)", "Gaussian N(0, 1/n)"),
            "orthogonal": T("直交", "Orthogonal"),
            "zero": T("すべて 0", "All zero"),
        },
        help=T(
            "入口と出口の幅が等しい層では、Xavier と LeCun とガウスの分散は同じです。He はその 2 倍です。",
            "Where a layer is as wide as its input, Xavier, LeCun and Gaussian have the same variance. He has twice that.",
        ),
    )
    gain: float = slider(
        T("重みの倍率", "Gain"), 0.1, 16.0, default=1.0, log=True, unit=T("倍", "×"), when=lambda p: p.init != "zero"
    )
    bias: float = slider(T("バイアスの広がり σ_b", "Spread of biases σ_b"), 0.0, 2.0, default=0.0, step=0.02)
    width: int = slider(T("層の幅", "Width"), 8, 512, default=128, log=True)
    residual: bool = toggle(T("残差接続", "Residual connections"))
    norm: str = choice(
        T("正規化", "Normalisation"),
        {
            "none": T("なし", "None"),
            "layer": T("LayerNorm", "LayerNorm"),
            "batch": T("BatchNorm", "BatchNorm"),
        },
    )
    order: str = choice(
        T("直す順番", "Order of fixes"),
        {
            "init": T("初期化から", "Initialisation first"),
            "activation": T("活性化関数から", "Activation first"),
            "residual": T("残差接続から", "Residual first"),
            "norm": T("正規化から", "Normalisation first"),
        },
    )
    versus: str = choice(
        T("比べる相手 B", "Compare with B"),
        {
            "residual": T("A に残差接続を足す", "A plus residuals"),
            "batch": T("A に BatchNorm を足す", "A plus BatchNorm"),
            "layernorm": T("A に LayerNorm を足す", "A plus LayerNorm"),
            "he": T("ReLU と He", "ReLU with He"),
            "orthogonal": T("tanh と直交", "tanh, orthogonal"),
            "adam": T("A を Adam (0.001) で", "A with Adam (0.001)"),
            "unclipped": T("A をクリップなしで", "A without clipping"),
            "global": T("A を全体でクリップ", "A clipped as a whole"),
            "layer": T("A を層ごとにクリップ", "A clipped by layer"),
            "none": T("なし", "Nothing"),
        },
    )
    optimizer: str = choice(
        T("最適化手法", "Optimiser"),
        {
            "sgd": T("SGD", "SGD"),
            "momentum": T("モメンタム", "Momentum"),
            "adam": T("Adam", "Adam"),
        },
    )
    rate: float = slider(T("学習率", "Learning rate"), 0.0001, 1.0, default=0.1, log=True)
    clip: str = choice(
        T("勾配クリッピング", "Gradient clipping"),
        {
            "none": T("なし", "None"),
            "global": T("全体のノルムで", "By the global norm"),
            "layer": T("層ごとのノルムで", "By each layer's norm"),
            "equal": T("層ごとに上限ちょうどへ", "Each layer to the limit"),
        },
        help=T(
            "「上限ちょうどへ」は、ノルムが小さい層の勾配を大きくもします。",
            "“To the limit” also makes small gradients larger.",
        ),
    )
    limit: float = slider(T("ノルムの上限", "Limit of the norm"), 0.01, 1000.0, default=1.0, log=True)
    steps: int = slider(T("ステップ数", "Steps"), 20, 400, default=200, step=20)
    units: int = slider(T("学習する網の幅", "Width when trained"), 16, 96, default=64, step=16)
    radius: float = slider(T("W のスペクトル半径", "Spectral radius of W"), 0.5, 1.5, default=0.9, step=0.01)
    time: int = slider(T("ステップ数 T", "Steps T"), 5, 200, default=100, step=5)
    cell: str = choice(
        T("RNN の活性化関数", "Activation of the RNN"),
        {"tanh": T("tanh", "tanh"), "linear": T("なし（線形）", "None (linear)"), "relu": T("ReLU", "ReLU")},
    )
    forget: float = slider(
        T("LSTM の忘却ゲートのバイアス", "Forget-gate bias of the LSTM"), -1.0, 8.0, default=2.0, step=0.1
    )
    matrix: str = choice(
        T("W の形", "Shape of W"),
        {"orthogonal": T("直交", "Orthogonal"), "normal": T("ガウス", "Gaussian")},
    )
    drive: float = slider(T("入力の大きさ", "Size of inputs"), 0.0, 2.0, default=0.1, step=0.05)
    scale: int = slider(T("損失スケール 2^k の k", "Loss scale 2^k, k"), 0, 40, default=0)
    top: float = slider(T("最終層の勾配の大きさ", "Gradient at the last layer"), 1e-8, 1.0, default=1.0, log=True)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def _config(p: Params, **changes: Any) -> Config:
    """Give the network the parameters ask for."""
    return replace(
        Config(
            depth=p.depth,
            width=p.width,
            activation=p.activation,
            init=p.init,
            gain=p.gain,
            bias=p.bias,
            residual=p.residual,
            norm=p.norm,
        ),
        **changes,
    )


def _verdict(decades: float) -> T:
    """Name a ratio of gradients, given its log₁₀."""
    if decades != decades:
        return T("測れない", "no number")
    if decades < LOW:
        return T("消失", "vanishing")
    return T("爆発", "exploding") if decades > HIGH else T("健全", "healthy")


def _log10(value: float) -> float:
    return float(np.log10(value)) if 0 < value < np.inf else float("-inf") if value == 0 else float("nan")


# ---- scene 1: down the layers


@dataclass(frozen=True, eq=False)
class Layers:
    """The measured sizes, what the theory says (None if it has nothing to say), and the curves of φ."""

    found: core.Profile
    theory: core.Theory | None
    z: Array
    phi: Array
    slope: Array
    broken: int  # first layer, counted from the end that the signal enters, beyond the finite numbers; −1 for none

    @property
    def decades(self) -> float:
        """log₁₀ of the first hidden layer's gradient over the last's."""
        return _log10(self.found.ratio)

    @property
    def factor(self) -> float:
        """What a layer multiplies the gradient's size by, on average."""
        return float(np.exp(self.found.slope))

    @property
    def expected(self) -> float:
        """The same by theory."""
        if self.theory is None:
            return float("nan")
        with np.errstate(divide="ignore"):
            return float(np.exp(np.mean(0.5 * np.log(self.theory.chi))))


def compute_layers(p: Params) -> Layers:
    """Measure one network, and predict it."""
    config = _config(p)
    found = core.profile(config, batch=BATCH, seed=p.seed)
    plain = not p.residual and p.norm == "none"
    z = np.linspace(-6, 6, 121)
    up, down = np.flatnonzero(~np.isfinite(found.activation_rms)), np.flatnonzero(~np.isfinite(found.gradient_rms))
    broken = int(up[0]) if len(up) else int(down[-1]) if len(down) else -1
    return Layers(
        found,
        core.theory(config) if plain else None,
        z,
        core.activate(p.activation, z),
        core.slope(p.activation, z),
        broken,
    )


def draw_layers(r: Layers, p: Params) -> Stage:
    f = r.found
    word = _verdict(r.decades)
    main = figures.sizes(
        f.activation_rms,
        f.gradient_rms,
        (r.theory.activation_rms, r.theory.gradient_rms) if r.theory is not None else None,
        broken=r.broken,
        alt=T(
            f"層ごとの出力と勾配の大きさ。1 層目の勾配は最終層の 10 の {r.decades:.1f} 乗で、{word.ja}です。",
            f"Sizes of outputs and gradients by layer. The first layer's gradient is 10 to the {r.decades:.1f} of the last's: {word.en}.",
        ),
    )
    phi = figures.curves(
        r.z,
        r.phi,
        r.slope,
        f.pre_histogram.mean(axis=0),
        core.PRE_SPAN,
        alt=T("φ とその傾き、実際に入った値の分布。", "φ, its slope, and the inputs that came."),
    )
    grads = figures.gradients(
        f.gradient_histogram, core.GRADIENT_SPAN, alt=T("層ごとの勾配の分布。", "Distribution of gradients by layer.")
    )
    inputs = figures.inputs(
        f.pre_histogram,
        core.PRE_SPAN,
        alt=T("層ごとに φ に入る値の分布。", "Distribution of what goes into φ by layer."),
    )
    flat = figures.flat(
        f.saturated,
        f.dead,
        alt=T(
            f"傾きがほぼ 0 の割合は平均 {100 * f.saturated.mean():.0f}%、どの例でも 0 の単位は {100 * f.dead.mean():.0f}% です。",
            f"On average {100 * f.saturated.mean():.0f}% have a slope near 0, and {100 * f.dead.mean():.0f}% of the units for all examples.",
        ),
    )
    note = T(
        "どの点も、実際の誤差逆伝播で測りました。破線は、幅が無限の網の理論です。",
        "Dots: measured by real backpropagation. Dashed: theory of endlessly wide layers.",
    )
    if r.theory is None:
        note = T(
            "どの点も、実際の誤差逆伝播で測りました。理論は、残差接続も正規化もない網だけのものです。",
            "Dots: measured by real backpropagation. The theory is for plain networks only.",
        )
    if r.broken >= 0:
        note = T(
            f"{r.broken} 層で数が有限でなくなりました。そこで止め、手前までを描いています。",
            f"The numbers stopped being finite at layer {r.broken}. The picture shows what came before.",
        )
    elif f.gradient_rms[0] == 0:
        note = T(
            "重みが 0 なので、勾配は下の層に一つも届きません。",
            "The weights are zero: no gradient reaches the layers below.",
        )
    return Stage(
        (main, phi, grads, inputs, flat),
        ("sizes sizes phi", "spread inputs flat"),
        height=560,
        note=note,
    )  # fmt: skip


def readouts_layers(r: Layers, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("verdict", T("勾配", "Gradient"), _verdict(r.decades)),
        Readout("decades", T("1層目÷最終層 (log₁₀)", "1st÷last (log₁₀)"), r.decades, 1),
        Readout("factor", T("1層で", "layer"), r.factor, 3, T("倍", "×")),
        Readout("theory", T("理論 √χ", "√χ"), r.expected, 3),
    )


# ---- scene 2: the edge of chaos


@dataclass(frozen=True, eq=False)
class Edge:
    """The phases of an activation, the present network in them, and its Jacobian with two kinds of weights."""

    phases: core.Phases
    config: Config
    chi: float  # at the last layer
    typical: float  # log₁₀ of the root mean square singular value, by theory
    gaussian: Array
    orthogonal: Array


def _plain(p: Params, **changes: Any) -> Config:
    """Give the network without what the theory does not know."""
    return _config(p, residual=False, norm="none", **changes)


def compute_edge(p: Params) -> Edge:
    """Place the network among the phases, and decompose its Jacobian."""
    config = _plain(p, width=min(p.width, JACOBIAN))
    expected = core.theory(config)
    sigma = config.sigma_w
    return Edge(
        core.phases(p.activation, top_w=16.0 if p.activation == "sigmoid" else 3.0),
        config,
        float(expected.chi[-1]),
        _log10(float(expected.gradient_rms[0])),
        core.singular_values(replace(config, init="normal", gain=sigma), seed=p.seed),
        core.singular_values(replace(config, init="orthogonal", gain=sigma), seed=p.seed),
    )


def _spread(values: Array) -> float:
    """Decades between the largest and the middle singular value."""
    top, middle = float(values[0]), float(np.median(values))
    return _log10(top / middle) if middle > 0 else float("inf") if top > 0 else float("nan")


def draw_edge(r: Edge, p: Params) -> Stage:
    c, ph = r.config, r.phases
    side = T("消える側", "vanishing side") if r.chi < 1 else T("爆発する側", "exploding side")
    plane = figures.phase(
        ph.sigma_w,
        ph.sigma_b,
        ph.rate / np.log(10),
        (ph.edge_w, ph.edge_b),
        (c.sigma_w, c.bias),
        core.base_sigma(p.init),
        view=p.activation,
        alt=T(
            f"相図。σ_w = {c.sigma_w:.2f}、σ_b = {c.bias:.2f} の網は χ = {r.chi:.3f} で、{side.ja}にあります。",
            f"Phase diagram. The network at σ_w = {c.sigma_w:.2f}, σ_b = {c.bias:.2f} has χ = {r.chi:.3f}, on the {side.en}.",
        ),
    )
    spectrum = figures.spectrum(
        r.gaussian,
        r.orthogonal,
        r.typical,
        alt=T(
            f"ヤコビアンの特異値。最大と中央値の差は、ガウスで {_spread(r.gaussian):.1f} 桁、直交で {_spread(r.orthogonal):.1f} 桁です。",
            f"Singular values of the Jacobian. From the largest to the median: {_spread(r.gaussian):.1f} decades for Gaussian, {_spread(r.orthogonal):.1f} for orthogonal weights.",
        ),
    )
    note = None
    if p.residual or p.norm != "none":
        note = T(
            "理論は、残差接続も正規化もない網のものです。ここではどちらも外しています。",
            "The theory is that of plain networks: residuals and normalisation are left out here.",
        )
    elif p.width > JACOBIAN:
        note = T(f"ヤコビアンは幅 {JACOBIAN} で計算しました。", f"The Jacobian was computed at width {JACOBIAN}.")
    return Stage((plane, spectrum), ("phase spectrum",), height=460, note=note)


def readouts_edge(r: Edge, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("sigma", T("σ_w", "σ_w"), r.config.sigma_w, 2),
        Readout("chi", T("χ", "χ"), r.chi, 3),
        Readout(
            "gaussian",
            T("特異値の広がり (log₁₀): ガウス", "Spread (log₁₀): Gaussian"),
            _spread(r.gaussian),
            1,
        ),
        Readout("orthogonal", T("直交", "orthogonal"), _spread(r.orthogonal), 1),
    )


# ---- scene 3: the ladder

FIXES: dict[str, tuple[T, dict[str, Any]]] = {
    "init": (T("He", "He"), {"init": "he", "gain": 1.0}),
    "activation": (T("ReLU", "ReLU"), {"activation": "relu"}),
    "residual": (T("残差", "resid."), {"residual": True}),
    "layer": (T("Layer<br>Norm", "Layer<br>Norm"), {"norm": "layer"}),
    "batch": (T("Batch<br>Norm", "Batch<br>Norm"), {"norm": "batch"}),
}
ORDERS = {
    "init": ("init", "activation", "residual", "layer", "batch"),
    "activation": ("activation", "init", "residual", "layer", "batch"),
    "residual": ("residual", "layer", "batch", "init", "activation"),
    "norm": ("layer", "batch", "residual", "activation", "init"),
}


@functools.lru_cache(maxsize=256)
def _gradient(config: Config, seed: int) -> Array:
    """Give the size of the gradient in each layer; shared by all rungs and users."""
    return core.gradient_sizes(config, batch=BATCH, seed=seed)


@dataclass(frozen=True, eq=False)
class Ladder:
    """Gradients of the broken network, of one fix after another, and of each fix alone."""

    names: tuple[str, ...]  # of the fixes, in order
    climbed: tuple[Array, ...]  # (L + 1,) of the broken one, and after each fix
    alone: tuple[Array, ...]  # likewise, each fix on the broken one

    @staticmethod
    def decades(sizes: tuple[Array, ...]) -> Array:
        """Give log₁₀ of the first hidden layer's gradient over the last's."""
        return np.array([_log10(float(s[1] / s[-1])) if s[-1] > 0 else float("nan") for s in sizes])


def compute_ladder(p: Params) -> Ladder:
    """Mend the network step by step, and by each fix alone."""
    broken = _config(p, residual=False, norm="none")
    names = ORDERS[p.order]
    climbed, config = [_gradient(broken, p.seed)], broken
    for name in names:
        config = replace(config, **FIXES[name][1])
        climbed.append(_gradient(config, p.seed))
    alone = [_gradient(replace(broken, **FIXES[name][1]), p.seed) for name in names]
    return Ladder(names, tuple(climbed), (climbed[0], *alone))


def _rung_names(r: Ladder, plus: bool) -> list[T]:
    start = T("はじめ", "start")
    sign = "+" if plus else ""
    return [start, *(T(f"{sign}{FIXES[n][0].ja}", f"{sign}{FIXES[n][0].en}") for n in r.names)]


def draw_ladder(r: Ladder, p: Params) -> Stage:
    climbed, alone = Ladder.decades(r.climbed), Ladder.decades(r.alone)
    span = figures.decades(climbed, alone, low=-5.0, high=3.0)
    axis = T("1 層目 ÷ 最終層（対数）", "First ÷ last layer (log)")
    lines = figures.rung_lines(
        p.depth,
        r.climbed,
        [T(n.ja.replace("<br>", ""), n.en.replace("<br>", "")) for n in _rung_names(r, True)],
        alt=T("一つ直すごとの、層ごとの勾配。", "The gradient by layer after each fix."),
    )
    ladder = figures.rungs(
        "ladder",
        T("重ねて直す", "One after another"),
        _rung_names(r, True),
        climbed,
        stacked=True,
        axis=axis,
        span=span,
        alt=T(
            "順に直したときの比の桁: " + "、".join(f"{v:.1f}" for v in climbed) + "。",
            "Decades of the ratio as fixes are added: " + ", ".join(f"{v:.1f}" for v in climbed) + ".",
        ),
    )
    each = figures.rungs(
        "alone",
        T("一つだけ直す", "Each alone"),
        _rung_names(r, False),
        alone,
        stacked=False,
        axis=axis,
        span=span,
        alt=T(
            "一つだけ直したときの比の桁: " + "、".join(f"{v:.1f}" for v in alone) + "。",
            "Decades of the ratio with one fix alone: " + ", ".join(f"{v:.1f}" for v in alone) + ".",
        ),
    )
    note = None
    if p.residual or p.norm != "none":
        note = T(
            "はしごは、残差接続も正規化もない網から始まります。",
            "The ladder starts from the network without residuals and normalisation.",
        )
    return Stage((ladder, lines, each), ("ladder lines", "alone lines"), height=560,
                 columns="minmax(0, 1.25fr) minmax(0, 1fr)", note=note)  # fmt: skip


def readouts_ladder(r: Ladder, p: Params) -> tuple[Readout, ...]:
    climbed, alone = Ladder.decades(r.climbed), Ladder.decades(r.alone)
    best = 1 + int(np.nanargmin(np.abs(alone[1:]))) if np.isfinite(alone[1:]).any() else 1
    name = FIXES[r.names[best - 1]][0]
    return (
        Readout("start", T("はじめ (log₁₀)", "Start (log₁₀)"), float(climbed[0]), 1),
        Readout("end", T("すべて", "all fixed"), float(climbed[-1]), 1),
        Readout("best", T("一つだけなら", "best alone"), T(name.ja.replace("<br>", ""), name.en.replace("<br>", ""))),
        Readout("alone", T("→", "→"), float(alone[best]), 1),
    )


# ---- scene 4: does it learn?

VERSUS: dict[str, dict[str, Any]] = {  # what B changes; fields of Config, and of Trial
    "residual": {"residual": True},
    "batch": {"norm": "batch"},
    "layernorm": {"norm": "layer"},
    "he": {"activation": "relu", "init": "he", "gain": 1.0},
    "orthogonal": {"activation": "tanh", "init": "orthogonal", "gain": 1.0},
    "adam": {"optimizer": "adam", "rate": 0.001},
    "unclipped": {"clip": "none"},
    "global": {"clip": "global"},
    "layer": {"clip": "layer"},
}
OF_TRIAL = ("optimizer", "rate", "clip")


def trials(p: Params) -> dict[str, Trial]:
    """Give the runs to compare."""
    a = Trial(
        config=_config(p, width=p.units),
        steps=p.steps,
        rate=p.rate,
        optimizer=p.optimizer,
        clip=p.clip,
        limit=p.limit if p.clip != "none" or p.versus in ("global", "layer") else 1.0,
        seed=p.seed,
    )
    if p.versus == "none":
        return {"a": a}
    changes = VERSUS[p.versus]
    config = replace(a.config, **{k: v for k, v in changes.items() if k not in OF_TRIAL})
    return {"a": a, "b": replace(a, config=config, **{k: v for k, v in changes.items() if k in OF_TRIAL})}


def work(trial: Trial, report: Any) -> core.Training:
    """Train, and say how it goes."""
    last = -1.0

    def on_step(done: int, so_far: Any) -> None:
        nonlocal last
        now = time.perf_counter()
        fresh = now - last > 0.15
        if fresh:
            last = now
        report(done / trial.steps, so_far() if fresh else None)

    return trial.run(on_step)


def made(trial: Trial) -> core.Training | None:
    """Give a run made ahead."""
    return core.stored(trial, _ahead)


@functools.cache
def _ahead() -> Mapping[str, Array]:
    return ahead.load("gradients/runs")


@functools.cache
def _map() -> Mapping[str, Array]:
    return ahead.load("gradients/map")


def tasks_learn(p: Params) -> dict[str, Task]:
    names = {"a": T("A の学習", "Training A"), "b": T("B の学習", "Training B")}
    return {key: Task(names[key], trial, work, made) for key, trial in trials(p).items()}


@dataclass(frozen=True, eq=False)
class Learning:
    """The runs so far, and the trainability map of the activation."""

    a: core.Training | None
    b: core.Training | None
    done: bool
    accuracy: Array | None  # (depths, sigmas)
    borders: tuple[
        tuple[Array, Array], ...
    ]  # σ_w and depth of χ = 1, and of a gradient a thousandth and a thousand times


@functools.lru_cache(maxsize=16)
def _borders(activation: str) -> tuple[tuple[Array, Array], ...]:
    """Find where theory has the gradient shrink or grow a thousandfold on its way down."""
    sigmas = core.MAP_SIGMAS[activation]
    fine = np.linspace(sigmas[0] / 2, sigmas[-1] + sigmas[0] / 2, 40)
    depth = core.MAP_DEPTHS[-1] + 3
    sums = np.array([
        np.cumsum(0.5 * np.log(core.theory(Config(depth=depth, width=1, activation=activation, init="normal",
                                                  gain=float(s))).chi))
        for s in fine
    ])  # fmt: skip
    layers = np.arange(1, depth + 1)
    found = []
    for sign in (-1, 1):
        reached = sign * sums >= np.log(1000.0)
        first = np.where(reached.any(axis=1), layers[reached.argmax(axis=1)], np.nan)
        found.append((fine, first.astype(float)))
    last = sums[:, -1] - sums[:, -2]
    change = np.flatnonzero((last[:-1] < -1e-3) & (last[1:] >= -1e-3))
    edge = np.full(2, fine[change[0] + 1] if len(change) else np.nan)
    return ((edge, np.array([core.MAP_DEPTHS[0] - 2.5, core.MAP_DEPTHS[-1] + 2.5])), *found)


def compute_learn(p: Params, parts: Mapping[str, Part]) -> Learning:
    """Gather the runs, and the map."""
    a, b = parts["a"], parts.get("b", Part(None, True))
    if p.activation not in core.MAP_SIGMAS:
        return Learning(a.value, b.value, a.done and b.done, None, ())
    names, rows = tuple(core.MAP_SIGMAS), (len(core.MAP_DEPTHS), len(core.MAP_SIGMAS[p.activation]))
    size = rows[0] * rows[1]
    start = names.index(p.activation) * size
    accuracy = _map()["accuracy"][start : start + size].reshape(rows).copy()
    return Learning(a.value, b.value, a.done and b.done, accuracy, _borders(p.activation))


A, B = T("A", "A"), T("B", "B")


def draw_learn(r: Learning, p: Params) -> Stage:
    runs = [(c, n, run) for c, n, run in ((BLUE, A, r.a), (OTHER, B, r.b)) if run is not None and len(run.loss)]
    longest = max((len(run.loss) for *_, run in runs), default=0)
    moving = r.done and longest > 1
    at = np.unique(np.linspace(0, longest - 1, FRAMES).round().astype(int)) if moving else np.array([longest - 1])

    def shown(values: Array, steps: int) -> Any:
        rows = figures.log10(values[np.minimum(at, steps - 1)]).astype(np.float32)
        return Frames(rows) if moving else rows[0]

    now = None
    if moving:
        places = np.minimum(at[:, None], [len(run.loss) - 1 for *_, run in runs])
        heights = np.stack([run.loss[places[:, i]] for i, (*_, run) in enumerate(runs)], axis=1)
        now = Frames(places.astype(np.float32)), Frames(np.minimum(heights, 3.15).astype(np.float32))
    layers = p.depth + 1
    gradient = [figures.log10(run.gradient_norm) for *_, run in runs]
    ratio = [figures.log10(run.update_ratio) for *_, run in runs]
    loss = figures.losses(
        [(c, n, run.loss) for c, n, run in runs],
        p.steps,
        core.CHANCE,
        now,
        alt=T(
            "損失。" + "、".join(f"{n.ja} は {run.loss[-1]:.2f}" for _, n, run in runs) + "。",
            "Loss. " + ", ".join(f"{n.en}: {run.loss[-1]:.2f}" for _, n, run in runs) + ".",
        ),
    )
    clipped = [shown(run.clipped_norm, len(run.loss)) if _clips(t) else None
               for (*_, run), t in zip(runs, _of(r, p), strict=True)]  # fmt: skip
    norms = figures.per_layer(
        "norms",
        T("層ごとの勾配", "Gradients by layer"),
        T("勾配のノルム（対数）", "Norm of gradient (log)"),
        [(c, n, shown(run.gradient_norm, len(run.loss))) for c, n, run in runs],
        layers,
        figures.decades(*(gradient or [np.zeros(1)]), low=-6.0, high=2.0),
        dashes=clipped,
        alt=T(
            "層ごとの勾配のノルム。点線はクリップした後です。",
            "Norm of the gradient in each layer; dotted: after clipping.",
        ),
    )
    ratios = figures.per_layer(
        "ratios",
        T("更新 ÷ 重み", "Update ÷ weight"),
        T("‖ΔW‖ ÷ ‖W‖（対数）", "‖ΔW‖ ÷ ‖W‖ (log)"),
        [(c, n, shown(run.update_ratio, len(run.loss))) for c, n, run in runs],
        layers,
        figures.decades(*(ratio or [np.zeros(1)]), low=-6.0, high=0.0),
        guide=(-3.0, T("目安 1/1000", "rule of thumb 1/1000")),
        alt=T("一歩の更新の、重みに対する大きさ。", "Size of one step's update over that of the weight."),
    )
    sigma = p.gain * core.base_sigma(p.init)
    if r.accuracy is not None:
        names = (T("χ = 1", "χ = 1"), T("1/1000", "1/1000"), T("1000 倍", "1000 ×"))
        trained = figures.trainability(
            core.MAP_SIGMAS[p.activation],
            core.MAP_DEPTHS,
            r.accuracy,
            [(x, y, n) for (x, y), n in zip(r.borders, names, strict=True)],
            (sigma, p.depth),
            core.base_sigma(p.init),
            view=p.activation,
            alt=T(
                "σ_w と深さごとの、200 ステップ後のテスト正解率。破線は理論です。輪を引くと、その網に変わります。",
                "Test accuracy after 200 steps over σ_w and depth. Dashed: theory. Drag the ring to train that network.",
            ),
        )
    else:
        trained = figures.no_map(
            T("地図があるのは tanh、ReLU、シグモイドです", "Maps exist for tanh, ReLU and sigmoid"),
            alt=T("この活性化関数の地図はありません。", "There is no map for this activation."),
        )
    head = Playhead(at + 1, T("ステップ", "step")) if moving else None
    return Stage(
        (loss, trained, norms, ratios), ("loss map", "norms ratios"), playhead=head, height=560, note=_why(r, p)
    )


def _of(r: Learning, p: Params) -> list[Trial]:
    """Give the trials of the runs that are drawn."""
    both = trials(p)
    return [both[k] for k, run in (("a", r.a), ("b", r.b)) if k in both and run is not None and len(run.loss)]


def _clips(trial: Trial) -> bool:
    return trial.clip != "none"


def _why(r: Learning, p: Params) -> T | None:
    """Say where a run left the finite numbers."""
    ja, en = "", ""
    for name, run in (("A", r.a), ("B", r.b)):
        if run is None or run.stopped < 0:
            continue
        what = {
            "activation": T("出力", "the output"),
            "loss": T("損失", "the loss"),
            "gradient": T("勾配", "the gradient"),
        }[run.cause]
        ja += f"{name} は {run.stopped + 1} ステップ目に、{run.layer} 層の{what.ja}が有限の数でなくなり、止まりました。"
        en += f"{name} stopped at step {run.stopped + 1}: {what.en} of layer {run.layer} was no longer finite. "
    if ja:
        return T(ja, en.strip())
    return T(
        f"地図の緑は {core.MAP_STEPS} ステップ後の正解率、破線は勾配が 1/1000 や 1000 倍になる理論の境目です。",
        f"Map: accuracy after {core.MAP_STEPS} steps. Dashed: theory has gradients change by 1000×.",
    )


def _final(run: core.Training | None) -> float:
    if run is None or not len(run.accuracy):
        return float("nan")
    return 100 * float(run.accuracy[-1])


def readouts_learn(r: Learning, p: Params) -> tuple[Readout, ...]:
    percent, nan = T("%", "%"), float("nan")
    loss = nan if r.a is None else r.a.final_loss
    first = r.a.gradient_norm[0] if r.a is not None and len(r.a.gradient_norm) else np.array([nan, nan])
    found = (
        Readout("a", T("テスト正解率 A", "Accuracy A"), _final(r.a), 1, percent),
        Readout("b", T("B", "B"), _final(r.b), 1, percent),
        Readout("loss", T("損失 A", "Loss A"), loss, 3),
        Readout("first", T("1層目の勾配 (log₁₀)", "Layer 1 (log₁₀)"), _log10(float(first[0])), 1),
    )
    return found if p.versus != "none" else (found[0], *found[2:])


# ---- scene 5: through time


@dataclass(frozen=True, eq=False)
class Time:
    """Gradients through the steps of an RNN and an LSTM, and through the layers of the network of scene 1."""

    rnn: core.Recurrent
    lstm: core.Lstm
    layers: Array
    clipped: Array  # (sequences,) norms of ∂loss/∂W after clipping


@functools.lru_cache(maxsize=64)
def _lstm(steps: int, forget: float, drive: float, seed: int) -> core.Lstm:
    return core.lstm(steps, width=LSTM_WIDTH, forget_bias=forget, seed=seed, drive=drive, batch=LSTM_BATCH)


def compute_time(p: Params) -> Time:
    """Send gradients back in time."""
    rnn = core.recurrent(
        p.time,
        width=64,
        radius=p.radius,
        activation=p.cell,
        seed=p.seed,
        init=p.matrix,
        drive=p.drive,
        batch=TIME_BATCH,
    )
    clipped = rnn.weight_norms * [float(core.clip_factors([n], "global", p.limit)[0]) for n in rnn.weight_norms]
    return Time(rnn, _lstm(p.time, p.forget, p.drive, p.seed), _gradient(_config(p), p.seed), clipped)


def draw_time(r: Time, p: Params) -> Stage:
    back = r.rnn.gradient_rms[0] / r.rnn.gradient_rms[-1]
    power = p.radius ** np.arange(p.time + 1.0)
    path = figures.through_time(
        p.time,
        [
            (OTHER, "solid", T(f"{p.depth} 層の網", f"the {p.depth} layers"), r.layers),
            (GREEN, "dot", T("セルの道", "cell path"), r.lstm.path_rms),
            (GREEN, "solid", T("LSTM", "LSTM"), r.lstm.gradient_rms),
            (BLUE, "solid", T("RNN", "RNN"), r.rnn.gradient_rms),
        ],
        power,
        alt=T(
            f"{p.time} ステップさかのぼると、RNN の勾配は {back:.1e} 倍になります。",
            f"Over {p.time} steps back the RNN's gradient is multiplied by {back:.1e}.",
        ),
    )
    norms = figures.norms(
        r.rnn.weight_norms,
        r.clipped,
        p.limit,
        alt=T(
            f"{len(r.clipped)} 本の系列の ∂L/∂W のノルム。上限 {p.limit:g} でクリップする前と後です。",
            f"Norms of ∂L/∂W of {len(r.clipped)} sequences, before and after clipping at {p.limit:g}.",
        ),
    )
    return Stage((path, norms), ("time norms",), height=460, columns="minmax(0, 1.7fr) minmax(0, 1fr)")


def readouts_time(r: Time, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("rnn", T("RNN (log₁₀)", "RNN (log₁₀)"), _log10(float(r.rnn.gradient_rms[0] / r.rnn.gradient_rms[-1])), 2),
        Readout("power", T("半径のべき", "radius^T"), p.time * _log10(p.radius), 2),
        Readout(
            "lstm", T("LSTM", "LSTM"), _log10(float(r.lstm.gradient_rms[0] / r.lstm.gradient_rms[-1])), 2
        ),
        Readout("clipped", T("クリップ", "clipped"), int((r.rnn.weight_norms > p.limit).sum()), 0,
                T(f" / {len(r.clipped)}", f" of {len(r.clipped)}")),
    )  # fmt: skip


# ---- scene 6: the floor of numbers


@dataclass(frozen=True, eq=False)
class Numbers:
    """The gradient in float64, and what is left of it in each format."""

    exact: Array
    fp16: core.Floor
    bf16: core.Floor
    fp32: core.Floor

    def all(self) -> dict[str, core.Floor]:
        """Give the formats by name."""
        return {"fp16": self.fp16, "bf16": self.bf16, "fp32": self.fp32}

    def flushed(self, form: str) -> int:
        """Count the layers where more than half of the gradient became zero."""
        return int((self.all()[form].zeros[:-1] > 0.5).sum())

    def overflowed(self, form: str) -> int:
        """Count the layers with a gradient that is infinite or not-a-number."""
        return int((self.all()[form].broken > 0).sum())


def compute_floor(p: Params) -> Numbers:
    """Run the passes in each format."""
    exact, found = core.floors(_config(p), scale=2.0**p.scale, size=p.top, batch=FLOOR_BATCH, seed=p.seed)
    return Numbers(exact, **found)


def draw_floor(r: Numbers, p: Params) -> Stage:
    limits = {
        k: (float(np.log10(v.least)), float(np.log10(v.normal)), float(np.log10(v.largest)))
        for k, v in core.LIMITS.items()
    }
    every = r.all()
    main = figures.floor(
        r.exact,
        {k: v.stored_rms for k, v in every.items()},
        limits,
        p.scale * float(np.log10(2)),
        alt=T(
            f"形式ごとに蓄えた勾配。fp16 では {r.flushed('fp16')} 層で 0 に流れ、{r.overflowed('fp16')} 層であふれました。",
            f"Stored gradients by format. fp16 flushed {r.flushed('fp16')} layers to zero and overflowed in {r.overflowed('fp16')}.",
        ),
    )
    lost = figures.lost(
        {k: v.zeros for k, v in every.items()},
        {k: v.broken for k, v in every.items()},
        alt=T("0 や ∞ になった勾配の割合。", "Share of gradient entries that became zero or infinite."),
    )
    error = figures.errors(
        {k: v.error for k, v in every.items()}, alt=T("勾配の相対誤差。", "Relative error of the gradient.")
    )
    note = T(
        "破線は float64 です。どの形式でも積は fp32 で足し、蓄えるたびに丸めます。",
        "Dashed is float64. In every format products are summed in fp32, and rounded when stored.",
    )
    broken = np.flatnonzero(r.fp16.activation_broken)
    down = np.flatnonzero(r.fp16.broken)
    if len(broken):
        note = T(
            f"fp16 では、{broken[0]} 層の出力が 65504 を超えてあふれました。その先は ∞ や NaN です。",
            f"In fp16 the outputs of layer {broken[0]} went beyond 65504. From there on they are ∞ or NaN.",
        )
    elif len(down):
        note = T(
            f"fp16 では、{down[-1]} 層の勾配が 65504 を超えてあふれました。損失スケールを下げてください。",
            f"In fp16 the gradient at layer {down[-1]} went beyond 65504. Lower the loss scale.",
        )
    return Stage((main, lost, error), ("floor lost", "floor errors"), height=520,
                 columns="minmax(0, 1.8fr) minmax(0, 1fr)", note=note)  # fmt: skip


def readouts_floor(r: Numbers, p: Params) -> tuple[Readout, ...]:
    layers = T(f" / {len(r.exact) - 1}", f" / {len(r.exact) - 1}")
    return (
        Readout("fp16", T("0 になった層 fp16", "Flushed: fp16"), r.flushed("fp16"), 0, layers),
        Readout("bf16", T("bf16", "bf16"), r.flushed("bf16")),
        Readout("fp32", T("fp32", "fp32"), r.flushed("fp32")),
        Readout("overflow", T("fp16 の ∞", "fp16 ∞"), r.overflowed("fp16")),
    )


NET = ("width", "bias", "residual", "norm")
SCENES = (
    Scene(
        id="layers",
        title=T("層を下る", "Down the layers"),
        lead=T(
            "青が勾配、緑が出力です。縦軸は対数です。右の最終層から左へ、青がどれだけ落ちるかを見てください。",
            "Blue is the gradient, green the outputs, on a log axis. Watch how far blue falls from the last layer, right, to the left.",
        ),
        controls=("depth", "activation", "init", "gain"),
        more=(*NET, "seed"),
        compute=compute_layers,
        draw=draw_layers,
        readouts=readouts_layers,
    ),
    Scene(
        id="edge",
        title=T("カオスの縁", "The edge of chaos"),
        lead=T(
            "青い側では勾配が消え、橙の側では爆発します。赤い輪を引いて、破線 χ = 1 の上に置いてください。",
            "Gradients vanish on the blue side and explode on the orange one. Drag the red ring onto the dashed line χ = 1.",
        ),
        controls=("activation", "gain", "bias", "depth"),
        more=("init", "width", "seed"),
        compute=compute_edge,
        draw=draw_edge,
        readouts=readouts_edge,
    ),
    Scene(
        id="ladder",
        title=T("直し方のはしご", "The fix ladder"),
        lead=T(
            "緑の帯に届けば健全です。上は一つずつ重ねた結果、下は一つだけの結果です。合わせて効くものを探してください。",
            "The green band is healthy. Fixes add up above and stand alone below. Find two that only work together.",
        ),
        controls=("order", "activation", "depth", "gain"),
        more=("init", "width", "bias", "seed"),
        compute=compute_ladder,
        draw=draw_ladder,
        readouts=readouts_ladder,
    ),
    Scene(
        id="learn",
        title=T("学べるか", "Does it learn?"),
        lead=T(
            "数字の画像で A と B を学習します。再生して、下の図の層ごとの勾配と更新の違いを見てください。地図を押すと、その網を学習します。",
            "A and B learn images of digits. Play, and compare the layers below. Click the map to train the network of that place.",
        ),
        controls=("versus", "optimizer", "rate", "clip"),
        more=("limit", "depth", "activation", "init", "gain", "bias", "residual", "norm", "units", "steps", "seed"),
        compute=compute_learn,
        draw=draw_learn,
        readouts=readouts_learn,
        tasks=tasks_learn,
        quick={"depth": 4, "steps": 40, "units": 16},
    ),
    Scene(
        id="time",
        title=T("時間をさかのぼる", "Through time"),
        lead=T(
            "RNN は同じ W を何度も掛けます。半径を 1 の前後で動かして、青い線の傾きを見てください。",
            "An RNN multiplies by the same W again and again. Move the radius around 1 and watch the slope of the blue line.",
        ),
        controls=("radius", "time", "cell", "forget"),
        more=("limit", "matrix", "drive", "depth", "activation", "init", "gain", "seed"),
        compute=compute_time,
        draw=draw_time,
        readouts=readouts_time,
    ),
    Scene(
        id="floor",
        title=T("数の限界", "The floor of numbers"),
        lead=T(
            "同じ計算を fp16、bf16、fp32 でします。線が橙の帯に入った層では、fp16 の勾配が 0 や ∞ になります。",
            "The same passes in fp16, bf16 and fp32. Where a line enters the orange bands, fp16 gradients turn into 0 or ∞.",
        ),
        controls=("scale", "depth", "activation", "gain"),
        more=("top", "init", *NET, "seed"),
        compute=compute_floor,
        draw=draw_floor,
        readouts=readouts_floor,
    ),
)


# ---- experiments


def _median(runs: tuple[Layers, ...]) -> float:
    return float(np.median([abs(r.decades) for r in runs]))


def _gap(r: Layers) -> float:
    """Measured minus predicted change of the log gradient size a layer."""
    return float(r.found.slope - np.log(r.expected))


def _run(run: core.Training | None) -> core.Training:
    assert run is not None
    return run


def _factors(run: core.Training) -> float:
    """Largest relative difference between the factors by which a step's layers were clipped."""
    factors = run.clipped_norm / run.gradient_norm
    return float((np.ptp(factors, axis=1) / factors.max(axis=1)).max())


def _first_over_last(run: core.Training) -> float:
    """Update of the first layer over that of the last hidden one, each relative to its weights, at the first step."""
    return float(run.update_ratio[0, 0] / run.update_ratio[0, -2])


WIDE = {"width": 512, "init": "normal"}
SHRINKING = {"activation": "tanh", "init": "normal", "gain": 0.7}
FAINT = {"activation": "tanh", "init": "normal", "gain": 0.8, "top": 1e-6}
EXPERIMENTS = (
    Experiment(
        id="sigmoid",
        scene="layers",
        question=T(
            "シグモイド 20 層、Xavier。1 層目の勾配は、最終層の何倍でしょうか。",
            "Twenty sigmoid layers, Xavier. How large is the first layer's gradient, compared with the last layer's?",
        ),
        choices=(
            T("10 分の 1 くらい", "About a tenth"),
            T("1000 分の 1 くらい", "About a thousandth"),
            T("100 万分の 1 より小さい", "Below a millionth"),
        ),
        answer=2,
        sets=({},),
        check=lambda r: r.found.ratio < 1e-6,
        claim=T(
            "100 万分の 1 より小さくなりました。傾きが最大でも 1/4 なので、層ごとに 4 分の 1 ほどになります。",
            "Below a millionth. The slope is at most 1/4, so each layer leaves about a quarter.",
        ),
        evidence=lambda r: T(
            f"1 層目 ÷ 最終層 = {r.found.ratio:.1e}。1 層ごとに {r.factor:.3f} 倍です。",
            f"First ÷ last = {r.found.ratio:.1e}; each layer multiplies by {r.factor:.3f}.",
        ),
    ),
    Experiment(
        id="he",
        scene="layers",
        question=T(
            "ReLU と He で 50 層にすると、勾配は保たれるでしょうか。",
            "ReLU with He, fifty layers: does the gradient keep its size?",
        ),
        choices=(
            T("10 倍の範囲に収まる", "Yes, within a factor of 10"),
            T("消える", "It vanishes"),
            T("爆発する", "It explodes"),
        ),
        answer=0,
        sets=tuple(
            {"depth": 50, "activation": "relu", "init": "he", "width": w, "seed": s}
            for w, s in ((64, 0), (64, 1), (64, 2), (128, 1), (128, 0))
        ),
        check=lambda *runs: _median(runs) < 1,
        claim=T(
            "幅 64 と 128、五つの網の中央値で、10 倍の範囲に収まりました。",
            "Within a factor of 10, in the median of five networks of width 64 and 128.",
        ),
        evidence=lambda *runs: T(
            "1 層目 ÷ 最終層: " + "、".join(f"{r.found.ratio:.2f}" for r in runs) + "。",
            "First ÷ last: " + ", ".join(f"{r.found.ratio:.2f}" for r in runs) + ".",
        ),
    ),
    Experiment(
        id="theory",
        scene="layers",
        question=T(
            "理論は、幅が無限の網のものです。幅 512 の網の傾き（1 層ごとの対数の変化）と、どれほど合うでしょうか。",
            "The theory is that of endlessly wide layers. How well does it match the slope (log change a layer) at width 512?",
        ),
        choices=(T("0.01 以内", "Within 0.01"), T("0.1 以内", "Within 0.1"), T("合わない", "Not at all")),
        answer=0,
        sets=tuple({**WIDE, "activation": a} for a in ("selu", "relu", "tanh", "sigmoid")),
        check=lambda *runs: all(abs(_gap(r)) < 0.01 for r in runs),
        claim=T(
            "四つの活性化関数で、½ log χ との差は 1 層あたり 0.01 未満でした。",
            "For four activations the slope differed from ½ log χ by less than 0.01 a layer.",
        ),
        evidence=lambda *runs: T(
            "差: "
            + "、".join(
                f"{n} {_gap(r):+.4f}" for n, r in zip(("SELU", "ReLU", "tanh", "シグモイド"), runs, strict=True)
            )
            + "。",
            "Differences: "
            + ", ".join(f"{n} {_gap(r):+.4f}" for n, r in zip(("SELU", "ReLU", "tanh", "sigmoid"), runs, strict=True))
            + ".",
        ),
    ),
    Experiment(
        id="batchnorm",
        scene="layers",
        question=T(
            "うまくいっている ReLU と He の 50 層に、BatchNorm を足します。はじめの勾配はどうなるでしょうか。",
            "BatchNorm is added to fifty healthy layers of ReLU with He. What happens to the gradient at the start?",
        ),
        choices=(T("変わらない", "Nothing"), T("消える", "It vanishes"), T("爆発する", "It explodes")),
        answer=2,
        sets=(
            {"depth": 50, "activation": "relu", "init": "he"},
            {"depth": 50, "activation": "relu", "init": "he", "norm": "batch"},
        ),
        check=lambda plain, batch: abs(plain.decades) < 1 and batch.decades > 3,
        claim=T(
            "1000 倍を超えて爆発しました。残差接続のない深い網では、BatchNorm は勾配を増やします。",
            "It exploded, more than a thousandfold. In deep networks without residuals BatchNorm makes gradients grow.",
        ),
        evidence=lambda plain, batch: T(
            f"1 層目 ÷ 最終層: なし {plain.found.ratio:.2f}、BatchNorm {batch.found.ratio:.0f}。",
            f"First ÷ last: {plain.found.ratio:.2f} without, {batch.found.ratio:.0f} with BatchNorm.",
        ),
    ),
    Experiment(
        id="isometry",
        scene="edge",
        question=T(
            "線形の 50 層。勾配の平均の大きさが同じでも、ガウスの重みと直交の重みで、何が違うでしょうか。",
            "Fifty linear layers. The average gradient is the same for Gaussian and orthogonal weights. What differs?",
        ),
        choices=(
            T("何も違わない", "Nothing"),
            T("直交なら、どの方向でも長さが保たれる", "Orthogonal ones keep every direction's length"),
            T("ガウスなら、どの方向でも長さが保たれる", "Gaussian ones keep every direction's length"),
        ),
        answer=1,
        sets=({"activation": "linear", "depth": 50, "init": "orthogonal"},),
        check=lambda r: float(np.abs(r.orthogonal - 1).max()) < 1e-9 and _spread(r.gaussian) > 2,
        claim=T(
            "直交の重みでは特異値がすべて 1 でした。ガウスの重みでは、何桁にも散らばりました。",
            "With orthogonal weights every singular value was 1. With Gaussian ones they spread over decades.",
        ),
        evidence=lambda r: T(
            f"直交: {r.orthogonal.min():.9f} から {r.orthogonal.max():.9f}。ガウス: 最大は中央値の {r.gaussian[0] / np.median(r.gaussian):.1e} 倍。",
            f"Orthogonal: {r.orthogonal.min():.9f} to {r.orthogonal.max():.9f}. Gaussian: the largest is {r.gaussian[0] / np.median(r.gaussian):.1e} times the median.",
        ),
    ),
    Experiment(
        id="together",
        scene="ladder",
        question=T(
            "シグモイドの網を、He か ReLU のどちらか一つだけで直せるでしょうか。",
            "Can He alone, or ReLU alone, mend the sigmoid network?",
        ),
        choices=(
            T("He だけで直る", "He alone does"),
            T("ReLU だけで直る", "ReLU alone does"),
            T("両方そろって直る", "Only both together"),
        ),
        answer=2,
        sets=({},),
        check=lambda r: (
            bool((Ladder.decades(r.alone)[1:3] < -2).all()) and abs(float(Ladder.decades(r.climbed)[2])) < 1
        ),
        claim=T(
            "どちらか一つでは 100 分の 1 より小さいままで、両方で 10 倍の範囲に入りました。",
            "With one of them it stayed below a hundredth; with both it came within a factor of 10.",
        ),
        evidence=lambda r: T(
            "はじめ、He だけ、ReLU だけ、両方: "
            + "、".join(f"10 の {v:.1f} 乗" for v in (*Ladder.decades(r.alone)[:3], Ladder.decades(r.climbed)[2]))
            + "。",
            "Start, He alone, ReLU alone, both: 10 to the "
            + ", ".join(f"{v:.1f}" for v in (*Ladder.decades(r.alone)[:3], Ladder.decades(r.climbed)[2]))
            + ".",
        ),
    ),
    Experiment(
        id="learns",
        scene="learn",
        question=T(
            "シグモイド 20 層の網と、それに残差接続を足した網を、200 ステップ学習します。",
            "Twenty sigmoid layers, and the same with residual connections, are trained for 200 steps.",
        ),
        choices=(
            T("どちらも学ぶ", "Both learn"),
            T("残差接続のある網だけが学ぶ", "Only the one with residuals learns"),
            T("どちらも学ばない", "Neither learns"),
        ),
        answer=1,
        sets=({},),
        check=lambda r: _run(r.a).final_loss > core.CHANCE - 0.01 and _run(r.b).accuracy[-1] > 0.9,
        claim=T(
            "そのままでは損失が当てずっぽうと変わりません。残差接続を足すと、テスト正解率は 90% を超えました。",
            "As it is, the loss is no better than guessing. With residuals, test accuracy is above 90%.",
        ),
        evidence=lambda r: T(
            f"訓練の損失: そのまま {_run(r.a).final_loss:.3f}（当てずっぽう {core.CHANCE:.3f}）。残差接続のテスト正解率 {_final(r.b):.1f}%。",
            f"Training loss as it is {_run(r.a).final_loss:.3f} (guessing: {core.CHANCE:.3f}). Test accuracy with residuals {_final(r.b):.1f}%.",
        ),
    ),
    Experiment(
        id="zero",
        scene="learn",
        question=T(
            "すべての重みを 0 から始めます。3 層の網の隠れ層の重みは、学習で動くでしょうか。",
            "All weights start at zero. Do the hidden weights of three layers move in training?",
        ),
        choices=(
            T("どの活性化関数でも動かない", "For no activation"),
            T("シグモイドだけ動くが、単位どうしは同じまま", "Only a sigmoid's, and its units stay alike"),
            T("どれも動き、単位は分かれていく", "For all, and units grow apart"),
        ),
        answer=1,
        sets=tuple(
            {"activation": a, "init": "zero", "depth": 3, "versus": "none"} for a in ("tanh", "relu", "sigmoid")
        ),
        check=lambda tanh, relu, sigmoid: (
            all(not _run(r.a).moved[:-1].any() for r in (tanh, relu))
            and bool((_run(sigmoid.a).moved[:-1] > 0).all())
            and not _run(sigmoid.a).spread[:-1].any()
        ),
        claim=T(
            "tanh と ReLU では出力が 0 なので、隠れ層の重みは少しも動きません。シグモイドでは動きますが、同じ層の単位は互いに同じままです。",
            "With tanh and ReLU outputs are 0 and no hidden weight moves at all. With a sigmoid they move, but the units of a layer stay identical.",
        ),
        evidence=lambda tanh, relu, sigmoid: T(
            f"最大の動き: tanh {_run(tanh.a).moved[:-1].max():g}、ReLU {_run(relu.a).moved[:-1].max():g}、シグモイド {_run(sigmoid.a).moved[:-1].max():.1e}。単位の差は {_run(sigmoid.a).spread[:-1].max():g}。",
            f"Largest move: tanh {_run(tanh.a).moved[:-1].max():g}, ReLU {_run(relu.a).moved[:-1].max():g}, sigmoid {_run(sigmoid.a).moved[:-1].max():.1e}. Units differ by {_run(sigmoid.a).spread[:-1].max():g}.",
        ),
    ),
    Experiment(
        id="clipping",
        scene="learn",
        question=T(
            "全体のノルムでのクリップと、層ごとのノルムでのクリップ。層どうしの勾配の比を保つのはどちらでしょうか。",
            "Clipping by the global norm, and by each layer's norm: which keeps the ratio between the layers' gradients?",
        ),
        choices=(T("全体のノルム", "The global norm"), T("層ごとのノルム", "Each layer's norm"), T("どちらも", "Both")),
        answer=0,
        sets=({"activation": "tanh", "init": "normal", "gain": 2.0, "clip": "global", "versus": "layer"},),
        check=lambda r: _factors(_run(r.a)) < 1e-6 and _factors(_run(r.b)) > 0.5,
        claim=T(
            "全体のノルムでは、すべての層が同じ倍率で縮みました。層ごとのノルムでは、倍率が層で違います。",
            "By the global norm every layer shrinks by one factor. By each layer's norm the factors differ.",
        ),
        evidence=lambda r: T(
            f"一歩の中の倍率の違い: 全体 {100 * _factors(_run(r.a)):.4f}%、層ごと {100 * _factors(_run(r.b)):.0f}%。",
            f"Difference of the factors within a step: {100 * _factors(_run(r.a)):.4f}% global, {100 * _factors(_run(r.b)):.0f}% by layer.",
        ),
    ),
    Experiment(
        id="adam",
        scene="learn",
        question=T(
            "Adam は、層ごとの勾配の大きさの違いを打ち消すと言われます。勾配がどれだけ小さくても効くでしょうか。",
            "Adam is said to even out the layers' gradients. Does that work however small they are?",
        ),
        choices=(
            T("いつも効く", "Always"),
            T("ε = 10⁻⁸ より小さいと効かない", "Not below ε = 10⁻⁸"),
            T("まったく効かない", "Never"),
        ),
        answer=1,
        sets=({**SHRINKING, "versus": "adam"}, {"versus": "adam"}),
        check=lambda mild, severe: (
            0.3 < _first_over_last(_run(mild.b)) < 3
            and _run(mild.b).accuracy[-1] > 0.4 > _run(mild.a).accuracy[-1]
            and _first_over_last(_run(severe.b)) < 1e-3
        ),
        claim=T(
            "縮みの緩い tanh では、Adam はどの層も同じくらい動かし、SGD が学べない網を学びました。シグモイドの勾配は ε より小さく、1 層目は動きません。",
            "On mildly shrinking tanh Adam moved all layers alike and learned where SGD did not. The sigmoid's gradient is below ε, and its first layer stays put.",
        ),
        evidence=lambda mild, severe: T(
            f"更新の比（1 層目 ÷ 最後の隠れ層）: tanh {_first_over_last(_run(mild.b)):.2f}、シグモイド {_first_over_last(_run(severe.b)):.1e}。tanh の正解率: SGD {_final(mild.a):.0f}%、Adam {_final(mild.b):.0f}%。",
            f"Updates, first ÷ last hidden layer: tanh {_first_over_last(_run(mild.b)):.2f}, sigmoid {_first_over_last(_run(severe.b)):.1e}. Accuracy on tanh: SGD {_final(mild.a):.0f}%, Adam {_final(mild.b):.0f}%.",
        ),
    ),
    Experiment(
        id="power",
        scene="time",
        question=T(
            "直交行列を 0.9 倍した、線形の RNN。100 ステップさかのぼると、勾配は何倍になるでしょうか。",
            "A linear RNN whose W is orthogonal, times 0.9. What becomes of the gradient over 100 steps back?",
        ),
        choices=(
            T("0.9 倍", "0.9 times"),
            T("0.9 の 100 乗、約 4 万分の 1", "0.9 to the 100th, about 1/40000"),
            T("0", "Zero"),
        ),
        answer=1,
        sets=({"cell": "linear", "radius": 0.9, "time": 100},),
        check=lambda r: abs(r.rnn.gradient_rms[0] / r.rnn.gradient_rms[-1] / 0.9**100 - 1) < 1e-9,
        claim=T("ちょうど 0.9 の 100 乗倍でした。", "It was exactly 0.9 to the 100th."),
        evidence=lambda r: T(
            f"測った比 {r.rnn.gradient_rms[0] / r.rnn.gradient_rms[-1]:.9e}、0.9¹⁰⁰ = {0.9**100:.9e}。",
            f"Measured {r.rnn.gradient_rms[0] / r.rnn.gradient_rms[-1]:.9e}; 0.9¹⁰⁰ = {0.9**100:.9e}.",
        ),
    ),
    Experiment(
        id="clip-time",
        scene="time",
        question=T(
            "勾配クリッピングは、爆発と消失のどちらに効くでしょうか。",
            "Does gradient clipping help against exploding or against vanishing gradients?",
        ),
        choices=(T("両方", "Both"), T("爆発だけ", "Exploding only"), T("消失だけ", "Vanishing only")),
        answer=1,
        sets=(
            {"cell": "linear", "radius": 0.7, "limit": 100.0},
            {"cell": "linear", "radius": 1.2, "limit": 100.0},
        ),
        check=lambda vanish, explode: (
            bool((vanish.clipped == vanish.rnn.weight_norms).all())
            and bool(np.allclose(explode.clipped, 100.0))
            and bool((explode.rnn.weight_norms > 1000.0).all())
        ),
        claim=T(
            "半径 1.2 では、すべての系列のノルムが上限に下がりました。半径 0.7 では何も変わりません。小さい勾配は小さいままです。",
            "At radius 1.2 the norm of every sequence came down to the limit. At 0.7 nothing changed: small gradients stay small.",
        ),
        evidence=lambda vanish, explode: T(
            f"ノルムの中央値: 半径 1.2 で {np.median(explode.rnn.weight_norms):.1e} から {np.median(explode.clipped):.0f} に、半径 0.7 で {np.median(vanish.rnn.weight_norms):.0f} のまま。",
            f"Median norm: from {np.median(explode.rnn.weight_norms):.1e} to {np.median(explode.clipped):.0f} at radius 1.2; {np.median(vanish.rnn.weight_norms):.0f} before and after at 0.7.",
        ),
    ),
    Experiment(
        id="fp16",
        scene="floor",
        question=T(
            "シグモイド 20 層の勾配を fp16 で計算します。fp32 と同じ層まで届くでしょうか。",
            "The gradient of twenty sigmoid layers is computed in fp16. Does it get as far down as in fp32?",
        ),
        choices=(
            T("届く", "Yes"),
            T("途中の層から 0 になる", "From some layer down it is 0"),
            T("∞ になる", "It becomes ∞"),
        ),
        answer=1,
        sets=({},),
        check=lambda r: r.flushed("fp16") >= 5 and r.flushed("fp32") == 0 and r.fp16.gradient_rms[0] == 0,
        claim=T(
            "fp16 では下の層の勾配が 0 に流れ、fp32 ではどの層も残りました。",
            "In fp16 the lower layers' gradients are flushed to 0; in fp32 every layer keeps its own.",
        ),
        evidence=lambda r: T(
            f"0 に流れた層: fp16 {r.flushed('fp16')}、bf16 {r.flushed('bf16')}、fp32 {r.flushed('fp32')}。",
            f"Layers flushed: fp16 {r.flushed('fp16')}, bf16 {r.flushed('bf16')}, fp32 {r.flushed('fp32')}.",
        ),
    ),
    Experiment(
        id="scaling",
        scene="floor",
        question=T(
            "損失を 2¹⁵ 倍してからさかのぼり、あとで割り戻します。fp16 で 0 に流れた勾配は戻るでしょうか。",
            "The loss is multiplied by 2¹⁵ before the way down, and divided out after. Do gradients flushed in fp16 come back?",
        ),
        choices=(
            T("いつも戻る", "Always"),
            T("幅が fp16 に収まるなら戻る", "If their range fits fp16"),
            T("戻らない", "Never"),
        ),
        answer=1,
        sets=({**FAINT}, {"top": 1e-6, "scale": 15}, {**FAINT, "scale": 15}),
        check=lambda plain, wide, scaled: (
            plain.flushed("fp16") > 0
            and scaled.flushed("fp16") == scaled.overflowed("fp16") == 0
            and float(scaled.fp16.error.max()) < 0.01
            and wide.flushed("fp16") > 0
        ),
        claim=T(
            "緩く縮む tanh の勾配は、すべて戻りました。シグモイドの勾配は何桁にもわたるので、ずらしても収まりません。",
            "The mildly shrinking gradients of tanh all came back. Those of the sigmoid span too many decades to fit, wherever they are shifted.",
        ),
        evidence=lambda plain, wide, scaled: T(
            f"0 に流れた層: tanh {plain.flushed('fp16')} から {scaled.flushed('fp16')} に、シグモイドは 2¹⁵ 倍しても {wide.flushed('fp16')}。",
            f"Layers flushed: tanh from {plain.flushed('fp16')} to {scaled.flushed('fp16')}; sigmoid still {wide.flushed('fp16')} at 2¹⁵.",
        ),
    ),
)


# ---- the same in code


def _config_code(c: Config) -> str:
    return (
        f"config = core.Config(\n    depth={c.depth}, width={c.width}, activation={c.activation!r}, init={c.init!r}, "
        f"gain={c.gain!r}, bias={c.bias!r},\n    residual={c.residual!r}, norm={c.norm!r},\n)\n"
    )


HEAD = """\
import numpy as np

from core.neural import gradients as core

np.seterr(divide="ignore", invalid="ignore")
"""


def _snippet_layers(p: Params) -> str:
    plain = not p.residual and p.norm == "none"
    theory = (
        "np.exp(np.mean(0.5 * np.log(core.theory(config).chi)))" if plain else 'float("nan")  # of plain networks only'
    )
    return f"""\
{HEAD}
{_config_code(_config(p))}found = core.profile(config, batch={BATCH}, seed={p.seed})
print("decades =", np.log10(found.ratio))
print("factor =", np.exp(found.slope))
print("theory =", {theory})
"""


def _snippet_edge(p: Params) -> str:
    return f"""\
from dataclasses import replace

{HEAD}
{_config_code(_plain(p, width=min(p.width, JACOBIAN)))}print("sigma =", config.sigma_w)
print("chi =", core.theory(config).chi[-1])
for name, init in (("gaussian", "normal"), ("orthogonal", "orthogonal")):
    same = replace(config, init=init, gain=config.sigma_w)
    values = core.singular_values(same, seed={p.seed})
    print(name, "=", np.log10(values[0] / np.median(values)))
"""


def _snippet_ladder(p: Params) -> str:
    r = compute_ladder(p)
    fixes = [FIXES[name][1] for name in r.names]
    return f"""\
from dataclasses import replace

{HEAD}
{_config_code(_config(p, residual=False, norm="none"))}fixes = {fixes}


def decades(config):
    sizes = core.gradient_sizes(config, batch={BATCH}, seed={p.seed})
    return np.log10(sizes[1] / sizes[-1]) if sizes[-1] > 0 else np.nan


print("start =", decades(config))
alone = [decades(replace(config, **fix)) for fix in fixes]
for fix in fixes:
    config = replace(config, **fix)
print("end =", decades(config))
print("alone =", alone[np.nanargmin(np.abs(alone))])
"""


def _snippet_learn(p: Params) -> str:
    code = HEAD.replace("import numpy as np\n", "import numpy as np\n")
    lines = [code]
    for name, t in trials(p).items():
        lines.append(
            f"{_config_code(t.config)}{name} = core.train(\n    config, steps={t.steps}, rate={t.rate!r}, optimizer={t.optimizer!r}, "
            f"clip={t.clip!r}, limit={t.limit!r}, seed={t.seed},\n)\n"
            f'print("{name} =", 100 * {name}.accuracy[-1])\n'
        )
    lines.append(
        'print("loss =", a.final_loss)\n'
        'print("first =", np.log10(a.gradient_norm[0, 0]) if len(a.gradient_norm) else np.nan)\n'
    )
    return "\n".join(lines)


def _snippet_time(p: Params) -> str:
    return f"""\
{HEAD}
rnn = core.recurrent(
    {p.time}, width=64, radius={p.radius!r}, activation={p.cell!r}, seed={p.seed},
    init={p.matrix!r}, drive={p.drive!r}, batch={TIME_BATCH},
)
lstm = core.lstm(
    {p.time}, width={LSTM_WIDTH}, forget_bias={p.forget!r}, seed={p.seed}, drive={p.drive!r}, batch={LSTM_BATCH}
)
print("rnn =", np.log10(rnn.gradient_rms[0] / rnn.gradient_rms[-1]))
print("power =", {p.time} * np.log10({p.radius!r}))
print("lstm =", np.log10(lstm.gradient_rms[0] / lstm.gradient_rms[-1]))
print("clipped =", np.sum(rnn.weight_norms > {p.limit!r}))
"""


def _snippet_floor(p: Params) -> str:
    return f"""\
{HEAD}
{_config_code(_config(p))}exact, found = core.floors(config, scale=2.0**{p.scale}, size={p.top!r}, batch={FLOOR_BATCH}, seed={p.seed})
for form in ("fp16", "bf16", "fp32"):
    print(form, "=", np.sum(found[form].zeros[:-1] > 0.5))
print("overflow =", np.sum(found["fp16"].broken > 0))
"""


def snippet(p: Params, scene: str = "layers") -> str:
    write = {
        "edge": _snippet_edge,
        "ladder": _snippet_ladder,
        "learn": _snippet_learn,
        "time": _snippet_time,
        "floor": _snippet_floor,
    }.get(scene, _snippet_layers)
    return write(p)
