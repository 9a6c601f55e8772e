"""A narrow door: digits through 2 to 32 numbers and back, digits with noise, and codes that nobody sent.

A move asks twenty networks about 297 noisy digits: it may take 30 ms.
"""

from dataclasses import dataclass, replace

import numpy as np

from core.generative import autoencoder as ae
from core.text import PERCENT, T
from figures.marks import hline, line, marks, ring
from figures.plot import plot
from figures.spec import BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, Figure, Stage
from pages.generative.autoencoder.rows import rows
from pages.generative.autoencoder.squeezed import Squeezed, blind, dreadful, levels, ranges, same, squeezed
from pages.generative.autoencoder.squeezed import warm as warm
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("feed", "width", "noise", "seed")
KINDS = (  # as a row is called, with the mark that it has in the curves
    (T("● 線形", "● linear"), BLUE, "circle"),
    (T("▲ 深い", "▲ deep"), ORANGE, "triangle-up"),
    (T("■ ノイズ学習", "■ denoising"), GREEN, "square"),
    (T("◆ VAE", "◆ VAE"), PURPLE, "diamond"),
)


@dataclass(frozen=True)
class Params:
    feed: str = choice(
        T("入れるもの", "What goes in"),
        {
            "digits": T("数字", "digits"),
            "noise": T("ノイズを足した数字", "noisy digits"),
            "dream": T("ランダムなコード", "random codes"),
        },
    )
    width: str = choice(T("コードの次元", "Numbers in the code"), {str(k): T(str(k), str(k)) for k in ae.WIDTHS})
    noise: float = slider(
        T("ノイズの標準偏差", "Noise (sd)"), 0.0, 0.6, default=0.3, step=0.05, when=lambda p: p.feed == "noise"
    )
    seed: int = slider(T("学習の乱数の種", "Seed of the training"), 0, 4, default=0)

    @property
    def added(self) -> float:
        return self.noise if self.feed == "noise" else 0.0


def compute(p: Params) -> Squeezed:
    return squeezed(int(p.width), p.seed, p.added, p.feed == "dream")


READOUTS = (
    Readout("pca", T("PCA が残す誤差", "Error left by PCA"), "exact", 1, PERCENT),
    Readout("linear", T("線形が残す誤差", "Error left: linear"), "linear", 1, PERCENT),
    Readout("deep", T("深いものが残す誤差", "Error left: deep"), "deep", 1, PERCENT),
    Readout("denoising", T("ノイズ学習が残す誤差", "Error left: denoising"), "denoising", 1, PERCENT),
    Readout("deep_far", T("深いものの夢から数字まで", "Dream to digit: deep"), "deep_far", 2),
    Readout("vae_far", T("VAE の夢から数字まで", "Dream to digit: VAE"), "vae_far", 2),
)


def draw(r: Squeezed, p: Params) -> Stage:
    first = T("本物", "real") if r.dreaming else T("入力", "input")
    pictures = rows("rows", r.rows, [first, *(words for words, _, _ in KINDS)])
    return Stage((pictures, curves(r)), ("rows curves",), height=440, columns="minmax(0, 1.3fr) minmax(0, 1fr)")


def curves(r: Squeezed) -> Figure:
    """Draw what is left over, or how far the dreams are from a digit, over the width of the door."""
    at, drawn = np.log2(ae.WIDTHS), []
    values = r.far if r.dreaming else r.left
    top = 2.0 if r.dreaming else 140.0
    for (_, color, symbol), row in zip(KINDS, np.minimum(values, top), strict=True):
        drawn += [line(at, row, color, width=2), marks(at, row, color, size=9, symbol=symbol)]
    if r.dreaming:
        real, mean = levels()
        drawn += [hline(real, (1, 5), INK, dash="dash", width=1.4, label=T("本物の数字", "real digits"), at=1.0)]
        drawn += [hline(mean, (1, 5), MUTED, dash="dash", width=1.4, label=T("平均の画像", "the mean digit"), at=0.3)]
    else:
        k = np.arange(2, 33)
        pca = np.minimum(r.pca[k], top)
        drawn += [line(np.log2(k), pca, INK, dash="dash", width=1.4, label=T("PCA", "PCA"), at=0.25, where="top right")]
        drawn += [hline(100, (1, 5), MUTED, dash="dash", width=1.2, label=T("平均の画像", "the mean digit"), at=0.95)]
    return plot(
        "curves",
        drawn,
        ring([at[r.width]] * 4, np.minimum(values[:, r.width], top), 15),
        x=T("コードの次元", "Numbers in the code"),
        y=T("いちばん近い数字までの距離", "Distance to the nearest digit")
        if r.dreaming
        else T("残る誤差 (%)", "Error left (%)"),
        xlim=(0.85, 5.15),
        ylim=(1.0, top) if r.dreaming else (0, top),
        xticks={v: str(k) for v, k in zip(at, ae.WIDTHS, strict=True)},
    )


def code(p: Params) -> str:
    head = f"""\
import numpy as np

from core.generative import autoencoder as ae

networks = {{kind: ae.network(kind, {p.width}, {p.seed}) for kind in ae.KINDS}}
"""
    if p.feed == "dream":
        return (
            head
            + """\
for kind in ("deep", "vae"):
    index, distance = ae.nearest(ae.dreams(networks[kind]))
    print(kind + "_far =", distance.mean())
"""
        )
    return (
        head
        + f"""\
x, y = ae.held_out()
seen = x + {p.added!r} * np.random.default_rng(0).standard_normal(x.shape)
pca = ae.principal().left(x, {p.added!r})
print("pca =", 100 * pca[{p.width}] / pca[0])
for kind in ("linear", "deep", "denoising"):
    print(kind, "=", 100 * ((networks[kind].through(seen) - x) ** 2).sum(axis=1).mean() / pca[0])
"""
    )


SEEDS = tuple({"seed": seed} for seed in ae.SEEDS)
CHECKS = {
    "same": Check(
        tuple({"width": "8", **seed} for seed in SEEDS),
        same,
        control=lambda *runs: tuple(replace(r, left=r.left[::-1]) for r in runs),
        measure=ranges,
    ),
    "noise": Check(tuple({"feed": "noise", **seed} for seed in SEEDS), blind, control=SEEDS, measure=ranges),
    "dream": Check(
        tuple({"feed": "dream", "width": width, **seed} for width in ("2", "32") for seed in SEEDS),
        dreadful,
        control=tuple({"feed": "dream", **seed} for _ in range(2) for seed in SEEDS),
        measure=lambda *runs: {"narrow": ranges(*runs[:5]), "wide": ranges(*runs[5:])},
    ),
}
