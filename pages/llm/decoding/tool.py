"""A tool that is called when it should be: where the model is less sure than a call is worth."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.text import PERCENT, T
from figures.marks import bars, handle_values, hline, line, marks, text, vline
from figures.plot import padded, plot, sheet
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, Figure, Stage
from pages.llm.decoding.called import LEVELS, SHOWN, Called, ends
from pages.llm.decoding.called import compute as compute
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("threshold", "cost", "slip", "belief")


@dataclass(frozen=True)
class Params:
    threshold: float = slider(
        T("自信がこれより低ければ呼ぶ", "Call below this confidence"), 0.0, 1.01, default=0.0, step=0.01
    )
    cost: int = slider(T("呼び出し 1 回のコスト", "Cost of a call"), 0, 60, default=30, unit=PERCENT)
    slip: int = slider(T("繰り上がりを忘れる割合", "Forgets a carry"), 0, 50, default=10, unit=PERCENT)
    belief: int = slider(T("忘れると思っている割合", "Believes it forgets"), 0, 50, default=10, unit=PERCENT)
    works: int = slider(T("呼び出しが通る割合", "Calls that come back"), 50, 100, default=100, unit=PERCENT)
    digits: int = slider(T("数の桁数", "Digits"), 1, 9, default=8)
    seed: int = slider(T("問題を引き直す", "Redraw the questions"), 0, 99, default=0)


READOUTS = (
    Readout("right", T("正解率", "Right"), "right", 1, PERCENT),
    Readout("share", T("呼び出した割合", "Called"), "share", 1, PERCENT),
    Readout("value", T("正解 − コスト", "Right − cost"), "value", 1, PERCENT),
    Readout("always", T("いつも呼ぶと", "Calling always"), "always", 1, PERCENT),
    Readout("best", T("最良のしきい値で", "At the best threshold"), "best", 1, PERCENT),
)


def draw(r: Called, p: Params) -> Stage:
    return Stage((kinds(r, p), written(r), value(r, p)), ("kinds written", "kinds value"), height=460)


def kinds(r: Called, p: Params) -> Figure:
    """Draw how common sums of m carries are, and how sure of them the adder is and thinks it is."""
    m = np.arange(len(r.law))
    out = r.calls
    level = min(100 * p.threshold, 100.0)
    sides = [{"at": 0.4, "where": where} for where in ("top right", "bottom left")]
    said, truly = sides if p.belief <= p.slip else sides[::-1]
    true = truly | {"label": T("本当の正解率", "truly right")} if p.belief != p.slip else {}
    return plot(
        "kinds",
        bars(0, r.law[out], m[out], 0.4, GREEN, 0.6, upright=True),
        bars(0, r.law[~out], m[~out], 0.4, MUTED, 0.35, upright=True),
        line(m, r.sure, INK, width=1.6, dash="dash", **true),
        line(m, r.stated, BLUE, width=2, label=T("自信", "confidence"), **said),
        marks(m, r.stated, BLUE, size=9),
        hline(level, (-1.0, len(m) - 0.4), MUTED, width=1.2, dash="dot"),
        handle_values(-0.75, level, up=("threshold", 0.0, 0.01)),
        x=T("繰り上がりの数（棒は問題の割合、緑は呼ぶ）", "Carries (bars: share of sums; green: called)"),
        y=T("割合、自信 (%)", "Share, confidence (%)"),
        xlim=(-1.0, len(m) - 0.4),
        ylim=(-5, 108),
        xticks=m,
        drag=False,
    )


def written(r: Called) -> Figure:
    """Draw what the model writes and what comes of it."""
    y = np.arange(SHOWN)[::-1]
    good = np.array([ok for _, _, ok in r.written])
    called = np.array([said.startswith("add") for said, _, _ in r.written])
    return sheet(
        "written",
        [
            text(
                np.full(some.sum(), 0.04),
                y[some],
                [r.written[k][0] for k in np.flatnonzero(some)],
                color,
                "middle right",
            )
            for some, color in ((called, GREEN), (~called, INK))
            if some.any()
        ],
        text(np.full(SHOWN, 1.0), y, [f"→ {got}" for _, got, _ in r.written], INK, "middle left"),
        marks(np.full((~good).sum(), 0.025), y[~good], ORANGE, size=10, symbol="x"),
        xlim=(0, 1.02),
        ylim=(-0.7, SHOWN - 0.3),
        small=True,
        room=6,
    )


def value(r: Called, p: Params) -> Figure:
    """Draw what every threshold earns."""
    best = (p.works - p.cost) / 100
    low, high = padded(np.append(r.curve, [r.always, r.own]))
    return plot(
        "value",
        vline(max(best, 0.0), (low, high), INK, width=1.2, dash="dash"),
        line(LEVELS, r.curve, BLUE, width=2.5, shape="hv"),
        handle_values(p.threshold, r.value, across=("threshold", 0.0, 1.0)),
        x=T("しきい値（破線は呼び出しの価値）", "Threshold (dashed: a call's worth)"),
        y=T("正解 − コスト (%)", "Right − cost (%)"),
        xlim=(-0.03, 1.04),
        ylim=(low, high),
        small=True,
        drag=False,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.llm import decoding as d

law, m = d.carries_law({p.digits}), np.arange({p.digits} + 1)
sure, stated = (1 - {p.slip} / 100) ** m, (1 - {p.belief} / 100) ** m
levels = [{p.threshold!r}, 1.01, *np.linspace(0, 1.01, 203)]
found = d.worth(law, sure, stated, levels, cost={p.cost} / 100, works={p.works} / 100)
print("right =", 100 * found.right[0])
print("share =", 100 * found.calls[0])
print("value =", 100 * found.value[0])
print("always =", 100 * found.value[1])
print("best =", 100 * found.value[2:].max())
"""


def at(threshold: float, **sets: Any) -> dict[str, Any]:
    return {"threshold": threshold, **sets}


COSTS = (10, 20, 30, 40)
RULE = tuple(at(round(1 - cost / 100, 2), cost=cost) for cost in COSTS)
CHECKS = {
    "when": Check(
        RULE,
        lambda *runs: all(r.best - r.value < 1e-9 and r.value > max(r.always, r.own) for r in runs),
        control=tuple(run | {"belief": 2} for run in RULE),
        measure=ends,
    ),
    "boast": Check(
        (at(0.7), at(0.7, belief=2)),
        lambda honest, boasting: boasting.share < 1 and boasting.value < boasting.always < honest.value,
        control=(at(0.7), at(0.7, belief=20)),
    ),
    "broken": Check(
        (at(0.7), at(0.7, works=80), at(0.5, works=80)),
        lambda sound, same, lower: lower.value > same.value and abs(lower.best - lower.value) < 1e-9,
        control=(at(0.7), at(0.7), at(0.5)),
    ),
}
