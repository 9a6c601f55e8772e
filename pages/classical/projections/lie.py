"""Lie detector: six pictures, a question to each, and the truth once it is answered."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.projections.ahead import made
from core.classical.projections.runs import Run, Source, TsneRun, UmapRun, points, shadow
from core.result import result
from core.text import PERCENT, T
from figures.marks import text
from figures.spec import Figure, Stage
from pages.classical.projections.maps import NAMES, judged
from pages.classical.projections.panels import SIDE, dots, fitted, panel, plane, solid, tags
from pages.classical.projections.points import Problem, problem
from ui.params import choice
from ui.scene import Check, Readout

CONTROLS = ("question", "g1", "g2", "g3", "g4", "g5", "g6")
ZOOM = ("question",)


def guess(question: int) -> Any:
    return choice(
        T("あなたの答え", "Your answer"),
        {"none": T("考え中", "Thinking"), "yes": T("はい", "Yes"), "no": T("いいえ", "No")},
        when=lambda p: p.number == question,
        buttons=True,
    )


@dataclass(frozen=True)
class Params:
    question: str = choice(T("問題", "Question"), {str(i): T(str(i), str(i)) for i in range(1, 7)}, buttons=True)
    g1: str = guess(1)
    g2: str = guess(2)
    g3: str = guess(3)
    g4: str = guess(4)
    g5: str = guess(5)
    g6: str = guess(6)

    @property
    def number(self) -> int:
        return int(self.question)

    @property
    def answers(self) -> tuple[str, ...]:
        return self.g1, self.g2, self.g3, self.g4, self.g5, self.g6


@dataclass(frozen=True)
class Question:
    """A picture, whether the answer to its question is yes, and whether the truth is shown in three dimensions."""

    run: Run
    truth: str
    solid: bool = False


QUESTIONS = (
    Question(TsneRun(Source("noise"), perplexity=2.0), "no"),
    Question(TsneRun(Source("digits")), "yes"),
    Question(TsneRun(Source("unequal")), "no"),
    Question(TsneRun(Source("far")), "no"),
    Question(UmapRun(Source("iris")), "yes"),
    Question(TsneRun(Source("linked")), "no", solid=True),
)


@result
class Lie:
    problem: Problem
    method: T
    map: NDArray[np.float64]  # (n, 2)
    truth: NDArray[np.float64]  # (n, 2), or (n, 3)
    recall: float  # %, of the 10 nearest neighbours
    answer: str
    good: bool
    right: int
    answered: int


@lru_cache(maxsize=16)
def map_of(run: Run) -> pj.Embedding:
    """Take what was made ahead; do the work if it was not."""
    found: pj.Embedding = made(run) or run.work()
    return found


def compute(p: Params) -> Lie:
    asked, given = QUESTIONS[p.number - 1], p.answers
    source, found = asked.run.source, map_of(asked.run)
    right = [answer == q.truth for answer, q in zip(given, QUESTIONS, strict=True)]
    return Lie(
        problem=problem(source),
        method=NAMES["umap" if isinstance(asked.run, UmapRun) else "tsne"],
        map=found.points,
        truth=points(source)[:, [0, 2, 1]] if asked.solid else shadow(source).points,
        recall=100 * float(judged(source, found, 10).recall[0]),
        answer=given[p.number - 1],
        good=right[p.number - 1],
        right=sum(right),
        answered=sum(answer != "none" for answer in given),
    )


READOUTS = (
    Readout("right", T("正解", "Right"), "right"),
    Readout("answered", T("答えた問題", "Answered"), "answered"),
    Readout("recall", T("この図の 10 近傍の再現率", "Recall of 10 neighbours"), "recall", 1, PERCENT),
)


def draw(r: Lie, p: Params) -> Stage:
    if r.answer == "none":
        figures, note = (picture(r, known=False), hidden()), (f"ask{p.question}",)
    else:
        figures = picture(r, known=True), truth(r)
        note = "right" if r.good else "wrong", f"why{p.question}"
    return Stage(figures, ("map truth",), height=390, note=note)


def picture(r: Lie, known: bool) -> Figure:
    """Draw the picture in question; until there is an answer, nothing tells the classes."""
    places, data = fitted(r.map), r.problem
    secret = {"label": np.zeros(len(places), np.int64), "names": (T("点", "point"),), "images": False}
    named = tags(places, data) if known and not data.continuous else None
    return panel("map", dots(places, data, **({} if known else secret)), named, axis=r.method)


def hidden() -> Figure:
    words = T("答えると、ここに正体が出ます。", "Answer, and the truth appears here.")
    return panel("truth", text(SIDE / 2, SIDE / 2, words, at="middle center"), axis=T("?", "?"), says="hidden")


def truth(r: Lie) -> Figure:
    """Draw the data with its classes: itself where that can be seen, else its PCA."""
    xy, data = r.truth, r.problem
    if xy.shape[1] == 3:
        return solid("truth", xy, data, T("データそのもの", "The data itself"), says="solid")
    named = None if data.continuous else tags(xy, data)
    x, y = T("データの PCA: 第 1 主成分", "PCA of the data: component 1"), T("第 2 主成分", "Component 2")
    return plane("truth", dots(xy, data), named, xy=xy, x=x, y=y)


def code(p: Params) -> str:
    run = QUESTIONS[p.number - 1].run
    return f"""\
from core.classical import projections as pj
from core.classical.projections.ahead import made
from core.classical.projections.runs import {type(run).__name__}, Source, points

run = {run!r}
found = made(run) or run.work()  # made ahead, or worked out now
answers = {p.answers}
truth = {tuple(q.truth for q in QUESTIONS)}
print("right =", sum(a == t for a, t in zip(answers, truth)))
print("answered =", sum(a != "none" for a in answers))
print("recall =", 100 * pj.quality(points(run.source), found.points, ks=[10]).recall[0])
"""


CHECKS: dict[str, Check] = {}  # the questions are what is checked
