"""How the race stands: the losses as they fall, and a lane for each walker."""

import numpy as np

from core.text import T
from figures.marks import bars, line, text, until
from figures.plot import plot, powers
from figures.spec import INK, MUTED, Figure
from pages.neural.optimizers.racing import COLORS, DOWN, NAMES, STEPS, Race


def losses(r: Race) -> Figure:
    steps = np.arange(STEPS + 1)
    drawn = [
        until(line(steps, np.log10(np.clip(np.nan_to_num(r.above[n], nan=1e9), 1e-8, 1e9)), color, width=2), 1 + r.at)
        for n, color in COLORS.items()
    ]
    return plot(
        "losses",
        line(
            (0, STEPS),
            (np.log10(DOWN),) * 2,
            INK,
            width=1.2,
            dash="dash",
            label=T("ここで着", "down"),
            where="top left",
        ),
        drawn,
        x=T("歩", "Step"),
        y=T("最小との差", "Above the least"),
        xlim=(0, STEPS),
        ylim=(-8, 4),
        yticks=powers((-8, 4), 4),
        small=True,
        margin={"l": 58},
    )


def lanes(r: Race) -> Figure:
    """Draw a bar for each walker, which grows until it is down."""
    at = -np.arange(6.0)
    ends = np.array([[min(step, r.arrival(name)) for name in NAMES] for step in r.at], float)
    drawn = [
        bars(np.zeros_like(ends[:, i : i + 1]), ends[:, i : i + 1], at[i : i + 1], 0.3, COLORS[name], 0.75)
        for i, name in enumerate(NAMES)
    ]
    shown = [(at[i], r.rates[name]) for i, name in enumerate(NAMES)]
    words = [text(STEPS, y, T(f"η = {rate:.3g}", f"η = {rate:.3g}"), MUTED, "middle left") for y, rate in shown]
    return plot(
        "lanes",
        drawn,
        words,
        x=T("着くまでの歩数", "Steps until down"),
        y="",
        xlim=(0, STEPS),
        ylim=(-5.6, 0.6),
        yticks={float(at[i]): name for i, name in enumerate(NAMES.values())},
        small=True,
        margin={"l": 126},
        drag=False,
    )
