"""What is left: gradient boosting fits the next tree to what the sum so far got wrong.

A move grows forty trees, one after another: it may take 30 ms.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.text import T
from figures.marks import line, marks, moving, ring, until
from figures.plane import bare, plane
from figures.plot import plot, round_up
from figures.spec import BLUE, INK, MUTED, ORANGE, Figure, Playhead, Stage, Trace
from pages.classical.trees.shared import corner
from pages.classical.trees.steps import LEARNT, ROUNDS, SHAPES, TESTED, Curve, N, Steps, problem, steps, truth
from ui.scene import Check, Readout

CONTROLS = ("data", "rate", "depth", "noise")
ZOOM = ("data",)
Params = Curve


def compute(p: Curve) -> Steps:
    return steps(p)


READOUTS = (
    Readout("training", T("訓練 RMSE", "Training RMSE"), "training", 3),
    Readout("test", T("テスト RMSE", "Test RMSE"), "test", 3),
    Readout("best", T("テストが最小の回", "Best round on the test"), "best"),
)


def draw(r: Steps, p: Curve) -> Stage:
    if r.boost is None:
        return bare(r.problem, "fit")
    return Stage(
        (fit(r, p), left(r), errors(r)),
        ("fit left", "fit errors"),
        playhead=Playhead(np.arange(ROUNDS + 1), T("本", "Tree"), seconds=8.0),
        height=470,
        columns="minmax(0, 1.35fr) minmax(0, 1fr)",
    )


def fit(r: Steps, p: Curve) -> Figure:
    true = line(r.at, truth(p.data, r.at), MUTED, dash="dash", width=1.5) if p.data in SHAPES else None
    return plane("fit", r.problem, true, over=[staircase(r, r.sums, BLUE)], size=7.0, equal=False)


def staircase(r: Steps, values: NDArray[np.float64], color: str) -> Trace:
    """Draw values (f, u), each from half-way to the point before it to half-way to the next."""
    ends = np.r_[r.problem.window[0], (r.steps[:-1] + r.steps[1:]) / 2, r.problem.window[1]]
    return line(np.repeat(ends, 2)[1:-1], moving(np.repeat(values, 2, axis=1)), color, width=2.5)


def left(r: Steps) -> Figure:
    """Draw what was left before this tree, and the tree."""
    before = r.boost.ledger[np.r_[0, np.arange(ROUNDS)]]
    top = round_up(1.05 * float(np.abs(r.boost.ledger[0]).max()))
    return plot(
        "left",
        line(r.problem.window[:2], (0, 0), MUTED, width=1),
        marks(r.problem.x[:, 0], moving(before), INK, size=4, opacity=0.7),
        staircase(r, r.tree, ORANGE),
        x=r.problem.axes[0],
        y=T("残り", "What is left"),
        xlim=r.problem.window[:2],
        ylim=(-top, top),
        small=True,
    )


def errors(r: Steps) -> Figure:
    at, counts = np.arange(ROUNDS + 1), 1 + np.arange(ROUNDS + 1)
    drawn = [until(line(at, r.training, BLUE, width=2.5), counts), ring(moving(at), moving(r.training))]
    names = [(T("訓練", "training"), BLUE)]
    if r.test is not None:
        drawn += [until(line(at, r.test, ORANGE, width=2), counts), marks(moving(at), moving(r.test), ORANGE, size=8)]
        names.append((T("テスト", "test"), ORANGE))
    top = round_up(1.02 * max(float(v.max()) for v in (r.training, r.test) if v is not None))
    return plot(
        "errors",
        drawn,
        corner(ROUNDS, top, *names),
        x=T("木の数", "Trees"),
        y=T("RMSE", "RMSE"),
        xlim=(-0.5, ROUNDS + 0.5),
        ylim=(0, top),
        small=True,
    )


def code(p: Curve) -> str:
    if len(problem(p).x) < 2:
        return 'print("points: too few")\nprint("n =", 0)\n'
    return f"""\
import numpy as np

from core.classical import trees
{data_code(p)}
boost = trees.gradient_boost(x[:, None], t, rounds={ROUNDS}, rate={p.rate!r}, depth={p.depth})
print("training =", np.sqrt(boost.errors[-1]))
{test_code(p)}"""


def data_code(p: Curve) -> str:
    if p.data == "own":
        return f"\nx, t = np.array({[list(point[:2]) for point in p.points]}).T"
    if p.data == "bmi":
        return f"""\
from core.data import diabetes

bmi, t = diabetes().x[:, 2], diabetes().t
x, q, t, truth = bmi[:{LEARNT}], bmi[{LEARNT}:], t[:{LEARNT}], t[{LEARNT}:]"""
    shape = "np.sin(3 * x)" if p.data == "wave" else "1.2 * x"
    return f"""

def drawn(size, stream):
    rng = np.random.default_rng([{p.seed}, stream])
    x, e = rng.uniform(-1, 1, size), rng.standard_normal(size)
    return x, {shape} + {p.noise!r} * e


(x, t), (q, truth) = drawn({N}, 0), drawn({TESTED}, 1)"""


def test_code(p: Curve) -> str:
    if p.data == "own":
        return ""
    return """\
said = np.concatenate([np.full((1, len(q)), boost.start), boost.staged(q[:, None])])
test = np.sqrt(((said - truth) ** 2).mean(axis=1))
print("test =", test[-1])
print("best =", np.argmin(test))
"""


def ends(*runs: Steps) -> dict[str, float]:
    """Compare test errors at the end of runs in pairs, slow and fast, how often slow is better, and fast's best."""
    slow, fast = ([float(r.test[-1]) for r in runs[i::2]] for i in (0, 1))
    better = sum(a < b for a, b in zip(slow, fast, strict=True))
    means = {"slow": float(np.mean(slow)), "fast": float(np.mean(fast)), "better": better}
    return means | {"first": max(r.best for r in runs[1::2]), "least": float(np.mean([r.least for r in runs[1::2]]))}


def late(*runs: Steps) -> dict[str, float]:
    """Say where the test error was least, and what it was there and in the end."""
    best = [r.best for r in runs]
    return {
        "low": min(best),
        "high": max(best),
        "least": float(np.mean([r.least for r in runs])),
        "last": float(np.mean([r.test[-1] for r in runs])),
        "runs": len(runs),
    }


def rise(r: Steps) -> float:
    """How much the sum changes beyond the data, over how much it changes among them."""
    low, high = r.problem.x[:, 0].min(), r.problem.x[:, 0].max()
    outside = max(np.ptp(r.final[r.at < low]), np.ptp(r.final[r.at > high]))
    return float(outside / np.ptp(r.final))


def beyond(*runs: Steps) -> dict[str, float]:
    """Give the truth at the end of the picture, and what is said there on average."""
    return {"true": float(truth("slope", runs[0].at)[-1]), "said": float(np.mean([r.final[-1] for r in runs]))}


SEEDS = range(10)
CHECKS = {
    "late": Check(
        tuple({"seed": seed} for seed in SEEDS),
        lambda *runs: late(*runs)["high"] < 25 and late(*runs)["last"] > 1.08 * late(*runs)["least"],
        control=tuple({"seed": seed, "noise": 0.0} for seed in SEEDS),
        measure=late,
    ),
    "rate": Check(
        tuple({"rate": rate, "seed": seed} for seed in SEEDS for rate in (0.05, 1.0)),
        lambda *runs: (
            ends(*runs)["better"] >= 9 and ends(*runs)["first"] <= 3 and ends(*runs)["slow"] < ends(*runs)["least"]
        ),
        control=tuple({"rate": rate, "seed": seed} for seed in SEEDS for rate in (1.0, 0.05)),
        measure=ends,
    ),
    "edge": Check(
        tuple({"data": "slope", "noise": 0.1, "rate": 0.3, "seed": seed} for seed in range(5)),
        lambda *runs: max(map(rise, runs)) < 1e-9,
        control=lambda *runs: tuple(replace(r, final=truth("slope", r.at)) for r in runs),
        measure=beyond,
    ),
}
