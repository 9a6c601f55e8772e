"""The towers of `core.pretraining.clip.towers` in PyTorch, to train them."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from core.pretraining.clip import towers

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
        if i == towers.LAYERS - 1:  # the start mark has listened to all words; nothing else is asked any more
            q, h = q[:, :, :1], h[:, :1]
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=seen).transpose(1, 2).reshape(h.shape)
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


def pixels(images: NDArray[np.uint8]) -> Tensor:
    """Give pictures (n, 64, 64, 3) uint8 as (n, 3, 64, 64) in [-1, 1]."""
    x = torch.from_numpy(np.array(images)).permute(0, 3, 1, 2)
    return x.to(torch.float32, memory_format=torch.channels_last) / 127.5 - 1


def both_ways(logits: Tensor) -> Tensor:
    """Give CLIP's loss of (n, n) logits, pairs on the diagonal: the mean cross-entropy along rows and columns."""
    own = torch.arange(len(logits))
    return (functional.cross_entropy(logits, own) + functional.cross_entropy(logits.T, own)) / 2
