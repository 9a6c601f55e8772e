"""New words for a small language model: what their embeddings begin as, and what training on from there makes of it.

The model is log-bilinear: it foretells a token from the two before it.

h = C₁ e(x₋₁) + C₂ e(x₋₂), p(x) ∝ exp(e(x) · (h, 1))

A token has one row of E, as input and as output; its last column is the bias.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from core.llm.tokens.pairs import Merges
from core.neural.gradients.training import Descent

WIDTH, BATCH, RATE = 24, 256, 0.02
STARTS = ("zero", "random", "mean")

Floats = NDArray[np.float64]
Model = tuple[torch.Tensor, torch.Tensor, torch.Tensor]  # E (v, d + 1), C₁ and C₂ (d, d)


def fresh(size: int, *, seed: int) -> Model:
    """Draw a model of so many tokens."""
    rng = torch.Generator().manual_seed(seed)
    e = 0.1 * torch.randn(size, WIDTH + 1, generator=rng)
    eye = torch.eye(WIDTH)
    return e, eye.clone(), 0.3 * eye


def bits(model: Model, ids: NDArray[np.int64]) -> torch.Tensor:
    """Give the bits that the model takes for each token from the third on: −log₂ p."""
    x = torch.as_tensor(ids)
    found: torch.Tensor = _nats(model, x, torch.arange(2, len(x))) / np.log(2)
    return found


def _nats(model: Model, x: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
    e, one, two = model
    h = e[x[at - 1], :-1] @ one + e[x[at - 2], :-1] @ two
    return torch.nn.functional.cross_entropy(h @ e[:, :-1].T + e[:, -1], x[at], reduction="none")


def training(model: Model, ids: NDArray[np.int64], steps: int, *, seed: int) -> list[Model]:
    """Train by Adam on places drawn at random; give the model before the first step and after each."""
    x, rng = torch.as_tensor(ids), torch.Generator().manual_seed(seed)
    ways, film = [Descent("adam", RATE, part.numel()) for part in model], [model]
    for _ in range(steps):
        at = torch.randint(2, len(x), (BATCH,), generator=rng)
        e, one, two = (part.clone().requires_grad_() for part in film[-1])
        slopes = torch.autograd.grad(_nats((e, one, two), x, at).mean(), (e, one, two))
        e, one, two = (
            part + torch.as_tensor(way.change(slope.double().numpy().ravel())).reshape(part.shape).float()
            for part, way, slope in zip(film[-1], ways, slopes, strict=True)
        )
        film.append((e, one, two))
    return film


def grown(model: Model, old: Merges, new: Merges, start: str, *, seed: int) -> Model:
    """Add a row of E for each token that `new` has beyond `old`.

    Parameters
    ----------
    start
        "zero"; "random", normal, with the mean and the standard deviation that each column has; or "mean": of the rows
        of the tokens that the old tokenizer makes of the new one's bytes.
    """
    e, one, two = model
    added = new.tokens[len(old.tokens) :]
    if start == "zero":
        rows = torch.zeros(len(added), e.shape[1])
    elif start == "random":
        drawn = torch.randn(len(added), e.shape[1], generator=torch.Generator().manual_seed(seed))
        rows = e.mean(dim=0) + e.std(dim=0) * drawn
    else:
        rows = torch.stack([e[torch.as_tensor(pieces(old, new, k))].mean(dim=0) for k in range(len(added))])
    return torch.cat([e, rows]), one, two


def pieces(old: Merges, new: Merges, k: int) -> list[int]:
    """Take the k-th added token of `new` apart, merge by merge, until all parts are tokens of `old`."""

    def apart(i: int) -> list[int]:
        if i < len(old.tokens):
            return [i]
        left, right = new.pairs[i - 256]
        return apart(left) + apart(right)

    return apart(len(old.tokens) + k)
