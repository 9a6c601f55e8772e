"""Goodhart's curve: what is chosen by a flawed reward gets better and then worse, while the reward only rises."""

from dataclasses import dataclass

import numpy as np

from core.llm import alignment as a
from core.text import T
from figures.marks import line, ring, text
from figures.plot import plot, round_up
from figures.spec import BLUE, GREEN, ORANGE, OTHER, Figure, Stage
from pages.llm.alignment.chosen import COUNT, Chosen, cloud, paths, seen
from ui.params import choice, slider
from ui.scene import Check, Readout, over_seeds

CONTROLS = ("how", "n", "beta", "tail", "cap")
FARTHEST = 1.02 * float(np.log(COUNT))  # what a single answer of so many is away from all of them
NATS = T(" nat", " nats")


@dataclass(frozen=True)
class Params:
    how: str = choice(
        T("選び方", "How it is chosen"),
        {"best": T("n 個から最良 (best-of-n)", "best of n"), "penalty": T("RLHF（KL の罰則）", "RLHF, a KL penalty")},
    )
    n: int = slider(T("引く数 n", "Draws n"), 1, 4096, default=4, log=True, when=lambda p: p.how == "best")
    beta: float = slider(
        T("罰則 β", "Penalty β"), 0.02, 100.0, default=10.0, log=True, when=lambda p: p.how == "penalty"
    )
    tail: str = choice(
        T("報酬の誤差", "The reward's error"),
        {"heavy": T("まれに大きく外れる", "rarely, but far off"), "light": T("正規分布", "normal")},
    )
    error: float = slider(T("誤差の大きさ", "Size of the error"), 0.0, 2.0, default=0.5, step=0.05)
    cap: float = slider(T("報酬の頭打ち", "Cap on the reward"), 1.0, 100.0, default=100.0, log=True)
    skill: float = slider(T("別の能力との相関", "Correlation of the other skill"), -0.9, 0.9, default=-0.3, step=0.1)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


def compute(p: Params) -> Chosen:
    answers = a.flawed(COUNT, tail=p.tail, error=p.error, skill=p.skill, seed=p.seed)
    reward, start = np.minimum(answers.proxy, p.cap), answers.reference

    first = p.how == "best"
    policy = a.best_policy(reward, start, p.n) if first else a.rlhf(reward, start, p.beta)
    path, rival = paths(p.tail, p.error, p.cap, p.skill, p.seed)[:: 1 if first else -1]
    return Chosen(answers, reward, policy, path, rival, seen(policy, reward, answers))


READOUTS = (
    Readout("proxy", T("報酬の平均", "Mean reward"), "proxy", 2),
    Readout("gold", T("本当のよさの平均", "Mean true quality"), "gold", 2),
    Readout("kl", T("参照からの KL", "KL from the reference"), "kl", 2, NATS),
    Readout("tax", T("別の能力の低下", "The other skill lost"), "tax", 2),
)


def draw(r: Chosen, p: Params) -> Stage:
    return Stage(
        (curve(r), cloud(r), proxy(r)),
        ("gold cloud", "proxy cloud"),
        height=500,
        columns="minmax(0, 1.1fr) minmax(0, 1fr)",
    )


def curve(r: Chosen) -> Figure:
    """Draw what the choice is really worth over how far it went, and the same of the other way."""
    gone, values = r.gone, np.concatenate([r.path[:, 2:], r.rival[:, 2:]])
    low, high = min(-0.2, float(values.min())), max(1.0, float(values.max()))
    room = 0.08 * (high - low)
    rival = r.rival_gone
    names = {
        BLUE: (r.gold, T("本当のよさ", "true quality")),
        OTHER: (r.beside, T("もう一つの選び方", "the other way")),
        GREEN: (float(r.now[3]), T("別の能力", "other skill")),
    }
    # By their order, so that no name stands on another
    order = sorted(names, key=lambda color: -names[color][0])
    sides = dict(zip(order, ("top right", "middle right", "bottom right"), strict=True))
    return plot(
        "gold",
        line(gone[:, 0], gone[:, 3], GREEN, width=1.5),
        line(rival[:, 0], rival[:, 2], OTHER, width=1.5),
        line(gone[:, 0], gone[:, 2], BLUE, width=2.5),
        ring([r.kl, r.kl], [r.gold, r.now[3]]),
        [text(r.kl, y, name, color, sides[color]) for color, (y, name) in names.items()],
        x="",
        y=T("平均", "Mean"),
        xlim=(0, FARTHEST),
        ylim=(low - room, high + room),
        small=True,
        drag=False,
    )


def proxy(r: Chosen) -> Figure:
    return plot(
        "proxy",
        line(r.gone[:, 0], r.gone[:, 1], ORANGE, width=2.5),
        ring(r.kl, r.proxy),
        x=T("参照からの KL (nat)", "KL from the reference (nats)"),
        y=T("報酬", "Reward"),
        xlim=(0, FARTHEST),
        ylim=(-0.05 * (top := round_up(1.08 * max(1.0, float(r.reward.max())))), 1.03 * top),
        small=True,
        drag=False,
    )


def code(p: Params) -> str:
    policy = f"a.best_policy(reward, start, {p.n})" if p.how == "best" else f"a.rlhf(reward, start, {p.beta!r})"
    return f"""\
import numpy as np
from core.llm import alignment as a

drawn = a.flawed({COUNT}, tail="{p.tail}", error={p.error!r}, skill={p.skill!r}, seed={p.seed})
reward, start = np.minimum(drawn.proxy, {p.cap!r}), drawn.reference
policy = {policy}
said = policy > 0
print("proxy =", policy @ reward)
print("gold =", policy @ drawn.gold)
print("kl =", policy[said] @ np.log(policy[said] / start[said]))
print("tax =", drawn.skill.mean() - policy @ drawn.skill)
"""


def golds(*runs: Chosen) -> dict[str, float]:
    """Give the range of gold over the first five runs, over the next, and of the other way over the last five."""
    told: dict[str, float] = {}
    for k in range(len(runs) // 5):
        part = [r.gold for r in runs[5 * k : 5 * k + 5]]
        told |= {f"low{k}": min(part), f"high{k}": max(part)}
    beside = [r.beside for r in runs[-5:]]
    return told | {"beside_low": min(beside), "beside_high": max(beside)}


CHECKS = {
    "turn": Check(
        (*over_seeds(n=16), *over_seeds(n=256)),
        lambda *runs: all(
            far.gold < 0.5 * r.gold and far.proxy > 2 * r.proxy for r, far in zip(runs[:5], runs[5:], strict=True)
        ),
        control=(*over_seeds(n=16, tail="light"), *over_seeds(n=256, tail="light")),
        measure=golds,
    ),
    "penalty": Check(
        (*over_seeds(n=16, tail="light"), *over_seeds(n=16)),
        lambda *runs: all(r.gold < r.beside for r in runs[:5]) and all(r.beside < 0.8 * r.gold for r in runs[5:]),
        control=(*over_seeds(n=16), *over_seeds(n=16, tail="light")),
        measure=golds,
    ),
    "cap": Check(
        (*over_seeds(n=256), *over_seeds(n=256, cap=2.5)),
        lambda *runs: all(cut.gold > 2 * r.gold for r, cut in zip(runs[:5], runs[5:], strict=True)),
        control=(*over_seeds(n=256, cap=2.5), *over_seeds(n=256)),
        measure=golds,
    ),
}
