"""DPO is RLHF: whoever sees only which answer was preferred ends where the reward itself would have led."""

from dataclasses import dataclass, replace

import numpy as np

from core.llm import alignment as a
from core.text import T
from figures.marks import line, marks, press, segments
from figures.plot import plot
from figures.spec import INK, MUTED, Figure, Playhead, Stage
from pages.llm.alignment.asked import LETTERS
from pages.llm.alignment.trained import EVERY, REFERENCE, STEPS, Trained, gap, policies
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("beta", "votes", "pairs", "seed")
FIELDS = tuple(f"r{letter}" for letter in LETTERS[:6])
RATE, LEVELS = 4.0, (-2.0, -1.0, 0.0, 1.0, 2.0)
NATS, POINTS = T(" nat", " nats"), T(" ポイント", " points")


def reward(letter: str, default: float) -> float:
    label = T(f"{letter} の報酬", f"Reward of {letter}")
    return slider(label, -2.0, 2.0, default=default, step=0.1)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Params:
    beta: float = slider(T("β（参照から離れる値段）", "β, the price of leaving"), 0.05, 5.0, default=0.5, log=True)
    votes: str = choice(
        T("選ばれ方", "Who is preferred"),
        {
            "chance": T("報酬の差に応じた確率", "by chance, pairs without end"),
            "some": T("同じ確率で、有限個の組", "by chance, in so many pairs"),
            "always": T("いつも報酬の高いほう", "always the better one"),
        },
    )
    pairs: int = slider(
        T("比べる組の数", "Pairs compared"), 30, 10_000, default=100, log=True, when=lambda p: p.votes == "some"
    )
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0, when=lambda p: p.votes == "some")
    ra: float = reward("A", 1.0)
    rb: float = reward("B", -1.0)
    rc: float = reward("C", 0.0)
    rd: float = reward("D", 0.5)
    re: float = reward("E", -1.5)
    rf: float = reward("F", 2.0)


def compute(p: Params) -> Trained:
    r = np.array([getattr(p, name) for name in FIELDS])
    if p.votes == "some":
        wins = a.answered(r, p.pairs, seed=p.seed)
    elif p.votes == "always":
        wins = np.where(r[:, None] == r, 0.5, (r[:, None] > r).astype(float))
    else:
        wins = a.chances(r)
    path = a.dpo_steps(REFERENCE, wins, beta=p.beta, rate=RATE, steps=STEPS)[::EVERY]
    loss = a.dpo_loss(path, REFERENCE, wins, beta=p.beta)
    rlhf = a.rlhf(r, REFERENCE, p.beta)
    try:
        dpo = a.dpo(REFERENCE, wins, beta=p.beta)
        learned = a.rlhf(a.bradley_terry(wins), REFERENCE, p.beta) if p.votes == "some" else None
    except ValueError:  # some never lost: there is no optimum
        dpo = learned = None
    return Trained(r, rlhf, learned, dpo, path, loss)


READOUTS = (
    Readout("loss", T("DPO の損失", "DPO's loss"), "loss", 4, NATS),
    Readout("kl", T("参照からの KL", "KL from the reference"), "kl", 3, NATS),
    Readout("far", T("RLHF との最大の差", "Largest gap to RLHF"), "far", 3, POINTS),
    Readout("digits", T("最適で一致する桁", "Places that agree"), "digits"),
    Readout("learned", T("学んだ報酬の場合", "With a learned reward"), "learned_digits"),
)


def draw(r: Trained, p: Params) -> Stage:
    return Stage(
        (policies(r), rewards(r), gap(r)),
        ("policy policy", "reward gap"),
        playhead=Playhead(np.arange(0, STEPS + 1, EVERY), T("ステップ", "Step"), seconds=6.0),
        height=510,
        note="endless" if r.dpo is None else None,
    )


def rewards(r: Trained) -> Figure:
    """Draw the rewards; a click sets one."""
    at = np.arange(6)
    cells = [(k, level) for k in range(6) for level in LEVELS]
    zero = np.stack([at, 0 * at], -1)
    return plot(
        "reward",
        line((-0.6, 5.6), (0, 0), MUTED, width=1),
        segments(zero, np.stack([at, r.reward], -1), INK, width=2),
        marks(at, r.reward, INK, size=11),
        press(*np.transpose(cells), (0.5, 0.5), [{FIELDS[int(k)]: level} for k, level in cells]),
        x="",
        y=T("報酬", "Reward"),
        xlim=(-0.6, 5.6),
        ylim=(-2.5, 2.5),
        xticks={k: LETTERS[k].upper() for k in range(6)},
        yticks=LEVELS,
        small=True,
        drag=False,
    )


def code(p: Params) -> str:
    r = [getattr(p, name) for name in FIELDS]
    wins = {
        "chance": "a.chances(r)",
        "some": f"a.answered(r, {p.pairs}, seed={p.seed})",
        "always": "np.where(r[:, None] == r, 0.5, 1.0 * (r[:, None] > r))",
    }[p.votes]
    return f"""\
import numpy as np
from core.llm import alignment as a

start, r, beta = np.array({list(REFERENCE)}), np.array({r}), {p.beta!r}
wins = {wins}  # row preferred to column
rlhf = start * np.exp(r / beta) / (start @ np.exp(r / beta))
policy = a.dpo_steps(start, wins, beta=beta, rate={RATE}, steps={STEPS})[-1]
u = beta * np.log(policy / start)
off = ~np.eye(6, dtype=bool)
losses = wins * np.log1p(np.exp(u - u[:, None]))
print("loss =", losses[off].sum() / wins[off].sum())
print("kl =", policy @ np.log(policy / start))
print("far =", 100 * np.abs(policy - rlhf).max())
agree = lambda a, b: min(9, np.floor(-np.log10(max(np.abs(a - b).max(), 1e-16))))
try:
    dpo = a.dpo(start, wins, beta=beta)
    print("digits =", agree(dpo, rlhf))
    print("learned =", agree(dpo, a.rlhf(a.bradley_terry(wins), start, beta)))
except ValueError as why:
    print(why)
"""


def spread(*runs: Trained) -> dict[str, float]:
    few, many = (np.mean([r.apart for r in part]) for part in (runs[:10], runs[10:]))
    return {"few": float(few), "many": float(many), "ratio": float(few / many)}


def alike(much: Trained, little: Trained) -> dict[str, float]:
    """Give the probability of F, %: DPO's, and RLHF's with much to gain and with little."""
    return {"dpo": 100 * much.path[-1, 5], "much": 100 * much.rlhf[5], "little": 100 * little.rlhf[5]}


PAIRS = tuple({"votes": "some", "pairs": n, "seed": seed} for n in (400, 6400) for seed in range(10))
SMALL = dict(zip(FIELDS, (0.2, -0.2, 0.0, 0.1, -0.3, 0.4), strict=True))
CHECKS = {
    "same": Check(
        ({"beta": 0.1}, {"beta": 2.0}, {}),
        lambda *runs: all(r.digits == 9 for r in runs),
        control=tuple({"beta": beta, "votes": "some"} for beta in (0.1, 2.0, 0.5)),
    ),
    "pairs": Check(
        PAIRS,
        lambda *runs: 2.5 < spread(*runs)["ratio"] < 5 and all(r.learned_digits == 9 for r in runs),
        control=lambda *runs: tuple(replace(r, dpo=r.path[5]) for r in runs),
        measure=spread,
    ),
    "always": Check(
        ({"votes": "always"}, {"votes": "always"} | SMALL),
        lambda much, little: bool(np.abs(much.path - little.path).max() < 1e-12 < little.rlhf[5] < much.rlhf[5] - 0.2),
        control=({}, SMALL),
        measure=alike,
    ),
}
