"""One batch through training: every image with every caption, and what their choices cost."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.pretraining import clip
from core.pretraining.clip import captions
from core.result import result
from core.text import PERCENT, T
from figures.marks import shade
from figures.spec import Playhead, Stage
from pages.pretraining.clip.batch import VIEWS, card, matrix, over_temperature, pair_losses
from pages.pretraining.clip.shared import Floats, Followed, Tongue, Trained, encoder, sentence, thumbnails
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("show", "tau", "batch", "copies")
TAUS = np.geomspace(0.005, 100.0, 33)


@dataclass(frozen=True)
class Params(Trained, Tongue, Followed):
    show: str = choice(T("何を見るか", "Show"), {key: name for key, (name, _) in VIEWS.items()})
    tau: float = slider(T("温度 τ", "Temperature τ"), 0.005, 100.0, default=0.07, log=True)
    batch: int = slider(T("バッチの大きさ N", "Batch size N"), 2, 32, default=10)
    copies: int = slider(
        T("同じ組の数 m", "Copies of one pair m"),
        1,
        16,
        default=1,
        help=T("一つ目の組を m 回入れます。", "The first pair stands m times in the batch."),
    )

    @property
    def which(self) -> NDArray[np.int64]:
        """The pairs of the probe that make the batch; the first stands as often as it is asked for."""
        n, m = self.batch, min(self.copies, self.batch)
        order = np.random.default_rng(self.seed).permutation(clip.PROBE) if self.seed else np.arange(clip.PROBE)
        return np.concatenate([np.repeat(order[:1], m), order[1 : n - m + 1]])


@result
class Matrix:
    """One batch at each of t checkpoints of the training."""

    steps: NDArray[np.int64]  # (t,)
    which: NDArray[np.int64]  # (n,) pairs of the probe
    similarity: Floats  # (t, n, n) cosines
    rows: Floats  # (t, n, n) softmax over the captions of each image
    columns: Floats  # (t, n, n) softmax over the images of each caption
    to_text: Floats  # (t, n) loss of each image's choice among the captions
    to_image: Floats  # (t, n)
    losses: Floats  # (t,)
    over_tau: Floats  # (t, TAUS) the loss at other temperatures
    copies: int

    @property
    def chance(self) -> float:
        return clip.chance_loss(len(self.which))

    @property
    def floor(self) -> float:
        """What no model can bring the loss of repeated pairs below."""
        return clip.chance_loss(self.copies)

    @property
    def found(self) -> NDArray[np.int64]:
        """The image that each caption chooses in the end."""
        return self.which[self.similarity[-1].argmax(axis=0)]

    @property
    def top1(self) -> Floats:
        """(t,) share of images that choose their caption; copies are as good."""
        return np.asarray(100 * np.mean(self.which[self.similarity.argmax(axis=2)] == self.which, axis=1))

    @property
    def found_top1(self) -> float:
        return 100 * float(np.mean(self.found == self.which))

    @property
    def first(self) -> float:
        """The loss of the first image's choice, in the end."""
        return float(self.to_text[-1, 0])

    @property
    def confidence(self) -> Floats:
        """(t,) mean of the largest probability over the captions."""
        return np.asarray(100 * self.rows.max(axis=2).mean(axis=1))


def compute(p: Params) -> Matrix:
    kept, which = clip.replay(p.trained), p.which
    image, caption = kept.image[:, which], kept.text[p.tongue][:, which]
    batch = [clip.contrastive_loss(a, b, p.tau) for a, b in zip(image, caption, strict=True)]
    similarity = np.array([loss.similarity for loss in batch])
    return Matrix(
        kept.steps,
        which,
        similarity,
        rows=np.array([loss.rows for loss in batch]),
        columns=np.array([loss.columns for loss in batch]),
        to_text=np.array([loss.image_losses for loss in batch]),
        to_image=np.array([loss.text_losses for loss in batch]),
        losses=np.array([loss.total for loss in batch]),
        over_tau=clip.losses_over(similarity, TAUS),
        copies=min(p.copies, p.batch),
    )


READOUTS = (
    Readout("loss", T("損失", "Loss"), "losses", 3),
    Readout("chance", T("log N", "log N"), "chance", 3, still=True),
    Readout("top1", T("正解率", "Right"), "top1", 1, PERCENT),
    Readout("confidence", T("自信", "Confidence"), "confidence", 1, PERCENT),
)


def draw(r: Matrix, p: Params) -> Stage:
    f = min(p.follow, p.batch) - 1
    values, low, high = {
        "cosine": (r.similarity, -1, 1),
        "logits": (r.similarity / p.tau, -20, 20),
        "columns": (r.rows, 0, 1),
        "rows": (r.columns, 0, 1),
    }[p.show]
    told = [sentence(captions.said(clip.probe().scenes[i], background=False)) for i in r.which]
    return Stage(
        (
            matrix(
                shade(values, low, high), thumbnails("probe")[r.which], told, f, signed=low < 0, unit=VIEWS[p.show][1]
            ),
            pair_losses(r.to_text, r.to_image, f, chance=r.chance, floor=r.floor),
            over_temperature(TAUS, r.over_tau, r.chance, p.tau, r.losses, encoder(p.trained).temperature),
        ),
        (*("matrix matrix matrix",) * 3, *("losses taus card",) * 2),
        (card(r, p, f),),
        Playhead(r.steps, T("学習ステップ", "training step"), 6.0),
        height=560,
        columns="minmax(0, 1.1fr) minmax(0, 1.25fr) minmax(0, 1fr)",
        note="speaks",
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.pretraining import clip

kept = clip.replay({p.trained!r})
which = np.array({p.which.tolist()})
image, text = kept.image[-1, which], kept.text[{p.tongue!r}][-1, which]
loss = clip.contrastive_loss(image, text, {p.tau!r})
print("loss =", loss.total)
print("chance =", clip.chance_loss(len(which)))
print("top1 =", 100 * np.mean(which[loss.similarity.argmax(axis=1)] == which))
print("confidence =", 100 * loss.rows.max(axis=1).mean())
"""


WIDE = {"batch": 32}
CHECKS = {
    "hot": Check(
        ({"tau": 1.0}, {"tau": 100.0, "show": "columns"}),
        lambda warm, hot: abs(hot.losses - np.log(10)).max() < 0.02 < abs(warm.losses[-1] - np.log(10)),
        control=({"tau": 1.0}, {"tau": 1.0}),
    ),
    "ranking": Check(
        tuple(WIDE | {"show": "columns", "tau": tau} for tau in (0.01, 1.0)),
        lambda cold, warm: (
            np.array_equal(cold.rows.argmax(axis=2), warm.rows.argmax(axis=2))
            and cold.confidence[-1] > warm.confidence[-1] + 30
        ),
        control=(WIDE | {"tau": 0.01}, WIDE | {"tau": 1.0, "tongue": "ja"}),
    ),
    "copies": Check(
        ({"copies": 1, "tau": 0.01}, {"copies": 4, "tau": 0.01}),
        lambda one, four: (
            four.to_text[:, :4].min() >= np.log(4) - 1e-9
            and one.first < 0.1 < four.first
            and four.to_text[-1, 4:].max() < np.log(4)
        ),
        control=({"copies": 1, "tau": 0.01}, {"copies": 3, "tau": 0.01}),
    ),
    "tongues": Check(
        (WIDE | {"tongue": "ja"}, WIDE | {"tongue": "en"}),
        lambda ja, en: np.mean(ja.found == en.found) >= 0.9,
        control=lambda ja, en: (replace(ja, similarity=ja.similarity[:1]), en),  # before the training
        measure=lambda ja, en: {"images": np.sum(ja.found == en.found)},
    ),
}
