"""Images and texts live apart after training: what changes when the gap is closed by a shift."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.pretraining import clip
from core.result import lock, result
from core.text import T
from figures.marks import line, marks, points, ring, segments, text
from figures.plot import Mark, plot
from figures.spec import BLUE, GREEN, INK, MUTED, Figure, Kept, Stage
from pages.pretraining.clip.shared import PERCENT, Floats, Tongue, Trained, embedded, encoder, thumbnails
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("share", "onto", "trained", "tongue")
ZOOM = ("onto",)
SHARES = np.round(np.linspace(-0.5, 1.5, 21), 2)
AXES = {  # across and up
    "gap": (T("ギャップの方向", "Along the gap"), T("それに直交する第 1 主成分", "1st principal component across it")),
    "pca": (T("第 1 主成分", "1st principal component"), T("第 2 主成分", "2nd principal component")),
}


@dataclass(frozen=True)
class Params(Tongue, Trained):
    onto: str = choice(
        T("地図の横軸", "Across the map"),
        {"gap": T("ギャップの方向", "The gap's direction"), "pca": T("第 1 主成分", "1st principal component")},
    )
    share: float = slider(T("閉じる割合", "Share of the gap to close"), -0.5, 1.5, default=0.0, step=0.05)


@result
class Apart:
    """Both towers in one map, and what a shift of one towards the other changes."""

    image: Floats  # (n, 2)
    text: Floats
    reach: float  # of the map from its middle
    distance: float  # between the towers' means
    loss: float
    top1: float  # whose nearest is their own, mean of both directions, in %
    over: Floats  # (SHARES, 3) the same three for other shifts
    moved: float  # images whose first choice is another caption than before the shift, in %

    @property
    def first(self) -> float:
        """The loss without a shift."""
        return float(self.over[SHARES == 0, 1][0])

    @property
    def change(self) -> float:
        """How much the shift changes the loss, in %."""
        return 100 * (self.loss / self.first - 1)


def compute(p: Params) -> Apart:
    image, caption = embedded(p.trained, p.tongue)
    a, b = clip.close_gap(image, caption, p.share)
    # The axes of the unshifted points
    middle, axes = clip.map_axes(image, caption, along_gap=p.onto == "gap")
    flat = np.concatenate([image, caption]) @ axes.T - middle @ axes.T
    moved = np.mean((a @ b.T).argmax(axis=1) != (image @ caption.T).argmax(axis=1))
    return Apart(
        (a - middle) @ axes.T,
        (b - middle) @ axes.T,
        float(np.ceil(10 * 1.25 * np.abs(flat).max()) / 10),
        *measured(p.trained, p.tongue, p.share),
        over_shares(p.trained, p.tongue),
        100 * float(moved),
    )


def measured(trained: str, tongue: str, share: float) -> tuple[float, float, float]:
    """Give what is left of the gap, the loss, and the share of right choices."""
    a, b = clip.close_gap(*embedded(trained, tongue), share)
    similarity = a @ b.T
    return (
        float(clip.gap(a, b)),
        clip.contrastive_loss(a, b, encoder(trained).temperature).total,
        50 * (clip.top1(similarity) + clip.top1(similarity.T)),
    )


@functools.cache
def over_shares(trained: str, tongue: str) -> Floats:
    found = np.array([measured(trained, tongue, share) for share in SHARES])
    lock(found)
    return found


READOUTS = (
    Readout("gap", T("ギャップ", "Gap"), "distance", 3),
    Readout("loss", T("損失", "Loss"), "loss", 3),
    Readout("top1", T("正解率", "Right"), "top1", 1, PERCENT),
)


def draw(r: Apart, p: Params) -> Stage:
    _, losses, top1 = r.over.T
    grain = 10.0 ** np.floor(np.log10(losses.max())) / 2
    top = float(np.ceil(1.1 * losses.max() / grain) * grain)
    nearest = T("いちばん近いのが自分の相手", "nearest is its own")
    loss = line(SHARES, losses, BLUE, width=2.2, label=T("損失", "loss"), at=0.3, where="top right")
    right = line(SHARES, top1, GREEN, width=2.2, label=nearest, at=0.3, where="bottom right")
    return Stage(
        (
            towers(r, p),
            over_shift("loss", loss, ring(p.share, r.loss, 12.0), y=T("損失 (ナット)", "Loss (nats)"), ylim=(0, top)),
            over_shift("rank", right, ring(p.share, r.top1, 12.0), y=T("正解率 (%)", "Right (%)"), ylim=(0, 104)),
        ),
        ("towers loss", "towers rank"),
        height=500,
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
        note="speaks",
    )


def towers(r: Apart, p: Params) -> Figure:
    """Draw both towers, a line for each pair; hover shows the picture."""
    both, means = np.concatenate([r.image, r.text]), np.stack([r.image.mean(axis=0), r.text.mean(axis=0)])
    across, up = AXES[p.onto]
    gap = {"label": T("ギャップ", "gap"), "at": 0.5, "where": "top right"}
    return plot(
        "towers",
        {**segments(r.image, r.text, MUTED, width=1), "opacity": 0.45},
        points(
            *both.T,
            np.repeat([0, 1], len(r.image)),
            names=(T("画像", "image"), T("文", "text")),
            size=8.0,
            images=Kept(np.concatenate([thumbnails("probe")] * 2)),
        ),
        line(*means.T, INK, width=2.5, dash="dash", **gap),
        marks(*means.T, INK, size=11, symbol="cross"),
        text(-r.reach, 0.9 * r.reach, T("● 画像　▲ 文", "● image  ▲ text"), MUTED),
        x=across,
        y=up,
        xlim=(-r.reach, r.reach),
        ylim=(-r.reach, r.reach),
        equal=True,
        margin={"l": 64},
    )


def over_shift(name: str, *under: Mark, y: T, ylim: Sequence[float]) -> Figure:
    return plot(
        name,
        *under,
        x=T("閉じた割合", "Share of the gap closed"),
        y=y,
        xlim=SHARES[[0, -1]],
        ylim=ylim,
        xticks=6,
        yticks=6,
        margin={"l": 62, "r": 10, "t": 6, "b": 42},
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.pretraining import clip

kept = clip.replay({p.trained!r})
image, text = clip.close_gap(kept.image[-1], kept.text[{p.tongue!r}][-1], {p.share!r})
similarity = image @ text.T
print("gap =", np.linalg.norm(image.mean(axis=0) - text.mean(axis=0)))
print("loss =", clip.contrastive_loss(image, text, clip.load({p.trained!r}).temperature).total)
print("top1 =", 50 * (clip.top1(similarity) + clip.top1(similarity.T)))
"""


CHECKS = {
    "close": Check(
        ({"share": 0.0}, {"share": 1.0}),
        lambda apart, closed: (
            closed.distance < 0.2 * apart.distance and abs(closed.change) > 5 and closed.moved < abs(closed.change) / 2
        ),
        control=lambda apart, closed: (apart, replace(closed, moved=-closed.change)),
    )
}
