"""The modality gap: how far apart images and texts are, and what changes when the gap is closed by a shift."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.pretraining import clip
from core.result import lock, result
from core.text import PERCENT, T
from figures.marks import line, marks, points, ring, segments, text
from figures.plot import Mark, plot
from figures.spec import BLUE, GREEN, INK, MUTED, Figure, Kept, Stage
from pages.pretraining.clip.shared import Floats, Tongue, Trained, embedded, encoder, thumbnails
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("share", "onto", "trained", "tongue")
ZOOM = ("onto",)
SHARES = np.round(np.linspace(-0.5, 1.5, 41), 2)
SHOWN = 64  # pairs on the map; the numbers are of all
AXES = {  # across and up
    "gap": (T("ギャップの方向", "Along the gap"), T("それに直交する第 1 主成分", "1st principal component across it")),
    "pca": (T("第 1 主成分", "1st principal component"), T("第 2 主成分", "2nd principal component")),
}


@dataclass(frozen=True)
class Params(Tongue, Trained):
    onto: str = choice(T("地図の横軸", "Across the map"), {key: across for key, (across, _) in AXES.items()})
    share: float = slider(T("閉じる割合", "Share of the gap to close"), -0.5, 1.5, default=0.0, step=0.05)


@result
class Shift:  # of one tower towards the other
    gap: float  # between the towers' means
    loss: float
    top1: float  # whose nearest is their own, mean of both directions, in %
    moved: float  # images whose first choice is another caption than before the shift, in %


@result
class Apart:
    """Both towers in one map, and what a shift of one towards the other changes."""

    image: Floats  # (SHOWN, 2)
    text: Floats
    means: Floats  # (2, 2) of all pictures, of all captions
    reach: float  # of the map from its middle
    over: Floats  # (SHARES, 4) a `Shift` in each row
    now: Shift
    first: Shift  # without any

    @property
    def change(self) -> float:
        """How much the shift changes the loss, in %."""
        return 100 * (self.now.loss / self.first.loss - 1)


def compute(p: Params) -> Apart:
    shifted, (middle, axes, reach) = (
        clip.close_gap(*embedded(p.trained, p.tongue), p.share),
        seen_from(p.trained, p.tongue, p.onto),
    )
    a, b = ((rows - middle) @ axes.T for rows in shifted)
    over = over_shares(p.trained, p.tongue)
    return Apart(
        a[:SHOWN],
        b[:SHOWN],
        np.stack([a.mean(axis=0), b.mean(axis=0)]),
        reach,
        over,
        *(Shift(*over[np.abs(SHARES - share).argmin()].tolist()) for share in (p.share, 0.0)),
    )


@functools.cache
def seen_from(trained: str, tongue: str, onto: str) -> tuple[Floats, Floats, float]:
    """Give the map's middle, axes and reach: those of the unshifted points."""
    towers = embedded(trained, tongue)
    middle, axes = clip.map_axes(*towers, along_gap=onto == "gap")
    lock((middle, axes))
    flat = (np.concatenate(towers) - middle) @ axes.T
    return middle, axes, float(np.ceil(10 * 1.25 * np.abs(flat).max()) / 10)


@functools.cache
def over_shares(trained: str, tongue: str) -> Floats:
    """Measure each shift: what is left of the gap, the loss, the share of right choices, and of other choices."""
    towers, tau = embedded(trained, tongue), np.array([encoder(trained).temperature])
    chosen, rows = (towers[0] @ towers[1].T).argmax(axis=1), []
    for share in SHARES:
        a, b = clip.close_gap(*towers, share)
        similarity = a @ b.T
        right = 50 * (clip.top1(similarity) + clip.top1(similarity.T))
        moved = 100 * np.mean(similarity.argmax(axis=1) != chosen)
        rows.append([clip.gap(a, b), clip.losses_over(similarity, tau)[0], right, moved])
    found = np.array(rows, float)
    lock(found)
    return found


READOUTS = (
    Readout("gap", T("ギャップ", "Gap"), "now.gap", 3),
    Readout("loss", T("損失", "Loss"), "now.loss", 3),
    Readout("top1", T("正解率", "Right"), "now.top1", 1, PERCENT),
    Readout("moved", T("選び直した画像", "Changed choices"), "now.moved", 1, PERCENT),
)


def draw(r: Apart, p: Params) -> Stage:
    _, losses, top1, _ = r.over.T
    grain = 10.0 ** np.floor(np.log10(losses.max())) / 2
    top = float(np.ceil(1.1 * losses.max() / grain) * grain)
    loss = line(SHARES, losses, BLUE, width=2.2, label=T("損失", "loss"), at=0.3, where="top right")
    right = line(SHARES, top1, GREEN, width=2.2, label=T("正解率", "right"), at=0.3, where="bottom right")
    return Stage(
        (
            towers(r, p),
            over_shift(
                "loss", loss, ring(p.share, r.now.loss, 12.0), y=T("損失 (ナット)", "Loss (nats)"), ylim=(0, top)
            ),
            over_shift("rank", right, ring(p.share, r.now.top1, 12.0), y=T("正解率 (%)", "Right (%)"), ylim=(0, 104)),
        ),
        ("towers loss", "towers rank"),
        height=500,
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
        note="speaks",
    )


def towers(r: Apart, p: Params) -> Figure:
    """Draw both towers, a line for each pair; hover shows the picture."""
    both, means = np.concatenate([r.image, r.text]), r.means
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
            images=Kept(np.concatenate([thumbnails("gallery")[:SHOWN]] * 2)),
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

kept, tongue = clip.embedded({p.trained!r}), {p.tongue!r}
image, text = clip.close_gap(kept.image, kept.text[tongue], {p.share!r})
similarity = image @ text.T
chosen = (kept.image @ kept.text[tongue].T).argmax(axis=1)
print("gap =", np.linalg.norm(image.mean(axis=0) - text.mean(axis=0)))
print("loss =", clip.contrastive_loss(image, text, clip.load({p.trained!r}).temperature).total)
print("top1 =", 50 * (clip.top1(similarity) + clip.top1(similarity.T)))
print("moved =", 100 * np.mean(similarity.argmax(axis=1) != chosen))
"""


CHECKS = {
    "close": Check(
        ({"share": 0.0}, {"share": 1.0}),
        lambda apart, closed: closed.now.gap < 0.2 * apart.now.gap and abs(closed.now.top1 - apart.now.top1) < 3,
        # as if all that chose another caption had been right before, and were wrong now
        control=lambda apart, closed: (
            apart,
            replace(closed, now=replace(closed.now, top1=apart.now.top1 - closed.now.moved)),
        ),
    )
}
