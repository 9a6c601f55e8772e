"""A small network with its gradient written out, and Adam: all that the policy gradients here need.

In numpy and float32, since with nets as small as these a library's calls cost more than its arithmetic. All parameters
lie in one vector, so that Adam and a copy are one operation each.

References
----------
Kingma & Ba, "Adam: a method for stochastic optimization" (2015).
Saxe, McClelland & Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear networks" (2014):
orthogonal weights.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.reinforcement.physics import Floats
from core.reinforcement.policy import Policy, observations

Array = NDArray[np.float32]

# What a state is divided by, so that every input is about 1 at most: 2.4 m, 2 m/s, 12°, 2 rad/s.
SCALE = np.array([2.4, 2.0, 0.2095, 2.0], dtype=np.float32)


class Network:
    """Layers of tanh, the last one linear with one output.

    Parameters
    ----------
    sizes
        Of the layers, inputs first: (4, 64, 64, 1).
    rng
        Draws the weights: orthogonal rows or columns, times √2 in hidden layers. The biases begin at 0.
    last
        What the last layer's weights are multiplied by. Small: the policy begins undecided.
    """

    def __init__(self, sizes: Sequence[int], rng: np.random.Generator, *, last: float) -> None:
        self.sizes = tuple(sizes)
        self.flat = np.zeros(sum((a + 1) * b for a, b in pairwise(sizes)), dtype=np.float32)
        self.layers = self._views(self.flat)
        for i, (w, _) in enumerate(self.layers):
            a = rng.normal(size=w.shape)
            u, _, v = np.linalg.svd(a, full_matrices=False)
            w[:] = (u @ v) * (last if i == len(self.layers) - 1 else np.sqrt(2.0))
        self.gradient = np.zeros_like(self.flat)
        self._gradients = self._views(self.gradient)

    def _views(self, flat: Array) -> list[tuple[Array, Array]]:
        """Cut the vector into (weights (in, out), bias (out,)) of each layer."""
        out, at = [], 0
        for a, b in pairwise(self.sizes):
            out.append((flat[at : at + a * b].reshape(a, b), flat[at + a * b : at + (a + 1) * b]))
            at += (a + 1) * b
        return out

    def forward(self, x: Array) -> list[Array]:
        """Give all layers' outputs for (n, inputs), the inputs first; the last is (n, 1)."""
        h = [x]
        for i, (w, b) in enumerate(self.layers):
            # z = h W + b
            z = h[-1] @ w
            z += b
            if i < len(self.layers) - 1:
                np.tanh(z, out=z)
            h.append(z)
        return h

    def backward(self, h: list[Array], d: Array) -> Array:
        """Give the gradient by the parameters.

        Parameters
        ----------
        h
            What `forward` gave.
        d
            (n,) gradient of a loss by the output.

        Returns
        -------
        The gradient summed over the n; the next call overwrites it.
        """
        delta = d[:, None]
        for i in range(len(self.layers) - 1, -1, -1):
            dw, db = self._gradients[i]
            # ∂W = hᵀ δ, ∂b = Σ δ
            np.matmul(h[i].T, delta, out=dw)
            delta.sum(axis=0, out=db)
            if i:
                # δ ← δ Wᵀ ∘ (1 − h²)
                below = delta @ self.layers[i][0].T if i < len(self.layers) - 1 else delta * self.layers[i][0][:, 0]
                slope = h[i] * h[i]
                np.subtract(1.0, slope, out=slope)
                below *= slope
                delta = below
        return self.gradient

    def __call__(self, x: Array) -> Array:
        """Give (n,) outputs."""
        return self.forward(x)[-1][:, 0]

    def learnable(self) -> "Network":
        """Give a copy that can learn."""
        net = object.__new__(Network)
        net.sizes, net.flat = self.sizes, self.flat.copy()
        net.layers, net.gradient = net._views(net.flat), np.zeros_like(net.flat)
        net._gradients = net._views(net.gradient)
        return net

    def frozen(self) -> "Network":
        """Give a copy that does not change and cannot learn."""
        net = object.__new__(Network)
        net.sizes, net.flat = self.sizes, self.flat.copy()
        net.flat.flags.writeable = False
        net.layers = net._views(net.flat)
        return net


class Adam:
    """Adam for one vector of parameters; `step` moves it in place.

    Parameters
    ----------
    size
        Of the vector.
    """

    def __init__(self, size: int) -> None:
        self.m, self.v, self.t = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.float32), 0

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Take one step downhill."""
        self.t += 1
        # m ← 0.9 m + 0.1 g, v ← 0.999 v + 0.001 g²
        self.m *= 0.9
        self.m += 0.1 * gradient
        self.v *= 0.999
        self.v += 0.001 * (gradient * gradient)
        # θ ← θ − rate · (m / (1 − 0.9ᵗ)) / (√(v / (1 − 0.999ᵗ)) + 10⁻⁸)
        scale = np.sqrt(self.v)
        scale *= 1.0 / np.sqrt(1.0 - 0.999**self.t)
        scale += 1e-8
        np.divide(self.m, scale, out=scale)
        scale *= rate / (1.0 - 0.9**self.t)
        parameters -= scale


def inputs(obs: ArrayLike) -> Array:
    """Scale (n, 4) observations for a network."""
    return np.asarray(obs, dtype=np.float32) / SCALE


class NetworkPolicy(Policy):
    """A policy whose doubt is a network's output; a second network may give the value.

    Parameters
    ----------
    actor
        Its output is log(P(right) / P(left)).
    critic
        Its output, times `unit`, is the value; or None.
    unit
        What the critic counts in.
    """

    def __init__(self, actor: Network, critic: Network | None, unit: float = 1.0) -> None:
        self.actor, self.critic, self.unit = actor.frozen(), None if critic is None else critic.frozen(), unit

    def logit(self, obs: Floats) -> Floats:
        """Give the actor's output."""
        return self.actor(inputs(obs)).astype(float)

    def value(self, obs: ArrayLike) -> Floats | None:
        """Give the critic's output, if there is one."""
        o = observations(obs)
        return None if self.critic is None else self.unit * self.critic(inputs(o)).astype(float)
