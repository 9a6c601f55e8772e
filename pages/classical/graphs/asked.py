"""Six nodes, and the 240 questions of them: what one tells of another where some of the rest are known."""

import functools
import itertools

import numpy as np
from numpy.typing import NDArray

from core.classical import graphs
from core.result import result
from core.text import T
from figures.marks import line, marks, ring
from figures.plot import plot, powers
from figures.spec import BLUE, MUTED, ORANGE, Figure

NODES = tuple("ABCDEF")
PARENTS = {"A": (), "B": (), "C": ("A", "B"), "D": ("C",), "E": ("B",), "F": ("D", "E")}
TURNED = {"none": PARENTS, "same": {**PARENTS, "B": ("E",), "E": ()}, "other": {**PARENTS, "A": ("C",), "C": ("B",)}}
VERDICTS = {True: T("遮断", "blocked"), False: T("つながる", "open")}
FLOOR, NOTHING = -17.0, 1e-12  # the lowest power of ten that is drawn; bits that are rounding


@result
class Blind:
    told: NDArray[np.float64]  # (240,) bits of every question
    blind: NDArray[np.bool_]  # (240,) what the arrows say of it
    now: int | None  # the question asked; None for a node and itself
    known: tuple[str, ...]
    paths: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]  # between the two, and what blocks each
    seen: float  # how much likelier B is where E is seen to be 1 than where it is seen to be 0, points
    done: float  # and where E is set to 1 or to 0

    @property
    def bits(self) -> float | None:
        return None if self.now is None else float(self.told[self.now])

    @property
    def verdict(self) -> T | None:
        return None if self.now is None else VERDICTS[bool(self.blind[self.now])]

    @property
    def said(self) -> T:
        return self.verdict or T("–", "–")

    @property
    def agree(self) -> int:
        """Questions on which arrows and sums say the same."""
        return int(((self.told < NOTHING) == self.blind).sum())

    @property
    def wrong(self) -> int:
        """Questions on which the arrows say nothing is told, and something is."""
        return int((self.blind & (self.told >= NOTHING)).sum())


def law(seed: int) -> graphs.Network:
    """Draw tables for the arrows as they are."""
    rng = np.random.default_rng(seed)
    return graphs.Network(PARENTS, {node: rng.uniform(0.1, 0.9, (2,) * len(of)) for node, of in PARENTS.items()})


def questions() -> list[tuple[str, str, tuple[str, ...]]]:
    """List every pair of nodes with every choice of the others as known."""
    pairs = itertools.combinations(NODES, 2)
    rests = ((a, b, [node for node in NODES if node not in (a, b)]) for a, b in pairs)
    return [(a, b, known) for a, b, rest in rests for k in range(5) for known in itertools.combinations(rest, k)]


ASKED = questions()


@functools.lru_cache(maxsize=128)
def told(seed: int) -> NDArray[np.float64]:
    joint = graphs.marginal(law(seed), NODES)
    known = [each for k in range(7) for each in itertools.combinations(NODES, k)]
    # H(S) = −Σ p log₂ p
    sums = {each: joint.sum(axis=tuple(i for i, node in enumerate(NODES) if node not in each)) for each in known}
    entropy = {frozenset(each): -float((p * np.log2(p)).sum()) for each, p in sums.items()}

    def bits(a: str, b: str, given: frozenset[str]) -> float:
        # I(A; B | G) = H(A, G) + H(B, G) − H(A, B, G) − H(G)
        return entropy[given | {a}] + entropy[given | {b}] - entropy[given | {a, b}] - entropy[given]

    return np.array([max(bits(a, b, frozenset(given)), 0.0) for a, b, given in ASKED])


@functools.cache
def verdicts(arrow: str) -> NDArray[np.bool_]:
    net = graphs.redrawn(law(0), TURNED[arrow])  # what its tables are does not matter
    return np.array([graphs.separated(net, *asked) for asked in ASKED])


def dots(r: Blind) -> Figure:
    """Draw every question by what it tells, the least first."""
    order = np.argsort(r.told, kind="stable")
    height = np.log10(np.maximum(r.told[order], 10**FLOOR))
    blind, at = r.blind[order], np.arange(1, len(order) + 1)
    now = None if r.now is None else int(np.flatnonzero(order == r.now)[0])
    return plot(
        "dots",
        marks(at[~blind], height[~blind], BLUE, size=5),
        marks(at[blind], height[blind], ORANGE, size=6, symbol="triangle-up"),
        line((0, 241), (np.log10(NOTHING),) * 2, MUTED, dash="dash", width=1.2),
        None if now is None else ring(at[now], height[now]),
        x=T("240 の問い（情報の少ない順）", "240 questions, the least told first"),
        y=T("情報（ビット、対数）", "Information (bits, log)"),
        xlim=(0, 241),
        ylim=(FLOOR - 0.7, 0.3),
        yticks=powers((FLOOR - 0.7, 0.3), 5),
        small=True,
        margin={"l": 74},
    )
