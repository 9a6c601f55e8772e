"""Linear Gaussian worlds: what moves, what is seen of it, and series drawn from them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core import door
from core.result import result

Floats = NDArray[np.float64]


@result
class Model:
    """A linear Gaussian world, or what a filter takes it for. Its arrays are copies.

    Any of them may have one leading axis of settings; all that have one agree on its length.
    """

    F: Floats  # (n, n) how the state moves in a step: x ← F x + w
    H: Floats  # (m, n) what is measured of it: z = H x + v
    Q: Floats  # (n, n) covariance of w
    R: Floats  # (m, m) covariance of v
    m0: Floats  # (n,) mean of the state before the first step
    P0: Floats  # (n, n) and its covariance
    moves: Floats | None = None  # (t, n, n) what stands for F in each step, where steps are of unequal length
    noises: Floats | None = None  # (t, n, n) and for Q; with `moves` only

    def __post_init__(self) -> None:
        for name in ("F", "H", "Q", "R", "m0", "P0"):
            array = door.numbers(name, getattr(self, name)).copy()
            if array.ndim - (name != "m0") not in (1, 2):
                kind = "vector" if name == "m0" else "matrix"
                raise ValueError(f"{name} must be a {kind}, or a stack of them; it has {array.ndim} axes.")
            object.__setattr__(self, name, array)
        n, m = self.F.shape[-1], self.H.shape[-2]
        shapes = {"F": (n, n), "H": (m, n), "Q": (n, n), "R": (m, m), "m0": (n,), "P0": (n, n)}
        for name, shape in shapes.items():
            found = getattr(self, name).shape[-len(shape) :]
            if found != shape or 0 in shape:
                raise ValueError(f"{name} has shape {found}; with this F and H it must be {shape}.")
        for name in ("Q", "R", "P0"):
            _is_covariance(name, getattr(self, name))
        if (self.moves is None) != (self.noises is None):
            raise ValueError("moves and noises must be given together, or neither.")
        if self.moves is not None and self.noises is not None:
            object.__setattr__(self, "moves", door.numbers("moves", self.moves, shape=(None, n, n)).copy())
            object.__setattr__(self, "noises", door.numbers("noises", self.noises).copy())
            if self.noises.shape[-3:] != self.moves.shape:
                raise ValueError(
                    f"noises has shape {self.noises.shape}; with these moves it must be {self.moves.shape}."
                )
            _is_covariance("noises", self.noises)
        _ = self.settings

    @property
    def settings(self) -> tuple[int, ...]:
        """The shape of the leading axis: () for one setting, (s,) for many."""
        leading = [a.shape[:-2] for a in (self.F, self.H, self.Q, self.R, self.P0)] + [self.m0.shape[:-1]]
        leading += [] if self.noises is None else [self.noises.shape[:-3]]
        if len({shape for shape in leading if shape}) > 1:
            raise ValueError(f"The leading axes of the settings differ: {sorted({s for s in leading if s})}.")
        return max(leading)

    def scaled(self, *, q: ArrayLike = 1.0, r: ArrayLike = 1.0, p0: ArrayLike = 1.0) -> "Model":
        """Multiply Q, R and P0, each by a number or by (s,) numbers, one a setting."""
        a, b, c = (door.numbers(name, v)[..., None, None] for name, v in (("q", q), ("r", r), ("p0", p0)))
        noises = None if self.noises is None else a[..., None] * self.noises
        return Model(self.F, self.H, a * self.Q, b * self.R, self.m0, c * self.P0, self.moves, noises)

    def step(self, k: int) -> tuple[Floats, Floats]:
        """Give F and Q of the step that leads to measurement k, from 0."""
        if self.moves is None or self.noises is None:
            return self.F, self.Q
        if k >= len(self.moves):
            raise ValueError(f"The model has steps for {len(self.moves)} measurements, and there are more.")
        return self.moves[k], self.noises[..., k, :, :]


def local_level(q: float, r: float, *, m0: float = 0.0, p0: float = 1.0) -> Model:
    """Make a level that wanders: each step adds noise of variance q; it is measured with variance r."""
    one = np.eye(1)
    return Model(one, one, q * one, r * one, m0 * one[0], p0 * one)


def constant_velocity(dt: float, q: float, r: float, *, m0: ArrayLike = 0.0, p0: ArrayLike = 1.0) -> Model:
    """Make a position and a velocity, pushed by white acceleration; the position is measured.

    Parameters
    ----------
    dt
        Seconds between steps, > 0.
    q
        Power spectral density of the acceleration: the velocity's variance grows by q a second.
    r
        Variance of a measurement.
    m0
        Mean of the start: (2,), or one number for both.
    p0
        Covariance of the start: (2, 2), or (2,) variances, or one for both.
    """
    dt = door.number("dt", dt, above=0)
    F = np.array([[1, dt], [0, 1]])
    # Q = q ∫₀ᵈᵗ g gᵀ ds with g = (s, 1): the push of an instant, grown for the time s that is left
    Q = q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    return _position_measured(F, Q, r, m0, p0)


def constant_acceleration(dt: float, q: float, r: float, *, m0: ArrayLike = 0.0, p0: ArrayLike = 1.0) -> Model:
    """Make a position, velocity and acceleration, pushed by white jerk of density q; the position is measured.

    The arguments are those of `constant_velocity`, with three numbers to the state.
    """
    dt = door.number("dt", dt, above=0)
    F = np.array([[1, dt, dt**2 / 2], [0, 1, dt], [0, 0, 1]])
    # Q = q ∫₀ᵈᵗ g gᵀ ds with g = (s²/2, s, 1)
    Q = q * np.array(
        [[dt**5 / 20, dt**4 / 8, dt**3 / 6], [dt**4 / 8, dt**3 / 3, dt**2 / 2], [dt**3 / 6, dt**2 / 2, dt]]
    )
    return _position_measured(F, Q, r, m0, p0)


def uneven(make: Callable[[float], Model], dt: ArrayLike) -> Model:
    """Make a model whose steps are of unequal length.

    Parameters
    ----------
    make
        Gives the model whose steps all have one length: ``lambda dt: constant_velocity(dt, q, r)``.
    dt
        (t,) the time to each measurement from the one before, at least 0; to the first one, from the start.

    Returns
    -------
    Model
        F and Q are those of the median step; `steady_gain` is of it.
    """
    lengths = door.numbers("dt", dt, ndim=1)
    if not len(lengths) or (lengths < 0).any() or not (lengths > 0).any():
        raise ValueError("dt must hold lengths of time, at least 0, and not all 0.")
    middle = make(float(np.median(lengths[lengths > 0])))
    n = middle.F.shape[-1]
    moves, noises = np.broadcast_to(np.eye(n), (len(lengths), n, n)).copy(), np.zeros((len(lengths), n, n))
    for length in np.unique(lengths[lengths > 0]):
        step = make(float(length))
        moves[lengths == length], noises[lengths == length] = step.F, step.Q
    return Model(middle.F, middle.H, middle.Q, middle.R, middle.m0, middle.P0, moves, noises)


def planar(model: Model, *, m0: ArrayLike = 0.0) -> Model:
    """Put two independent copies of a model side by side, for x and y: states (x…, y…), measurements (x, y).

    `m0` is the (2n,) mean of the start, or one number for all.
    """
    if model.moves is not None:
        raise ValueError("Only a model whose steps are of one length can be doubled.")
    F, H, Q, R, P0 = (np.asarray(np.kron(np.eye(2), a), float) for a in (model.F, model.H, model.Q, model.R, model.P0))
    return Model(F, H, Q, R, _start(m0, len(F)), P0)


def _position_measured(F: Floats, Q: Floats, r: float, m0: ArrayLike, p0: ArrayLike) -> Model:
    n = len(F)
    spread = door.numbers("p0", p0)
    P0 = spread if spread.ndim == 2 else np.diag(_start(spread, n))
    return Model(F, np.eye(1, n), Q, np.array([[r]]), _start(m0, n), P0)


def _start(value: ArrayLike, n: int) -> Floats:
    array = door.numbers("The start", value)
    if array.shape not in ((), (n,)):
        raise ValueError(f"The start has shape {array.shape}; give one number or {n}.")
    return np.broadcast_to(array, (n,))


def _is_covariance(name: str, array: Floats) -> None:
    scale = np.abs(array).max(axis=(-2, -1), keepdims=True)
    if (np.abs(array - array.mT) > 1e-9 * scale).any():
        raise ValueError(f"{name} is not symmetric.")
    if array.shape[-1] == 1:
        if (array < 0).any():
            raise ValueError(f"{name} is negative; it is a variance.")
        return
    if (np.linalg.eigvalsh(array) < -1e-9 * scale[..., 0]).any():
        raise ValueError(f"{name} is no covariance: it has a negative eigenvalue.")


def simulate(
    model: Model, steps: int, *, seed: int, runs: int | None = None, push: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Let the world run: draw a start from N(m0, P0), then move and measure.

    Parameters
    ----------
    model
        One setting.
    steps
        How many, ≥ 1.
    seed
        Of the random numbers.
    runs
        How many independent worlds, or None for one without the leading axis.
    push
        (t, n) added to the state in each step, besides the noise: a manoeuvre.

    Returns
    -------
    states, measurements
        (t, n) and (t, m), or (runs, t, n) and (runs, t, m).
    """
    if model.settings:
        raise ValueError("Only one setting can be simulated at a time.")
    steps, worlds = door.whole("steps", steps), 1 if runs is None else door.whole("runs", runs)
    n, m = model.F.shape[-1], model.H.shape[-2]
    pushed = np.zeros((steps, n)) if push is None else door.numbers("push", push, shape=(steps, n))
    rng = np.random.default_rng(seed)
    x = model.m0 + rng.standard_normal((worlds, n)) @ _root(model.P0).T
    roots = _root(model.Q) if model.noises is None else np.stack([_root(model.step(k)[1]) for k in range(steps)])
    w = np.matvec(roots, rng.standard_normal((worlds, steps, n))) + pushed
    v = rng.standard_normal((worlds, steps, m)) @ _root(model.R).T
    states = np.empty((worlds, steps, n))
    for k in range(steps):
        # x ← F x + w
        x = x @ model.step(k)[0].T + w[:, k]
        states[:, k] = x
    # z = H x + v
    measurements = states @ model.H.T + v
    return (states[0], measurements[0]) if runs is None else (states, measurements)


def _root(covariance: Floats) -> Floats:
    """Give some L with L Lᵀ = covariance; eigenvalues may be 0."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def disturb(
    z: ArrayLike, *, bias: float = 0.0, outliers: float = 0.0, size: float = 1.0, gap: int = 0, seed: int = 0
) -> Floats:
    """Spoil measurements the way sensors do.

    Parameters
    ----------
    z
        (t, m).
    bias
        Added to all.
    outliers, size
        The share of steps that are thrown off, and by how much, up or down.
    gap
        Steps without a measurement, from a third of the series on.
    seed
        Of the outliers.

    Returns
    -------
    (t, m) array
        NaN in the gap.
    """
    out = door.numbers("z", z, ndim=2, missing=True).copy()
    share, gap = door.number("outliers", outliers, least=0, most=1), door.whole("gap", gap, least=0)
    rng = np.random.default_rng(seed)
    thrown, up = rng.uniform(size=(2, len(out)))
    out += bias + size * np.where(thrown < share, np.where(up < 0.5, -1.0, 1.0), 0.0)[:, None]
    start = len(out) // 3
    out[start : start + gap] = np.nan
    return out
