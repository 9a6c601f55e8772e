"""The staircase of β: which dimensions of a linear VAE die is known before it is trained, and then it is trained.

A move trains the VAE with 600 steps of Adam: it may take 30 ms.
"""

from dataclasses import dataclass

import numpy as np

from core.text import T
from figures.marks import bars, hline, line, moving, ring, segments
from figures.plot import plot, round_up
from figures.spec import BLUE, INK, MUTED, Figure, Playhead, Stage
from pages.generative.autoencoder.climbing import LIVES, STAIRS, Stairs, both, climbed, gains
from ui.params import choice, slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("beta", "noise", "data", "mean")
ZOOM = ("data",)
PIXELS = 64


@dataclass(frozen=True)
class Params:
    beta: float = slider(T("KL の重み β", "Weight of the KL term β"), 0.05, 20.0, default=0.75, log=True)
    noise: float = slider(T("デコーダの分散 σ²", "Variance of the decoder σ²"), 0.01, 2.0, default=1.0, log=True)
    data: str = choice(
        T("データ", "Data"),
        {"stairs": T("4, 2, 1, ½, ¼", "4, 2, 1, ½, ¼"), "digits": T("手書き数字（8 軸）", "digits (8 axes)")},
    )
    mean: bool = toggle(
        T("誤差を 64 画素で平均する", "Average the error over 64 pixels"), when=lambda p: p.data == "digits"
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)

    @property
    def weight(self) -> float:
        """The β that it comes to."""
        return self.beta * (PIXELS if self.mean and self.data == "digits" else 1)


def compute(p: Params) -> Stairs:
    return climbed(p.data, p.weight, p.noise, p.seed)


READOUTS = (
    Readout("line", T("境目 βσ²", "The line βσ²"), "line", 3, still=True),
    Readout("count", T("生きるはずの次元", "Should live"), "count", still=True),
    Readout("alive", T("学習で生きている次元", "Alive in training"), "alive"),
    Readout("rate", T("KL の理論値", "KL in theory"), "rate", 3, T(" nat", " nat"), still=True),
    Readout("trained", T("学習の KL", "KL in training"), "trained", 3, T(" nat", " nat")),
)


def draw(r: Stairs, p: Params) -> Stage:
    head = Playhead(r.run.steps, T("ステップ", "step"), 6.0)
    columns = "minmax(0, 1fr) minmax(0, 1fr)"
    return Stage(
        (spectrum(r), cost(r), stairs(r)),
        ("spectrum cost", "stairs stairs"),
        playhead=head,
        height=500,
        columns=columns,
    )


def spectrum(r: Stairs) -> Figure:
    """Draw the data's variances, those that should live in blue, and the line."""
    at, live = np.arange(1, len(r.eigenvalues) + 1), r.known.active
    top = round_up(1.15 * float(r.eigenvalues.max()))
    groups = [
        bars(0, r.eigenvalues[which], at[which], 0.32, color, 0.6, upright=True)
        for which, color in ((live, BLUE), (~live, MUTED))
        if which.any()
    ]
    edge = (0.4, len(at) + 0.6)
    label = T("βσ²", "βσ²")
    return plot(
        "spectrum",
        *groups,
        hline(min(r.line, 0.97 * top), edge, INK, dash="dash", width=2, label=label, at=1.0),
        x=T("データの軸", "Axis of the data"),
        y=T("分散 λ", "Variance λ"),
        xlim=edge,
        ylim=(0, top),
        whole_x=True,
        small=True,
    )


def cost(r: Stairs) -> Figure:
    """Draw what each latent dimension costs now, and what theory said."""
    at, theory = np.arange(1, len(r.eigenvalues) + 1), np.sort(r.known.kl)[::-1]
    ends = (np.stack([at + side * 0.42, theory], axis=1) for side in (-1, 1))
    return plot(
        "cost",
        bars(np.zeros_like(r.run.kl), np.minimum(r.run.kl, 4), at, 0.32, BLUE, 0.6, upright=True),
        segments(*ends, INK, dash="dash", width=2),
        x=T("潜在変数の次元", "Latent dimension"),
        y=T("KL (nat)", "KL (nat)"),
        xlim=(0.4, len(at) + 0.6),
        ylim=(0, max(0.5, round_up(1.3 * float(theory.max())))),
        whole_x=True,
        small=True,
    )


def stairs(r: Stairs) -> Figure:
    """Draw the number of living dimensions over β σ²: what theory says; the ring is what the training has."""
    over = np.geomspace(0.005, 40, 400)
    steps = (r.eigenvalues > over[:, None]).sum(axis=1)
    x = np.full(len(r.alive), np.clip(r.line, 0.005, 40.0))
    return plot(
        "stairs",
        line(over, steps, INK, dash="dash", width=2, label=T("理論", "theory"), at=0.1, where="bottom right"),
        ring(moving(x), moving(r.alive)),
        x=T("βσ²（対数目盛り）", "βσ² (log scale)"),
        y=T("生きている次元", "Living dimensions"),
        xlim=(np.log10(0.005), np.log10(40)),
        ylim=(-0.4, len(r.eigenvalues) + 0.6),
        log_x=True,
        whole_y=True,
        small=True,
    )


def code(p: Params) -> str:
    values = list(STAIRS) if p.data == "stairs" else "ae.principal().eigenvalues[:8]"
    return f"""\
from core.generative import autoencoder as ae

values, beta, noise = {values}, {p.weight!r}, {p.noise!r}
print("line =", beta * noise)
known = ae.linear_vae(values, beta=beta, noise=noise)
print("count =", known.active.sum())
print("rate =", known.kl.sum())
kl = ae.climb(values, beta=beta, noise=noise, seed={p.seed}).kl[-1]
print("alive =", (kl > {LIVES}).sum())
print("trained =", kl.sum())
"""


SEEDS = tuple({"seed": seed} for seed in range(5))
DIGITS = {"data": "digits", "noise": 0.1, "beta": 1.0}
CHECKS = {
    "stairs": Check(
        tuple({"beta": 1.5, **seed} for seed in SEEDS),
        lambda *runs: both(runs, 2),
        control=tuple({"beta": 0.75, **seed} for seed in SEEDS),
    ),
    "mean": Check(
        tuple(DIGITS | {"mean": mean} | seed for mean in (False, True) for seed in SEEDS),
        lambda *runs: all(r.alive[-1] == r.count == 8 for r in runs[:5]) and both(runs[5:], 0),
        control=tuple(DIGITS | seed for _ in range(2) for seed in SEEDS),
    ),
    "half": Check(
        tuple({"beta": beta, **seed} for beta in (0.8, 0.4) for seed in SEEDS),
        lambda *runs: abs(gains(*runs)["low"] - np.log(2) / 2) < 0.01 > abs(gains(*runs)["high"] - np.log(2) / 2),
        control=tuple({"beta": beta, **seed} for beta in (0.4, 0.3) for seed in SEEDS),
        measure=gains,
    ),
}
