"""PAINT: weights between CLIP and itself tuned to digits, and what each mixture gets right."""

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.pretraining import clip
from core.pretraining.clip.scenes import every_single
from core.result import result
from core.text import T
from figures.marks import line, ring, vline
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, Figure, Stage
from pages.pretraining.clip.pictures import wall
from pages.pretraining.clip.shared import PERCENT, Floats, Images
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
    """From CLIP as it was (α = 0) to CLIP tuned to digits (α = 1), in %; and some pictures at the present α."""

    alpha: Floats  # (m,)
    scenes: Floats  # (m,) of mixed weights
    digits: Floats
    scenes_out: Floats  # (m,) of mixed outputs
    digits_out: Floats
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
        """Where the mean is the best, the smallest α of equals."""
        return self.accuracy(int(self.mean.argmax()))

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
    scenes, scenes_out = (100 * made[name].mean(axis=1) for name in ("scenes", "scenes_out"))
    digits, digits_out = (100 * (made[name] == numbers).mean(axis=1) for name in ("digits", "digits_out"))
    at = int(np.abs(made["alpha"] - p.alpha).argmin())
    right, answers = made["scenes"][at, :EXAMPLES] > 0, made["digits"][at, :EXAMPLES].astype(int)
    return Path(made["alpha"], scenes, digits, scenes_out, digits_out, at, right, answers, numbers[:EXAMPLES])


READOUTS = (
    Readout("scenes", T("絵の正解率", "Scenes right"), "now.scenes", 1, PERCENT),
    Readout("digits", T("数字の正解率", "Digits right"), "now.digits", 1, PERCENT),
    Readout("mean", T("平均", "Mean"), "now.mean", 1, PERCENT),
    Readout("best_alpha", T("最良の α", "Best α"), "best.alpha", 2),
)


def draw(r: Path, p: Params) -> Stage:
    marks = ["✓" if ok else "✕" for ok in r.scene_right]
    answers = [f"{a} {'✓' if a == n else '✕'}" for a, n in zip(r.digit_answers, r.digit_numbers, strict=True)]
    digits = np.repeat(mixtures()["pictures"][0].astype(np.uint8)[..., None], 3, axis=-1)
    rows = (
        ("scenes", held_out(), marks, T("絵: 128 文から自分の文を選べたか", "Scenes: its own among 128 captions?")),
        ("digits", digits, answers, T("数字: 10 の名前から選んだ答え", "Digits: the answer among ten names")),
    )
    walls = (wall(*row, columns=EXAMPLES // 2) for row in rows)
    return Stage((curves(r), *walls), ("path path",) * 3 + ("scenes digits",) * 2, height=600, note="mixture")


@functools.cache
def held_out() -> Images:
    return clip.held_out_batch().images[:EXAMPLES, ::2, ::2]


def curves(r: Path) -> Figure:
    """Draw accuracies over α: mixed weights solid, mixed outputs dashed, each task in its colour."""
    outputs, out = T("出力を混ぜる", "outputs mixed"), {"width": 1.3, "dash": "dash"}
    best = T("平均が最良", "best mean")
    return plot(
        "path",
        line(r.alpha, r.scenes_out, BLUE, **out, label=outputs, at=0.97, where="bottom left"),
        line(r.alpha, r.digits_out, GREEN, **out, label=T("出力", "outputs"), at=0.3, where="middle left"),
        line(r.alpha, r.mean, INK, width=1.4, dash="dot", label=T("平均", "mean"), at=0.12, where="top right"),
        line(r.alpha, r.scenes, BLUE, width=2.6, label=T("絵", "scenes"), at=0.1, where="bottom right"),
        line(r.alpha, r.digits, GREEN, width=2.6, label=T("数字", "digits"), at=0.25, where="bottom right"),
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
scenes = 100 * made["scenes"].mean(axis=1)
digits = 100 * (made["digits"] == made["numbers"]).mean(axis=1)
at = np.abs(made["alpha"] - {p.alpha!r}).argmin()
print("scenes =", scenes[at])
print("digits =", digits[at])
print("mean =", (scenes[at] + digits[at]) / 2)
print("best_alpha =", made["alpha"][(scenes + digits).argmax()])
"""


def measured(*_: Path) -> dict[str, float]:
    """Give what CLIP's card says of 256 held-out pictures, in %, and among how many sentences it chose."""
    scores = clip.load("clip").card["scores"]
    shares = {name: 100 * round(256 * scores[f"{name}_en"]) / 256 for name in ("world", "classes")}
    return {**shares, "captions": len(every_single())}


CHECKS = {
    "heldout": Check(({"alpha": 0.0},), lambda r: r.now.scenes >= 90, control=({"alpha": 1.0},), measure=measured),
    "between": Check(
        ({"alpha": 0.5},),
        # Better than either end by more than chance: a point of the mean is about one picture and one digit.
        lambda r: 0 < r.best.alpha < 1 and r.best.mean > max(r.before.mean, r.after.mean) + 3,
        control=lambda r: (replace(r, digits=r.digits[::-1]),),
    ),
}
