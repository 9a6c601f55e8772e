"""What stands beside the plane of the two numbers: the discriminator's answers, and the distance."""

import numpy as np
from scipy.special import expit

from core.text import T
from figures.marks import hline, line, marks, moving, ring, until
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, Figure
from pages.generative.gan.orbit import Orbit

FLOOR = 1e-6  # of the distances that are drawn


def opinion(r: Orbit, reach: float) -> Figure:
    """Draw what the critic says of each number, the real one (a dot) and the generated one (a triangle)."""
    x = np.linspace(-reach, reach, 41)
    said, made = expit(-r.psi[:, None] * x), expit(-r.psi * r.theta)
    return plot(
        "opinion",
        hline(0.5, (-reach, reach), MUTED, dash="dash", width=1),
        line(x, moving(said), GREEN, width=2.5),
        marks([0], [0.5], BLUE, size=12),
        marks(moving(r.theta[:, None]), moving(made[:, None]), ORANGE, size=13, symbol="triangle-up"),
        x=T("数 x", "Number x"),
        y=T("本物らしさ D(x)", "D(x): real?"),
        xlim=(-reach, reach),
        ylim=(-0.04, 1.04),
        small=True,
        drag=False,
    )


def distance(r: Orbit) -> Figure:
    """Draw the distance from the equilibrium so far, and what the factor near it would make of it."""
    y, near = np.maximum(r.distance, FLOOR), r.far[0] * r.factor**r.shown
    low, high = np.floor(np.log10(min(y.min(), 0.5))), np.ceil(np.log10(max(y.max(), 5.0)))
    return plot(
        "distance",
        line(r.shown, np.maximum(near, FLOOR), INK, dash="dash", width=1.2),
        until(line(r.shown, y, BLUE, width=2.5), np.arange(1, len(y) + 1)),
        ring(moving(r.shown), moving(y)),
        x=T("ステップ", "Step"),
        y=T("距離（対数）", "Distance (log)"),
        xlim=(0, 1.05 * r.shown[-1]),
        ylim=(low - 0.05, high),
        log_y=True,
        small=True,
        margin={"l": 68},
    )
