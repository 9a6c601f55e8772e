"""You play: push the cart by hand, beside agents that begin in the same state."""

import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.reinforcement import cartpole as core
from core.reinforcement.made import own
from core.result import result
from core.text import T
from figures.spec import BLUE, GREEN, MUTED, ORANGE, Live, Stage
from pages.reinforcement.cartpole.agents import Started, World
from ui.params import choice, slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("start", "pace", "idle", "jolt")
GHOSTS = {
    "lqr": (T("LQR", "LQR"), GREEN),
    "ppo": (T("PPO", "PPO"), BLUE),
    "q_learning": (T("Q学習", "Q-learning"), ORANGE),
    "random": (T("ランダム", "Random"), MUTED),
}


@dataclass(frozen=True)
class Params(World, Started):
    pace: float = slider(T("時間の速さ", "Speed of time"), 0.1, 1.0, default=0.5, step=0.05, unit=T("倍", "×"))
    idle: str = choice(
        T("何も押していないとき", "With no key down"),
        {
            "alternate": T("左右に交互に押す", "Push left and right by turns"),
            "last": T("最後の向きに押し続ける", "Keep pushing the last way"),
        },
    )
    jolt: float = slider(
        T("つつく強さ", "Strength of a nudge"), 0.0, 1.5, default=0.4, step=0.05, unit=T(" m/s", " m/s")
    )
    ghosts: bool = toggle(T("エージェントも並べる", "Show the agents"), default=True)


@result
class Game:
    start: core.Floats  # (4,) the first state

    @property
    def lean(self) -> float:
        return float(np.degrees(self.start[2]))

    @property
    def spin(self) -> float:
        return float(np.degrees(self.start[3]))

    @property
    def place(self) -> float:
        return float(100 * self.start[0])


def compute(p: Params) -> Game:
    return Game(core.start_states(p.start)[0])


READOUTS = (
    Readout("lean", T("はじめの角度", "First angle"), "lean", 2, T("°", "°")),
    Readout("spin", T("はじめの角速度", "First angular velocity"), "spin", 2, T("°/s", "°/s")),
    Readout("place", T("はじめの位置", "First position"), "place", 2, T(" cm", " cm")),
)


def draw(r: Game, p: Params) -> Stage:
    data = {
        "start": r.start.tolist(),
        "seed": p.start,
        "limit": core.STEP_LIMIT,
        "physics": asdict(physics(p)),
        "agents": [mind(agent) for agent in GHOSTS] if p.ghosts else [],
        "pace": p.pace,
        "idle": p.idle,
        "nudge": p.jolt,
    }
    return Stage((Live("game", "cartpole/play.js", data),), ("game",), height=540)


def physics(p: Params) -> core.Physics:
    return core.Physics(gravity=p.gravity, masspole=p.masspole, length=p.length, force=p.force)


@functools.cache
def mind(agent: str) -> Mapping[str, Any]:
    """Describe an agent as play.js takes it."""
    name, color = GHOSTS[agent]
    return {"name": name, "color": color, **acts(own(agent).policy)}


def acts(policy: core.Policy) -> dict[str, Any]:
    """Say what decides which way a policy pushes."""
    match policy:
        case core.TablePolicy(boxes=boxes, q=q):
            better = (q[:, 1] >= q[:, 0]).astype(np.uint8)
            return {"kind": "table", "bins": list(boxes.bins), "edge": core.EDGE.tolist(), "better": better}
        case core.NetworkPolicy(actor=actor):
            layers = [{"w": np.asarray(w), "b": np.asarray(b)} for w, b in actor.layers]
            return {"kind": "net", "scale": core.SCALE.astype(float).tolist(), "layers": layers}
        case core.Linear(weights=weights):
            return {"kind": "linear", "weights": weights.tolist()}
        case _:
            return {"kind": "random"}


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.reinforcement import cartpole as core

x, speed, theta, omega = core.start_states({p.start})[0]
print("lean =", np.degrees(theta))
print("spin =", np.degrees(omega))
print("place =", 100 * x)
# one push to the right, as the game computes it
print("next", core.step_physics([x, speed, theta, omega], 1, core.{physics(p)}))
"""


CHECKS: dict[str, Check] = {}
