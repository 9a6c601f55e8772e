"""What the scenes of many trees share: two classes in the plane, and fresh points to test on."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.data import load
from core.text import T
from figures.marks import text
from figures.spec import Trace
from ui import stock

TESTED = 400  # fresh points
LEAST = 8  # points to learn from


@dataclass(frozen=True)
class Two(stock.Plane):
    sources: ClassVar = {key: stock.TWO[key] for key in ("moons", "circles", "blobs", "xor", "iris_hard")}
    data: str = stock.menu(sources)
    features: str = stock.pair("iris", default="petal", when=lambda p: p.measured)


def corner(x: float, top: float, *names: tuple[T, str]) -> list[Trace]:
    """Name curves in their colours, in the upper corner at x, which falling curves leave free."""
    return [text(x, (0.96 - 0.16 * i) * top, words, color, at="middle left") for i, (words, color) in enumerate(names)]


def learnable(data: stock.Problem) -> bool:
    return len(data.y) >= LEAST and len(np.unique(data.y)) == 2


def fresh(p: stock.Plane) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Give points that nobody learns from, of a set that can be drawn from."""
    source = p.source
    if source is None or p.measured:
        return None
    data = load(source.name, n=source.n + TESTED, noise=source.noise + p.noise, seed=p.seed)
    return data.x[source.n :], data.y[source.n :]


def fresh_code(p: stock.Plane) -> str:
    """Give Python that makes them, as q and truth; nothing where there are none."""
    if fresh(p) is None:
        return ""
    n, noise = p.source.n, p.source.noise + p.noise
    return f"""\
more = load("{p.source.name}", n={n + TESTED}, noise={noise!r}, seed={p.seed})
q, truth = more.x[{n}:], more.y[{n}:]
"""
