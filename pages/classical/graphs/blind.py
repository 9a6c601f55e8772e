"""Where information flows: d-separation says it from the arrows, 240 sums say the same; but arrows are no causes."""

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.classical import graphs
from core.text import T
from figures.marks import text
from figures.plot import sheet
from figures.spec import INK, MUTED, Figure, Stage
from pages.classical.graphs import shared
from pages.classical.graphs.asked import ASKED, NODES, NOTHING, PARENTS, TURNED, Blind, dots, law, told, verdicts
from ui.params import choice, slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("one", "other", "arrow", "seed")
PLACES = {"A": (1.6, 7.0), "B": (7.2, 7.0), "C": (4.2, 5.0), "D": (2.8, 2.8), "E": (8.4, 3.6), "F": (5.6, 1.0)}
HALF = (0.75, 0.6)
LETTERS = {node: T(node, node) for node in NODES}


def knowing(node: str) -> Any:
    """Declare a switch for a node that the question is not about."""
    return toggle(T(f"{node} を知っている", f"{node} is known"), when=lambda p: node not in (p.one, p.other))


@dataclass(frozen=True)
class Params:
    one: str = choice(T("一方", "From"), LETTERS)
    other: str = choice(T("他方", "To"), LETTERS, default="B")
    arrow: str = choice(
        T("矢印", "Arrows"),
        {
            "none": T("そのまま", "as they are"),
            "same": T("B ← E に反転", "B ← E turned round"),
            "other": T("A ← C に反転", "A ← C turned round"),
        },
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=7)
    A: bool = knowing("A")
    B: bool = knowing("B")
    C: bool = knowing("C")
    D: bool = knowing("D")
    E: bool = knowing("E")
    F: bool = knowing("F")


def compute(p: Params) -> Blind:
    net = graphs.redrawn(law(p.seed), TURNED[p.arrow])
    known = tuple(node for node in NODES if getattr(p, node) and node not in (p.one, p.other))
    pair = tuple(sorted((p.one, p.other)))
    now = None if p.one == p.other else ASKED.index((*pair, known))
    ways = [] if now is None else graphs.paths(net, p.one, p.other)
    raised = [graphs.query(net, "B", {"E": e})[1] for e in (0, 1)]
    set_to = [graphs.query(graphs.intervene(net, {"E": e}), "B")[1] for e in (0, 1)]
    return Blind(
        *(told(p.seed), verdicts(p.arrow), now, known),
        paths=tuple((way, graphs.blockers(net, way, known)) for way in ways),
        seen=100 * float(raised[1] - raised[0]),
        done=round(100 * float(set_to[1] - set_to[0]), 9) + 0.0,  # rounding has no sign
    )


READOUTS = (
    Readout("verdict", T("矢印によると", "By the arrows"), "verdict"),
    Readout("bits", T("伝わる情報", "Information"), "bits", 4, T(" ビット", " bits")),
    Readout("agree", T("240 問の一致", "Agreeing, of 240"), "agree"),
    Readout("seen", T("E を見たとき B", "B when E is seen"), "seen", 1, T(" ポイント", " points")),
    Readout("done", T("E を決めたとき B", "B when E is set"), "done", 1, T(" ポイント", " points")),
)


def draw(r: Blind, p: Params) -> Stage:
    parents = TURNED[p.arrow]
    steps = {step for way, stops in r.paths if not stops for step in itertools.pairwise(way)}
    bold = [(a, b) for b, of in parents.items() for a in of if {(a, b), (b, a)} & steps]
    net = shared.graph(
        *("net", PLACES, parents, shared.named(PLACES, LETTERS, 0.0)),
        half=HALF,
        known=r.known,
        asked=(p.one, p.other),
        sets={node: {node: not getattr(p, node)} for node in NODES if node not in (p.one, p.other)},
        bold=bold,
    )
    figures = (net, ways(r, parents), dots(r))
    return Stage(figures, ("net ways", "net dots", "net dots"), height=470, note="itself" if r.now is None else None)


def ways(r: Blind, parents: dict[str, tuple[str, ...]]) -> Figure:
    """Write the paths, the blocked ones with what blocks them."""
    said = []
    for way, stops in r.paths:
        signs = [" → " if a in parents[b] else " ← " for a, b in itertools.pairwise(way)]
        path = "".join(node + sign for node, sign in zip(way, [*signs, ""], strict=True))
        stopped = ", ".join(stops)
        said.append(T(f"{path}　✕ {stopped} で止まる", f"{path}   ✕ stopped at {stopped}") if stops else T(path, path))
    at = -np.arange(len(said), dtype=float)
    drawn = [
        text(0, y, words, MUTED if r.paths[i][1] else INK) for i, (y, words) in enumerate(zip(at, said, strict=True))
    ]
    return sheet("ways", drawn, xlim=(-0.02, 1), ylim=(-1.8, 0.8))


def code(p: Params) -> str:
    known = tuple(node for node in NODES if getattr(p, node) and node not in (p.one, p.other))
    bits = f'print("bits =", graphs.dependence(law, "{p.one}", "{p.other}", {known}))\n' if p.one != p.other else ""
    return f"""\
from itertools import combinations

import numpy as np

from core.classical import graphs

parents = {PARENTS}
rng = np.random.default_rng({p.seed})
law = graphs.Network(parents, {{node: rng.uniform(0.1, 0.9, (2,) * len(of)) for node, of in parents.items()}})
net = graphs.redrawn(law, {TURNED[p.arrow]})
agree = 0
for a, b in combinations(parents, 2):
    others = [node for node in parents if node not in (a, b)]
    for known in (known for k in range(5) for known in combinations(others, k)):
        nothing = graphs.dependence(law, a, b, known) < {NOTHING}
        agree += nothing == graphs.separated(net, a, b, known)
{bits}print("agree =", agree)
seen = [graphs.query(net, "B", {{"E": e}})[1] for e in (0, 1)]
done = [graphs.query(graphs.intervene(net, {{"E": e}}), "B")[1] for e in (0, 1)]
print("seen =", 100 * (seen[1] - seen[0]))
print("done =", 100 * (done[1] - done[0]))
"""


AS_DRAWN = tuple({"seed": seed} for seed in (0, 1, 2, 3, 7))  # the last is the one that opens
CHECKS = {
    "collider": Check(
        (*AS_DRAWN, *(run | {"D": True} for run in AS_DRAWN)),
        # Always something, however little: far above what rounding makes of nothing.
        lambda *runs: all(a.bits < NOTHING and 1e-6 < b.bits < 0.1 for a, b in zip(runs[:5], runs[5:], strict=True)),
        control=(*AS_DRAWN, *(run | {"E": True} for run in AS_DRAWN)),
        measure=lambda *runs: {"low": min(r.bits for r in runs[5:]), "high": max(r.bits for r in runs[5:])},
    ),
    "every": Check(
        AS_DRAWN,
        lambda *runs: all(r.agree == 240 and 20 < r.blind.sum() < 220 for r in runs),
        control=tuple(run | {"arrow": "other"} for run in AS_DRAWN),
    ),
    "causes": Check(
        ({}, {"arrow": "same"}),
        lambda drawn, turned: (
            drawn.agree == turned.agree == 240
            and abs(drawn.seen - turned.seen) < 1e-9
            and abs(drawn.done) < 1e-9
            and abs(turned.done) > 10
        ),
        control=lambda drawn, turned: (drawn, replace(turned, done=drawn.done)),
    ),
}
