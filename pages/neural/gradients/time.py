"""Through time: a recurrent network multiplies by the same W at every step; an LSTM's cell has another way back."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.bins import Bins, histogram
from core.neural import gradients as core
from core.result import result
from core.text import T
from figures.marks import bars, hline, line, text, vline
from figures.plot import plot, powers
from figures.spec import BLUE, GREEN, INK, MUTED, OTHER, Figure, Stage
from pages.neural.gradients import shared
from pages.neural.gradients.shared import Array, decades, exponent, gradient, log10, log_plot
from pages.neural.gradients.words import times
from ui.params import choice, slider
from ui.scene import Check, Readout, over_seeds

CONTROLS = ("radius", "time", "cell", "forget")
ZOOM = ("time",)
WIDTH, SEQUENCES = 64, 48  # of the RNN
LSTM_WIDTH, LSTM_SEQUENCES = 32, 16


@dataclass(frozen=True)
class Params(shared.Seed, shared.Limit, shared.Network):
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
        T("W の形", "Shape of W"), {"orthogonal": T("直交", "Orthogonal"), "normal": T("ガウス", "Gaussian")}
    )
    drive: float = slider(T("入力の大きさ", "Size of inputs"), 0.0, 2.0, default=0.1, step=0.05)


@result
class Time:
    rnn: core.Recurrent
    lstm: core.Lstm
    layers: Array  # sizes of the gradient down a plain network of layers (L + 1,), to compare
    clipped: Array  # norm of ∂L/∂W of each sequence after clipping
    power: T  # the radius to the power of the steps
    rnn_times: T  # what becomes of the gradient over all steps
    lstm_times: T

    @property
    def clips(self) -> int:
        """How many sequences were clipped."""
        return int((self.clipped < self.rnn.weight_norms).sum())

    @property
    def bins(self) -> Bins:
        """Of log₁₀ of the norms, before and after clipping; no power of ten stands between two of 41 bins."""
        logs = log10([self.rnn.weight_norms, self.clipped])
        return histogram(logs, *decades(logs, low=-3.0, high=4.0), 41)

    @property
    def norm(self) -> float:
        """Median norm of ∂L/∂W."""
        return float(np.median(self.rnn.weight_norms))

    @property
    def clipped_norm(self) -> float:
        """The same after clipping."""
        return float(np.median(self.clipped))


@lru_cache(maxsize=64)
def lstm(steps: int, forget: float, drive: float, seed: int) -> core.Lstm:
    """Send a gradient back through an LSTM; it stays while the RNN's controls move."""
    return core.lstm(steps, width=LSTM_WIDTH, forget_bias=forget, seed=seed, drive=drive, batch=LSTM_SEQUENCES)


def compute(p: Params) -> Time:
    rnn = core.recurrent(
        p.time,
        width=WIDTH,
        radius=p.radius,
        activation=p.cell,
        seed=p.seed,
        init=p.matrix,
        drive=p.drive,
        batch=SEQUENCES,
    )
    factors = core.clip_factors(rnn.weight_norms, "layer", p.limit)  # each sequence by its own norm
    layers = gradient(shared.network(p), p.seed)
    cell, power = lstm(p.time, p.forget, p.drive, p.seed), times(p.time * exponent(p.radius))
    return Time(rnn, cell, layers, rnn.weight_norms * factors, power, times(rnn.decades), times(cell.decades))


READOUTS = (
    Readout("rnn", T("勾配は何倍に: RNN", "Gradient times: RNN"), "rnn_times"),
    Readout("power", T("半径の T 乗", "radius^T"), "power"),
    Readout("lstm", T("LSTM", "LSTM"), "lstm_times"),
    Readout("clipped", T("クリップされた系列", "clipped"), "clips", 0, T(f" / {SEQUENCES}", f" of {SEQUENCES}")),
)


def draw(r: Time, p: Params) -> Stage:
    columns = "minmax(0, 1.7fr) minmax(0, 1fr)"
    return Stage((back(r, p), norms(r, p.limit)), ("time norms",), height=460, columns=columns, note="layers")


def back(r: Time, p: Params) -> Figure:
    """Draw sizes of gradients over the distance from the loss, in steps or layers."""
    steps = np.arange(p.time + 1)
    bound = steps * exponent(p.radius)
    curves = (
        (OTHER, "solid", T(f"{p.depth} 層", f"{p.depth} layers"), r.layers),
        (GREEN, "dot", T("セルの道", "cell path"), r.lstm.path_rms),
        (GREEN, "solid", T("LSTM", "LSTM"), r.lstm.gradient_rms),
        (BLUE, "solid", T("RNN", "RNN"), r.rnn.gradient_rms),
    )
    logs = [log10(sizes)[::-1][: p.time + 1] for *_, sizes in curves]
    low, high = ylim = decades(*logs, bound)
    ends = np.array([np.nan_to_num(y[-1], nan=low) for y in logs])
    apart = abs(ends[1] - ends[2]) > 0.12 * (high - low)  # else the LSTM's two names need both sides
    under = [hline(0, (0, p.time), MUTED, width=1, dash="dot")]
    side = "top right" if bound[-1] < 0 else "top left"
    name = T("半径の T 乗", "radius^T")
    under.append(line(steps, bound, INK, width=1.5, dash="dash", label=name, at=0.3, where=side))
    for (color, dash, label, _), y, end in zip(curves, logs, ends, strict=True):
        # A name stands below a falling line and below a rising one's right; the LSTM's above, where it is alone.
        rising = end > 0.02 * (high - low)
        above = color == GREEN and (rising or dash == "solid" or apart)
        at, where = (0.8, "bottom right") if rising else (0.97, "bottom left")
        if above:
            at, where = (0.97, "top left") if rising else (0.78, "top right")
        under.append(line(steps[: len(y)], y, color, width=2.4, dash=dash, label=label, at=at, where=where))
    x = T("損失からさかのぼったステップ数（層の数）", "Steps (or layers) back from the loss")
    y = T("勾配の大きさ（対数）", "Size of gradient (log)")
    return log_plot("time", *under, x=x, y=y, xlim=(0, 1.01 * p.time), ylim=ylim)


def norms(r: Time, limit: float) -> Figure:
    """Draw histograms of the norm of ∂L/∂W over the sequences, before and after clipping."""
    middle, xlim, top, under = r.bins.middles, (r.bins.low, r.bins.high), 1.15 * SEQUENCES, []
    for counts, color, opacity, name, where in (
        (r.bins.counts[0], MUTED, 0.45, T("クリップ前", "before"), "top right"),
        (r.bins.counts[1], BLUE, 0.6, T("クリップ後", "after"), "top left"),
    ):
        at = int(counts.argmax())
        under.append(bars(0, counts, middle, r.bins.half, color, opacity, upright=True))
        under.append(text(middle[at], counts[at], name, color, where) if counts.any() else None)
    edge = vline(
        np.log10(limit), (0, 0.97 * top), INK, width=1.5, dash="dash", label=T("上限", "limit"), where="bottom right"
    )
    x, y = T("∂L/∂W のノルム（対数）", "Norm of ∂L/∂W (log)"), T("系列の数", "Sequences")
    return plot("norms", *under, edge, x=x, y=y, xlim=xlim, ylim=(0, top), xticks=powers(xlim, 4), small=True)


def code(p: Params) -> str:
    return f"""\
{shared.IMPORTS}
rnn = core.recurrent(
    {p.time}, width={WIDTH}, radius={p.radius!r}, activation={p.cell!r}, seed={p.seed},
    init={p.matrix!r}, drive={p.drive!r}, batch={SEQUENCES},
)
lstm = core.lstm(
    {p.time}, width={LSTM_WIDTH}, forget_bias={p.forget!r}, seed={p.seed}, drive={p.drive!r}, batch={LSTM_SEQUENCES}
)
print("rnn =", rnn.gradient_rms[0] / rnn.gradient_rms[-1])
print("power =", {p.radius!r} ** {p.time})
print("lstm =", lstm.gradient_rms[0] / lstm.gradient_rms[-1])
print("clipped =", np.sum(rnn.weight_norms > {p.limit!r}))
"""


STILL = {"cell": "linear", "radius": 0.9, "time": 100}
RADII = tuple(run for radius in (0.7, 1.2) for run in over_seeds(cell="linear", limit=100.0, radius=radius))
CHECKS = {
    "power": Check(
        over_seeds(**STILL),
        lambda *runs: all(abs(r.rnn.ratio / 0.9**100 - 1) < 1e-9 for r in runs),
        control=over_seeds(**STILL, matrix="normal"),
    ),
    "clip-time": Check(
        RADII,
        lambda *runs: (
            all((r.clipped == r.rnn.weight_norms).all() for r in runs[:5])
            and all(np.allclose(r.clipped, 100.0) and (r.rnn.weight_norms > 1000.0).all() for r in runs[5:])
        ),
        control=RADII[5:] * 2,
    ),
}
