"""One pixel: does pooling make a network insensitive to a shift? Four networks, five of each, were asked."""

from dataclasses import dataclass, replace

import numpy as np

from core.text import PERCENT, T
from figures.marks import band, bars, line, marks, ring, text
from figures.plot import plot, table
from figures.spec import INK, MUTED, Figure, Stage
from pages.neural.convolution.asked import COLORS, SHORT, WAYS, Shifted
from pages.neural.convolution.asked import compute as compute
from pages.neural.convolution.boards import digit, ink
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("across", "down", "way", "digit")
LABELS = {  # where on its line a name stands, and on which side
    "pool": (0.34, "top right"),
    "global": (0.34, "top right"),
    "dense": (0.34, "bottom left"),
    "augmented": (0.34, "bottom right"),
}


@dataclass(frozen=True)
class Params:
    across: int = slider(T("横にずらす", "Move across"), -3, 3, default=0, unit=T(" px", " px"))
    down: int = slider(T("縦にずらす", "Move down"), -3, 3, default=0, unit=T(" px", " px"))
    way: str = choice(T("ネットワーク", "Network"), WAYS)
    digit: int = slider(T("何枚目の数字か", "Which digit"), 0, 359, default=0)
    quarters: int = slider(T("90° 回転", "Quarter turns"), 0, 3, default=0)
    seed: int = slider(T("何番目のネットワークか", "Which of five networks"), 0, 4, default=0)


READOUTS = (
    Readout("answer", T("読んだ数字", "Read as"), "answer"),
    Readout("sure", T("その確率", "Probability"), "sure", 1, PERCENT),
    Readout("truth", T("正解", "Truth"), "truth"),
    Readout("mean", T("このずれでの正解率", "Accuracy at this shift"), "mean", 1, PERCENT),
)


def draw(r: Shifted, p: Params) -> Stage:
    said = table(
        T("読んだ数字", "Read as"), *((SHORT[way], r.said[k], 0) for k, way in enumerate(WAYS)), name="answers"
    )
    return Stage(
        (digit("digit", ink(r.image)), classes(r, p), over(r)),
        (*["digit over"] * 3, *["classes answers"] * 2),
        (said,),
        columns="minmax(0, 1fr) minmax(0, 1.4fr)",
        height=500,
    )


def classes(r: Shifted, p: Params) -> Figure:
    """Draw the probabilities of the ten digits."""
    at, color = np.arange(10), COLORS[p.way]
    share = 100 * r.proba[r.way]
    return plot(
        "classes",
        bars(np.zeros(10), share, at, 0.36, color, upright=True),
        text([r.truth], [104.0], ["✓"], INK, "middle center"),
        x=T("数字", "Digit"),
        y=T("確率 (%)", "Probability (%)"),
        xlim=(-0.6, 9.6),
        ylim=(0, 112),
        xticks=range(10),
        yticks=(0, 50, 100),
        small=True,
        drag=False,
    )


def over(r: Shifted) -> Figure:
    """Draw the test accuracy of each way over the shift: the mean of five networks, and from the least to the most."""
    far = np.arange(r.shares.shape[2])
    drawn = []
    for k, (way, name) in enumerate(SHORT.items()):
        drawn += [
            band(far, r.shares[k].min(axis=0), r.shares[k].max(axis=0), COLORS[way]),
            line(far, r.shares[k].mean(axis=0), COLORS[way], width=2.5, label=name, at=LABELS[way][0],
                 where=LABELS[way][1]),
            marks(far, r.shares[k].mean(axis=0), COLORS[way], size=6),
        ]  # fmt: skip
    return plot(
        "over",
        drawn,
        ring(r.far, r.mean),
        line((0, far[-1]), (10, 10), MUTED, dash="dash", width=1.2, label=T("当てずっぽう", "guessing"), at=0.12),
        x=T("ずらした画素", "Pixels of shift"),
        y=T("テスト正解率 (%)", "Test accuracy (%)"),
        xlim=(-0.15, far[-1] + 0.15),
        ylim=(0, 105),
        xticks=far.tolist(),
        drag=False,
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np

from core.neural import convolution as conv

x, y = conv.digits()[2:]
image = conv.moved(conv.turned(x[[{p.digit}]], {p.quarters}), {p.across}, {p.down})
network = conv.made("{p.way}", {p.seed}).network
proba = network.proba(image)[0]
print("answer =", proba.argmax())
print("sure =", 100 * proba.max())
print("truth =", y[{p.digit}])
far = {max(abs(p.across), abs(p.down))}
shares = [conv.made("{p.way}", seed).shifted[far] for seed in range(conv.SEEDS)]  # measured on 360 digits, four ways
print("mean =", 100 * np.mean(shares))
"""


def spans(r: Shifted) -> dict[str, float]:
    """Give the least and the most of five networks a way, one pixel off; and of the digits that were turned."""
    found = {
        f"{way}_{name}": float(end(r.of(way, 1))) for way in WAYS for name, end in (("low", np.min), ("high", np.max))
    }
    fours = [r.read[list(WAYS).index(way), :, 4] for way in ("pool", "dense")]
    return {
        **found,
        "still": float(r.of("pool", 0).min()),
        "turned": float(r.turned.max()),
        "fours": float(np.min(fours)),
        "global_fours": float(r.read[list(WAYS).index("global"), :, 4].max()),
    }


def swapped(r: Shifted) -> tuple[Shifted]:
    """Give the same with the networks' places exchanged: what pooled pools no more."""
    return (replace(r, shares=r.shares[[1, 0, 3, 2]], read=r.read[[1, 0, 3, 2]]),)


CHECKS = {
    "pool": Check(
        ({"across": 1},),
        lambda r: r.of("pool", 0).min() > 94 and 40 < r.of("pool", 1).min() <= r.of("pool", 1).max() < 65,
        control=swapped,
        measure=spans,
    ),
    "deaf": Check(
        ({"across": 1, "way": "global"},),
        lambda r: r.of("global", 1).min() > 90 and r.of("global", 1).min() > r.of("augmented", 1).max(),
        control=swapped,
        measure=spans,
    ),
    "turn": Check(
        ({"quarters": 1},), lambda r: spans(r)["turned"] < 25 and spans(r)["fours"] > 95, control=swapped, measure=spans
    ),
}
