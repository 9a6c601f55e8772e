"""Contrastive learning where it can be seen whole: two towers whose embeddings are points on a circle.

Each pair has an image point and a text point, and each point is free: its angle is the only parameter. What remains of
CLIP is the loss, and its gradient is a sum of pulls and pushes along the circle.

References
----------
Radford et al., "Learning transferable visual models from natural language supervision" (2021), the loss.
Goel et al., "CyCLIP: cyclic contrastive language-image pretraining" (2022), the two terms.
Wang & Isola, "Understanding contrastive representation learning through alignment and uniformity on the hypersphere"
(2020), alignment and uniformity.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Forces:
    """The loss of pairs on a circle, and what it does to each point. The arrays are read-only.

    Parameters
    ----------
    loss
        Mean of both directions, in nats, plus the weighted CyCLIP terms.
    rows, columns
        (n, n) softmax over the texts of each image, and over the images of each text (columns add up to 1).
    image, text
        (n,) the descent direction: minus the derivative of the loss by each angle, per radian.
    """

    loss: float
    rows: Floats
    columns: Floats
    image: Floats
    text: Floats


@dataclass(frozen=True, eq=False)
class Run:
    """A training on the circle, frame by frame. The arrays are read-only.

    Parameters
    ----------
    steps
        (t,) the steps done at each frame, from 0.
    image, text
        (t, n) angles in radians.
    image_force, text_force
        (t, n) as in `Forces`.
    rows
        (t, n, n) as in `Forces`.
    loss
        (t,) in nats.
    alignment
        (t,) mean squared distance of a pair.
    uniformity
        (t,) log of the mean of exp(−2 ‖u − v‖²) over two different points of one tower, mean of both towers; NaN for one pair.
    gap
        (t,) distance between the two towers' mean points.
    """

    steps: NDArray[np.int64]
    image: Floats
    text: Floats
    image_force: Floats
    text_force: Floats
    rows: Floats
    loss: Floats
    alignment: Floats
    uniformity: Floats
    gap: Floats


def forces(
    image: ArrayLike, text: ArrayLike, temperature: float, *, cross_modal: float = 0.0, in_modal: float = 0.0
) -> Forces:
    """Compute the loss and its gradient by the angles.

    Parameters
    ----------
    image, text
        (n,) angles in radians; pair i is image i with text i.
    temperature
        τ > 0.
    cross_modal, in_modal
        Weights ≥ 0 of CyCLIP's two terms.

    Raises
    ------
    ValueError
        The angles are not finite or not paired, or a number is out of range.
    """
    a, b = np.asarray(image, dtype=float), np.asarray(text, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or len(a) == 0:
        raise ValueError("The angles must be two equally long lists.")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("The angles must be finite.")
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError("The temperature must be a number above 0.")
    if not (np.isfinite([cross_modal, in_modal]).all() and min(cross_modal, in_modal) >= 0):
        raise ValueError("The weights of the terms must be numbers from 0 up.")
    loss, rows, columns, to_image, to_text = _forces(a, b, float(temperature), float(cross_modal), float(in_modal))
    for array in (rows, columns, to_image, to_text):
        array.flags.writeable = False
    return Forces(loss, rows, columns, to_image, to_text)


def _forces(
    a: Floats, b: Floats, tau: float, cross_modal: float, in_modal: float
) -> tuple[float, Floats, Floats, Floats, Floats]:
    n = len(a)
    apart = a[:, None] - b
    s = np.cos(apart)
    sine = np.sin(apart)
    logits = s / tau
    top = logits.max(axis=1, keepdims=True)
    e = np.exp(logits - top)
    total = e.sum(axis=1, keepdims=True)
    rows = e / total
    top_c = logits.max(axis=0)
    e_c = np.exp(logits - top_c)
    total_c = e_c.sum(axis=0)
    columns = e_c / total_c
    own = logits.ravel()[:: n + 1]
    # L = ½ (mean_i −log p_ii + mean_j −log q_jj)
    loss = 0.5 * float((top[:, 0] + np.log(total[:, 0]) - own).mean() + (top_c + np.log(total_c) - own).mean())
    # ∂L/∂s_ij = (p_ij + q_ij − 2 [i = j]) / (2 n τ)
    g = (rows + columns) / (2 * n * tau)
    g.ravel()[:: n + 1] -= 1 / (n * tau)
    inner_image = inner_text = None
    if cross_modal:
        # λ₁ (1/n) Σ_jk (s_jk − s_kj)²
        skew = s - s.T
        loss += cross_modal * float((skew**2).sum()) / n
        g = g + cross_modal * 4 / n * skew
    if in_modal:
        # λ₂ (1/n) Σ_jk (⟨I_j, I_k⟩ − ⟨T_j, T_k⟩)²
        between_a, between_b = a[:, None] - a, b[:, None] - b
        unlike = np.cos(between_a) - np.cos(between_b)
        loss += in_modal * float((unlike**2).sum()) / n
        inner_image = in_modal * 4 / n * (unlike * np.sin(between_a)).sum(axis=1)
        inner_text = -in_modal * 4 / n * (unlike * np.sin(between_b)).sum(axis=1)
    # s_ij = cos(a_i − b_j):  −∂L/∂a_i = Σ_j g_ij sin(a_i − b_j),  −∂L/∂b_j = −Σ_i g_ij sin(a_i − b_j)
    pull = g * sine
    to_image, to_text = pull.sum(axis=1), -pull.sum(axis=0)
    if inner_image is not None and inner_text is not None:
        to_image, to_text = to_image + inner_image, to_text + inner_text
    return loss, rows, columns, to_image, to_text


def start(pairs: int, *, gap: float = 0.0, seed: int = 0) -> tuple[Floats, Floats]:
    """Throw the points.

    Parameters
    ----------
    pairs
        n ≥ 1.
    gap
        From 0, both towers anywhere on the circle, to 1, each tower at a place of its own on opposite sides.

    Returns
    -------
    image, text
        (n,) angles in radians.
    """
    if pairs < 1 or pairs != int(pairs):
        raise ValueError("There must be at least one pair.")
    if not 0 <= gap <= 1:
        raise ValueError("The gap goes from 0 to 1.")
    around = np.random.default_rng(seed).uniform(-np.pi, np.pi, (2, int(pairs)))
    # A tower keeps the share 1 − gap of the circle, around its own side.
    image, text = (1 - gap) * around
    return image, text + np.pi * gap


def train(
    pairs: int = 8,
    *,
    temperature: float = 0.2,
    rate: float = 0.2,
    steps: int = 120,
    every: int = 2,
    gap: float = 0.0,
    cross_modal: float = 0.0,
    in_modal: float = 0.0,
    seed: int = 0,
) -> Run:
    """Let the points follow the gradient.

    Parameters
    ----------
    pairs, gap, seed
        As in `start`.
    temperature, cross_modal, in_modal
        As in `forces`.
    rate
        > 0; a step moves a point by rate · n times its force, at most by half a radian.
    steps, every
        Steps in all, and steps between two frames.

    Raises
    ------
    ValueError
        A number is out of range.
    """
    if not (np.isfinite(rate) and rate > 0):
        raise ValueError("The rate must be a number above 0.")
    if steps < 0 or every < 1:
        raise ValueError("There must be steps to do, and at least one between frames.")
    a, b = start(pairs, gap=gap, seed=seed)
    forces(a, b, temperature, cross_modal=cross_modal, in_modal=in_modal)  # checks the rest
    frames = []
    for step in range(steps + 1):
        loss, rows, _, to_image, to_text = _forces(a, b, temperature, cross_modal, in_modal)
        if step % every == 0:
            frames.append((step, a, b, to_image, to_text, rows, loss))
        # θ ← θ − rate · n · ∂L/∂θ
        a = a + np.minimum(np.maximum(rate * pairs * to_image, -0.5), 0.5)
        b = b + np.minimum(np.maximum(rate * pairs * to_text, -0.5), 0.5)
    done, image, text, image_force, text_force, all_rows, losses = (
        np.array(column) for column in zip(*frames, strict=True)
    )
    points = np.stack([np.stack([np.cos(at), np.sin(at)], axis=-1) for at in (image, text)])  # (2, t, n, 2)
    alignment = ((points[0] - points[1]) ** 2).sum(axis=-1).mean(axis=-1)
    means = points.mean(axis=2)
    gaps = np.sqrt(((means[0] - means[1]) ** 2).sum(axis=-1))
    uniformity = np.full(len(done), np.nan)
    if pairs > 1:
        one, two = np.triu_indices(pairs, 1)
        close = [np.exp(-4 * (1 - np.cos(at[:, one] - at[:, two]))).mean(axis=1) for at in (image, text)]
        uniformity = 0.5 * (np.log(close[0]) + np.log(close[1]))
    run = Run(done, image, text, image_force, text_force, all_rows, losses, alignment, uniformity, gaps)
    for array in vars(run).values():
        array.flags.writeable = False
    return run
