"""Two small networks learn eight modes on a ring: the field's test of mode collapse.

References
----------
L. Metz, B. Poole, D. Pfau, J. Sohl-Dickstein (2017), Unrolled generative adversarial networks. ICLR (the ring).
L. Mescheder, A. Geiger, S. Nowozin (2018), Which training methods for GANs do actually converge? ICML (R1).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from core import door
from core.neural.backprop.passes import Array, Weights, up
from core.neural.backprop.training import count, initial, views
from core.neural.gradients.training import Descent
from core.result import result

LOSSES = ("nonsaturating", "minimax")
MODES, RADIUS, SD = 8, 2.0, 0.1
NOISE, WIDTH, PHI = 2, 32, ("leaky_relu", "leaky_relu")  # the generator's inputs; units of a layer, of both networks
GENERATOR, CRITIC = (NOISE, WIDTH, WIDTH, 2), (2, WIDTH, WIDTH, 1)
BATCH, LOOK = 64, 256  # examples a step; samples that are looked at
REACH, SHARE = 3.0, 0.1  # standard deviations within which a sample is on a mode; of what is due to it, to count
SPAN, CELLS = 3.2, 16  # the plane that is looked at goes from −SPAN to SPAN both ways; cells of the critic's field

METHODS: Mapping[str, Mapping[str, Any]] = {  # the runs that are made ahead, each with `SEEDS` seeds
    "calm": {"rate": 0.003},
    "hasty": {"rate": 0.01},
    "damped": {"rate": 0.003, "penalty": 1.0},
    "minimax": {"rate": 0.003, "loss": "minimax"},
}
SEEDS, STEPS, EVERY = 10, 3000, 100


@result
class Film:
    """What the generator made while it learnt."""

    steps: NDArray[np.int64]  # (t,) steps done
    samples: Array  # (t, LOOK, 2) of the same noise at each frame
    loss: Array  # (t,) the critic's, −E[ln D(real)] − E[ln(1 − D(fake))]; 2 ln 2 if it cannot tell them apart
    field: Array  # (t, CELLS, CELLS) what the critic says of the plane, row 0 lowest


def modes() -> Array:
    """Give the centres (8, 2)."""
    turn = 2 * np.pi * np.arange(MODES) / MODES
    return RADIUS * np.column_stack([np.cos(turn), np.sin(turn)])


def real(n: int, rng: np.random.Generator) -> Array:
    """Draw from the eight modes, (n, 2)."""
    return np.asarray(modes()[rng.integers(MODES, size=n)] + SD * rng.normal(size=(n, 2)))


def near(samples: ArrayLike) -> NDArray[np.int64]:
    """Give the mode that each of the samples (…, 2) is on, within three standard deviations; −1 if on none."""
    samples = door.numbers("samples", samples)
    if samples.ndim < 2 or samples.shape[-1] != 2:
        raise ValueError(f"samples must be points of the plane, not of shape {samples.shape}.")
    # The nearest centre is the one in the nearest of eight directions.
    nearest = np.round(np.arctan2(samples[..., 1], samples[..., 0]) / (2 * np.pi / MODES)).astype(int) % MODES
    away = samples - modes()[nearest]
    return np.where(np.hypot(away[..., 0], away[..., 1]) <= REACH * SD, nearest, -1)


def covered(samples: ArrayLike) -> NDArray[np.bool_]:
    """Say which modes samples (…, n, 2) cover, (…, 8): at least a tenth of a fair share, n/8, is on them."""
    on = near(samples)
    counts = (on[..., None] == np.arange(MODES)).sum(axis=-2)
    return np.asarray(counts >= SHARE * on.shape[-1] / MODES)


def train(
    *,
    steps: int = STEPS,
    rate: float = 0.003,
    loss: str = "nonsaturating",
    penalty: float = 0.0,
    seed: int = 0,
    every: int = EVERY,
) -> Film:
    """Train generator and critic in turn with Adam.

    Parameters
    ----------
    steps, every
        How many; steps between two frames.
    rate
        Learning rate of both.
    loss
        Of the generator: "nonsaturating" lowers −ln D, "minimax" lowers ln(1 − D).
    penalty
        γ of the critic's R1 penalty γ/2 |∇D's score|² at real examples.
    """
    door.one_of("loss", loss, LOSSES)
    rate = door.number("rate", rate, above=0)
    penalty, seed = door.number("penalty", penalty, least=0), door.whole("seed", seed, least=0)
    steps, every = door.whole("steps", steps), door.whole("every", every)
    rng = np.random.default_rng([seed, 1])
    g, d = (initial(sizes, init="he", seed=2 * seed + k) for k, sizes in enumerate((GENERATOR, CRITIC)))
    make, judge = views(g, GENERATOR), views(d, CRITIC)
    moves = [Descent("adam", rate, count(sizes)) for sizes in (GENERATOR, CRITIC)]
    shown, tried = rng.normal(size=(LOOK, NOISE)), real(LOOK, rng)
    at = np.linspace(-SPAN, SPAN, CELLS)
    plane = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    film: list[tuple[int, Array, float, Array]] = []
    for step in range(steps + 1):
        if step % every == 0 or step == steps:
            made = up(make, shown, PHI)[0][-1]
            said = expit(up(judge, plane, PHI)[0][-1])
            film.append((step, made, critics(judge, tried, made), said.reshape(CELLS, CELLS)))
        if step == steps:
            break
        x, z = real(BATCH, rng), rng.normal(size=(BATCH, NOISE))
        d += moves[1].change(judging(judge, x, up(make, z, PHI)[0][-1], penalty))
        g += moves[0].change(making(make, judge, rng.normal(size=(BATCH, NOISE)), loss))
    return Film(*(np.array(part) for part in zip(*film, strict=True)))


def critics(judge: Weights, x: Array, made: Array) -> float:
    """Give the critic's loss on real and made examples."""
    # −ln D = ln(1 + e^−s) of real ones, −ln(1 − D) = ln(1 + e^s) of made ones
    a, b = (up(judge, v, PHI)[0][-1] for v in (x, made))
    return float(np.logaddexp(0, -a).mean() + np.logaddexp(0, b).mean())


def judging(judge: Weights, x: Array, made: Array, penalty: float) -> Array:
    """Give the gradient of the critic's loss, its penalty included, as a vector."""
    both = np.concatenate([x, made])
    h, slope = up(judge, both, PHI)
    # ∂/∂s of ln(1 + e^−s) is σ(s) − 1, of ln(1 + e^s) is σ(s)
    truth = np.repeat([1.0, 0.0], [len(x), len(made)])[:, None]
    message = (expit(h[-1]) - truth) / np.repeat([len(x), len(made)], [len(x), len(made)])[:, None]
    found, _ = down(judge, h, slope, message)
    if penalty:
        found = found + penalty * steepness(judge, [v[: len(x)] for v in slope])
    return found


def making(make: Weights, judge: Weights, z: Array, loss: str) -> Array:
    """Give the gradient of the generator's loss, through the critic, as a vector."""
    h, slope = up(make, z, PHI)
    seen, bent = up(judge, h[-1], PHI)
    # ∂/∂s of −ln D is σ(s) − 1, of ln(1 − D) is −σ(s)
    d = expit(seen[-1])
    message = (d - 1 if loss == "nonsaturating" else -d) / len(z)
    return down(make, h, slope, down(judge, seen, bent, message)[1])[0]


def down(weights: Weights, h: list[Array], slope: list[Array], message: Array) -> tuple[Array, Array]:
    """Send ∂loss/∂output (n, out) back: the gradient by all weights as a vector, and ∂loss/∂input (n, in)."""
    parts: list[Array] = []
    for layer in range(len(weights) - 1, -1, -1):
        # δ = ∂L/∂h ⊙ φ′(z),  ∂L/∂W = hᵀ δ,  ∂L/∂b = Σ δ,  ∂L/∂h of the layer below = δ Wᵀ
        delta = message * slope[layer]
        parts = [(h[layer].T @ delta).ravel(), delta.sum(axis=0), *parts]
        message = delta @ weights[layer][0].T
    return np.concatenate(parts), message


def steepness(judge: Weights, slope: list[Array]) -> Array:
    """Give the gradient of ½ E|∂s/∂x|² by the critic's weights: s is its score, `slope` holds φ′ at the real examples.

    Leaky ReLU has no curvature, so φ′ holds still, and no bias matters.
    """
    n = len(slope[0])
    # Down: b_L = 1, b_{l−1} = (b_l ⊙ φ′_l) W_lᵀ; the last is ∂s/∂x.
    b, bent = [np.ones((n, 1))], []
    for (W, _), s in zip(judge[::-1], slope[::-1], strict=True):
        bent.append(b[-1] * s)
        b.append(bent[-1] @ W.T)
    # And up again, through that trip: ∂/∂W_l = cᵀ (b_l ⊙ φ′_l), c ← (c W_l) ⊙ φ′_l, with c = ∂s/∂x / n at first.
    c, parts = b[-1] / n, []
    for (W, bias), s, back in zip(judge, slope, bent[::-1], strict=True):
        parts += [(c.T @ back).ravel(), np.zeros_like(bias)]
        c = (c @ W) * s
    return np.concatenate(parts)
