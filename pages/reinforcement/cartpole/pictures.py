"""What several scenes draw: the plane of angle and angular velocity, in degrees, and learning curves."""

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.reinforcement import cartpole as core
from core.text import T
from figures.marks import heat, hline, line, shade, text
from figures.plot import Mark, plot
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, OTHER, PAPER, Figure, Frames, Trace

DEGREES = 180.0 / np.pi
ANGLE, SPEED = 12.0, 2.0 * DEGREES  # what is shown: ± degrees, ± degrees a second (2 rad/s)
ACROSS, UP = (-ANGLE, ANGLE), (-SPEED, SPEED)
TOP = 530  # steps, of learning curves


def plane(name: str, *marks: Mark, says: str = "") -> Figure:
    """Lay out a map; marks in degrees."""
    return plot(
        name,
        *marks,
        x=T("棒の角度 θ (°)", "Pole angle θ (°)"),
        y=T("角速度 θ̇ (°/s)", "Angular velocity θ̇ (°/s)"),
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


def value(values: NDArray[np.floating], worth: tuple[float, float], *marks: Trace) -> Figure:
    """Draw what an agent expects, (moments, h, w), shaded over `worth`; or say that it has no opinion."""
    if not np.isfinite(worth).all():
        none = T("このエージェントは価値を持ちません", "This agent has no values")
        return plane("value", text(0, 0, none, MUTED, "middle center"), says="no_value")
    return plane("value", _tint(shade(values, *worth), ((0, PAPER), (1, GREEN)), 0.75), *marks)


def _tint(z: NDArray[np.uint8], scale: Sequence[tuple[float, str]], opacity: float) -> list[Trace]:
    """Paint what moves where there are several moments, what stands still where there is one."""
    return [heat(Frames(z) if len(z) > 1 else z[0], ACROSS, UP, scale, opacity)] if len(z) else []


@functools.cache
def lqr() -> Trace:
    """Draw the line K₃ θ + K₄ θ̇ = 0 on which LQR, the cart in the middle at rest, changes its push."""
    _, _, angle, speed = core.regulator().K
    up = np.linspace(-SPEED, SPEED, 81)
    across = -speed / angle * up
    across[np.abs(across) > ANGLE] = np.nan
    return line(across, up, OTHER, width=1.5, dash="dash", label="LQR", at=0.1, where="top right")


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
