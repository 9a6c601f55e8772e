"""The linear VAE: which latent dimensions live, and how a training gets there.

Data with covariance C; the decoder is x = W z + noise of variance σ², the encoder z = V x + noise of variances D. All
expectations have closed forms, so the loss is a formula of (W, V, D) and of C alone.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.neural.gradients.training import Descent
from core.result import result

Floats = NDArray[np.float64]
RATE = 0.1


@result
class Latents:
    """What the best linear β-VAE does with each direction of the data; both (d,), in the order of the eigenvalues."""

    active: NDArray[np.bool_]
    kl: Floats  # KL(q‖prior) in nats, the mean over the data; 0 where the dimension is dead


def linear_vae(eigenvalues: ArrayLike, *, beta: float, noise: float) -> Latents:
    """Solve the linear β-VAE: dimension i lives where λᵢ > β σ², and then costs ½ ln(λᵢ / β σ²).

    Parameters
    ----------
    eigenvalues
        (d,) variances λ of the data along its principal axes, at least 0.
    beta
        Weight of the KL term, above 0; 1 is the evidence lower bound.
    noise
        Variance σ² of the decoder, above 0.

    Raises
    ------
    ValueError
        A number is out of its range.

    Notes
    -----
    Tipping & Bishop (1999) for β = 1; the loss for β is that of noise β σ², divided by β (Lucas et al. 2019).

    Examples
    --------
    >>> linear_vae([4, 2, 1, 0.5], beta=1.5, noise=1.0).active.tolist()
    [True, True, False, False]
    """
    values = spectrum(eigenvalues)
    line = door.number("beta", beta, above=0) * door.number("noise", noise, above=0)
    active = values > line
    # KLᵢ = ½ ln(λᵢ / β σ²) where λᵢ > β σ², else 0
    return Latents(active, 0.5 * np.log(np.where(active, values, line) / line))


def spectrum(eigenvalues: ArrayLike) -> Floats:
    """Take eigenvalues (d,), none of them negative."""
    values = door.numbers("eigenvalues", eigenvalues, ndim=1)
    if not len(values) or (values < 0).any():
        raise ValueError("eigenvalues must be at least one number, none below 0.")
    return values


@result
class Climb:
    """A training of the linear VAE from a random start: what each latent dimension costs, and the loss."""

    steps: NDArray[np.int64]  # (frames,)
    kl: Floats  # (frames, d) in nats, the dimensions in the order in which they end up, the largest first
    loss: Floats  # (frames,)


def objective(vector: Floats, eigenvalues: Floats, beta: float, noise: float) -> tuple[float, Floats]:
    """Give the mean negative β-ELBO, without constants, and its gradient, at the parameters (W, V, ln D) as a vector.

    Parameters
    ----------
    vector
        (2 d² + d,) W (d, d) row by row, V (d, d), ln D (d,).
    eigenvalues
        (d,) the data's covariance is diag(λ): its axes are the coordinates, which the random start does not know.
    """
    d = len(eigenvalues)
    W, V, log_d = vector[: d * d].reshape(d, d), vector[d * d : -d].reshape(d, d), vector[-d:]
    D = np.exp(log_d)
    VC = V * eigenvalues
    S = VC @ V.T + np.diag(D)  # mean of z zᵀ
    WW = W.T @ W
    # E‖x − W z‖² = tr C − 2 tr(W V C) + tr(WᵀW S)
    error = eigenvalues.sum() - 2 * (W.T * VC).sum() + (WW * S).sum()
    # KLᵢ = ½ (Sᵢᵢ − 1 − ln Dᵢ)
    loss = error / (2 * noise) + beta * 0.5 * float((np.diag(S) - 1 - log_d).sum())
    to_w = (W @ S - VC.T) / noise
    to_v = (WW @ VC - W.T * eigenvalues) / noise + beta * VC
    to_d = D * (np.diag(WW) / noise + beta) / 2 - beta / 2
    return float(loss), np.concatenate([to_w.ravel(), to_v.ravel(), to_d])


def slower(share: float) -> float:
    """Give the factor of the learning rate after a share of the steps: 1 for the first half, then down to 0."""
    return min(1.0, 2 * (1 - share) + 1e-3)


def climb(
    eigenvalues: ArrayLike, *, beta: float, noise: float, steps: int = 600, every: int = 15, seed: int = 0
) -> Climb:
    """Train a linear β-VAE with Adam from a random start.

    Parameters
    ----------
    eigenvalues, beta, noise
        As of `linear_vae`; as many latent dimensions as eigenvalues.
    steps, every
        Of Adam, and how many from frame to frame.
    seed
        Of the start.
    """
    values = spectrum(eigenvalues)
    beta, noise = door.number("beta", beta, above=0), door.number("noise", noise, above=0)
    steps, every = door.whole("steps", steps), door.whole("every", every)
    d = len(values)
    start = 0.3 * np.random.default_rng(door.whole("seed", seed, least=0)).standard_normal(2 * d * d)
    vector = np.r_[start, np.zeros(d)]
    descent = Descent("adam", RATE, len(vector))
    frames = []
    for t in range(steps + 1):
        loss, gradient = objective(vector, values, beta, noise)
        if t % every == 0:
            V, log_d = vector[d * d : -d].reshape(d, d), vector[-d:]
            frames.append((t, loss, 0.5 * (np.exp(log_d) + (V**2 * values).sum(axis=1) - 1 - log_d)))
        descent.rate = RATE * slower(t / steps)
        vector = vector + descent.change(gradient)
    at, losses, kl = zip(*frames, strict=True)
    costs = np.array(kl)
    return Climb(np.array(at), costs[:, np.argsort(-costs[-1], kind="stable")], np.array(losses))
