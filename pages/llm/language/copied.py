"""What a counting masked model learns of the weather, and its pictures."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.llm import language as g
from core.result import result
from core.text import T
from figures.marks import handle_values, hline, line, press, ring, text
from figures.plot import plot, sheet
from figures.spec import BLUE, INK, MUTED, NOW, ORANGE, OTHER, Figure
from pages.llm.language.shared import HALF, boxes, frames

WEATHER = {"sun": T("晴れ", "sun"), "cloud": T("曇り", "cloud"), "rain": T("雨", "rain"), "snow": T("雪", "snow")}
NAMES = tuple(WEATHER.values())
SIZES = (8, 16, 32, 64, 125, 250, 500, 1000, 2000, 4000)  # days
SHARES = (0, 50, 90, 95, 98, 99, 100)  # %
EVEN, TOP = float(np.log(4)), 1.75


@result
class Copied:
    run: g.Copying  # along SIZES
    now: g.Copying  # at the days read
    shares: NDArray[np.float64]  # (shares, 2) loss that training reports, and of masked days, by share still visible
    guess: NDArray[np.float64]  # (4,) what the model says of the masked day

    @property
    def told(self) -> float:
        return float(self.now.told[0])

    @property
    def filled(self) -> float:
        return float(self.now.filled[0])

    @property
    def right(self) -> float:
        return 100 * float(self.now.accuracy[0])

    @property
    def best(self) -> float:
        return 100 * self.now.best


def weather(stay: float) -> NDArray[np.float64]:
    """Give the chain: weather stays, or goes a step on or back from sun to snow."""
    step = np.eye(4, k=1) + np.eye(4, k=-1)
    return np.asarray(stay * np.eye(4) + (1 - stay) * step / step.sum(axis=1, keepdims=True))


@functools.lru_cache(64)
def copied(stay: int, sizes: tuple[int, ...], visible: int, seed: int) -> g.Copying:
    return g.copying(weather(stay / 100), sizes, visible=visible / 100, seed=seed)


@functools.lru_cache(64)
def by_share(stay: int, days: int, seed: int) -> NDArray[np.float64]:
    """Give what training reports and the loss of masked days, for each share left visible."""
    runs = [copied(stay, (days,), share, seed) for share in SHARES]
    return np.array([(run.told[0], run.filled[0]) for run in runs])


def compute(p: Any) -> Copied:
    now = copied(p.stay, (p.days,), p.visible, p.seed)
    left, right = (tuple(WEATHER).index(name) for name in (p.before, p.after))
    return Copied(
        copied(p.stay, SIZES, p.visible, p.seed), now, by_share(p.stay, p.days, p.seed), now.fills[left, right].copy()
    )


def guess(r: Copied, p: Any) -> Figure:
    """Draw the days around a masked day, to press, and what the model says of it."""
    up = np.arange(4)[::-1].astype(float)
    sides = [tuple(WEATHER).index(name) for name in (p.before, p.after)]
    chosen = [(x, up[k]) for x, k in zip((0.0, 2.0), sides, strict=True)]
    sets = [{field: key} for field in ("before", "after") for key in WEATHER]
    heads = T("前の日", "before"), T("？", "?"), T("次の日", "after")
    return sheet(
        "guess",
        boxes(np.repeat([0.0, 2.0], 4), np.tile(up, 2), NAMES * 2, np.zeros(8), MUTED),
        boxes(np.ones(4), up, NAMES, r.guess),
        frames(chosen, NOW, 3),
        text([0, 1, 2], np.full(3, 3.75), heads, MUTED, "middle center"),
        press(np.repeat([0.0, 2.0], 4), np.tile(up, 2), HALF, sets),
        xlim=(-0.5, 2.5),
        ylim=(-0.6, 4.1),
    )


def curves(r: Copied, p: Any) -> Figure:
    """Draw losses by days read, with their floors; a press reads so many days."""
    x, limits = np.log2(SIZES), (2.5, 12.5)
    drawn = (
        (r.run.causal, OTHER, 1.6, T("次の日", "next day"), 1.0, "bottom left"),
        (r.run.filled, ORANGE, 2.4, T("隠した日", "masked days"), 0.6, "bottom right"),
        (r.run.told, BLUE, 2.4, T("訓練の報告", "reported"), 0.5, "top right"),
    )
    return plot(
        "curves",
        hline(r.now.causal_floor, limits, OTHER, dash="dash", width=1.4),
        hline(r.now.filled_floor, limits, INK, dash="dash", width=1.4),
        hline(EVEN, limits, MUTED, dash="dot", width=1.2, label=T("当てずっぽう", "guessing")),
        [
            line(x, np.minimum(y, TOP), color, width=width, label=name, at=at, where=where)
            for y, color, width, name, at, where in drawn
        ],
        ring([np.log2(p.days)] * 2, np.minimum([r.told, r.filled], TOP)),
        press(x, np.full(len(x), TOP / 2), (0.5, TOP / 2), [{"days": n} for n in SIZES]),
        x=T("読んだ日数", "Days read"),
        y=T("損失（ナット）", "Loss (nats)"),
        xlim=limits,
        ylim=(-0.05, TOP),
        xticks={float(np.log2(n)): f"{n:,}" for n in (8, 64, 500, 4000)},
        drag=False,
        small=True,
    )


def shares(r: Copied, p: Any) -> Figure:
    """Draw both losses by the share left visible, which can be dragged."""
    told, filled = r.shares.T
    return plot(
        "shares",
        hline(
            r.now.filled_floor,
            (0, 100),
            INK,
            dash="dash",
            width=1.4,
            label=T("マスクの床", "masked floor"),
            at=1.0,
            where="bottom left",
        ),
        line(SHARES, np.minimum(filled, TOP), ORANGE, width=2.4, label=T("隠した日", "masked days"), at=0.2),
        line(SHARES, told, BLUE, width=2.4, label=T("訓練の報告", "reported"), at=0.2, where="bottom left"),
        handle_values(p.visible, r.told, across=("visible", 0.0, 1.0)),
        ring(p.visible, min(r.filled, TOP)),
        x=T("隠し忘れる割合 (%)", "Share still visible (%)"),
        y=T("損失（ナット）", "Loss (nats)"),
        xlim=(-3, 103),
        ylim=(-0.05, TOP),
        drag=False,
        small=True,
    )
