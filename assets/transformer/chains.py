"""Attention-only networks that learn to foretell Markov chains which they have never seen; a row a network.

PyTorch trains them (Adam, `STEPS` steps of `BATCH` fresh sequences). Losses are of sequences that are kept for it.
Weights are of every `EVERY` steps, in 16 bits; heads are padded to two layers.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.pretraining.transformer import chains
from core.pretraining.transformer.chains import HELD, LAYERS, LENGTH, NAMES, SEEDS, SYMBOLS, WIDTH, Net

STEPS, EVERY, BATCH, RATE, FEW = 600, 25, 32, 0.01, 64


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all networks, or the `first` few."""
    cases = [(layers, seed) for layers in LAYERS for seed in range(SEEDS)]
    rows = [train(*case) for case in cases[:first]]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def train(layers: int, seed: int) -> dict[str, NDArray[Any]]:
    """Train one."""
    draw = torch.Generator().manual_seed(seed)
    shapes = {
        "symbol": (SYMBOLS, WIDTH),
        "place": (LENGTH, WIDTH),
        "heads": (layers, 4, WIDTH, WIDTH),
        "out": (WIDTH, SYMBOLS),
    }
    size = {"symbol": 0.3, "place": 0.3, "heads": WIDTH**-0.5, "out": WIDTH**-0.5}
    net = {n: (size[n] * torch.randn(shape, generator=draw)).requires_grad_() for n, shape in shapes.items()}
    adam = torch.optim.Adam(net.values(), lr=RATE)
    hidden = torch.triu(torch.full((LENGTH, LENGTH), -torch.inf), 1)
    data, film, told = chains.sample(STEPS * BATCH, seed=seed).reshape(STEPS, BATCH, LENGTH), [], []
    for step in range(STEPS + 1):
        if step % EVERY == 0:
            film.append({n: w.detach().numpy().astype(np.float16) for n, w in net.items()})
            told.append(judged(Net(**{n: w.astype(np.float64) for n, w in film[-1].items()})))
        if step == STEPS:
            break
        x = torch.from_numpy(data[step])
        h = net["symbol"][x] + net["place"]
        for q, k, v, o in net["heads"]:
            h = h + torch.softmax(h @ q @ (h @ k).mT / WIDTH**0.5 + hidden, -1) @ (h @ v) @ o
        logits = h @ net["out"]
        wrong = torch.nn.functional.cross_entropy(logits[:, :-1].reshape(-1, SYMBOLS), x[:, 1:].reshape(-1))
        adam.zero_grad()
        wrong.backward()  # type: ignore[no-untyped-call]
        adam.step()
    made = {n: np.stack([frame[n] for frame in film]) for n in NAMES}
    more = max(LAYERS) - layers
    made["heads"] = np.pad(made["heads"], [(0, 0), (0, more)] + [(0, 0)] * 3)
    made |= {name: np.stack([frame[name] for frame in told]) for name in told[0]}
    for name in ("previous", "followers"):
        made[name] = np.pad(made[name], [(0, 0), (0, more)])
    return made | {"steps": np.arange(0, STEPS + 1, EVERY)}


def judged(net: Net) -> dict[str, NDArray[Any]]:
    """Measure a network on sequences that it was not trained on: losses of all, and where heads look in a few."""
    x = chains.sample(*HELD[:2], seed=HELD[2])
    p, weights = chains.run(net, x)
    few = [chains.followers(w, row) for w, row in zip(weights[:FEW], x[:FEW], strict=True)]
    return {
        "loss": np.array(chains.loss(p, x)),
        "cut": np.array(chains.loss(chains.run(net, x, without=(0,))[0], x)),
        "previous": chains.previous(weights[:FEW]).mean(axis=0),
        "followers": np.mean(few, axis=0),
    }


def alike(stored: dict[str, NDArray[Any]], again: dict[str, NDArray[Any]]) -> bool:
    """Weights may come out otherwise; what they end at must not."""
    end = (rows["loss"][:, -1] for rows in (stored, again))
    return bool(len(stored["loss"])) and bool(np.allclose(*end, atol=0.03))
