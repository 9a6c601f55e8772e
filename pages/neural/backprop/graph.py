"""A small network as a graph: where its units and weights stand, and what is written on them."""

import numpy as np
from numpy.typing import NDArray

from core.neural.backprop import Pass
from figures.marks import Trace, handle_values, line, marks, text
from figures.plot import sheet
from figures.spec import BLUE, INK, MUTED, ORANGE, PAPER, Figure

SIZES = (2, 2, 1)
VIEW = (-0.35, 2.75, -1.3, 1.65)  # x0, x1, y0, y1
UNITS = (((0.0, 1.0), (0.0, 0.0), (0.0, -1.0)), ((1.2, 1.0), (1.2, 0.0), (1.2, -1.0)), ((2.3, 0.5),))  # the last: 1
NAMES = (("x₁", "x₂", "1"), ("h₁", "h₂", "1"), ("z",))


def wires() -> list[tuple[int, int, int]]:
    """List (layer, from, to) of all weights as a vector has them: W row by row, then b, whose source is the 1."""
    return [(k, i, j) for k in range(2) for i in range(SIZES[k] + 1) for j in range(SIZES[k + 1])]


WIRES = wires()
ENDS = np.array([(UNITS[k][i], UNITS[k + 1][j]) for k, i, j in WIRES])  # (weights, 2, 2)
# A label stands nearer to where its weight comes from, so that those of crossing lines keep apart.
LABELS = ENDS[:, 0] + 0.36 * (ENDS[:, 1] - ENDS[:, 0])
RINGS = ENDS[:, 0] + 0.62 * (ENDS[:, 1] - ENDS[:, 0])


def nearest(across: float, up: float) -> int:
    """Give the weight whose line is nearest to a place, in per cent of the view."""
    x0, x1, y0, y1 = VIEW
    at = np.array([x0 + across / 100 * (x1 - x0), y0 + up / 100 * (y1 - y0)])
    way = ENDS[:, 1] - ENDS[:, 0]
    share = np.clip(((at - ENDS[:, 0]) * way).sum(axis=1) / (way**2).sum(axis=1), 0.1, 0.9)
    return int(np.argmin(np.linalg.norm(ENDS[:, 0] + share[:, None] * way - at, axis=1)))


def percent(weight: int) -> dict[str, float]:
    """Give the fields that choose a weight."""
    x0, x1, y0, y1 = VIEW
    x, y = RINGS[weight]
    return {"px": round(100 * (x - x0) / (x1 - x0)), "py": round(100 * (y - y0) / (y1 - y0))}


def graph(found: Pass, weights: NDArray[np.float64], gradient: NDArray[np.float64], chosen: int) -> Figure:
    """Draw units with what goes up, above that what comes back, and lines as thick as their gradients."""
    x0, x1, y0, y1 = VIEW
    share = np.abs(gradient) / max(float(np.abs(gradient).max()), 1e-12)
    lines = [
        line(ends[:, 0], ends[:, 1], BLUE if g < 0 else ORANGE, width=float(0.8 + 7 * s))
        for ends, g, s in zip(ENDS, gradient, share, strict=True)
    ]
    a, b = 100 / (x1 - x0), 100 / (y1 - y0)
    return sheet(
        "graph",
        lines,
        *units(found),
        marks(*LABELS.T, PAPER, size=23, symbol="square"),
        text(*LABELS.T, [f"{w:.2f}".replace("-", "−") for w in weights], INK, "middle center"),
        handle_values(*RINGS[chosen], across=("px", -a * x0, a), up=("py", -b * y0, b)),
        xlim=(x0, x1),
        ylim=(y0, y1),
        room=6,
    )


def units(found: Pass) -> list[Trace]:
    up = [[*h[0], 1.0] if layer < 2 else h[0] for layer, h in enumerate(found.h)]
    places, names, values = ([item for layer in layers for item in layer] for layers in (UNITS, NAMES, up))
    x, y = np.array(places).T
    said = [f"{value:.2f}".replace("-", "−") for value in values]
    back = [f"δ = {d:.3f}".replace("-", "−") for layer in found.delta for d in layer[0]]
    ends = np.array([*UNITS[1][:2], *UNITS[2]])
    return [
        marks(x, y, PAPER, size=34, line={"width": 1.6, "color": INK}),
        text(x, y, names, INK, "middle center"),
        text(x, y + 0.2, [v if name != "1" else "" for v, name in zip(said, names, strict=True)], INK, "top center"),
        text(ends[:, 0], ends[:, 1] + 0.38, back, MUTED, "top center"),
    ]
