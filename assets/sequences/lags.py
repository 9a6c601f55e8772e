"""LSTMs that have to keep one bit for 30 steps of noise: forget bias 0, 1 and 3, five draws each; a row a network.

PyTorch trains them (16 units, Adam, batches of 64). `right` is the share of 500 new sequences told right, every 10
steps.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

BIASES, SEEDS, LAG, UNITS = (0.0, 1.0, 3.0), 5, 30, 16
STEPS, EVERY, BATCH, RATE = 300, 10, 64, 0.01


def make(first: int | None = None) -> dict[str, NDArray[Any]]:
    """Give all curves, or the `first` few."""
    cases = [(bias, seed) for bias in BIASES for seed in range(SEEDS)]
    return {"right": np.array([train(*case) for case in cases[:first]])}


def sequences(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw a bit, marked as such in the second feature, and noise behind it."""
    x, bit = torch.randn(LAG + 1, count, 1), torch.randint(2, (count,)).float()
    x[0, :, 0] = 2 * bit - 1
    mark = torch.zeros_like(x)
    mark[0] = 1
    return torch.cat([x, mark], 2), bit


def train(bias: float, seed: int) -> list[float]:
    """Train one; give its curve."""
    torch.manual_seed(seed)
    net, head = torch.nn.LSTM(2, UNITS), torch.nn.Linear(UNITS, 1)
    with torch.no_grad():
        net.bias_ih_l0.zero_()
        net.bias_hh_l0.zero_()
        net.bias_ih_l0[UNITS : 2 * UNITS] = bias
    new, wanted = sequences(500)
    step = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=RATE)
    curve = []
    for n in range(STEPS + 1):
        if n % EVERY == 0:
            with torch.no_grad():
                curve.append(float(((head(net(new)[0][-1])[:, 0] >= 0) == wanted.bool()).float().mean()))
        x, bit = sequences(BATCH)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(head(net(x)[0][-1])[:, 0], bit)
        step.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        step.step()
    return curve


def alike(stored: dict[str, NDArray[Any]], again: dict[str, NDArray[Any]]) -> bool:
    """Let a curve leave chance some steps sooner or later."""
    return bool(stored["right"].size) and bool(np.abs(stored["right"] - again["right"]).mean() < 0.15)
