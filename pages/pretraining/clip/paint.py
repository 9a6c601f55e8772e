"""PAINT: weights between CLIP and itself tuned to digits, and what each mixture gets right."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.pretraining import clip
from core.result import result
from core.text import PERCENT, T
from figures.marks import line, ring, vline
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, Figure, Stage
from pages.pretraining.clip.pictures import wall
from pages.pretraining.clip.shared import Floats, thumbnails
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("alpha",)
EXAMPLES = 8  # pictures of each task
mixtures = functools.cache(functools.partial(ahead.load, "clip/paint"))


@dataclass(frozen=True)
class Params:
    alpha: float = slider(T("混ぜる割合 α", "Mixing α"), 0.0, 1.0, default=0.5, step=0.05)


@result
class Accuracy:
    """Of one α, in %."""

    alpha: float
    scenes: float
    digits: float

    @property
    def mean(self) -> float:
        return (self.scenes + self.digits) / 2


@result
class Path:
    """From CLIP as it was (α = 0) to CLIP tuned to digits (α = 1), in %; and some pictures at the present α.

    All accuracies are of the half that did not choose the best α.
    """

    alpha: Floats  # (m,)
    scenes: Floats  # (m,) of mixed weights
    digits: Floats
    scenes_out: Floats  # (m,) of mixed outputs
    digits_out: Floats
    chosen: int  # the α whose mean is the best on the other half, the smallest of equals
    at: int  # the present α
    scene_right: NDArray[np.bool_]  # (EXAMPLES,)
    digit_answers: NDArray[np.int64]  # (EXAMPLES,)
    digit_numbers: NDArray[np.int64]

    @property
    def mean(self) -> Floats:
        return (self.scenes + self.digits) / 2

    def accuracy(self, i: int) -> Accuracy:
        return Accuracy(self.alpha[i], self.scenes[i], self.digits[i])

    @property
    def now(self) -> Accuracy:
        return self.accuracy(self.at)

    @property
    def best(self) -> Accuracy:
        return self.accuracy(self.chosen)

    @property
    def change(self) -> Accuracy:
        """Points from α = 0 to the best α."""
        return Accuracy(self.best.alpha, self.best.scenes - self.before.scenes, self.best.digits - self.before.digits)

    @property
    def before(self) -> Accuracy:
        return self.accuracy(0)

    @property
    def after(self) -> Accuracy:
        return self.accuracy(-1)

    @property
    def right_count(self) -> int:
        return int(self.scene_right.sum())

    @property
    def answered(self) -> str:
        return ", ".join(map(str, self.digit_answers))

    @property
    def truth(self) -> str:
        return ", ".join(map(str, self.digit_numbers))


def compute(p: Params) -> Path:
    made = mixtures()
    numbers = made["numbers"][0].astype(int)
    right = {name: made[name] > 0 for name in ("scenes", "scenes_out")}
    right |= {name: made[name] == numbers for name in ("digits", "digits_out")}
    # One half of each task chooses α, the other is reported.
    choosing, told = ({k: 100 * half[i].mean(axis=1) for k, half in halves(right).items()} for i in (0, 1))
    best = int((choosing["scenes"] + choosing["digits"]).argmax())
    at, second = int(np.abs(made["alpha"] - p.alpha).argmin()), slice(len(numbers) // 2, None)
    answers, truth = made["digits"][at, second].astype(int)[:EXAMPLES], numbers[second][:EXAMPLES]
    shown = halves(right)["scenes"][1][at, :EXAMPLES]
    return Path(
        made["alpha"], **told, chosen=best, at=at, scene_right=shown, digit_answers=answers, digit_numbers=truth
    )


def halves(right: Mapping[str, NDArray[np.bool_]]) -> dict[str, list[NDArray[np.bool_]]]:
    """Split what is right of each task into the half that chooses α and the one that is reported."""
    return {name: np.split(rows, 2, axis=1) for name, rows in right.items()}


READOUTS = (
    Readout("scenes", T("絵の正解率", "Scenes right"), "now.scenes", 1, PERCENT),
    Readout("digits", T("数字の正解率", "Digits right"), "now.digits", 1, PERCENT),
    Readout("mean", T("平均", "Mean"), "now.mean", 1, PERCENT),
    Readout("best_alpha", T("選んだ α", "Chosen α"), "best.alpha", 2),
)


def draw(r: Path, p: Params) -> Stage:
    marks = ["✓" if ok else "✕" for ok in r.scene_right]
    answers = [f"{a} {'✓' if a == n else '✕'}" for a, n in zip(r.digit_answers, r.digit_numbers, strict=True)]
    digits = np.repeat(mixtures()["pictures"][0].astype(np.uint8)[..., None], 3, axis=-1)
    rows = (
        (
            "scenes",
            thumbnails("gallery")[clip.GALLERY // 2 :][:EXAMPLES],
            marks,
            T("絵: 256 文から自分の文を選べたか", "Scenes: its own among 256 captions?"),
        ),
        ("digits", digits, answers, T("数字: 10 の名前から選んだ答え", "Digits: the answer among ten names")),
    )
    walls = (wall(*row, columns=EXAMPLES // 2) for row in rows)
    return Stage((curves(r), *walls), ("path path",) * 3 + ("scenes digits",) * 2, height=520, note="mixture")


def curves(r: Path) -> Figure:
    """Draw accuracies over α: mixed weights solid, mixed outputs dashed, each task in its colour."""
    outputs, out = T("出力を混ぜる（2 モデル）", "outputs mixed (two models)"), {"width": 1.3, "dash": "dash"}
    best = T("選んだ α", "chosen α")
    return plot(
        "path",
        line(r.alpha, r.scenes_out, BLUE, **out, label=outputs, at=0.97, where="bottom left"),
        line(r.alpha, r.digits_out, GREEN, **out, label=T("出力", "outputs"), at=0.7, where="top right"),
        line(r.alpha, r.mean, INK, width=1.4, dash="dot", label=T("平均", "mean"), at=0.12, where="top right"),
        line(r.alpha, r.scenes, BLUE, width=2.6, label=T("絵", "scenes"), at=0.1, where="bottom right"),
        line(r.alpha, r.digits, GREEN, width=2.6, label=T("数字", "digits"), at=0.25, where="top left"),
        vline(r.best.alpha, (0, 22), width=1, dash="dot", label=best, where="middle left"),
        [ring(r.now.alpha, value, 13.0) for value in (r.now.scenes, r.now.digits)],
        x=T("α（0: 前　1: 後）", "α (0: before, 1: after)"),
        y=T("正解率 (%)", "Accuracy (%)"),
        xlim=(0, 1),
        ylim=(0, 103),
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core import ahead

made = ahead.load("clip/paint")
right = made["scenes"] > 0, made["digits"] == made["numbers"]
choosing, told = zip(*(np.split(task, 2, axis=1) for task in right))  # halves
best = sum(half.mean(axis=1) for half in choosing).argmax()
scenes, digits = (100 * half.mean(axis=1) for half in told)
at = np.abs(made["alpha"] - {p.alpha!r}).argmin()
print("scenes =", scenes[at])
print("digits =", digits[at])
print("mean =", (scenes[at] + digits[at]) / 2)
print("best_alpha =", made["alpha"][best])
"""


CHECKS = {
    "between": Check(
        ({"alpha": 0.5},),
        # Better than either end by more than chance: a point of the mean is about one picture and two digits.
        lambda r: 0 < r.best.alpha < 1 and r.best.mean > max(r.before.mean, r.after.mean) + 3,
        control=lambda r: (replace(r, digits=r.digits[::-1]),),
    )
}
