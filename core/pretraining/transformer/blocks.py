"""A block of a Transformer's encoder, forwards and backwards, with its norms before or after what they guard.

Sources: Vaswani et al., "Attention is all you need" (2017), for the norm after the sum; Xiong et al., "On layer
normalization in the Transformer architecture" (2020), for the norm before the branch and the gradients of both.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.pretraining.transformer.heads import attention
from core.result import result

Floats = NDArray[np.float64]
NORMS = ("after", "before", "none")
EPSILON = 1e-5  # as PyTorch has it
Mask = NDArray[np.bool_] | None
Back = Callable[[Floats], tuple[Floats, Floats | None]]  # gradient by the output -> by the input, and by `down`


@result
class Block:
    """Weights of a block of width d; a norm's own scale and shift are 1 and 0."""

    into: Floats  # (3, d, d): x @ into[i] are queries, keys and values
    out: Floats  # (d, d)
    up: Floats  # (d, f)
    down: Floats  # (f, d)


@result
class Signals:
    """What goes through a stack of L blocks, and what comes back."""

    states: Floats  # (L + 1, n, d) before the first block, …, after the last
    output: Floats  # (n, d): the last state, through one more norm where norms stand before
    weights: Floats  # (L, heads, n, n) where each place looked
    gradients: Floats  # (L + 1, n, d) of Σ output·goal, by each state
    steepness: Floats  # (L,) root of the mean square of the gradient of `down`


def drawn(depth: int, width: int, *, wide: int | None = None, seed: int = 0) -> tuple[Block, ...]:
    """Draw blocks with Glorot's weights, uniform within ±√(6 / (rows + columns)); `wide` is 4 · width by default."""
    depth, d = door.whole("depth", depth), door.whole("width", width)
    f = 4 * d if wide is None else door.whole("wide", wide)
    rng = np.random.default_rng(door.whole("seed", seed, least=0))

    def matrix(rows: int, columns: int, *stack: int) -> Floats:
        end = np.sqrt(6 / (rows + columns))
        return rng.uniform(-end, end, (*stack, rows, columns))

    return tuple(Block(matrix(d, d, 3), matrix(d, d), matrix(d, f), matrix(f, d)) for _ in range(depth))


def stack(
    blocks: Sequence[Block],
    x: ArrayLike,
    goal: ArrayLike | None = None,
    *,
    norm: str = "after",
    heads: int = 1,
    mask: Mask = None,
) -> Signals:
    """Send states through blocks, and the gradient of Σ output·goal back.

    Parameters
    ----------
    blocks
        One after another.
    x
        (n, d) states.
    goal
        (n, d), zeros by default.
    norm
        "after": x = norm(x + branch(x)), "before": x = x + branch(norm(x)) and one norm at the end, "none".
    heads
        How many; d is a multiple of it.
    mask
        (n, n) True where a place may look.
    """
    x = door.points("x", x)
    if not blocks or any(block.into.shape[1] != x.shape[1] for block in blocks):
        raise ValueError(f"blocks must be one at least, all as wide as x: {x.shape[1]}.")
    goal = np.zeros_like(x) if goal is None else door.numbers("goal", goal, shape=x.shape)
    door.one_of("norm", norm, NORMS)
    if x.shape[1] % door.whole("heads", heads):
        raise ValueError(f"The width {x.shape[1]} is no multiple of {heads} heads.")
    states, tapes, looked = [x], [], []
    for block in blocks:
        tape = []
        for branch in (_attend, _mlp):
            inner, back_in = _norm(x) if norm == "before" else (x, None)
            moved, back, extra = branch(block, inner, heads, mask)
            x, back_out = _norm(x + moved) if norm == "after" else (x + moved, None)
            tape.append((back_in, back, back_out))
            looked += extra
        states.append(x)
        tapes.append(tape)
    output, back_end = _norm(x) if norm == "before" else (x, None)

    g = back_end(goal) if back_end else goal
    gradients, steep = [g], []
    for tape in reversed(tapes):
        for back_in, back, back_out in reversed(tape):
            g = back_out(g) if back_out else g
            through, weight = back(g)
            g = g + (back_in(through) if back_in else through)
            if weight is not None:
                steep.append(np.sqrt((weight**2).mean()))
        gradients.append(g)
    return Signals(np.stack(states), output, np.stack(looked), np.stack(gradients[::-1]), np.array(steep[::-1]))


def _norm(x: Floats) -> tuple[Floats, Callable[[Floats], Floats]]:
    # y = (x − mean) / √(var + ε) over the features of a place
    deviation = np.sqrt(x.var(axis=-1, keepdims=True) + EPSILON)
    y = (x - x.mean(axis=-1, keepdims=True)) / deviation

    def back(g: Floats) -> Floats:
        # ∂x = (∂y − mean(∂y) − y mean(∂y · y)) / √(var + ε)
        return np.asarray((g - g.mean(axis=-1, keepdims=True) - y * (g * y).mean(axis=-1, keepdims=True)) / deviation)

    return y, back


def _attend(block: Block, x: Floats, heads: int, mask: Mask) -> tuple[Floats, Back, list[Floats]]:
    n, d = x.shape

    def split(z: Floats) -> Floats:
        return z.reshape(n, heads, d // heads).swapaxes(0, 1)

    q, k, v = (split(x @ w) for w in block.into)
    mixed, weights = attention(q, k, v, mask=mask)
    joined = mixed.swapaxes(0, 1).reshape(n, d)

    def back(g: Floats) -> tuple[Floats, Floats | None]:
        by_mixed = split(g @ block.out.T)
        by_weights = by_mixed @ v.swapaxes(1, 2)
        # softmax: ∂s = w (∂w − Σ w ∂w)
        by_scores = weights * (by_weights - (weights * by_weights).sum(axis=-1, keepdims=True)) / np.sqrt(d // heads)
        three = by_scores @ k, by_scores.swapaxes(1, 2) @ q, weights.swapaxes(1, 2) @ by_mixed
        by_x = [z.swapaxes(0, 1).reshape(n, d) @ w.T for z, w in zip(three, block.into, strict=True)]
        return np.asarray(sum(by_x)), None

    return joined @ block.out, back, [weights]


def _mlp(block: Block, x: Floats, heads: int, mask: Mask) -> tuple[Floats, Back, list[Floats]]:
    # max(0, x U) D
    high = np.maximum(x @ block.up, 0.0)

    def back(g: Floats) -> tuple[Floats, Floats | None]:
        return ((g @ block.down.T) * (high > 0)) @ block.up.T, high.T @ g

    return high @ block.down, back, []
