"""CLIP: pictures and sentences in one space, pulled together where they belong together and pushed apart elsewhere.

The losses, what is measured in the shared space, and the trained models of the small world in `core.pretraining.scenes`
and `core.pretraining.captions`. All of it is numpy; only `train` needs PyTorch. `core.pretraining.real` speaks with the real CLIP where it
is at hand.

Sources: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision" (2021); Goel et al., "CyCLIP:
Cyclic Contrastive Language-Image Pretraining" (2022); Ilharco et al., "Patching open-vocabulary models by interpolating
weights" (2022); Zhao et al., "VL-CheckList" (2023); Liang et al., "Mind the Gap" (2022); Wang & Isola, "Understanding
Contrastive Representation Learning through Alignment and Uniformity on the Hypersphere" (2020).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.late import IMPORTS
from core.pretraining import captions, scenes, towers
from core.pretraining.captions import Noun, Said
from core.pretraining.scenes import Scene

ASSETS = Path(__file__).resolve().parent.parent.parent / "assets" / "clip"
CARD = ASSETS / "card.json"
NAMES = ("clip", "cyclip", "digits", "bag")

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]

MAX_SCALE = 100.0  # CLIP's limit for the logit scale 1/τ


# ---- the loss


@dataclass(frozen=True, eq=False)
class Loss:
    """InfoNCE in both directions, with its parts and its gradient.

    Parameters
    ----------
    total
        Mean of the two directions, in nats.
    image_to_text, text_to_image
        Means over the images' choices among the texts (rows), and over the texts' among the images (columns).
    similarity, logits
        (n, n): image i with text j; logits are similarity / temperature.
    rows, columns
        (n, n) softmax along each row, and along each column.
    image_losses, text_losses
        (n,) each pair's loss in either direction.
    image_gradient, text_gradient
        (n, d) of the total by the rows as they were given.
    temperature_gradient
        Of the total by the temperature.
    """

    total: float
    image_to_text: float
    text_to_image: float
    similarity: F64
    logits: F64
    rows: F64
    columns: F64
    image_losses: F64
    text_losses: F64
    image_gradient: F64
    text_gradient: F64
    temperature_gradient: float


def contrastive_loss(image: ArrayLike, text: ArrayLike, temperature: float) -> Loss:
    """Give CLIP's loss of n pairs.

    Parameters
    ----------
    image, text
        (n, d): row i of both belong together. Taken as they are; CLIP's own rows have length 1.
    temperature
        τ > 0; the logits are the products divided by it.

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, or the temperature is not positive.

    Examples
    --------
    >>> round(contrastive_loss(np.eye(4), np.eye(4), 1e9).total, 6) == round(float(np.log(4)), 6)
    True
    """
    image, text = _both(image, text)
    tau = _positive("temperature", temperature)
    n = len(image)
    # s_ij = <I_i, T_j>,  l_ij = s_ij / τ
    similarity = image @ text.T
    logits = similarity / tau
    if not np.isfinite(logits).all():
        raise ValueError(f"temperature is too small for these rows: {tau!r}.")
    log_rows, log_columns = _log_softmax(logits, 1), _log_softmax(logits, 0)
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


def chance_loss(n: int) -> float:
    """Give log n, the loss of a model that cannot tell n pairs apart: every choice gets 1/n."""
    return float(np.log(_whole("n", n, 1)))


def duplicate_floor(texts: Sequence[str] | ArrayLike) -> F64:
    """Give the least loss that each row can reach when texts repeat.

    A text that stands m times in the batch takes m equal shares of its rows' probability, so p_ii ≤ 1/m and the row's loss is at
    least log m, whatever the model.

    Parameters
    ----------
    texts
        n sentences, or (n, d) embeddings.

    Returns
    -------
    (n,) float64
        log of how often each row's text stands in the batch.
    """
    array = np.asarray(texts)
    if array.ndim == 0:
        raise ValueError("texts must be a list of sentences or a table of embeddings.")
    _, back, count = np.unique(array, axis=0, return_inverse=True, return_counts=True)
    return np.log(count[back.reshape(-1)].astype(np.float64))


def cyclip_terms(image: ArrayLike, text: ArrayLike) -> tuple[float, float]:
    """Give CyCLIP's two terms of n pairs, (cross_modal, in_modal), before their weights λ.

    cross_modal: image j should be to text k as image k is to text j. in_modal: image j should be to image k as text j is to text
    k. Each is the sum of the squared differences over all j, k divided by n, as in the paper (equations 3 and 2).

    Parameters
    ----------
    image, text
        (n, d), row i of both belong together.

    Raises
    ------
    ValueError
        If the shapes do not fit or a number is not finite.
    """
    cross, within = cyclip_differences(image, text)
    # 1/N Σ_j Σ_k (·)²
    return float((cross**2).sum() / len(cross)), float((within**2).sum() / len(within))


def cyclip_differences(image: ArrayLike, text: ArrayLike) -> tuple[F64, F64]:
    """Give the (n, n) differences that CyCLIP's two terms square: cross-modal (antisymmetric) and in-modal (symmetric)."""
    image, text = _both(image, text)
    similarity = image @ text.T
    # <I_j, T_k> - <I_k, T_j>   and   <I_j, I_k> - <T_j, T_k>
    return similarity - similarity.T, image @ image.T - text @ text.T


# ---- the gap between the towers


@dataclass(frozen=True, eq=False)
class Gap:
    """How far apart the two towers' points lie.

    Parameters
    ----------
    distance
        Length of the vector between the two means.
    alignment
        Mean squared distance of the pairs; 0 if they coincide.
    image_uniformity, text_uniformity
        log mean exp(-2 |x - y|²) over pairs of different points of one tower; lower is more evenly spread.
    same, other
        Mean cosine of pairs, and of all that are none.
    """

    distance: float
    alignment: float
    image_uniformity: float
    text_uniformity: float
    same: float
    other: float


def gap(image: ArrayLike, text: ArrayLike) -> Gap:
    """Measure the gap of n ≥ 2 pairs of unit rows (n, d)."""
    image, text = _both(image, text)
    n = len(image)
    if n < 2:
        raise ValueError("A gap needs at least two pairs.")
    similarity = image @ text.T
    same = float(np.trace(similarity) / n)
    return Gap(
        distance=float(np.linalg.norm(image.mean(axis=0) - text.mean(axis=0))),
        alignment=float(((image - text) ** 2).sum(axis=1).mean()),
        image_uniformity=_uniformity(image),
        text_uniformity=_uniformity(text),
        same=same,
        other=float((similarity.sum() - n * same) / (n * (n - 1))),
    )


def _uniformity(x: F64) -> float:
    squares = (x**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * x @ x.T
    return float(np.log(np.mean(np.exp(-2 * distances[np.triu_indices(len(x), 1)]))))


def close_gap(image: ArrayLike, text: ArrayLike, share: float = 1.0) -> tuple[F64, F64]:
    """Shift both towers towards each other and scale the rows back to length 1.

    Parameters
    ----------
    image, text
        (n, d) unit rows.
    share
        How much of the difference of the means is closed: 0 none, 1 all of it (before the rows are scaled back); below 0 the gap
        widens.

    Returns
    -------
    image, text
        (n, d) unit rows.
    """
    image, text = _both(image, text)
    if not isinstance(share, Real) or not np.isfinite(share):
        raise ValueError(f"share must be a finite number, not {share!r}.")
    # I ← unit(I - share Δ/2),  T ← unit(T + share Δ/2),  Δ = mean I - mean T
    half = float(share) * (image.mean(axis=0) - text.mean(axis=0)) / 2
    return _unit(image - half), _unit(text + half)


def project(image: ArrayLike, text: ArrayLike, components: int = 2) -> tuple[F64, F64, F64]:
    """Project both towers onto the principal axes of all their points together.

    Parameters
    ----------
    image, text
        (n, d).
    components
        How many axes, from 1 to d.

    Returns
    -------
    image, text
        (n, components). Each axis points so that the images' mean is on its positive side.
    shares
        (components,) of the variance of all points.
    """
    image, text = _both(image, text)
    if not isinstance(components, Integral) or not 1 <= components <= image.shape[1]:
        raise ValueError(f"components must be a whole number from 1 to {image.shape[1]}, not {components!r}.")
    both = np.concatenate([image, text])
    centred = both - both.mean(axis=0)
    variances, axes = np.linalg.eigh(centred.T @ centred)
    variances, axes = variances[::-1][:components], axes[:, ::-1][:, :components]
    flat = centred @ axes
    flat *= np.where(flat[: len(image)].mean(axis=0) < 0, -1.0, 1.0)
    return flat[: len(image)], flat[len(image) :], variances / max(float((centred**2).sum()), 1e-300)


# ---- ranking, classes, neighbours


def ranks(similarity: ArrayLike) -> NDArray[np.int64]:
    """Give where the right answer, on the diagonal, stands in each row: 0 is first. Ties count against it."""
    s = np.asarray(similarity, np.float64)
    if s.ndim != 2 or s.shape[0] > s.shape[1]:
        raise ValueError(f"similarity must have a right answer in each row, not be of shape {s.shape}.")
    own = np.diag(s)[:, None]
    above: NDArray[np.int64] = (s >= own).sum(axis=1) - 1
    return above


def top1(similarity: ArrayLike) -> float:
    """Give the share of rows whose right answer, on the diagonal, stands first alone."""
    return float(np.mean(ranks(similarity) == 0))


def probabilities(cosines: ArrayLike, temperature: float) -> F64:
    """Give the softmax of cosines / temperature along the last axis."""
    return np.exp(_log_softmax(np.asarray(cosines, np.float64) / _positive("temperature", temperature), -1))


def knn(train: ArrayLike, labels: ArrayLike, queries: ArrayLike, k: int = 5) -> NDArray[np.int64]:
    """Classify by the k nearest labelled points, by cosine; of equal votes the class with the nearer points.

    Parameters
    ----------
    train, labels
        (m, d) unit rows and their (m,) classes from 0.
    queries
        (n, d) unit rows.
    k
        From 1 to m.

    Returns
    -------
    (n,) int
    """
    x, y, q = np.asarray(train, np.float64), np.asarray(labels, np.int64), np.asarray(queries, np.float64)
    if x.ndim != 2 or y.shape != x.shape[:1] or q.ndim != 2 or q.shape[1] != x.shape[1]:
        raise ValueError("train must be (m, d), labels (m,) and queries (n, d).")
    if not isinstance(k, Integral) or not 1 <= k <= len(x):
        raise ValueError(f"k must be a whole number from 1 to {len(x)}, not {k!r}.")
    cosine = q @ x.T
    near = np.argsort(-cosine, axis=1, kind="stable")[:, :k]
    votes = np.zeros((len(q), int(y.max()) + 1))
    for column in near.T:
        np.add.at(votes, (np.arange(len(q)), y[column]), 1 + 1e-6 * cosine[np.arange(len(q)), column])
    return votes.argmax(axis=1).astype(np.int64)


def percentile(score: float, null: ArrayLike) -> float:
    """Give the share of random captions that score lower, ties counted half, in percent."""
    others = np.asarray(null, np.float64)
    return float(100 * (np.mean(others < score) + np.mean(others == score) / 2))


def retrieve(query: ArrayLike, gallery: ArrayLike, k: int = 5) -> tuple[NDArray[np.int64], F64]:
    """Give the k best rows of a gallery and their cosines, best first.

    Parameters
    ----------
    query
        (d,) of an image, a text or a sum of them (`combine`).
    gallery
        (m, d) unit rows.
    k
        From 1 to m.
    """
    rows = np.asarray(gallery, np.float64)
    if not isinstance(k, Integral) or not 1 <= k <= len(rows):
        raise ValueError(f"k must be a whole number from 1 to {len(rows)}, not {k!r}.")
    cosines = rows @ _unit(np.asarray(query, np.float64)[None])[0]
    best = np.argsort(-cosines, kind="stable")[:k]
    return best.astype(np.int64), cosines[best]


def combine(
    image: ArrayLike, plus: ArrayLike | None = None, minus: ArrayLike | None = None, weight: float = 1.0
) -> F64:
    """Give unit(image + weight (plus - minus)) of unit vectors (d,): "like this picture, but red instead of blue"."""
    query = np.asarray(image, np.float64).copy()
    if plus is not None:
        query += weight * np.asarray(plus, np.float64)
    if minus is not None:
        query -= weight * np.asarray(minus, np.float64)
    direction: F64 = _unit(query[None])[0]
    return direction


# ---- the models


@dataclass(frozen=True, eq=False)
class Encoder:
    """A trained model.

    Parameters
    ----------
    name
        One of `NAMES`, or another model's own.
    weights
        By name, as `core.pretraining.towers.shapes` lists them.
    card
        What it was trained on, for how long, and its scores.
    """

    name: str
    weights: Mapping[str, F32]
    card: Mapping[str, Any]

    @property
    def temperature(self) -> float:
        """Give τ, learned with the weights."""
        return float(np.exp(-self.weights["scale"]))

    def encode_images(self, images: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> F32:
        """Put pictures into the shared space.

        Parameters
        ----------
        images
            n pictures (h, w, 3) uint8 of any size; those that are not 64 x 64 are cut to their middle square and resized.

        Returns
        -------
        (n, 64) float32
            Unit rows.

        Raises
        ------
        ValueError
            If something is no such picture.
        """
        return towers.look(self.weights, np.stack([_fitted(image) for image in images]) if len(images) else _NONE)

    def encode_texts(self, texts: Sequence[str]) -> F32:
        """Put sentences of either language into the shared space.

        Words outside the vocabulary are skipped; `core.pretraining.captions.tokenize` names them.

        Parameters
        ----------
        texts
            n sentences.

        Returns
        -------
        (n, 64) float32
            Unit rows.
        """
        if isinstance(texts, str):
            raise ValueError("texts must be a list of sentences, not one sentence.")
        return (towers.read_bag if "bag.words" in self.weights else towers.read)(self.weights, texts)


_NONE = np.zeros((0, scenes.PIXELS, scenes.PIXELS, 3), np.uint8)


def _fitted(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError(f"A picture must be (h, w, 3) uint8, not {image.shape} {image.dtype}.")
    if image.shape[:2] == (scenes.PIXELS, scenes.PIXELS):
        return image
    from PIL import Image, ImageOps

    side = (scenes.PIXELS, scenes.PIXELS)
    return np.asarray(ImageOps.fit(Image.fromarray(image), side, Image.Resampling.LANCZOS), dtype=np.uint8)


@lru_cache(maxsize=len(NAMES))
def load(name: str = "clip") -> Encoder:
    """Read a model of ours.

    Parameters
    ----------
    name
        "clip"; "cyclip", from the same data and budget with CyCLIP's two terms; "digits", clip fine-tuned on handwritten digits; "bag",
        clip's image tower with a text tower that does not know the order of words.

    Returns
    -------
    Encoder
        Shared by all who load it; its arrays are read-only.

    Raises
    ------
    ValueError
        If there is no such model.
    """
    if name not in NAMES:
        raise ValueError(f"There is no model {name!r}; there are {', '.join(NAMES)}.")
    weights = dict(read_weights(ASSETS / f"{name}.safetensors"))
    if name == "bag":
        weights = {k: v for k, v in load("clip").weights.items() if not k.startswith("text.")} | weights
    cards = json.loads(CARD.read_text(encoding="utf-8")) if CARD.is_file() else {"models": {}}
    return Encoder(name, weights, cards["models"].get(name, {}))


def read_weights(path: Path) -> dict[str, F32]:
    """Read a safetensors file; the arrays are read-only."""
    from safetensors.numpy import load_file

    weights: dict[str, F32] = load_file(path)
    for array in weights.values():
        array.flags.writeable = False
    return weights


def interpolate(weights0: Mapping[str, F32], weights1: Mapping[str, F32], alpha: float) -> dict[str, F32]:
    """Mix the weights of two models of one architecture (PAINT).

    Parameters
    ----------
    weights0, weights1
        By name, of equal names and shapes.
    alpha
        0 gives the first, 1 the second; finite.

    Returns
    -------
    dict
        New arrays, of weights0's types.

    Raises
    ------
    ValueError
        If the models differ in their names or shapes, or alpha is not finite.
    """
    if not isinstance(alpha, Real) or not np.isfinite(alpha):
        raise ValueError(f"alpha must be a finite number, not {alpha!r}.")
    if weights0.keys() != weights1.keys():
        raise ValueError("The two models must have the same weights.")
    mixed: dict[str, F32] = {}
    for name, first in weights0.items():
        first, second = np.asarray(first), np.asarray(weights1[name])
        if first.shape != second.shape:
            raise ValueError(f"{name} has the shapes {first.shape} and {second.shape}; they must be equal.")
        # θ = (1 - α) θ0 + α θ1
        mixed[name] = ((1 - float(alpha)) * first + float(alpha) * second).astype(first.dtype)
    return mixed


def interpolated(alpha: float, first: str = "clip", second: str = "digits") -> Encoder:
    """Give the model at α between two of ours."""
    return Encoder(f"{first}–{second}", interpolate(load(first).weights, load(second).weights, alpha), {})


def train(kind: str = "clip", **options: Any) -> Any:
    """Train a model from nothing; see `core.pretraining.train.train` for the options. Needs PyTorch."""
    from core.pretraining import train as training

    return training.train(kind, **options)


# ---- words for classes, random captions

# Each holds for a noun with its article, "a red circle", 「赤い丸」.
TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "en": ("{}", "a picture of {}", "there is {}"),
    "ja": ("{}", "{}の絵", "{}がある"),
}
CLASSES = ("shape", "colour", "both", "digit")


def class_names(kind: str) -> tuple[str, ...]:
    """Name the classes: `SHAPES`, `COLOURS`, all 42 "colour shape", or the digits "0" to "9"."""
    if kind not in CLASSES:
        raise ValueError(f"kind must be one of {', '.join(CLASSES)}, not {kind!r}.")
    if kind == "shape":
        return scenes.SHAPES
    if kind == "colour":
        return scenes.COLOURS
    if kind == "digit":
        return tuple(map(str, range(10)))
    return tuple(f"{colour} {shape}" for shape in scenes.SHAPES for colour in scenes.COLOURS)


def class_texts(kind: str, language: str = "en", template: int = 0) -> tuple[str, ...]:
    """Write one sentence a class.

    Parameters
    ----------
    kind
        One of `CLASSES`.
    language
        "en" or "ja".
    template
        Index into `TEMPLATES`; of digits, whose sentences have their own two wordings, 0 or 1.
    """
    class_names(kind)  # checks the kind
    if kind == "digit":
        return tuple(captions.digit(number, language, template) for number in range(10))
    if language not in TEMPLATES:
        raise ValueError(f"language must be one of {', '.join(TEMPLATES)}, not {language!r}.")
    if template not in range(len(TEMPLATES[language])):
        raise ValueError(f"template must be from 0 to {len(TEMPLATES[language]) - 1}, not {template!r}.")
    nouns = {
        "shape": [Noun(shape) for shape in scenes.SHAPES],
        "colour": [Noun(None, colour) for colour in scenes.COLOURS],
        "both": [Noun(shape, colour) for shape in scenes.SHAPES for colour in scenes.COLOURS],
    }[kind]
    return tuple(TEMPLATES[language][template].format(captions.describe(Said((noun,)), language)) for noun in nouns)


def class_vectors(encoder: Encoder, kind: str, language: str = "en", templates: Sequence[int] = (0,)) -> F64:
    """Give (classes, 64) unit rows: the mean over the templates of each class's sentences, scaled back to length 1."""
    if not templates:
        raise ValueError("templates must name at least one template.")
    rows = [encoder.encode_texts(class_texts(kind, language, template)).astype(np.float64) for template in templates]
    return _unit(np.mean(rows, axis=0))


def random_captions(n: int, *, seed: int = 0, language: str = "en") -> tuple[str, ...]:
    """Write n sentences by chance, each different: what a score is compared with (`percentile`)."""
    rng = np.random.default_rng(_whole("seed", seed, 0))
    texts: dict[str, None] = {}
    while len(texts) < _whole("n", n, 1):
        texts[captions.describe(captions.random_said(rng), language)] = None
    return tuple(texts)


# ---- swaps

KINDS = ("object", "colour", "size", "relation", "binding", "order")


@dataclass(frozen=True, eq=False)
class Swaps:
    """A model's choices between true captions and captions with one thing exchanged.

    Parameters
    ----------
    scenes
        n scenes of two things.
    captions
        (true, then one of each of `KINDS`) for each scene.
    scores
        (n, 1 + kinds) cosines of the scene's picture with those captions.
    """

    scenes: tuple[Scene, ...]
    captions: tuple[tuple[str, ...], ...]
    scores: F64

    @property
    def ties(self) -> dict[str, float]:
        """Give the share of exact ties, by kind."""
        return {kind: float(np.mean(self.scores[:, 0] == self.scores[:, 1 + i])) for i, kind in enumerate(KINDS)}

    @property
    def wins(self) -> dict[str, float]:
        """Give the share of scenes whose true caption scores higher, a tie counted half, by kind."""
        return {
            kind: float(np.mean(self.scores[:, 0] > self.scores[:, 1 + i])) + self.ties[kind] / 2
            for i, kind in enumerate(KINDS)
        }


def swapped(what: Said, rng: np.random.Generator) -> dict[str, Said]:
    """Exchange one thing in a caption of two things, once in each of `KINDS`.

    object and colour: the first noun's becomes one that nothing in the scene has. size: the first noun's becomes the other.
    relation: becomes its converse. binding: the two colours change places. order: the two nouns change places. The last two
    keep all the words.
    """
    if len(what.nouns) != 2 or what.relation is None or any(None in (n.shape, n.colour, n.size) for n in what.nouns):
        raise ValueError("Swaps need two nouns with all their words and a relation.")
    first, second = what.nouns
    # Never a pair that training did not show: the model could know it as wrong for being new.
    shape_choices = [
        shape for shape in scenes.SHAPES
        if shape not in (first.shape, second.shape) and (shape, first.colour) not in scenes.HELD_OUT
    ]  # fmt: skip
    colour_choices = [
        colour for colour in scenes.COLOURS
        if colour not in (first.colour, second.colour) and (first.shape, colour) not in scenes.HELD_OUT
    ]  # fmt: skip
    other = {"small": "large", "large": "small"}
    new_shape = shape_choices[int(rng.integers(len(shape_choices)))]
    new_colour = colour_choices[int(rng.integers(len(colour_choices)))]
    return {
        "object": replace(what, nouns=(replace(first, shape=new_shape), second)),
        "colour": replace(what, nouns=(replace(first, colour=new_colour), second)),
        "size": replace(what, nouns=(replace(first, size=other[str(first.size)]), second)),
        "relation": replace(what, relation=captions.CONVERSE[what.relation]),
        "binding": replace(what, nouns=(replace(first, colour=second.colour), replace(second, colour=first.colour))),
        "order": replace(what, nouns=(second, first)),
    }


def swap_scenes(count: int = 200, *, seed: int = 0) -> tuple[Scene, ...]:
    """Draw scenes of two things in which every swap gives pairs of shape and colour that training shows."""
    rng = np.random.default_rng(_whole("seed", seed, 0))
    chosen: list[Scene] = []
    while len(chosen) < _whole("count", count, 1):
        scene = scenes.pair(rng)
        first, second = scene.things
        if not {(first.shape, second.colour), (second.shape, first.colour)} & set(scenes.HELD_OUT):
            chosen.append(scene)
    return tuple(chosen)


def swaps(
    encoder: Encoder,
    *,
    count: int = 200,
    language: str = "en",
    wording: int = 0,
    seed: int = 0,
    images: F32 | None = None,
) -> Swaps:
    """Ask a model whether it prefers true captions to captions with one thing exchanged (after VL-CheckList).

    Parameters
    ----------
    encoder
        Whom to ask.
    count
        How many scenes.
    language, wording
        Of the captions.
    seed
        Of the scenes, their pictures and the exchanges.
    images
        (count, 64) embeddings of the scenes' pictures, if they are known (`swap_images`).

    Returns
    -------
    Swaps
    """
    drawn = swap_scenes(count, seed=seed)
    rng = np.random.default_rng(seed)
    texts = []
    for scene in drawn:
        what = captions.said(scene, background=False)
        others = swapped(what, rng)
        texts.append(
            tuple(captions.describe(one, language, wording) for one in (what, *(others[kind] for kind in KINDS)))
        )
    image = swap_images(encoder, drawn) if images is None else images
    text = encoder.encode_texts([caption for row in texts for caption in row]).reshape(len(drawn), 1 + len(KINDS), -1)
    # One product and sum a caption, in one order: equal vectors give equal scores.
    scores = (text.astype(np.float64) * image.astype(np.float64)[:, None]).sum(axis=2)
    return Swaps(drawn, tuple(texts), scores)


def swap_images(encoder: Encoder, drawn: Sequence[Scene]) -> F32:
    """Encode the pictures of `swap_scenes`."""
    return encoder.encode_images(scenes.render_all(drawn, range(len(drawn))))


# ---- the batches that the lesson looks at


@dataclass(frozen=True, eq=False)
class Batch:
    """Scenes with their pictures and canonical captions.

    Parameters
    ----------
    scenes
        n scenes; scene i is drawn with seed i.
    captions
        "en" and "ja": n sentences each.
    """

    scenes: tuple[Scene, ...]
    captions: Mapping[str, tuple[str, ...]]

    @property
    def images(self) -> NDArray[np.uint8]:
        """Draw the (n, 64, 64, 3) pictures."""
        return scenes.render_all(self.scenes, range(len(self.scenes)))


def _batch(drawn: Sequence[Scene]) -> Batch:
    return Batch(
        tuple(drawn),
        {language: tuple(captions.canonical(scene, language) for scene in drawn) for language in captions.LANGUAGES},
    )


PROBE = 64
GALLERY = 512


@lru_cache(maxsize=1)
def probe() -> Batch:
    """Give the batch of `PROBE` scenes whose embeddings are kept through training: one thing, two things, in turns; no caption twice."""
    rng = np.random.default_rng(20)
    drawn: dict[str, Scene] = {}
    while len(drawn) < PROBE:
        scene = scenes.pair(rng) if len(drawn) % 2 else scenes.single(rng)
        drawn.setdefault(captions.canonical(scene), scene)
    return _batch(tuple(drawn.values()))


@lru_cache(maxsize=1)
def gallery() -> Batch:
    """Give the `GALLERY` scenes to search in: one thing of any pair of shape and colour, and two things, in turns."""
    rng = np.random.default_rng(21)
    return _batch([scenes.pair(rng) if i % 2 else scenes.single(rng, everything=True) for i in range(GALLERY)])


@lru_cache(maxsize=1)
def held_out_batch() -> Batch:
    """Give 256 scenes of one thing, each of a pair of shape and colour that training never shows; no caption twice."""
    rng = np.random.default_rng(22)
    every = scenes.every_single(only_held_out=True)
    return _batch([scenes.jittered(every[i], rng) for i in rng.permutation(len(every))[:256]])


@lru_cache(maxsize=1)
def digits() -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.bool_]]:
    """Give scikit-learn's handwritten digits, enlarged from 8 x 8 grey pixels.

    Returns
    -------
    images
        (1797, 64, 64, 3) uint8, white on black.
    numbers
        (1797,) from 0 to 9.
    trains
        (1797,) whether fine-tuning may see it; the others, a quarter of each digit's, are held out.
    """
    from PIL import Image

    with IMPORTS:
        from sklearn.datasets import load_digits

    data = load_digits()
    side = (scenes.PIXELS, scenes.PIXELS)
    grey = [
        Image.fromarray(np.uint8(np.rint(x * (255 / 16)))).resize(side, Image.Resampling.BILINEAR) for x in data.images
    ]
    images = np.repeat(np.stack([np.asarray(x) for x in grey])[..., None], 3, axis=3)
    trains = np.ones(len(images), bool)
    for number in range(10):
        trains[np.flatnonzero(data.target == number)[::4]] = False
    for array in (images, trains):
        array.flags.writeable = False
    return images, data.target.astype(np.int64), trains


def scores(encoder: Encoder) -> dict[str, float]:
    """Measure a model.

    Returns
    -------
    dict
        Shares from 0 to 1, most of them once a language: "held_out_en", the right one first among 256 canonical captions for scenes whose
        pair of shape and colour training never shows; "classes_en", the same scenes among all 42 of
        "a red circle"; "world_en", the same scenes, first among all captions of one thing;
        "pairs_en", scenes of two things among 256; "swap_<kind>_en"; "digits_en", held-out digits among ten names;
        "same_scene", for the 256 held-out scenes' captions whether the English and Japanese one find the same picture.
    """
    measured: dict[str, float] = {}
    held, world, drawn = held_out_batch(), scenes.every_single(), swap_scenes(256, seed=23)
    images = encoder.encode_images(held.images)
    pairs = swap_images(encoder, drawn)
    pictures, numbers, trains = digits()
    written = encoder.encode_images(pictures[~trains])
    found = []
    for language in captions.LANGUAGES:
        texts = encoder.encode_texts(held.captions[language])
        found.append((texts @ images.T).argmax(axis=1))
        measured[f"held_out_{language}"] = top1(images @ texts.T)
        every = [captions.canonical(scene, language) for scene in world]
        places = [every.index(caption) for caption in held.captions[language]]
        best = (images @ encoder.encode_texts(every).T).argmax(axis=1)
        measured[f"world_{language}"] = float(np.mean(best == places))
        both = [class_names("both").index(f"{s.things[0].colour} {s.things[0].shape}") for s in held.scenes]
        best = (images @ encoder.encode_texts(class_texts("both", language)).T).argmax(axis=1)
        measured[f"classes_{language}"] = float(np.mean(best == both))
        measured[f"pairs_{language}"] = top1(
            pairs @ encoder.encode_texts([captions.canonical(scene, language) for scene in drawn]).T
        )
        wins = swaps(encoder, count=len(drawn), language=language, seed=23, images=pairs).wins
        measured |= {f"swap_{kind}_{language}": share for kind, share in wins.items()}
        guess = (written @ encoder.encode_texts(class_texts("digit", language)).T).argmax(axis=1)
        measured[f"digits_{language}"] = float(np.mean(guess == numbers[~trains]))
    measured["same_scene"] = float(np.mean(found[0] == found[1]))
    return {name: round(value, 4) for name, value in measured.items()}


@dataclass(frozen=True, eq=False)
class Replay:
    """The probe batch through training.

    Parameters
    ----------
    steps
        (t,) after how many steps.
    losses
        (steps of the whole training,) the loss that was followed, of each step's own batch.
    image
        (t, `PROBE`, 64) embeddings of the pictures.
    text
        "en" and "ja": (t, `PROBE`, 64) embeddings of the canonical captions.
    temperature
        (t,) τ.
    """

    steps: NDArray[np.int64]
    losses: F32
    image: F32
    text: Mapping[str, F32]
    temperature: F32


@lru_cache(maxsize=2)
def replay(name: str = "clip") -> Replay:
    """Read how the probe batch's embeddings moved while "clip" or "cyclip" was trained."""
    made = _made(f"replay_{name}")
    text = {language: made[language] for language in captions.LANGUAGES}
    return Replay(made["steps"].astype(np.int64), made["losses"], made["image"], text, made["temperature"])


def gallery_images(name: str = "clip") -> F32:
    """Read the (`GALLERY`, 64) embeddings of the gallery's pictures by "clip" or "cyclip"."""
    rows: F32 = _made(f"gallery_{name}")["image"]
    return rows


@lru_cache(maxsize=4)
def _made(name: str) -> dict[str, Any]:
    path = ASSETS / f"{name}.npz"
    if not path.is_file():
        raise ValueError(f"There is no {path.name}; python -m core.pretraining.train makes it.")
    with np.load(path, allow_pickle=False) as file:
        arrays = {key: np.asarray(file[key]) for key in file.files}
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


# ---- checks at the door


def _both(image: ArrayLike, text: ArrayLike) -> tuple[F64, F64]:
    a, b = np.asarray(image, np.float64), np.asarray(text, np.float64)
    if a.ndim != 2 or a.shape != b.shape or not a.size:
        raise ValueError(f"image and text must be two tables of one shape (n, d), not {a.shape} and {b.shape}.")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("image and text must hold finite numbers only.")
    return a, b


def _positive(name: str, value: float) -> float:
    if not isinstance(value, Real) or not 0 < value < np.inf:
        raise ValueError(f"{name} must be a finite number above 0, not {value!r}.")
    return float(value)


def _whole(name: str, value: int, least: int) -> int:
    if not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name} must be a whole number, at least {least}, not {value!r}.")
    return int(value)


def _log_softmax(x: F64, axis: int) -> F64:
    shifted = x - x.max(axis=axis, keepdims=True)
    out: F64 = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return out


def _unit(rows: F64) -> F64:
    out: F64 = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
    return out
