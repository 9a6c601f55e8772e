"""What the scenes draw: the cart, the plane of angle and angular velocity in degrees, learning curves."""

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.reinforcement import cartpole as core
from core.reinforcement.tabular import Boxes
from core.text import T
from figures.marks import area, arrow, heat, hline, kept, line, marks, moving, shade, text, vline
from figures.plot import Mark, plot
from figures.spec import BLUE, GREEN, INK, MUTED, NOW, ORANGE, OTHER, PAPER, Figure, Frames, Trace

DEGREES = 180.0 / np.pi
ANGLE, SPEED = 12.0, 2.0 * DEGREES  # what is shown: ± degrees, ± degrees a second (2 rad/s)
ACROSS, UP = (-ANGLE, ANGLE), (-SPEED, SPEED)
TOP = 530  # steps, of learning curves


def cart(states: core.Floats, actions: core.Ints) -> Figure:
    """Draw cart and pole to scale; the pole leans the way it falls, an arrow shows the push."""
    x, theta = states[:, :1], states[:, 2:3]
    foot, level = 0.12, 0.07
    turn = np.linspace(-core.ANGLE_LIMIT, core.ANGLE_LIMIT, 5)  # where the pole may lean
    way = np.append(np.where(actions == 1, 1.0, -1.0), np.nan)  # no push after the last step
    begin, end = (np.stack([x[:, 0] + far * way, np.full(len(x), level)], axis=1)[:, None] for far in (0.31, 0.62))
    limits = (-core.POSITION_LIMIT, core.POSITION_LIMIT)
    moves = (
        area(moving(np.add(x, [0, *np.sin(turn)])), [foot, *(foot + np.cos(turn))], INK, 0.1),
        line(moving(np.add(x, [-0.25, 0.25])), (level, level), INK, width=15),
        line(moving(x + [0, 1] * np.sin(theta)), moving(foot + [0, 1] * np.cos(theta)), NOW, width=6),
        arrow(begin, end, NOW, size=9, width=2.5),
    )
    return plot(
        "cart",
        line((-3.5, 3.5), (0, 0), MUTED, width=1.5),
        [vline(limit, (0, 0.9), INK, width=1.5, dash="dash") for limit in limits],
        [kept(mark) for mark in moves],
        x=T("台車の位置 x (m)", "Cart position x (m)"),
        y="",
        xlim=(-2.75, 2.75),
        ylim=(-0.3, 1.4),
        xticks=(-2.4, -1.2, 0, 1.2, 2.4),
        equal=True,
        titled=True,
        margin={"l": 8, "r": 8, "b": 40},
    )


def plane(name: str, *marks: Mark, says: str = "") -> Figure:
    """Lay out a map; marks in degrees."""
    return plot(
        name,
        *marks,
        x=T("棒の角度 θ (°)", "Pole angle θ (°)"),
        y=T("角速度 θ̇ (°/s)", "Velocity θ̇ (°/s)"),
        xlim=ACROSS,
        ylim=UP,
        xticks=np.arange(-12, 13, 4),
        yticks=(-100, -50, 0, 50, 100),
        titled=True,
        margin={"l": 58},
        says=says,
    )


def policy(right: NDArray[np.floating], *marks: Trace) -> list[Trace]:
    """Tint where a policy pushes left (orange) and right (blue), by P(right) (moments, h, w); LQR's line over it."""
    return [
        *_tint(shade(right, 0, 1), ((0, ORANGE), (0.5, PAPER), (1, BLUE)), 0.34),
        *marks,
        lqr(),
        text(-ANGLE, -SPEED, T("← 左へ押す", "← push left"), INK, "top right"),
        text(ANGLE, SPEED, T("右へ押す →", "push right →"), INK, "bottom left"),
    ]


def boxes(right: NDArray[np.floating], table: Boxes, corners: core.Floats, states: core.Floats) -> list[Trace]:
    """Draw a table's policy with its boxes, and one (corners (2, 2)) with two states in which LQR pushes either way."""
    across, up = (table.edges(axis)[1:-1] * DEGREES for axis in (2, 3))
    walls = [vline(x, UP, INK, width=1) for x in across] + [hline(y, ACROSS, INK, width=1) for y in up]
    (x0, y0), (x1, y1) = corners * DEGREES
    (ax, ay), (bx, by) = states * DEGREES
    edge = {"width": 1.5, "color": INK}
    return [
        *policy(right, *[{**wall, "opacity": 0.45} for wall in walls]),
        line((x0, x1, x1, x0, x0), (y0, y0, y1, y1, y0), NOW, width=3),
        line((ax, bx), (ay, by), INK, width=1.5),
        marks(ax, ay, ORANGE, size=11.0, symbol="triangle-up", line=edge),
        marks(bx, by, BLUE, size=10.0, line=edge),
        text(ax, ay, T("LQR は左", "LQR: left"), at="bottom left"),
        text(bx, by, T("LQR は右", "LQR: right"), at="top right"),
    ]


def value(values: NDArray[np.floating], worth: tuple[float, float], *marks: Trace) -> Figure:
    """Draw what an agent expects, (moments, h, w), shaded over `worth`; or say that it has no opinion."""
    if not np.isfinite(worth).all():
        none = text(0, 0, T("このエージェントは価値を持ちません", "This agent has no values"), MUTED, "middle center")
        return plane("value", none if len(values) else None, says="no_value")
    return plane("value", _tint(shade(values, *worth), ((0, PAPER), (1, GREEN)), 0.75), *marks)


def _tint(z: NDArray[np.uint8], scale: Sequence[tuple[float, str]], opacity: float) -> list[Trace]:
    """Paint what moves where there are several moments, what stands still where there is one."""
    return [heat(Frames(z) if len(z) > 1 else z[0], ACROSS, UP, scale, opacity)] if len(z) else []


@functools.cache
def lqr() -> Trace:
    """Draw the line K₃ θ + K₄ θ̇ = 0 on which LQR, the cart in the middle at rest, changes its push."""
    _, _, angle, speed = core.regulator().K
    across = np.linspace(-ANGLE, ANGLE, 41)
    return line(across, -angle / speed * across, OTHER, width=1.5, dash="dash", label="LQR", at=0.1, where="top right")


def learning(name: str, budget: float, *marks: Mark, y: T) -> Figure:
    """Lay out learning curves over the steps of a budget, with the length to reach."""
    goal = T(f"目標 {core.SOLVED}", f"goal {core.SOLVED}")
    return plot(
        name,
        hline(core.SOLVED, (0, budget), INK, dash="dash", width=1.5),
        text(0, core.SOLVED, goal, INK, "bottom right"),
        *marks,
        x=T("環境のステップ", "Environment steps"),
        y=y,
        xlim=(0, budget),
        ylim=(0, TOP),
        xticks=6,
        view=f"{budget:g}",
        titled=True,
        margin={"l": 56},
    )
