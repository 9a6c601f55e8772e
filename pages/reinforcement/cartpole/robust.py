"""Robustness: how long an agent lasts in worlds it did not learn in, and what its table cannot tell apart."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.reinforcement import cartpole as core
from core.reinforcement.cartpole import FORCES, HALF_LENGTHS
from core.reinforcement.film import FINE, Film, lattice
from core.reinforcement.made import OWN
from core.reinforcement.tabular import Boxes, divided
from core.result import result
from core.text import T
from figures.marks import heat, hline, line, marks, shade, text, vline
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, NOW, ORANGE, PAPER, Figure, Stage, Trace
from pages.reinforcement.cartpole import pictures
from pages.reinforcement.cartpole.agents import AGENTS, STEPS, TABLES, Trained, Training, World, load, training, work
from pages.reinforcement.cartpole.pictures import ACROSS, DEGREES, UP
from ui.jobs import Report
from ui.scene import Check, Part, Readout, Task

CONTROLS = ("agent", "length", "force", "gravity")
QUICK = {"budget": 0.1}
HOME = (HALF_LENGTHS.index(0.5), FORCES.index(10.0))  # the world that agents learn in
Tested = tuple[Film, core.Floats]  # an agent, and its mean steps (half lengths, forces)
UNTESTED = np.full((len(HALF_LENGTHS), len(FORCES)), np.nan)


@dataclass(frozen=True)
class Params(Trained, World):
    pass


@dataclass(frozen=True)
class Test:
    """An agent to be tested in many worlds, and what differs from the usual physics in all of them."""

    training: Training
    physics: core.Physics

    @property
    def made(self) -> Tested | None:
        """The test, if it was made ahead: usual gravity and mass, an agent with its own settings."""
        film, usual = self.training.made, not self.training.options and self.physics == core.Physics()
        return (film, load("cartpole/worlds")["steps"][OWN.index(film.algorithm)]) if film and usual else None


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
    test = Test(training(p), core.Physics(gravity=p.gravity, masspole=p.masspole))
    return {"worlds": Task(T(f"試験: {name.ja}", f"Testing: {name.en}"), test, travel, lambda test: test.made)}


def travel(test: Test, report: Report) -> Tested:
    """Train if need be, then test in all worlds."""
    film = test.training.made or work(
        test.training, lambda share, film=None: report(0.9 * share, film and (film, UNTESTED))
    )
    report(0.9, (film, UNTESTED))
    return film, core.robustness(film.policy, HALF_LENGTHS, FORCES, episodes=20, physics=test.physics)


def compute(p: Params, parts: Mapping[str, Part]) -> Robust:
    film, steps = parts["worlds"].value or (None, UNTESTED)
    boxes = Boxes((1, 3, p.angle_bins, p.spin_bins))
    corners, states = divided(boxes, -core.regulator().K[2:])
    right, apart = look(film.policy) if film else (np.zeros((0, 1, 1)), np.nan)
    return Robust(steps, world(p), right, apart, boxes, corners, states, load("cartpole/repeats")["steps"])


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
    Readout("apart", T("LQR と違う所", "Unlike LQR"), "apart", 1, T("%", "%")),
)


def draw(r: Robust, p: Params) -> Stage:
    return Stage((worlds(r), boxes(r, p)), ("worlds boxes",), height=480)


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


def boxes(r: Robust, p: Params) -> Figure:
    """Draw the policy; of a table also its boxes, and one in which LQR would push either way."""
    if p.agent not in TABLES:
        return pictures.plane("boxes", pictures.policy(r.right), says="policy")
    across, up = (r.boxes.edges(axis)[1:-1] * DEGREES for axis in (2, 3))
    walls = [vline(x, UP, INK, width=1) for x in across] + [hline(y, ACROSS, INK, width=1) for y in up]
    (x0, y0), (x1, y1) = r.corners * DEGREES
    (ax, ay), (bx, by) = r.states * DEGREES
    edge = {"width": 1.5, "color": INK}
    return pictures.plane(
        "boxes",
        pictures.policy(r.right, *[{**wall, "opacity": 0.45} for wall in walls]),
        line((x0, x1, x1, x0, x0), (y0, y0, y1, y1, y0), NOW, width=3),
        line((ax, bx), (ay, by), INK, width=1.5),
        marks(ax, ay, ORANGE, size=11.0, symbol="triangle-up", line=edge),
        marks(bx, by, BLUE, size=10.0, line=edge),
        text(ax, ay, T("LQR は左", "LQR: left"), at="bottom left"),
        text(bx, by, T("LQR は右", "LQR: right"), at="top right"),
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.reinforcement import cartpole as core
from core.reinforcement.film import lattice

{training(p).code}
physics = core.Physics(gravity={p.gravity!r}, masspole={p.masspole!r})
steps = core.robustness(run.policy, core.HALF_LENGTHS, core.FORCES, episodes=20, physics=physics)
states = lattice()
print("here =", steps[{world(p)}])
print("worlds =", (steps >= 475).sum())
print("apart =", 100 * np.mean(run.policy.act(states) != (states @ -core.regulator().K >= 0)))
"""


CHECKS = {
    "worlds": Check(
        ({"agent": "lqr", "length": 2.0}, {"agent": "ppo", "length": 2.0}),
        lambda lqr, ppo: lqr.there < 100 and min(ppo.there, ppo.least) >= core.SOLVED and ppo.passed > lqr.passed,
        control=({"agent": "lqr"}, {"agent": "ppo"}),
    )
}
