"""Chains in context: one layer learns to count symbols; two layers find what followed, with a head for each half."""

from dataclasses import dataclass

import numpy as np

from core.text import PERCENT, T
from figures.marks import bars, heat, hline, line, marks, moving, press, ring, shade, text, until
from figures.plot import plot, sheet
from figures.spec import BLUE, INK, MUTED, ORANGE, OTHER, PAPER, Figure, Frames, Playhead, Stage
from pages.pretraining.transformer.induction import LETTERS, SHOWN, TRAINED, Learning
from pages.pretraining.transformer.induction import compute as compute
from ui.params import choice, slider, toggle
from ui.params import text as typing
from ui.scene import Check, Readout

CONTROLS = ("layers", "cut", "typed", "draw")


@dataclass(frozen=True)
class Params:
    layers: str = choice(
        T("層の数", "Layers"),
        {"1": T("1 層", "one"), "long": T("1 層（10 倍訓練）", "one, 10 × training"), "2": T("2 層", "two")},
        default="2",
        buttons=True,
    )
    cut: bool = toggle(T("1 層目のヘッドを切る", "Cut the first layer's head"))
    typed: str = typing(T("自分の系列（3 種類の文字）", "Your own, of three characters"), SHOWN)
    draw: int = slider(T("系列を引き直す", "Draw a sequence"), 0, 99, default=26, when=lambda p: not p.typed.strip())
    place: int = slider(T("どの場所から見るか", "Place that looks"), 1, SHOWN, default=20)
    seed: int = slider(T("訓練のはじめの重み", "First weights of the training"), 0, 4, default=0)


READOUTS = (
    Readout("loss", T("損失", "Loss"), "loss", 3),
    Readout("under", T("数えるだけより", "Below counting"), "under", 3),
    Readout("previous", T("1 層目が一つ前を見る", "First head: the one before"), "previous", 0, PERCENT),
    Readout("followers", T("最後の層が続きを見る", "Last head: what followed"), "followers", 0, PERCENT),
)


def draw(r: Learning, p: Params) -> Stage:
    return Stage(
        (looked(r), following(r), losses(r), weights(r, 0), weights(r, 1)),
        ("looked looked next", "loss first second"),
        playhead=Playhead(r.steps, T("ステップ", "Step"), 7.0),
        height=560,
    )


def looked(r: Learning) -> Figure:
    """Draw where one place looks, a strip a layer, over the letters; a pressed letter looks."""
    n, at = len(r.x), np.arange(len(r.x))
    feet = [(1.25 * layer, r.looks[:, layer, r.at, :], (BLUE, ORANGE)[layer]) for layer in range(r.looks.shape[1])]
    strips = [bars(np.full_like(w, foot), foot + w, at, 0.4, color, upright=True) for foot, w, color in feet]
    return sheet(
        "looked",
        strips,
        marks(r.after, np.full(len(r.after), -0.1), ORANGE, size=8, symbol="triangle-up"),
        text(at, np.full(n, -0.35), list(r.letters), INK, "middle center"),
        ring([r.at], [-0.35], 22),
        press(at, np.full(n, 0.9), (0.5, 1.6), [{"place": i + 1} for i in range(n)]),
        xlim=(-0.8, n + 0.1),
        ylim=(-0.6, 2.4),
        yticks={0.5: T("1 層目", "first"), 1.75: T("2 層目", "second")},
        margin={"l": 58, "b": 8, "r": 6, "t": 8},
    )


def following(r: Learning) -> Figure:
    """Draw what is foretold after that place: by the network, by Bayes' rule, by counting."""
    at = np.arange(3)
    kinds = dict(zip(r.x.tolist(), r.letters, strict=True))
    return plot(
        "next",
        bars(np.zeros_like(r.next), 100 * r.next, at, 0.32, BLUE, upright=True),
        marks(at - 0.12, 100 * r.bayes, INK, size=11, symbol="diamond-open"),
        marks(at + 0.12, 100 * r.counted, OTHER, size=10, symbol="x"),
        x=T("◇ ベイズ　× 数えるだけ", "◇ Bayes   × counting"),
        y=T("予測 (%)", "Foretold (%)"),
        xlim=(-0.6, 2.6),
        ylim=(-3, 103),
        xticks={i: kinds.get(i, LETTERS[i]) for i in range(3)},
        small=True,
        drag=False,
    )


def losses(r: Learning) -> Figure:
    """Draw the loss up to now, and the lines that are known."""
    ends = (-0.05 * r.steps[-1], 1.08 * r.steps[-1])
    at = moving(r.steps)
    return plot(
        "loss",
        hline(
            float(np.log(3)), ends, INK, dash="dash", width=1.3, label=T("何も知らない (ln 3)", "nothing known (ln 3)")
        ),
        hline(r.line, ends, INK, dash="dash", width=1.3, label=T("数えるだけ", "counting")),
        hline(r.floor, ends, INK, dash="dash", width=1.3, label=T("ベイズの底", "Bayes' floor"), where="bottom left"),
        until(line(r.steps, r.loss, BLUE, width=2.5), 1 + np.arange(len(r.steps))),
        ring(at, moving(r.loss)),
        x=T("訓練のステップ", "Step of training"),
        y=T("損失 (nats)", "Loss (nats)"),
        xlim=ends,
        ylim=(0.86, 1.24),
        small=True,
    )


def weights(r: Learning, layer: int) -> Figure:
    """Draw where all places of a layer look."""
    n, there = len(r.x), layer < r.looks.shape[1]
    none = text([n / 2], [n / 2], T("なし", "none"), MUTED, "middle center")
    shown = shade(r.looks[:, min(layer, r.looks.shape[1] - 1), ::-1], 0, 0.8)
    tint = heat(
        Frames(shown), (0, max(n - 1, 1)), (0, max(n - 1, 1)), ((0, PAPER), (1, (BLUE, ORANGE)[layer])), smooth=False
    )
    return plot(
        ("first", "second")[layer],
        tint if there else none,
        x=T("見られる場所", "Place looked at"),
        y=(T("見る場所（1 層目）", "Looks (first layer)"), T("見る場所（2 層目）", "Looks (second layer)"))[layer],
        xlim=(-0.5, n - 0.5),
        ylim=(-0.5, n - 0.5),
        xticks=(),
        yticks=(),
        small=True,
        drag=False,
    )


def code(p: Params) -> str:
    looks = """
few = x[:64]
weights = t.run(net, few)[1]
print("previous =", 100 * np.diagonal(weights[:, 0], -1, 1, 2).mean())
shares = []
for w, row in zip(weights[:, -1], few):
    after = np.tri(48, dtype=bool)
    after[:, 0], after[:, 1:] = False, after[:, 1:] & (row[:, None] == row[:-1])
    shares.append((w * after).sum(axis=1)[after.any(axis=1)].mean())
print("followers =", 100 * np.mean(shares))
"""
    layers, times = TRAINED[p.layers]
    return f"""\
import numpy as np
from core.pretraining import transformer as t

film = t.learned({layers}, {p.seed}, times={times}).film
net = t.Net(film.symbol[-1], film.place[-1], film.heads[-1], film.out[-1])
x = t.sample(256, seed=10_000)  # sequences that it was not trained on


def loss(p):
    return -np.log(np.take_along_axis(p[:, :-1], x[:, 1:, None], axis=2)).mean()


p = t.run(net, x, without={(0,) if p.cut else ()})[0]
print("loss =", loss(p))
print("under =", loss(t.unigram(x)) - loss(p))
{"" if p.cut else looks}"""


SEEDS = range(5)
ONE = tuple({"layers": "1", "seed": seed} for seed in SEEDS)
LONG = tuple({"layers": "long", "seed": seed} for seed in SEEDS)
ENDS = np.repeat([(-0.015, 0), (-0.01, 0.01), (0.045, 1)], 5, axis=0)  # below the line of counting, for ONE, LONG, TWO
TWO = tuple({"seed": seed} for seed in SEEDS)
CUT = tuple({"cut": True, "seed": seed} for seed in SEEDS)


def ranges(*runs: Learning) -> dict[str, float]:
    """Give the least and the most of the first five runs, and of each five after them."""
    found = {}
    for name, group in (("", runs[:5]), ("then_", runs[5:10]), ("last_", runs[10:])):
        for key in ("loss", "previous", "followers"):
            ends = [float(v[-1]) for v in (getattr(r, key) for r in group) if v is not None]
            if ends:
                found |= {f"{name}{key}_low": min(ends), f"{name}{key}_high": max(ends)}
    return found


CHECKS = {
    "one": Check(
        (*ONE, *LONG, *TWO),
        lambda *runs: all(low < r.under[-1] < high for r, (low, high) in zip(runs, ENDS, strict=True)),
        control=(*TWO, *LONG, *ONE),
        measure=ranges,
    ),
    "head": Check(
        TWO, lambda *runs: all(r.previous[-1] > 40 and r.followers[-1] > 70 for r in runs), control=ONE, measure=ranges
    ),
    "cut": Check(CUT, lambda *runs: all(r.under[-1] < -0.05 for r in runs), control=TWO, measure=ranges),
}
