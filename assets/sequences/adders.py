"""Trained adders: tanh units, 8 digits and one place more, five draws each of 2, 3 and 4 units; a row a network.

PyTorch trains them (Adam, 2,500 steps of 64 sums); arrays are padded to four units.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.neural.sequences.adder import LENGTH, SEEDS, UNITS, Learned, tried

STEPS, BATCH, RATE, MOST = 2500, 64, 0.01, max(UNITS)


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all networks, or the `first` few."""
    cases = [(units, seed) for units in UNITS for seed in range(SEEDS)]
    rows = [train(*case) for case in cases[:first]]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def train(units: int, seed: int) -> dict[str, NDArray[Any]]:
    """Train one."""
    torch.manual_seed(seed)
    net, head = torch.nn.RNN(2, units), torch.nn.Linear(units, 1)
    step = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=RATE)
    worth = 2 ** torch.arange(LENGTH + 1)[:, None]  # of each place
    for _ in range(STEPS):
        x = torch.zeros(LENGTH + 1, BATCH, 2)
        x[:-1] = torch.randint(2, (LENGTH, BATCH, 2))
        right = (x.sum(2) * worth).sum(0) // worth % 2  # the places of the sum
        loss = torch.nn.functional.binary_cross_entropy_with_logits(head(net(x)[0])[..., 0], right)
        step.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        step.step()
    out = {"w_in": (MOST, 2), "w_state": (MOST, MOST), "bias": (MOST,), "out": (MOST + 1,)}
    made = {name: np.zeros(shape) for name, shape in out.items()}
    w_in, w_state, b_in, b_state = (p.detach().numpy() for p in net.parameters())
    made["w_in"][:units], made["w_state"][:units, :units], made["bias"][:units] = w_in, w_state, b_in + b_state
    made["out"][:units], made["out"][-1] = head.weight.detach().numpy()[0], head.bias.item()
    return made


def alike(stored: dict[str, NDArray[Any]], again: dict[str, NDArray[Any]]) -> bool:
    """Weights may come out otherwise; what they add must not."""

    def right(rows: dict[str, NDArray[Any]], i: int) -> float:
        weights = rows["w_in"][i], rows["w_state"][i], rows["bias"][i], np.zeros(MOST)
        return tried(Learned(weights, rows["out"][i]))[2]

    return bool(len(stored["out"])) and all(
        abs(right(stored, i) - right(again, i)) < 0.04 for i in range(len(stored["out"]))
    )
