"""The chosen one can fall: answers share weights, and a comparison of two moves all of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.llm import alignment as a
from core.text import PERCENT, T
from figures.marks import arrow, handle_points, marks, moving, quadric, ring, text
from figures.plot import plot, span
from figures.spec import BLUE, CLASS_COLORS, CLASS_SYMBOLS, INK, MUTED, Figure, Frames, Playhead, Stage
from pages.llm.alignment.fallen import CHOSEN, EVERY, NAMES, REFERENCE, REJECTED, STEPS, Walked, law, logs
from ui.params import choice, hand_points, slider
from ui.scene import Check, Readout

CONTROLS = ("place", "likelihood", "beta")
TURN = 2 * np.pi * np.array([0, 2, 1, 3, 4]) / 5
PLACES = {
    "alike": np.array([(1.0, -0.3), (2.0, 0.2), (-2.0, -0.5), (-0.8, 0.7), (0.1, 1.4)]),
    "apart": 1.8 * np.stack([np.cos(TURN), np.sin(TURN)], -1),
}
RATE = 0.08


@dataclass(frozen=True)
class Params:
    place: str = choice(
        T("答えの置き場所", "Where the answers are"),
        {
            "alike": T("似た答えは近い", "alike is near"),
            "apart": T("どれも離れている", "all far apart"),
            "own": T("自分で置く", "where you put them"),
        },
    )
    likelihood: float = slider(T("選ばれた答えの尤度の重み α", "Weight α of its likelihood"), 0.0, 1.0, default=0.0)
    beta: float = slider(T("β", "β"), 0.1, 2.0, default=0.5, log=True)
    points: tuple[tuple[float, float, int], ...] = hand_points(
        classes=5, limit=5, span=4.0, sets={"place": "own"}, table=False
    )


def places(p: Params) -> NDArray[np.float64]:
    """Give where each answer is (5, 2); of what a hand did not place, the first choice of places."""
    at = PLACES.get(p.place, PLACES["alike"]).copy()
    if p.place == "own":
        for x, y, answer in p.points:
            at[answer] = x, y
    return at


def compute(p: Params) -> Walked:
    f = places(p)
    how = {"beta": p.beta, "rate": RATE, "steps": STEPS, "likelihood": p.likelihood}
    whole = a.walk(f, REFERENCE, (CHOSEN, REJECTED), **how)  # type: ignore[arg-type]
    kept = a.Walk(*(each[::EVERY] for each in (whole.weights, whole.policies, whole.ascent, whole.margin)))
    return Walked(f, kept, kept.policies @ f, a.pull(f, REFERENCE, kept.ascent[0]))


READOUTS = (
    Readout("chosen", T("選ばれた「いいえ」", "“No”, the chosen"), "chosen", 1, PERCENT),
    Readout("yes", T("比べていない「はい」", "“Yes”, never compared"), "yes", 1, PERCENT),
    Readout("margin", T("マージン", "Margin"), "walk.margin", 2),
)


def draw(r: Walked, p: Params) -> Stage:
    return Stage(
        (plane(r), law(r), logs(r)),
        ("plane law", "plane logs"),
        playhead=Playhead(np.arange(0, STEPS + 1, EVERY), T("ステップ", "Step"), seconds=6.0),
        height=480,
        columns="minmax(0, 1.25fr) minmax(0, 1fr)",
    )


def plane(r: Walked) -> Figure:
    """Draw the answers as large as they are likely, and the line behind which they fall: it stands on the mean."""
    f, way = r.features, r.walk.ascent
    # (f − E_π f) · dw > 0: those rise
    border = np.column_stack([-(r.middle * way).sum(axis=1), way])
    size = 8 + 52 * np.sqrt(r.walk.policies)
    discs = [
        marks(*f[k : k + 1].T, CLASS_COLORS[k], symbol=CLASS_SYMBOLS[k], size=moving(size[:, k]), opacity=0.45)
        for k in range(5)
    ]
    (x0, x1), (y0, y1) = (span([*f[:, i], -reach, reach], share=0.08) for i, reach in ((0, 2.3), (1, 1.9)))
    return plot(
        "plane",
        quadric(Frames(border.astype(np.float32)), negative=MUTED, positive=BLUE, tint=0.14, line=INK, width=1.5),
        discs,
        arrow(f[REJECTED : REJECTED + 1], f[CHOSEN : CHOSEN + 1], INK, width=2),
        ring(moving(r.middle[:, 0]), moving(r.middle[:, 1]), 26),  # a handle may lie within
        text(f[:, 0], f[:, 1] + 0.12, NAMES, INK, "top center"),
        handle_points(*f.T, np.arange(5), field="points", names=NAMES),
        x=T("特徴 1", "Feature 1"),
        y=T("特徴 2", "Feature 2"),
        xlim=(x0, x1),
        ylim=(y0, y1),
    )


def code(p: Params) -> str:
    how = f"beta={p.beta!r}, rate={RATE}, steps={STEPS}, likelihood={p.likelihood!r}"
    return f"""\
import numpy as np
from core.llm import alignment as a

features = {places(p).round(6).tolist()}  # No, Never, Yes, Maybe, Unsure
run = a.walk(features, {REFERENCE.tolist()}, (0, 1), {how})
print("chosen =", 100 * run.policies[-1, 0])
print("yes =", 100 * run.policies[-1, 2])
print("margin =", run.margin[-1])
print("at first:", a.pull(features, run.policies[0], run.ascent[0]).round(2))
"""


CHECKS = {
    "price": Check(
        ({}, {"beta": 2.0}),
        lambda *runs: all(r.chosen[-1] < 5 and r.yes[-1] > 90 and (np.diff(r.walk.margin) > 0).all() for r in runs),
        control=({"place": "apart"}, {"place": "apart", "beta": 2.0}),
    ),
    "apart": Check(({"place": "apart"},), lambda r: bool(r.chosen[-1] > 1.5 * r.start), control=({},)),
    "likelihood": Check(
        ({}, {"likelihood": 0.5}),
        lambda none, some: bool(
            none.chosen[-1] < 0.1 * none.start
            and some.chosen[-1] > 1.5 * some.start
            and some.yes[-1] > 1.2 * some.yes[0]
            and some.walk.margin[-1] < 0.8 * none.walk.margin[-1]
        ),
        control=({}, {"likelihood": 0.02}),
    ),
}
