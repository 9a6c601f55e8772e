"""CLIP's loss with its parts and its gradient, and the two terms that CyCLIP adds to it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result

F64 = NDArray[np.float64]

MAX_SCALE = 100.0  # CLIP's limit for the logit scale 1/τ


@result
class Loss:
    """InfoNCE in both directions, with its parts and its gradient."""

    total: float  # mean of the two directions, in nats
    image_to_text: float  # mean over the images' choices among the texts
    text_to_image: float  # mean over the texts' choices among the images
    similarity: F64  # (n, n) image i with text j
    logits: F64  # (n, n) similarity / temperature
    rows: F64  # (n, n) softmax over the texts of each image
    columns: F64  # (n, n) softmax over the images of each text
    image_losses: F64  # (n,) each image's loss
    text_losses: F64  # (n,) each text's loss
    image_gradient: F64  # (n, d) of the total by the rows as they were given
    text_gradient: F64  # (n, d)
    temperature_gradient: float  # of the total by the temperature


def contrastive_loss(image: ArrayLike, text: ArrayLike, temperature: float) -> Loss:
    """Give CLIP's loss of n pairs.

    Parameters
    ----------
    image, text
        (n, d): row i of both belong together. Taken as they are; CLIP's own rows have length 1.
    temperature
        τ > 0; the logits are the products divided by it.

    Examples
    --------
    >>> round(contrastive_loss(np.eye(4), np.eye(4), 1e9).total, 6) == round(float(np.log(4)), 6)
    True
    """
    image, text = paired(image, text)
    tau = door.number("temperature", temperature, above=0)
    n = len(image)
    # s_ij = <I_i, T_j>,  l_ij = s_ij / τ
    similarity = image @ text.T
    logits = similarity / tau
    if not np.isfinite(logits).all():
        raise ValueError(f"temperature is too small for these rows: {tau!r}.")
    log_rows, log_columns = log_softmax(logits, 1), log_softmax(logits, 0)
    # L = -1/2n Σ_i log softmax_j(l_ij)[i]  -1/2n Σ_j log softmax_i(l_ij)[j]
    image_losses, text_losses = -np.diag(log_rows), -np.diag(log_columns)
    rows, columns = np.exp(log_rows), np.exp(log_columns)
    # ∂L/∂l_ij = (p_ij + q_ij - 2 δ_ij) / 2n
    by_logits = (rows + columns - 2 * np.eye(n)) / (2 * n)
    return Loss(
        total=float((image_losses.mean() + text_losses.mean()) / 2),
        image_to_text=float(image_losses.mean()),
        text_to_image=float(text_losses.mean()),
        similarity=similarity,
        logits=logits,
        rows=rows,
        columns=columns,
        image_losses=image_losses,
        text_losses=text_losses,
        image_gradient=by_logits @ text / tau,
        text_gradient=by_logits.T @ image / tau,
        temperature_gradient=float(-(by_logits * logits).sum() / tau),
    )


def losses_over(similarity: ArrayLike, temperatures: ArrayLike) -> F64:
    """Give the loss of (…, n, n) similarities at each of m temperatures: (…, m)."""
    s, taus = door.numbers("similarity", similarity), door.numbers("temperatures", temperatures, ndim=1)
    logits = s[..., None, :, :] / taus[:, None, None]
    own = np.diagonal(logits, axis1=-2, axis2=-1)
    total = np.zeros(logits.shape[:-2])
    for axis in (-1, -2):
        top = logits.max(axis=axis, keepdims=True)
        # −log softmax = log Σ exp(l) − l_ii
        total += (top.squeeze(axis) + np.log(np.exp(logits - top).sum(axis=axis)) - own).mean(axis=-1)
    return np.asarray(total / 2)


def chance_loss(n: int) -> float:
    """Give log n, the loss of a model that cannot tell n pairs apart: every choice gets 1/n."""
    return float(np.log(door.whole("n", n)))


def cyclip_terms(image: ArrayLike, text: ArrayLike) -> tuple[float, float]:
    """Give CyCLIP's two terms of n pairs, (cross_modal, in_modal), before their weights λ.

    cross_modal: image j should be to text k as image k is to text j. in_modal: image j should be to image k as text j
    is to text k. Each is the sum of the squared differences over all j, k divided by n, as in the paper (equations 3
    and 2).

    Parameters
    ----------
    image, text
        (n, d), row i of both belong together.
    """
    cross, within = cyclip_differences(image, text)
    # 1/N Σ_j Σ_k (·)²
    return float((cross**2).sum() / len(cross)), float((within**2).sum() / len(within))


def cyclip_differences(image: ArrayLike, text: ArrayLike) -> tuple[F64, F64]:
    """Give the (n, n) differences that CyCLIP's terms square: cross-modal (antisymmetric), in-modal (symmetric)."""
    image, text = paired(image, text)
    similarity = image @ text.T
    # <I_j, T_k> - <I_k, T_j>   and   <I_j, I_k> - <T_j, T_k>
    return similarity - similarity.T, image @ image.T - text @ text.T


def paired(image: ArrayLike, text: ArrayLike) -> tuple[F64, F64]:
    """Take two tables (n, d) whose rows belong together."""
    first = door.points("image", image)
    return first, door.numbers("text", text, shape=first.shape)


def log_softmax(x: F64, axis: int) -> F64:
    """Give log(exp(x) / Σ exp(x)) along an axis, without overflow."""
    shifted = x - x.max(axis=axis, keepdims=True)
    out: F64 = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return out
