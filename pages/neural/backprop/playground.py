"""The playground: a small network learns the plane, and one sees what each unit sees and how the plane is bent."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.classical.perceptron import separability
from core.text import PERCENT, T
from figures.marks import heat, line, moving, ring, shade, until
from figures.plane import plane
from figures.plot import plot, round_up
from figures.spec import INK, ORANGE, SIGNED, Figure, Frames, Live, Playhead, Stage
from pages.neural.backprop.learned import Learned, Learner, learned, options, task
from ui import stock
from ui.params import choice
from ui.scene import Check, Part, Readout, Task

CONTROLS = ("data", "layers", "activation", "rate")
ZOOM = ("data", "features")
QUICK = {"steps": 200}
SIGNS = {"x1": "x₁", "x2": "x₂", "x1x1": "x₁²", "x2x2": "x₂²", "x1x2": "x₁x₂", "sin1": "sin 3x₁", "sin2": "sin 3x₂"}


@dataclass(frozen=True)
class Params(Learner):
    wires: str = choice(
        T("線の太さ", "Lines show"), {"weights": T("重み", "weights"), "gradients": T("勾配", "gradients")}
    )


def tasks(p: Params) -> dict[str, Task]:
    return {"run": task(p)} if p.inputs and len(stock.problem(p).y) else {}


def compute(p: Params, parts: Mapping[str, Part] | None = None) -> Learned:
    return learned(p, parts)


READOUTS = (
    Readout("train", T("訓練の損失", "Training loss"), "fitted", 3),
    Readout("test", T("テストの損失", "Test loss"), "tested", 3),
    Readout("accuracy", T("テスト正解率", "Test accuracy"), "accuracy", 1, PERCENT),
)


def draw(r: Learned, p: Params) -> Stage:
    ended = r.run is not None and r.run.stopped
    return Stage(
        (field(r), network(r, p), losses(r, p), bent(r)),
        (*["plane net"] * 4, *["loss bent"] * 3),
        playhead=Playhead(r.steps, T("ステップ", "step"), 8.0),
        height=600,
        columns="minmax(0, 1fr) minmax(0, 1fr)",
        note="stopped" if ended else None if p.inputs and len(r.problem.y) else "nothing",
        finale=ended,
    )


def field(r: Learned) -> Figure:
    """Tint the plane by the probability of each class; held-out points are grey."""
    g = r.grid
    z = shade(r.field, 0, 1).reshape(-1, g.h, g.w)
    tint = heat(Frames(z), (g.xs[0], g.xs[-1]), (g.ys[0], g.ys[-1]), SIGNED, 0.5)
    muted = None if r.run is None else r.run.held.astype(np.uint8)
    wrong = Frames(r.wrong.astype(np.uint8))
    # Not equal: the tint ends where the window does.
    return plane("plane", r.problem, tint, mistake=wrong, muted=muted, size=7.5, small=True, equal=False)


def network(r: Learned, p: Params) -> Live:
    """Show units with what they see, lines with their weights or gradients."""
    return Live("net", "backprop/network.js", {**film(r), "view": "net", "wires": p.wires})


def bent(r: Learned) -> Live:
    """Show where the last hidden layer puts the plane: there the border is straight."""
    x0, x1, y0, y1 = r.problem.window
    places = np.round((r.problem.x - [x0, y0]) / [x1 - x0, y1 - y0] * 4000).clip(0, 65535).astype(np.uint16)
    return Live("bent", "backprop/network.js", {**film(r), "view": "bent", "points": places, "classes": r.problem.y})


def film(r: Learned) -> dict[str, object]:
    """Give all that the browser needs to run the network itself."""
    run = r.run
    return {
        "sizes": list(run.sizes) if run else [],
        "activation": list(run.activation) if run else [],
        "residual": run.residual if run else False,
        "inputs": list(r.inputs),
        "signs": [SIGNS[name] for name in r.inputs],
        "window": list(r.problem.window),
        "offset": r.offset.tolist(),
        "factor": r.factor.tolist(),
        "vector": run.vector[r.shown].astype(np.float32) if run else np.zeros((1, 1), np.float32),
        "slope": run.slope[r.shown].astype(np.float32) if run else np.zeros((1, 1), np.float32),
    }


def losses(r: Learned, p: Params) -> Figure:
    """Draw both losses: up to the playhead's moment, or, while it still learns, all there is."""
    drawn: list[object] = []
    top, film = 0.8, len(r.shown) > 1
    for all_of_it, color, name, at in (
        (r.run and r.run.test_loss, ORANGE, T("テスト", "test"), 0.6),
        (r.run and r.run.train_loss, INK, T("訓練", "training"), 0.9),
    ):
        if all_of_it is None or len(all_of_it) < 2 or not np.isfinite(all_of_it).all():
            continue
        rows = r.shown if film else np.arange(len(all_of_it))
        steps, values = r.run.steps[rows], np.minimum(all_of_it[rows], 9.9)
        curve = line(steps, values, color, width=2.2, label=name, at=at, where="top right")
        drawn += [until(curve, 1 + np.arange(len(rows))), ring(moving(steps), moving(values), 11)] if film else [curve]
        top = max(top, float(values.max()))
    axes = {"x": T("ステップ", "Step"), "y": T("損失", "Loss"), "small": True}
    return plot("loss", *drawn, xlim=(0, 1.04 * p.steps), ylim=(0, round_up(1.05 * top)), xticks=4, **axes)


def code(p: Params) -> str:
    told = ", ".join(f"{name}={value!r}" for name, value in options(p).items())
    if not tasks(p):
        return 'print("points =", 0)  # or no inputs\n'
    return f"""\
import numpy as np

from core.data import load, scaling
from core.neural import backprop

{stock.code(p)}offset, factor = scaling(x, "standard")
inputs = backprop.lifted((x - offset) * factor, {list(p.inputs)})
run = backprop.train(
    inputs, y, {told},
)
tested = run.held if run.held.any() else ~run.held
print("train =", run.train_loss[-1])
print("test =", run.test_loss[-1])
print("accuracy =", 100 * np.mean(run.predict(inputs[tested]) == y[tested]))
"""


def straight(r: Learned) -> tuple[bool, bool]:
    """Whether a line separates the points learnt from: in the plane, and where the last hidden layer puts them."""
    own = ~r.run.held
    return tuple(separability(places[own], r.problem.y[own]).separable for places in (r.problem.x, r.bent()))


DEEP = {"data": "xor", "layers": 4, "steps": 1000}
LINEAR = tuple(DEEP | {"activation": "linear", "seed": seed} for seed in range(5))
SQUASHED = DEEP | {"w1": 4, "w2": 4, "activation": "sigmoid", "rate": 0.3}
SKIP = tuple(SQUASHED | {"residual": on, "seed": seed} for seed in range(5) for on in (False, True))
BEND = tuple({"w1": 6, "steps": 3000, "seed": seed} for seed in range(5))
NOISY = {"data": "moons", "noise": 0.5, "n": 60, "w1": 8, "w2": 8, "rate": 0.05, "optimizer": "adam", "steps": 2000}
CROWD = tuple(NOISY | {"seed": seed} for seed in range(5))


def rises(*runs: Learned) -> list[float]:
    """Give by what factor the test loss ends above its lowest."""
    return [float(r.run.test_loss[-1] / r.run.test_loss.min()) for r in runs]


CHECKS = {
    "linear": Check(
        LINEAR,
        lambda *runs: all(r.accuracy[-1] < 80 for r in runs),
        control=tuple(run | {"activation": "tanh"} for run in LINEAR),
        measure=lambda *runs: {"most": max(r.accuracy[-1] for r in runs)},
    ),
    "skip": Check(
        SKIP,
        lambda *runs: all(
            a.accuracy[-1] < 60 and b.accuracy[-1] > 95 for a, b in zip(runs[::2], runs[1::2], strict=True)
        ),
        control=lambda *runs: runs[::-1],
        measure=lambda *runs: {
            "low": min(r.accuracy[-1] for r in runs[::2]),
            "high": max(r.accuracy[-1] for r in runs[::2]),
            "with": min(r.accuracy[-1] for r in runs[1::2]),
        },
    ),
    "bend": Check(
        BEND,
        lambda *runs: all(straight(r) == (False, True) for r in runs),
        control=tuple(run | {"activation": "linear", "steps": 200} for run in BEND),
    ),
    "crowd": Check(
        CROWD,
        lambda *runs: min(rises(*runs)) > 1.5 and all(r.fitted[-1] < 0.15 for r in runs),
        control=tuple(run | {"l2": 0.05} for run in CROWD),
        measure=lambda *runs: {"least": min(rises(*runs)), "fitted": max(r.fitted[-1] for r in runs)},
    ),
}
