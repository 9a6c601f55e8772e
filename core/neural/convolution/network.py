"""Small networks on handwritten digits, layer by layer, both trips by hand."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.data import measured
from core.neural.convolution.windows import Array
from core.neural.gradients.training import Descent
from core.result import result

SIDE, CLASSES, TRAIN = 12, 10, 1437  # pixels a side; of the 1,797 digits the first so many, after shuffling
Layer = tuple[str, *tuple[int, ...]]
# "conv" (maps in, maps out): 3 × 3 with a border of zeros. "dense" (in, out). "pool": 2 × 2. "global": the largest.
KINDS: Mapping[str, tuple[Layer, ...]] = {
    "dense": (("dense", 144, 32), ("relu",), ("dense", 32, 10)),
    "pool": (("conv", 1, 8), ("relu",), ("pool",), ("dense", 288, 10)),
    "global": (("conv", 1, 8), ("relu",), ("conv", 8, 24), ("relu",), ("global",), ("dense", 24, 10)),
}


@lru_cache(maxsize=1)
def digits() -> tuple[Array, NDArray[np.int64], Array, NDArray[np.int64]]:
    """Give (x, y, test x, test y): 8 × 8 digits from 0 to 1 in the middle of 12 × 12, so that a shift cuts nothing."""
    data = measured.digits()
    order = np.random.default_rng(0).permutation(len(data.y))
    x = np.pad(data.x[order].reshape(-1, 8, 8) / data.x.max(), ((0, 0), (2, 2), (2, 2)))
    y = data.y[order].astype(np.int64)
    parts = (x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:])
    for part in parts:
        part.flags.writeable = False
    return parts


@result
class Network:
    """A network of one of the `KINDS`, all its weights in one vector."""

    kind: str
    vector: Array

    @property
    def parts(self) -> list[list[Array]]:
        """Views of the weights and the biases of each layer; [] for one without."""
        return views(self.vector, self.kind)

    def logits(self, x: ArrayLike) -> Array:
        """Give the ten outputs of images (n, 12, 12): (n, 10)."""
        return up(self.kind, self.parts, images(x))[-1]

    def proba(self, x: ArrayLike) -> Array:
        """Give each class's probability, (n, 10)."""
        z = self.logits(x)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))

    def predict(self, x: ArrayLike) -> NDArray[np.int64]:
        """Give the digit that each image (n, 12, 12) is read as."""
        return np.asarray(self.logits(x).argmax(axis=1))

    def gradient(self, x: ArrayLike, target: ArrayLike) -> Array:
        """Give ∂(output of the class `target`)/∂pixels, (n, 12, 12); one class for all images, or one each."""
        x = images(x)
        wanted = door.numbers("target", target)
        if wanted.shape not in ((), (len(x),)) or not np.isin(wanted, range(CLASSES)).all():
            raise ValueError(f"target must be a class from 0 to {CLASSES - 1}, one for all images or one each.")
        kept = up(self.kind, self.parts, x)
        g = np.zeros((len(x), CLASSES))
        g[np.arange(len(x)), np.broadcast_to(wanted.astype(int), len(x))] = 1.0
        return down(self.kind, self.parts, kept, g)[0][..., 0]


def images(x: ArrayLike) -> Array:
    """Take images (n, 12, 12)."""
    return door.numbers("x", x, shape=(None, SIDE, SIDE))


def views(vector: Array, kind: str) -> list[list[Array]]:
    """See a vector as the layers' weights and biases."""
    parts: list[list[Array]] = []
    at = 0
    for name, *sizes in KINDS[kind]:
        own = []
        if sizes:
            shape = (9 * sizes[0], sizes[1]) if name == "conv" else (sizes[0], sizes[1])
            for form in (shape, (sizes[1],)):
                own.append(vector[at : at + int(np.prod(form))].reshape(form))
                at += int(np.prod(form))
        parts.append(own)
    return parts


def initial(kind: str, *, seed: int = 0) -> Network:
    """Draw weights by He's rule; biases are 0."""
    door.one_of("kind", kind, KINDS)
    sizes = [(name, s[0] * (9 if name == "conv" else 1), s[1]) for name, *s in KINDS[kind] if s]
    vector = np.zeros(sum((fan_in + 1) * out for _, fan_in, out in sizes))
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    for part in views(vector, kind):
        if part:
            part[0][...] = np.sqrt(2 / len(part[0])) * rng.standard_normal(part[0].shape)
    return Network(kind, vector)


def up(kind: str, parts: list[list[Array]], x: Array) -> list[Array]:
    """Give what each layer takes in, the outputs last: maps (n, h, w, maps), later (n, width)."""
    h = [x[..., None]]
    for (name, *_), part in zip(KINDS[kind], parts, strict=True):
        z = h[-1]
        if name == "conv":
            # out = Σ over the window and the maps that come in: pixel · kernel, plus a bias; a kernel for each map
            z = seen(z) @ part[0] + part[1]
        elif name == "relu":
            z = np.maximum(z, 0)
        elif name == "pool":
            z = _squares(z).max(axis=3)
        elif name == "global":
            z = z.max(axis=(1, 2))
        else:
            z = z.reshape(len(z), -1) @ part[0] + part[1]
        h.append(z)
    return h


def down(kind: str, parts: list[list[Array]], h: list[Array], g: Array) -> tuple[Array, list[list[Array]]]:
    """Send a gradient of the outputs down; give that of the images (n, 12, 12, 1), and those of the weights."""
    found: list[list[Array]] = []
    for (name, *_), part, z in zip(reversed(KINDS[kind]), reversed(parts), reversed(h[:-1]), strict=True):
        own: list[Array] = []
        if name == "conv":
            n, maps = part[0].shape[1], z.shape[-1]
            own = [seen(z).reshape(-1, 9 * maps).T @ g.reshape(-1, n), g.sum(axis=(0, 1, 2))]
            # The way back is a correlation with the kernels turned by half a turn.
            turned = part[0].reshape(9, maps, n)[::-1].transpose(0, 2, 1).reshape(9 * n, maps)
            g = seen(g) @ turned
        elif name == "relu":
            g = g * (z > 0)
        elif name == "pool":
            four = _to_largest(_squares(z), g, axis=3)
            n, rows, columns, _, maps = four.shape
            g = four.reshape(n, rows, columns, 2, 2, maps).transpose(0, 1, 3, 2, 4, 5).reshape(z.shape)
        elif name == "global":
            g = _to_largest(z.reshape(len(z), -1, z.shape[-1]), g, axis=1).reshape(z.shape)
        else:
            own = [z.reshape(len(z), -1).T @ g, g.sum(axis=0)]
            g = (g @ part[0].T).reshape(z.shape)
        found.append(own)
    return g, found[::-1]


def seen(x: Array) -> Array:
    """Give all 3 × 3 windows of maps with a border of zeros, (n, h, w, 9 · maps): row by row, all maps of a pixel."""
    h, w = x.shape[1:3]
    wide = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return np.concatenate([wide[:, u : u + h, v : v + w] for u in range(3) for v in range(3)], axis=-1)


def _squares(x: Array) -> Array:
    """Cut maps into squares of 2 × 2: (n, h/2, w/2, 4, maps)."""
    return np.stack([x[:, u::2, v::2] for u in range(2) for v in range(2)], axis=3)


def _to_largest(x: Array, g: Array, *, axis: int) -> Array:
    """Send each gradient to the largest along an axis: the first of them, as PyTorch does."""
    out = np.zeros_like(x)
    np.put_along_axis(out, np.expand_dims(x.argmax(axis=axis), axis), np.expand_dims(g, axis), axis)
    return out


def train(
    kind: str, *, epochs: int = 25, rate: float = 0.003, batch: int = 64, shift: int = 0, seed: int = 0
) -> Network:
    """Train on 1,437 digits with Adam and cross-entropy.

    Parameters
    ----------
    kind
        One of `KINDS`.
    shift
        Each image is moved by up to so many pixels each way, drawn anew each time (0, 1 or 2).
    seed
        Of weights, batches and shifts.
    """
    network = initial(kind, seed=seed)
    epochs, batch = door.whole("epochs", epochs), door.whole("batch", batch)
    rate, shift = door.number("rate", rate, above=0), door.whole("shift", shift, least=0, most=2)
    x, y = digits()[:2]
    vector = network.vector.copy()
    parts, descent, rng = views(vector, kind), Descent("adam", rate, len(vector)), np.random.default_rng([seed, 1])
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for start in range(0, len(y), batch):
            rows = order[start : start + batch]
            drawn = x[rows]
            if shift:
                by = rng.integers(-shift, shift + 1, (len(rows), 2))
                drawn = np.array([np.roll(image, d, axis=(0, 1)) for image, d in zip(drawn, by, strict=True)])
            h = up(kind, parts, drawn)
            e = np.exp(h[-1] - h[-1].max(axis=1, keepdims=True))
            g = e / e.sum(axis=1, keepdims=True)
            g[np.arange(len(rows)), y[rows]] -= 1
            found = down(kind, parts, h, g / len(rows))[1]
            vector += descent.change(np.concatenate([part.ravel() for layer in found for part in layer]))
    return Network(kind, vector)
