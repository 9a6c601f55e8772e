"""Mean-field theory: what endlessly wide layers do to sizes (Poole et al. 2016, Schoenholz et al. 2017)."""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfcx

from core.door import number, one_of, whole
from core.neural.gradients.activations import ACTIVATIONS, ALPHA, LAMBDA, LEAK, PHI, Array, selu
from core.neural.gradients.network import Config
from core.result import result


def second_moments(activation: str, q: ArrayLike) -> tuple[Array, Array]:
    """Give E φ(√q z)² and E φ′(√q z)² over a standard normal z.

    Parameters
    ----------
    activation
        φ.
    q
        Any shape, ≥ 0; the second moment of what goes into φ.

    Raises
    ------
    ValueError
        If a q is negative or not a number, or the name is unknown.
    """
    one_of("activation", activation, ACTIVATIONS)
    q = np.asarray(q, dtype=np.float64)
    if not (q >= 0).all():
        raise ValueError("q must be a second moment, at least 0.")
    ones = np.ones_like(q)
    if activation == "linear":
        return 1.0 * q, ones
    if activation in ("relu", "leaky_relu"):
        # Half of the normal distribution lies on each side of the kink: (1 + a²) / 2.
        half = (1 + (LEAK**2 if activation == "leaky_relu" else 0.0)) / 2
        return half * q, half * ones
    if activation == "selu":
        # E[e^{a s z}; z < 0] = e^{a² q / 2} Φ(−a s) = ½ erfcx(a s / √2) with s = √q
        once, twice = (0.5 * erfcx(a * np.sqrt(q / 2)) for a in (1, 2))
        squared = LAMBDA**2 * (q / 2 + ALPHA**2 * (twice - 2 * once + 0.5))
        if (q < 1e-4).any():  # there the closed form is a small difference of large numbers
            x, weight = _nodes(np.sqrt(q))
            squared = np.where(q < 1e-4, (weight * selu(x)[0] ** 2).sum(axis=-1), squared)
        return squared, LAMBDA**2 * (0.5 + ALPHA**2 * twice)
    x, weight = _nodes(np.sqrt(q))
    with np.errstate(under="ignore"):
        a, steep = PHI[activation](x)
    return np.asarray((weight * a * a).sum(axis=-1)), np.asarray((weight * steep * steep).sum(axis=-1))


_Z, _T = np.linspace(-9.0, 9.0, 361), np.linspace(-1.0, 1.0, 361)
_BELL = np.exp(-0.5 * _Z * _Z) * (_Z[1] - _Z[0]) / np.sqrt(2 * np.pi)


def _nodes(s: Array) -> tuple[Array, Array]:
    """Give nodes x (…, n) and weights for the mean over N(0, s²).

    The trapezoidal rule, in z for small s, in asinh x for large: for analytic functions its error falls exponentially
    with the number of nodes. φ varies over a length of 1, the density over a length of s; each rule resolves both.
    """
    s = s[..., None]
    if (s <= 1).all():
        return s * _Z, _BELL
    wide = np.maximum(s, 1.0)
    top = np.arcsinh(9.0 * wide)
    # dx = cosh t dt
    large_x = np.sinh(top * _T)
    with np.errstate(under="ignore"):
        density = np.exp(-0.5 * (large_x / wide) ** 2) / (np.sqrt(2 * np.pi) * wide)
    large_w = density * np.cosh(top * _T) * top * (_T[1] - _T[0])
    return np.where(s > 1, large_x, s * _Z), np.where(s > 1, large_w, _BELL)


@result
class Theory:
    """What infinitely wide layers would do."""

    q: Array  # (L,) second moment of what goes into φ
    chi: Array  # (L,) χ = σ_w² E φ′²: what a layer multiplies the *square* of the gradient by
    gradient_rms: Array  # (L + 1,) size of ∂loss/∂h_l; 1 at the last layer
    activation_rms: Array  # (L + 1,) size of h_l; 1 at the input

    @property
    def factor(self) -> float:
        """What a layer multiplies the gradient's size by, on average."""
        with np.errstate(divide="ignore"):
            return float(np.exp(np.mean(0.5 * np.log(self.chi))))


def theory(config: Config) -> Theory:
    """Predict the sizes down the layers of a plain network: no residual, no norm.

    Raises
    ------
    ValueError
        If the network is not plain.

    Examples
    --------
    >>> theory(Config(depth=2, width=64, activation="relu", init="he")).chi.round(6).tolist()
    [1.0, 1.0]
    """
    if not config.plain:
        raise ValueError("The mean-field theory here is that of plain networks: no residual, no norm.")
    w2, b2 = config.sigma_w**2, float(config.bias) ** 2
    q, chi, squares = np.empty(config.depth), np.empty(config.depth), [1.0]
    for layer in range(config.depth):
        # q_l = σ_w² E φ(√q_{l−1} z)² + σ_b²,   χ_l = σ_w² E φ′(√q_l z)²
        q[layer] = min(w2 * squares[-1] + b2, 1e300)
        if layer == 0 or q[layer] != q[layer - 1]:  # else the fixed point is reached
            value, steep = second_moments(config.activation, q[layer])
        chi[layer] = w2 * float(steep)
        squares.append(float(value))
    with np.errstate(divide="ignore"):
        logs = 0.5 * np.log(chi)
    # E g²_{l−1} = χ_l E g²_l: from the last layer down
    down = np.concatenate([np.cumsum(logs[::-1])[::-1], [0.0]])
    return Theory(q, chi, np.exp(down), np.sqrt(np.array(squares)))


@result
class Phases:
    """Where gradients vanish and where they explode, for one activation."""

    sigma_w: Array  # (w,)
    sigma_b: Array  # (b,)
    rate: Array  # (b, w) ½ ln χ once the layers have settled: the change of the log gradient size a layer
    edge_w: Array  # (m,) the line χ = 1
    edge_b: Array  # (m,) not-a-number where σ_b² would be negative


@lru_cache(maxsize=16)
def phases(activation: str, *, top_w: float = 3.0, top_b: float = 2.0, cells: int = 60) -> Phases:
    """Map the (σ_w, σ_b) plane.

    Parameters
    ----------
    activation
        φ.
    top_w, top_b
        Ends of the axes; cells are at their centres.
    cells
        Number of cells along each axis.
    """
    one_of("activation", activation, ACTIVATIONS)
    number("top_w", top_w, above=0)
    number("top_b", top_b, above=0)
    centres = (np.arange(whole("cells", cells, least=2), dtype=np.float64) + 0.5) / cells
    sw, sb = centres * top_w, centres * top_b
    log_q = np.linspace(-12.0, 12.0, 2401)
    value, steep = second_moments(activation, np.exp(log_q))
    w2, b2 = sw[None, :] ** 2, sb[:, None] ** 2
    q = w2 + b2
    for _ in range(200):
        # q ← σ_w² E φ² + σ_b², E φ² read from a table over log q
        q = np.clip(w2 * np.exp(np.interp(np.log(q), log_q, np.log(value))) + b2, 1e-5, 1e5)
    rate = 0.5 * np.log(w2 * np.interp(np.log(q), log_q, steep))
    # On the edge σ_w² = 1 / E φ′², and the fixed point asks σ_b² = q − σ_w² E φ².
    edge_w2 = 1 / steep
    edge_b2 = np.exp(log_q) - edge_w2 * value
    edge_w, edge_b = np.sqrt(edge_w2), np.sqrt(np.where(edge_b2 >= 0, edge_b2, np.nan))
    below, above = edge_b2[:-1] < 0, edge_b2[1:] > 0
    for i in np.flatnonzero(below & above)[::-1]:  # where the line meets σ_b = 0
        share = edge_b2[i] / (edge_b2[i] - edge_b2[i + 1])
        edge_w[i], edge_b[i] = edge_w[i] + share * (edge_w[i + 1] - edge_w[i]), 0.0
    if activation in ("relu", "leaky_relu", "linear"):
        # χ does not depend on q, so the edge is one σ_w for every σ_b.
        edge_w, edge_b = np.full(2, edge_w[0]), np.array([0.0, top_b])
    return Phases(sw, sb, np.asarray(rate), edge_w, edge_b)
