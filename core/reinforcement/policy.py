"""What acts: a policy gives the odds of a push to the right, and perhaps what it expects."""

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.door import numbers
from core.reinforcement.physics import Floats, Ints

Real = TypeVar("Real", NDArray[np.float32], NDArray[np.float64])


def observations(obs: ArrayLike) -> Floats:
    """Take (n, 4) finite observations."""
    return numbers("obs", obs, shape=(None, 4))


class Policy:
    """Something that acts. It never changes: training makes new ones."""

    def logit(self, obs: Floats) -> Floats:
        """Give log(P(right) / P(left)), ±inf where there is no doubt, for (n, 4) observations that were checked."""
        raise NotImplementedError

    def act(self, obs: ArrayLike) -> Ints:
        """Give the likelier action for each of (n, 4) observations: (n,) of 0 and 1; right if both are as likely."""
        return np.asarray(self.logit(observations(obs)) >= 0, dtype=np.int64)

    def probabilities(self, obs: ArrayLike) -> Floats:
        """Give (n, 2): how likely the agent pushes left and right while it learns (or plays, if it does not learn)."""
        right = sigmoid(self.logit(observations(obs)))
        return np.stack([1.0 - right, right], axis=1)

    def value(self, obs: ArrayLike) -> Floats | None:
        """Give (n,): what the agent expects to gain from each observation; None if it has no opinion."""
        observations(obs)
        return None

    def action_values(self, obs: ArrayLike) -> Floats | None:
        """Give (n, 2): what it expects of each action; None if it does not tell actions apart by value."""
        observations(obs)
        return None

    def sample(self, obs: ArrayLike, rng: np.random.Generator) -> Ints:
        """Draw (n,) actions with the policy's probabilities."""
        p = sigmoid(self.logit(observations(obs)))
        return np.asarray(rng.random(len(p)) < p, dtype=np.int64)


def sigmoid(z: Real) -> Real:
    """Give 1 / (1 + e⁻ᶻ), without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))  # type: ignore[no-any-return]
