"""RLHF's best policy in closed form, and DPO, which finds the same one without a reward and without sampling."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from core import door
from core.llm.alignment.preferences import finite, fit, table

Floats = NDArray[np.float64]


def rlhf(reward: ArrayLike, reference: ArrayLike, beta: float) -> Floats:
    """Give the policy π that maximises E_π[r] − β KL(π ‖ π_ref): π = π_ref exp(r/β) / Z.

    Parameters
    ----------
    reward
        (n,) of each answer.
    reference
        (n,) probabilities of the model that training starts from; they sum to 1. What is 0 there stays 0.
    beta
        Price of a nat of divergence, above 0, in units of the reward.

    Returns
    -------
    (n,) probabilities.

    Examples
    --------
    >>> rlhf([1, 0], [0.5, 0.5], beta=1.0).round(4).tolist()
    [0.7311, 0.2689]
    """
    start = law("reference", reference)
    r = door.numbers("reward", reward, shape=start.shape)
    beta = door.number("beta", beta, above=0)
    policy, can = np.zeros_like(start), start > 0
    policy[can] = _tilted(start[can], r[can], beta)
    return policy


def dpo(reference: ArrayLike, preferences: ArrayLike, *, beta: float) -> Floats:
    """Give the policy that minimises DPO's loss −Σ wᵢⱼ ln σ(β [ln πᵢ/π_refᵢ − ln πⱼ/π_refⱼ]).

    Parameters
    ----------
    reference
        (n,) probabilities, all above 0; they sum to 1.
    preferences
        (n, n) how often, or how likely, the row is preferred to the column. The diagonal is not read.
    beta
        As of `rlhf`, above 0.

    Returns
    -------
    (n,) probabilities.

    Raises
    ------
    ValueError
        The loss has no lowest point where some answers never lose to the others. The rest is as `core.door` has it.

    Notes
    -----
    It is logistic regression: where Bradley–Terry has a score, DPO has β ln π/π_ref (Rafailov et al. 2023).
    """
    start, counts, beta = _preferred(reference, preferences, beta)
    finite(counts)
    # u = β ln π/π_ref + β ln Z, and Z cancels in a difference of two: what is fitted is u
    return _tilted(start, fit(counts), beta)


def dpo_steps(reference: ArrayLike, preferences: ArrayLike, *, beta: float, rate: float, steps: int) -> Floats:
    """Descend DPO's mean loss over the preferences by the gradient in the policy's logits, from the reference.

    Parameters
    ----------
    reference, preferences, beta
        As of `dpo`; here any answer may win always.
    rate
        Length of a step, in units of 1/β².
    steps
        How many.

    Returns
    -------
    (steps + 1, n) the policies, the reference first.
    """
    start, counts, beta = _preferred(reference, preferences, beta)
    rate = door.number("rate", rate, above=0)
    weights = counts / counts.sum()
    met, u = weights + weights.T, np.zeros(len(start))
    path = np.empty((door.whole("steps", steps, least=0) + 1, len(start)))
    for k in range(len(path)):
        path[k] = u
        # Logits z = ln π_ref + u/β:  −dL/dzᵢ = β Σⱼ (wᵢⱼ − mᵢⱼ σ(uᵢ − uⱼ)), and a step of rate/β² in z is du = β dz
        u = u + rate * (weights - met * expit(u[:, None] - u)).sum(axis=1)
    return _tilted(start, path, beta)


def dpo_loss(policy: ArrayLike, reference: ArrayLike, preferences: ArrayLike, *, beta: float) -> Floats:
    """Give DPO's mean loss in nats of policies (…, n), (…,); ln 2 where the policy is the reference."""
    start, counts, beta = _preferred(reference, preferences, beta)
    pi = door.numbers("policy", policy)
    if pi.shape[-1:] != start.shape:
        raise ValueError(f"policy must have {len(start)} probabilities, not {pi.shape}.")
    with np.errstate(divide="ignore", invalid="ignore"):
        u = beta * (np.log(pi) - np.log(start))
        losses = np.where(counts > 0, np.logaddexp(0, u[..., None, :] - u[..., :, None]), 0.0)
    mean: Floats = (counts * losses).sum(axis=(-2, -1)) / counts.sum()
    return mean


def divergence(policy: ArrayLike, reference: ArrayLike) -> float:
    """Give KL(π ‖ π_ref) in nats; infinite where the policy says what the reference never does."""
    pi, start = law("policy", policy), law("reference", reference)
    if pi.shape != start.shape:
        raise ValueError(f"policy and reference must be alike in length, not {len(pi)} and {len(start)}.")
    said = pi > 0
    with np.errstate(divide="ignore"):
        return float(np.sum(pi[said] * (np.log(pi[said]) - np.log(start[said]))))


def softmax(logits: Floats) -> Floats:
    """Give probabilities along the last axis."""
    p: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    return p


def _tilted(start: Floats, u: Floats, beta: float) -> Floats:
    """Give π_ref exp(u/β) / Z of u (…, n)."""
    # u − max u only takes a factor out of Z, so that a small β cannot overflow
    with np.errstate(over="ignore"):
        return softmax(np.log(start) + (u - u.max(axis=-1, keepdims=True)) / beta)


def law(name: str, p: ArrayLike) -> Floats:
    """Take probabilities (n,)."""
    array = door.numbers(name, p, ndim=1)
    if len(array) == 0 or (array < 0).any() or abs(array.sum() - 1) > 1e-6:
        raise ValueError(f"{name} must hold probabilities that sum to 1.")
    whole: Floats = array / array.sum()
    return whole


def _preferred(reference: ArrayLike, preferences: ArrayLike, beta: float) -> tuple[Floats, Floats, float]:
    start, counts = law("reference", reference), table("preferences", preferences)
    if len(start) != len(counts):
        raise ValueError(f"preferences must be ({len(start)}, {len(start)}), not {counts.shape}.")
    if (start <= 0).any():
        raise ValueError("reference must be above 0 everywhere: DPO compares logarithms of it.")
    if not counts.any():
        raise ValueError("preferences must hold at least one.")
    return start, counts, door.number("beta", beta, above=0)
