"""Pictures of what stays in a 95% band while a filter is well tuned: innovations, their correlations, true errors."""

from typing import Any

import numpy as np

from core.text import T
from figures.marks import box, hline, line, marks, segments
from figures.plot import Mark, plot
from figures.spec import BLUE, INK, MUTED, Figure
from pages.classical.kalman.shared import Array

NORMAL = 1.96  # 95% of a normal number lie within ± this many σ


def banded(
    name: str, band: tuple[float, float], xlim: tuple[float, float], *under: Mark, at: float = 1.0, **axes: Any
) -> Figure:
    """Make a small figure with a band across, and marks upon it; `at` is where on its edge it is named."""
    (low, high), edge = band, {"dash": "dash", "width": 1.3}
    upper = hline(high, xlim, INK, label=T("95%", "95%"), at=at, where="top left" if at else "top right", **edge)
    return plot(name, box(*xlim, *band), upper, hline(low, xlim, INK, **edge), *under, xlim=xlim, small=True, **axes)


def innovations(values: Array) -> Figure:
    """Draw innovations ÷ √S, (t,); what is off the scale stands on its edge."""
    steps, shown, out = np.arange(1, len(values) + 1), np.clip(values, -5.85, 5.85), np.abs(values) > NORMAL
    return banded(
        "innovation",
        (-NORMAL, NORMAL),
        (0, len(values) + 1),
        marks(steps[~out], shown[~out], INK, size=5.5, opacity=0.75),
        marks(steps[out], shown[out], INK, size=7, symbol="diamond"),
        x=T("ステップ", "Step"),
        y=T("ずれ ÷ √S", "Innovation ÷ √S"),
        ylim=(-6, 6),
    )


def whiteness(correlation: Array, bound: float) -> Figure:
    """Draw the autocorrelation (lags,) of innovations; that of white noise stays within ± `bound`."""
    lags = np.arange(1, len(correlation) + 1)
    xlim = 0.3, len(lags) + 0.7
    return banded(
        "white",
        (-bound, bound),
        xlim,
        hline(0, xlim, MUTED, width=1),
        segments(np.column_stack([lags, 0 * lags]), np.column_stack([lags, correlation]), width=2),
        marks(lags, correlation, INK, size=6),
        x=T("ずらすステップ数", "Lag (steps)"),
        y=T("自己相関", "Autocorrelation"),
        ylim=(-1, 1),
        yticks=(-1, 0, 1),
    )


def true_errors(nees: Array, band: tuple[float, float], redraws: int) -> Figure:
    """Draw NEES ÷ n, (t,), averaged over redraws."""
    label = T(f"{redraws} 回の平均", f"mean of {redraws}")
    return banded(
        "nees",
        band,
        (0, len(nees) + 1),
        line(np.arange(1, len(nees) + 1), np.clip(nees, 0.05, 60.0), BLUE, width=2.2, label=label),
        at=0,
        x=T("ステップ", "Step"),
        y="NEES ÷ n",
        ylim=(-1, 1.5),
        yticks={0.1: "0.1", 1: "1", 10: "10"},
        log_y=True,
    )
