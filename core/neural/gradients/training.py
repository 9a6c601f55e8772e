"""Training on the 8 × 8 digits, with an eye on every layer, and on where a run leaves the finite numbers."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.data import measured
from core.door import number, one_of, whole
from core.neural.gradients.activations import Array
from core.neural.gradients.backpropagation import Layer, backward, forward
from core.neural.gradients.network import Config, draw, initial
from core.neural.gradients.sizes import rms
from core.result import result

OPTIMIZERS = ("sgd", "momentum", "adam")
CLIPS = ("none", "global", "layer", "equal")
CLASSES = 10
CHANCE = float(np.log(CLASSES))  # loss of equal probabilities, nat
MOMENTUM, BETA1, BETA2, ADAM_EPS = 0.9, 0.9, 0.999, 1e-8
TRAIN, BATCH, LOOKS = 1437, 64, 20  # of the 1,797 digits; examples a step; times that the test set is asked


@lru_cache(maxsize=1)
def digits() -> tuple[Array, NDArray[np.int64], Array, NDArray[np.int64]]:
    """Give the 8 × 8 digits as (x, y, test x, test y): pixels centred, and scaled to a mean square of 1."""
    data = measured.digits()
    order = np.random.default_rng(0).permutation(len(data.y))
    x, y = data.x[order].astype(np.float64), data.y[order].astype(np.int64)
    x -= x[:TRAIN].mean(axis=0)
    x /= np.sqrt((x[:TRAIN] ** 2).mean())
    parts = (x[:TRAIN].copy(), y[:TRAIN].copy(), x[TRAIN:].copy(), y[TRAIN:].copy())
    for part in parts:
        part.flags.writeable = False
    return parts


@result
class Training:
    """A run on the digits: `depth` hidden layers and a readout, so L + 1 layers of weights."""

    loss: Array  # (steps,) mean cross-entropy of each step's batch, before the step, nat
    gradient_norm: Array  # (steps, L + 1) norm of the gradient of each layer's weights and biases, as it came
    clipped_norm: Array  # (steps, L + 1) and as it was used
    update_ratio: Array  # (steps, L + 1) ‖ΔW‖ / ‖W‖ of each layer; not-a-number where W is zero
    looks: NDArray[np.int64]  # (m,) numbers of steps after which the test digits were asked
    accuracy: Array  # (m,) share of them that was right
    final_loss: float  # over all training digits in the end; not-a-number before, or if the run left the finite numbers
    stopped: int  # the step at which the run left the finite numbers; −1 if it did not
    layer: int  # where: 1 is the first, L + 1 the readout
    cause: str  # what did: "activation", "loss" or "gradient"; else ""
    moved: Array  # (L + 1,) largest change of a weight from its start
    spread: Array  # (L + 1,) largest difference between two units' incoming weights in the end

    @property
    def score(self) -> float:
        """Share of the test digits that it reads right in the end, in %; not-a-number before the first look."""
        return 100 * float(self.accuracy[-1]) if len(self.accuracy) else float("nan")

    @property
    def last_loss(self) -> float:
        """Loss of the last step's batch; not-a-number before the first step."""
        return float(self.loss[-1]) if len(self.loss) else float("nan")

    @property
    def clipped(self) -> bool:
        """Whether a gradient was used otherwise than as it came."""
        return bool((self.clipped_norm != self.gradient_norm).any())

    @property
    def clip_spread(self) -> float:
        """Largest relative difference between the factors by which a step's layers were clipped."""
        factors = self.clipped_norm / self.gradient_norm
        return float((np.ptp(factors, axis=1) / factors.max(axis=1)).max())

    @property
    def first_over_last(self) -> float:
        """Update of the first layer over the last hidden one's, each relative to its weights, at the first step."""
        return float(self.update_ratio[0, 0] / self.update_ratio[0, -2])

    @property
    def hidden_moved(self) -> float:
        """Largest change of a hidden weight."""
        return float(self.moved[:-1].max())

    @property
    def hidden_spread(self) -> float:
        """Largest difference between two hidden units' incoming weights."""
        return float(self.spread[:-1].max())


def no_training() -> Training:
    """Give a run before its first step."""
    none, each = np.empty(0), np.empty((0, 0))
    return Training(none, each, each, each, np.empty(0, np.int64), none, float("nan"), -1, 0, "", none, none)


def train(
    config: Config,
    *,
    steps: int,
    rate: float,
    optimizer: str = "sgd",
    clip: str | float | None = None,
    seed: int = 0,
    limit: float = 1.0,
    on_step: Callable[[int, Callable[[], Training]], None] | None = None,
) -> Training:
    """Train a network on the 8 × 8 digits with batches of 64, all in float64.

    Parameters
    ----------
    config
        The hidden layers; a readout drawn the same way (with gain 1, Xavier for "he") maps them to ten classes.
    steps
        Number of batches, at least 1.
    rate
        Learning rate, above 0.
    optimizer
        "sgd", "momentum" (0.9) or "adam" (0.9, 0.999).
    clip, limit
        See `clip_factors`; None is "none", and a number is "global" with that limit.
    seed
        Of weights and batches.
    on_step
        Called after each step with the number of steps done and a function that gives the run so far. What it raises
        ends the run.
    """
    whole("steps", steps)
    number("rate", rate, above=0)
    one_of("optimizer", optimizer, OPTIMIZERS)
    if isinstance(clip, Real) and not isinstance(clip, bool):
        clip, limit = "global", float(clip)
    way = "none" if clip is None else str(clip)
    clip_factors(np.ones(1), way, limit)
    x, y, test_x, test_y = digits()
    sizes = [x.shape[1], *(config.width,) * config.depth, CLASSES]
    now, grad = _Flat(sizes), _Flat(sizes)
    weights, biases = _start(config, sizes, int(seed))
    for mine, drawn in ((now.weights, weights), (now.biases, biases)):
        for a, b in zip(mine, drawn, strict=True):
            a[...] = b
    descent = Descent(optimizer, rate, len(now.vector))
    layers, hidden = config.depth + 1, config.depth
    loss = np.zeros(steps)
    norms, used, ratios = (np.zeros((steps, layers)) for _ in range(3))
    looks: list[int] = []
    accuracy: list[float] = []
    order_rng = np.random.default_rng([int(seed), 2])
    order: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def logits_of(inputs: Array) -> tuple[list[Array], list[Layer], Array]:
        h, kept = forward(config, now.weights[:hidden], now.biases[:hidden], inputs)
        return h, kept, h[-1] @ now.weights[-1].T + now.biases[-1]

    def look(done: int) -> None:
        looks.append(done)
        accuracy.append(float(np.mean(logits_of(test_x)[2].argmax(axis=1) == test_y)))

    def so_far(done: int, final: float = float("nan"), where: tuple[int, int, str] = (-1, 0, "")) -> Training:
        moved = np.array([np.abs(w - s).max() for w, s in zip(now.weights, weights, strict=True)])
        spread = np.array([np.ptp(w, axis=0).max() for w in now.weights])
        return Training(
            loss[:done].copy(), norms[:done].copy(), used[:done].copy(), ratios[:done].copy(),
            np.array(looks, dtype=np.int64), np.array(accuracy), final, *where, moved, spread,
        )  # fmt: skip

    with np.errstate(all="ignore"):
        for step in range(steps):
            if step % max(1, steps // LOOKS) == 0:
                look(step)
            if len(order) < BATCH:
                order = order_rng.permutation(len(x))
            rows, order = order[:BATCH], order[BATCH:]
            h, kept, logits = logits_of(x[rows])
            loss[step], g = _cross_entropy(logits, y[rows])
            if not np.isfinite(loss[step]):
                bad = _first_bad([*h[1:], logits])
                where = (step, bad + 1, "activation") if bad >= 0 else (step, layers, "loss")
                return so_far(step, where=where)
            _, deltas = backward(config, now.weights[:hidden], kept, g @ now.weights[-1])
            for i, (delta, below) in enumerate(zip([*deltas, g], h, strict=True)):
                np.matmul(delta.T, below, out=grad.weights[i])
                delta.sum(axis=0, out=grad.biases[i])
            norms[step] = grad.norms(grad.vector)[0]
            if not np.isfinite(norms[step]).all():
                # The gradient comes from above: the highest bad layer is where it broke.
                return so_far(step, where=(step, int(np.flatnonzero(~np.isfinite(norms[step])).max()) + 1, "gradient"))
            factors = clip_factors(norms[step], way, limit)
            used[step] = norms[step] * factors
            if way != "none":
                for part, factor in zip(grad.layers, factors, strict=True):
                    grad.vector[part] *= factor
            before = now.norms(now.vector)[1]
            change = descent.change(grad.vector)
            now.vector += change
            ratios[step] = np.where(before > 0, now.norms(change)[1] / before, np.nan)
            if on_step is not None:
                on_step(step + 1, lambda done=step + 1: so_far(done))  # type: ignore[misc]
        look(steps)
        final = _cross_entropy(logits_of(x)[2], y)[0]
    return so_far(steps, final)


def clip_factors(norms: ArrayLike, clip: str, limit: float) -> Array:
    """Give what each layer's gradient is multiplied by.

    Parameters
    ----------
    norms
        (layers,) norms of the layers' gradients.
    clip
        "none"; "global": all layers by min(1, limit / norm of all of them together); "layer": each by
        min(1, limit / its own norm); "equal": each by limit / its own norm, so that every norm becomes the limit.
    limit
        Above 0.
    """
    one_of("clip", clip, CLIPS)
    number("limit", limit, above=0)
    norms = np.asarray(norms, dtype=np.float64)
    if clip == "none":
        return np.ones_like(norms)
    with np.errstate(divide="ignore", over="ignore"):
        if clip == "global":
            return np.full_like(norms, min(1.0, limit / float(np.linalg.norm(norms))))
        factors = np.where(norms > 0, limit / norms, 1.0)
    return np.asarray(factors if clip == "equal" else np.minimum(factors, 1.0))


def _start(config: Config, sizes: Sequence[int], seed: int) -> tuple[list[Array], list[Array]]:
    """Draw the weights and biases of the hidden layers and of the readout."""
    weights, biases = initial(config, seed=seed, sizes=sizes[:-1])
    # The readout has its own stream, so that a deeper network has the same one.
    readout = draw(
        np.random.default_rng([seed, 1]), "xavier" if config.init == "he" else config.init, CLASSES, config.width
    )
    return [*weights, readout], [*biases, np.zeros(CLASSES)]


def _cross_entropy(logits: Array, y: NDArray[np.int64]) -> tuple[float, Array]:
    """Give the mean loss and its gradient with respect to the logits."""
    z = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(z)
    total = e.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    # −log softmax(z)_y, with gradient softmax(z) − 1[y]
    loss = float(np.mean(np.log(total[:, 0]) - z[rows, y]))
    g = e / total
    g[rows, y] -= 1
    return loss, g / len(y)


def _first_bad(arrays: Sequence[Array]) -> int:
    """Give the index of the first array that is not all finite, or −1."""
    return next((i for i, a in enumerate(arrays) if not np.isfinite(a).all()), -1)


class Descent:
    """Turns one gradient after another into changes of the weights."""

    def __init__(self, optimizer: str, rate: float, n: int) -> None:
        self.optimizer, self.rate, self.steps = optimizer, rate, 0
        self.first, self.second = np.zeros(n), np.zeros(n)  # means of the gradient, and of its square

    def change(self, g: Array) -> Array:
        """Give what to add to the weights."""
        self.steps += 1
        if self.optimizer == "sgd":
            return -self.rate * g
        if self.optimizer == "momentum":
            # v ← 0.9 v + g
            self.first *= MOMENTUM
            self.first += g
            return -self.rate * self.first
        # m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  Δ = −rate m̂ / (√v̂ + ε)
        self.first += (1 - BETA1) * (g - self.first)
        self.second += (1 - BETA2) * (g**2 - self.second)
        root = np.sqrt(self.second / (1 - BETA2**self.steps))
        return np.asarray(-self.rate * (self.first / (1 - BETA1**self.steps)) / (root + ADAM_EPS))


class _Flat:
    """Weights and biases of all layers in one vector, and views of its parts."""

    def __init__(self, sizes: Sequence[int]) -> None:
        shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
        ends = np.cumsum([0, *(rows * (columns + 1) for rows, columns in shapes)])
        self.vector = np.zeros(ends[-1])
        self.layers = [slice(int(a), int(b)) for a, b in pairwise(ends)]
        parts = [self.vector[layer] for layer in self.layers]
        self.weights = [p[: r * c].reshape(r, c) for p, (r, c) in zip(parts, shapes, strict=True)]
        self.biases = [p[r * c :] for p, (r, c) in zip(parts, shapes, strict=True)]
        self.starts = np.array([start for p in self.layers for start in (p.start, p.start)])
        self.starts[1::2] += [w.size for w in self.weights]

    def norms(self, vector: Array) -> tuple[Array, Array]:
        """Give the norm of each layer of a vector laid out like this, and that of its weights alone."""
        squares = np.add.reduceat(vector * vector, self.starts).reshape(-1, 2)
        both = np.sqrt(squares.sum(axis=1))
        if not np.isfinite(both).all():  # squares may overflow where sizes do not
            both = np.array([rms(vector[s]) * np.sqrt(s.stop - s.start) for s in self.layers])
        return both, np.sqrt(squares[:, 0])
