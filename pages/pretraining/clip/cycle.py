"""CyCLIP: two kinds of disagreement between distances, with and without its terms in the loss."""

import functools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.classical.neighbors import knn_predict
from core.pretraining import clip
from core.result import result
from core.text import T
from figures.marks import bars, text
from figures.plot import plot, table
from figures.spec import BLUE, PURPLE, Figure, Stage
from pages.pretraining.clip.pictures import differences
from pages.pretraining.clip.shared import MODELS, PERCENT, Floats, Tongue, embedded, encoder
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("square", "lambda1", "lambda2", "kind")
ZOOM = ("square",)
KINDS = {
    "both": T("色と形 (42)", "Colour and shape (42)"),
    "shape": T("形 (6)", "Shape (6)"),
    "colour": T("色 (7)", "Colour (7)"),
}


@dataclass(frozen=True)
class Params(Tongue):
    square: int = slider(T("バッチの大きさ N", "Batch size N"), 4, 48, default=24)
    lambda1: float = slider(T("λ₁（モーダル間）", "λ₁ (cross-modal)"), 0.0, 2.0, default=0.25, step=0.05)
    lambda2: float = slider(T("λ₂（モーダル内）", "λ₂ (in-modal)"), 0.0, 2.0, default=0.25, step=0.05)
    kind: str = choice(T("何で分類するか", "Classify by"), KINDS)
    near: int = slider(T("k 近傍法の k", "k of k-NN"), 1, 25, default=5)


@result
class Model:
    """One model's disagreements in a batch, and how two ways to classify by it agree, in %."""

    name: str
    cross: Floats  # (n, n) squared cross-modal differences
    inner: Floats  # (n, n) squared in-modal differences
    spread: float  # variance of the cosines of images and captions that are no pair
    likeness: float  # mean cosine of two different images
    loss: float  # InfoNCE at the model's own temperature
    zero_shot: float  # right
    knn: float  # right
    agree: float  # the same answer

    @property
    def cross_term(self) -> float:
        return float(self.cross.sum()) / len(self.cross)

    @property
    def inner_term(self) -> float:
        return float(self.inner.sum()) / len(self.inner)

    @property
    def relative(self) -> Floats:
        """Both mean squares beside the spread: what is left if all cosines merely shrink."""
        return np.array([self.cross.mean(), self.inner.mean()]) / self.spread


@result
class Rivals:
    clip: Model
    cyclip: Model


def compute(p: Params) -> Rivals:
    return Rivals(model("clip", p), model("cyclip", p))


def model(key: str, p: Params) -> Model:
    image, caption = (rows[: p.square] for rows in embedded(key, p.tongue))
    cross, inner = clip.cyclip_differences(image, caption)
    loss, apart = clip.contrastive_loss(image, caption, encoder(key).temperature), ~np.eye(p.square, dtype=bool)
    shape = loss.similarity[apart].var(), (image @ image.T)[apart].mean()
    return Model(MODELS[key].en, cross**2, inner**2, *shape, loss.total, *two_answers(key, p.kind, p.near, p.tongue))


@functools.lru_cache(maxsize=64)
def two_answers(key: str, kind: str, k: int, tongue: str) -> tuple[float, ...]:
    """Classify pictures of one thing by the nearest class and by the nearest pictures: right, right, the same, in %."""
    rows, true = clip.gallery_images(key)[::2], clip.class_numbers(clip.gallery().scenes[::2], kind)
    half = len(rows) // 2
    zero_shot = (rows[half:] @ clip.class_vectors(encoder(key), kind, tongue).T).argmax(axis=1)
    near = knn_predict(rows[:half], true[:half], rows[half:], k=k, metric="cosine")
    same = (zero_shot == true[half:], near == true[half:], zero_shot == near)
    return tuple(100 * float(np.mean(agree)) for agree in same)


READOUTS = (
    Readout("cross_clip", T("モーダル間: CLIP", "Cross: CLIP"), "clip.cross_term", 3),
    Readout("cross_cyclip", T("CyCLIP", "CyCLIP"), "cyclip.cross_term", 3),
    Readout("agree_clip", T("一致: CLIP", "Agree: CLIP"), "clip.agree", 1, PERCENT),
    Readout("agree_cyclip", T("CyCLIP", "CyCLIP"), "cyclip.agree", 1, PERCENT),
)


def draw(r: Rivals, p: Params) -> Stage:
    models, parts, rows = (r.clip, r.cyclip), [], []
    for kind, name in (("cross", T("モーダル間", "cross-modal")), ("inner", T("モーダル内", "in-modal"))):
        top = max(float(np.quantile([getattr(m, kind) for m in models], 0.995)), 1e-9)
        for i, m in enumerate(models):
            title = T(*(f"{m.name} {name(lang)}: {getattr(m, f'{kind}_term'):.3f}" for lang in ("ja", "en")))
            parts.append(differences(f"{kind}{i}", getattr(m, kind), top, title))
    for m in models:
        terms = p.lambda1 * m.cross_term, p.lambda2 * m.inner_term
        rows += [
            (T(f"{m.name}: 対比損失", f"{m.name}: InfoNCE"), m.loss, 3),
            (T("　λ₁ × モーダル間", "— λ₁ × cross-modal"), terms[0], 3),
            (T("　λ₂ × モーダル内", "— λ₂ × in-modal"), terms[1], 3),
            (T("　合計", "— total"), m.loss + sum(terms), 3),
        ]
    return Stage(
        (*parts, answers(r, p)),
        ("cross0 cross1 card", "inner0 inner1 answers"),
        (table(T("損失の内訳", "What the loss is made of"), *rows),),
        height=500,
        note="rivals",
    )


def answers(r: Rivals, p: Params) -> Figure:
    """Draw for each share a bar of CLIP and one of CyCLIP below it."""
    names = [
        T("ゼロショットの正解", "Zero-shot right"),
        T(f"{p.near} 近傍法の正解", f"{p.near}-NN right"),
        T("二つの答えが同じ", "Both answers agree"),
    ]
    n, at = 3, np.arange(3, 0, -1.0)

    def row(m: Model, color: str, below: float, x: float) -> list[Any]:
        shares = np.array([m.zero_shot, m.knn, m.agree])
        return [
            text(x, n + 0.78, T(f"■ {m.name}", f"■ {m.name}"), color),
            bars(0, shares, at - below, 0.13, color, 0.75),
            text(shares, at - below, [f"{v:.1f}" for v in shares], color),
        ]

    return plot(
        "answers",
        row(r.clip, BLUE, 0.0, 0),
        row(r.cyclip, PURPLE, 0.32, 44),
        text(np.zeros(n), at + 0.32, names),
        x=T("割合 (%)", "Share (%)"),
        y="",
        xlim=(0, 128),
        ylim=(0.48, n + 1.0),
        xticks=[0, 50, 100],
        margin={"l": 8, "r": 8, "t": 4, "b": 40},
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.classical.neighbors import knn_predict
from core.pretraining import clip

every = clip.gallery().scenes[::2]
label = clip.class_numbers(every, {p.kind!r})
half = len(every) // 2
for model in ("clip", "cyclip"):
    kept, rows = clip.replay(model), clip.gallery_images(model)[::2]
    cross, _ = clip.cyclip_terms(kept.image[-1, :{p.square}], kept.text[{p.tongue!r}][-1, :{p.square}])
    vectors = clip.class_vectors(clip.load(model), {p.kind!r}, {p.tongue!r})
    zero_shot = (rows[half:] @ vectors.T).argmax(axis=1)
    near = knn_predict(rows[:half], label[:half], rows[half:], k={p.near}, metric="cosine")
    print(f"cross_{{model}} =", cross)
    print(f"agree_{{model}} =", 100 * np.mean(zero_shot == near))
"""


def agrees(*runs: Rivals) -> bool:
    """Whether both terms fell below half, and fell even beside the spread of the cosines."""
    return all(
        a.cross_term < b.cross_term / 2 and a.inner_term < b.inner_term / 2 and (a.relative < 0.8 * b.relative).all()
        for a, b in ((r.cyclip, r.clip) for r in runs)
    )


def shrunk(m: Model) -> Model:
    """Let all cosines be a third of what they are: a model whose points have moved together."""
    return replace(m, cross=m.cross / 9, inner=m.inner / 9, spread=m.spread / 9)


BATCHES = ({"square": 8}, {"square": 48}, {"tongue": "ja"}, {"tongue": "ja", "square": 48}, {})
CHECKS = {
    "cyclic": Check(
        BATCHES,
        agrees,
        control=lambda *runs: tuple(Rivals(r.clip, shrunk(r.clip)) for r in runs),
        measure=lambda *runs: {"left": runs[-1].cyclip.relative / runs[-1].clip.relative},
    )
}
