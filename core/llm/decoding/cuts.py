"""From the scores of the next word to the words that may be drawn: temperature, top-k, top-p, and their order.

Sources: A. Fan, M. Lewis, Y. Dauphin (2018), Hierarchical neural story generation, for top-k; A. Holtzman et al.
(2020), The curious case of neural text degeneration, for the nucleus (top-p).
"""

from collections import Counter
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from core import door
from core.result import result

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
ORDERS = ("first", "last")  # when the temperature comes
ROUNDING = 1e-12  # what a sum of probabilities may lack


def _scores(logits: ArrayLike) -> Floats:
    z = door.numbers("logits", logits, ndim=1, endless=True)
    if not len(z) or np.isposinf(z).any() or np.isneginf(z).all():
        raise ValueError("logits must hold at least one finite score, and no +infinity.")
    return z


def _temperature(value: float) -> float:
    return door.number("temperature", value, above=0)


def top_k(logits: ArrayLike, k: int) -> Mask:
    """Say which words (v,) have the k highest scores; of equals the first. No temperature changes that."""
    z = _scores(logits)
    mask = np.zeros(len(z), bool)
    mask[np.argsort(-z, kind="stable")[: door.whole("k", k)]] = True
    return mask & np.isfinite(z)


def nucleus(logits: ArrayLike, *, p: float, temperature: float = 1.0) -> Mask:
    """Say which words are in the nucleus: the fewest, likeliest first, whose probabilities reach p.

    Parameters
    ----------
    logits
        Scores (v,); −∞ is a word that is ruled out.
    p
        In (0, 1]; 1 keeps every word that can be drawn.
    temperature
        T > 0: the probabilities are softmax(logits / T).

    Returns
    -------
    (v,) bool
        Never empty: the word that crosses p is in. Of equals the first come first.
    """
    z, p = _scores(logits), door.number("p", p, above=0, most=1)
    share = np.asarray(softmax(z / _temperature(temperature)))
    order = np.argsort(-z, kind="stable")  # by score: at low temperatures small shares are all 0
    # The word at place i is in if those before it do not reach p: Σ_{j<i} p_j < p
    before = np.concatenate([[-1.0], share[order].cumsum()[:-1]])  # the first is in, however small p is
    mask = np.zeros(len(z), bool)
    mask[order[(before < p - ROUNDING) | (p == 1)]] = True
    return mask & np.isfinite(z)


@result
class Narrowed:
    """What is drawn from: which words are kept (v,), and their probabilities (v,), 0 for all others."""

    kept: Mask
    share: Floats


def narrowed(
    logits: ArrayLike,
    *,
    temperature: float = 1.0,
    k: int | None = None,
    p: float = 1.0,
    order: str = "first",
    fresh: bool = True,
) -> Narrowed:
    """Apply temperature, top-k and top-p.

    Parameters
    ----------
    logits
        Scores (v,).
    temperature, k, p
        As of `nucleus` and `top_k`; k None keeps all.
    order
        When the temperature comes: "first", before the words are cut, or "last", on those that are left.
    fresh
        Whether top-p adds up the probabilities of the k words made to sum to 1 again; otherwise those that they had
        among all words.
    """
    z = _scores(logits)
    heat = _temperature(temperature)
    seen = heat if door.one_of("order", order, ORDERS) == "first" else 1.0
    few = top_k(z, len(z) if k is None else k)
    inside = nucleus(np.where(few, z, -np.inf) if door.flag("fresh", fresh) else z, p=p, temperature=seen)
    kept = few & inside
    # softmax of the scores that are left, at the temperature asked for
    return Narrowed(kept, np.asarray(softmax(np.where(kept, z, -np.inf) / heat)))


def following(text: str, least: int = 2) -> tuple[str, dict[str, int]]:
    """Count what follows the last character of a text, wherever else in it that character stands.

    Returns
    -------
    context, counts
        The last character and how often each other one follows it, the commonest first; where fewer than `least`
        different ones do, "" and how often each character occurs. Spaces at the ends do not count.

    Examples
    --------
    >>> following("すもももももももものうちも")
    ('も', {'も': 7, 'の': 1})
    """
    text = text.strip()
    after = Counter(b for a, b in pairwise(text) if a == text[-1])
    context = text[-1:] if len(after) >= least else ""
    return context, dict((after if context else Counter(text)).most_common())
