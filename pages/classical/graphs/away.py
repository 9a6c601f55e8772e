"""Explaining away: one cause that is found makes the other one less likely, though they are independent."""

from dataclasses import dataclass

import numpy as np

from core.classical import graphs
from core.text import PERCENT, T
from figures.marks import box, text
from figures.spec import BLUE, MUTED, Figure, Stage
from pages.classical.graphs import shared
from pages.classical.graphs.alarm import KNOWN, NEXT, PARENTS, PLACES, TABLES, WORDS, Away, cases
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("asked", "prior", "alarm", "quake")
HALF = (1.85, 0.85)


@dataclass(frozen=True)
class Params:
    asked: str = choice(T("知りたいこと", "Asked for"), WORDS)
    prior: float = slider(T("泥棒が入る確率", "Chance of a burglary"), 0.0001, 0.5, default=0.001, log=True)
    burglary: str = choice(WORDS["burglary"], KNOWN)
    quake: str = choice(WORDS["quake"], KNOWN)
    alarm: str = choice(WORDS["alarm"], KNOWN, default="yes")
    john: str = choice(WORDS["john"], KNOWN)
    mary: str = choice(WORDS["mary"], KNOWN)


def compute(p: Params) -> Away:
    net = graphs.Network(PARENTS, {"burglary": p.prior, **TABLES})
    known = {node: ("no", "yes").index(getattr(p, node)) for node in PARENTS if getattr(p, node) != "open"}
    chance = np.array([100 * graphs.query(net, node, known)[1] for node in PARENTS])
    joint = graphs.marginal(net, net.nodes)
    worlds = np.array([w for w in np.ndindex(joint.shape) if all(w[net.nodes.index(n)] == s for n, s in known.items())])
    weight = joint[tuple(worlds.T)]
    order = np.argsort(-weight, kind="stable")
    asked = net.nodes.index(p.asked)
    return Away(chance, worlds[order], weight[order], asked, 100 * float(graphs.query(net, p.asked)[1]))


READOUTS = (
    Readout("now", T("いま", "Now"), "now", 2, PERCENT),
    Readout("before", T("何も知らないとき", "Knowing nothing"), "before", 2, PERCENT),
    Readout("left", T("残った場合", "Cases left"), "left"),
)


def draw(r: Away, p: Params) -> Stage:
    columns = "minmax(0, 1.25fr) minmax(0, 1fr)"
    return Stage((network(r, p), cases(r)), ("network cases",), height=430, columns=columns, note="sum")


def network(r: Away, p: Params) -> Figure:
    known = [node for node in PARENTS if getattr(p, node) != "open"]
    inside = [shared.named(PLACES, WORDS, 0.38)]
    for (node, (x, y)), chance in zip(PLACES.items(), r.chance, strict=True):
        low, high = x - HALF[0] + 0.2, x + HALF[0] - 0.2
        if node in known:
            inside.append(text(x, y - 0.37, KNOWN[getattr(p, node)], at="middle center"))
        else:
            inside += [box(low, high, y - 0.62, y - 0.12, MUTED, 0.18)]
            inside += [box(low, low + (high - low) * chance / 100, y - 0.62, y - 0.12, BLUE, 0.55)]
            inside += [text(x, y - 0.37, f"{chance:.3g}%", at="middle center")]
    sets = {node: {node: NEXT[getattr(p, node)]} for node in PARENTS}
    return shared.graph("network", PLACES, PARENTS, *inside, half=HALF, known=known, asked=(p.asked,), sets=sets)


def code(p: Params) -> str:
    known = {node: ("no", "yes").index(getattr(p, node)) for node in PARENTS if getattr(p, node) != "open"}
    return f"""\
from itertools import product

burglary, quake, john, mary = {p.prior!r}, 0.002, [0.05, 0.90], [0.01, 0.70]
alarm = [[0.001, 0.29], [0.94, 0.95]]
names = {list(PARENTS)}


def probability(b, e, a, j, m):
    \"\"\"Multiply one number of each table.\"\"\"
    yes = burglary, quake, alarm[b][e], john[a], mary[a]
    p = 1.0
    for chance, state in zip(yes, (b, e, a, j, m)):
        p *= chance if state else 1 - chance
    return p


def chance(asked, known):
    cases = [dict(zip(names, states)) for states in product((0, 1), repeat=5)]
    left = [case for case in cases if all(case[name] == state for name, state in known.items())]
    total = sum(probability(*case.values()) for case in left)
    return sum(probability(*case.values()) for case in left if case[asked]) / total, len(left)


now, left = chance({p.asked!r}, {known})
print("now =", 100 * now)
print("before =", 100 * chance({p.asked!r}, {{}})[0])
print("left =", left)
"""


CALLS = {"alarm": "open", "john": "yes"}
CHECKS = {
    "away": Check(
        ({}, {"quake": "yes"}),
        lambda alone, quake: alone.now > 30 and quake.now < 1,
        control=({"alarm": "open"}, {"alarm": "open", "quake": "yes"}),
    ),
    "calls": Check(
        (CALLS | {"mary": "yes"}, CALLS),
        lambda both, one: one.now < 2 and 25 < both.now < 32,
        control=(CALLS | {"mary": "yes", "prior": 0.1}, CALLS | {"prior": 0.1}),
    ),
}
