"""Which pixels? Maps of what an answer hangs on, and two tests of them: delete, and ask what they are about."""

from dataclasses import dataclass, replace

import numpy as np

from core.neural.convolution.trained import BLANKED
from core.text import PERCENT, T
from figures.marks import heat, line, marks, ring, shade
from figures.plot import plot
from figures.spec import GREEN, INK, ORANGE, PURPLE, SIGNED, SKY, Figure, Stage
from pages.neural.convolution.boards import digit, ink
from pages.neural.convolution.mapped import STEPS, Mapped, compute
from ui.params import choice, slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("digit", "map", "blanked", "fresh")
MAPS = {
    "integrated": T("積分勾配", "integrated gradients"),
    "times_input": T("勾配 × 入力", "gradient × input"),
    "gradient": T("勾配の大きさ", "size of gradient"),
    "ink": T("濃い順", "darkest first"),
    "random": T("無作為", "at random"),
}
# Where on its curve each is named, in the order of `conv.MAPS`.
NAMED = {
    "gradient": (0.2, "top right"),
    "times_input": (0.2, "bottom left"),
    "integrated": (0.56, "bottom right"),
    "ink": (0.74, "top right"),
    "random": (0.92, "top right"),
}
COLORS = {"gradient": ORANGE, "times_input": PURPLE, "integrated": GREEN, "ink": INK, "random": SKY}


@dataclass(frozen=True)
class Params:
    digit: int = slider(T("何枚目の数字か", "Which digit"), 0, 359, default=0)
    map: str = choice(T("地図", "Map"), MAPS)
    blanked: int = slider(T("消した画素", "Pixels blanked"), 0, BLANKED, default=5)
    fresh: bool = toggle(T("最後の層を乱数に戻して描く", "Draw it with the last layer at random"))
    way: str = choice(
        T("ネットワーク", "Network"),
        {"pool": T("畳み込み + プーリング", "conv + pooling"), "dense": T("全結合", "dense")},
    )
    target: str = choice(
        T("どの答えの地図か", "Map for which answer"),
        {"answer": T("読んだ数字", "the digit it read"), **{str(k): T(str(k), str(k)) for k in range(10)}},
    )
    seed: int = slider(T("何番目のネットワークか", "Which of five networks"), 0, 4, default=0)


READOUTS = (
    Readout("left", T("残った確率", "Probability left"), "left", 1, PERCENT),
    Readout("rise", T("出力の差 f(x) − f(0)", "Rise f(x) − f(0)"), "rise", 2),
    Readout("shared", T("積分勾配の和", "Sum of integrated"), "shared", 2),
    Readout("alike", T("学習なしとの相関", "Correlation without learning"), "alike", 2),
)


def draw(r: Mapped, p: Params) -> Stage:
    return Stage(
        (picture(r), saliency(r), paths(r)),
        ("ink paths", "map paths"),
        columns="minmax(0, 1fr) minmax(0, 1.6fr)",
        height=520,
    )


def picture(r: Mapped) -> Figure:
    """Draw the digit, and where pixels were blanked."""
    y, x = np.nonzero(r.image - r.spoilt)
    gone = marks(x, 11 - y, ORANGE, size=9, symbol="x")
    return digit("ink", ink(r.spoilt), gone)


def saliency(r: Mapped) -> Figure:
    top = float(np.abs(r.chosen).max()) or 1.0
    return digit("map", heat(shade(r.chosen[::-1], -top, top), (0, 11), (0, 11), SIGNED, smooth=False))


def paths(r: Mapped) -> Figure:
    """Draw the probability as pixels go, in the order of each map."""
    at = np.arange(BLANKED + 1)
    drawn = [
        line(at, r.paths[k], COLORS[kind], width=3 if k == r.way else 1.6, label=MAPS[kind], at=place, where=where)
        for k, (kind, (place, where)) in enumerate(NAMED.items())
    ]
    return plot(
        "paths",
        drawn,
        ring(r.blanked, r.left),
        x=T("消した画素", "Pixels blanked"),
        y=T("その数字の確率 (%)", "Probability of the digit (%)"),
        xlim=(-0.4, BLANKED + 0.4),
        ylim=(-9, 105),
        drag=False,
    )


def code(p: Params) -> str:
    target = "int(network.predict(image[None])[0])" if p.target == "answer" else p.target
    r = compute(p)
    alike = "" if r.alike is None else f"""\
again = conv.saliency(conv.randomised(network), image, target, "{p.map}", steps={STEPS})
plain = conv.saliency(network, image, target, "{p.map}", steps={STEPS})
print("alike =", conv.rank_correlation(np.abs(plain), np.abs(again), image > 0))
"""  # fmt: skip
    return f"""\
import numpy as np

from core.neural import convolution as conv

image = conv.digits()[2][{p.digit}]
network = conv.made("{p.way}", {p.seed}).network
target = {target}
asked = {"conv.randomised(network)" if p.fresh else "network"}
order = np.argsort(-conv.saliency(asked, image, target, "{p.map}", steps={STEPS}, seed={p.digit}), axis=None, kind="stable")
print("left =", 100 * conv.deletion(network, image, target, order, most={BLANKED})[{p.blanked}])
outputs = asked.logits(np.array([image, np.zeros_like(image)]))[:, target]
print("rise =", outputs[0] - outputs[1])
print("shared =", conv.integrated_gradients(lambda x: asked.gradient(x, target), image, steps={STEPS}).sum())
{alike}"""


def worst(*runs: Mapped) -> float:
    """Give the largest error of a sum of integrated gradients, relative to what it should be, %."""
    return 100 * max(r.off / abs(r.rise) for r in runs)


def drops(r: Mapped) -> dict[str, float]:
    """Give the mean of five networks after five pixels of each map, and the most for integrated gradients."""
    return {kind: float(r.mean(kind, 5).mean()) for kind in MAPS} | {"most": float(r.mean("integrated", 5).max())}


def about(r: Mapped) -> dict[str, float]:
    """Give the least and the most of five networks' correlations."""
    sets = (("plain", "gradient", True), ("ink", "times_input", True), ("all", "times_input", False))
    values = {name: r.correlation(kind, ink=ink) for name, kind, ink in sets}
    return {f"{name}_{end.__name__}": float(end(found)) for name, found in values.items() for end in (min, max)}


CHECKS = {
    "delete": Check(
        ({},),
        lambda r: drops(r)["most"] < min(r.mean(kind, 5).min() for kind in ("gradient", "ink", "random")) - 20,
        control=lambda r: (replace(r, deleted=r.deleted[:, ::-1]),),
        measure=drops,
    ),
    "complete": Check(
        tuple({"digit": digit} for digit in (3, 4, 5, 6, 0)),
        lambda *runs: worst(*runs) < 2,
        control=lambda *runs: tuple(replace(r, shared=r.naive) for r in runs),
        measure=lambda *runs: {"worst": worst(*runs), "naive": 100 * max(abs(r.naive / r.rise - 1) for r in runs)},
    ),
    "about": Check(
        ({"map": "times_input", "fresh": True},),
        lambda r: about(r)["plain_max"] < 0.2 < about(r)["ink_min"] and about(r)["all_min"] > 0.95,
        control=lambda r: (replace(r, about=r.about[:, ::-1]),),
        measure=about,
    ),
}
