"""What the scenes draw alike: the plane in which the perceptron learns, and its current example in numbers."""

from typing import Any

import numpy as np

from core.classical import perceptron as core
from core.text import T
from figures.marks import quadric
from figures.plane import normal, plane
from figures.plot import Mark, table
from figures.spec import Card, Figure, Frames, Playhead, Row
from pages.classical.perceptron.shared import Run


def learning(r: Run, *under: Mark, crosses: bool = True, **more: Any) -> Figure:
    """Draw the regions, the boundary with its weight vector, and the points; `more` as of `plane`."""
    return plane(
        "plane",
        r.problem,
        quadric(Frames(r.weights.astype(np.float32))),
        *under,
        normal(r.weights, r.problem.window) if r.weights.shape[1] == 3 else None,
        ring=Frames(r.samples[:, None].astype(np.int32)),
        mistake=Frames(r.mistake) if crosses else None,
        **{"size": 11.0, **more},
    )


def card(r: Run) -> Card:
    """Show the current example in numbers."""
    target = np.append(r.problem.y, -1)[r.samples]
    asked = target >= 0
    words = (
        T("まだない", "none yet"),
        T("[1, x] を足す", "add [1, x]"),
        T("[1, x] を引く", "subtract [1, x]"),
        T("全体で平均する", "mean of the run"),
    )
    return table(
        T("いまの例", "The current example"),
        (T("例の番号", "Example"), np.where(asked, r.samples + 1, np.nan), 0),
        (T("更新前の w·x + b", "w·x + b before"), r.score, 3),
        (T("出力", "Output"), np.where(asked, core.step(r.score), np.nan), 0),
        (T("正解", "Target"), np.where(asked, target, np.nan), 0),
        Row(T("更新", "Update"), np.select([target == 1, target == 0, r.made > 0], [1, 2, 3], 0), words=words),
        (T("バイアス b", "Bias b"), r.weights[:, 0], 3),
        (T("‖w‖", "‖w‖"), np.linalg.norm(r.weights[:, 1:], axis=1), 3),
    )


def playhead(r: Run) -> Playhead:
    """Count the updates."""
    return Playhead(r.made, T("更新", "Update"))
