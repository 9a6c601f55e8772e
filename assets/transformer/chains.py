"""Attention-only networks that learn to foretell Markov chains which they have never seen; a row a network.

PyTorch trains them (Adam, `STEPS` steps of `BATCH` fresh sequences, or ten times as many, which become smaller to the
end). Losses are of sequences that are kept for it. Weights are of `FRAMES` steps, in 16 bits; heads are padded to two
layers. When only a few rows are made (again), they end with frame `EARLY`; what would follow is NaN.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.pretraining.transformer import chains
from core.pretraining.transformer.chains import HELD, LENGTH, MADE, NAMES, SEEDS, SYMBOLS, WIDTH, Net

STEPS, FRAMES, EARLY, BATCH, RATE, FEW = 600, 25, 4, 32, 0.01, 64


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all networks, or the `first` few."""
    cases = [(*made, seed) for made in MADE for seed in range(SEEDS)]
    rows = [train(*case, frames=FRAMES if first is None else EARLY + 1) for case in cases[:first]]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def train(layers: int, times: int, seed: int, frames: int) -> dict[str, NDArray[Any]]:
    """Train one until there are as many frames."""
    steps = np.linspace(0, times * STEPS, FRAMES, dtype=np.int64)
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
    data, film, told = chains.sample(steps[-1] * BATCH, seed=seed).reshape(-1, BATCH, LENGTH), [], []
    for step in range(steps[frames - 1] + 1):
        if step in steps:
            film.append({n: w.detach().numpy().astype(np.float16) for n, w in net.items()})
            told.append(judged(Net(**{n: w.astype(np.float64) for n, w in film[-1].items()})))
        if len(film) == frames:
            break
        if times > 1:
            adam.param_groups[0]["lr"] = RATE * (1 - step / steps[-1])
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
    more = max(MADE)[0] - layers
    made["heads"] = np.pad(made["heads"], [(0, 0), (0, more)] + [(0, 0)] * 3)
    made |= {name: np.stack([frame[name] for frame in told]) for name in told[0]}
    for name in ("previous", "followers"):
        made[name] = np.pad(made[name], [(0, 0), (0, more)])
    for name, shown in made.items():
        made[name] = np.pad(shown, [(0, FRAMES - frames)] + [(0, 0)] * (shown.ndim - 1), constant_values=np.nan)
    return made | {"steps": steps}


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
    """Weights may come out otherwise; losses, and where heads look, must not, at all steps that were made again."""
    made = np.isfinite(again["loss"]).all(axis=0)
    return bool(len(again["loss"]) and made[: EARLY + 1].all()) and all(
        np.allclose(stored[name][:, made], again[name][:, made], atol=0.01)
        for name in ("steps", "loss", "cut", "previous", "followers")
    )
