"""Each mistake pushes the line once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.classical import perceptron as core
from core.result import result
from core.text import T
from figures.marks import line, marks, moving, ring, until
from figures.plane import rivals
from figures.plot import plot, round_up
from figures.spec import BLUE, Figure, Stage
from pages.classical.perceptron import pictures, shared
from pages.classical.perceptron.shared import Run
from ui.params import toggle
from ui.scene import Check

CONTROLS = ("data", "rate", "epochs", "noise")
ZOOM = ("data", "features")
RIVALS = {  # laid over the plane where asked for
    "logistic": (core.logistic, T("ロジスティック回帰 (λ = 0.001)", "logistic (λ = 0.001)")),
    "svm": (core.svm, T("SVM (C = 1)", "SVM (C = 1)")),
}


@dataclass(frozen=True)
class Params(shared.Learner):
    logistic: bool = toggle(T("ロジスティック回帰を重ねる", "Show logistic regression"))
    svm: bool = toggle(T("SVM を重ねる", "Show a linear SVM"))


@result
class Learnt(Run):
    rivals: dict[str, NDArray[np.float64]]  # their weights
    right: dict[str, float]  # their accuracies, %

    def label(self, name: str) -> T:
        return T(*(f"{RIVALS[name][1](lang)} {self.right[name]:.0f}%" for lang in ("ja", "en")))


def compute(p: Params) -> Learnt:
    run, others, right = shared.run(p), {}, {}
    for name, (learn, _) in RIVALS.items():
        if getattr(p, name) and not p.empty:
            x = core.features(run.problem.x, p.map)
            others[name] = learn(x, run.problem.y)
            right[name] = 100 * float(np.mean(core.predict(others[name], x) == run.problem.y))
    return Learnt(**vars(run), rivals=others, right=right)


READOUTS = shared.READOUTS


def draw(r: Learnt, p: Params) -> Stage:
    lines, names = rivals({r.label(name): weights for name, weights in r.rivals.items()}, r.problem.window)
    return Stage(
        (pictures.learning(r, lines, over=names), mistakes(r)),
        (*["plane mistakes"] * 3, *["plane card"] * 2),
        (pictures.card(r),),
        pictures.playhead(r),
        height=470,
        columns="minmax(0, 1.75fr) minmax(0, 1fr)",
        note="empty" if p.empty else None,
    )


def mistakes(r: Run) -> Figure:
    """Draw the mistakes of each epoch up to the one that the playhead is in, with a ring."""
    number, counts, last = np.arange(1, r.epochs + 1), r.trace.mistakes, round_up(r.epochs, least=5)
    dots = {**marks(number, counts, BLUE, size=6.0 if last <= 60 else 0.0), "hovertemplate": "%{x}: %{y}"}
    return plot(
        "mistakes",
        until(line(number, counts, BLUE), r.epoch + 1),
        until(dots, r.epoch + 1),
        ring(moving(number[r.epoch]), moving(counts[r.epoch])),
        x=T("エポック", "Epoch"),
        y=T("そのエポックの誤り", "Mistakes in the epoch"),
        xlim=(0.5, last + 0.5),
        ylim=(0, round_up(1.05 * counts.max(), least=5)),
        whole_x=True,
        whole_y=True,
    )


def code(p: Params) -> str:
    asked = [name for name in RIVALS if getattr(p, name)]
    over = (f'print("{name} =", 100 * np.mean(predict({name}(x, y), x) == y))\n' for name in asked)
    return shared.code(p, *asked) + "".join(() if p.empty else over)


def returns(r: Run) -> bool:
    """Whether an epoch ended with the weights of an earlier one: in a fixed order it goes round from there on."""
    ends = np.searchsorted(r.trace.epoch, np.arange(r.epochs), side="right")
    return len(np.unique(r.trace.current[ends], axis=0)) < len(ends)


def accuracies(*runs: Learnt) -> dict[str, str]:
    last, pocket = (", ".join(f"{r.accuracy:.0f}" for r in some) for some in (runs[:5], runs[5:]))
    return {"last": last, "pocket": pocket}


def turns(*runs: Learnt) -> dict[str, float]:
    """Give the mean angles, in degrees, by which the outlier turns the lines: first come the runs without it."""
    pairs = list(zip(runs[:16], runs[16:], strict=True))
    ours = [core.angle(a.trace.final, b.trace.final) for a, b in pairs]
    svm = [core.angle(a.rivals["svm"], b.rivals["svm"]) for a, b in pairs]
    return {"shuffled": float(np.mean(ours[:8])), "fixed": float(np.mean(ours[8:])), "svm": float(np.mean(svm))}


def turned(*runs: Learnt) -> bool:
    mean = turns(*runs)
    return min(mean["shuffled"], mean["fixed"]) > 3 and mean["svm"] < 0.1 and all(r.trace.converged for r in runs)


XOR, HARD = {"data": "xor4", "epochs": 200}, {"data": "iris_hard", "features": "petal", "epochs": 50}
SLOW, FAST, CURVED, RANDOM = {"rate": 0.25}, {"rate": 8.0}, {"map": "quadratic"}, {"init": "random"}
LAST = [HARD | {"order": "shuffled", "seed": seed} for seed in range(5)]
CASES = [{"order": order, "seed": seed} for order in ("shuffled", "fixed") for seed in reversed(range(8))]
FAR = [{"data": "outlier", "epochs": 200, "svm": True} | case for case in CASES]
CHECKS = {
    "xor": Check(
        (XOR | CURVED, XOR),
        lambda curve, line: curve.trace.converged and not line.trace.converged and returns(line),
        control=(XOR | CURVED, XOR | CURVED),
    ),
    "rate": Check(
        (SLOW | RANDOM, FAST | RANDOM, SLOW, FAST),
        # From zero each line is the same: all weights are 32 times as large. Powers of two round alike.
        lambda a, b, zero_a, zero_b: (
            np.array_equal(32 * zero_a.trace.weights, zero_b.trace.weights)
            and not np.array_equal(a.trace.samples, b.trace.samples)
        ),
        control=(SLOW | RANDOM, FAST | RANDOM, SLOW | RANDOM, FAST | RANDOM),
    ),
    "pocket": Check(
        (*LAST, *(run | {"rule": "pocket"} for run in LAST)),
        lambda *runs: all(a.accuracy < b.accuracy == a.best for a, b in zip(runs[:5], runs[5:], strict=True)),
        control=(*LAST, *(run | {"rule": "averaged"} for run in LAST)),
        measure=accuracies,
    ),
    "outlier": Check((*(run | {"drop": True} for run in FAR), *FAR), turned, control=(*FAR, *FAR), measure=turns),
}
