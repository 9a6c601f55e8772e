"""The four trainings, in PyTorch.

CLIP, CyCLIP from the same data and budget, a text tower without word order on top of CLIP's image tower, and CLIP
fine-tuned on handwritten digits. `python -m core.pretraining.clip` runs them all.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
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
from core.pretraining.clip.pool import FAMILY, POOL, Pool, pool
from core.pretraining.clip.torch_towers import Tensors, both_ways, look, pixels, read, read_bag
from core.result import result


@result
class Training:
    """A model and how it came to be."""

    weights: dict[str, NDArray[np.float32]]  # by name
    losses: NDArray[np.float32]  # (steps,) the loss that was followed, in nats
    marks: tuple[tuple[int, Any], ...]  # steps after which `watch` was called, and what it gave
    seconds: float  # how long the steps took


KINDS = ("clip", "cyclip", "bag", "digits")
STEPS = {"clip": 1200, "cyclip": 1200, "bag": 800, "digits": 250}
RATES = {"clip": 2e-3, "cyclip": 2e-3, "bag": 2e-3, "digits": 3e-4}
BATCH = 256
# Lessons, as shares of the steps. Colours, places and sizes are learned at once; shapes hardly, while anything easier
# tells the captions apart. So first come scenes of one thing, then the same with captions that say the shape only, then
# all of the caption again, and then scenes of one and two things in batches twice as large.
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
        One of `KINDS`. "clip" and "cyclip" start from nothing; "bag" trains an order-blind text tower under `start`'s
        image tower; "digits" tunes `start` to handwritten digits.
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
    """
    door.one_of("kind", kind, KINDS)
    steps = door.whole("steps", STEPS[kind] if steps is None else steps)
    batch = door.whole("batch", batch, least=2)
    size = door.whole("size", size, least=batch + 2 * FAMILY)
    if kind in ("bag", "digits") and start is None:
        raise ValueError(f"{kind} needs weights to start from.")
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
