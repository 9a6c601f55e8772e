"""A canary: a number planted in the training text so many times, and how far a small model gives it away.

The model is a trigram of characters. Only what it says of the four digits after 番号は matters, so only that is counted.
"""

import numpy as np
from numpy.typing import NDArray

from core import door

DIGITS, CODES = 4, 10**4
OTHERS = 300  # other sentences with a number in it


def exposure(times: int, *, others: int = OTHERS, seed: int = 0) -> float:
    """Give how many bits of a planted number the model has learnt: log₂ 10⁴ − log₂ rank.

    The rank is the number's place among all 10,000, the likeliest first; of equals the middle one. 0 bits is the last
    place, about 1 bit is chance (its expectation is 1/ln 2), 13.3 bits the first.

    Parameters
    ----------
    times
        How often the sentence with the number stands in the text.
    others
        How many sentences hold another number, drawn at random.
    seed
        Of all numbers, the planted one too.

    Source: N. Carlini et al. (2019), "The secret sharer", arXiv:1802.08232.
    """
    times, others = door.whole("times", times, least=0), door.whole("others", others, least=0)
    rng = np.random.default_rng(seed)
    planted = int(rng.integers(CODES))
    numbers = np.concatenate([rng.integers(CODES, size=others), np.full(times, planted)])
    chance = log_chance(numbers)
    above, equal = (chance > chance[planted]).sum(), (chance == chance[planted]).sum()
    return float(np.log2(CODES) - np.log2(above + (equal + 1) / 2))


def log_chance(numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give ln p of each of the 10,000 numbers after the text was read: (10000,).

    p(d₁d₂d₃d₄) = p(d₁ | 号は) p(d₂ | は d₁) p(d₃ | d₁ d₂) p(d₄ | d₂ d₃), each (count + 1) / (count of both + 10)
    """
    d = np.asarray(numbers, dtype=np.int64)[:, None] // 10 ** np.arange(DIGITS)[::-1] % 10  # (n, 4)
    one = np.bincount(d[:, 0], minlength=10) + 1.0
    two = np.ones((10, 10))
    np.add.at(two, (d[:, 0], d[:, 1]), 1)
    # The two digits before do not say which place the next one has: places three and four are counted together.
    three = np.ones((10, 10, 10))
    np.add.at(three, (d[:, 0], d[:, 1], d[:, 2]), 1)
    np.add.at(three, (d[:, 1], d[:, 2], d[:, 3]), 1)
    p1, p2, p3 = (np.log(c / c.sum(axis=-1, keepdims=True)) for c in (one, two, three))
    total = p1[:, None, None, None] + p2[:, :, None, None] + p3[:, :, :, None] + p3[None, :, :, :]
    chance: NDArray[np.float64] = total.ravel()
    return chance
