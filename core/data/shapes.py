"""Points to be mapped: shapes and clusters in up to a hundred dimensions, with what is known of each point."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core import door
from core.data import measured
from core.dataset import Dataset
from core.result import result

Floats = NDArray[np.float64]
SUBJECTS = ("Japanese", "social studies", "English", "maths", "science")


@result
class Sample:
    """Points with what is known of them.

    `value` is the place along the shape (swiss roll, S-curve, rings, knot, walk); the distance from the centre where
    there is no such place; the group's share of the way through the groups where that is all there is.
    """

    name: str  # one of `DATASETS`
    x: Floats  # (n, d)
    label: NDArray[np.int64]  # (n,) each point's group; all 0 where there are none
    groups: tuple[str, ...]  # their names
    value: Floats  # (n,) from 0 to 1
    feature_names: tuple[str, ...]  # (d,)
    continuous: bool  # whether `value` tells more than `label`


def dataset(name: str, *, n: int = 500, seed: int = 0) -> Sample:
    """Make or read points to map.

    Parameters
    ----------
    name
        One of `DATASETS`.
    n
        Number of points, at least 10; digits, iris and wine have theirs: 1,797, 150 and 178.
    seed
        Of what is drawn.
    """
    door.one_of("name", name, DATASETS)
    n, seed = door.whole("n", n, least=10), door.whole("seed", seed, least=0)
    return _SETS[name](n, np.random.default_rng(seed))


def _sample(
    name: str,
    x: Floats,
    label: NDArray[Any] | None = None,
    groups: Sequence[str] = ("all",),
    value: Floats | None = None,
    features: Sequence[str] = (),
) -> Sample:
    label = np.zeros(len(x), dtype=np.int64) if label is None else label.astype(np.int64)
    along = label / max(len(groups) - 1, 1) if value is None else value
    names = tuple(features) or tuple(f"x{i + 1}" for i in range(x.shape[1]))
    return Sample(name, np.array(x), label, tuple(groups), np.array(along), names, value is not None)


def _measured(read: Callable[[], Dataset]) -> Callable[[int, Generator], Sample]:
    """Make a maker of what was measured: it is what it is, whatever is asked for."""

    def make(n: int, rng: Generator) -> Sample:
        data = read()
        return _sample(data.name, data.x, data.y, data.class_names, features=data.feature_names)

    return make


def _swiss_roll(n: int, rng: Generator) -> Sample:
    """Roll up a sheet one and a half times; `value` is the place along the rolled side (Marsland 2009)."""
    u = rng.uniform(size=(n, 2))
    t = 1.5 * np.pi * (1 + 2 * u[:, 0])
    x = np.column_stack([t * np.cos(t), 21 * u[:, 1], t * np.sin(t)])
    return _sample("swiss_roll", x, value=u[:, 0])


def _s_curve(n: int, rng: Generator) -> Sample:
    """Bend a sheet to an S; `value` is the place along the bent side."""
    u = rng.uniform(size=(n, 2))
    t = 3 * np.pi * (u[:, 0] - 0.5)
    x = np.column_stack([np.sin(t), 2 * u[:, 1], np.sign(t) * (np.cos(t) - 1)])
    return _sample("s_curve", x, value=u[:, 0])


def _unequal(n: int, rng: Generator) -> Sample:
    """Put three round clusters at equal distances in ten dimensions, each three times as wide as the one before."""
    y = np.arange(n) % 3
    centres = np.zeros((3, 10))
    centres[np.arange(3), np.arange(3)] = 40.0
    x = centres[y] + np.array([1.0, 3.0, 9.0])[y, None] / 3 * rng.standard_normal((n, 10))
    return _sample("unequal", x, y, ("narrow", "medium", "wide"))


def _far(n: int, rng: Generator) -> Sample:
    """Put three equally wide clusters on a line in ten dimensions, the third five times as far off as the first."""
    y = np.arange(n) % 3
    centres = np.zeros((3, 10))
    centres[:, 0] = [0.0, 10.0, 60.0]
    return _sample("far", centres[y] + rng.standard_normal((n, 10)), y, ("left", "middle", "far right"))


def _nested(n: int, rng: Generator) -> Sample:
    """Put a cluster within a cluster fifty times as wide, in fifty dimensions."""
    y = np.arange(n) % 2
    x = np.array([1.0, 50.0])[y, None] * rng.standard_normal((n, 50))
    return _sample("nested", x, y, ("inner", "outer"))


def _trefoil(n: int, rng: Generator) -> Sample:
    """Draw from a closed curve with a knot in it, which no map to the plane can undo."""
    u = rng.uniform(size=n)
    t = 2 * np.pi * u
    x = np.column_stack([np.sin(t) + 2 * np.sin(2 * t), np.cos(t) - 2 * np.cos(2 * t), -np.sin(3 * t)])
    return _sample("trefoil", x, value=u)


def _linked(n: int, rng: Generator) -> Sample:
    """Put two rings, each through the middle of the other."""
    y, u = np.arange(n) % 2, rng.uniform(size=n)
    t = 2 * np.pi * u
    flat, zero = np.column_stack([np.cos(t), np.sin(t)]), np.zeros(n)
    first = np.column_stack([flat, zero])
    second = np.column_stack([1 + flat[:, 0], zero, flat[:, 1]])
    return _sample("linked", np.where(y[:, None] == 0, first, second), y, ("ring 1", "ring 2"), value=u)


def _walk(n: int, rng: Generator) -> Sample:
    """Walk through a hundred dimensions, one Gaussian step after the other; `value` is the time."""
    x = np.cumsum(rng.standard_normal((n, 100)), axis=0)
    return _sample("walk", x, value=np.linspace(0, 1, n))


def _noise(n: int, rng: Generator) -> Sample:
    """Draw from one Gaussian in a hundred dimensions: nothing to find; `value` is the distance from the centre."""
    x = rng.standard_normal((n, 100))
    away = np.linalg.norm(x, axis=1)
    return _sample("noise", x, value=(away - away.min()) / (away.max() - away.min()))


def _scores(n: int, rng: Generator) -> Sample:
    """Make the marks of pupils in five subjects, whole numbers from 0 to 100: made up, and alike in shape to real ones.

    A mark is the subject's mean, plus how good the pupil is at all of them, plus how much the pupil leans to science,
    plus chance. A quarter of the pupils is good at all, a quarter at none; the others lean to one side or the other.
    """
    y = np.arange(n) % 4
    ability = np.array([13.0, 0.0, 0.0, -13.0])[y] + 4.5 * rng.standard_normal(n)
    lean = np.array([0.0, -9.0, 9.0, 0.0])[y] + 3.0 * rng.standard_normal(n)
    mean, by_lean = np.array([63.0, 60.0, 58.0, 56.0, 61.0]), np.array([-0.8, -0.7, -0.4, 1.0, 0.9])
    x = mean + ability[:, None] + lean[:, None] * by_lean + 4.0 * rng.standard_normal((n, 5))
    kinds = ("good at all", "humanities", "science", "weak at all")
    return _sample("scores", np.clip(np.round(x), 0, 100), y, kinds, features=SUBJECTS)


_SETS: dict[str, Callable[[int, Generator], Sample]] = {
    "digits": _measured(measured.digits),
    "iris": _measured(measured.iris),
    "wine": _measured(measured.wine),
    "swiss_roll": _swiss_roll,
    "s_curve": _s_curve,
    "unequal": _unequal,
    "far": _far,
    "nested": _nested,
    "trefoil": _trefoil,
    "linked": _linked,
    "walk": _walk,
    "noise": _noise,
    "scores": _scores,
}
DATASETS = tuple(_SETS)
