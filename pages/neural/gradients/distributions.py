"""What φ makes of what goes in; how values and gradients are spread in each layer; which units pass nothing on."""

import numpy as np

from core.neural import gradients as core
from core.text import T
from figures.marks import bars, line, text
from figures.plot import histograms, plot
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, Figure
from pages.neural.gradients.shared import dotted, share_by_layer

Z = T("入る値 z", "Input z")
NAMES = ("spread", "inputs", "flat")


def phi(f: core.Profile, activation: str) -> Figure:
    """Draw φ and φ′, and below them how often which input came."""
    z, low, came = np.linspace(-6, 6, 121), -2.3, f.pre_histogram.mean(axis=0)
    at, half = np.linspace(-core.PRE_SPAN, core.PRE_SPAN, 2 * len(came) + 1)[1::2], core.PRE_SPAN / len(came)
    return plot(
        "phi",
        bars(low, low + 1.35 * came / came.max(), at, half, MUTED, 0.35, upright=True),
        line(z, core.activate(activation, z), GREEN, width=2.5, label="φ", at=0.78, where="top left"),
        line(z, core.slope(activation, z), BLUE, width=2.5, label="φ′", at=0.9, where="top left"),
        text(-5.9, low + 1.35, T("φ に入った値", "what went in"), INK, "top right"),
        x=Z,
        y="φ, φ′",
        xlim=(-6, 6),
        ylim=(low, 3.2),
        small=True,
    )


def distributions(f: core.Profile) -> tuple[Figure, ...]:
    """Draw the gradients, what goes into φ, and the flat slopes of each layer."""
    style, log = {"x": T("層", "Layer"), "small": True}, T("|勾配|（対数）", "|gradient| (log)")
    return (
        histograms("spread", f.gradient_histogram, core.GRADIENT_SPAN, log=True, y=log, **style),
        histograms("inputs", f.pre_histogram, (-core.PRE_SPAN, core.PRE_SPAN), first=1, color=GREEN, y=Z, **style),
        _flat(f),
    )


def _flat(f: core.Profile) -> Figure:
    """Draw the share of slopes near zero, and of units for which they all are."""
    layers, dead = np.arange(1, len(f.dead) + 1), T("点線: どの例でも 0", "dotted: for all examples")
    return share_by_layer(
        "flat",
        layers,
        dotted(layers, 100 * f.saturated, ORANGE, label=T("傾きがほぼ 0", "slope near 0"), at=0.0, where="top right"),
        line(layers, 100 * f.dead, INK, width=1.5, dash="dot"),
        text(layers[-1], 111, dead, INK, "bottom left"),
    )
