"""Weather: a chain forgets by |λ₂|, settles (or never does), and its days count as fewer."""

from dataclasses import dataclass, replace

import numpy as np

from core.text import PERCENT, T
from figures.marks import bars, bell, heat, hline, line, marks, shade, vline
from figures.plot import plot, round_up
from figures.spec import BLUE, INK, MUTED, ORANGE, OTHER, Figure, Stage
from pages.classical.sampling.recorded import AHEAD, RUNS, Weather, recorded
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("sunny", "rainy", "days", "seed")
WEEK = 7


@dataclass(frozen=True)
class Params:
    sunny: float = slider(T("晴れの翌日も晴れ", "Sun after sun"), 0.0, 0.98, default=0.7, step=0.01)
    rainy: float = slider(T("雨の翌日も雨", "Rain after rain"), 0.0, 0.98, default=0.6, step=0.01)
    days: int = slider(T("記録した日数", "Days on record"), 28, 1001, default=365, step=1)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def compute(p: Params) -> Weather:
    return recorded(p.sunny, p.rainy, p.days, p.seed)


READOUTS = (
    Readout("percent", T("長い目で見た晴れ", "Sunny in the long run"), "percent", 1, PERCENT),
    Readout("slem", T("1 日に残る影響 |λ₂|", "Kept each day |λ₂|"), "slem", 2),
    Readout("spell", T("晴れの続く日数", "Mean sunny spell"), "spell", 2, T(" 日", " days")),
    Readout("worth", T("独立な日に直すと", "Worth in independent days"), "worth", 0, T(" 日", "")),
)


def draw(r: Weather, p: Params) -> Stage:
    figures = ahead(r), shares(r), record(r)
    columns = "minmax(0, 1fr) minmax(0, 1fr)"
    return Stage(figures, ("ahead shares", "record record"), height=460, columns=columns)


def ahead(r: Weather) -> Figure:
    """Draw both forecasts; the dashed line is the stationary law."""
    at = np.arange(AHEAD + 1)
    return plot(
        "ahead",
        hline(r.law, (0, AHEAD), INK, dash="dash", width=1.4),
        line(at, r.forecasts[0], ORANGE, width=2.5),
        marks(at, r.forecasts[0], ORANGE, size=6, symbol="triangle-up"),
        line(at, r.forecasts[1], BLUE, width=2.5),
        marks(at, r.forecasts[1], BLUE, size=6),
        x=T("何日先か", "Days ahead"),
        y=T("晴れの確率", "Chance of sun"),
        xlim=(-0.5, 14.5),
        ylim=(-0.03, 1.03),
        small=True,
    )


def shares(r: Weather) -> Figure:
    """Draw what 400 records say, beside what independent days and the honest count would make of them."""
    bins, reach = r.bins, r.reach
    top = round_up(1.15 * max(bins.density.max(), 0.4 / r.naive))
    by_days, by_law = T("独立なら", "if independent"), T("λ で直すと", "by λ")
    drawn = [bell(r.law, r.naive, OTHER, 2, name=by_days, at=1.1, where="middle right")]
    if r.honest > 0:
        drawn.append(bell(r.law, r.honest, INK, 2, name=by_law, at=-1.1, where="middle left", dash="dash"))
    return plot(
        "shares",
        bars(0, bins.density, bins.middles, 0.9 * bins.half, BLUE, 0.4, upright=True),
        vline(r.law, (0, top), MUTED, dash="dash", width=1.2),
        *drawn,
        x=T("記録の中の晴れの割合", "Share of sunny days on record"),
        y="",
        xlim=(r.law - reach, r.law + reach),
        ylim=(0, top),
        small=True,
        margin={"l": 16},
    )


def record(r: Weather) -> Figure:
    """Draw the first record as a calendar: a column a week."""
    weeks = -(-len(r.record) // WEEK)
    days = np.full(weeks * WEEK, 127.0)
    days[: len(r.record)] = 255.0 * (r.record == 1)
    cells = shade(days.reshape(weeks, WEEK).T[::-1], 0, 255)
    scale = ((0, ORANGE), (0.49, "$paper"), (0.51, "$paper"), (1, BLUE))
    return plot(
        "record",
        heat(cells, (1, weeks), (1, WEEK), scale, 0.75, smooth=False),
        x=T("週（橙は晴れ、青は雨）", "Week (orange: sun, blue: rain)"),
        y=T("曜日", "Day"),
        xlim=(0.5, weeks + 0.5),
        ylim=(0.5, WEEK + 0.5),
        yticks=[],
        whole_x=True,
        drag=False,
        small=True,
        margin={"l": 30},
    )


def code(p: Params) -> str:
    return f"""\
from core.classical import sampling as s

P = [[{p.sunny!r}, 1 - {p.sunny!r}], [1 - {p.rainy!r}, {p.rainy!r}]]  # from sun, from rain; to sun, to rain
sun = s.stationary(P)[0]
v = s.asymptotic_variance(P, [1, 0])
days = s.simulate(P, days={p.days}, runs={RUNS}, seed={p.seed})
print("percent =", 100 * sun)
print("slem =", s.slem(P))
print("spell =", 1 / (1 - P[0][0]))
print("worth =", {p.days} * sun * (1 - sun) / v if v > 0 else float("inf"))
print("spread of the share over {RUNS} records =", (days == 0).mean(axis=1).std())
"""


def counted(*runs: Weather) -> dict[str, float]:
    """Give how many independent days would have spread as the records did, and what theory says of it."""
    spread = np.mean([r.spread**2 for r in runs])
    return {"measured": float(runs[0].law * (1 - runs[0].law) / spread), "worth": runs[0].worth}


def fewer(*runs: Weather) -> bool:
    found = counted(*runs)
    return 100 < found["measured"] < 145 and abs(found["measured"] / found["worth"] - 1) < 0.15


SEEDS = range(5)
FLIP = {"sunny": 0.0, "rainy": 0.0}
CHECKS = {
    "fewer": Check(
        tuple({"sunny": 0.75, "rainy": 0.75, "seed": seed} for seed in SEEDS),
        fewer,
        control=tuple({"sunny": 0.5, "rainy": 0.5, "seed": seed} for seed in SEEDS),
        measure=counted,
    ),
    "flip": Check(
        ({"sunny": 0.1, "rainy": 0.1}, FLIP),
        lambda near, flip: abs(near.law - 0.5) + abs(flip.law - 0.5) < 1e-9 and near.swings < 0.01 and flip.swings == 1,
        control=(FLIP, {"sunny": 0.1, "rainy": 0.1}),
    ),
    "more": Check(
        tuple({"sunny": 0.25, "rainy": 0.25, "seed": seed} for seed in SEEDS),
        lambda *runs: counted(*runs)["measured"] > 2 * 365,
        control=lambda *runs: tuple(replace(r, shares=r.law + 2 * (r.shares - r.law)) for r in runs),
        measure=counted,
    ),
}
