"""A part of every kind: controls, marks, handles, cards, a playhead, a note, tables of one's own, experiments."""

from dataclasses import dataclass

import numpy as np

from core.result import result
from core.text import T
from figures import marks
from figures.plot import matrix, plot, table
from figures.spec import BLUE, CLASS_COLORS, ORANGE, Frames, Kept, Playhead, Row, Scaled, Stage
from ui.params import choice, hand_points, hand_window, slider, text, toggle
from ui.scene import Check, Readout

CONTROLS = ("amount", "log", "menu", "on")
ZOOM = ("menu",)
STEPS = 12
NAMES = (T("赤", "Red"), T("青", "Blue"))


@dataclass(frozen=True)
class Params:
    amount: float = slider(T("量", "Amount"), -3.0, 3.0, default=1.0, step=0.1, unit=T("m", "m"))
    log: float = slider(T("対数", "Logarithmic"), 0.01, 100.0, default=1.0, log=True, help=T("説明です。", "A hint."))
    menu: str = choice(T("選択", "Menu"), {"one": T("一つめ", "First"), "two": T("二つめ", "Second")})
    on: bool = toggle(T("切り替え", "Switch"))
    words: str = text(T("言葉", "Words"), default="abc")
    late: int = slider(T("あとで出る", "Comes later"), 1, 9, default=3, when=lambda p: p.on)
    points: tuple[tuple[float, float, int], ...] = hand_points(sets={"menu": "two"})
    window: tuple[float, ...] = hand_window()


@result
class All:
    x: np.ndarray
    y: np.ndarray
    label: np.ndarray
    path: np.ndarray  # (STEPS, 20)

    @property
    def mean(self) -> float:
        return float(self.y.mean()) if len(self.y) else float("nan")


def compute(p: Params) -> All:
    rng = np.random.default_rng(p.late if p.on else 0)
    x, y = p.log * rng.normal(size=(2, 30)) + p.amount
    label = np.arange(30) % 2
    if p.menu == "two" and p.points:
        x, y, label = (np.array(v) for v in zip(*p.points, strict=True))
    time = np.linspace(0, 1, STEPS)[:, None]
    return All(x, y, label, np.sin(np.linspace(0, 6, 20) * time + len(p.words)) * p.amount)


READOUTS = (Readout("mean", T("平均", "Mean"), "mean", 2, T("m", "m"), still=True),)


def draw(r: All, p: Params) -> Stage:
    x0, x1, y0, y1 = p.window or (-6.0, 6.0, -6.0, 6.0)
    grid = np.linspace(0, 6, 20)
    editable = plot(
        "editable",
        marks.quadric(marks.moving(np.add.outer(np.linspace(-1, 1, STEPS), [0.0, 1.0, -1.0]))),
        marks.points(r.x, r.y, r.label, names=NAMES, editable=True, mistake=np.arange(len(r.x)) % 3 == 0),
        marks.handle_values(p.amount, 0.0, across=("amount", 0.0, 1.0), up=("late", 3.0, 1.0)),
        x=T("横", "Across"),
        y=T("縦", "Up"),
        xlim=(x0, x1),
        ylim=(y0, y1),
        equal=True,
    )
    rows = np.arange(30)
    brushed = plot(
        "brushed",
        marks.points(rows, rows % 7, rows % 5, names=[T(str(i), str(i)) for i in range(5)], rows=rows),
        x=T("行", "Row"),
        y="",
        xlim=(-1, 30),
        ylim=(-1, 7),
        small=True,
    )
    waves = plot(
        "waves",
        marks.band(grid, -1, 1),
        marks.line(grid, marks.moving(r.path), BLUE, label=T("波", "wave")),
        marks.line(grid, Frames(Scaled(np.cos(grid), np.linspace(0, 2, STEPS), np.zeros(STEPS))), ORANGE, dash="dot"),
        marks.segments([[1, -2], [2, -2]], [[1, 2], [2, 2]]),
        marks.arrow([[3, -2]], [[5, 2]]),
        marks.bars([0, 0], [2, 3], [-2.5, -1.5], 0.3),
        marks.bell(3.0, 0.7, BLUE, name=T("山", "bell"), filled=0.2),
        marks.text([1, 2], [2.5, 2.5], [T("い", "a"), "b"]),
        marks.ring(3.0, 0.0),
        x=T("時間 (s)", "Time (s)"),
        y=T("高さ (m)", "Height (m)"),
        xlim=(0, 6),
        ylim=(-3, 3),
    )
    image = np.zeros((8, 8, 3), np.uint8) + np.arange(8, dtype=np.uint8)[:, None, None] * 30
    tiles = plot(
        "tiles",
        marks.press([0.5], [0.5], (0.4, 0.4), [{"on": not p.on}]),
        marks.heat(marks.shade(np.add.outer(np.arange(6), np.arange(6)), 0, 10), (0, 5), (0, 5), smooth=False),
        marks.picture(Kept(image), 1, 1, 3, 3, smooth=False),
        x="",
        y="",
        xlim=(-0.5, 5.5),
        ylim=(-0.5, 5.5),
    )
    counts = matrix(
        "counts", [[5, 1], [2, 8]], NAMES, NAMES, x=T("答え", "Answer"), y=T("正解", "Truth"), color=CLASS_COLORS[2]
    )
    card = table(
        T("いま", "Now"),
        (T("高さ", "Height"), r.path[:, -1], 2),
        Row(T("どれ", "Which"), np.arange(STEPS) % 2, words=NAMES),
        (T("量", "Amount"), p.amount, 1),
    )
    grid_areas = ("editable editable waves waves", "editable editable waves waves", "brushed tiles counts card")
    playhead = Playhead(np.arange(STEPS), T("歩", "step"), 2.0)
    return Stage(
        (editable, brushed, waves, tiles, counts), grid_areas, (card,), playhead, 620, note="hint" if p.on else None
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

p = {p!r}
rng = np.random.default_rng(p.late if p.on else 0)
y = [y for _, y, _ in p.points] if p.menu == "two" and p.points else (p.log * rng.normal(size=(2, 30)) + p.amount)[1]
print("mean =", np.mean(y))
""".replace("Params(", "__import__('types').SimpleNamespace(")


CHECKS = {
    "moves": Check(
        ({"amount": 0.0}, {"amount": 2.0}),
        lambda a, b: bool(np.allclose(b.y - a.y, 2.0)),
        control=({"amount": 0.0}, {"amount": 1.0}),
    )
}
