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

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.pretraining.clip.spaces import alignment, uniformity
from core.pretraining.clip.spaces import gap as gap_between
from core.result import result

Floats = NDArray[np.float64]


@result
class Forces:
    """The loss of pairs on a circle, and what it does to each point."""

    loss: float  # mean of both directions, in nats, plus the weighted CyCLIP terms
    rows: Floats  # (n, n) softmax over the texts of each image
    columns: Floats  # (n, n) softmax over the images of each text; columns add up to 1
    image: Floats  # (n,) the descent direction: minus the derivative of the loss by each angle, per radian
    text: Floats  # (n,)


@result
class Run:
    """A training on the circle, frame by frame."""

    steps: NDArray[np.int64]  # (t,) the steps done at each frame, from 0
    image: Floats  # (t, n) angles in radians
    text: Floats
    image_force: Floats  # (t, n) as in `Forces`
    text_force: Floats
    rows: Floats  # (t, n, n) as in `Forces`
    loss: Floats  # (t,) in nats
    alignment: Floats  # (t,) mean squared distance of a pair
    uniformity: Floats  # (t,) as of `core.pretraining.clip.uniformity`, mean of both towers; NaN for one pair
    gap: Floats  # (t,) distance between the two towers' mean points


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
    """
    a = door.numbers("image", image, ndim=1)
    b = door.numbers("text", text, shape=a.shape)
    door.whole("pairs", len(a))
    temperature = door.number("temperature", temperature, above=0)
    cross_modal, in_modal = (
        door.number(name, value, least=0) for name, value in (("cross_modal", cross_modal), ("in_modal", in_modal))
    )
    return _forces(a, b, temperature, cross_modal, in_modal)


def _forces(a: Floats, b: Floats, tau: float, cross_modal: float, in_modal: float) -> Forces:
    n, apart = len(a), a[:, None] - b
    s = np.cos(apart)
    logits = s / tau
    (rows, by_image), (columns, by_text) = _softmax(logits, 1), _softmax(logits, 0)
    # L = ½ (mean_i −log p_ii + mean_j −log q_jj)
    loss = float((by_image + by_text).mean() / 2 - np.diag(logits).mean())
    # ∂L/∂s_ij = (p_ij + q_ij − 2 [i = j]) / (2 n τ)
    g = (rows + columns - 2 * np.eye(n)) / (2 * n * tau)
    if cross_modal:
        # λ₁ (1/n) Σ_jk (s_jk − s_kj)²
        skew = s - s.T
        loss += cross_modal * float((skew**2).sum()) / n
        g = g + cross_modal * 4 / n * skew
    # s_ij = cos(a_i − b_j):  −∂L/∂a_i = Σ_j g_ij sin(a_i − b_j),  −∂L/∂b_j = −Σ_i g_ij sin(a_i − b_j)
    pull = g * np.sin(apart)
    to_image, to_text = pull.sum(axis=1), -pull.sum(axis=0)
    if in_modal:
        # λ₂ (1/n) Σ_jk (⟨I_j, I_k⟩ − ⟨T_j, T_k⟩)²
        between_a, between_b = a[:, None] - a, b[:, None] - b
        unlike = np.cos(between_a) - np.cos(between_b)
        loss += in_modal * float((unlike**2).sum()) / n
        to_image = to_image + in_modal * 4 / n * (unlike * np.sin(between_a)).sum(axis=1)
        to_text = to_text - in_modal * 4 / n * (unlike * np.sin(between_b)).sum(axis=1)
    return Forces(loss, rows, columns, to_image, to_text)


def _softmax(logits: Floats, axis: int) -> tuple[Floats, Floats]:
    """Give exp(l) / Σ exp(l) along an axis, and log Σ exp(l)."""
    top = logits.max(axis=axis, keepdims=True)
    e = np.exp(logits - top)
    total = e.sum(axis=axis, keepdims=True)
    return e / total, np.ravel(top + np.log(total))


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
    pairs, gap = door.whole("pairs", pairs), door.number("gap", gap, least=0, most=1)
    around = np.random.default_rng(seed).uniform(-np.pi, np.pi, (2, pairs))
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
    """
    rate, steps, every = (
        door.number("rate", rate, above=0),
        door.whole("steps", steps, least=0),
        door.whole("every", every),
    )
    a, b = start(pairs, gap=gap, seed=seed)
    now = forces(a, b, temperature, cross_modal=cross_modal, in_modal=in_modal)
    frames = [(a, b, now)]
    for step in range(1, steps + 1):
        # θ ← θ − rate · n · ∂L/∂θ
        a = a + np.minimum(np.maximum(rate * pairs * now.image, -0.5), 0.5)
        b = b + np.minimum(np.maximum(rate * pairs * now.text, -0.5), 0.5)
        now = _forces(a, b, temperature, cross_modal, in_modal)
        if step % every == 0:
            frames.append((a, b, now))
    image, text = (np.array([frame[tower] for frame in frames]) for tower in (0, 1))
    felt = [force for *_, force in frames]
    points = [np.stack([np.cos(angles), np.sin(angles)], axis=-1) for angles in (image, text)]  # (t, n, 2) each
    return Run(
        steps=every * np.arange(len(frames)),
        image=image,
        text=text,
        image_force=np.array([force.image for force in felt]),
        text_force=np.array([force.text for force in felt]),
        rows=np.array([force.rows for force in felt]),
        loss=np.array([force.loss for force in felt]),
        alignment=alignment(*points),
        uniformity=(uniformity(points[0]) + uniformity(points[1])) / 2,
        gap=gap_between(*points),
    )
