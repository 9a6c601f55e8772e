"""In the plane: positions alone are measured, and velocities are corrected, since their errors go together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.classical import kalman as k
from core.result import result
from core.text import T
from figures.marks import area, arrow, ellipse, line, marks, moving, ring, until
from figures.plot import plot, round_up, span, table
from figures.spec import BLUE, INK, MUTED, SKY, Card, Figure, Frames, Playhead, Stage
from pages.classical.kalman import shared
from pages.classical.kalman.shared import ESTIMATE, MEASURED, PREDICTED, Array
from ui.scene import Check, Readout

CONTROLS = ("q", "r", "p0", "seed")
ZOOM = ("steps", "seed", "dt")

SPEED, WANDER = 1.0, 1e-4  # of the robot: m/s on its lap, and the Q that shakes it
PLACE, ALONG = np.array([0, 2]), np.array([0, 1])  # of a state (x, vx, y, vy): where it is; its motion along x


@dataclass(frozen=True)
class Params(shared.Timed, shared.Drawn, shared.Started):
    pass


@result
class Plane:
    states: Array  # (t, 4)
    z: Array  # (t, 2)
    run: k.Run
    slope: Array  # (t,) P₂₁/P₁₁ along x before the update
    k1: Array  # (t,) gains, of position and velocity along x
    k2: Array
    correlation: Array  # (t,) of their errors before the update
    velocity_rmse: Array  # (t,) along x, so far
    differenced: Array  # (t,) and of two measurements' difference ÷ Δt
    uncorrected: Array  # (t,) and of a velocity that no measurement moves


def compute(p: Params) -> Plane:
    angle = 2 * np.pi * np.arange(p.steps + 1) / p.steps  # one lap, of which nobody tells the filter
    lap = SPEED * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    push = np.zeros((p.steps, 4))
    push[:, [1, 3]] = np.diff(lap, axis=0)
    robot = k.planar(k.constant_velocity(p.dt, WANDER, p.r_true, p0=0.0), m0=[0.0, lap[0, 0], 0.0, lap[0, 1]])
    states, z = k.simulate(robot, p.steps, seed=p.seed, push=push)
    run = k.filter(k.planar(shared.model("velocity", p.dt, p.q, p.r, p0=p.p0)), z)
    differences = np.diff(z[:, 0], prepend=0.0) / p.dt
    velocities = {"velocity_rmse": run.mean[:, 1], "differenced": differences, "uncorrected": 0 * differences}
    (P11, _), (P21, P22) = run.prior_cov[:, ALONG[:, None], ALONG].transpose(1, 2, 0)
    return Plane(
        states,
        z,
        run,
        slope=P21 / P11,
        k1=run.gain[:, 0, 0],
        k2=run.gain[:, 1, 0],
        correlation=P21 / np.sqrt(P11 * P22),
        **{name: np.sqrt(k.so_far((value - states[:, 1]) ** 2)) for name, value in velocities.items()},
    )


READOUTS = (
    Readout("k1", T("位置の K", "K, position"), "k1", 3),
    Readout("k2", T("速度の K", "K, velocity"), "k2", 3),
    Readout("velocity_rmse", T("速度の RMSE", "Velocity RMSE"), "velocity_rmse", 2),
    Readout("differenced", T("前との差なら", "differenced"), "differenced", 2),
)


def draw(r: Plane, p: Params) -> Stage:
    return Stage(
        (room(r, p), tilt(r, p)),
        (*["room tilt"] * 5, *["room card"] * 3),
        (this_step(r),),
        Playhead(np.arange(1, len(r.z) + 1), T("ステップ", "Step"), 12.0),
        height=478,
        columns="minmax(0, 1.35fr) minmax(0, 1fr)",
    )


def oval(mean: Array, cov: ArrayLike) -> tuple[Frames, Frames]:
    """Give the 2σ ellipse of each step."""
    path = ellipse(mean, cov, n=25)
    return moving(path[..., 0]), moving(path[..., 1])


def room(r: Plane, p: Params) -> Figure:
    """Draw the robot's way, and what is believed of where it is at the playhead's step."""
    truth, mean, prior = r.states[:, PLACE], r.run.mean[:, PLACE], r.run.prior_mean[:, PLACE]
    before, after = (P[:, PLACE[:, None], PLACE] for P in (r.run.prior_cov, r.run.cov))
    circle = 2 * p.r**0.5  # of a measurement
    x, y = np.concatenate([truth, r.z - circle, r.z + circle, mean]).T
    return plot(
        "room",
        line(*truth.T, INK, dash="dash", width=1.8, label=shared.TRUTH, at=0.45, where="bottom center"),
        marks(*r.z.T, INK, size=5, opacity=0.5),
        until(line(*mean.T, BLUE, width=2.5, label=ESTIMATE, at=0.3, where="middle right"), np.arange(len(mean)) + 1),
        line(*oval(r.z, p.r * np.eye(2)), MUTED, width=1.8, label=MEASURED, at=0, where="middle right"),
        line(*oval(prior, before), SKY, width=2.5, label=PREDICTED, at=0.25, where="top center"),
        area(*oval(mean, after), BLUE, 0.18),
        line(*oval(mean, after), BLUE, width=2.5),
        marks(*map(moving, r.z.T), INK),
        ring(*map(moving, mean.T)),
        x="x (m)",
        y="y (m)",
        xlim=span(x, share=0.02, least=0.25),
        ylim=span(y, share=0.02, least=0.25),
        equal=True,
    )


def tilt(r: Plane, p: Params) -> Figure:
    """Draw how a measured position moves the velocity: along the tilt of P. Measured from the prediction."""
    before, after = (P[:, ALONG[:, None], ALONG] for P in (r.run.prior_cov, r.run.cov))
    shift, y = (r.run.mean - r.run.prior_mean)[:, ALONG], r.run.innovation[:, :1]
    settled = before[len(shift) // 3 :].max(axis=0)
    half, tall = round_up(2.6 * (settled[0, 0] + p.r) ** 0.5), round_up(2.6 * settled[1, 1] ** 0.5)
    ends, nothing = np.array([-half, half]), 0 * shift
    wall, measured, rise = y + np.array([-2, 2, 2, -2]) * p.r**0.5, np.repeat(y, 2, axis=1), r.slope[:, None] * ends
    high = np.array([-tall, tall])
    return plot(
        "tilt",
        area(moving(wall), np.repeat(high, 2), MUTED, 0.14),
        line(moving(measured), 0.97 * high, MUTED, width=1.8, label=MEASURED, at=0, where="top right"),
        line(ends, moving(rise), INK, dash="dash", width=1.3, label=T("傾き P₂₁/P₁₁", "slope P₂₁/P₁₁")),
        line(*oval(nothing, before), SKY, width=2.5, label=PREDICTED, at=0.6, where="bottom left"),
        area(*oval(shift, after), BLUE, 0.18),
        line(*oval(shift, after), BLUE, width=2.5, label=ESTIMATE, at=0.2, where="top right"),
        arrow(nothing[:, None], shift[:, None], size=13),
        ring(*map(moving, shift.T)),
        x=T("位置 − 予測 (m)", "Position − prediction (m)"),
        y=T("速度 − 予測 (m/s)", "Velocity − prediction (m/s)"),
        xlim=ends,
        ylim=high,
        margin={"l": 58},
    )


def this_step(r: Plane) -> Card:
    run = r.run
    return table(
        T("x 方向のこのステップ", "This step along x"),
        (T("予測とのずれ y (m)", "Innovation y (m)"), run.innovation[:, 0], 2),
        (T("位置のゲイン K₁", "Position gain K₁"), r.k1, 3),
        (T("速度のゲイン K₂", "Velocity gain K₂"), r.k2, 3),
        (T("傾き P₂₁/P₁₁", "Slope P₂₁/P₁₁"), r.slope, 3),
        (T("速度の修正 K₂ y", "Correction K₂ y"), run.mean[:, 1] - run.prior_mean[:, 1], 3),
        (T("速度の推定", "Velocity estimated"), run.mean[:, 1], 2),
        (T("真の速度", "True velocity"), r.states[:, 1], 2),
    )


def code(p: Params) -> str:
    return f"""\
{shared.IMPORTS}angle = 2 * np.pi * np.arange({p.steps} + 1) / {p.steps}  # one lap
lap = {SPEED} * np.stack([np.cos(angle), np.sin(angle)], axis=1)
push = np.zeros(({p.steps}, 4))
push[:, [1, 3]] = np.diff(lap, axis=0)
robot = k.planar(k.constant_velocity({p.dt!r}, {WANDER}, {p.r_true!r}, p0=0.0), m0=[0.0, lap[0, 0], 0.0, lap[0, 1]])
states, z = k.simulate(robot, {p.steps}, seed={p.seed}, push=push)
run = k.filter(k.planar({shared.model_code("velocity", p.dt, p.q, p.r, p0=p.p0)}), z)
print("k1 =", run.gain[-1, 0, 0])
print("k2 =", run.gain[-1, 1, 0])
print("velocity_rmse =", k.rmse(run.mean[:, 1], states[:, 1]))
print("differenced =", k.rmse(np.diff(z[:, 0], prepend=0.0) / {p.dt!r}, states[:, 1]))
"""


def last(*runs: Plane) -> list[tuple[float, ...]]:
    """Give the velocity's errors in the end: of the filter, without correction, of differences."""
    return [(r.velocity_rmse[-1], r.uncorrected[-1], r.differenced[-1]) for r in runs]


CHECKS = {
    "tilt": Check(
        tuple({"seed": seed} for seed in (0, 1, 2, 3, 4, 5)),
        lambda *runs: all(
            filtered < min(0.85 * still, 0.3 * differenced) for filtered, still, differenced in last(*runs)
        ),
        control=tuple({"seed": seed, "q": 100.0} for seed in range(6)),  # which believes the last two measurements
        measure=lambda *runs: np.sort(last(*runs), axis=0).tolist(),
    )
}
