"""A small network learns points in classes, and keeps a film of its weights."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.data import hold_out
from core.neural.backprop.passes import Array, Weights, judged, names, outputs, run, up
from core.neural.gradients.network import INITS as DRAWN
from core.neural.gradients.network import draw
from core.neural.gradients.training import OPTIMIZERS as OPTIMIZERS
from core.neural.gradients.training import Descent
from core.result import result

INITS = (*DRAWN, "uniform")
WIDEST, DEEPEST = 256, 16
LARGEST = 1e6  # of inputs


def views(vector: Array, sizes: Sequence[int]) -> Weights:
    """See a vector (…, parameters) as the layers' (W, b)."""
    layers, at = [], 0
    for rows, columns in itertools.pairwise(sizes):
        end = at + rows * columns
        W = vector[..., at:end].reshape(*vector.shape[:-1], rows, columns)
        layers.append((W, vector[..., end : end + columns]))
        at = end + columns
    return layers


def count(sizes: Sequence[int]) -> int:
    """How many weights and biases there are."""
    return sum((rows + 1) * columns for rows, columns in itertools.pairwise(sizes))


def initial(sizes: Sequence[int], *, init: str = "xavier", seed: int = 0) -> Array:
    """Draw a network's weights as one vector; biases are 0, or drawn as well for "uniform".

    Parameters
    ----------
    sizes
        Inputs, units of each hidden layer, outputs.
    init
        As of `core.neural.gradients.Config`, or "uniform": everything evenly from −½ to ½.
    seed
        A layer has its own stream, so that the first layers of a deeper network are the same.
    """
    door.one_of("init", init, INITS)
    vector = np.zeros(count(sizes))
    for layer, (W, b) in enumerate(views(vector, sizes)):
        rng = np.random.default_rng([door.whole("seed", seed, least=0), layer])
        if init == "uniform":
            W[...], b[...] = rng.uniform(-0.5, 0.5, W.shape), rng.uniform(-0.5, 0.5, b.shape)
        else:
            W[...] = draw(rng, init, W.shape[1], W.shape[0]).T
    return vector


@result
class Training:
    """A run, and the film of its weights."""

    sizes: tuple[int, ...]  # inputs, units of each hidden layer, outputs: 1 for two classes
    activation: tuple[str, ...]  # of each hidden layer
    residual: bool
    loss: str
    steps: NDArray[np.int64]  # (t,) updates done at each frame
    vector: Array  # (t, parameters) all weights at each frame
    slope: Array  # (t, parameters) ∂(training loss)/∂weights there, the penalty not counted
    train_loss: Array  # (t,) over all points learnt from
    test_loss: Array  # (t,) over the points held out; not-a-number where there are none
    held: NDArray[np.bool_]  # (n,) points that were held out
    stopped: bool  # whether it left the finite numbers

    @property
    def frames(self) -> list[Weights]:
        """The network's (W, b) at each frame."""
        return [views(vector, self.sizes) for vector in self.vector]

    def layers(self, q: ArrayLike, *, frame: int = -1) -> list[Array]:
        """Give the activations of every layer for points q (m, d): q first, the outputs last."""
        q = door.numbers("q", q, shape=(None, self.sizes[0]))
        return up(views(self.vector[frame], self.sizes), q, self.activation, residual=self.residual)[0]

    def proba(self, q: ArrayLike, *, frame: int = -1) -> Array:
        """Give each point's share for each class, (m, classes)."""
        z = self.layers(q, frame=frame)[-1]
        z = np.column_stack([np.zeros(len(z)), z]) if z.shape[1] == 1 else z
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))

    def predict(self, q: ArrayLike, *, frame: int = -1) -> NDArray[np.int64]:
        """Give the class of each point q (m, d)."""
        return np.asarray(self.proba(q, frame=frame).argmax(axis=1))


def train(
    x: ArrayLike,
    y: ArrayLike,
    *,
    hidden: Sequence[int] = (4, 2),
    activation: str | Sequence[str] = "tanh",
    rate: float = 0.03,
    steps: int = 1000,
    optimizer: str = "sgd",
    batch: int = 10,
    l2: float = 0.0,
    residual: bool = False,
    seed: int = 0,
    every: int = 10,
    report: Callable[[float, Training], None] | None = None,
    loss: str = "cross_entropy",
    init: str = "xavier",
    held: float = 0.25,
) -> Training:
    """Train a small network on points in classes by mini-batches, in float64.

    Parameters
    ----------
    x, y
        (n, d) points and (n,) classes from 0. Two classes have one output, more have one each.
    hidden
        Units of each hidden layer; () makes it logistic regression.
    activation
        Of all hidden layers, or one name for each.
    rate, optimizer
        "sgd", "momentum" (0.9) or "adam" (0.9, 0.999), with torch's conventions.
    steps, batch
        Updates, and the points behind each: dealt anew when all have had their turn.
    l2
        Weight λ of the penalty ½ λ Σ w² on all weights but the biases.
    residual
        Whether a layer as wide as the one before adds its input to its output.
    seed
        Of the weights, the batches, and what is held out.
    every
        Updates between two frames of the film; the first and the last are always there.
    report
        Called with the share done and the run so far at each frame. What it raises ends the run.
    loss
        "cross_entropy", or for two classes "brier": the squared difference from the probability.
    init
        See `initial`.
    held
        Share of the points that is held out for the test loss.
    """
    x = door.points("x", x, most=LARGEST)
    y = door.labels("y", y, len(x))
    sizes = (x.shape[1], *(door.whole("hidden", h, most=WIDEST) for h in hidden), max(int(y.max()) + 1, 2))
    sizes = (*sizes[:-1], 1) if sizes[-1] == 2 else sizes
    if len(sizes) > DEEPEST + 2:
        raise ValueError(f"hidden must name at most {DEEPEST} layers, not {len(sizes) - 2}.")
    phi = names(activation, len(sizes) - 2)
    rate, l2 = door.number("rate", rate, above=0), door.number("l2", l2, least=0)
    steps, batch, every = (door.whole(n, v) for n, v in (("steps", steps), ("batch", batch), ("every", every)))
    door.one_of("optimizer", optimizer, OPTIMIZERS)
    door.flag("residual", residual)
    door.one_of("loss", loss, ("cross_entropy", "brier"))
    if loss == "brier" and sizes[-1] > 1:
        raise ValueError("The loss brier takes two classes.")
    out = hold_out(len(x), held, seed=seed)
    own, answer, test, truth = x[~out], y[~out], x[out], y[out]

    vector = initial(sizes, init=init, seed=seed)
    weights = views(vector, sizes)
    decay = np.zeros(len(vector))
    for W, _ in views(decay, sizes):
        W[...] = l2
    descent, rng = Descent(optimizer, rate, len(vector)), np.random.default_rng([seed, 99])
    film: list[tuple[int, Array, Array, float, float]] = []

    def gradient(rows: NDArray[np.int64] | slice) -> tuple[Array, float]:
        found = run(weights, own[rows], answer[rows], phi, loss, residual=residual)
        return np.concatenate([part.ravel() for layer in found.gradients for part in layer]), float(found.loss)

    def keep(done: int) -> bool:
        slope, value = gradient(slice(None))
        if not (np.isfinite(value) and np.isfinite(slope).all()):
            return False
        z = outputs(weights, test, phi, residual=residual)
        film.append((done, vector.copy(), slope, value, float(judged(z, truth, loss)[0]) if len(test) else np.nan))
        return True

    def so_far(stopped: bool = False) -> Training:
        done, vectors, slopes, fitted, tested = zip(*film, strict=True)
        arrays = (np.array(done), np.array(vectors), np.array(slopes), np.array(fitted), np.array(tested))
        return Training(sizes, phi, residual, loss, *arrays, out, stopped)

    with np.errstate(all="ignore"):
        keep(0)
        order = np.empty(0, np.int64)
        for step in range(1, steps + 1):
            if len(order) < min(batch, len(own)):
                order = rng.permutation(len(own))
            rows, order = order[:batch], order[batch:]
            # w ← w − η (∂L/∂w + λ w), or what the optimiser makes of it
            vector += descent.change(gradient(rows)[0] + decay * vector)
            if step % every == 0 or step == steps:
                if not keep(step):
                    return so_far(stopped=True)
                if report is not None:
                    report(step / steps, so_far())
    return so_far()
