"""Turn the valley: gradient descent turns with it; whoever scales each weight by itself loses its gift."""

from dataclasses import dataclass

import numpy as np

from core.grid import Grid
from core.neural import landscapes as land
from core.text import T
from figures.marks import heat, hline, line, marks, moving, ring, shade, until
from figures.plot import plot
from figures.spec import BLUE, INK, OTHER, PAPER, SKY, Figure, Playhead, Stage
from pages.neural.optimizers.racing import COLORS, DOWN, NAMES
from pages.neural.optimizers.turning import ANGLES, START, STEPS, Turned, turning
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("angle", "walker", "condition", "power")
ZOOM = ("condition",)
REACH, AROUND = 4.0, 1.5  # half of the view, and by how much the tint is larger: it fills a view of any shape


@dataclass(frozen=True)
class Params:
    angle: int = slider(T("谷の角度", "Angle of the valley"), 0, 90, default=30, unit=T("°", "°"))
    walker: str = choice(T("比べる方法", "Compare with"), {n: NAMES[n] for n in NAMES if n != "sgd"}, default="adagrad")
    condition: float = slider(T("谷の細長さ κ", "Length of the valley κ"), 2.0, 200.0, default=100.0, log=True)
    power: int = slider(T("損失を 10 の何乗倍するか", "Loss times 10 to the"), -3, 3, default=0)


def compute(p: Params) -> Turned:
    return turning(p.walker, p.angle, p.condition, 10.0**p.power)


READOUTS = (
    Readout("steps", T("比べる方法の歩数", "Its steps"), "arrival"),
    Readout("straight", T("0° なら", "at 0°"), "straight", still=True),
    Readout("plain", T("勾配降下法の歩数", "Gradient descent's steps"), "plain_arrival"),
)


def draw(r: Turned, p: Params) -> Stage:
    at = np.unique(np.r_[np.arange(20), np.geomspace(20, STEPS, 41).round()]).astype(np.int64)
    columns = "minmax(0, 1.1fr) minmax(0, 1fr)"
    return Stage(
        (valley(r, p, at), angles(r, p)),
        ("valley angles",),
        playhead=Playhead(at, T("歩", "Step"), seconds=8.0),
        height=430,
        columns=columns,
    )


def valley(r: Turned, p: Params, at: np.ndarray) -> Figure:
    here = land.bowl(p.condition, angle=p.angle)
    far = AROUND * REACH
    grid = Grid.over((-far, far, -far, far), 64, 64)
    z = np.sqrt(here.loss(grid.points())).reshape(grid.h, grid.w)
    drawn = [heat(shade(z, 0, z.max() / AROUND), (-far, far), (-far, far), ((0, SKY), (1, PAPER)), 0.8)]
    for path, color, width in ((r.plain, BLUE, 2.0), (r.path, COLORS[p.walker], 2.5)):
        places = np.nan_to_num(path, nan=1e4, posinf=1e4, neginf=-1e4).clip(-1e4, 1e4)
        drawn += [
            until(line(*places.T, color, width=width), 1 + at),
            ring(moving(places[at, :1]), moving(places[at, 1:]), 11, color),
        ]
    return plot(
        "valley",
        drawn,
        marks([0.0], [0.0], INK, size=11, symbol="x"),
        x="w₁",
        y="w₂",
        xlim=(-REACH, REACH),
        ylim=(-REACH, REACH),
        equal=True,
    )


def angles(r: Turned, p: Params) -> Figure:
    """Draw the steps over all angles; above the line of `STEPS` nobody came down."""
    top = 1.12 * STEPS
    return plot(
        "angles",
        hline(STEPS, (0, 90), OTHER, width=1.2, dash="dash", label=T("着かない", "never down"), at=0.0, where="top right"),
        line(ANGLES, r.level, BLUE, width=2.5, label=NAMES["sgd"], at=0.98, where="top left"),
        line(ANGLES, r.chosen, COLORS[p.walker], width=2.8, label=NAMES[p.walker], at=0.5, where="top center"),
        ring([p.angle] * 2, [min(r.steps, STEPS + 1), min(r.plain_steps, STEPS + 1)]),
        x=T("谷の角度 (°)", "Angle of the valley (°)"),
        y=T("着くまでの歩数", "Steps until down"),
        xlim=(-2, 92),
        ylim=(0, top),
        xticks=(0, 15, 30, 45, 60, 75, 90),
    )  # fmt: skip


def code(p: Params) -> str:
    r, loud = compute(p), f", scale={10.0**p.power!r}" if p.power else ""
    return f"""\
import numpy as np

from core.neural import landscapes as land
from core.neural.optimizers import run


def steps(name, rate, angle):
    here, a = land.bowl({p.condition!r}, angle=angle{loud}), np.radians(angle)
    start = np.array({START.tolist()}) @ [[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]
    path = run(name, here.gradient, start, steps={STEPS}, rate=rate)
    late = np.flatnonzero(~(here.loss(path) / {10.0**p.power!r} <= {DOWN}))
    return late[-1] + 1 if len(late) else 0


np.seterr(over="ignore", invalid="ignore")
print("steps =", steps("{p.walker}", {r.rate!r}, {p.angle}))
print("straight =", steps("{p.walker}", {r.rate!r}, 0))
print("plain =", steps("sgd", {r.plain_rate!r}, {p.angle}))
"""


def axes_only(*runs: Turned) -> bool:
    """Whether each needs more than 1.5 times the steps at 45°, the last 20 times, and gradient descent as many."""
    return runs[-1].steps > 20 * runs[-1].straight and all(
        r.steps > 1.5 * r.straight and np.ptp(r.level) == 0 for r in runs
    )


AT45 = {"angle": 45}
BY_AXIS = tuple(AT45 | {"walker": name} for name in ("rmsprop", "adam", "adagrad"))
BY_HEART = tuple(AT45 | {"walker": name} for name in ("momentum", "nesterov"))
LOUD = tuple({"walker": name, "power": 3} for name in ("momentum", "nesterov", "adagrad", "adam"))
CHECKS = {
    "axes": Check(BY_AXIS, axes_only, control=BY_HEART),
    "memory": Check(
        BY_HEART,
        lambda *runs: all(np.ptp(r.chosen) == 0 for r in runs),
        control=({"walker": "adam"}, {"walker": "adam"}),
    ),
    "loud": Check(
        LOUD,
        lambda *runs: (
            all(r.steps > STEPS for r in runs[:2])
            and all(r.steps <= STEPS for r in runs[2:])
            and runs[3].plain_steps > STEPS
        ),
        control=tuple(run | {"power": 0} for run in LOUD),
    ),
}
