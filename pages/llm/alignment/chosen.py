"""What is chosen by a flawed reward, and how far it goes from the reference."""

import functools

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

from core.llm import alignment as a
from core.result import result
from core.text import T
from figures.marks import line, marks, ring, vline
from figures.plot import plot
from figures.spec import INK, MUTED, ORANGE, Figure

COUNT = 2000
DRAWS = np.unique(np.round(2 ** np.linspace(0, 12, 25)).astype(int))
BETAS = np.geomspace(100.0, 0.02, 41)
TICKS = (-30, -10, -3, -1, 0, 1, 3, 10, 30, 100)
Floats = NDArray[np.float64]


@result
class Chosen:
    answers: a.Answers
    reward: Floats  # (COUNT,) the proxy under its cap
    policy: Floats  # (COUNT,)
    path: Floats  # (settings, 4) KL, reward, gold and skill, of this way of choosing
    rival: Floats  # (settings, 4) and of the other way
    now: Floats  # (4,)

    @property
    def gone(self) -> Floats:
        """As much of the path as was gone, to where one is now."""
        return np.vstack([self.path[self.path[:, 0] < self.kl], self.now])

    @property
    def rival_gone(self) -> Floats:
        """As much of the other way, to the same KL."""
        here = [np.interp(self.kl, self.rival[:, 0], column) for column in self.rival.T]
        return np.vstack([self.rival[self.rival[:, 0] < self.kl], here])

    @property
    def kl(self) -> float:
        return float(self.now[0])

    @property
    def proxy(self) -> float:
        return float(self.now[1])

    @property
    def gold(self) -> float:
        return float(self.now[2])

    @property
    def tax(self) -> float:
        """What the other skill lost."""
        return float(self.answers.skill.mean() - self.now[3])

    @property
    def beside(self) -> float:
        """Gold of the other way of choosing, at the same KL."""
        return float(self.rival_gone[-1, 2])


def seen(policy: Floats, reward: Floats, answers: a.Answers) -> Floats:
    """Give KL, reward, gold and skill (…, 4) of policies (…, COUNT)."""
    kl = rel_entr(policy, answers.reference).sum(axis=-1, keepdims=True)
    return np.concatenate([kl, policy @ np.stack([reward, answers.gold, answers.skill], -1)], -1)


@functools.lru_cache(16)
def paths(tail: str, error: float, cap: float, skill: float, seed: int) -> tuple[Floats, Floats]:
    """Give what best-of-n and the penalty reach over all n and all β."""
    answers = a.flawed(COUNT, tail=tail, error=error, skill=skill, seed=seed)
    reward, start = np.minimum(answers.proxy, cap), answers.reference
    best = np.array([a.best_policy(reward, start, int(n)) for n in DRAWS])
    penalty = np.array([a.rlhf(reward, start, beta) for beta in BETAS])
    return seen(best, reward, answers), seen(penalty, reward, answers)


def cloud(r: Chosen) -> Figure:
    """Draw the answers by what they are worth and what they get; large are those that are likely to be chosen."""
    gold, up = r.answers.gold, np.arcsinh(r.reward)
    chosen = r.policy > 2 / COUNT
    size = 4 + 26 * np.sqrt(r.policy[chosen])
    line_up = np.linspace(-3.5, 3.5, 41)
    low, high = float(up.min()), float(up.max())
    limits = (min(low, -2.0) - 0.2, max(high, 2.5) + 0.3)
    return plot(
        "cloud",
        marks(gold, up, MUTED, size=3, opacity=0.5),
        line(line_up, np.arcsinh(line_up), INK, dash="dash", width=1.2),
        marks(gold[chosen], up[chosen], ORANGE, size=size.astype(np.float32), opacity=0.75),
        vline(0, limits, MUTED, width=1, dash="dot"),
        ring(r.gold, np.arcsinh(r.proxy)),
        x=T("本当のよさ", "True quality"),
        y=T("報酬", "Reward"),
        xlim=(-3.8, 3.8),
        ylim=limits,
        yticks={float(np.arcsinh(v)): f"{v}".replace("-", "−") for v in TICKS},
        drag=False,
        small=True,
    )
