"""A bound: move a bell over the latent plane of a VAE, see what it decodes to, and try to lift the ELBO over ln p(x).

A move compares the picture with all 25,600 of the plane's cells: it may take 30 ms.
"""

from dataclasses import dataclass

import numpy as np

from core.text import T
from figures.gallery import gallery
from figures.marks import ellipse, handle_values, heat, line, marks, ring, shade, text
from figures.plot import plot
from figures.spec import BLUE, INK, MUTED, OTHER, PAPER, SKY, Figure, Stage
from pages.generative.autoencoder.bell import BETWEEN, HANDS, PEAKS, Bound, bell, hand, peaks, places
from ui.params import slider
from ui.scene import Check, Readout

CONTROLS = ("sd", "example", "zx", "zy")
NAT = T(" nat", " nat")
DEEP = -60.0  # nats: what is lower stands at the edge of the figure


@dataclass(frozen=True)
class Params:
    example: int = slider(T("数字の番号", "Digit"), 0, 296, default=37)
    sd: float = slider(T("q の標準偏差", "Width of q (sd)"), 0.05, 1.5, default=0.4, log=True)
    zx: float = slider(T("q の中心 z₁", "Centre of q, z₁"), -4.0, 4.0, default=1.0, step=0.025)
    zy: float = slider(T("q の中心 z₂", "Centre of q, z₂"), -4.0, 4.0, default=1.0, step=0.025)
    seed: int = slider(T("学習の乱数の種", "Seed of the training"), 0, 4, default=0)


def compute(p: Params) -> Bound:
    return bell(p.seed, p.example, (p.zx, p.zy), p.sd)


READOUTS = (
    Readout("evidence", T("対数尤度 ln p(x)", "Log-likelihood ln p(x)"), "evidence", 2, NAT),
    Readout("bound", T("自分の q の ELBO", "ELBO of your q"), "bound", 2, NAT),
    Readout("gap", T("足りない分 KL", "What is missing, KL"), "gap", 2, NAT),
    Readout("encoded", T("エンコーダの ELBO", "ELBO of the encoder"), "encoded", 2, NAT),
)


def draw(r: Bound, p: Params) -> Stage:
    words = [T("入力 x", "input x"), T("自分の q", "your q"), T("エンコーダ", "encoder")]
    pictures = gallery("pictures", shade(r.pictures.reshape(3, 8, 8), 0, 1), words, 3)
    grid = ("plane pictures", "plane below", "plane below")
    return Stage((plane(r, p), pictures, below(r)), grid, height=500, columns="minmax(0, 1.7fr) minmax(0, 1fr)")


def plane(r: Bound, p: Params) -> Figure:
    """Draw the exact posterior, where the encoder puts the digits held out, its q (dashed) and the hand's."""
    codes, digits = places(p.seed)
    mine = ellipse([p.zx, p.zy], np.diag([p.sd**2] * 2))
    theirs = ellipse(r.encoder[0], np.diag(r.encoder[1] ** 2))
    edge = 4 - 4 / len(r.posterior)
    tint = shade((r.posterior / r.posterior.max()) ** 0.3, 0, 1)
    return plot(
        "plane",
        heat(tint, (-edge, edge), (-edge, edge), ((0, PAPER), (1, SKY))),
        text(codes[:, 0], codes[:, 1], [str(d) for d in digits], MUTED, "middle center"),
        line(*theirs.T, OTHER, width=2, dash="dash"),
        line(*mine.T, BLUE, width=2.5),
        handle_values(p.zx, p.zy, across=("zx", 0.0, 1.0), up=("zy", 0.0, 1.0)),
        x=T("潜在変数 z₁", "Latent z₁"),
        y=T("潜在変数 z₂", "Latent z₂"),
        xlim=(-3.2, 3.2),
        ylim=(-3.2, 3.2),
        equal=True,
    )


def below(r: Bound) -> Figure:
    """Draw ln p(x) over the ELBO: the encoder's of all digits held out, and the hand's; the dashed line is equality."""
    ends = (DEEP, 50.0)
    low = np.maximum([r.bound, r.encoded], DEEP + 1)
    up = max(r.evidence, DEEP + 1)
    return plot(
        "below",
        marks(np.maximum(r.bounds, DEEP + 1), np.maximum(r.evidences, DEEP + 1), MUTED, size=4, opacity=0.6),
        line(
            ends,
            ends,
            INK,
            dash="dash",
            width=1.6,
            label=T("ELBO = ln p(x)", "ELBO = ln p(x)"),
            at=0.0,
            where="top right",
        ),
        line([low[0], up], [up, up], BLUE, width=3),
        marks([low[1]], [up], OTHER, size=9, symbol="diamond"),
        ring([low[0]], [up], 14),
        x=T("ELBO (nat)", "ELBO (nat)"),
        y=T("ln p(x) (nat)", "ln p(x) (nat)"),
        xlim=ends,
        ylim=ends,
        small=True,
    )


def code(p: Params) -> str:
    return f"""\
from core.generative import autoencoder as ae

plane = ae.lattice(seed={p.seed})  # a VAE's latent plane, cut into cells
x = ae.held_out()[0][{p.example}:{p.example} + 1]
joint = plane.joint(x)  # ln p(x, z) at all cells
evidence = plane.evidence(joint)[0]
bound = plane.bound(joint[0], plane.gaussian([{p.zx!r}, {p.zy!r}], [{p.sd!r}, {p.sd!r}]))
encoder = plane.gaussian(plane.made.encode(x)[0], plane.made.spread(x)[0])
print("evidence =", evidence)
print("bound =", bound)
print("gap =", evidence - bound)
print("encoded =", plane.bound(joint[0], encoder))
"""


CHECKS = {
    "hand": Check(
        HANDS,
        lambda *runs: hand(*runs)["low"] > 30 and 0 < hand(*runs)["most"] < 1,
        control=tuple({**hand, "sd": 1.0} for hand in HANDS),
        measure=hand,
    ),
    "peaks": Check(
        (*BETWEEN, *PEAKS),
        lambda *runs: all(b.gap > a.gap + 1.5 for b, a in zip(runs[:5], runs[5:], strict=True)),
        control=(*PEAKS, *PEAKS),
        measure=lambda *runs: peaks(*runs[5:], *runs[:5]),
    ),
    "rank": Check(
        ({"seed": 4}, {"seed": 1}),
        lambda a, b: a.mean_bound > b.mean_bound + 0.2 and a.mean_evidence < b.mean_evidence - 0.5,
        control=({"seed": 4}, {"seed": 3}),
    ),
}
