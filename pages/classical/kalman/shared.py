"""What scenes share: fields by what they belong to, the world that is measured, the models a filter may have of it.

A scene's Params inherit the groups that it reads, the last one shown first: `Params(Drawn, Filter)` begins with q, R.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import kalman as k
from core.text import T
from ui.params import slider

Array = NDArray[np.float64]

# In all scenes the prediction is SKY, the estimate BLUE; measurements are dots, truth and theory dashed INK.
TRUTH, MEASURED = T("真の値", "truth"), T("測定", "measured")
PREDICTED, ESTIMATE = T("予測", "predicted"), T("推定", "estimate")

MODEL = T("フィルタのモデル", "Filter's model")
MODELS = {"level": T("水準", "Level"), "velocity": T("速度", "Velocity"), "acceleration": T("加速度", "Acceleration")}
SHARES = (1, 16, 256)  # the variances at the start of position, velocity, acceleration are P0 divided by these
WORLD_P0 = 4.0

IMPORTS = """\
import numpy as np

from core.classical import kalman as k

"""


def simulated(p: Any) -> bool:
    """Whether the data are drawn, so that a world's controls have a meaning: no series of one's own is there."""
    return not getattr(p, "own", False)


@dataclass(frozen=True)
class Filter:
    q: float = slider(T("フィルタの q（状態の雑音）", "Filter's q (state noise)"), 1e-6, 100.0, default=0.05, log=True)
    r: float = slider(T("フィルタの R（測定の雑音）", "Filter's R (sensor noise)"), 0.01, 100.0, default=4.0, log=True)


@dataclass(frozen=True)
class Started(Filter):
    p0: float = slider(T("はじめの分散 P₀", "Initial variance P₀"), 0.01, 1e4, default=4.0, log=True, when=simulated)


@dataclass(frozen=True)
class Drawn:
    r_true: float = slider(
        T("世界の R（測定の雑音）", "World's R (sensor noise)"), 0.1, 50.0, default=4.0, log=True, when=simulated
    )
    steps: int = slider(T("ステップ数", "Steps"), 20, 80, default=50, when=simulated)
    # of the default the errors in all scenes are near their means over seeds
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=51, when=simulated)


@dataclass(frozen=True)
class Wandering(Drawn):
    q_true: float = slider(
        T("世界の q（状態の雑音）", "World's q (state noise)"), 1e-4, 10.0, default=0.05, log=True, when=simulated
    )


@dataclass(frozen=True)
class Redrawn(Wandering):
    redraws: int = slider(T("引き直す回数", "Redraws"), 20, 200, default=50, when=simulated)


@dataclass(frozen=True)
class Timed:
    dt: float = slider(T("間隔 Δt", "Interval Δt"), 0.2, 2.0, default=1.0, step=0.1, unit=T("s", "s"), when=simulated)


@dataclass(frozen=True)
class Pushed(Wandering, Timed):
    """A cart on a line; something pushes it half way."""

    turn: float = slider(
        T("急な加速", "Sudden push"), 0.0, 6.0, default=0.0, step=0.1, unit=T("m/s", "m/s"), when=simulated
    )

    @property
    def world(self) -> k.Model:
        return k.constant_velocity(self.dt, self.q_true, self.r_true, p0=start(WORLD_P0))

    def simulate(self, runs: int | None = None) -> tuple[Array, Array]:
        push = np.zeros((self.steps, 2))
        push[self.steps // 2, 1] = self.turn
        return k.simulate(self.world, self.steps, seed=self.seed, runs=runs, push=push)

    def world_code(self, runs: str = "") -> str:
        """Give `simulate` as lines of a snippet."""
        return f"""\
world = k.constant_velocity({self.dt!r}, {self.q_true!r}, {self.r_true!r}, p0={start(WORLD_P0)})
push = np.zeros(({self.steps}, 2))
push[{self.steps // 2}, 1] = {self.turn!r}  # the sudden push
states, z = k.simulate(world, {self.steps}, seed={self.seed}{runs}, push=push)
"""


def start(p0: float, n: int = 2) -> list[float]:
    """Give the variances (n,) of position, velocity … before the first step."""
    return [p0 / share for share in SHARES[:n]]


def ends(time: Array) -> tuple[float, float]:
    """Give the ends of an axis of time: one step before the first measurement, a little after the last."""
    return 2 * time[0] - time[1], time[-1] + 0.05 * (time[-1] - time[0])


def model(kind: str, dt: float, q: float, r: float, *, p0: float, m0: float = 0.0) -> k.Model:
    """Make one of `MODELS`; its level, or position, starts at m0 ± √p0."""
    if kind == "level":
        return k.local_level(q * dt, r, m0=m0, p0=p0)
    if kind == "velocity":
        return k.constant_velocity(dt, q, r, m0=[m0, 0.0], p0=start(p0))
    return k.constant_acceleration(dt, q, r, m0=[m0, 0.0, 0.0], p0=start(p0, 3))


def model_code(kind: str, dt: float, q: Any, r: Any, *, p0: Any, m0: Any = 0.0) -> str:
    """Write `model` as an expression of a snippet; q, r, p0 and m0 may be names in it."""
    if kind == "level":
        return f"k.local_level({q} * {dt}, {r}, m0={m0}, p0={p0})"
    n = 2 if kind == "velocity" else 3
    P = ", ".join([f"{p0} / {share}" for share in SHARES[:n]])
    return f"k.constant_{kind}({dt}, {q}, {r}, m0=[{', '.join([str(m0), '0.0', '0.0'][:n])}], p0=[{P}])"
