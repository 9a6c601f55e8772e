"""An update is a sum of vectors: the mistaken point's arrow at the tip of w gives the next w."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.result import result
from core.text import T
from figures.marks import arrow, hline, line, moving, text, vline
from figures.plot import padded, plot
from figures.spec import BLUE, INK, MUTED, NOW, Figure, Stage
from pages.classical.perceptron import pictures, shared
from pages.classical.perceptron.shared import Run
from ui.scene import Check

CONTROLS = ("data", "rate", "init", "epochs")
ZOOM = ("data", "features", "rate", "init")
Params = shared.Learner
PIXELS, WORDS = 380, np.array([46.0, 9.0])  # height of the plane; half of the words' width and height


@result
class Sum(Run):
    before: NDArray[np.float64]  # (f, d+1) the weights that learn, before each frame's update and after it
    after: NDArray[np.float64]

    @property
    def end(self) -> NDArray[np.float64]:
        return self.after[-1]

    @property
    def near(self) -> float:
        """How little the score was wrong by, at least."""
        return float(np.abs(self.score[1:]).min())

    @property
    def far(self) -> float:
        """And at most."""
        return float(np.abs(self.score[1:]).max())


def compute(p: Params) -> Sum:
    run = shared.run(p)
    before = np.where(run.samples < 0, run.made, run.made - 1)
    return Sum(**vars(run), before=run.trace.current[before], after=run.trace.current[run.made])


READOUTS = shared.READOUTS


def draw(r: Sum, p: Params) -> Stage:
    return Stage(
        (weights(r), pictures.learning(r, editable=False)),
        (*["weights plane"] * 3, *["weights card"] * 2),
        (pictures.card(r),),
        pictures.playhead(r),
        height=470,
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
        note="empty" if p.empty else "apart" if p.rule in shared.APART else None,
    )


def weights(r: Sum) -> Figure:
    """Draw w before, the update, and w after, tip to tail, in the plane of two weights."""
    before, after = r.before[:, 1:3], r.after[:, 1:3]
    origin = np.zeros((len(after), 1, 2))
    xlim, ylim = (padded(np.append([before[:, i], after[:, i]], 0), share=0.2, least=0.5) for i in (0, 1))
    middle = beside((before + after) / 2, after - before, (ylim[1] - ylim[0]) / PIXELS)
    return plot(
        "weights",
        hline(0, xlim, MUTED, width=1),
        vline(0, ylim, MUTED, width=1),
        line(after[:, 0], after[:, 1], MUTED, width=1),
        arrow(origin, before[:, None], BLUE, width=3),
        arrow(before[:, None], after[:, None], NOW, width=3),
        arrow(origin, after[:, None], width=3, dash="dot"),
        text(moving(before[:, :1]), moving(before[:, 1:]), T("更新前の w", "w before"), BLUE),
        text(moving(middle[:, :1]), moving(middle[:, 1:]), T("± 学習率 × x", "± rate × x"), NOW, "middle center"),
        text(moving(after[:, :1]), moving(after[:, 1:]), T("更新後の w", "w after"), INK, "middle left"),
        x="w₁",
        y="w₂",
        xlim=xlim,
        ylim=ylim,
        equal=True,
    )


def beside(middle: NDArray[np.float64], way: NDArray[np.float64], pixel: float) -> NDArray[np.float64]:
    """Give where words of `WORDS` pixels stand clear of an arrow: beside its middle, above rather than below."""
    normal = way[:, ::-1] * [-1, 1] / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-12)
    normal *= np.where(normal[:, 1:] < 0, -1, 1)
    return np.asarray(middle + normal * (np.abs(normal) @ WORDS[:, None] + 6) * pixel)


def code(p: Params) -> str:
    return shared.code(p)


def is_example(r: Sum) -> bool:
    """Whether each update adds or subtracts just [1, x] (the rate is 1), however wrong the score was."""
    asked = r.samples[1:]
    x, sign = r.problem.x[asked], 2 * r.problem.y[asked] - 1
    return bool(np.allclose((r.after - r.before)[1:], sign[:, None] * np.column_stack([np.ones(len(x)), x])))


def in_proportion(r: Sum) -> Sum:
    """Another rule, for comparison: a push that grows with the error of the score."""
    return replace(r, after=r.before + np.abs(np.nan_to_num(r.score))[:, None] * (r.after - r.before))


CHECKS = {
    "push": Check(
        ({"data": "iris_hard"}, {}),
        lambda hard, easy: is_example(hard) and is_example(easy) and easy.far - easy.near > 10,
        control=lambda hard, easy: (in_proportion(hard), in_proportion(easy)),
    )
}
