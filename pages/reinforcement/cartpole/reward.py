"""What the reward says: values that PPO learned beside the true return, with and without a bootstrap at the limit."""

from dataclasses import dataclass, replace

import numpy as np

from core.reinforcement import cartpole as core
from core.result import result
from core.text import T
from figures.marks import box, hline, line, marks, text
from figures.plot import plot
from figures.spec import BLUE, NOW, ORANGE, PAPER, Figure, Stage
from pages.reinforcement.cartpole.agents import load
from ui.params import choice
from ui.scene import Check, Readout

CONTROLS = ("reward", "horizon")
ZOOM = ("reward",)
GAMMAS = (0.0, 0.9, 0.98, 0.99)
LOOKS = (  # with the bootstrap, and without
    (BLUE, "circle", T("打ち切りの先も見積もる（ブートストラップ）", "bootstrap at the limit")),
    (ORANGE, "triangle-up", T("打ち切りを終わりとする", "limit taken for the end")),
)


@dataclass(frozen=True)
class Params:
    reward: str = choice(
        T("報酬", "Reward"),
        {
            "plus": T("毎ステップ +1（Gymnasium）", "+1 each step (Gymnasium)"),
            "sutton": T("倒れたら −1、ほかは 0（Sutton–Barto）", "−1 for a fall, else 0 (Sutton–Barto)"),
        },
    )
    horizon: str = choice(T("割引率 γ", "Discount γ"), {g: T(g, g) for g in ("0.98", "0.99", "0.9", "0")})


@result
class Judged:
    """States (n,) of an agent's own episodes."""

    time: core.Floats  # at which step each was met
    value: core.Floats  # what the agent expected
    truth: core.Floats  # the true return

    @property
    def course(self) -> core.Floats:
        """(2, 20) mean time and mean truth of 20 equal parts of the states, in the order of time."""
        parts = np.array_split(np.argsort(self.time, kind="stable"), 20)
        return np.array([[v[i].mean() for i in parts if len(i)] for v in (self.time, self.truth)])


@result
class Worth:
    """Arrays over the discounts (4,), with and without the bootstrap (2,)."""

    chosen: int  # which discount
    judged: tuple[Judged, Judged]  # at that discount
    expected: core.Floats  # (4, 2) mean values
    real: core.Floats  # (4, 2) mean true values
    score: core.Floats  # (4, 2) mean steps of 100 greedy episodes
    excess: core.Floats  # (seeds, 2) mean of value − truth for γ = 0.98

    @property
    def bootstrap(self) -> float:
        return float(self.expected[self.chosen, 0])

    @property
    def cut(self) -> float:
        return float(self.expected[self.chosen, 1])

    @property
    def truth(self) -> float:
        return float(self.real[self.chosen, 0])

    @property
    def steps(self) -> float:
        return float(self.score[self.chosen, 0])

    @property
    def excess_mean(self) -> core.Floats:
        return self.excess.mean(axis=0)


def first(p: Params) -> int:
    """Give the row of rewards.npz with the reward's first discount; two rows a discount: bootstrap, cut."""
    return 0 if p.reward == "plus" else 2 * len(GAMMAS)


def compute(p: Params) -> Worth:
    stored, limit = load("cartpole/rewards"), load("cartpole/limit")
    chosen = GAMMAS.index(float(p.horizon))

    def judged(row: int) -> Judged:
        return Judged(*(stored[name][row, : int(stored["count"][row])] for name in ("time", "value", "truth")))

    def table(values: core.Floats) -> core.Floats:
        return values[first(p) : first(p) + 2 * len(GAMMAS)].reshape(len(GAMMAS), 2)

    row = first(p) + 2 * chosen
    return Worth(
        chosen,
        (judged(row), judged(row + 1)),
        expected=table(np.nanmean(stored["value"], axis=1)),
        real=table(np.nanmean(stored["truth"], axis=1)),
        score=table(stored["score"]),
        excess=np.stack([limit["bootstrap"], limit["cut"]], axis=1),
    )


READOUTS = (
    Readout("truth", T("本当の収益", "True return"), "truth", 2),
    Readout("bootstrap", T("ブートストラップあり", "With bootstrap"), "bootstrap", 2),
    Readout("cut", T("なし", "without"), "cut", 2),
    Readout("score", T("試験の長さ", "Steps"), "steps"),
)


def draw(r: Worth, p: Params) -> Stage:
    figures = (time(r, p), discounts(r, p))
    return Stage(figures, ("time discounts",), height=480, columns="minmax(0, 1.3fr) minmax(0, 1fr)")


def span(p: Params, gamma: float) -> tuple[float, float]:
    """Give room for the values of a discount: 1 + γ + γ² + … = 1 / (1 − γ) at most, −1 at least."""
    return (-0.65, 0.1) if p.reward == "sutton" else (0.0, 1.22 / (1.0 - gamma))


def time(r: Worth, p: Params) -> Figure:
    """Draw what agents expected at each time of their episodes, and dashed the true return."""
    low, high = span(p, float(p.horizon))
    learned, came, names = [], [], []
    for k, (judged, (color, symbol, name)) in enumerate(zip(r.judged, LOOKS, strict=True)):
        learned.append(marks(judged.time, judged.value, color, size=5.5, symbol=symbol, opacity=0.7))
        came += [line(*judged.course, PAPER, width=5), line(*judged.course, color, width=3, dash="dash")]
        below = low + (0.14 - 0.07 * k) * (high - low)  # where no values are
        names += [marks(24, below, color, size=9.0, symbol=symbol), text(30, below, name)]
    return plot(
        "time",
        learned,
        came,
        names,
        x=T("ステップ t", "Step t"),
        y=T("価値", "Value"),
        xlim=(0, 505),
        ylim=(low, high),
        view=p.horizon,
        titled=True,
        margin={"l": 58},
    )


def discounts(r: Worth, p: Params) -> Figure:
    """Draw mean values of each discount as marks, and the true return as dashes."""
    n, (low, high) = np.arange(len(GAMMAS)), span(p, GAMMAS[-1])
    pairs = []
    for k, (color, symbol, _) in enumerate(LOOKS):
        x = n + (k - 0.5) * 0.42
        pairs += [
            hline(y, (at - 0.19, at + 0.19), color, width=3, dash="dash") for at, y in zip(x, r.real[:, k], strict=True)
        ]
        pairs.append(marks(x, r.expected[:, k], color, size=11.0, symbol=symbol))
    return plot(
        "discounts",
        box(r.chosen - 0.46, r.chosen + 0.46, low, high, NOW, 0.12),
        pairs,
        x=T("割引率 γ", "Discount γ"),
        y=T("平均の価値", "Mean value"),
        xlim=(-0.6, len(n) - 0.4),
        ylim=(low, high),
        xticks={i: f"{g:g}" for i, g in enumerate(GAMMAS)},
        titled=True,
        margin={"l": 58},
    )


def code(p: Params) -> str:
    row = first(p) + 2 * GAMMAS.index(float(p.horizon))
    return f"""\
import numpy as np

from core import ahead

made = ahead.load("cartpole/rewards")  # makes it again: python -m core.ahead cartpole/rewards
print("truth =", np.nanmean(made["truth"][{row}]))
print("bootstrap =", np.nanmean(made["value"][{row}]))
print("cut =", np.nanmean(made["value"][{row + 1}]))
print("score =", made["score"][{row}])
"""


CHECKS = {
    "cut": Check(
        ({"reward": "plus", "horizon": "0.98"},),
        lambda r: bool((r.excess[:, 1] < r.excess[:, 0]).all() and r.excess_mean[1] < -2),
        control=lambda r: (replace(r, excess=r.excess[:, ::-1]),),  # a world in which cutting raised the value
    )
}
