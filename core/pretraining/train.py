"""Train everything that the lesson on CLIP shows, from nothing: `python -m core.pretraining.train`.

The towers of `core.pretraining.towers` in PyTorch, and the four trainings: CLIP, CyCLIP from the same data and budget, a text tower
without word order on top of CLIP's image tower, and CLIP fine-tuned on handwritten digits.
"""

import argparse
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from numbers import Integral
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch import Tensor
from torch.nn import functional

from core.pretraining import captions, scenes, towers
from core.pretraining.clip import ASSETS, CARD, MAX_SCALE, digits, gallery, load, probe, scores

Tensors = Mapping[str, Tensor]


def look(weights: Tensors, images: Tensor) -> Tensor:
    """Put (n, 3, 64, 64) pictures in [-1, 1] into the shared space: (n, `DIM`) unit rows."""
    h = images
    for i in range(len(towers.CHANNELS)):
        layer = f"image.{i}."
        h = functional.conv2d(h, weights[layer + "conv.weight"], weights[layer + "conv.bias"], stride=2, padding=1)
        h = functional.group_norm(h, towers.GROUPS, weights[layer + "norm.weight"], weights[layer + "norm.bias"]).relu()
    anywhere = functional.linear(h.mean(dim=(2, 3)), weights["image.mean.weight"])
    h = functional.linear(h.flatten(1), weights["image.hidden.weight"], weights["image.hidden.bias"]).relu()
    return functional.normalize(functional.linear(h, weights["image.out.weight"]) + anywhere, dim=1)


def read(weights: Tensors, ids: Tensor) -> Tensor:
    """Put (n, length) word indices into the shared space: (n, `DIM`) unit rows."""
    n, length = ids.shape
    width, heads = towers.WIDTH, towers.HEADS
    h = weights["text.words"][ids] + weights["text.places"][:length]
    seen = (ids != 0)[:, None, None, :]
    for i in range(towers.LAYERS):
        layer = f"text.{i}."
        x = functional.layer_norm(h, (width,), weights[layer + "norm1.weight"], weights[layer + "norm1.bias"])
        qkv = functional.linear(x, weights[layer + "query_key_value.weight"], weights[layer + "query_key_value.bias"])
        q, k, v = qkv.reshape(n, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        mixed = (
            functional.scaled_dot_product_attention(q, k, v, attn_mask=seen).transpose(1, 2).reshape(n, length, width)
        )
        h = h + functional.linear(mixed, weights[layer + "out.weight"], weights[layer + "out.bias"])
        x = functional.layer_norm(h, (width,), weights[layer + "norm2.weight"], weights[layer + "norm2.bias"])
        x = functional.gelu(functional.linear(x, weights[layer + "up.weight"], weights[layer + "up.bias"]))
        h = h + functional.linear(x, weights[layer + "down.weight"], weights[layer + "down.bias"])
    x = functional.layer_norm(h[:, 0], (width,), weights["text.norm.weight"], weights["text.norm.bias"])
    return functional.normalize(functional.linear(x, weights["text.out.weight"]), dim=1)


def read_bag(weights: Tensors, counts: Tensor) -> Tensor:
    """Read word counts (n, size of the vocabulary) without order: (n, `DIM`) unit rows."""
    h = functional.linear(
        counts @ weights["bag.words"], weights["bag.hidden.weight"], weights["bag.hidden.bias"]
    ).relu()
    return functional.normalize(functional.linear(h, weights["bag.out.weight"]), dim=1)


# ---- what is trained on


# Scenes of training, half with one thing, half with two; each step draws from them and says something else.
POOL = 24_000
FAMILY = 4  # scenes in a row that differ in one shape only


@dataclass(frozen=True, eq=False)
class Pool:
    """Scenes with their pictures (n, 64, 64, 3) uint8, none of them held out, in families."""

    scenes: tuple[scenes.Scene, ...]
    images: NDArray[np.uint8]

    def draw(self, batch: int, rng: np.random.Generator, *, one_thing: bool = False) -> NDArray[np.int64]:
        """Choose a batch of whole families, of all or of scenes with one thing.

        Among scenes that differ in everything, colours and places tell them apart, and shapes are hardly learned: a family
        has to be told apart by its shapes.
        """
        every = np.arange(0, len(self.scenes) // FAMILY, 2 if one_thing else 1)
        families = rng.choice(every, -(-batch // FAMILY), replace=False)
        at: NDArray[np.int64] = (families[:, None] * FAMILY + np.arange(FAMILY)).reshape(-1)[:batch]
        return at


@lru_cache(maxsize=1)
def pool(size: int, seed: int) -> Pool:
    """Draw the scenes and their pictures."""
    rng = np.random.default_rng([seed, 1])
    drawn: list[scenes.Scene] = []
    for i in range(-(-size // FAMILY)):
        drawn += _family(scenes.pair(rng) if i % 2 else scenes.single(rng), rng)
    drawn = drawn[:size]
    looks = rng.integers(1 << 30, size=size).tolist()
    images = np.empty((size, scenes.PIXELS, scenes.PIXELS, 3), np.uint8)
    for i in range(0, size, 256):
        images[i : i + 256] = scenes.render_all(drawn[i : i + 256], looks[i : i + 256])
    return Pool(tuple(drawn), images)


def _family(scene: scenes.Scene, rng: np.random.Generator) -> list[scenes.Scene]:
    """Give `FAMILY` scenes that differ in the shape of one thing."""
    which = int(rng.integers(len(scene.things)))
    thing = scene.things[which]
    taken = {other.shape for other in scene.things}
    taken |= {shape for shape, colour in scenes.HELD_OUT if colour == thing.colour}
    others = rng.permutation([shape for shape in scenes.SHAPES if shape not in taken])[: FAMILY - 1]
    family = [scene]
    for shape in others.tolist():
        things = list(scene.things)
        things[which] = replace(thing, shape=shape)
        family.append(scenes.Scene(tuple(things), scene.background))
    return family


def pixels(images: NDArray[np.uint8]) -> Tensor:
    """Give pictures (n, 64, 64, 3) uint8 as (n, 3, 64, 64) in [-1, 1]."""
    x = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2)
    return x.to(torch.float32, memory_format=torch.channels_last) / 127.5 - 1


# ---- training


@dataclass(frozen=True, eq=False)
class Training:
    """A model and how it came to be.

    Parameters
    ----------
    weights
        By name, float32.
    losses
        (steps,) the loss that was followed, in nats.
    marks
        Steps after which `watch` was called, and what it gave.
    seconds
        How long the steps took.
    """

    weights: dict[str, NDArray[np.float32]]
    losses: NDArray[np.float32]
    marks: tuple[tuple[int, Any], ...]
    seconds: float


KINDS = ("clip", "cyclip", "bag", "digits")
STEPS = {"clip": 1200, "cyclip": 1200, "bag": 800, "digits": 250}
RATES = {"clip": 2e-3, "cyclip": 2e-3, "bag": 2e-3, "digits": 3e-4}
BATCH = 256
# Lessons, as shares of the steps. Colours, places and sizes are learned at once; shapes hardly, while anything easier tells the captions
# apart. So first come scenes of one thing, then the same with captions that say the shape only, then all of the caption again, and then
# scenes of one and two things in batches twice as large.
LESSONS = (0.2, 0.35, 0.5)
LAMBDA = 0.25  # of both of CyCLIP's terms, as in the paper

Arrays = Mapping[str, NDArray[np.float32]]


def train(
    kind: str = "clip",
    *,
    steps: int | None = None,
    seed: int = 0,
    batch: int = BATCH,
    size: int = POOL,
    start: Arrays | None = None,
    marks: Sequence[int] = (),
    watch: Callable[[Arrays], Any] | None = None,
    on_progress: Callable[[int, float], None] | None = None,
) -> Training:
    """Train one model.

    Parameters
    ----------
    kind
        One of `KINDS`. "clip" and "cyclip" start from nothing; "bag" trains an order-blind text tower under `start`'s image tower;
        "digits" tunes `start` to handwritten digits.
    steps
        How many; by default the kind's own.
    seed
        Of the first weights, the scenes and the order in which they come.
    batch
        Pairs a step.
    size
        How many scenes there are to draw from.
    start
        Weights, for "bag" and "digits".
    marks, watch
        After which steps (0: before the first) `watch` is called with the weights; what it gives is kept.
    on_progress
        Called after each step with its number and loss; may raise, to stop.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If the kind is unknown, a number is out of its range or `start` is missing.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}.")
    for name, value, least in (
        ("steps", STEPS[kind] if steps is None else steps, 1),
        ("batch", batch, 2),
        ("size", size, batch + 2 * FAMILY),
    ):
        if not isinstance(value, Integral) or value < least:
            raise ValueError(f"{name} must be a whole number, at least {least}, not {value!r}.")
    if kind in ("bag", "digits") and start is None:
        raise ValueError(f"{kind} needs weights to start from.")
    steps = STEPS[kind] if steps is None else steps
    began = time.perf_counter()
    rng = np.random.default_rng([seed, 2])
    if kind in ("clip", "cyclip"):
        weights, loss = _pairs(kind, pool(size, seed), batch, rng, seed, steps)
    elif kind == "bag":
        weights, loss = _bag(pool(size, seed), batch, rng, seed, start or {})
    else:
        weights, loss = _digits(batch, rng, start or {})
    learned = {name: weight for name, weight in weights.items() if weight.requires_grad}
    optimizer = torch.optim.AdamW(
        [
            {"params": [w for w in learned.values() if w.ndim > 1], "weight_decay": 0.05 if kind != "digits" else 0.0},
            {"params": [w for w in learned.values() if w.ndim <= 1], "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
    )
    losses: list[float] = []
    seen: list[tuple[int, Any]] = []

    def look_at(step: int) -> None:
        if watch is not None and step in marks:
            seen.append((step, watch(_arrays(weights))))

    look_at(0)
    warm = max(1, min(100, steps // 10))
    for step in range(steps):
        # The rate rises at first, stays, and falls along half a cosine in the second half.
        share = min(1.0, (step + 1) / warm) * (1 + math.cos(math.pi * max(0.0, 2 * step / steps - 1))) / 2
        for group in optimizer.param_groups:
            group["lr"] = RATES[kind] * share
        miss = loss()
        optimizer.zero_grad()
        miss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if "scale" in learned:
            with torch.no_grad():
                learned["scale"].clamp_(0, math.log(MAX_SCALE))
        losses.append(float(miss.detach()))
        look_at(step + 1)
        if on_progress is not None:
            on_progress(step + 1, losses[-1])
    return Training(_arrays(weights), np.array(losses, np.float32), tuple(seen), time.perf_counter() - began)


def _arrays(weights: Tensors) -> dict[str, NDArray[np.float32]]:
    return {name: weight.detach().numpy().copy() for name, weight in weights.items()}


def _parameters(arrays: Arrays, learn: Callable[[str], bool] = lambda name: True) -> dict[str, Tensor]:
    return {name: torch.from_numpy(np.array(array)).requires_grad_(learn(name)) for name, array in arrays.items()}


def both_ways(logits: Tensor) -> Tensor:
    """Give CLIP's loss of (n, n) logits: the mean of the cross-entropies along rows and columns, the pairs on the diagonal."""
    own = torch.arange(len(logits))
    return (functional.cross_entropy(logits, own) + functional.cross_entropy(logits.T, own)) / 2


Made = tuple[dict[str, Tensor], Callable[[], Tensor]]


def _pairs(kind: str, data: Pool, batch: int, rng: np.random.Generator, seed: int, steps: int) -> Made:
    """Train both towers on pairs of pictures and captions, in `LESSONS`."""
    weights = _parameters(towers.initial(towers.shapes(), seed))
    done = 0

    def loss() -> Tensor:
        nonlocal done
        lesson = sum(done >= share * steps for share in LESSONS)
        at = data.draw(batch, rng) if lesson == len(LESSONS) else data.draw(batch // 2, rng, one_thing=True)
        say = captions.shapes_only if lesson == 1 else captions.sample
        ids = captions.token_ids([say(data.scenes[i], rng) for i in at])
        done += 1
        image, text = look(weights, pixels(data.images[at])), read(weights, torch.from_numpy(ids))
        similarity = image @ text.T
        total = both_ways(weights["scale"].exp() * similarity)
        # The terms are least where all points coincide, which is where training starts: they join in the last lesson.
        if kind == "cyclip" and lesson == len(LESSONS):
            cross = (similarity - similarity.T).square().sum() / batch
            within = (image @ image.T - text @ text.T).square().sum() / batch
            total = total + LAMBDA * cross + LAMBDA * within
        return total

    return weights, loss


def _bag(data: Pool, batch: int, rng: np.random.Generator, seed: int, start: Arrays) -> Made:
    """Train a text tower that cannot know order, under an image tower that stays as it is."""
    with torch.no_grad():
        frozen = _parameters(start, lambda name: False)
        chunks = range(0, len(data.images), 256)
        image = torch.cat([look(frozen, pixels(data.images[i : i + 256])) for i in chunks])
    weights = _parameters(towers.initial(towers.bag_shapes(), seed))
    scale = torch.from_numpy(np.array(start["scale"])).exp()

    def loss() -> Tensor:
        at = data.draw(batch, rng)
        counts = towers.bags([captions.sample(data.scenes[i], rng) for i in at])
        return both_ways(scale * image[at] @ read_bag(weights, torch.from_numpy(counts)).T)

    return weights, loss


def _digits(batch: int, rng: np.random.Generator, start: Arrays) -> Made:
    """Tune both towers so that a digit's picture chooses its name among the ten."""
    images, numbers, trains = digits()
    images, numbers = images[trains], numbers[trains]
    weights = _parameters(start)

    def loss() -> Tensor:
        at = rng.choice(len(images), min(batch, len(images)), replace=False)
        language, wording = captions.LANGUAGES[int(rng.integers(2))], int(rng.integers(2))
        ids = captions.token_ids([captions.digit(number, language, wording) for number in range(10)])
        text = read(weights, torch.from_numpy(ids))
        logits = weights["scale"].exp() * look(weights, pixels(images[at])) @ text.T
        return functional.cross_entropy(logits, torch.from_numpy(numbers[at]))

    return weights, loss


# ---- everything that is shipped

MARKS = (0, 30, 60, 120, 240, 420, 600, 650, 720, 820, 1000, 1200)


def watch_probe(weights: Arrays) -> dict[str, NDArray[np.float32]]:
    """Give the probe batch's embeddings, for the replay of training."""
    batch = probe()
    return {
        "image": towers.look(weights, batch.images),
        **{language: towers.read(weights, batch.captions[language]) for language in captions.LANGUAGES},
        "temperature": np.exp(-weights["scale"]),
    }


# By how much a score may differ when another machine trains: other processors round otherwise, and small differences grow.
TOLERANCE = 0.1


def ship(kinds: Sequence[str], threads: int) -> None:
    """Train, write weights, replay and embeddings, and write the scores on the card."""
    torch.set_num_threads(threads)
    for kind in kinds:

        def say(step: int, loss: float, kind: str = kind) -> None:
            if step % 50 == 0:
                print(f"{kind} {step}: {loss:.3f}", flush=True)

        start = load("clip").weights if kind in ("bag", "digits") else None
        marks = MARKS if kind in ("clip", "cyclip") else ()
        made = train(kind, start=start, marks=marks, watch=watch_probe, on_progress=say)
        file = ASSETS / f"{kind}.safetensors"
        save_file(dict(made.weights), file)
        file.chmod(0o644)
        if made.marks:
            frames = [frame for _, frame in made.marks]
            arrays: dict[str, Any] = {name: np.stack([frame[name] for frame in frames]) for name in frames[0]}
            arrays |= {"steps": np.array([step for step, _ in made.marks]), "losses": made.losses}
            np.savez_compressed(ASSETS / f"replay_{kind}.npz", **arrays)
            np.savez_compressed(ASSETS / f"gallery_{kind}.npz", image=towers.look(made.weights, gallery().images))
        load.cache_clear()
        measured = scores(load(kind))
        print(kind, round(made.seconds), "s", measured, flush=True)
        note(kind, measured, round(made.seconds))
        load.cache_clear()


def note(kind: str, measured: Mapping[str, float], seconds: int) -> None:
    """Write a model's entry on the card."""
    card = json.loads(CARD.read_text(encoding="utf-8")) if CARD.is_file() else {}
    card["made by"] = "python -m core.pretraining.train"
    card["tolerance of the scores"] = TOLERANCE
    card["data"] = {
        "scenes": POOL,
        "what": "64 x 64 pictures of one or two coloured shapes with captions in English and Japanese, all drawn by chance",
        "held out": [f"{colour} {shape}" for shape, colour in scenes.HELD_OUT],
        "digits": "scikit-learn's load_digits, three quarters of each digit's",
    }
    entry = {"steps": STEPS[kind], "batch": BATCH, "rate": RATES[kind], "seed": 0, "seconds": seconds}
    card.setdefault("models", {})[kind] = {**entry, "scores": dict(measured)}
    CARD.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description="Train the models of the lesson on CLIP and write them to assets/clip."
    )
    arguments.add_argument("kinds", nargs="*", choices=KINDS, help="all by default; bag and digits need clip")
    arguments.add_argument("--threads", type=int, default=2)
    chosen = arguments.parse_args()
    ship(chosen.kinds or KINDS, chosen.threads)
