"""Best-of-n: of n answers take the one that the reward likes best. What that does is known exactly."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.llm.alignment.policies import divergence, law
from core.result import result

Floats = NDArray[np.float64]
TAILS = ("light", "heavy")
MOST = 10**15  # draws: double precision counts no farther
FREEDOM = 2.0  # degrees of freedom of the heavy tail: its variance is infinite


@result
class Answers:
    """Answers of a reference that gives each with the same probability."""

    gold: Floats  # (n,) how good each is
    proxy: Floats  # (n,) the reward that it gets
    skill: Floats  # (n,) how good it is at something that nobody rewards

    @property
    def reference(self) -> Floats:
        """(n,) probabilities."""
        return np.full(len(self.gold), 1 / len(self.gold))


def flawed(count: int, *, tail: str, error: float, skill: float = 0.0, seed: int) -> Answers:
    """Draw answers with gold ~ N(0, 1) and proxy = gold + error · ε.

    Parameters
    ----------
    count
        How many.
    tail
        ε is "light", N(0, 1), or "heavy", Student's t with 2 degrees of freedom.
    error
        Its size, 0 or more.
    skill
        Correlation of the other skill, N(0, 1), with gold: from −1 to 1.
    """
    count, error = door.whole("count", count), door.number("error", error, least=0)
    rho = door.number("skill", skill, least=-1, most=1)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    gold, other = rng.normal(size=(2, count))
    light = door.one_of("tail", tail, TAILS) == "light"
    noise = rng.normal(size=count) if light else rng.standard_t(FREEDOM, size=count)
    return Answers(gold, gold + error * noise, rho * gold + np.sqrt(1 - rho**2) * other)


def best_policy(proxy: ArrayLike, reference: ArrayLike, n: int) -> Floats:
    """Give (m,) the probability of each answer to be the best of n independent draws by the proxy.

    Answers with the same proxy share it as the reference has them.
    """
    start = law("reference", reference)
    score = door.numbers("proxy", proxy, shape=start.shape)
    n = door.whole("n", n, most=MOST)
    levels, group = np.unique(score, return_inverse=True)
    mass = np.bincount(group, start, len(levels))
    below = np.minimum(np.append(0.0, np.cumsum(mass)), 1.0)
    below[-1] = 1.0
    # P(max ≤ level) = F(level)ⁿ, so a level is the best with probability F(level)ⁿ − F(just below)ⁿ
    won = np.diff(below**n)
    share = np.divide(won, mass, out=np.zeros_like(won), where=mass > 0)
    policy: Floats = start * share[group] / (start * share[group]).sum()
    return policy


def best_of_n(proxy: ArrayLike, gold: ArrayLike, reference: ArrayLike, n: int) -> tuple[float, float, float]:
    """Say what best-of-n gets, without sampling.

    Parameters
    ----------
    proxy, gold
        (m,) the reward by which the best is chosen, and how good each answer really is.
    reference
        (m,) probabilities of the answers; they sum to 1.
    n
        How many are drawn, independently.

    Returns
    -------
    proxy mean, gold mean, kl
        Expectations over what is chosen, and KL(best-of-n ‖ reference) in nats.
    """
    policy = best_policy(proxy, reference, n)
    true = door.numbers("gold", gold, shape=policy.shape)
    return float(policy @ np.asarray(proxy, float)), float(policy @ true), divergence(policy, reference)


def bound(n: int) -> float:
    """Give ln n − (n − 1)/n, what best-of-n's KL never exceeds and nears when no answer is likely by itself."""
    n = door.whole("n", n, most=MOST)
    return float(np.log(n) - (n - 1) / n)
