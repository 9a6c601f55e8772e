"""CyCLIP: two kinds of disagreement between distances, without its terms in the loss, with some, with far too much."""

import functools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.classical.neighbors import knn_predict
from core.pretraining import clip
from core.result import result
from core.text import T
from figures.spec import Stage
from pages.pretraining.clip.consistency import answers, trade
from pages.pretraining.clip.pictures import differences
from pages.pretraining.clip.shared import Floats, Tongue, embedded, encoder
from ui.params import choice, slider
from ui.scene import Check, Readout

CONTROLS = ("lam", "square", "kind", "tongue")
ZOOM = ("square",)
KINDS = {
    "both": T("色と形 (42)", "Colour and shape (42)"),
    "shape": T("形 (6)", "Shape (6)"),
    "colour": T("色 (7)", "Colour (7)"),
}
WEIGHTS = {"clip": "0", "cyclip": "0.02", "strong": "5"}  # the λ with which each model was trained


@dataclass(frozen=True)
class Params(Tongue):
    lam: str = choice(
        T("学習に使った λ", "λ of the training"),
        {name: T(f"λ = {WEIGHTS[name]}", f"λ = {WEIGHTS[name]}") for name in ("cyclip", "strong")},
    )
    square: int = slider(T("バッチの大きさ N", "Batch size N"), 4, 48, default=24)
    kind: str = choice(T("何で分類するか", "Classify by"), KINDS)
    near: int = slider(T("k 近傍法の k", "k of k-NN"), 1, 25, default=5)


@result
class Model:
    """One model's disagreements in a batch, and how two ways to classify by it agree, in %."""

    name: T
    cross: Floats  # (n, n) squared cross-modal differences
    inner: Floats  # (n, n) squared in-modal differences
    spread: float  # variance of the cosines of images and captions that are no pair
    likeness: float  # mean cosine of two different images
    loss: float  # InfoNCE of the whole gallery at the model's own temperature
    zero_shot: float  # right
    knn: float  # right
    agree: float  # the same answer

    @property
    def in_modal(self) -> float:
        return float(self.relative[1])

    @property
    def relative(self) -> Floats:
        """Both mean squares beside the spread, cross-modal and in-modal: it stays if all cosines merely shrink."""
        return np.array([self.cross.mean(), self.inner.mean()]) / self.spread


@result
class Rivals:
    models: dict[str, Model]  # by the names of `WEIGHTS`
    chosen: Model

    @property
    def clip(self) -> Model:
        return self.models["clip"]

    @property
    def cyclip(self) -> Model:
        return self.models["cyclip"]

    @property
    def strong(self) -> Model:
        return self.models["strong"]


def compute(p: Params) -> Rivals:
    models = {name: model(name, p) for name in WEIGHTS}
    return Rivals(models, models[p.lam])


def model(name: str, p: Params) -> Model:
    image, caption = (rows[: p.square] for rows in embedded(name, p.tongue))
    cross, inner = clip.cyclip_differences(image, caption)
    apart = ~np.eye(p.square, dtype=bool)
    shape = (image @ caption.T)[apart].var(), (image @ image.T)[apart].mean()
    said = T(f"λ = {WEIGHTS[name]}", f"λ = {WEIGHTS[name]}")
    answered = two_answers(name, p.kind, p.near, p.tongue)
    return Model(said, cross**2, inner**2, *shape, whole_loss(name, p.tongue), *answered)


@functools.cache
def whole_loss(name: str, tongue: str) -> float:
    """Give InfoNCE of all pairs of the gallery."""
    image, caption = embedded(name, tongue)
    return float(clip.losses_over(image @ caption.T, [encoder(name).temperature])[0])


@functools.lru_cache(maxsize=64)
def two_answers(name: str, kind: str, k: int, tongue: str) -> tuple[float, ...]:
    """Classify pictures of one thing by the nearest class and by the nearest pictures: right, right, the same, in %."""
    rows, true = clip.embedded(name).singles, clip.class_numbers(clip.singles(), kind)
    asked, answer = rows[clip.BANK :], true[clip.BANK :]
    zero_shot = (asked @ clip.class_vectors(encoder(name), kind, tongue).T).argmax(axis=1)
    near = knn_predict(rows[: clip.BANK], true[: clip.BANK], asked, k=k, metric="cosine")
    same = (zero_shot == answer, near == answer, zero_shot == near)
    return tuple(100 * float(np.mean(agree)) for agree in same)


READOUTS = (
    Readout("inner_clip", T("モーダル内: λ = 0", "In-modal: λ = 0"), "clip.in_modal", 2),
    Readout("inner", T("選んだ λ", "chosen λ"), "chosen.in_modal", 2),
    Readout("likeness", T("別の絵どうし", "Two pictures"), "chosen.likeness", 2),
    Readout("loss", T("対比損失", "InfoNCE"), "chosen.loss", 2),
)


def draw(r: Rivals, p: Params) -> Stage:
    models, parts = (r.clip, r.chosen), []
    for kind, name in (("cross", T("モーダル間", "cross-modal")), ("inner", T("モーダル内", "in-modal"))):
        # Beside each model's own spread: cosines that shrink all alike leave the panel as it is.
        squares = [getattr(m, kind) / m.spread for m in models]
        top = max(float(np.quantile(squares, 0.995)), 1e-9)
        for i, (m, square) in enumerate(zip(models, squares, strict=True)):
            title = T(*(f"{m.name(lang)} {name(lang)}: {square.mean():.2f}" for lang in ("ja", "en")))
            parts.append(differences(f"{kind}{i}", square, top, title))
    return Stage(
        (trade(r.models, p.lam), answers(r.clip, r.chosen, p.near), *parts),
        ("cross0 cross1 trade", "inner0 inner1 answers"),
        height=470,
        columns="minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1.15fr)",
        note="rivals",
    )


def code(p: Params) -> str:
    return f"""\
import numpy as np
from core.pretraining import clip

n, apart = {p.square}, ~np.eye({p.square}, dtype=bool)
for key, name in (("inner_clip", "clip"), ("inner", {p.lam!r})):
    kept = clip.embedded(name)
    image, text = kept.image[:n], kept.text[{p.tongue!r}][:n]
    _, differences = clip.cyclip_differences(image, text)
    print(f"{{key}} =", (differences**2).mean() / (image @ text.T)[apart].var())
print("likeness =", (image @ image.T)[apart].mean())
loss = clip.contrastive_loss(kept.image, kept.text[{p.tongue!r}], clip.load(name).temperature)
print("loss =", loss.total)
"""


def left(*runs: Rivals) -> Floats:
    """Give what is left of both disagreements beside the spread: of CLIP's, the largest of all runs."""
    return np.array([r.cyclip.relative / r.clip.relative for r in runs]).max(axis=0)


def agrees(*runs: Rivals) -> bool:
    """Whether in-modal distances agree clearly better beside the spread, and the pairs are told apart as well."""
    return left(*runs)[1] < 0.7 and all(r.cyclip.loss < 1.1 * r.clip.loss for r in runs)


def gathers(*runs: Rivals) -> bool:
    """Whether the points moved together, the pairs are told apart worse, and so are the classes by k-NN."""
    return all(
        r.strong.likeness > r.clip.likeness + 0.2 and r.strong.loss > 2 * r.clip.loss and r.strong.knn < r.clip.knn - 10
        for r in runs
    )


def in_place_of(name: str, other: str) -> Any:
    """Make a wrong result: one model's numbers as another's."""
    return lambda *runs: tuple(replace(r, models={**r.models, name: r.models[other]}) for r in runs)


BATCHES = ({"square": 32}, {"tongue": "ja"}, {"tongue": "ja", "square": 48}, {"square": 48}, {})
CHECKS = {
    "cyclic": Check(
        BATCHES, agrees, control=in_place_of("cyclip", "strong"), measure=lambda *runs: {"left": left(*runs)}
    ),
    "toomuch": Check(
        tuple(fields | {"lam": "strong"} for fields in BATCHES), gathers, control=in_place_of("strong", "cyclip")
    ),
}
