"""The trainings, in PyTorch.

CLIP; two that share its first part, the data and the budget: CyCLIP with a weight that suits, and one far too large;
one that meets mirrored pairs; a text tower without word order on top of CLIP's image tower; and CLIP's image tower
fine-tuned on handwritten digits. `python -m core.pretraining.clip` runs them all.
"""

import copy
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from core import door
from core.pretraining.clip import captions, towers
from core.pretraining.clip.batches import digits
from core.pretraining.clip.losses import MAX_SCALE
from core.pretraining.clip.pool import FAMILY, POOL, Pool, both, pool
from core.pretraining.clip.torch_towers import Tensors, both_ways, look, pixels, read, read_bag
from core.result import result


@result
class Training:
    """A model and how it came to be."""

    weights: dict[str, NDArray[np.float32]]  # by name
    losses: NDArray[np.float32]  # (steps,) the loss that was followed, in nats
    marks: tuple[tuple[int, Any], ...]  # steps after which `watch` was called, and what it gave
    seconds: float  # CPU time of the steps


PAIRED = ("clip", "cyclip", "strong", "mirrored")  # trained on pairs from nothing
KINDS = (*PAIRED, "bag", "digits")
STEPS = {**dict.fromkeys(PAIRED, 1800), "bag": 800, "digits": 200}
RATES = {**dict.fromkeys((*PAIRED, "bag"), 2e-3), "digits": 3e-4}
BATCH = 256
# Lessons, as shares of the steps. Colours, places and sizes are learned at once; shapes hardly, while anything easier
# tells the captions apart. So first come scenes of one thing, then the same with captions that say the shape only, then
# all of the caption again, and then scenes of one and two things in batches twice as large.
LESSONS = (0.2, 0.35, 0.5)
# Of both of CyCLIP's terms. Until `JOIN` all of `PAIRED` are one training; from there the terms' weight rises to its
# full size at `FULL`: they are least where all points coincide, which is where training starts.
LAMBDA = {"cyclip": 0.02, "strong": 5.0}
JOIN, FULL = 0.6, 0.75

Arrays = Mapping[str, NDArray[np.float32]]


@dataclass
class State:
    """A training on its way: what it needs to go on."""

    step: int  # how many are done
    weights: dict[str, NDArray[np.float32]]
    optimizer: dict[str, Any]
    chance: dict[str, Any]  # the state of the generator of random numbers
    losses: list[float]
    seen: list[tuple[int, Any]]


def train(
    kind: str = "clip",
    *,
    steps: int | None = None,
    seed: int = 0,
    batch: int = BATCH,
    size: int = POOL,
    start: Arrays | None = None,
    begin: State | None = None,
    marks: Sequence[int] = (),
    watch: Callable[[Arrays], Any] | None = None,
    on_progress: Callable[[int, float], None] | None = None,
    keep: Callable[[State], None] | None = None,
) -> Training:
    """Train one model.

    Parameters
    ----------
    kind
        One of `KINDS`. Those in `PAIRED` start from nothing; "bag" trains an order-blind text tower under `start`'s
        image tower; "digits" tunes `start`'s image tower to handwritten digits.
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
    begin
        Where to go on: of the same kind, or of "clip" at `JOIN` for the others in `PAIRED`.
    marks, watch
        After which steps (0: before the first) `watch` is called with the weights; what it gives is kept.
    on_progress
        Called after each step with its number and loss; may raise, to stop.
    keep
        Called each `KEEP` steps, and at `JOIN`, with what `begin` takes.
    """
    door.one_of("kind", kind, KINDS)
    steps = door.whole("steps", STEPS[kind] if steps is None else steps)
    batch = door.whole("batch", batch, least=2)
    size = door.whole("size", size, least=batch + 2 * FAMILY)
    if kind in ("bag", "digits") and start is None:
        raise ValueError(f"{kind} needs weights to start from.")
    began = time.process_time()
    rng = np.random.default_rng([seed, 2])
    if kind in PAIRED:
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
    if begin is not None:
        with torch.no_grad():
            for name, weight in weights.items():
                weight.copy_(torch.from_numpy(np.array(begin.weights[name])))
        optimizer.load_state_dict(copy.deepcopy(begin.optimizer))
        rng.bit_generator.state = begin.chance
        losses, seen = list(begin.losses), list(begin.seen)

    def look_at(step: int) -> None:
        if watch is not None and step in marks:
            seen.append((step, watch(_arrays(weights))))

    if begin is None:
        look_at(0)
    warm = max(1, min(100, steps // 10))
    for step in range(len(losses), steps):
        # The rate rises at first, stays, and falls along half a cosine in the second half.
        share = min(1.0, (step + 1) / warm) * (1 + math.cos(math.pi * max(0.0, 2 * step / steps - 1))) / 2
        for group in optimizer.param_groups:
            group["lr"] = RATES[kind] * share
        miss = loss(step)
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
        if keep is not None and ((step + 1) % KEEP == 0 or step + 1 == joins(steps)):
            chance = copy.deepcopy(rng.bit_generator.state)
            moments = copy.deepcopy(optimizer.state_dict())
            keep(State(step + 1, _arrays(weights), moments, dict(chance), list(losses), list(seen)))
    return Training(_arrays(weights), np.array(losses, np.float32), tuple(seen), time.process_time() - began)


KEEP = 100  # steps from one state that is kept to the next


def joins(steps: int) -> int:
    """Give the step until which all of `PAIRED` are one training."""
    return math.ceil(JOIN * steps)


def _arrays(weights: Tensors) -> dict[str, NDArray[np.float32]]:
    return {name: weight.detach().numpy().copy() for name, weight in weights.items()}


def _parameters(arrays: Arrays, learn: Callable[[str], bool] = lambda name: True) -> dict[str, Tensor]:
    return {name: torch.from_numpy(np.array(array)).requires_grad_(learn(name)) for name, array in arrays.items()}


Made = tuple[dict[str, Tensor], Callable[[int], Tensor]]


def _pairs(kind: str, data: Pool, batch: int, rng: np.random.Generator, seed: int, steps: int) -> Made:
    """Train both towers on pairs of pictures and captions, in `LESSONS`."""
    weights = _parameters(towers.initial(towers.shapes(), seed))

    def loss(step: int) -> Tensor:
        lesson = sum(step >= share * steps for share in LESSONS)
        joined = step >= joins(steps)
        if lesson < len(LESSONS):
            only = lesson == 1
            drawn = data.pairs(batch // 2, rng, one_thing=True, shapes_only=only, recoloured=0.5 if only else 0)
        elif kind == "mirrored" and joined:
            drawn = both(data.pairs(batch // 4, rng), data.mirrored_pairs(batch - batch // 4, rng))
        else:
            drawn = data.pairs(batch, rng)
        ids = torch.from_numpy(captions.token_ids(drawn.texts))
        image, text = look(weights, pixels(drawn.images)), read(weights, ids)
        total = both_ways(weights["scale"].exp() * image @ text.T)
        weight = LAMBDA.get(kind, 0.0) * min(1.0, max(0.0, (step / steps - JOIN) / (FULL - JOIN)))
        # Captions that leave words out fit other pictures too: there the distances may differ.
        full = torch.from_numpy(np.flatnonzero(drawn.full))
        if joined and weight and len(full):
            image, text = image[full], text[full]
            similarity = image @ text.T
            cross = (similarity - similarity.T).square().sum() / len(full)
            within = (image @ image.T - text @ text.T).square().sum() / len(full)
            total = total + weight * (cross + within)
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

    def loss(step: int) -> Tensor:
        at = data.draw(batch, rng)
        counts = towers.bags(data.say(at.tolist(), rng)[0])
        return both_ways(scale * image[at] @ read_bag(weights, torch.from_numpy(counts)).T)

    return weights, loss


def _digits(batch: int, rng: np.random.Generator, start: Arrays) -> Made:
    """Tune the image tower so that a digit's picture chooses its name among the ten; the names stay where they are."""
    images, numbers, trains = digits()
    images, numbers = images[trains], numbers[trains]
    weights = _parameters(start, lambda name: name.startswith("image."))
    with torch.no_grad():
        names = [
            read(weights, torch.from_numpy(captions.token_ids([captions.digit(n, language) for n in range(10)])))
            for language in captions.LANGUAGES
        ]

    def loss(step: int) -> Tensor:
        at = rng.choice(len(images), min(batch, len(images)), replace=False)
        image = look(weights, pixels(images[at]))
        logits = weights["scale"].exp() * image @ names[step % len(names)].T
        return functional.cross_entropy(logits, torch.from_numpy(numbers[at]))

    return weights, loss
