"""Guidance: a class is asked for with more force than it has, and what comes is not the law that one would think."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from core.bins import Bins, histogram
from core.generative import diffusion as d
from core.result import result
from core.text import T
from figures.marks import bars, line, ring
from figures.plot import plot, round_up
from figures.spec import BLUE, INK, ORANGE, OTHER, Figure, Stage
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("guidance", "sampler", "apart", "seed")
SAMPLES, STEPS = 500, 40
FINE = np.linspace(-12.0, 16.0, 1401)
SCALES = np.arange(0.0, 8.1, 1.0)


@dataclass(frozen=True)
class Params:
    guidance: float = slider(T("ガイダンスの強さ w", "Guidance w"), 0.0, 8.0, default=1.0, step=0.25)
    sampler: str = choice(T("サンプラー", "Sampler"), {"ddim": T("DDIM", "DDIM"), "ddpm": T("DDPM (β)", "DDPM (β)")})
    apart: float = slider(T("クラスの中心 ±", "Centres of the classes ±"), 0.5, 2.0, default=1.0, step=0.1)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


@result
class Guided:
    x: NDArray[np.float64]  # (SAMPLES,)
    tilted: NDArray[np.float64]  # (FINE,) density of what p(x) p(c|x)^w would be
    curves: NDArray[np.float64]  # (2, SCALES) means of the samples and of the tilted law

    @property
    def mean(self) -> float:
        return float(self.x.mean())

    @property
    def sd(self) -> float:
        return float(self.x.std())

    @property
    def bins(self) -> Bins:
        return histogram(self.x, -6.0, 10.0, 80)

    @property
    def expected(self) -> float:
        return middle(self.tilted)


def middle(density: NDArray[np.float64]) -> float:
    return float((density * FINE).sum() / density.sum())


def tilt(apart: float, w: float) -> NDArray[np.float64]:
    """Give p(x) p(c|x)^w over FINE, for the class at +apart of two bells of width 1, its integral 1."""
    law = classes(apart)
    mass = np.exp(d.log_density(law, FINE[:, None])) * d.responsibilities(law, FINE[:, None])[:, 1] ** w
    return np.asarray(mass / (mass.sum() * (FINE[1] - FINE[0])))


def classes(apart: float) -> d.Mixture:
    return d.Mixture([0.5, 0.5], [[-apart], [apart]], [1.0, 1.0])


def sampled(p: Params, w: float, n: int, seed: int) -> NDArray[np.float64]:
    x = d.sample(classes(p.apart), n=n, steps=STEPS, sampler=p.sampler, guidance=w, towards=1, seed=seed)
    return np.asarray(x[-1, :, 0])


@functools.lru_cache(maxsize=64)
def curves(apart: float, sampler: str) -> NDArray[np.float64]:
    p = Params(apart=apart, sampler=sampler)
    return np.array([[sampled(p, w, 300, 0).mean(), middle(tilt(apart, w))] for w in SCALES]).T


def compute(p: Params) -> Guided:
    return Guided(sampled(p, p.guidance, SAMPLES, p.seed), tilt(p.apart, p.guidance), curves(p.apart, p.sampler))


READOUTS = (
    Readout("mean", T("サンプルの平均", "Mean of the samples"), "mean", 2),
    Readout("expected", T("p(x) p(c|x)ʷ の平均", "Mean of p(x) p(c|x)ʷ"), "expected", 2),
    Readout("sd", T("サンプルの標準偏差", "SD of the samples"), "sd", 2),
)


def draw(r: Guided, p: Params) -> Stage:
    return Stage((law(r, p), means(r, p)), ("law means",), height=420, columns="minmax(0, 1.4fr) minmax(0, 1fr)")


def law(r: Guided, p: Params) -> Figure:
    """Draw the samples over the two classes, and the tilted law."""
    density = r.bins.density
    x = FINE[(FINE >= -4.5) & (FINE <= 7.5)][::4]
    top = round_up(1.08 * max(float(density.max()), float(r.tilted.max())))
    names = ((-1, ORANGE, T("もう一つのクラス", "other class")), (1, OTHER, T("頼んだクラス", "class asked for")))
    return plot(
        "law",
        bars(0, density, r.bins.middles, r.bins.half, BLUE, upright=True),
        [
            line(
                x,
                norm.pdf(x, sign * p.apart),
                color,
                width=1.8,
                label=name,
                at=0.28 if sign < 0 else 0.47,
                where="top left" if sign < 0 else "top right",
            )
            for sign, color, name in names
        ],
        line(FINE[::7], r.tilted[::7], INK, dash="dash", width=1.8),
        x="x",
        y=T("確率密度", "Density"),
        xlim=(-4.5, 7.5),
        ylim=(0, top),
        small=True,
    )


def means(r: Guided, p: Params) -> Figure:
    return plot(
        "means",
        line(SCALES, r.curves[1], INK, dash="dash", width=1.8, label="p(x) p(c|x)ʷ", at=0.6, where="bottom right"),
        line(SCALES, r.curves[0], BLUE, width=2.5, label=T("サンプル", "samples")),
        ring(p.guidance, r.mean),
        x=T("ガイダンスの強さ w", "Guidance w"),
        y=T("平均", "Mean"),
        xlim=(0, 8.3),
        ylim=(-0.3, round_up(1.15 * float(r.curves.max()))),
        small=True,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.generative import diffusion as d

law = d.Mixture([0.5, 0.5], [[{-p.apart!r}], [{p.apart!r}]], [1.0, 1.0])
x = d.sample(
    law, n={SAMPLES}, steps={STEPS}, sampler="{p.sampler}", guidance={p.guidance!r}, towards=1, seed={p.seed}
)[-1, :, 0]
at = np.linspace(-12, 16, 1401)[:, None]
tilted = np.exp(d.log_density(law, at)) * d.responsibilities(law, at)[:, 1] ** {p.guidance!r}
print("mean =", x.mean())
print("expected =", np.average(at[:, 0], weights=tilted))
print("sd =", x.std())
"""


def span(*runs: Guided) -> dict[str, float]:
    """Give ranges over the seeds, of the first five runs and of those after them."""
    found = {"expected": runs[0].expected}
    for name, group in (("", runs[:5]), ("then_", runs[5:])):
        if group:
            found |= {f"{name}low": min(r.mean for r in group), f"{name}high": max(r.mean for r in group)}
            found |= {f"{name}sd": max(r.sd for r in group)}
    return found


SEEDS = range(5)
STRONG = tuple({"guidance": 8.0, "sampler": how, "seed": seed} for how in ("ddpm", "ddim") for seed in SEEDS)
CHECKS = {
    "beyond": Check(
        STRONG,
        lambda *runs: (
            all(r.mean > r.expected + 0.4 for r in runs)
            and max(r.mean for r in runs[:5]) < min(r.mean for r in runs[5:]) - 0.5
        ),
        control=tuple(run | {"guidance": 1.0} for run in STRONG),
        measure=span,
    )
}
