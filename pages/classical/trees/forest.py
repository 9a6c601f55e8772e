"""The forest: many trees, each on other data and with other questions; what they share does not average out.

A move grows thirty trees and asks them all over the plane: it may take 30 ms.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from core.classical.trees import Shared
from core.text import PERCENT, T
from figures.marks import hline, line, marks, moving, ring, until
from figures.plane import bare, plane
from figures.plot import plot, round_up
from figures.regions import regions
from figures.spec import BLUE, INK, MUTED, ORANGE, Figure, Playhead, Stage
from pages.classical.trees import shared
from pages.classical.trees.opinions import DRAWS, ROUNDS, TREES, Opinions, Wood, opinions, redrawn
from ui import stock
from ui.scene import Check, Part, Readout, Task

CONTROLS = ("data", "axes", "depth", "noise")
ZOOM = ("data", "features")
Params = Wood
AT = np.arange(1, TREES + 1)


def tasks(p: Wood) -> dict[str, Task]:
    return {"halves": Task(T("引き直し", "Redraws"), p, redrawn)}


def compute(p: Wood, parts: Mapping[str, Part] = MappingProxyType({})) -> Opinions:
    return opinions(p, parts["halves"].value if parts else None)


READOUTS = (
    Readout("oob", T("OOB 誤り率", "Out-of-bag error"), "oob", 1, PERCENT),
    Readout("test", T("テスト誤り率", "Test error"), "test", 1, PERCENT),
    Readout("rho", T("木どうしの相関 ρ", "Correlation ρ of trees"), "rho", 2, still=True),
)


def draw(r: Opinions, p: Wood) -> Stage:
    if r.share is None:
        return bare(r.problem)
    return Stage(
        (view(r), spread(r), errors(r)),
        ("plane spread", "plane errors"),
        playhead=Playhead(AT, T("本", "Tree"), seconds=7.0),
        height=470,
        columns="minmax(0, 1.35fr) minmax(0, 1fr)",
    )


def view(r: Opinions) -> Figure:
    share = np.stack([1 - r.share, r.share], axis=-1)
    return plane("plane", r.problem, regions(r.grid, r.share > 0.5, share), size=8.0, equal=False)


def spread(r: Opinions) -> Figure:
    """Draw the variance of a mean of so many trees: as foretold from other draws, and as measured."""
    measured = r.meter.measured if r.meter else np.full(TREES, np.nan)
    drawn = []
    if r.meter:
        floor = r.meter.shared.correlation * r.meter.shared.variance
        drawn = [
            hline(
                floor, (0, TREES + 1), MUTED, dash="dash", width=1.2, label=T("ρσ²", "ρσ²"), at=0.04, where="top right"
            ),
            line(AT, r.foretold, INK, dash="dash", width=1.5, label=T("予測", "predicted"), at=0.2, where="top right"),
        ]
    return plot(
        "spread",
        drawn,
        until(line(AT, measured, BLUE, width=2.5), AT),
        ring(moving(AT), moving(measured)),
        x=T("木の数 B", "Trees B"),
        y=T("分散", "Variance"),
        xlim=(0, TREES + 1),
        ylim=(0, round_up(1.1 * float(measured.max())) if r.meter else 0.15),
        small=True,
        margin={"l": 60},
    )


def errors(r: Opinions) -> Figure:
    known = [v[np.isfinite(v)] for v in (r.oob, r.test) if v is not None]
    top = round_up(1.05 * max(float(v.max()) for v in known), least=10.0)
    names = [(T("OOB", "out of bag"), BLUE)]
    drawn = [until(line(AT, r.oob, BLUE, width=2.5), AT), ring(moving(AT), moving(r.oob))]
    if r.test is not None:
        drawn += [until(line(AT, r.test, ORANGE, width=2), AT), marks(moving(AT), moving(r.test), ORANGE, size=8)]
        names.append((T("テスト", "test"), ORANGE))
    return plot(
        "errors",
        drawn,
        shared.corner(TREES, top, *names),
        x=T("木の数 B", "Trees B"),
        y=T("誤り率 (%)", "Error (%)"),
        xlim=(0, TREES + 1),
        ylim=(0, top),
        small=True,
    )


def code(p: Wood) -> str:
    data = stock.problem(p)
    if not shared.learnable(data):
        return 'print("trees =", 0)\n'
    test = 'print("test =", 100 * np.mean((forest.predict_proba(q)[:, 1] > 0.5) != truth))\n' if shared.fresh(p) else ""
    return f"""\
import numpy as np

from core.classical import trees
from core.data import load
from core.grid import Grid

{stock.code(p)}{shared.fresh_code(p)}forest = trees.forest(x, y, trees={TREES}, features={p.drawn}, depth={p.depth}, seed={p.seed})
print("oob =", 100 * (1 - forest.out_of_bag))
{test}
rng, said = np.random.default_rng(0), []
places = Grid.over({data.window!r}, 12, 9).points()
for turn in range({ROUNDS}):  # halves of the points, {TREES} trees on each
    bags = np.zeros(({DRAWS // ROUNDS}, {TREES}, len(x)))
    for bag in bags:
        half = rng.permutation(len(x))[: len(x) // 2]
        drawn = half[rng.integers(len(half), size=({TREES}, len(half)))]
        np.add.at(bag, (np.arange({TREES})[:, None], drawn), 1)
    bags = bags.reshape(-1, len(x))
    wood = trees.forest(x, y, trees=len(bags), features={p.drawn}, depth={p.depth}, seed=turn, bags=bags)
    said.append(wood.by_tree(places)[:, :, 1].reshape(-1, {TREES}, len(places)))
print("rho =", trees.shared(np.concatenate(said)[::2]).correlation)
"""


def fallen(*runs: Opinions) -> dict[str, float]:
    """Give what is left of the variance with all trees, measured, and by how much the law misses it at worst."""
    left = [float(r.meter.measured[-1] / r.meter.measured[0]) for r in runs]
    missed = max(abs(float(r.foretold[-1] / r.meter.measured[-1]) - 1) for r in runs)
    return {"low": 100 * min(left), "high": 100 * max(left), "missed": 100 * missed, "even": 100 / TREES}


def related(*runs: Opinions) -> dict[str, float]:
    """Give correlations with one axis at random and with both, and the largest share of the one in the other."""
    one, both = ([r.rho for r in runs[i::2]] for i in (0, 1))
    share = 100 * max(a / b for a, b in zip(one, both, strict=True))
    return {"one_low": min(one), "one": max(one), "both_low": min(both), "both": max(both), "share": share}


def unseen(*runs: Opinions) -> dict[str, float]:
    """Give mean errors over the runs."""
    table = {
        "oob": [r.oob[-1] for r in runs],
        "test": [r.test[-1] for r in runs],
        "training": [r.training for r in runs],
    }
    return {name: float(np.mean(values)) for name, values in table.items()} | {"runs": len(runs)}


def without_correlation(*runs: Opinions) -> tuple[Opinions, ...]:
    return tuple(replace(r, meter=replace(r.meter, shared=Shared(r.meter.shared.variance, 0.0))) for r in runs)


KINDS = ("moons", "circles", "xor", "iris_hard")
BOTH = tuple({"data": kind, "noise": 0.2, "axes": axes} for kind in KINDS for axes in ("one", "both"))
NOISY = tuple({"noise": 0.3, "seed": seed} for seed in range(8))
QUICK = {"depth": 2}
CHECKS = {
    "floor": Check(
        BOTH[1::2],
        # About a fifth: nearer to it than to a fifteenth or to all of it, and as foretold.
        lambda *runs: (m := fallen(*runs))["missed"] < 25 and 4 * m["even"] < m["low"] < m["high"] < 35,
        control=without_correlation,
        measure=fallen,
    ),
    "axes": Check(BOTH, lambda *runs: related(*runs)["share"] < 90, control=lambda *runs: runs[::-1], measure=related),
    "oob": Check(
        NOISY,
        lambda *runs: abs(unseen(*runs)["oob"] - unseen(*runs)["test"]) < 2.5 and unseen(*runs)["training"] < 1,
        control=lambda *runs: tuple(replace(r, oob=np.full(TREES, r.training)) for r in runs),
        measure=unseen,
    ),
}
