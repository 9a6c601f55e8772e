"""What PCA keeps: the components, how much of the variance each holds, and an example rebuilt from the first few."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.projections.runs import Source, points, sample
from core.result import result
from core.text import PERCENT, T
from figures.gallery import gallery
from figures.marks import arrow, bars, line, ring, shade, text
from figures.plot import Mark, plot
from figures.spec import BLUE, INK, MUTED, ORANGE, PAPER, Figure, Stage
from pages.classical.projections.panels import component, dots, plane, tags
from pages.classical.projections.points import Points, Problem, code_points
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("data", "pcx", "pcy", "keep")
ZOOM = ("data", "n", "standard")
EIGEN, NAMED = 8, 20  # components shown as pictures, and features with names, at most


@dataclass(frozen=True)
class Params(Points):
    pcx: int = slider(T("横の主成分", "Component across"), 1, 10, default=1)
    pcy: int = slider(T("縦の主成分", "Component up"), 1, 10, default=2)
    keep: int = slider(T("残す成分の数 k", "Components kept k"), 1, 64, default=2)
    example: int = slider(T("例の番号", "Example"), 0, 1796, default=0, when=lambda p: p.data == "digits")


@result
class Keep:
    problem: Problem
    ratio: NDArray[np.float64]  # (all,) %, each component's share of the variance
    across: int  # numbers of the components shown, from 1
    up: int
    kept: int
    scores: NDArray[np.float64]  # (n, 2)
    weights: NDArray[np.float64]  # (d, 2) of the features in the two
    eigen: NDArray[np.float64]  # (m, d) the first components
    example: int
    tiles: tuple[NDArray[np.float64], ...]  # (d,) each: the example, the mean of all, the example rebuilt
    error: float  # root mean square of what is lost in each feature, over all examples

    @property
    def seen(self) -> float:
        """% of the variance in the plane."""
        return float(self.ratio[[*{self.across - 1, self.up - 1}]].sum())

    @property
    def count(self) -> int:
        return len(self.ratio)

    @property
    def total(self) -> float:
        return float(self.ratio[: self.kept].sum())


@lru_cache(maxsize=32)
def spectrum(source: Source) -> pj.PCA:
    """Give the PCA with all its components."""
    x = points(source)
    return pj.pca(x, components=min(x.shape))


def compute(p: Params) -> Keep:
    data, plain, found = p.problem, sample(p.source).x, spectrum(p.source)
    across, up, kept = (min(number, len(found.components)) for number in (p.pcx, p.pcy, p.keep))
    shown, example = [across - 1, up - 1], p.example % len(plain)
    # In the units of the data, also where the components are those of standardised columns.
    mean, scale = plain.mean(axis=0), pj.pca(plain, components=1, standardize=p.standard).scale
    return Keep(
        problem=data,
        ratio=100 * found.variance_ratio,
        across=across,
        up=up,
        kept=kept,
        scores=found.embedding[:, shown],
        weights=found.components[shown].T,
        eigen=found.components[:EIGEN],
        example=example,
        tiles=(plain[example], mean, mean + scale * (found.embedding[example, :kept] @ found.components[:kept])),
        error=float(np.sqrt(found.variance[kept:].sum() * (len(plain) - 1) / plain.size)),
    )


READOUTS = (
    Readout("two", T("この平面の分散", "Variance: this plane"), "seen", 1, PERCENT),
    Readout("kept", T("はじめの k 個", "first k"), "total", 1, PERCENT),
    Readout("error", T("復元の誤差 (RMS)", "Error (RMS)"), "error", 2),
)


def draw(r: Keep, p: Params) -> Stage:
    data, digits, named = r.problem, r.problem.images is not None, r.problem.x.shape[1] <= NAMED
    over: list[Mark] = [tags(r.scores, data), ring(*r.scores[r.example])] if digits else arrows(r) if named else []
    x, y = (component(i, r.ratio[i - 1]) for i in (r.across, r.up))
    figures = [plane("plane", dots(r.scores, data), *over, xy=r.scores, x=x, y=y, view=f"{r.across} {r.up}"), scree(r)]
    grid, height = ("plane scree",), 520
    if digits:
        figures += pictures(r)
        grid, height = ("plane eigen", "plane rebuilt", "scree scree"), 600
    elif named:
        figures.append(weights(r))
        grid, height = ("plane weights", "plane scree"), 560
    note = p.asked or (("short",) if max(p.keep, p.pcx, p.pcy) > r.count else ())
    return Stage(tuple(figures), grid, height=height, columns="minmax(0, 1.35fr) minmax(0, 1fr)", note=note)


def pictures(r: Keep) -> tuple[Figure, Figure]:
    """Draw the first components, and an example rebuilt from those that are kept."""
    signs = shade(r.eigen / np.abs(r.eigen).max(axis=1, keepdims=True), -1, 1).reshape(-1, 8, 8)
    numbers = [T(f"第 {i + 1}", f"PC {i + 1}") for i in range(len(signs))]
    inks = shade(r.tiles, 0, 16).reshape(-1, 8, 8)
    words = [T("元の画像", "original"), T("平均", "mean"), T(f"{r.kept} 個で復元", f"from {r.kept}")]
    return (
        gallery("eigen", signs, numbers, 4, scale=((0, BLUE), (0.502, PAPER), (1, ORANGE)), empty=128),
        gallery("rebuilt", inks, words, 3),
    )


def arrows(r: Keep) -> list[Mark]:
    """Draw the longest weights as arrows from the origin, with the names that do not stand on one another."""
    reach, length = 0.85 * np.abs(r.scores).max(axis=0).min(), np.hypot(*r.weights.T)
    longest = np.argsort(-length)[:6]
    tips = r.weights[longest] * reach / max(length.max(), 1e-12)
    room, kept = max(0.13 * reach, 0.055 * np.ptp(r.scores, axis=0).max()), list[int]()  # a name is that high
    for i, tip in enumerate(tips):
        gaps = np.abs(tips[kept] - tip)
        if ((gaps[:, 1] > room) | (gaps[:, 0] > 0.7 * reach)).all():
            kept.append(i)
    drawn: list[Mark] = [arrow(np.zeros_like(tips), tips, INK, size=9, width=1.5)]
    for side in ("right", "left"):
        here = [i for i in kept if (tips[i, 0] >= 0) == (side == "right")]
        drawn.append(text(*tips[here].T, [r.problem.features[i] for i in longest[here]], at=f"middle {side}"))
    return drawn


def scree(r: Keep) -> Figure:
    number, total = np.arange(1, r.count + 1), np.cumsum(r.ratio)
    at = round(0.55 * r.count) - 1  # where the curve's name stands
    return plot(
        "scree",
        bars(0, r.ratio[: r.kept], number[: r.kept], 0.4, BLUE, 0.85, upright=True),
        bars(0, r.ratio[r.kept :], number[r.kept :], 0.4, MUTED, 0.45, upright=True) if r.kept < r.count else None,
        line([0, *number], [0, *total], INK, width=1.8),
        text(number[at], total[at], T("累積", "in all"), at="bottom right"),
        ring(r.kept, r.total),
        x=T("成分の番号", "Component"),
        y=T("分散の割合 (%)", "Share of variance (%)"),
        xlim=(0.4, r.count + 0.6),
        ylim=(0, 104),
        whole_x=True,
    )


def weights(r: Keep) -> Figure:
    """Draw each feature's weight in the two components, the one across above."""
    d, names = len(r.weights), r.problem.features
    row = np.arange(d)[::-1]
    longest = max(len(name.ja) * 1.6 if name.ja != name.en else len(name.en) * 0.95 for name in names)
    return plot(
        "weights",
        line([0, 0], [-0.7, d - 0.3], MUTED, width=1),
        bars(0, r.weights[:, 0], row + 0.2, 0.16, BLUE, 1.0),
        bars(0, r.weights[:, 1], row - 0.2, 0.16, ORANGE, 0.6),
        text(1.05, d - 0.5, T(f"■ 第 {r.across}", f"■ PC{r.across}"), BLUE, "bottom left"),
        text(1.05, d - 0.5 - max(0.4, 0.085 * d), T(f"■ 第 {r.up}", f"■ PC{r.up}"), ORANGE, "bottom left"),
        x=T("重み", "Weight"),
        y="",
        xlim=(-1.05, 1.05),
        ylim=(-0.7, d - 0.3),
        yticks=dict(zip(row.tolist(), names, strict=True)),
        margin={"l": int(min(24 + 7.5 * longest, 175))},
    )


def code(p: Params) -> str:
    return f"""\
{code_points(p)}pca = pj.pca(x, components=min(x.shape))
ratio = 100 * pca.variance_ratio
k = min({p.keep}, len(ratio))
shown = {{min({p.pcx}, len(ratio)), min({p.pcy}, len(ratio))}}
print("two =", sum(ratio[i - 1] for i in shown))
print("kept =", ratio[:k].sum())
print("error =", np.sqrt(np.mean((x - pca.reconstruct(k)) ** 2)))
"""


CHECKS = {
    "variance": Check(
        ({"n": 1797, "standard": True}, {"n": 1797}),
        lambda standard, plain: 21 < standard.seen < 22 and 28 < plain.seen < 29,
        control=({"n": 1797}, {"n": 1797, "standard": True}),
    )
}
