"""A noisy digit repaired: ICM stops in a valley, the minimum cut finds the likeliest image; neither is the truth."""

from dataclasses import dataclass

import numpy as np

from core.classical import graphs
from core.text import PERCENT, T
from figures.marks import hline, line, moving, ring, until
from figures.plot import plot
from figures.spec import BLUE, INK, OTHER, Figure, Playhead, Stage
from pages.classical.graphs.repair import COUPLINGS, Restored, over, panels
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("coupling", "noise", "digit", "seed")
ZOOM = ("digit",)


@dataclass(frozen=True)
class Params:
    digit: int = slider(T("数字", "Digit"), 0, 9, default=3)
    noise: int = slider(T("反転した画素", "Pixels turned over"), 0, 30, default=10, unit=PERCENT)
    coupling: float = slider(T("結合 β", "Coupling β"), 0.0, 2.0, default=0.5, step=0.05)
    fidelity: float = slider(T("忠実さ η", "Fidelity η"), 0.1, 2.0, default=1.0, step=0.05)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def compute(p: Params) -> Restored:
    truth = graphs.digit(p.digit)
    seen = graphs.turned(truth, p.noise / 100, seed=p.seed)
    how = {"coupling": p.coupling, "fidelity": p.fidelity}
    frames, cut = graphs.icm_path(seen, **how), graphs.best_cut(seen, **how)
    energies = np.array([graphs.energy(x, seen, **how) for x in frames])
    lowest, true = (graphs.energy(x, seen, **how) for x in (cut, truth))
    return Restored(truth, frames, cut, energies, lowest, true, over(p.digit, p.noise, p.seed, p.fidelity))


READOUTS = (
    Readout("noisy", T("見えた画像の誤り", "Wrong as seen"), "noisy", still=True),
    Readout("wrong", T("ICM の誤り", "Wrong by ICM"), "wrong"),
    Readout("exact", T("最小カットの誤り", "Wrong by the cut"), "exact", still=True),
    Readout("energy", T("ICM のエネルギー", "Energy of ICM"), "energies", 1),
)


def draw(r: Restored, p: Params) -> Stage:
    return Stage(
        (panels(r), energy(r), curves(r, p)),
        ("panels energy", "panels curves"),
        playhead=Playhead(np.arange(len(r.frames)), T("画素", "Pixel"), seconds=5.0),
        height=480,
        columns="minmax(0, 1.2fr) minmax(0, 1fr)",
    )


def energy(r: Restored) -> Figure:
    at = np.arange(len(r.energies))
    low, high = min(r.lowest, r.true), max(r.energies[0], r.true)
    room = 0.12 * (high - low or 1.0)
    xlim = (-0.4, max(len(at) - 0.6, 4))
    return plot(
        "energy",
        hline(r.lowest, xlim, OTHER, width=1.5, label=T("最小カット", "minimum cut"), at=0.0, where="top right"),
        hline(
            r.true, (0, xlim[1]), INK, dash="dash", width=1.5, label=T("元の画像", "truth"), at=0.0, where="top right"
        ),
        until(line(at, r.energies, BLUE, width=2.5), 1 + at),
        ring(moving(at), moving(r.energies)),
        x=T("反転させた画素", "Pixels changed"),
        y=T("エネルギー", "Energy"),
        xlim=xlim,
        ylim=(low - room, high + room),
        whole_x=True,
        small=True,
        margin={"l": 64},
    )


def curves(r: Restored, p: Params) -> Figure:
    top = 1.08 * max(float(r.curves.max()), r.noisy, 4)
    k = int(np.searchsorted(COUPLINGS, p.coupling))
    at = np.insert(COUPLINGS, k, p.coupling)
    icm, exact = np.insert(r.curves, k, (r.icm, r.exact), axis=1)
    return plot(
        "curves",
        hline(
            r.noisy, (0, 2), INK, dash="dash", width=1.5, label=T("見えた画像", "as seen"), at=0.0, where="top right"
        ),
        line(at, icm, BLUE, width=2.5, label="ICM", where="top left"),
        line(at, exact, OTHER, width=2, label=T("最小カット", "minimum cut"), where="top left"),
        ring(p.coupling, r.exact, 12),
        x=T("結合 β", "Coupling β"),
        y=T("誤った画素", "Wrong pixels"),
        xlim=(0, 2.05),
        ylim=(-0.02 * top, top),
        small=True,
        margin={"l": 64},
    )


def code(p: Params) -> str:
    return f"""\
from core.classical import graphs

truth = graphs.digit({p.digit})
seen = graphs.turned(truth, {p.noise} / 100, seed={p.seed})
how = {{"coupling": {p.coupling!r}, "fidelity": {p.fidelity!r}}}
icm, cut = graphs.icm(seen, **how), graphs.best_cut(seen, **how)
print("noisy =", (seen != truth).sum())
print("wrong =", (icm != truth).sum())
print("exact =", (cut != truth).sum())
print("energy =", graphs.energy(icm, seen, **how))
print("lowest =", graphs.energy(cut, seen, **how))
"""


def sums(*runs: Restored) -> dict[str, int]:
    """Count over several digits: wrong pixels, and where ICM stopped too high."""
    return {
        **{name: sum(getattr(r, name) for r in runs) for name in ("noisy", "icm", "exact", "stuck")},
        "runs": len(runs),
        "above": sum(r.true > r.lowest + 1e-9 for r in runs),
    }


def many(coupling: float) -> tuple[dict[str, float], ...]:
    """Set ten digits with two draws of noise each, the last that which opens the page."""
    runs = [
        {"digit": d, "seed": s, "coupling": coupling} for s in (1, 0) for d in (*(d for d in range(10) if d != 3), 3)
    ]
    return tuple(runs)


CHECKS = {
    "stuck": Check(
        many(0.5),
        lambda *runs: (
            13 <= sums(*runs)["stuck"] <= 17 and sums(*runs)["exact"] < sums(*runs)["icm"] < sums(*runs)["noisy"]
        ),
        control=many(0.1),
        measure=sums,
    ),
    "strong": Check(
        many(1.3),
        lambda *runs: sums(*runs)["exact"] > sums(*runs)["noisy"] > sums(*runs)["icm"] and sums(*runs)["above"] == 20,
        control=many(0.5),
        measure=sums,
    ),
}
