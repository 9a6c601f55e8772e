"""Luck: twenty trainings of each agent that differ in the seed alone."""

from dataclasses import dataclass, replace

import numpy as np

from core.reinforcement import cartpole as core
from core.result import result
from core.text import T
from figures.marks import band, line, marks, text, vline
from figures.plot import plot
from figures.spec import BLUE, INK, MUTED, NOW, OTHER, Figure, Stage
from pages.reinforcement.cartpole import pictures
from pages.reinforcement.cartpole.agents import load
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("who", "share", "yours")
SEEDS = 20
WHO = {  # as the rows of seeds.npz, 20 each
    "ppo": T("PPO", "PPO"),
    "actor_critic": T("Actor-Critic", "Actor-critic"),
    "reinforce": T("REINFORCE（ベースラインあり）", "REINFORCE with a baseline"),
    "plain": T("REINFORCE（ベースラインなし）", "REINFORCE without one"),
    "q_learning": T("Q学習", "Q-learning"),
}
SHORT = {**WHO, "reinforce": T("REINFORCE", "REINFORCE"), "plain": T("REINFORCE<br>（b なし）", "REINFORCE,<br>no b")}


@dataclass(frozen=True)
class Params:
    who: str = choice(T("エージェント", "Agent"), WHO)
    share: float = slider(
        T("比べる時点（予算の割合）", "Compared at (share of the budget)"), 0.05, 1.0, default=0.5, step=0.05
    )
    yours: int = slider(T("あなたの種", "Your seed"), 0, SEEDS - 1, default=0)


@result
class Luck:
    who: int  # row of the arrays
    seed: int
    steps: core.Floats  # (g,) environment steps of the chosen agent
    column: int  # where on its curves the seeds are compared
    curves: core.Floats  # (agents, seeds, g) mean lengths of the last 20 episodes
    score: core.Floats  # (agents, seeds) of the test at the end
    variance: core.Floats  # (8, 3, 3) of REINFORCE's gradient: seeds, moments, (plain, constant, critic)

    @property
    def at(self) -> core.Floats:
        """(agents, seeds) where they are compared."""
        return self.curves[:, :, self.column]

    @property
    def chosen(self) -> core.Floats:
        return self.at[self.who]

    @property
    def quartiles(self) -> core.Floats:
        return np.asarray(np.percentile(self.chosen, [25, 50, 75]))

    @property
    def least(self) -> float:
        return float(self.chosen.min())

    @property
    def most(self) -> float:
        return float(self.chosen.max())

    @property
    def median(self) -> float:
        return float(self.quartiles[1])

    @property
    def spread(self) -> float:
        return float(self.quartiles[2] - self.quartiles[0])

    @property
    def yours(self) -> float:
        return float(self.chosen[self.seed])

    @property
    def solved(self) -> int:
        return int((self.score[self.who] >= core.SOLVED).sum())

    @property
    def critic(self) -> core.Floats:
        """(seeds, moments) the gradient's variance with a critic, as a multiple of that without a baseline."""
        return self.variance[..., 2] / self.variance[..., 0]

    @property
    def lowered(self) -> float:
        return float(self.critic.mean())


def compute(p: Params) -> Luck:
    stored, spread = load("cartpole/seeds"), load("cartpole/variance")
    curves = stored["curve"].astype(float).reshape(len(WHO), SEEDS, -1)
    g = curves.shape[-1]
    budget = core.SETTINGS["reinforce" if p.who == "plain" else p.who].budget
    return Luck(
        who=list(WHO).index(p.who),
        seed=p.yours,
        steps=np.arange(1, g + 1) / g * budget,
        column=max(1, round(p.share * g)) - 1,
        curves=curves,
        score=stored["score"].reshape(len(WHO), SEEDS),
        variance=np.stack([spread[name] for name in ("plain", "constant", "critic")], axis=-1),
    )


READOUTS = (
    Readout("median", T("中央値", "Median"), "median"),
    Readout("spread", T("四分位の幅", "Middle half"), "spread"),
    Readout("yours", T("あなたの種", "Your seed"), "yours"),
    Readout("final", T("最後に 475 以上", "475+ in the end"), "solved", 0, T(" / 20", " / 20")),
)


def draw(r: Luck, p: Params) -> Stage:
    return Stage((fan(r), strip(r)), ("fan strip",), height=480, columns="minmax(0, 1.15fr) minmax(0, 1fr)")


def fan(r: Luck) -> Figure:
    """Draw the learning curves of all seeds, their middle half, their median, and one's own."""
    curves = r.curves[r.who]
    low, middle, high = np.percentile(curves, [25, 50, 75], axis=0)
    each = np.pad(curves, ((0, 0), (0, 1)), constant_values=np.nan)  # a gap between two seeds
    over = np.pad(np.tile(r.steps, (SEEDS, 1)), ((0, 0), (0, 1)), constant_values=np.nan)
    late, early = int(0.66 * len(r.steps)), int(0.36 * len(r.steps))
    return pictures.learning(
        "fan",
        r.steps[-1],
        band(r.steps, low, high, BLUE, 0.2),
        {**line(over.ravel(), each.ravel(), OTHER, width=1), "opacity": 0.55},
        line(r.steps, middle, BLUE, width=3),
        vline(r.steps[r.column], (0, pictures.TOP), INK, width=1.2, dash="dot"),
        line(r.steps, curves[r.seed], NOW, width=2.2),
        text(r.steps[late], middle[late], T("中央値", "median"), BLUE, "top left"),
        text(r.steps[early], curves[r.seed, early], T(f"種 {r.seed}", f"seed {r.seed}"), NOW, "bottom right"),
        y=T("エピソードの長さ（20 回の平均）", "Episode length (mean of 20)"),
    )


def strip(r: Luck) -> Figure:
    """Draw one dot a seed, a row an agent, with the median as a bar."""
    rows = np.arange(len(WHO))
    beside = (np.arange(SEEDS) * 0.618 % 1.0 - 0.5) * 0.56  # so that equal ones are seen apart
    dots = []
    for row, values in zip(rows, r.at, strict=True):
        lit, middle = row == r.who, np.median(values)
        dots += [
            marks(values, row + beside, BLUE if lit else MUTED, size=7.0, opacity=0.85 if lit else 0.5),
            vline(middle, (row - 0.36, row + 0.36), BLUE if lit else INK, width=3 if lit else 2),
        ]
    mine = marks(r.yours, r.who + beside[r.seed], NOW, size=14.0, symbol="circle-open", line={"width": 3})
    return plot(
        "strip",
        dots,
        mine,
        x=T("エピソードの長さ", "Episode length"),
        y="",
        xlim=(-10, 515),
        ylim=(-0.6, len(rows) - 0.4),
        yticks=dict(enumerate(SHORT.values())),
        titled=True,
        margin={"l": 128},
    )


def code(p: Params) -> str:
    g = load("cartpole/seeds")["curve"].shape[-1]
    column, first = max(1, round(p.share * g)) - 1, SEEDS * list(WHO).index(p.who)
    return f"""\
import numpy as np

from core import ahead

made = ahead.load("cartpole/seeds")  # makes it again: python -m core.ahead cartpole/seeds
at = made["curve"][{first}:{first + SEEDS}, {column}].astype(float)
low, middle, high = np.percentile(at, [25, 50, 75])
print("median =", middle)
print("spread =", high - low)
print("yours =", at[{p.yours}])
print("final =", (made["score"][{first}:{first + SEEDS}] >= 475).sum())
"""


CHECKS = {
    "luck": Check(
        ({"who": "ppo", "share": 0.5},), lambda r: r.most - r.least >= 100, control=({"who": "ppo", "share": 0.05},)
    ),
    "baseline": Check(
        ({"who": "reinforce"},),
        lambda r: r.lowered < 0.75,
        control=lambda r: (replace(r, variance=r.variance[..., ::-1]),),  # the baseline added to, not taken from
    ),
}
