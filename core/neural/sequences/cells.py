"""The cells of recurrent networks, and the derivative of a state by one of long ago.

Sources: Elman, "Finding structure in time" (1990); Hochreiter & Schmidhuber, "Long short-term memory" (1997); Gers,
Schmidhuber & Cummins, "Learning to forget" (2000), for the forget gate.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from core import door
from core.result import result

Floats = NDArray[np.float64]
NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")  # as PyTorch calls and orders them
ACTIVATIONS = ("tanh", "step")
Weights = Mapping[str, ArrayLike] | Sequence[ArrayLike]


@result
class LSTM:
    """A run of an LSTM; each array is (T, …, h), a row a step."""

    hidden: Floats
    cell: Floats
    input: Floats  # the gates, 0 to 1
    forget: Floats
    candidate: Floats  # what may be written, −1 to 1
    output: Floats


def rnn(weights: Weights, x: ArrayLike, *, activation: str = "tanh") -> Floats:
    """Run a plain recurrent network (Elman's) over a sequence, from a state of zeros.

    Parameters
    ----------
    weights
        W_ih (h, d), W_hh (h, h), b_ih (h,) and b_hh (h,): in this order, or by PyTorch's names.
    x
        (T, d) one sequence, or (T, batch, d) several.
    activation
        "tanh", or "step": 1 where its argument is 0 or more, else 0.

    Returns
    -------
    (T, h) or (T, batch, h) array
        The state after each step.
    """
    w_in, w_state, bias, x = _taken(weights, x, gates=1)
    door.one_of("activation", activation, ACTIVATIONS)
    h = np.zeros((*x.shape[1:-1], len(w_state)))
    states = np.empty((*x.shape[:-1], len(w_state)))
    for t, now in enumerate(x):
        # h_t = φ(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)
        z = now @ w_in.T + h @ w_state.T + bias
        states[t] = h = np.tanh(z) if activation == "tanh" else (z >= 0).astype(np.float64)
    return states


def lstm(weights: Weights, x: ArrayLike) -> LSTM:
    """Run an LSTM over a sequence, from a state of zeros.

    Parameters
    ----------
    weights
        W_ih (4h, d), W_hh (4h, h), b_ih (4h,) and b_hh (4h,): in this order, or by PyTorch's names. The gates stand
        one below the other as PyTorch has them: input, forget, candidate, output.
    x
        (T, d) one sequence, or (T, batch, d) several.
    """
    w_in, w_state, bias, x = _taken(weights, x, gates=4)
    size = w_state.shape[1]
    h = c = np.zeros((*x.shape[1:-1], size))
    run = np.empty((6, *x.shape[:-1], size))
    for t, now in enumerate(x):
        a = now @ w_in.T + h @ w_state.T + bias
        i, f, o = (expit(a[..., k * size : (k + 1) * size]) for k in (0, 1, 3))
        g = np.tanh(a[..., 2 * size : 3 * size])
        # c_t = f ⊙ c_{t−1} + i ⊙ g,  h_t = o ⊙ tanh(c_t)
        c = f * c + i * g
        h = o * np.tanh(c)
        run[:, t] = h, c, i, f, g, o
    return LSTM(*run)


def rnn_reach(weights: Weights, states: ArrayLike) -> Floats:
    """Give ‖∂h_t/∂h₁‖₂ of a tanh network along a run (T, h): (T,), 1 at first."""
    _, w_state, _, _ = _taken(weights, None, gates=1)
    states = door.numbers("states", states, shape=(None, len(w_state)))
    product, reach = np.eye(len(w_state)), [1.0]
    for h in states[1:]:
        # ∂h_t/∂h_{t−1} = diag(1 − h_t²) W_hh
        product = (1 - h**2)[:, None] * (w_state @ product)
        reach.append(float(np.linalg.norm(product, 2)))
    return np.array(reach)


def lstm_reach(weights: Weights, run: LSTM) -> tuple[Floats, Floats]:
    """Tell what the first cell still counts at each step of a run of one sequence.

    Returns
    -------
    kept, whole : (T,) arrays, 1 at first
        `kept` is along the cells alone, Π f, as the geometric mean over the units. `whole` is ‖∂c_t/∂c₁‖₂ with the
        ways through the gates as well.
    """
    _, w_state, _, _ = _taken(weights, None, gates=4)
    size = w_state.shape[1]
    w_i, w_f, w_g, w_o = w_state.reshape(4, size, size)
    kept = np.exp(np.cumsum(np.log(np.maximum(run.forget[1:], 1e-300)), axis=0).mean(axis=1))
    d_h, d_c, whole = np.zeros((size, size)), np.eye(size), [1.0]  # by the first cell; its way to the first h is next
    d_h = (run.output[0] * (1 - np.tanh(run.cell[0]) ** 2))[:, None] * d_c
    for t in range(1, len(run.hidden)):
        i, f, g, o = (getattr(run, name)[t][:, None] for name in ("input", "forget", "candidate", "output"))
        before, cell = run.cell[t - 1][:, None], np.tanh(run.cell[t])[:, None]
        by_h = before * f * (1 - f) * w_f + g * i * (1 - i) * w_i + i * (1 - g**2) * w_g
        d_c, old = f * d_c + by_h @ d_h, d_h
        d_h = cell * o * (1 - o) * (w_o @ old) + o * (1 - cell**2) * d_c
        whole.append(float(np.linalg.norm(d_c, 2)))
    return np.append(1.0, kept), np.array(whole)


def drawn(
    inputs: int, size: int, *, gates: int = 1, radius: float = 1.0, forget: float = 0.0, seed: int = 0
) -> list[Floats]:
    """Draw weights for `rnn` (gates 1) or `lstm` (gates 4).

    Parameters
    ----------
    inputs, size
        d and h.
    radius
        Of the plain network: W_hh is `radius` times a random rotation, so its eigenvalues have that modulus. The
        LSTM's are Gaussian with a standard deviation of radius/√h.
    forget
        The bias of the forget gate.
    """
    rng = np.random.default_rng(door.whole("seed", seed, least=0))
    inputs, size = door.whole("inputs", inputs), door.whole("size", size)
    radius, forget = door.number("radius", radius, least=0), door.number("forget", forget)
    w_in = rng.normal(size=(gates * size, inputs)) / np.sqrt(inputs)
    square = rng.normal(size=(gates * size, size))
    w_state = radius * (np.linalg.qr(square)[0] if gates == 1 else square / np.sqrt(size))
    bias = np.zeros(gates * size)
    if gates == 4:
        bias[size : 2 * size] = forget
    return [w_in, w_state, bias, np.zeros(gates * size)]


def _taken(weights: Weights, x: ArrayLike | None, *, gates: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Check weights and sequence; the two biases are one."""
    if isinstance(weights, Mapping):
        if missing := [name for name in NAMES if name not in weights]:
            raise ValueError(f"weights must hold {', '.join(NAMES)}; {', '.join(missing)} is missing.")
        weights = [weights[name] for name in NAMES]
    if len(weights) != len(NAMES):
        raise ValueError(f"weights must be four arrays, not {len(weights)}.")
    w_state = door.numbers("W_hh", weights[1], ndim=2)
    size = w_state.shape[1]
    if size < 1 or w_state.shape[0] != gates * size:
        raise ValueError(f"W_hh must be ({gates}h, h), not {w_state.shape}." if gates > 1 else "W_hh must be square.")
    w_in = door.numbers("W_ih", weights[0], shape=(gates * size, None))
    bias = door.numbers("b_ih", weights[2], shape=(gates * size,)) + door.numbers(
        "b_hh", weights[3], shape=(gates * size,)
    )
    if x is None:
        return w_in, w_state, bias, np.empty(0)
    x = np.asarray(x, dtype=np.float64)
    if x.ndim not in (2, 3) or x.shape[-1] != w_in.shape[1]:
        raise ValueError(f"x must be (T, d) or (T, batch, d) with d = {w_in.shape[1]}, not {x.shape}.")
    if not np.isfinite(x).all():
        raise ValueError("x must be finite.")
    return w_in, w_state, bias, x
