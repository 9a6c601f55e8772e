"""CLIP and its version tuned to digits, mixed: what each mixture of their weights gets right.

Makes one row a mixture, α from 0 to 1 in steps of 0.05: `scenes` (row, SCENES), whether a held-out scene's picture
chooses its own caption among those of all, and `digits` (row, DIGITS), the number that a held-out digit's picture
chooses among ten; `scenes_out` and `digits_out` the same from mixed outputs, (1 − α) p₀ + α p₁ of the two models'
probabilities. English captions. In every row also the digits' `numbers` (row, DIGITS), and the first of their
`pictures` (row, SHOWN, 32, 32).
"""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.pretraining import clip

ALPHAS = np.round(np.linspace(0, 1, 21), 2)
SCENES, DIGITS, SHOWN = 128, 150, 8


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give the answers of all mixtures, or of the `first` few."""
    rows: dict[str, list[NDArray[np.float64]]] = {"scenes": [], "digits": [], "scenes_out": [], "digits_out": []}
    ends = [_outputs(alpha) for alpha in (0.0, 1.0)]
    for alpha in ALPHAS[:first]:
        mixed = [(1 - alpha) * one + alpha * other for one, other in zip(*ends, strict=True)]
        for suffix, (scenes, digits) in (("", _outputs(float(alpha))), ("_out", mixed)):
            rows[f"scenes{suffix}"].append((scenes.argmax(axis=1) == np.arange(SCENES)).astype(np.float64))
            rows[f"digits{suffix}"].append(digits.argmax(axis=1).astype(np.float64))
    images, numbers, trains = clip.digits()
    count = len(ALPHAS[:first])
    return {
        "alpha": ALPHAS[:first].copy(),
        "numbers": np.tile(numbers[~trains][:DIGITS], (count, 1)),
        "pictures": np.tile(images[~trains][:SHOWN, ::2, ::2, 0], (count, 1, 1, 1)),
        **{name: np.array(values) for name, values in rows.items()},
    }


@functools.lru_cache(maxsize=2)
def _outputs(alpha: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the probabilities of a mixture's choices: (SCENES, SCENES) and (DIGITS, 10)."""
    encoder = clip.interpolated(alpha)
    batch = clip.held_out_batch()
    images, _, trains = clip.digits()
    found = []
    for pictures, texts in (
        (batch.images[:SCENES], batch.captions["en"][:SCENES]),
        (images[~trains][:DIGITS], clip.class_texts("digit")),
    ):
        cosine = encoder.encode_images(pictures) @ encoder.encode_texts(texts).T
        found.append(clip.probabilities(cosine, encoder.temperature))
    return found[0], found[1]
