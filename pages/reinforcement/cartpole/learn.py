"""Watch an agent learn: at each moment of its training, what it would do and expects, and how it drives the cart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.reinforcement import cartpole as core
from core.reinforcement.film import EVERY, SHOWN, Film, Shot, blank, rides, running_mean
from core.result import result
from core.text import T
from figures.marks import line, marks, moving, until
from figures.spec import BLUE, MUTED, NOW, Figure, Live, Playhead, Stage
from pages.reinforcement.cartpole import pictures
from pages.reinforcement.cartpole.agents import STEPS, Trained, repeats, task, training
from ui.scene import Check, Part, Readout, Task

CONTROLS = ("agent", "rate", "gamma", "seed")
QUICK = {"budget": 0.1}


@dataclass(frozen=True)
class Params(Trained):
    pass


@result
class Learning:
    film: Film
    done: bool
    mean_at: core.Floats
    mean: core.Floats

    @property
    def shots(self) -> tuple[Shot, ...]:
        """The moments to show: all of a whole training, the present one of a training under way."""
        return self.film.shots if self.done else self.film.shots[-1:]

    @property
    def now(self) -> Shot:
        return self.film.shots[-1]

    @property
    def last_mean(self) -> float:
        return float(self.mean[-1]) if len(self.mean) else 0.0

    @property
    def episodes(self) -> core.Ints:
        """Training episodes that had ended at each moment."""
        return self.upto(self.film.ends)

    def upto(self, ends: core.Floats) -> core.Ints:
        """Count what had ended at each moment."""
        return np.searchsorted(ends, [s.steps for s in self.shots] or [0], side="right")


def tasks(p: Params) -> dict[str, Task]:
    return {"film": task(p)}


def compute(p: Params, parts: Mapping[str, Part]) -> Learning:
    film: Film = parts["film"].value or blank(p.agent, training(p).steps)
    return Learning(film, parts["film"].done, *running_mean(film.ends, film.lengths))


READOUTS = (
    Readout("score", T("試験 100 回の平均", "Mean of 100 tests"), "film.score", 1, STEPS),
    Readout("worst", T("試験の最短", "Shortest test"), "film.worst"),
    Readout("episodes", T("学習エピソード", "Training episodes"), "episodes"),
)


def draw(r: Learning, p: Params) -> Stage:
    steps = np.array([s.steps for s in r.shots])
    right, value = (np.array([getattr(s, name) for s in r.shots]) for name in ("right", "value"))
    figures = (
        cart(r.shots),
        curve(r, steps),
        pictures.plane("policy", pictures.policy(right)),
        pictures.value(value, r.film.worth),
    )
    time = Playhead(steps if len(steps) else np.zeros(1, int), T("学習", "Step"), 20.0)
    return Stage(figures, (*["cart curve"] * 3, *["policy value"] * 4), playhead=time, height=540)


def cart(shots: tuple[Shot, ...]) -> Live:
    """Ride the cart with the policy of each moment."""
    # Sixteen bits over ±3 m and ±0.3 rad, as watch.js reads them.
    code = np.round(np.clip((rides(shots) / [3.0, 0.3] + 1) / 2, 0, 1) * 65535).astype(np.uint16)
    data: dict[str, Any] = {
        "x": code[..., 0],
        "theta": code[..., 1],
        "lengths": [s.length for s in shots],
        "reasons": [s.reason for s in shots],
        "ends": [T("角度で終了", "ended: angle"), T("位置で終了", "ended: position"), T("まだ立っている", "still up")],
        "moments": [T(f"{s.steps:,} ステップ学習", f"learned from {s.steps:,} steps") for s in shots],
        "every": EVERY,
        "shown": SHOWN,
    }
    return Live("cart", "cartpole/watch.js", data, says="" if shots else "waiting")


def curve(r: Learning, steps: core.Ints) -> Figure:
    """Draw how long the training episodes lasted up to the playhead's moment, where a line stands."""
    every = max(1, -(-len(r.film.ends) // 700))
    ends = r.film.ends[::every]
    dots = marks(ends, r.film.lengths[::every], MUTED, size=5.0, opacity=0.45)
    curves = ((dots, ends), (line(r.mean_at, r.mean, BLUE, width=2.5), r.mean_at))
    return pictures.learning(
        "curve",
        r.film.budget,
        *(until(mark, r.upto(ends)) if len(steps) > 1 else mark for mark, ends in curves),
        line(moving(np.stack([steps, steps], axis=1)), (0, pictures.TOP), NOW) if len(steps) > 1 else None,
        y=T("長さ", "Length"),
    )


def code(p: Params) -> str:
    run = training(p)
    tested = "scores = core.evaluate(policy, episodes=100)" if run.made is None else "scores = film.scores"
    return f"""\
{run.code}{tested}
print("score =", scores.mean())
print("worst =", scores.min())
print("episodes =", len({"run" if run.made is None else "film"}.lengths))
"""


ANGLE, SPEED, BOTH = ({"agent": "rule", "rule": rule} for rule in ("angle", "speed", "both"))
CHECKS = {
    "rules": Check(
        ({"agent": "random"}, ANGLE, SPEED, BOTH),
        lambda chance, angle, speed, both: (
            18 <= chance.film.score <= 27
            and 36 <= angle.film.score <= 48
            and 150 <= speed.film.score <= 250
            and both.film.score == 500
        ),
        control=({"agent": "random"}, ANGLE, BOTH, SPEED),
    ),
    "lqr": Check(({"agent": "lqr"},), lambda r: r.film.worst == 500, control=(SPEED,)),
    "blind": Check(
        ({"agent": "q_learning"}, {"agent": "q_learning", "gamma": 0.0}),
        lambda far, blind: far.film.score > 195 and max(blind.film.score, *repeats("score")[-1]) < 18,
        control=({"agent": "q_learning"}, {"agent": "q_learning"}),
        measure=lambda far, blind: {name: np.sort(repeats(name)[-1]).tolist() for name in ("score", "tied", "right")},
    ),
}
