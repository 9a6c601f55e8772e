"""Robustness: how long an agent lasts in worlds it did not learn in, and what its table cannot tell apart."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.reinforcement import cartpole as core
from core.reinforcement.cartpole import FORCES, HALF_LENGTHS
from core.reinforcement.film import FINE, Film, lattice
from core.reinforcement.made import MADE
from core.reinforcement.tabular import Boxes, divided
from core.result import result
from core.text import PERCENT, T
from figures.marks import heat, line, shade, text
from figures.plot import plot
from figures.spec import GREEN, INK, NOW, PAPER, Figure, Stage, Trace
from pages.reinforcement.cartpole import agents, pictures
from pages.reinforcement.cartpole.agents import AGENTS, STEPS, Trained, Training, World, load, training
from ui.jobs import Report
from ui.params import choice
from ui.scene import Check, Part, Readout, Task

CONTROLS = ("agent", "length", "force", "gravity")
QUICK = {"budget": 0.1}
HOME = (HALF_LENGTHS.index(0.5), FORCES.index(10.0))  # the world that agents learn in
Tested = tuple[Film, core.Floats]  # an agent, and its mean steps (half lengths, forces)
UNTESTED = np.full((len(HALF_LENGTHS), len(FORCES)), np.nan)


@dataclass(frozen=True)
class Params(Trained, World):
    agent: str = choice(T("エージェント", "Agent"), AGENTS, default="lqr")


@dataclass(frozen=True)
class Test:
    """An agent to be tested in many worlds, and what differs from the usual physics in all of them."""

    training: Training
    physics: core.Physics

    @property
    def made(self) -> Tested | None:
        """The test, if it was made ahead: usual gravity and mass, an agent with its own settings."""
        film = self.training.made
        return (film, load("cartpole/worlds")["steps"][self.row]) if film and self.row is not None else None

    @property
    def row(self) -> int | None:
        """Where the test is in worlds.npz, if it was made ahead."""
        usual = self.training.made and self.physics == core.Physics()
        return MADE.index((self.training.agent, self.training.options)) if usual else None


@result
class Robust:
    steps: core.Floats  # (half lengths, forces) mean steps, NaN before the test
    here: tuple[int, int]  # the chosen world
    right: core.Floats  # (1, speeds, angles) of FINE: probability of a push to the right; (0, …) without an agent
    apart: float  # % of the map on which agent and LQR push differently
    boxes: Boxes
    corners: core.Floats  # (2, 2) of a box that LQR's line cuts
    states: core.Floats  # (2, 2) two states in it, one on either side
    seeds: core.Floats  # (5, half lengths, forces) as `steps`, of PPO trained on five seeds

    @property
    def there(self) -> float:
        return float(self.steps[self.here])

    @property
    def least(self) -> float:
        """The chosen world's `there` of PPO, at worst of five seeds."""
        return float(self.seeds[:, *self.here].min())

    @property
    def passed(self) -> float:
        return float((self.steps >= core.SOLVED).sum()) if np.isfinite(self.steps).all() else float("nan")


def tasks(p: Params) -> dict[str, Task]:
    name = AGENTS[p.agent]
    return {"worlds": Task(T(f"試験: {name.ja}", f"Testing: {name.en}"), asked(p), travel, lambda test: test.made)}


def asked(p: Params) -> Test:
    return Test(training(p), core.Physics(gravity=p.gravity, masspole=p.masspole))


def travel(test: Test, report: Report) -> Tested:
    """Train if need be, then test in all worlds."""
    film = test.training.made or agents.work(
        test.training, lambda share, film=None: report(0.9 * share, film and (film, UNTESTED))
    )
    report(0.9, (film, UNTESTED))
    return film, core.robustness(film.policy, HALF_LENGTHS, FORCES, episodes=20, physics=test.physics)


def compute(p: Params, parts: Mapping[str, Part]) -> Robust:
    film, steps = parts["worlds"].value or (None, UNTESTED)
    boxes = Boxes((1, 3, p.angle_bins, p.spin_bins))
    corners, states = divided(boxes, -core.regulator().K[2:])
    right, apart = look(film.policy) if film else (np.zeros((0, 1, 1)), np.nan)
    return Robust(steps, world(p), right, apart, boxes, corners, states, agents.repeats("steps")[0])


@functools.lru_cache(maxsize=64)
def look(policy: core.Policy) -> tuple[core.Floats, float]:
    """Give P(right) on the fine lattice, and on how many % of the map the policy pushes otherwise than LQR."""
    states = lattice()
    other = policy.act(states) != (states @ -core.regulator().K >= 0)
    right = policy.probabilities(lattice(*FINE))[:, 1]
    return right.reshape(1, len(FINE[1]), len(FINE[0])), 100 * float(other.mean())


def world(p: Params) -> tuple[int, int]:
    """Give the tested world nearest to the chosen one."""
    pairs = ((HALF_LENGTHS, p.length), (FORCES, p.force))
    i, j = (int(np.abs(np.log(np.divide(tested, chosen))).argmin()) for tested, chosen in pairs)
    return i, j


READOUTS = (
    Readout("here", T("選んだ世界", "Chosen world"), "there", 0, STEPS),
    Readout("worlds", T("475 以上の世界", "475+ steps in"), "passed", 0, T(" / 64", " / 64")),
    Readout("apart", T("LQR と違う割合", "Unlike LQR"), "apart", 1, PERCENT),
)


def draw(r: Robust, p: Params) -> Stage:
    table = p.agent in agents.TABLES
    map = pictures.boxes(r.right, r.boxes, r.corners, r.states) if table else pictures.policy(r.right)
    return Stage(
        (worlds(r), pictures.plane("boxes", map, says="" if table else "policy")), ("worlds boxes",), height=480
    )


def worlds(r: Robust) -> Figure:
    """Draw mean steps in worlds with other poles (up) and pushes (across)."""
    h, w = r.steps.shape
    row, column = np.divmod(np.arange(h * w), w)
    words = [f"{v:.0f}" if np.isfinite(v) else "–" for v in r.steps.ravel()]
    return plot(
        "worlds",
        heat(shade(r.steps, 0, 500), (0, w - 1), (0, h - 1), ((0, PAPER), (1, GREEN)), 0.6, smooth=False),
        text(column, row, words, at="middle center"),
        frame(HOME, 0.47, INK, width=2, dash="dash"),
        frame(r.here, 0.43, NOW, width=3),
        x=T("押す力 (N)", "Force of a push (N)"),
        y=T("棒の長さの半分 (m)", "Half the pole (m)"),
        xlim=(-0.5, w - 0.5),
        ylim=(-0.5, h - 0.5),
        xticks={i: f"{v:g}" for i, v in enumerate(FORCES)},
        yticks={i: f"{v:g}" for i, v in enumerate(HALF_LENGTHS)},
        drag=False,
        titled=True,
        margin={"l": 56},
    )


def frame(cell: tuple[int, int], half: float, color: str, **style: Any) -> Trace:
    """Frame a cell (row, column)."""
    x, y = half * np.array([-1, 1, 1, -1, -1]), half * np.array([-1, -1, 1, 1, -1])
    return line(cell[1] + x, cell[0] + y, color, **style)


def code(p: Params) -> str:
    test = asked(p)
    steps = "core.robustness(policy, core.HALF_LENGTHS, core.FORCES, episodes=20, physics=physics)"
    ahead = f'# Made ahead by {steps}\nsteps = ahead.load("cartpole/worlds")["steps"][{test.row}]'
    return f"""\
import numpy as np

from core import ahead
from core.reinforcement.film import lattice
{test.training.code}
physics = core.Physics(gravity={p.gravity!r}, masspole={p.masspole!r})
{f"steps = {steps}" if test.row is None else ahead}
states = lattice()
print("here =", steps[{world(p)}])
print("worlds =", (steps >= 475).sum())
print("apart =", 100 * np.mean(policy.act(states) != (states @ -core.regulator().K >= 0)))
"""


LONG = {"agent": "lqr", "length": 2.0}
CHECKS = {
    "worlds": Check(
        (LONG, {**LONG, "agent": "ppo"}, {**LONG, "position": 0.01}),
        lambda firm, ppo, loose: (
            firm.there < 100
            and min(loose.there, ppo.there, ppo.least) >= core.SOLVED
            and firm.steps[HOME] == loose.steps[HOME] == core.STEP_LIMIT
        ),
        control=({}, {"agent": "ppo"}, {"position": 0.01}),
    )
}
