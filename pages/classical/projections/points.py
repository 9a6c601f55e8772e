"""The points to be mapped: which ones, what they are called, and the code that gives them."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.classical import projections as pj
from core.classical.projections.runs import MEASURED, OWN_SIZE, Source, points, sample
from core.data import words
from core.result import result
from core.text import T
from ui import stock
from ui.params import choice, own_names, own_rows, slider, toggle

DATA = {
    "digits": T("手書き数字", "Handwritten digits"),
    "iris": T("アヤメ", "Iris"),
    "wine": T("ワイン", "Wine"),
    "swiss_roll": T("ロールケーキ", "Swiss roll"),
    "s_curve": T("S 字の曲面", "S-curve"),
    "unequal": T("大きさの違うクラスタ", "Clusters of unequal size"),
    "far": T("距離の違うクラスタ", "Clusters at unequal distances"),
    "nested": T("クラスタの中のクラスタ", "Cluster in a cluster"),
    "trefoil": T("三つ葉の結び目", "Trefoil knot"),
    "linked": T("つながった二つの輪", "Linked rings"),
    "walk": T("ランダムウォーク", "Random walk"),
    "noise": T("ただのノイズ", "Pure noise"),
    "scores": T("五科目の点数（作りもの）", "Five school marks (made up)"),
    "own": T("自分の表", "My own table"),
}
PLACES = (
    T("はじめの 1/5", "first fifth"),
    T("2 番目の 1/5", "second fifth"),
    T("真ん中の 1/5", "middle fifth"),
    T("4 番目の 1/5", "fourth fifth"),
    T("終わりの 1/5", "last fifth"),
)
SHELLS = (
    T("中心に近い", "nearest the centre"),
    T("やや近い", "rather near"),
    T("中ほど", "in between"),
    T("やや遠い", "rather far"),
    T("中心から遠い", "farthest out"),
)


@dataclass(frozen=True)
class Points:
    data: str = choice(T("データ", "Data"), DATA)
    n: int = slider(T("点の数", "Points"), 100, 1797, default=500, when=lambda p: p.data not in (*OWN_SIZE, "own"))
    standard: bool = toggle(T("標準化する", "Standardise"))
    draw: int = slider(
        T("データを引き直す", "Redraw the data"), 0, 9, default=0, when=lambda p: p.data not in (*MEASURED, "own")
    )
    table: tuple[tuple[float, ...], ...] = own_rows(sets={"data": "own"})
    names: tuple[str, ...] = own_names(when=lambda p: p.data == "own" and bool(p.table))

    @property
    def source(self) -> Source:
        if self.data == "own":  # until there is a table, the iris
            return Source("own", 0, self.standard, self.table) if self.table else Source("iris", 0, self.standard)
        return Source(self.data, self.n, self.standard, draw=self.draw)

    @property
    def problem(self) -> "Problem":
        return problem(self.source, self.names if self.data == "own" else ())

    @property
    def count(self) -> int:
        """How many points there are."""
        return len(points(self.source))

    @property
    def asked(self) -> tuple[str, ...]:
        """Name the sentence that asks for a table of one's own, where it is not there yet."""
        return ("own",) if self.data == "own" and not self.table else ()


@dataclass(frozen=True)
class Pointed:
    point: int = slider(T("調べる点の番号", "Point to look at"), 0, 1796, default=492)


@result
class Problem:
    x: NDArray[np.float64]  # (n, d) standardised if asked
    label: NDArray[np.int64]  # (n,)
    names: tuple[T, ...]  # of the classes
    features: tuple[T, ...]
    images: NDArray[np.uint8] | None  # (n, 8, 8) amounts of ink
    place: NDArray[np.float64]  # (n,) along the shape, from 0 to 1
    continuous: bool  # whether the labels are fifths of that

    @property
    def widths(self) -> NDArray[np.float64]:
        return pj.widths(self.x, self.label)

    @property
    def gap(self) -> float:
        return pj.gap(self.x, self.label)


@lru_cache(maxsize=32)
def problem(source: Source, own: tuple[str, ...] = ()) -> Problem:
    """Give the examples and their names; `own` are those of the columns and classes of one's own table."""
    data = sample(source)
    label, columns = data.label, features(data.name, data.x.shape[1])
    if data.name == "own":
        columns, names = stock.called(own, len(data.groups), columns)
    else:
        names = words.classes(data.name, len(data.groups))
    continuous = data.continuous and len(data.groups) == 1
    if continuous:
        label = np.minimum((data.value * 5).astype(np.int64), 4)
        names = SHELLS if data.name == "noise" else PLACES
    images = None
    if data.name == "digits":
        images = np.round(data.x.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    return Problem(points(source), label, names, columns, images, data.value, continuous)


def features(name: str, d: int) -> tuple[T, ...]:
    """Name the columns without their units, which weights do not have."""
    named = words.FEATURES.get(name) or [T(f"x{i + 1}", f"x{i + 1}") for i in range(d)]
    return tuple(T(text.ja.split(" (")[0], text.en.split(" (")[0]) for text in named)


def code_points(p: Points, *imports: str) -> str:
    """Write what gives x and label, with the imports of what follows."""
    if p.data == "own" and p.table:
        lines = [
            "import numpy as np",
            "from core.classical import projections as pj",
            *imports,
            f"\nrows = np.array({[list(row) for row in p.table]})",
            "x, label = rows[:, :-1], rows[:, -1].astype(int)",
        ]
    else:
        source = p.source
        n = "" if source.name in MEASURED else f", n={source.n}, seed={source.draw}"
        cut = f"[:{source.n}]" if source.name == "digits" else ""
        lines = [
            "import numpy as np",
            "from core.classical import projections as pj",
            *imports,
            "from core.data import dataset",
            f'\ndata = dataset("{source.name}"{n})',
            f"x, label = data.x{cut}, data.label{cut}",
        ]
        if problem(source).continuous:
            lines += ["label = np.minimum((data.value * 5).astype(int), 4)  # the fifth of the shape it is in"]
    return "\n".join([*lines, *(["x = pj.standardized(x)"] if p.standard else []), ""])
