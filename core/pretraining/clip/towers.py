"""The two towers in plain numpy: a picture or a sentence goes in, a point on the unit sphere comes out.

The image tower is a small convolutional network, the text tower a small Transformer over the words of both languages;
both end in `DIM` numbers. `torch_towers` has the same towers in PyTorch, to train them; here they only look and read,
so that a page that shows them needs no PyTorch.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from core.pretraining.clip.captions import LENGTH, VOCABULARY, token_ids
from core.pretraining.clip.scenes import PIXELS

DIM = 64  # of the space that both towers share
CHANNELS = (16, 32, 64, 128)  # of the convolutions, each halving the side: 64 -> 32 -> 16 -> 8 -> 4
GROUPS = 8  # of channels that are normalised together
HIDDEN = 192  # between the last convolution and the shared space
WIDTH = 96  # of a word in the text tower
LAYERS = 2
HEADS = 4

F32 = NDArray[np.float32]
Weights = Mapping[str, F32]


def shapes() -> dict[str, tuple[int, ...]]:
    """Name all weights of a model with their shapes; `scale` is the logarithm of the logit scale."""
    sizes: dict[str, tuple[int, ...]] = {"scale": ()}
    before = 3
    for i, channels in enumerate(CHANNELS):
        sizes[f"image.{i}.conv.weight"] = (channels, before, 3, 3)
        sizes[f"image.{i}.conv.bias"] = sizes[f"image.{i}.norm.weight"] = sizes[f"image.{i}.norm.bias"] = (channels,)
        before = channels
    flat = CHANNELS[-1] * (PIXELS >> len(CHANNELS)) ** 2
    sizes |= {"image.hidden.weight": (HIDDEN, flat), "image.hidden.bias": (HIDDEN,), "image.out.weight": (DIM, HIDDEN)}
    sizes["image.mean.weight"] = (DIM, CHANNELS[-1])
    sizes |= {"text.words": (len(VOCABULARY), WIDTH), "text.places": (LENGTH, WIDTH)}
    for i in range(LAYERS):
        for part, (rows, columns) in {
            "query_key_value": (3 * WIDTH, WIDTH),
            "out": (WIDTH, WIDTH),
            "up": (4 * WIDTH, WIDTH),
            "down": (WIDTH, 4 * WIDTH),
        }.items():
            sizes[f"text.{i}.{part}.weight"], sizes[f"text.{i}.{part}.bias"] = (rows, columns), (rows,)
        for part in ("norm1", "norm2"):
            sizes[f"text.{i}.{part}.weight"] = sizes[f"text.{i}.{part}.bias"] = (WIDTH,)
    return sizes | {"text.norm.weight": (WIDTH,), "text.norm.bias": (WIDTH,), "text.out.weight": (DIM, WIDTH)}


def bag_shapes() -> dict[str, tuple[int, ...]]:
    """Name the weights of the text tower that has no order: the words' sum through one hidden layer."""
    return {
        "bag.words": (len(VOCABULARY), WIDTH),
        "bag.hidden.weight": (4 * WIDTH, WIDTH),
        "bag.hidden.bias": (4 * WIDTH,),
        "bag.out.weight": (DIM, 4 * WIDTH),
    }


def initial(sizes: Mapping[str, tuple[int, ...]], seed: int) -> dict[str, F32]:
    """Draw untrained weights: He before a rectifier, 1/√inputs else, norms at 1, biases at 0, logit scale 1/0.07."""
    rng = np.random.default_rng(seed)
    weights: dict[str, F32] = {}
    for name, size in sizes.items():
        inputs = int(np.prod(size[1:]))
        if name == "scale":
            weight = np.array(np.log(1 / 0.07))
        elif ".norm" in name and name.endswith("weight"):
            weight = np.ones(size)
        elif name.endswith("bias"):
            weight = np.zeros(size)
        elif name in ("text.words", "text.places", "bag.words"):
            weight = rng.standard_normal(size) * (0.3 if name == "bag.words" else 0.1)
        else:
            gain = (
                2.0
                if ".conv" in name or "hidden" in name
                else 0.5
                if name.endswith(("down.weight", "out.weight", "mean.weight"))
                else 1.0
            )
            weight = rng.standard_normal(size) * np.sqrt(gain / inputs)
        weights[name] = weight.astype(np.float32)
    return weights


# ---- looking


def look(weights: Weights, images: NDArray[np.uint8]) -> F32:
    """Put (n, 64, 64, 3) pictures into the shared space: (n, `DIM`) float32 unit rows."""
    rows = [_look(weights, images[i : i + 64]) for i in range(0, len(images), 64)]
    return np.concatenate(rows) if rows else np.zeros((0, DIM), np.float32)


def _look(weights: Weights, images: NDArray[np.uint8]) -> F32:
    h: F32 = images.astype(np.float32) / np.float32(127.5) - 1
    for i in range(len(CHANNELS)):
        layer = f"image.{i}."
        h = _convolve(h, weights[layer + "conv.weight"], weights[layer + "conv.bias"])
        h = np.maximum(_group_norm(h, weights[layer + "norm.weight"], weights[layer + "norm.bias"]), 0)
    # What there is, wherever it is, goes straight on; where it is, through the hidden layer.
    anywhere = h.mean(axis=(1, 2)) @ weights["image.mean.weight"].T
    h = h.transpose(0, 3, 1, 2).reshape(len(h), -1)
    h = np.maximum(h @ weights["image.hidden.weight"].T + weights["image.hidden.bias"], 0)
    return unit(h @ weights["image.out.weight"].T + anywhere)


def _convolve(h: F32, weight: F32, bias: F32) -> F32:
    """Convolve (n, side, side, channels) with 3 x 3 weights, every second pixel, a border of zeros."""
    n, side, _, channels = h.shape
    padded = np.zeros((n, side + 2, (side + 2) * channels), np.float32)
    padded[:, 1:-1, channels:-channels] = h.reshape(n, side, side * channels)
    # Three pixels of a row lie side by side: copied as one piece, they cost half of what single numbers do.
    threes = np.lib.stride_tricks.sliding_window_view(padded, 3 * channels, axis=2)[:, :, :: 2 * channels]
    out: F32 = bias
    for i, row in enumerate(weight.transpose(2, 3, 1, 0).reshape(3, 3 * channels, len(weight))):
        # out = b + Σ_i (rows i, i + 2, …) W_i
        product: F32 = threes[:, i : i + side : 2].reshape(-1, 3 * channels) @ row
        out = out + product
    return out.reshape(n, side // 2, side // 2, len(weight))


def _group_norm(h: F32, weight: F32, bias: F32) -> F32:
    n, side, _, channels = h.shape

    def of_groups(x: F32) -> F32:
        """Give each channel the mean of its group over all pixels: (n, 1, channels)."""
        means = x.mean(axis=1).reshape(n, GROUPS, channels // GROUPS).mean(axis=2)
        return np.repeat(means, channels // GROUPS, axis=1)[:, None]

    x = h.reshape(n, side * side, channels)
    x = x - of_groups(x)
    out: F32 = (x / np.sqrt(of_groups(x * x) + np.float32(1e-5))).reshape(h.shape) * weight + bias
    return out


# ---- reading


def read(weights: Weights, texts: Sequence[str]) -> F32:
    """Put n sentences into the shared space: (n, `DIM`) float32 unit rows."""
    rows = [_read(weights, token_ids(texts[i : i + 256])) for i in range(0, len(texts), 256)]
    return np.concatenate(rows) if rows else np.zeros((0, DIM), np.float32)


def _read(weights: Weights, ids: NDArray[np.int64]) -> F32:
    n, length = ids.shape
    h: F32 = weights["text.words"][ids] + weights["text.places"][:length]
    # No word looks at the filling behind a shorter sentence.
    hidden = np.where(ids == 0, np.float32(-np.inf), np.float32(0))[:, None, None, :]
    for i in range(LAYERS):
        layer = f"text.{i}."
        x = _layer_norm(h, weights[layer + "norm1.weight"], weights[layer + "norm1.bias"])
        qkv = _linear(x, weights, layer + "query_key_value")
        q, k, v = qkv.reshape(n, length, 3, HEADS, WIDTH // HEADS).transpose(2, 0, 3, 1, 4)
        if i == LAYERS - 1:  # the start mark has listened to all words; nothing else is asked any more
            q, h = q[:, :, :1], h[:, :1]
        attention = _softmax(q @ k.swapaxes(2, 3) / np.float32(np.sqrt(WIDTH / HEADS)) + hidden)
        mixed = (attention @ v).transpose(0, 2, 1, 3).reshape(h.shape)
        h = h + _linear(mixed, weights, layer + "out")
        x = _layer_norm(h, weights[layer + "norm2.weight"], weights[layer + "norm2.bias"])
        h = h + _linear(_gelu(_linear(x, weights, layer + "up")), weights, layer + "down")
    x = _layer_norm(h[:, 0], weights["text.norm.weight"], weights["text.norm.bias"])
    return unit(x @ weights["text.out.weight"].T)


def read_bag(weights: Weights, texts: Sequence[str]) -> F32:
    """Read without order: (n, `DIM`) float32 unit rows, exactly equal for sentences with the same words."""
    counts = bags(texts)
    # Equal bags once: the same sum in another row of a matrix product may differ in its last bit.
    different, back = np.unique(counts, axis=0, return_inverse=True)
    h: F32 = different @ weights["bag.words"]
    h = np.maximum(h @ weights["bag.hidden.weight"].T + weights["bag.hidden.bias"], 0)
    rows: F32 = unit(h @ weights["bag.out.weight"].T)[back.reshape(-1)]
    return rows


def bags(texts: Sequence[str]) -> F32:
    """Count the words: (n, size of the vocabulary)."""
    counts = np.zeros((len(texts), len(VOCABULARY)), np.float32)
    for row, ids in zip(counts, token_ids(texts), strict=True):
        np.add.at(row, ids[ids > 0], 1)
    return counts


def unit(rows: F32) -> F32:
    """Scale rows to length 1."""
    out: F32 = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return out


def _linear(x: F32, weights: Weights, name: str) -> F32:
    """Give x Wᵀ + b for the last axis, as one product of matrices: many small ones take twice as long."""
    weight = weights[name + ".weight"]
    out: F32 = x.reshape(-1, x.shape[-1]) @ weight.T + weights[name + ".bias"]
    return out.reshape(*x.shape[:-1], len(weight))


def _layer_norm(x: F32, weight: F32, bias: F32) -> F32:
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    out: F32 = (x - mean) / np.sqrt(variance + np.float32(1e-5)) * weight + bias
    return out


def _softmax(x: F32) -> F32:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    out: F32 = e / e.sum(axis=-1, keepdims=True)
    return out


def _gelu(x: F32) -> F32:
    out: F32 = x * (erf(x / np.float32(np.sqrt(2))) + 1) / 2
    return out
