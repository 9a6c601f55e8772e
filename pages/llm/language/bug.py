"""The bug that masks nothing: the loss falls to zero by copying, and what is really masked is never learned."""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.spec import Stage
from pages.llm.language.copied import SIZES, WEATHER, Copied, curves, guess, shares
from pages.llm.language.copied import compute as compute
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("visible", "days", "stay", "seed")


@dataclass(frozen=True)
class Params:
    visible: int = slider(T("隠し忘れる割合", "Share still visible"), 0, 100, default=100, unit=PERCENT)
    days: int = slider(T("読んだ日数", "Days read"), SIZES[0], SIZES[-1], default=2000, log=True)
    stay: int = slider(T("同じ天気が続く確率", "Chance that weather stays"), 0, 95, default=50, step=5, unit=PERCENT)
    before: str = choice(T("前の日", "The day before"), WEATHER)
    after: str = choice(T("次の日", "The day after"), WEATHER, default="rain")
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


READOUTS = (
    Readout("told", T("訓練が報告する損失", "Loss that training reports"), "told", 3),
    Readout("filled", T("隠した日での損失", "Loss on masked days"), "filled", 3),
    Readout("right", T("隠した日の正解率", "Masked days filled in correctly"), "right", 1, PERCENT),
    Readout("best", T("正解率の上限", "Best that can be done"), "best", 1, PERCENT),
    Readout("masked", T("マスクの床", "Masked floor"), "now.filled_floor", 3),
    Readout("causal", T("次の日の床", "Next-day floor"), "now.causal_floor", 3),
)


def draw(r: Copied, p: Params) -> Stage:
    return Stage(
        (guess(r, p), curves(r, p), shares(r, p)), ("guess curves", "guess shares"), height=440, columns="2fr 3fr"
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.llm import language as g

stay = {p.stay} / 100
step = np.eye(4, k=1) + np.eye(4, k=-1)
P = stay * np.eye(4) + (1 - stay) * step / step.sum(axis=1, keepdims=True)
run = g.copying(P, [{p.days}], visible={p.visible} / 100, seed={p.seed})
print("told =", run.told[-1])
print("filled =", run.filled[-1])
print("right =", 100 * run.accuracy[-1])
joint = g.stationary(P)[:, None, None] * P[:, :, None] * P[None]  # (before, masked, after)
print("best =", 100 * joint.max(axis=1).sum())
print("masked =", g.masked_floor(P))
print("causal =", g.entropy_rate(P))
"""


SEEDS = range(5)


def extremes(*runs: Copied) -> dict[str, float]:
    return {"told": max(r.told for r in runs), "low": min(r.right for r in runs), "high": max(r.right for r in runs)}


CHECKS = {
    "bug": Check(
        tuple({"seed": seed} for seed in SEEDS),
        lambda *runs: all(r.told < 0.02 and abs(r.right - 25) < 1e-6 for r in runs),
        control=tuple({"seed": seed, "visible": 90} for seed in SEEDS),
        measure=extremes,
    ),
    "tenth": Check(
        tuple({"seed": seed, "visible": 90} for seed in SEEDS),
        lambda *runs: all(r.told < 0.15 and r.right > r.best - 5 for r in runs),
        control=tuple({"seed": seed, "visible": 90, "days": 32} for seed in SEEDS),
        measure=extremes,
    ),
    "floors": Check(
        tuple({"seed": seed, "visible": 0, "days": 4000} for seed in SEEDS),
        lambda *runs: all(
            0 < r.filled - r.now.filled_floor < 0.03
            and 0 < r.now.causal[0] - r.now.causal_floor < 0.03
            and r.filled < r.now.causal[0] - 0.1
            for r in runs
        ),
        control=tuple({"seed": seed, "visible": 0, "days": 32} for seed in SEEDS),
        measure=lambda *runs: {
            "masked": float(np.mean([r.filled for r in runs])),
            "causal": float(np.mean([r.now.causal[0] for r in runs])),
        },
    ),
}
