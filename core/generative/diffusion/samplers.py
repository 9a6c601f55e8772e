"""The way back from noise, DDPM's and DDIM's."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.generative.diffusion.mixtures import Bells, denoised
from core.generative.diffusion.noise import levels, schedule

Floats = NDArray[np.float64]
Denoiser = Callable[[Floats, float], Floats]
SAMPLERS = ("ddpm", "ddim")
VARIANCES = ("beta", "tilde", "none")


def sample(
    mixture: Bells,
    *,
    n: int,
    steps: int,
    sampler: str = "ddpm",
    variance: str = "beta",
    guidance: float = 0.0,
    seed: int = 0,
    towards: ArrayLike = 0,
    kind: str = "linear",
    last: bool = True,
) -> Floats:
    """Draw samples of a mixture from noise, by its exact score.

    Parameters
    ----------
    mixture
        Of the data: weights, means, covariances.
    n, steps
        How many samples, in how many steps.
    sampler, variance, last
        As of `walk`.
    guidance, towards
        As of `denoised`: 0 draws from the mixture, 1 from the class's own bells, more goes beyond.
    kind
        As of `schedule`.

    Returns
    -------
    (steps + 1, n, d) array
        The noise first, the samples last.

    Examples
    --------
    >>> from core.generative.diffusion import Mixture
    >>> sample(Mixture([1.0], [[3.0]], [0.0]), n=2, steps=5, variance="tilde")[-1].round(6).tolist()
    [[3.0], [3.0]]
    """
    n, left = door.whole("n", n), schedule(steps, kind)
    seed = door.whole("seed", seed, least=0)
    start = np.random.default_rng(seed).standard_normal((n, np.shape(mixture.means)[1]))

    def guess(x: Floats, alpha_bar: float) -> Floats:
        return denoised(mixture, x, alpha_bar, towards=towards, guidance=guidance)

    return walk(guess, start, left, sampler=sampler, variance=variance, seed=seed + 1, last=last)


def walk(
    denoise: Denoiser,
    start: ArrayLike,
    alpha_bar: ArrayLike,
    *,
    sampler: str = "ddpm",
    variance: str = "beta",
    seed: int = 0,
    last: bool = True,
) -> Floats:
    """Go back from noise with any denoiser.

    Parameters
    ----------
    denoise
        (x (n, d), ᾱ) -> the best guess (n, d) of what x was without its noise.
    start
        (n, d) at the last level of `alpha_bar`.
    alpha_bar
        (steps + 1,) falling from 1, as `schedule` gives it, or as far as the way back begins.
    sampler
        "ddpm" adds noise at each step; "ddim" adds none and moves by half as much.
    variance
        Of DDPM's noise: "beta" β_t, "tilde" β̃_t = β_t (1 − ᾱ_{t−1})/(1 − ᾱ_t), "none" leaves it out.
    last
        Whether noise is added in the last step, too. Most programs leave it out.

    Returns
    -------
    (steps + 1, n, d) array
        `start` first.
    """
    x, left = door.points("start", start), levels(alpha_bar)
    door.one_of("sampler", sampler, SAMPLERS)
    door.one_of("variance", variance, VARIANCES)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    frames = [x]
    for t in range(len(left) - 1, 0, -1):
        guess = denoise(x, float(left[t]))
        of_guess, of_x, noise = coefficients(left, t, sampler=sampler, variance=variance)
        x = of_guess * guess + of_x * x
        if noise > 0 and (last or t > 1):
            x = x + np.sqrt(noise) * rng.standard_normal(x.shape)
        frames.append(x)
    return np.array(frames)


def coefficients(left: Floats, t: int, *, sampler: str, variance: str) -> tuple[float, float, float]:
    """Give what step t does: x_{t−1} = a x̂₀ + b x_t + √v ε, as (a, b, v)."""
    now, then = left[t], left[t - 1]
    if sampler == "ddim":
        # x_{t−1} = √ᾱ_{t−1} x̂₀ + √(1 − ᾱ_{t−1}) ε̂ with ε̂ = (x_t − √ᾱ_t x̂₀)/√(1 − ᾱ_t)
        b = np.sqrt((1 - then) / (1 - now))
        return float(np.sqrt(then) - b * np.sqrt(now)), float(b), 0.0
    kept = now / then
    beta = 1 - kept
    # μ̃ = (√ᾱ_{t−1} β_t x̂₀ + √α_t (1 − ᾱ_{t−1}) x_t) / (1 − ᾱ_t)
    a, b = np.sqrt(then) * beta / (1 - now), np.sqrt(kept) * (1 - then) / (1 - now)
    v = {"beta": beta, "tilde": beta * (1 - then) / (1 - now), "none": 0.0}[variance]
    return float(a), float(b), float(v)


def ending(
    sd: float, steps: int, *, sampler: str = "ddpm", variance: str = "beta", kind: str = "linear", last: bool = True
) -> Floats:
    """Give the standard deviation at each step (steps + 1,) of samples of N(0, sd²), in closed form.

    All steps are linear then, with x̂₀ = √ᾱ sd²/(ᾱ sd² + 1 − ᾱ) x.

    Examples
    --------
    >>> float(ending(1.0, 1000, variance="none")[-1] ** 2 / schedule(1000)[-1])
    1.0
    """
    sd, left = door.number("sd", sd, least=0), schedule(steps, kind)
    door.one_of("sampler", sampler, SAMPLERS)
    door.one_of("variance", variance, VARIANCES)
    found = [1.0]
    for t in range(len(left) - 1, 0, -1):
        a, b, v = coefficients(left, t, sampler=sampler, variance=variance)
        shrunk = np.sqrt(left[t]) * sd**2 / (left[t] * sd**2 + 1 - left[t])
        # σ_{t−1}² = (a x̂₀/x + b)² σ_t² + v
        found.append((a * shrunk + b) ** 2 * found[-1] + (v if last or t > 1 else 0.0))
    return np.sqrt(found)
