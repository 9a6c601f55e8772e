"""Leave the noise out: what is added on the way back decides how wide the samples are, and few steps are too few."""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.marks import bars, line, moving, ring, until
from figures.plot import plot, round_up
from figures.spec import BLUE, INK, Figure, Playhead, Stage
from pages.generative.diffusion.width import DRAWN, HOW, LAWS, LIMITS, SAMPLES, Returned, returned
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("how", "steps", "law", "seed")
ZOOM = ("law",)


@dataclass(frozen=True)
class Params:
    law: str = choice(
        T("データ", "Data"),
        {
            "two": T("二つの山（3 対 7）", "two bells, 3 to 7"),
            "unit": T("標準正規分布", "a standard bell"),
            "narrow": T("細い山（標準偏差 0.1）", "a narrow bell, SD 0.1"),
        },
    )
    how: str = choice(
        T("加えるノイズ", "Noise added"),
        {
            "beta": T("DDPM、分散 β", "DDPM, variance β"),
            "quiet": T("β、最後だけなし", "β, but none at the end"),
            "tilde": T("DDPM、分散 β̃", "DDPM, variance β̃"),
            "none": T("DDPM、ノイズなし", "DDPM without noise"),
            "ddim": T("DDIM（ノイズなし）", "DDIM, which has none"),
        },
    )
    steps: int = slider(T("ステップ数", "Steps"), 1, 100, default=50, log=True)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def compute(p: Params) -> Returned:
    return returned(p.law, p.steps, p.how, p.seed)


READOUTS = (
    Readout("sd", T("標準偏差", "Standard deviation"), "sd", 3),
    Readout("truth", T("データでは", "In the data"), "truth", 3, still=True),
    Readout("inside", T("山の中", "Inside a bell"), "inside", 0, PERCENT),
    Readout("plus", T("x > 0", "x > 0"), "plus", 0, PERCENT),
)


def draw(r: Returned, p: Params) -> Stage:
    return Stage(
        (ways(r, p), law(r), width(r, p)),
        ("ways law", "width width"),
        playhead=Playhead(r.step, T("ステップ", "Step"), seconds=6.0),
        height=510,
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
    )


def ways(r: Returned, p: Params) -> Figure:
    """Draw the ways of a few samples from noise."""
    shown = 1 + np.arange(len(r.step))
    at = r.step.astype(np.uint16)
    return plot(
        "ways",
        [{**until(line(at, x, BLUE, width=1.2), shown), "opacity": 0.5} for x in r.x[:, :DRAWN].T],
        x=T("ステップ", "Step"),
        y="x",
        xlim=(0, p.steps),
        ylim=LIMITS,
        whole_x=True,
        small=True,
    )


def law(r: Returned) -> Figure:
    """Draw where the samples are, in shares, against the data's."""
    bins, share, true = r.bins, 100 * r.bins.shares, 100 * r.law_shares
    return plot(
        "law",
        bars(0, share, bins.middles, bins.half, BLUE),
        line(np.repeat(true, 2), np.repeat(bins.edges, 2)[1:-1], INK, dash="dash", width=1.5),
        x=T("割合 (%)", "Share (%)"),
        y="",
        xlim=(0, min(round_up(1.1 * float(max(true.max(), share[-1].max(), share[0].max()))), 103.0)),
        ylim=LIMITS,
        small=True,
        margin={"l": 16},
    )


def width(r: Returned, p: Params) -> Figure:
    """Draw how wide the samples are at each step, and how wide they were on the way into noise."""
    at = r.step.astype(np.uint16)
    return plot(
        "width",
        line(at, r.should, INK, dash="dash", width=1.6, label=T("往路", "way in"), at=0.12, where="top right"),
        until(line(at, r.sd, BLUE, width=2.5), 1 + np.arange(len(at))),
        ring(moving(at), moving(r.sd)),
        x=T("ステップ", "Step"),
        y=T("標準偏差", "SD"),
        xlim=(-0.01 * p.steps, 1.02 * p.steps),
        ylim=(-0.05, round_up(1.15 * float(max(r.sd.max(), r.should.max())))),
        whole_x=True,
        small=True,
    )


def code(p: Params) -> str:
    law = LAWS[p.law]
    told = "".join(f", {name}={value!r}" for name, value in HOW[p.how].items())
    return f"""\
import numpy as np

from core.generative import diffusion as d

law = d.Mixture({law.weights.tolist()}, {law.means.tolist()}, {law.covariances.tolist()})
x = d.sample(law, n={SAMPLES}, steps={p.steps}, seed={p.seed}{told})[-1, :, 0]
m, v = law.means[:, 0], law.covariances
print("sd =", x.std())
print("truth =", np.sqrt(law.weights @ (v + m**2) - (law.weights @ m) ** 2))
print("inside =", 100 * (np.abs(x[:, None] - m) <= 3 * np.sqrt(v)).any(axis=1).mean())
print("plus =", 100 * (x > 0).mean())
"""


def spans(*runs: Returned) -> dict[str, float]:
    """Give ranges over the seeds, of the first five runs and of those after them."""
    found: dict[str, float] = {}
    for name, group in (("", runs[:5]), ("then_", runs[5:])):
        for key in ("sd", "inside", "plus") if group else ():
            ends = [np.nan if getattr(r, key) is None else float(getattr(r, key)[-1]) for r in group]
            found |= {f"{name}{key}_low": min(ends), f"{name}{key}_high": max(ends)}
    return found


SEEDS = range(5)
NONE = tuple({"how": "none", "seed": seed} for seed in SEEDS)
DDIM = tuple({"how": "ddim", "seed": seed} for seed in SEEDS)
TEN = {"law": "narrow", "steps": 10}
FEW = tuple({"how": "ddim", "steps": 2, "seed": seed} for seed in SEEDS)
MORE = tuple({"how": "ddim", "steps": 10, "seed": seed} for seed in SEEDS)
CHECKS = {
    "collapse": Check(
        (*NONE, *DDIM),
        lambda *runs: all(r.sd[-1] < 0.01 for r in runs[:5]) and all(r.sd[-1] > 1.7 for r in runs[5:]),
        control=(*DDIM, *DDIM),
        measure=spans,
    ),
    "which": Check(
        tuple(TEN | {"how": how} for how in ("quiet", "tilde", "beta")),
        lambda quiet, tilde, beta: beta.sd[-1] > 2 * beta.truth and max(tilde.sd[-1], quiet.sd[-1]) < 0.6 * tilde.truth,
        control=tuple(TEN | {"how": how, "steps": 100} for how in ("quiet", "tilde", "beta")),
    ),
    "few": Check(
        (*FEW, *MORE),
        lambda *runs: all(r.inside[-1] < 40 for r in runs[:5]) and all(r.inside[-1] > 95 for r in runs[5:]),
        control=(*MORE, *MORE),
        measure=spans,
    ),
}
