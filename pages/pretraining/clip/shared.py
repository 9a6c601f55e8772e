"""What scenes share: the models and who they are, words in both languages, controls that keep their value."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.pretraining import clip
from core.pretraining.clip import captions, real
from core.result import lock
from core.text import T
from ui.params import choice, slider

Floats = NDArray[np.float64]
Images = NDArray[np.uint8]

TONGUES = ("ja", "en")
NULL = 200  # captions by chance of each language
SHAPES = {
    "circle": T("丸", "Circle"),
    "square": T("四角", "Square"),
    "triangle": T("三角", "Triangle"),
    "star": T("星", "Star"),
    "heart": T("ハート", "Heart"),
    "cross": T("十字", "Cross"),
}
COLOURS = {
    "red": T("赤", "Red"),
    "orange": T("オレンジ", "Orange"),
    "yellow": T("黄", "Yellow"),
    "green": T("緑", "Green"),
    "blue": T("青", "Blue"),
    "purple": T("紫", "Purple"),
    "pink": T("ピンク", "Pink"),
}
MODELS = {
    "clip": T("CLIP", "CLIP"),
    "cyclip": T("CyCLIP (λ = 0.02)", "CyCLIP (λ = 0.02)"),
    "strong": T("CyCLIP (λ = 5)", "CyCLIP (λ = 5)"),
    "mirrored": T("鏡の組も見た CLIP", "CLIP that met mirrored pairs"),
    "digits": T("CLIP＋数字 (ファインチューニング後)", "CLIP tuned to digits"),
    "bag": T("語順を見ない CLIP (Bag-of-Words)", "CLIP without word order (bag of words)"),
}
SPEAKERS = {
    "clip": T("自作の小さな CLIP", "our own small CLIP"),
    "cyclip": T("自作の小さな CyCLIP", "our own small CyCLIP"),
    "strong": T("λ が大きすぎる小さな CyCLIP", "our CyCLIP with far too large a λ"),
    "mirrored": T("鏡の組も見た小さな CLIP", "our CLIP that met mirrored pairs"),
    "digits": T("数字で調整した小さな CLIP", "our CLIP, tuned to digits"),
    "bag": T("語順を見ない小さな CLIP", "our CLIP without word order"),
    "real": T("本物の CLIP (open_clip)", "the real CLIP (open_clip)"),
}
if real.found():  # only where the package and its weights are at hand
    MODELS["real"] = T("本物の CLIP (open_clip)", "The real CLIP (open_clip)")


@dataclass(frozen=True)
class Followed:
    follow: int = slider(T("注目する組", "Pair to follow"), 1, 32, default=1)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


@dataclass(frozen=True)
class Tongue:
    tongue: str = choice(
        T("文の言語", "Language of the captions"), {"en": T("英語", "English"), "ja": T("日本語", "Japanese")}
    )


@dataclass(frozen=True)
class Trained:
    """One of the models whose training is kept."""

    trained: str = choice(T("モデル", "Model"), {name: MODELS[name] for name in ("clip", "cyclip")})

    @property
    def speaker(self) -> T:
        return SPEAKERS[self.trained]


@functools.cache
def encoder(name: str) -> Any:
    return real.load(path) if name == "real" and (path := real.found()) else clip.load(name)


@functools.lru_cache(maxsize=512)
def read(name: str, texts: tuple[str, ...]) -> Floats:
    """Encode sentences: (n, d) unit rows. They stay while a hand moves the picture."""
    rows = np.asarray(encoder(name).encode_texts(list(texts)), dtype=float)
    lock(rows)
    return rows


def embedded(trained: str, tongue: str) -> tuple[Floats, Floats]:
    """Give the gallery's embeddings by a trained model: pictures and captions, (GALLERY, 64) each."""
    kept = clip.embedded(trained)
    return kept.image, kept.text[tongue]


def sentence(what: captions.Said, wording: int = 0) -> T:
    return T(captions.describe(what, "ja", wording), captions.describe(what, "en", wording))


def heard(caption: str) -> tuple[T, T]:
    """List the words of a caption that a model does not know, and give the first of those that it has no room for."""
    tokens = captions.tokenize(caption)
    unknown, rest = tokens.unknown[:6], next(iter(tokens.dropped), "")
    return T("、".join(unknown), ", ".join(unknown)), T(rest, rest)


@functools.cache
def thumbnails(which: str) -> Images:
    """Draw the probe's or the gallery's pictures at half size: (n, 32, 32, 3)."""
    big = {"probe": clip.probe, "gallery": clip.gallery}[which]().images.astype(np.uint16)
    quarters = big[:, ::2, ::2] + big[:, 1::2, ::2] + big[:, ::2, 1::2] + big[:, 1::2, 1::2]
    small: Images = ((quarters + 2) // 4).astype(np.uint8)
    lock(small)
    return small
