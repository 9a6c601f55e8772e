"""Lesson: pictures and sentences in one space, learned by telling pairs apart."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import ahead
from core.pretraining import captions as words
from core.pretraining import circle as ring
from core.pretraining import clip as core
from core.pretraining import real, scenes
from figures.pretraining import clip as figures
from figures.spec import BLUE, GREEN, PURPLE, Card, Playhead, Row, Stage, T
from ui.params import Picture, choice, own_picture, slider, text, toggle
from ui.scene import Experiment, Readout, Scene

Floats = NDArray[np.float64]
Images = NDArray[np.uint8]

PHOTO = Picture()
NOTHING = T("", "")
NULL = 200  # random captions of each language, to compare a score with
PERCENT = T("%", "%")

SHAPE_WORDS = {
    "circle": T("丸", "Circle"), "square": T("四角", "Square"), "triangle": T("三角", "Triangle"), "star": T("星", "Star"),
    "heart": T("ハート", "Heart"), "cross": T("十字", "Cross"),
}  # fmt: skip
COLOUR_WORDS = {
    "red": T("赤", "Red"), "orange": T("オレンジ", "Orange"), "yellow": T("黄", "Yellow"), "green": T("緑", "Green"),
    "blue": T("青", "Blue"), "purple": T("紫", "Purple"), "pink": T("ピンク", "Pink"),
}  # fmt: skip
GROUND_WORDS = {"white": T("白", "White"), "grey": T("灰色", "Grey"), "black": T("黒", "Black")}


TONGUES = ("ja", "en")
MODELS = {
    "clip": T("CLIP", "CLIP"),
    "cyclip": T("CyCLIP", "CyCLIP"),
    "digits": T("CLIP＋数字 (ファインチューニング後)", "CLIP tuned to digits"),
    "bag": T("語順を見ない CLIP (単語袋)", "CLIP without word order (bag of words)"),
}
SPEAKERS = {
    "clip": T("自作の小さな CLIP", "our own small CLIP"),
    "cyclip": T("自作の小さな CyCLIP", "our own small CyCLIP"),
    "digits": T("数字で調整した小さな CLIP", "our CLIP, tuned to digits"),
    "bag": T("語順を見ない小さな CLIP", "our CLIP without word order"),
}
if real.found():  # only where the package and its weights are at hand
    MODELS["real"] = T("本物の CLIP (open_clip)", "The real CLIP (open_clip)")
    SPEAKERS["real"] = T("本物の CLIP (open_clip)", "the real CLIP (open_clip)")
TRAINED = {"clip": MODELS["clip"], "cyclip": MODELS["cyclip"]}  # those whose training is kept
SWAPS: dict[str, T] = {
    "object": T("形を、絵にないものに", "A shape that is not there"),
    "colour": T("色を、絵にないものに", "A colour that is not there"),
    "size": T("大きさを逆に", "The other size"),
    "relation": T("位置関係を逆に", "The converse relation"),
    "binding": T("二つの色を入れ替え", "The two colours change places"),
    "order": T("二つの物を入れ替え（語順）", "The two things change places (order)"),
}


def _drawn(p: "Params") -> bool:
    """Whether the picture is composed here, and none of one's own."""
    return not p.photo


def _pair(p: "Params") -> bool:
    return p.shape2 != "none"


def _drawn_pair(p: "Params") -> bool:
    return _drawn(p) and _pair(p)


@dataclass(frozen=True)
class Params:
    """The controls of CLIP."""

    # A scene and what is said about it
    task: str = choice(
        T("何と比べるか", "Compare with"),
        {
            "captions": T("一語だけ違う文", "Captions with one word changed"),
            "colour": T("色を当てる", "Zero-shot: which colour"),
            "shape": T("形を当てる", "Zero-shot: which shape"),
            "size": T("大きさを当てる", "Zero-shot: which size"),
            "place": T("場所を当てる", "Zero-shot: where"),
            "ground": T("背景を当てる", "Zero-shot: which background"),
        },
    )
    typed: str = text(
        T("自分で書く文", "Your own caption"),
        120,
        help=T("日本語でも英語でも書けます。", "In English or in Japanese."),
    )
    shape: str = choice(T("形", "Shape"), SHAPE_WORDS, when=_drawn)
    colour: str = choice(T("色", "Colour"), COLOUR_WORDS, when=_drawn)
    size: float = slider(T("大きさ", "Size"), 0.07, 0.24, default=0.19, step=0.005, when=_drawn)
    x: float = slider(T("横", "Across"), 0.0, 1.0, default=0.3, step=0.01, when=_drawn)
    y: float = slider(T("縦", "Up"), 0.0, 1.0, default=0.7, step=0.01, when=_drawn)
    shape2: str = choice(T("二つ目の形", "Second shape"), {"none": T("なし", "None"), **SHAPE_WORDS}, when=_drawn)
    colour2: str = choice(T("二つ目の色", "Second colour"), COLOUR_WORDS, default="blue", when=_drawn_pair)
    size2: float = slider(T("二つ目の大きさ", "Second size"), 0.07, 0.24, default=0.1, step=0.005, when=_drawn_pair)
    x2: float = slider(T("二つ目の横", "Second across"), 0.0, 1.0, default=0.74, step=0.01, when=_drawn_pair)
    y2: float = slider(T("二つ目の縦", "Second up"), 0.0, 1.0, default=0.3, step=0.01, when=_drawn_pair)
    ground: str = choice(T("背景", "Background"), GROUND_WORDS, when=_drawn)
    template: str = choice(
        T("言い回し", "Wording"),
        {
            "0": T("基本の文", "Canonical"),
            "1": T("二つ目の言い方", "Second wording"),
            "2": T("三つ目の言い方", "Third wording"),
            "3": T("四つ目の言い方", "Fourth wording"),
            "all": T("四つの平均 (アンサンブル)", "Mean of the four (ensemble)"),
        },
    )
    model: str = choice(T("モデル", "Model"), MODELS)
    look: int = slider(T("描き方の乱数の種", "Seed of the look"), 0, 99, default=0, when=_drawn)
    photo: str = own_picture(
        sets={"task": "colour", "typed": ""},
        warning=T(
            "このモデルが知っているのは、6 つの形と 7 つの色の自作の絵だけです。写真を見せると、知っている言葉で答えますが、あてにはなりません。「似ているか」の場面で使います。",
            "This model knows only its own drawings of six shapes in seven colours. Shown a photograph it answers in the words it has, but means little by them. The picture is used in the scene “Similarity”.",
        ),
    )
    # The batch
    show: str = choice(
        T("何を見るか", "Show"),
        {
            "cosine": T("コサイン", "Cosine"),
            "logits": T("ロジット (コサイン ÷ τ)", "Logits (cosine ÷ τ)"),
            "columns": T("画像ごとの確率 (画像→文)", "Softmax of each image (image→text)"),
            "rows": T("文ごとの確率 (文→画像)", "Softmax of each caption (text→image)"),
        },
    )
    tau: float = slider(T("温度 τ", "Temperature τ"), 0.005, 100.0, default=0.07, log=True)
    batch: int = slider(T("バッチの大きさ N", "Batch size N"), 2, 32, default=10)
    copies: int = slider(
        T("同じ組の数 m", "Copies of one pair m"),
        1,
        16,
        default=1,
        help=T("一つ目の組を m 回入れます。", "The first pair stands m times in the batch."),
    )
    # The circle
    pairs: int = slider(T("組の数", "Pairs"), 2, 24, default=8)
    heat: float = slider(T("温度 τ", "Temperature τ"), 0.02, 10.0, default=0.2, log=True)
    rate: float = slider(T("学習率", "Learning rate"), 0.0005, 0.5, default=0.002, log=True)
    apart: float = slider(T("はじめのすき間", "Gap at the start"), 0.0, 1.0, default=0.0, step=0.05)
    follow: int = slider(T("注目する組", "Pair to follow"), 1, 32, default=1)
    cross: float = slider(
        T("CyCLIP の λ₁（モーダル間）", "CyCLIP's λ₁ (cross-modal)"), 0.0, 2.0, default=0.0, step=0.05
    )
    inner: float = slider(T("CyCLIP の λ₂（モーダル内）", "CyCLIP's λ₂ (in-modal)"), 0.0, 2.0, default=0.0, step=0.05)
    # The gap
    onto: str = choice(
        T("地図の横軸", "Across the map"),
        {"gap": T("すき間の方向", "The gap's direction"), "pca": T("第 1 主成分", "1st principal component")},
    )
    share: float = slider(T("閉じる割合", "Share of the gap to close"), -0.5, 1.5, default=0.0, step=0.05)
    # CyCLIP
    square: int = slider(T("バッチの大きさ N", "Batch size N"), 4, 48, default=24)
    lambda1: float = slider(T("λ₁（モーダル間）", "λ₁ (cross-modal)"), 0.0, 2.0, default=0.25, step=0.05)
    lambda2: float = slider(T("λ₂（モーダル内）", "λ₂ (in-modal)"), 0.0, 2.0, default=0.25, step=0.05)
    kind: str = choice(
        T("何で分類するか", "Classify by"),
        {
            "both": T("色と形 (42)", "Colour and shape (42)"),
            "shape": T("形 (6)", "Shape (6)"),
            "colour": T("色 (7)", "Colour (7)"),
        },
    )
    near: int = slider(T("k 近傍法の k", "k of k-NN"), 1, 25, default=5)
    # PAINT
    alpha: float = slider(T("混ぜる割合 α", "Mixing α"), 0.0, 1.0, default=0.5, step=0.05)
    # Swaps
    swap: str = choice(T("何を入れ替えるか", "What is swapped"), SWAPS, default="binding")
    example: int = slider(T("例の番号", "Example"), 0, 199, default=0)
    mistakes: bool = toggle(T("モデルが間違える例だけ", "Only examples the model gets wrong"))
    judge: str = choice(
        T("モデル", "Model"), {name: text for name, text in MODELS.items() if name in ("clip", "cyclip", "digits")}
    )
    tongue: str = choice(
        T("文の言語", "Language of the captions"), {"en": T("英語", "English"), "ja": T("日本語", "Japanese")}
    )
    # Search
    want_colour: str = choice(
        T("探す色", "Colour to find"), {"any": T("どれでも", "Any"), **COLOUR_WORDS}, default="purple"
    )
    want_shape: str = choice(
        T("探す形", "Shape to find"), {"any": T("どれでも", "Any"), **SHAPE_WORDS}, default="heart"
    )
    find: str = text(T("自分で書く文", "Your own words"), 120)
    base: int = slider(
        T("出発の絵 (0: なし)", "Picture to start from (0: none)"),
        0,
        256,
        default=0,
        help=T("絵から、探す言葉の分だけずらします。", "The words shift this picture's place."),
    )
    weight: float = slider(
        T("言葉の強さ", "Weight of the words"), 0.0, 3.0, default=1.0, step=0.1, when=lambda p: p.base > 0
    )
    trained: str = choice(T("モデル", "Model"), TRAINED)
    seed: int = slider(T("乱数の種", "Seed"), 0, 99, default=0)


# ---- encoders


@functools.lru_cache(maxsize=8)
def _encoder(name: str) -> Any:
    path = real.found() if name == "real" else None
    return real.load(path) if path else core.load(name)


@functools.lru_cache(maxsize=512)
def _read(name: str, texts: tuple[str, ...]) -> Floats:
    """Encode sentences: (n, d) unit rows."""
    rows = np.asarray(_encoder(name).encode_texts(list(texts)), dtype=float)
    rows.flags.writeable = False
    return rows


def _look(name: str, images: Sequence[Images]) -> Floats:
    """Encode pictures: (n, d) unit rows."""
    return np.asarray(_encoder(name).encode_images(list(images)), dtype=float)


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))


@functools.lru_cache(maxsize=8)
def _random_captions(name: str) -> Floats:
    """Encode captions of nothing in particular: (2, NULL, d), Japanese and English."""
    rows = np.stack([_read(name, core.random_captions(NULL, language=tongue)) for tongue in TONGUES])
    rows.flags.writeable = False
    return rows


# ---- what was made ahead


@functools.lru_cache(maxsize=8)
def _history(name: str, tongue: str) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Give the probe's embeddings through training: steps (t,), pictures and captions (t, n, d)."""
    kept = core.replay(name)
    arrays = kept.image.astype(float), kept.text[tongue].astype(float)
    for array in arrays:
        array.flags.writeable = False
    return kept.steps, *arrays


def _embedded(name: str, tongue: str) -> tuple[Floats, Floats]:
    """Give the probe's embeddings (n, d) by the trained model."""
    _, image, text = _history(name, tongue)
    return image[-1], text[-1]


@functools.lru_cache(maxsize=2)
def _gallery(name: str) -> Floats:
    rows = core.gallery_images(name).astype(float)
    rows.flags.writeable = False
    return rows


@functools.lru_cache(maxsize=2)
def _halved(which: str) -> Images:
    """Draw a batch's pictures at half size: (n, 32, 32, 3)."""
    big = {"probe": core.probe, "gallery": core.gallery}[which]().images.astype(np.uint16)
    quarters = big[:, ::2, ::2] + big[:, 1::2, ::2] + big[:, ::2, 1::2] + big[:, 1::2, 1::2]
    small: Images = ((quarters + 2) // 4).astype(np.uint8)
    small.flags.writeable = False
    return small


def _text(said: Any, wording: int = 0) -> T:
    return T(words.describe(said, "ja", wording), words.describe(said, "en", wording))


def _speaks(name: str, more: T = NOTHING) -> T:
    """Say which model speaks, over the stage."""
    who = SPEAKERS[name]
    return T(f"{who.ja} の答えです。{more.ja}", f"Answers by {who.en}. {more.en}".strip())


def _unknown(found: Sequence[str]) -> T:
    """Name the words that were skipped."""
    return T(
        f"知らない言葉: {'、'.join(found[:6])}",
        f"Unknown words were skipped: {', '.join(found[:6])}",
    )


# ---- scene 1: similarity


@dataclass(frozen=True, eq=False)
class Similar:
    """What the model thinks of one picture and some captions.

    Arrays over the captions have shape (2, n): Japanese, English.
    """

    image: Images
    labels: tuple[T, ...]
    true: NDArray[np.bool_]  # (n,)
    cosine: Floats
    logit: Floats
    share: Floats  # softmax over the captions
    percentile: Floats  # of the random captions that score lower, in %
    null: Floats  # (2, NULL)
    typed: bool
    unknown: tuple[str, ...]  # words of the typed caption that the model does not know
    held_out: bool
    scale: float


def scene_of_params(p: Params) -> scenes.Scene:
    """Compose the scene."""
    things = [scenes.Thing(p.shape, p.colour, p.size, p.x, p.y)]
    if _pair(p):
        things.append(scenes.Thing(p.shape2, p.colour2, p.size2, p.x2, p.y2))
    return scenes.Scene(tuple(things), p.ground)


def _next(options: Sequence[str], word: str | None, step: int = 1) -> str:
    return options[(options.index(word or options[0]) + step) % len(options)]


def _other_captions(said: Any) -> list[Any]:
    """Change one thing at a time."""
    first = said.nouns[0]
    if len(said.nouns) == 1:
        recoloured = replace(first, colour=_next(scenes.COLOURS, first.colour, 3))
        reshaped = replace(first, shape=_next(scenes.SHAPES, first.shape, 2))
        resized = replace(first, size=_next(scenes.SIZES, first.size))
        row, column = said.place.split()
        moved = f"{_next(scenes.ROWS, row, 2 if row == 'bottom' else 1)} {_next(scenes.COLUMNS, column, 2)}"
        everything = words.Noun(reshaped.shape, recoloured.colour, resized.size)
        return [
            said,
            replace(said, nouns=(recoloured,)),
            replace(said, nouns=(reshaped,)),
            replace(said, nouns=(resized,)),
            replace(said, place=moved),
            replace(said, nouns=(everything,), place=moved),
        ]
    second = said.nouns[1]
    converse = words.CONVERSE[said.relation]
    return [
        said,
        replace(said, nouns=(replace(first, colour=second.colour), replace(second, colour=first.colour))),
        replace(said, nouns=(replace(first, shape=second.shape), replace(second, shape=first.shape))),
        replace(said, relation=converse),
        replace(said, nouns=(second, first)),
        replace(said, nouns=(replace(first, colour=_absent(scenes.COLOURS, first.colour, second.colour)), second)),
        replace(said, nouns=(replace(first, shape=_absent(scenes.SHAPES, first.shape, second.shape)), second)),
    ]


def _absent(options: Sequence[str], one: str | None, other: str | None) -> str:
    return next(o for o in options if o not in (one, other))


def _rows(p: Params, scene: scenes.Scene) -> tuple[list[Any], list[bool]]:
    """List what the picture is compared with, and which of it is true."""
    said, noun = words.said(scene, background=False), words.Noun
    thing = scene.things[0]
    if p.task == "captions" and not p.photo:
        rows = list(dict.fromkeys(_other_captions(said)))
        same = (
            [said]
            if scene.relation is None
            else [said, replace(said, nouns=said.nouns[::-1], relation=words.CONVERSE[said.relation])]
        )
        return rows, [row in same for row in rows]
    if p.task == "place" and scene.relation is not None and not p.photo:
        rows = [replace(said, relation=r) for r in scenes.RELATIONS]
        return rows, [r == scene.relation for r in scenes.RELATIONS]
    classes: dict[str, tuple[list[Any], set[str]]] = {
        "colour": ([words.Said((noun(None, c),)) for c in scenes.COLOURS], {t.colour for t in scene.things}),
        "shape": ([words.Said((noun(s),)) for s in scenes.SHAPES], {t.shape for t in scene.things}),
        "size": ([words.Said((noun(None, None, s),)) for s in scenes.SIZES], {t.size_word for t in scene.things}),
        "place": ([words.Said((noun(None),), place=w) for w in scenes.PLACES], {thing.place}),
        "ground": ([words.Said((noun(None),), background=g) for g in scenes.BACKGROUNDS], {scene.background}),
    }
    names: dict[str, Sequence[str]] = {
        "colour": scenes.COLOURS, "shape": scenes.SHAPES, "size": scenes.SIZES, "place": scenes.PLACES,
        "ground": scenes.BACKGROUNDS,
    }  # fmt: skip
    # Nothing can be changed in the caption of a picture that nobody described.
    task = "colour" if p.task == "captions" else p.task
    rows, right = classes[task]
    return rows, [not p.photo and name in right for name in names[task]]


def _wordings(p: Params) -> Sequence[int]:
    return range(words.WORDINGS) if p.template == "all" else [int(p.template)]


def _japanese(typed: str) -> bool:
    return any(ord(c) > 255 for c in typed)


def compute_similar(p: Params) -> Similar:
    """Encode the picture and the captions, and compare."""
    scene = scene_of_params(p)
    image = PHOTO.unpack(p.photo) if p.photo else scenes.render(scene, p.look)
    rows, true = _rows(p, scene)
    wordings = _wordings(p)
    encoded = [
        _unit(np.mean([_read(p.model, tuple(words.describe(s, tongue, w) for s in rows)) for w in wordings], axis=0))
        for tongue in TONGUES
    ]
    texts = np.stack(encoded)  # (2, n, d)
    labels = [_text(s, 0 if p.template == "all" else int(p.template)) for s in rows]
    typed = p.typed.strip()
    null = _random_captions(p.model)
    unknown: tuple[str, ...] = ()
    if typed:
        own = np.broadcast_to(_read(p.model, (typed,)), (2, 1, texts.shape[-1]))
        texts = np.concatenate([own, texts], axis=1)
        labels = [T(typed, typed), *labels]
        true = [False, *true]
        unknown = words.tokenize(typed).unknown if p.model != "real" else ()
    at = _look(p.model, [image])[0]
    cosine, nothing = texts @ at, null @ at
    if typed:
        # A typed caption is compared with random ones of its language.
        nothing_typed = nothing[0 if _japanese(typed) else 1]
    scale = 1 / _encoder(p.model).temperature
    # logit = cosine / τ
    logit = scale * cosine
    share = core.probabilities(cosine, 1 / scale)
    percentile = np.array(
        [[core.percentile(c, null_row) for c in row] for row, null_row in zip(cosine, nothing, strict=True)]
    )
    if typed:
        percentile[:, 0] = core.percentile(float(cosine[0, 0]), nothing_typed)
    return Similar(
        image, tuple(labels), np.array(true), cosine, logit, share, percentile, nothing, bool(typed), unknown,
        scenes.held_out(scene), scale,
    )  # fmt: skip


def draw_similar(r: Similar, p: Params) -> Stage:
    places = [("x", "y", p.x, p.y)] + ([("x2", "y2", p.x2, p.y2)] if _pair(p) else [])
    if p.photo:
        places = []
    best = [int(v) for v in r.cosine.argmax(axis=1)]
    what = _text(words.said(scene_of_params(p)))
    labels = [T(f"✓ {t.ja}", f"✓ {t.en}") if true else t for t, true in zip(r.labels, r.true, strict=True)]
    alt = T(f"絵: {what.ja}。輪を引くと動きます。", f"Picture: {what.en}. Drag a ring to move it.")
    picture = figures.scene(r.image, places, alt=T("自分の画像です。", "Your own picture.") if p.photo else alt)
    shown = figures.scores(
        labels, r.cosine, r.share, r.percentile, r.null, typed=r.typed,
        alt=T(
            f"いちばん近い文は「{r.labels[best[0]].ja}」で、コサインは {r.cosine[0, best[0]]:.2f} です。",
            f"The nearest caption is “{r.labels[best[1]].en}”, cosine {r.cosine[1, best[1]]:.2f}.",
        ),
    )  # fmt: skip
    rows = []
    for i, tongue in enumerate((T("日本語", "Japanese"), T("英語", "English"))):
        if r.typed and i:
            continue
        name = T("自分の文", "Your caption") if r.typed else tongue
        rows += [
            Row(T(f"{name.ja}: コサイン", f"{name.en}: cosine"), r.cosine[i, :1], 3),
            Row(T("　ロジット", "— logit"), r.logit[i, :1], 1),
            Row(T("　確率 (%)", "— probability (%)"), 100 * r.share[i, :1], 1),
            Row(T("　でたらめな文より上 (%)", "— above random (%)"), r.percentile[i, :1], 1),
        ]
    if r.typed:
        rows += [Row(T("logit ÷ コサイン", "logit ÷ cosine"), np.array([r.scale]), 1)]
    card = Card("card", T("いちばん上の文", "The caption on top"), tuple(rows))
    if r.unknown:
        more = _unknown(r.unknown)
    elif p.photo and p.model != "real":
        more = T(
            "自作の絵しか知らないので、写真への答えはあてになりません。",
            "It knows only its own drawings: about a photograph its answers mean little.",
        )
    elif p.model == "real":
        more = NOTHING
    elif r.held_out:
        more = T(
            "この形と色の組み合わせは、訓練で一度も見せていません。", "Training never showed this shape in this colour."
        )
    else:
        more = T("この形と色の組み合わせは、訓練で見せました。", "Training showed this shape in this colour.")
    return Stage((picture, shown), ("scene scores", "card scores"), (card,), height=500,
                 columns="minmax(0, 1fr) minmax(0, 1.75fr)", note=_speaks(p.model, more))  # fmt: skip


def readouts_similar(r: Similar, p: Params) -> tuple[Readout, ...]:
    beaten = T("でたらめな文に勝つ割合", "Random captions beaten")
    if r.typed:
        return (
            Readout("cosine", T("自分の文: コサイン", "Your caption: cosine"), float(r.cosine[0, 0]), 3),
            Readout("percentile", beaten, float(r.percentile[0, 0]), 1, PERCENT),
        )
    return (
        Readout(
            "cosine_ja",
            T("いちばん上の文のコサイン: 日本語", "Top caption's cosine: Japanese"),
            float(r.cosine[0, 0]),
            3,
        ),
        Readout("cosine_en", T("英語", "English"), float(r.cosine[1, 0]), 3),
    )


# ---- scene 2: the matrix


TAUS = np.geomspace(0.005, 100.0, 33)


@dataclass(frozen=True, eq=False)
class Matrix:
    """One batch at each checkpoint of the training: what is compared, and what it costs."""

    steps: NDArray[np.int64]  # (t,)
    which: NDArray[np.int64]  # (n,) pairs of the probe
    similarity: Floats  # (t, n, n) cosines
    rows: Floats  # (t, n, n) softmax over the captions of each image
    columns: Floats  # (t, n, n) softmax over the images of each caption
    to_text: Floats  # (t, n) loss of each image's choice among the captions
    to_image: Floats  # (t, n)
    loss: Floats  # (t,)
    over_tau: Floats  # (t, TAUS) the loss at other temperatures
    top1: Floats  # (t, 2) share of right answers, image to text and back; copies count as right
    confidence: Floats  # (t,) mean of the largest probability over the captions
    copies: int
    focus: int


def _which(p: Params) -> NDArray[np.int64]:
    """Choose the pairs of the batch from the probe; the first stands as often as the parameters say."""
    n, m = p.batch, min(p.copies, p.batch)
    order = np.random.default_rng(p.seed).permutation(core.PROBE) if p.seed else np.arange(core.PROBE)
    return np.concatenate([np.repeat(order[:1], m), order[1 : n - m + 1]])


def compute_matrix(p: Params) -> Matrix:
    """Compare all images with all captions, at every checkpoint."""
    steps, image, text = _history(p.trained, p.tongue)
    which = _which(p)
    similarity = image[:, which] @ text[:, which].transpose(0, 2, 1)
    losses = [core.contrastive_loss(image[k, which], text[k, which], p.tau) for k in range(len(steps))]
    over_tau = _losses_over(similarity, TAUS)
    same = which[:, None] == which
    right = [
        (
            np.take_along_axis(
                np.broadcast_to(same, similarity.shape), similarity.argmax(axis=axis, keepdims=True), axis=axis
            )
        ).mean(axis=(1, 2))
        for axis in (2, 1)
    ]
    return Matrix(
        steps, which, similarity,
        np.array([loss.rows for loss in losses]), np.array([loss.columns for loss in losses]),
        np.array([loss.image_losses for loss in losses]), np.array([loss.text_losses for loss in losses]),
        np.array([loss.total for loss in losses]), over_tau, np.stack(right, axis=1),
        np.array([loss.rows.max(axis=1).mean() for loss in losses]), min(p.copies, p.batch), min(p.follow, p.batch) - 1,
    )  # fmt: skip


def _losses_over(similarity: Floats, taus: Floats) -> Floats:
    """Give the loss of (t, n, n) cosines at each temperature: (t, taus)."""
    logits = similarity[:, None] / taus[:, None, None]
    own = np.diagonal(logits, axis1=2, axis2=3)
    total = np.zeros(logits.shape[:2])
    for axis in (3, 2):
        top = logits.max(axis=axis)
        # −log softmax = log Σ exp(l) − l_ii
        total += (top + np.log(np.exp(logits - np.expand_dims(top, axis)).sum(axis=axis)) - own).mean(axis=2)
    return total / 2


VIEWS: dict[str, tuple[T, T]] = {
    "cosine": (T("コサイン", "Cosine"), T("橙 −1 … 青 +1", "orange −1 … blue +1")),
    "logits": (T("ロジット", "Logits"), T("橙 −20 … 青 +20", "orange −20 … blue +20")),
    "columns": (
        T("画像ごとの確率 (画像→文)", "Softmax of each image (image→text)"),
        T("列の和が 1", "a column adds up to 1"),
    ),
    "rows": (
        T("文ごとの確率 (文→画像)", "Softmax of each caption (text→image)"),
        T("行の和が 1", "a row adds up to 1"),
    ),
}


def draw_matrix(r: Matrix, p: Params) -> Stage:
    n = len(r.which)
    batch = core.probe()
    captions = [_text(words.said(batch.scenes[i], background=False)) for i in r.which]
    values = {
        "cosine": (r.similarity + 1) / 2,
        "logits": (r.similarity / p.tau / 20 + 1) / 2,
        "columns": r.rows,
        "rows": r.columns,
    }[p.show]
    z = np.round(255 * np.clip(values, 0, 1)).astype(np.uint8)
    f = r.focus
    plane = figures.matrix(
        z, _halved("probe")[r.which], captions, focus=f, signed=p.show in ("cosine", "logits"), unit=VIEWS[p.show][1],
        alt=T(
            f"{n} 枚の画像と {n} 個の文の{VIEWS[p.show][0].ja}。最後には {100 * r.top1[-1, 0]:.0f}% の画像が自分の文を選びます。",
            f"{VIEWS[p.show][0].en}, {n} images and {n} captions. In the end {100 * r.top1[-1, 0]:.0f}% of the images choose their own.",
        ),
    )  # fmt: skip
    chance = float(np.log(n))
    top = float(np.ceil(2 * max(1.45 * chance, 1.1 * min(max(r.to_text.max(), r.to_image.max()), 3 * chance))) / 2)
    losses = figures.pair_losses(
        r.to_text, r.to_image, chance=chance, floor=float(np.log(r.copies)) if r.copies > 1 else None, top=top, focus=f,
        alt=T(f"組ごとの損失。平均は {r.loss[-1]:.2f}、log N は {chance:.2f} です。", f"Loss of each pair: {r.loss[-1]:.2f} on average, log N is {chance:.2f}."),
    )  # fmt: skip
    over = figures.over_temperature(
        TAUS, r.over_tau, chance, p.tau, r.loss, _encoder(p.trained).temperature,
        alt=T(
            f"温度と損失。τ = {p.tau:g} で {r.loss[-1]:.2f} です。",
            f"Loss over the temperature: {r.loss[-1]:.2f} at τ = {p.tau:g}.",
        ),
    )  # fmt: skip
    card = Card(
        "card",
        T(f"画像 {f + 1} と文 {f + 1}", f"Image {f + 1} and caption {f + 1}"),
        (
            Row(T("コサイン", "cosine"), r.similarity[:, f, f], 3),
            Row(T("ロジット", "logit"), r.similarity[:, f, f] / p.tau, 2),
            Row(T("確率: 画像→文 (%)", "p image→text (%)"), 100 * r.rows[:, f, f], 1),
            Row(T("確率: 文→画像 (%)", "p text→image (%)"), 100 * r.columns[:, f, f], 1),
            Row(T("倍率 1/τ", "scale 1/τ"), np.array([1 / p.tau]), 2),
            Row(T("log (1/τ)", "log (1/τ)"), np.array([-np.log(p.tau)]), 2),
        ),
    )
    return Stage((plane, losses, over), ("matrix matrix matrix", "matrix matrix matrix", "losses taus card"), (card,),
                 Playhead(r.steps, T("学習ステップ", "training step"), 6.0), height=560,
                 columns="minmax(0, 1.1fr) minmax(0, 1.25fr) minmax(0, 1fr)", note=_speaks(p.trained))  # fmt: skip


def readouts_matrix(r: Matrix, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("loss", T("損失", "Loss"), float(r.loss[-1]), 3),
        Readout("chance", T("log N", "log N"), float(np.log(len(r.which))), 3),
        Readout("top1", T("正解率", "Right"), 100 * float(r.top1[-1, 0]), 1, PERCENT),
        Readout("confidence", T("自信", "Confidence"), 100 * float(r.confidence[-1]), 1, PERCENT),
    )  # fmt: skip


# ---- scene 3: pull and push


ARROW = 0.4  # radians that an arrow is long for a force of 1 / n


@dataclass(frozen=True, eq=False)
class Pulled:
    """A training on the circle, and what one of its images feels."""

    run: ring.Run
    focus: int
    own: Floats  # (t,) its probability of its own text
    hardest: Floats  # (t,) of the likeliest other text
    share: Floats  # (t,) the likeliest other text's share of all that is pushed away


def compute_circle(p: Params) -> Pulled:
    """Train the points, and follow one image."""
    run = ring.train(
        p.pairs, temperature=p.heat, rate=p.rate, gap=p.apart, cross_modal=p.cross, in_modal=p.inner, seed=p.seed,
        every=2 if p.pairs <= 12 else 4,  # a move of many pairs stays small
    )  # fmt: skip
    focus = min(p.follow, p.pairs) - 1
    row = run.rows[:, focus]
    own, others = row[:, focus], np.delete(row, focus, axis=1)
    hardest = others.max(axis=1)
    return Pulled(run, focus, own, hardest, hardest / np.maximum(others.sum(axis=1), 1e-300))


def draw_circle(r: Pulled, p: Params) -> Stage:
    run, n = r.run, p.pairs
    final = float(run.loss[-1])
    plane = figures.circle(
        run.image, run.text, p.rate * n * run.image_force, p.rate * n * run.text_force, run.rows, focus=r.focus,
        alt=T(
            f"円の上の {n} 組。学習のあと、損失は {final:.2f}、すき間は {run.gap[-1]:.2f} です。",
            f"{n} pairs on a circle. After training the loss is {final:.2f} and the gap {run.gap[-1]:.2f}.",
        ),
    )  # fmt: skip
    step = T("学習ステップ", "Training step")
    loss = figures.steps_of(
        [(run.loss, BLUE, T("損失", "loss"), 0.08, "top right")], run.steps, step, "loss", T("損失", "Loss"),
        T("損失 (ナット)", "Loss (nats)"), bound=(float(np.log(n)), T("log N", "log N")),
        alt=T(f"損失は {run.loss[0]:.2f} から {final:.2f} になりました。", f"The loss goes from {run.loss[0]:.2f} to {final:.2f}."),
    )  # fmt: skip
    high = float(run.gap[len(run.gap) // 8]) > 0.25 * float(max(run.alignment.max(), run.gap.max()))
    spread = figures.steps_of(
        [
            (run.alignment, BLUE, T("組の距離の2乗", "pair distance²"), 0.12, "top right"),
            (run.gap, PURPLE, T("すき間", "gap"), 0.12, "bottom right" if high else "top right"),
        ],
        run.steps, step, "spread", T("そろい方", "How it settles"), T("距離", "Distance"),
        alt=T(
            f"組の距離の2乗は {run.alignment[-1]:.3f}、すき間は {run.gap[-1]:.3f} です。",
            f"Squared pair distance {run.alignment[-1]:.3f}, gap {run.gap[-1]:.3f}.",
        ),
    )  # fmt: skip
    card = Card(
        "card",
        T(f"画像 {r.focus + 1} が受ける力", f"What image {r.focus + 1} feels"),
        (
            Row(T("自分の文の確率 (%)", "own text (%)"), 100 * r.own, 1),
            Row(T("いちばん似た負例 (%)", "hardest negative (%)"), 100 * r.hardest, 1),
            Row(T("　押す力に占める割合 (%)", "— share of the push (%)"), 100 * r.share, 1),
            Row(T("一様さ", "uniformity"), run.uniformity, 2),
        ),
    )
    note = T(
        "ここにはモデルがありません。円の上の点の位置そのものを、いま学習しています。",
        "No model here: the places of the points on the circle are what is being learned.",
    )
    return Stage((plane, loss, spread), ("circle loss", "circle spread", "circle card"), (card,),
                 Playhead(run.steps, T("ステップ", "step"), 8.0), height=480,
                 columns="minmax(0, 1.6fr) minmax(0, 1fr)", note=note)  # fmt: skip


def readouts_circle(r: Pulled, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("loss_before", T("損失: はじめ", "Loss: first"), float(r.run.loss[0]), 3),
        Readout("loss_after", T("終わり", "last"), float(r.run.loss[-1]), 3),
        Readout(
            "hardest_share",
            T("最も似た負例の力", "Hardest one's push"),
            100 * float(r.share[0]),
            1,
            PERCENT,
        ),
        Readout("gap", T("すき間", "Gap"), float(r.run.gap[-1]), 3),
    )


# ---- scene 4: the gap


SHARES = np.round(np.linspace(-0.5, 1.5, 21), 2)


@dataclass(frozen=True, eq=False)
class Apart:
    """Both towers in one projection, and what a shift of one towards the other changes.

    The curves are over `SHARES` of the gap that are closed.
    """

    image: Floats  # (n, 2)
    text: Floats
    window: tuple[float, float, float, float]
    distance: float
    loss: float
    top1: float
    distances: Floats
    losses: Floats
    top1s: Floats
    moved: float  # share of images whose first choice is another caption than before the shift


@functools.lru_cache(maxsize=16)
def _over_shares(model: str, tongue: str, tau: float) -> tuple[Floats, ...]:
    image, text = _embedded(model, tongue)
    found = [_measured(image, text, s, tau) for s in SHARES]
    return tuple(np.array(column) for column in zip(*found, strict=True))


def _measured(image: Floats, text: Floats, share: float, tau: float) -> tuple[float, float, float]:
    a, b = core.close_gap(image, text, float(share))
    s = a @ b.T
    return (
        float(np.linalg.norm(a.mean(axis=0) - b.mean(axis=0))),
        core.contrastive_loss(a, b, tau).total,
        (core.top1(s) + core.top1(s.T)) / 2,
    )


def compute_gap(p: Params) -> Apart:
    """Shift both towers, project them on the axes of the unshifted ones, and measure."""
    image, text = _embedded(p.trained, p.tongue)
    tau = _encoder(p.trained).temperature
    a, b = core.close_gap(image, text, p.share)
    both = np.concatenate([image, text])
    middle = both.mean(axis=0)
    # Axes of the unshifted points: the first two principal ones, or the gap's own and the first principal one across it
    delta = image.mean(axis=0) - text.mean(axis=0)
    axes = np.linalg.svd(both - middle, full_matrices=False)[2][:2]
    if p.onto == "gap":
        along = delta / max(float(np.linalg.norm(delta)), 1e-12)
        rest = both - middle
        rest = rest - np.outer(rest @ along, along)
        axes = np.stack([along, np.linalg.svd(rest, full_matrices=False)[2][0]])
    axes *= np.where(axes @ delta < 0, -1.0, 1.0)[:, None]
    flat = (both - middle) @ axes.T
    reach = float(np.ceil(10 * 1.25 * np.abs(flat).max()) / 10)
    distance, loss, top1 = _measured(image, text, p.share, tau)
    distances, losses, top1s = _over_shares(p.trained, p.tongue, tau)
    moved = float(np.mean((a @ b.T).argmax(axis=1) != (image @ text.T).argmax(axis=1)))
    return Apart(
        (a - middle) @ axes.T, (b - middle) @ axes.T, (-reach, reach, -reach, reach), distance, loss, top1,
        distances, losses, top1s, moved,
    )  # fmt: skip


def draw_gap(r: Apart, p: Params) -> Stage:
    across, up = T("すき間の方向", "Along the gap"), T("それに直交する第 1 主成分", "1st principal component across it")
    if p.onto == "pca":
        across, up = T("第 1 主成分", "1st principal component"), T("第 2 主成分", "2nd principal component")
    plane = figures.towers(
        r.image, r.text, _halved("probe"), window=r.window, across=across, up=up,
        alt=T(
            f"{len(r.image)} 組の埋め込み。平均どうしの距離は {r.distance:.2f} です。",
            f"{len(r.image)} embedded pairs. Their means are {r.distance:.2f} apart.",
        ),
    )  # fmt: skip
    x = T("閉じた割合", "Share of the gap closed")
    grain = 10.0 ** np.floor(np.log10(r.losses.max())) / 2
    high = float(np.ceil(1.1 * r.losses.max() / grain) * grain)
    loss = figures.over_shift(
        "loss", T("損失", "Loss"), T("損失 (ナット)", "Loss (nats)"), SHARES, [(r.losses, BLUE, T("損失", "loss"), 0.3, "top right")],
        p.share, [r.loss], top=high, x=x, alt=T(f"すき間をこれだけ閉じたときの損失は {r.loss:.2f} です。", f"The loss with this share of the gap closed is {r.loss:.2f}."),
    )  # fmt: skip
    rank = figures.over_shift(
        "rank", T("順位", "Ranking"), T("正解率 (%)", "Right (%)"), SHARES,
        [(100 * r.top1s, GREEN, T("いちばん近いのが自分の相手", "nearest is its own"), 0.3, "bottom right")],
        p.share, [100 * r.top1], top=104, x=x, alt=T(f"自分の文がいちばん近い画像は {100 * r.top1:.0f}% です。", f"The nearest caption is the own one for {100 * r.top1:.0f}% of the images."),
    )  # fmt: skip
    return Stage(
        (plane, loss, rank),
        ("towers loss", "towers rank"),
        height=500,
        columns="minmax(0, 1.5fr) minmax(0, 1fr)",
        note=_speaks(p.trained),
    )


def readouts_gap(r: Apart, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("gap", T("すき間", "Gap"), r.distance, 3),
        Readout("loss", T("損失", "Loss"), r.loss, 3),
        Readout("top1", T("正解率", "Right"), 100 * r.top1, 1, PERCENT),
    )


# ---- scene 5: CyCLIP


RIVALS = ("clip", "cyclip")


@dataclass(frozen=True, eq=False)
class Cycles:
    """CyCLIP's differences of one batch, and how two ways to classify agree, for CLIP and for CyCLIP."""

    cross: Floats  # (2, n, n) squared cross-modal differences
    within: Floats  # (2, n, n) squared in-modal differences
    terms: Floats  # (2, 2) cross-modal and in-modal sums over n
    loss: Floats  # (2,) InfoNCE at each model's own temperature
    zero_shot: Floats  # (2,) accuracy
    knn: Floats  # (2,)
    agree: Floats  # (2,) share of pictures with the same answer
    total: Floats  # (2,) InfoNCE + λ₁ cross-modal + λ₂ in-modal


@functools.lru_cache(maxsize=64)
def _two_answers(model: str, kind: str, k: int, tongue: str) -> tuple[float, float, float]:
    """Give the accuracy of zero-shot and of k-NN on single things, and how often both say the same."""
    rows = _gallery(model)[::2]
    names = core.class_names(kind)
    label = np.array([names.index(_class(scene, kind)) for scene in core.gallery().scenes[::2]])
    half = len(rows) // 2
    vectors = core.class_vectors(_encoder(model), kind, tongue)
    zero = (rows[half:] @ vectors.T).argmax(axis=1)
    near = core.knn(rows[:half], label[:half], rows[half:], k)
    right = label[half:]
    return float(np.mean(zero == right)), float(np.mean(near == right)), float(np.mean(zero == near))


def _class(scene: scenes.Scene, kind: str) -> str:
    thing = scene.things[0]
    return {"shape": thing.shape, "colour": thing.colour, "both": f"{thing.colour} {thing.shape}"}[kind]


def compute_cycles(p: Params) -> Cycles:
    """Measure both models on the same batch."""
    cross, within, terms, loss, answers = [], [], [], [], []
    for model in RIVALS:
        image, text = (rows[: p.square] for rows in _embedded(model, p.tongue))
        a, b = core.cyclip_differences(image, text)
        cross.append(a**2)
        within.append(b**2)
        terms.append(core.cyclip_terms(image, text))
        loss.append(core.contrastive_loss(image, text, _encoder(model).temperature).total)
        answers.append(_two_answers(model, p.kind, p.near, p.tongue))
    zero, near, agree = np.array(answers).T
    sums, losses = np.array(terms), np.array(loss)
    # L = L_CLIP + λ₁ · cross-modal + λ₂ · in-modal
    total = losses + sums @ [p.lambda1, p.lambda2]
    return Cycles(np.array(cross), np.array(within), sums, losses, zero, near, agree, total)


def draw_cycles(r: Cycles, p: Params) -> Stage:
    parts = []
    for squares, key, name in (
        (r.cross, "cross", T("モーダル間", "cross-modal")),
        (r.within, "inner", T("モーダル内", "in-modal")),
    ):
        top = max(float(np.quantile(squares, 0.995)), 1e-9)
        for i, model in enumerate(("CLIP", "CyCLIP")):
            term = float(r.terms[i, 0 if key == "cross" else 1])
            parts.append(
                figures.differences(
                    f"{key}{i}",
                    T(f"{model} {name.ja}", f"{model} {name.en}"),
                    np.round(255 * np.clip(squares[i] / top, 0, 1)).astype(np.uint8),
                    term,
                    alt=T(f"{model} の{name.ja}の差の2乗。合計 ÷ N は {term:.3f} です。", f"Squared {name.en} differences of {model}: {term:.3f}."),
                )
            )  # fmt: skip
    rows = []
    for i, model in enumerate(("CLIP", "CyCLIP")):
        rows += [
            Row(T(f"{model}: 対比損失", f"{model}: InfoNCE"), r.loss[i : i + 1], 3),
            Row(T("　λ₁ × モーダル間", "— λ₁ × cross-modal"), p.lambda1 * r.terms[i : i + 1, 0], 3),
            Row(T("　λ₂ × モーダル内", "— λ₂ × in-modal"), p.lambda2 * r.terms[i : i + 1, 1], 3),
            Row(T("　合計", "— total"), r.total[i : i + 1], 3),
        ]
    card = Card("card", T("損失の内訳", "What the loss is made of"), tuple(rows))
    shares = 100 * np.stack([r.zero_shot, r.knn, r.agree], axis=1)
    parts.append(
        figures.answers(
            [
                T("ゼロショットの正解", "Zero-shot right"),
                T(f"{p.near} 近傍法の正解", f"{p.near}-NN right"),
                T("二つの答えが同じ", "Both answers agree"),
            ],
            ("CLIP", "CyCLIP"), shares,
            alt=T(
                f"二つの答えが同じ割合は、CLIP で {shares[0, 2]:.1f}%、CyCLIP で {shares[1, 2]:.1f}% です。",
                f"Zero-shot and k-NN agree on {shares[0, 2]:.1f}% with CLIP, {shares[1, 2]:.1f}% with CyCLIP.",
            ),
        )
    )  # fmt: skip
    note = T(
        "同じデータと手間で学習した自作の小さな CLIP と CyCLIP です。CyCLIP の項は、学習の後半だけに足しました。",
        "Our own small CLIP and CyCLIP, from the same data and effort. CyCLIP's terms joined in the second half of the training.",
    )
    return Stage(tuple(parts), ("cross0 cross1 card", "inner0 inner1 answers"), (card,), height=500, note=note)


def readouts_cycles(r: Cycles, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("cross_clip", T("モーダル間: CLIP", "Cross: CLIP"), float(r.terms[0, 0]), 3),
        Readout("cross_cyclip", T("CyCLIP", "CyCLIP"), float(r.terms[1, 0]), 3),
        Readout("agree_clip", T("一致: CLIP", "Agree: CLIP"), 100 * float(r.agree[0]), 1, PERCENT),
        Readout("agree_cyclip", T("CyCLIP", "CyCLIP"), 100 * float(r.agree[1]), 1, PERCENT),
    )


# ---- scene 6: PAINT


EXAMPLES = 8  # pictures of each task


@dataclass(frozen=True, eq=False)
class Path:
    """What mixtures of two models get right, in %, and some pictures at the present one.

    The curves are over `alpha`: from mixed weights, and from mixed outputs.
    """

    alpha: Floats
    scenes: Floats
    digits: Floats
    scenes_out: Floats
    digits_out: Floats
    at: int  # index of the present α
    best: int  # index of the α whose mean is best, the smallest of equals
    scene_right: NDArray[np.bool_]  # (EXAMPLES,)
    digit_answers: NDArray[np.int64]  # (EXAMPLES,)
    digit_numbers: NDArray[np.int64]

    @property
    def mean(self) -> Floats:
        """Mean of the two tasks' accuracies."""
        return (self.scenes + self.digits) / 2


@functools.lru_cache(maxsize=1)
def _mixtures() -> dict[str, Floats]:
    return ahead.load("clip/paint")


def compute_paint(p: Params) -> Path:
    """Look up the mixtures."""
    made = _mixtures()
    numbers = made["numbers"][0].astype(np.int64)
    scene, scene_out = (100 * made[name].mean(axis=1) for name in ("scenes", "scenes_out"))
    digit, digit_out = (100 * (made[name] == numbers).mean(axis=1) for name in ("digits", "digits_out"))
    at = int(np.abs(made["alpha"] - p.alpha).argmin())
    return Path(
        made["alpha"], scene, digit, scene_out, digit_out, at, int((scene + digit).argmax()),
        made["scenes"][at, :EXAMPLES] > 0, made["digits"][at, :EXAMPLES].astype(np.int64), numbers[:EXAMPLES],
    )  # fmt: skip


def draw_paint(r: Path, p: Params) -> Stage:
    curves = figures.path(
        r.alpha, r.scenes, r.digits, r.scenes_out, r.digits_out, float(r.alpha[r.at]), [r.scenes[r.at], r.digits[r.at]],
        best=float(r.alpha[r.best]),
        alt=T(
            f"α = {r.alpha[r.at]:g} での正解率: 絵 {r.scenes[r.at]:.0f}%、数字 {r.digits[r.at]:.0f}%。平均が最もよいのは α = {r.alpha[r.best]:g} です。",
            f"Accuracy at α = {r.alpha[r.at]:g}: scenes {r.scenes[r.at]:.0f}%, digits {r.digits[r.at]:.0f}%. The mean is best at α = {r.alpha[r.best]:g}.",
        ),
    )  # fmt: skip
    pictures = _held_out_pictures()
    digits = np.repeat(_mixtures()["pictures"][0][..., None], 3, axis=-1)
    marks = ["✓" if ok else "✕" for ok in r.scene_right]
    answers = [f"{a} {'✓' if a == n else '✕'}" for a, n in zip(r.digit_answers, r.digit_numbers, strict=True)]
    rows = (
        figures.gallery(
            "scenes", T("絵", "Scenes"), pictures, [T(m, m) for m in marks], columns=EXAMPLES // 2,
            heading=T("絵: 128 文から自分の文を選べたか", "Scenes: its own among 128 captions?"),
            alt=T(f"場面 {EXAMPLES} 枚のうち {int(r.scene_right.sum())} 枚が正解です。", f"{int(r.scene_right.sum())} of {EXAMPLES} scenes choose their own caption."),
        ),
        figures.gallery(
            "digits", T("数字", "Digits"), digits, [T(a, a) for a in answers], columns=EXAMPLES // 2,
            heading=T("数字: 10 の名前から選んだ答え", "Digits: the answer among ten names"),
            alt=T(
                f"答えは {', '.join(map(str, r.digit_answers))}、正解は {', '.join(map(str, r.digit_numbers))} です。",
                f"Answers {', '.join(map(str, r.digit_answers))}; the truth is {', '.join(map(str, r.digit_numbers))}.",
            ),
        ),
    )  # fmt: skip
    note = T(
        "答えているのは自作の小さな CLIP と、それを手書き数字で学び直したものの混合です。",
        "This is a mixture of our own small CLIP and of itself tuned to handwritten digits.",
    )
    return Stage((curves, *rows), ("path path",) * 3 + ("scenes digits",) * 2, height=600, note=note)


@functools.lru_cache(maxsize=1)
def _held_out_pictures() -> Images:
    pictures: Images = core.held_out_batch().images[:EXAMPLES, ::2, ::2]
    return pictures


def readouts_paint(r: Path, p: Params) -> tuple[Readout, ...]:
    return (
        Readout("scenes", T("絵の正解率", "Scenes right"), float(r.scenes[r.at]), 1, PERCENT),
        Readout("digits", T("数字の正解率", "Digits right"), float(r.digits[r.at]), 1, PERCENT),
        Readout("mean", T("平均", "Mean"), float(r.mean[r.at]), 1, PERCENT),
        Readout("best_alpha", T("最良の α", "Best α"), float(r.alpha[r.best]), 2),
    )


# ---- scene 7: swaps


SWAPS: dict[str, T] = {
    "object": T("形を、絵にないものに", "A shape that is not there"),
    "colour": T("色を、絵にないものに", "A colour that is not there"),
    "size": T("大きさを逆に", "The other size"),
    "relation": T("位置関係を逆に", "The converse relation"),
    "binding": T("二つの色を入れ替え", "The two colours change places"),
    "order": T("二つの物を入れ替え（語順）", "The two things change places (order)"),
}


@dataclass(frozen=True, eq=False)
class Swapping:
    """How often the true caption beats one with something swapped, and one example."""

    wins: Floats  # (kinds,) the model, ties counted half
    bag: Floats  # (kinds,) the bag of words
    ties: Floats  # (kinds,) share the bag cannot tell
    image: Images
    captions: tuple[T, T]  # the true one, the swapped one
    cosine: Floats  # (2,) of the model
    bag_cosine: Floats  # (2,)
    scene: int
    lost: int  # how many of the scenes the model gets wrong in this kind


@functools.lru_cache(maxsize=1)
def _swapped() -> tuple[tuple[scenes.Scene, tuple[Any, ...]], ...]:
    """Give each scene of `core.swaps` with its true caption and one of each kind of swap, in words."""
    rng = np.random.default_rng(0)
    found = []
    for scene in core.swap_scenes():
        what = words.said(scene, background=False)
        others = core.swapped(what, rng)
        found.append((scene, (what, *(others[kind] for kind in core.KINDS))))
    return tuple(found)


@functools.lru_cache(maxsize=1)
def _outcomes() -> dict[str, Floats]:
    return ahead.load("clip/swaps")


def compute_swaps(p: Params) -> Swapping:
    """Look up who won, and compare one example."""
    kind = core.KINDS.index(p.swap)
    mine, bag = _outcomes()[f"{p.judge}_{p.tongue}"], _outcomes()[f"bag_{p.tongue}"]
    lost = np.flatnonzero(mine[:, kind] <= 0)
    at = p.example
    if p.mistakes and len(lost):
        at = int(lost[p.example % len(lost)])
    drawn, said = _swapped()[at]
    both = said[0], said[1 + kind]
    image = scenes.render(drawn, at)
    texts = tuple(words.describe(s, p.tongue) for s in both)
    # One product and sum a caption: equal vectors give equal cosines, so that a tie is a tie.
    cosine, bag_cosine = (
        (_read(name, texts) * _look("clip" if name == "bag" else name, [image])).sum(axis=1)
        for name in (p.judge, "bag")
    )
    return Swapping(
        _wins(mine), _wins(bag), (bag == 0).mean(axis=0), image, (_text(both[0]), _text(both[1])),
        cosine, bag_cosine, at, len(lost),
    )  # fmt: skip


def _wins(outcome: Floats) -> Floats:
    """Give the share of scenes whose true caption scores higher, a tie counted half."""
    return np.asarray((1 + outcome.mean(axis=0)) / 2)


def draw_swaps(r: Swapping, p: Params) -> Stage:
    kind = core.KINDS.index(p.swap)
    bars = figures.wins(
        [SWAPS[k] for k in core.KINDS], 100 * r.wins, 100 * r.bag, r.ties, chosen=kind,
        alt=T(
            f"「{SWAPS[p.swap].ja}」で正しい文が勝つ割合は、モデルが {100 * r.wins[kind]:.0f}%、単語袋が {100 * r.bag[kind]:.0f}% です。",
            f"{SWAPS[p.swap].en}: the true caption wins {100 * r.wins[kind]:.0f}% with the model, {100 * r.bag[kind]:.0f}% with the bag.",
        ),
    )  # fmt: skip
    picture = figures.scene(r.image, [], alt=T(f"絵: {r.captions[0].ja}", f"Picture: {r.captions[0].en}"))
    duel = figures.duel(
        r.captions, r.cosine, r.bag_cosine,
        alt=T(
            f"正しい文 {r.cosine[0]:.3f}、入れ替えた文 {r.cosine[1]:.3f}。",
            f"True caption {r.cosine[0]:.3f}, swapped caption {r.cosine[1]:.3f}.",
        ),
    )  # fmt: skip
    return Stage(
        (bars, picture, duel),
        ("wins scene", "wins duel"),
        height=540,
        columns="minmax(0, 1fr) minmax(0, 1.1fr)",
        note=_speaks(p.judge),
    )


def readouts_swaps(r: Swapping, p: Params) -> tuple[Readout, ...]:
    kind = core.KINDS.index(p.swap)
    return (
        Readout("wins", T("正しい文が勝つ割合", "True caption wins"), 100 * float(r.wins[kind]), 1, PERCENT),
        Readout("bag", T("単語袋", "Bag of words"), 100 * float(r.bag[kind]), 1, PERCENT),
        Readout("ties", T("その引き分け", "its ties"), 100 * float(r.ties[kind]), 1, PERCENT),
    )


# ---- scene 8: search


TOP = 6


@dataclass(frozen=True, eq=False)
class Found:
    """The nearest pictures of the gallery, for the Japanese and the English query."""

    which: NDArray[np.int64]  # (q, TOP) one row a query
    cosine: Floats  # (q, TOP)
    right: NDArray[np.bool_]  # (q, TOP) whether a picture has what was asked for
    queries: tuple[T, ...]
    base: int  # picture of the gallery to start from, -1 for none
    unknown: tuple[str, ...]


def _wanted(p: Params) -> Any:
    noun = words.Noun(
        None if p.want_shape == "any" else p.want_shape, None if p.want_colour == "any" else p.want_colour
    )
    return words.Said((noun,))


def _base(p: Params) -> int:
    """Give the picture of the gallery to start from; those with even numbers show one thing."""
    return 2 * (p.base - 1) if p.base else -1


def _asked(p: Params) -> tuple[str | None, str | None]:
    """Give the shape and colour that a right answer has: what is not asked for stays as in the picture one starts from."""
    noun = _wanted(p).nouns[0]
    if not p.base:
        return noun.shape, noun.colour
    thing = core.gallery().scenes[_base(p)].things[0]
    return noun.shape or thing.shape, noun.colour or thing.colour


def _old(p: Params) -> Any:
    """Say of the picture one starts from what the words replace; None if they replace nothing."""
    noun = _wanted(p).nouns[0]
    if not p.base or p.find.strip() or noun == words.Noun(None):
        return None
    thing = core.gallery().scenes[_base(p)].things[0]
    return words.Said((words.Noun(thing.shape if noun.shape else None, thing.colour if noun.colour else None),))


def compute_search(p: Params) -> Found:
    """Look for the wanted thing, from nothing or from a picture."""
    rows, every = _gallery(p.trained), core.gallery().scenes
    typed, base, old, want = p.find.strip(), _base(p), _old(p), _wanted(p)
    tongues = TONGUES[:1] if typed else TONGUES
    texts = [typed or words.describe(want, tongue) for tongue in tongues]
    query = [_read(p.trained, (sentence,))[0] for sentence in texts]
    if base >= 0:
        less = [_read(p.trained, (words.describe(old, tongue),))[0] if old else None for tongue in tongues]
        query = [core.combine(rows[base], plus, minus, p.weight) for plus, minus in zip(query, less, strict=True)]
    found = [core.retrieve(q, rows, TOP + (base >= 0)) for q in query]
    # The picture one starts from is no answer.
    kept = [(which[which != base][:TOP], cosine[which != base][:TOP]) for which, cosine in found]
    which = np.array([w for w, _ in kept])
    right = np.array([_has(scene, *_asked(p)) for scene in every])
    names = {"ja": T("日本語", "Japanese"), "en": T("英語", "English")}
    queries = []
    for tongue, sentence in zip(tongues, texts, strict=True):
        said = f"“{sentence}”" if typed or tongue == "en" else f"「{sentence}」"
        if old:
            said = f"− {words.describe(old, tongue)} + {sentence}"
        elif base >= 0:
            said = f"+ {sentence}"
        name = T("自分の文", "your words") if typed else names[tongue]
        queries.append(T(f"{name.ja}: {said}", f"{name.en}: {said}"))
    return Found(
        which, np.array([c for _, c in kept]), right[which] & (not typed), tuple(queries), base,
        words.tokenize(typed).unknown if typed else (),
    )  # fmt: skip


def _has(scene: scenes.Scene, shape: str | None, colour: str | None) -> bool:
    """Whether a scene shows a thing of this shape and colour; None is any."""
    return any(shape in (None, t.shape) and colour in (None, t.colour) for t in scene.things)


def draw_search(r: Found, p: Params) -> Stage:
    pictures = _halved("gallery")
    parts = []
    names = ("first", "second")
    for i, query in enumerate(r.queries):
        below = [f"{c:.2f}" + (" ✓" if ok else "") for c, ok in zip(r.cosine[i], r.right[i], strict=True)]
        images, texts = pictures[r.which[i]], [T(b, b) for b in below]
        if r.base >= 0:
            images = np.concatenate([pictures[r.base][None], images])
            texts = [T("出発", "start"), *texts]
        parts.append(
            figures.gallery(
                names[i], query, images, texts, columns=4 if r.base >= 0 else 3, marked=[0] if r.base >= 0 else [], heading=query,
                alt=T(
                    f"「{query.ja}」に近い順の {TOP} 枚。求めたものは {int(r.right[i].sum())} 枚です。",
                    f"The {TOP} pictures nearest to “{query.en}”; {int(r.right[i].sum())} show what was asked for.",
                ),
            )
        )  # fmt: skip
    return Stage(
        tuple(parts),
        (" ".join(names[: len(parts)]),),
        height=340,
        note=_speaks(p.trained, _unknown(r.unknown) if r.unknown else NOTHING),
    )


def readouts_search(r: Found, p: Params) -> tuple[Readout, ...]:
    both = len(r.which) == 2
    found = [Readout("cosine", T("いちばん近い絵", "Nearest picture"), float(r.cosine[0, 0]), 3)]
    if both:
        found += [
            Readout("right_ja", T("正解: 日本語", "Right: Japanese"), int(r.right[0].sum()), 0, T(f" / {TOP}", f" / {TOP}")),
            Readout("right_en", T("英語", "English"), int(r.right[1].sum()), 0, T(f" / {TOP}", f" / {TOP}")),
            Readout("same", T("共通", "In both"), len(set(r.which[0]) & set(r.which[1])), 0),
        ]  # fmt: skip
    return tuple(found)


SECOND = ("shape2", "colour2", "size2", "x2", "y2")
SCENES = (
    Scene(
        id="similar",
        title=T("似ているか", "Similarity"),
        lead=T(
            "絵の中の輪を引いて動かし、色や形を変えてください。合っている文 (✓) の棒が、灰色の「でたらめな文」の山からどれだけ離れるかを見ます。",
            "Drag the ring in the picture, change shape and colour. Watch how far the true caption (✓) stands from the grey hill of random captions.",
        ),
        controls=("shape", "colour", "size", "typed"),
        more=("task", "x", "y", *SECOND, "ground", "template", "model", "look"),
        compute=compute_similar,
        draw=draw_similar,
        readouts=readouts_similar,
    ),
    Scene(
        id="matrix",
        title=T("行列", "The matrix"),
        lead=T(
            "横に画像、縦に文が並びます。再生すると、学習とともに対角線が光ります。τ を動かすと確率は変わり、順位は変わりません。",
            "Images across, captions down. Play the training and the diagonal lights up. Move τ: probabilities change, the ranking does not.",
        ),
        controls=("show", "tau", "batch", "copies"),
        more=("follow", "tongue", "trained", "seed"),
        compute=compute_matrix,
        draw=draw_matrix,
        readouts=readouts_matrix,
    ),
    Scene(
        id="pull",
        title=T("引く・押す", "Pull and push"),
        lead=T(
            "自分の文には引かれ、ほかの文からは押されます。矢印が一歩の動きです。τ を下げると、橙のくさびがいちばん似た負例だけに集まります。",
            "Each image is pulled to its text and pushed from the others; arrows are the next step. Lower τ and only the hardest negative keeps its wedge.",
        ),
        controls=("heat", "pairs", "follow", "rate"),
        more=("apart", "cross", "inner", "seed"),
        compute=compute_circle,
        draw=draw_circle,
        readouts=readouts_circle,
    ),
    Scene(
        id="gap",
        title=T("すき間", "The gap"),
        lead=T(
            "画像と文は、学習したあとも別々の所に集まります。すき間を閉じると、損失と順位のどちらが変わるかを見てください。",
            "Even after training, images and texts live apart. Close the gap and see which changes: the loss, or the ranking.",
        ),
        controls=("share", "onto", "trained", "tongue"),
        compute=compute_gap,
        draw=draw_gap,
        readouts=readouts_gap,
    ),
    Scene(
        id="cycle",
        title=T("CyCLIP", "CyCLIP"),
        lead=T(
            "色の濃い所ほど、二つの距離が食い違っています。左の CLIP と右の CyCLIP で、濃さを比べてください。",
            "The stronger a cell's pink, the more two distances disagree. Compare CLIP on the left with CyCLIP on the right.",
        ),
        controls=("square", "lambda1", "lambda2", "kind"),
        more=("near", "tongue"),
        compute=compute_cycles,
        draw=draw_cycles,
        readouts=readouts_cycles,
    ),
    Scene(
        id="paint",
        title=T("PAINT", "PAINT"),
        lead=T(
            "α = 0 は元の CLIP、α = 1 は数字だけで学び直した CLIP です。間のどこかで、両方ができる重みを探してください。",
            "α = 0 is CLIP as it was, α = 1 is CLIP tuned to digits alone. Look for weights in between that can do both.",
        ),
        controls=("alpha",),
        compute=compute_paint,
        draw=draw_paint,
        readouts=readouts_paint,
    ),
    Scene(
        id="swaps",
        title=T("入れ替え", "Swaps"),
        lead=T(
            "文の一か所を入れ替えて、正しい文が勝つかを数えます。語順だけを変えた文を、単語袋 (灰紫) は区別できません。",
            "One thing in a caption is swapped: does the true one still win? A bag of words (grey-violet) cannot see a change of order.",
        ),
        controls=("swap", "example", "mistakes", "tongue"),
        more=("judge",),
        compute=compute_swaps,
        draw=draw_swaps,
        readouts=readouts_swaps,
    ),
    Scene(
        id="search",
        title=T("探す", "Search"),
        lead=T(
            "512 枚から、言葉に近い絵を探します。日本語と英語で、同じ絵が出るかを見てください。出発の絵を選ぶと、絵に言葉を足し引きします。",
            "Find the pictures nearest to words among 512. Do Japanese and English find the same? With a picture to start from, words are added to it.",
        ),
        controls=("want_colour", "want_shape", "find", "base"),
        more=("weight", "trained"),
        compute=compute_search,
        draw=draw_search,
        readouts=readouts_search,
    ),
)


# ---- experiments


def _first_choices(r: Matrix) -> NDArray[np.int64]:
    """Give the caption that each image chooses in the end."""
    return np.asarray(r.similarity[-1].argmax(axis=1))


CAPTIONS = len(SHAPE_WORDS) * len(COLOUR_WORDS) * len(scenes.SIZES) * len(scenes.PLACES) * len(scenes.BACKGROUNDS)


def _scored(name: str) -> float:
    """Give a score of CLIP's card, in %: a share of the 256 pictures it was measured on, kept with four decimals."""
    return 100 * round(256 * float(_encoder("clip").card["scores"][name])) / 256


EXPERIMENTS = (
    Experiment(
        id="hot",
        scene="matrix",
        question=T(
            "温度 τ をとても大きくすると、10 組の損失はいくつに近づくでしょうか。",
            "When the temperature τ grows very large, what does the loss of 10 pairs tend to?",
        ),
        choices=(T("0", "0"), T("log 10 ≈ 2.30", "log 10 ≈ 2.30"), T("限りなく大きくなる", "It grows without limit")),
        answer=1,
        sets=({"batch": 10, "tau": 1.0}, {"batch": 10, "tau": 100.0, "show": "columns"}),
        check=lambda warm, hot: float(np.abs(hot.loss - np.log(10)).max()) < 0.02 < abs(warm.loss[-1] - np.log(10)),
        claim=T(
            "どの確率も 1/N に近づき、損失は log N に近づきます。学習のどの時点でもそうです。",
            "All probabilities tend to 1/N and the loss to log N, at every point of the training.",
        ),
        evidence=lambda warm, hot: T(
            f"学習後の損失: τ = 1 で {warm.loss[-1]:.3f}、τ = 100 で {hot.loss[-1]:.3f}。log 10 = {np.log(10):.3f}。",
            f"Loss after training: {warm.loss[-1]:.3f} at τ = 1, {hot.loss[-1]:.3f} at τ = 100; log 10 = {np.log(10):.3f}.",
        ),
    ),
    Experiment(
        id="ranking",
        scene="matrix",
        question=T(
            "τ を 0.01 から 1 に変えると、画像が選ぶ文は変わるでしょうか。",
            "τ goes from 0.01 to 1. Do the images choose other captions?",
        ),
        choices=(
            T("正しい文を選びやすくなる", "More of them choose the right one"),
            T("選ぶ文は変わらず、自信だけが変わる", "The choices stay, only the confidence changes"),
            T("選ぶ文も自信も変わる", "Both change"),
        ),
        answer=1,
        sets=tuple({"batch": 32, "show": "columns", "tau": tau} for tau in (0.01, 1.0)),
        check=lambda cold, warm: (
            bool((cold.rows.argmax(axis=2) == warm.rows.argmax(axis=2)).all())
            and cold.confidence[-1] > warm.confidence[-1] + 0.3
        ),
        claim=T(
            "全部のコサインを同じ数で割るだけなので、順位は変わりません。変わるのは確率です。",
            "All cosines are divided by the same number, so their order stays. What changes is the probability.",
        ),
        evidence=lambda cold, warm: T(
            f"選んだ文は 32 枚とも同じ。自信（最大の確率の平均）: τ = 0.01 で {100 * cold.confidence[-1]:.0f}%、τ = 1 で {100 * warm.confidence[-1]:.0f}%。",
            f"All 32 choices are the same. Confidence (mean top probability): {100 * cold.confidence[-1]:.0f}% at τ = 0.01, {100 * warm.confidence[-1]:.0f}% at τ = 1.",
        ),
    ),
    Experiment(
        id="copies",
        scene="matrix",
        question=T(
            "同じ組をバッチに 4 回入れます。よく学習すれば、その 4 組の損失は 0 にできるでしょうか。",
            "One pair stands 4 times in the batch. Can enough training bring the loss of those 4 to 0?",
        ),
        choices=(
            T("できる", "Yes"),
            T("log 4 ≈ 1.39 より下がらない", "Never below log 4 ≈ 1.39"),
            T("log 10 より下がらない", "Never below log 10"),
        ),
        answer=1,
        sets=({"batch": 10, "copies": 1, "tau": 0.01}, {"batch": 10, "copies": 4, "tau": 0.01}),
        check=lambda one, four: (
            float(four.to_text[:, :4].min()) >= np.log(4) - 1e-9
            and float(one.to_text[-1, 0]) < 0.1 < float(four.to_text[-1, 0])
            and float(four.to_text[-1, 4:].max()) < np.log(4)
        ),
        claim=T(
            "同じ文どうしは確率を分け合うので、4 組の損失は log 4 で止まります。ほかの組は下がります。",
            "Equal captions share the probability, so those rows stop at log 4. The other rows go on falling.",
        ),
        evidence=lambda one, four: T(
            f"一つ目の組の損失: 1 回なら {one.to_text[-1, 0]:.3f}、4 回なら {four.to_text[-1, 0]:.3f}。log 4 = {np.log(4):.3f}。",
            f"Loss of the first pair: {one.to_text[-1, 0]:.3f} alone, {four.to_text[-1, 0]:.3f} among 4 copies; log 4 = {np.log(4):.3f}.",
        ),
    ),
    Experiment(
        id="tongues",
        scene="matrix",
        question=T(
            "日本語の文と、同じ意味の英語の文は、32 枚から同じ画像を選ぶでしょうか。",
            "Do Japanese captions and English ones of the same meaning choose the same of 32 images?",
        ),
        choices=(
            T("半分ほど", "About half of them"),
            T("9 割以上", "At least 9 in 10"),
            T("英語だけが正しい", "Only English is right"),
        ),
        answer=1,
        sets=({"batch": 32, "tongue": "ja"}, {"batch": 32, "tongue": "en"}),
        check=lambda ja, en: (
            float(np.mean(ja.similarity[-1].argmax(axis=0) == en.similarity[-1].argmax(axis=0))) >= 0.9
        ),
        claim=T(
            "訓練で二つの言語が同じ絵に結びついたので、同じ画像を選びます。言葉どうしを対応させる学習はしていません。",
            "Training tied both languages to the same pictures, so they choose the same. No sentence was ever paired with its translation.",
        ),
        evidence=lambda ja, en: T(
            f"同じ画像を選んだ文: 32 のうち {int((ja.similarity[-1].argmax(axis=0) == en.similarity[-1].argmax(axis=0)).sum())}。正解率は日本語 {100 * ja.top1[-1, 1]:.0f}%、英語 {100 * en.top1[-1, 1]:.0f}%。",
            f"The same image for {int((ja.similarity[-1].argmax(axis=0) == en.similarity[-1].argmax(axis=0)).sum())} of 32 captions. Right: Japanese {100 * ja.top1[-1, 1]:.0f}%, English {100 * en.top1[-1, 1]:.0f}%.",
        ),
    ),
    Experiment(
        id="hardest",
        scene="pull",
        question=T(
            "τ を下げると、画像 1 を押す力は、どの文から来るでしょうか。",
            "When τ falls, which texts push image 1 away?",
        ),
        choices=(
            T("どの負例からも同じだけ", "All negatives alike"),
            T("ほとんど、いちばん似た負例だけ", "Almost only the most similar negative"),
            T("いちばん遠い負例だけ", "Only the farthest negative"),
        ),
        answer=1,
        sets=({"heat": 10.0}, {"heat": 0.05}),
        check=lambda warm, cold: cold.share[0] > 0.95 and warm.share[0] < 0.25,
        claim=T(
            "τ が小さいと、softmax がいちばん似た負例だけを選びます。大きいと、7 つの負例がほぼ均等に押します。",
            "A small τ makes the softmax pick the hardest negative alone. With a large one all seven push almost alike.",
        ),
        evidence=lambda warm, cold: T(
            f"学習前、いちばん似た負例の割合: τ = 10 で {100 * warm.share[0]:.0f}%、τ = 0.05 で {100 * cold.share[0]:.1f}%。",
            f"Share of the hardest negative before training: {100 * warm.share[0]:.0f}% at τ = 10, {100 * cold.share[0]:.1f}% at τ = 0.05.",
        ),
    ),
    Experiment(
        id="close",
        scene="gap",
        question=T(
            "画像と文のすき間を、平行移動でちょうど閉じます。大きく変わるのはどちらでしょうか。",
            "The gap between images and texts is closed by a shift. Which changes more?",
        ),
        choices=(T("順位", "The ranking"), T("損失", "The loss"), T("どちらも変わらない", "Neither")),
        answer=1,
        sets=({"share": 0.0}, {"share": 1.0}),
        check=lambda apart, closed: (
            closed.distance < 0.2 * apart.distance
            and abs(closed.loss / apart.loss - 1) > 0.05
            and closed.moved < 0.5 * abs(closed.loss / apart.loss - 1)
        ),
        claim=T(
            "損失の変わり方のほうが、選ぶ文の変わり方よりずっと大きくなりました。",
            "The loss changed far more than the captions that are chosen.",
        ),
        evidence=lambda apart, closed: T(
            f"すき間 {apart.distance:.2f} → {closed.distance:.2f}。損失は {100 * (closed.loss / apart.loss - 1):+.0f}%、選ぶ文が変わった画像は {100 * closed.moved:.1f}%。",
            f"Gap {apart.distance:.2f} → {closed.distance:.2f}. The loss changed by {100 * (closed.loss / apart.loss - 1):+.0f}%, the choice of {100 * closed.moved:.1f}% of the images.",
        ),
    ),
    Experiment(
        id="cyclic",
        scene="cycle",
        question=T(
            "CyCLIP の項を足して学習すると、二つの食い違いはどうなるでしょうか。",
            "Training with CyCLIP's terms: what becomes of the two disagreements?",
        ),
        choices=(
            T("どちらも半分以下になる", "Both fall below half"),
            T("モーダル間だけ減る", "Only the cross-modal one falls"),
            T("どちらも変わらない", "Neither changes"),
        ),
        answer=0,
        sets=({},),
        check=lambda r: bool((r.terms[1] < 0.5 * r.terms[0]).all()),
        claim=T(
            "同じデータと手間で、どちらの食い違いも半分以下になりました。項を足したのは、学習の後半だけです。",
            "With the same data and effort, both fell below half. The terms joined only in the second half of the training.",
        ),
        evidence=lambda r: T(
            f"モーダル間 {r.terms[0, 0]:.3f} → {r.terms[1, 0]:.3f}、モーダル内 {r.terms[0, 1]:.3f} → {r.terms[1, 1]:.3f}。ゼロショットと k 近傍法の一致は {100 * r.agree[0]:.1f}% → {100 * r.agree[1]:.1f}%。",
            f"Cross-modal {r.terms[0, 0]:.3f} → {r.terms[1, 0]:.3f}, in-modal {r.terms[0, 1]:.3f} → {r.terms[1, 1]:.3f}. Zero-shot and k-NN agree on {100 * r.agree[0]:.1f}% → {100 * r.agree[1]:.1f}%.",
        ),
    ),
    Experiment(
        id="heldout",
        scene="paint",
        question=T(
            "訓練で一度も見せていない形と色の組み合わせの絵は、128 の文から自分の文を選べるでしょうか。",
            "Pictures of shape and colour pairs that training never showed: do they find their own among 128 captions?",
        ),
        choices=(T("ほとんど選べない", "Hardly any"), T("半分ほど", "About half"), T("9 割以上", "At least 9 in 10")),
        answer=2,
        sets=({"alpha": 0.0},),
        check=lambda r: r.scenes[0] >= 90,
        claim=T(
            "見せていない組み合わせでも選べました。ただし、この 128 文では色と形が一対一なので、どちらか一方が読めれば足ります。すべての文や、42 種類の色と形から選ぶと、正解は減ります。",
            "They do, though training never showed the pair. In these 128 captions each colour has only one shape, so that reading either is enough. Among all captions, or all 42 colours with shapes, fewer are right.",
        ),
        evidence=lambda r: T(
            f"正解率は {r.scenes[0]:.1f}% です（当てずっぽうは 0.8%）。256 枚で測ると、{CAPTIONS} の文からは {_scored('world_en'):.1f}%、42 種類からは {_scored('classes_en'):.1f}% です。",
            f"{r.scenes[0]:.1f}% are right (chance: 0.8%). Measured on 256 pictures: {_scored('world_en'):.1f}% among {CAPTIONS} captions, {_scored('classes_en'):.1f}% among 42 classes.",
        ),
    ),
    Experiment(
        id="between",
        scene="paint",
        question=T(
            "絵と数字の正解率の平均がいちばん高いのは、どの α でしょうか。",
            "At which α is the mean of both accuracies the highest?",
        ),
        choices=(
            T("α = 0（元のまま）", "α = 0 (as it was)"),
            T("途中のどこか", "Somewhere between"),
            T("α = 1（学び直した後）", "α = 1 (after tuning)"),
        ),
        answer=1,
        sets=({"alpha": 0.5},),
        check=lambda r: 0 < r.alpha[r.best] < 1 and r.mean[r.best] > max(r.mean[0], r.mean[-1]),
        claim=T(
            "両端のどちらよりも、途中の重みが両方の仕事をこなします。",
            "Weights in between do both tasks better than either end.",
        ),
        evidence=lambda r: T(
            f"平均: α = 0 で {r.mean[0]:.1f}%、α = {r.alpha[r.best]:g} で {r.mean[r.best]:.1f}%、α = 1 で {r.mean[-1]:.1f}%。",
            f"Mean: {r.mean[0]:.1f}% at α = 0, {r.mean[r.best]:.1f}% at α = {r.alpha[r.best]:g}, {r.mean[-1]:.1f}% at α = 1.",
        ),
    ),
    Experiment(
        id="fooled",
        scene="swaps",
        question=T(
            "モデルがだまされやすいのは、どちらの文でしょうか。",
            "Which captions fool the model more often?",
        ),
        choices=(
            T("絵にない色を言う文", "Those that name a colour that is not there"),
            T("二つの物の色を入れ替えた文", "Those in which two things swap their colours"),
            T("どちらも同じ", "Both alike"),
        ),
        answer=1,
        sets=({"swap": "colour"}, {"swap": "binding", "mistakes": True}),
        check=lambda absent, swapped: (
            swapped.wins[core.KINDS.index("binding")] < absent.wins[core.KINDS.index("colour")] - 0.02
        ),
        claim=T(
            "入れ替えた文は、言葉がすべて絵の中にあります。どの色がどの形のものかまで、結びつける必要があります。",
            "When colours are swapped, every word is true of the picture. Only knowing which colour goes with which shape helps.",
        ),
        evidence=lambda absent, swapped: T(
            f"正しい文が勝つ割合: 絵にない色 {100 * absent.wins[core.KINDS.index('colour')]:.1f}%、色の入れ替え {100 * swapped.wins[core.KINDS.index('binding')]:.1f}%。",
            f"The true caption wins {100 * absent.wins[core.KINDS.index('colour')]:.1f}% against an absent colour, {100 * swapped.wins[core.KINDS.index('binding')]:.1f}% against swapped ones.",
        ),
    ),
    Experiment(
        id="bag",
        scene="swaps",
        question=T(
            "語順を見ないモデル（単語袋）は、「A が B の左」と「B が A の左」を区別できるでしょうか。",
            "Can a model without word order (a bag of words) tell “A left of B” from “B left of A”?",
        ),
        choices=(
            T("できる", "Yes"),
            T("半分は当たる", "It guesses, half are right"),
            T("いつも引き分けになる", "It always ties"),
        ),
        answer=2,
        sets=({"swap": "order"}, {"swap": "order", "tongue": "ja"}),
        check=lambda en, ja: all(
            r.ties[core.KINDS.index(kind)] == 1 and r.bag_cosine.shape == (2,)
            for r in (en, ja)
            for kind in ("order", "binding")
        ),
        claim=T(
            "同じ言葉を並べ替えただけなので、二つの文は同じ点になります。ここで勝つには、語順を読むしかありません。",
            "The words are the same in another order, so both captions are one point. Only reading the order can win here.",
        ),
        evidence=lambda en, ja: T(
            f"引き分け: 英語 {100 * en.ties[-1]:.0f}%、日本語 {100 * ja.ties[-1]:.0f}%。語順を読むモデルは英語で {100 * en.wins[-1]:.0f}%、日本語で {100 * ja.wins[-1]:.0f}% です。",
            f"Ties: English {100 * en.ties[-1]:.0f}%, Japanese {100 * ja.ties[-1]:.0f}%. The model that reads order wins {100 * en.wins[-1]:.0f}% and {100 * ja.wins[-1]:.0f}%.",
        ),
    ),
)


# ---- the same numbers in a few lines


def snippet(p: Params, scene: str = "similar") -> str:
    """Give runnable Python that prints the scene's readouts."""
    return _SNIPPETS.get(scene, _similar_code)(p)


def _similar_code(p: Params) -> str:
    scene = scene_of_params(p)
    things = ", ".join(f"scenes.Thing({t.shape!r}, {t.colour!r}, {t.size!r}, {t.x!r}, {t.y!r})" for t in scene.things)
    loads = "real.load(real.found())" if p.model == "real" else f"clip.load({p.model!r})"
    head = f"""import numpy as np
from core.pretraining import clip, real, scenes

encoder = {loads}
scene = scenes.Scene(({things},), {scene.background!r})
image = encoder.encode_images([scenes.render(scene, {p.look})])[0]
"""
    if p.photo:
        head = f"""import base64
import io

import numpy as np
from PIL import Image
from core.pretraining import clip, real

encoder = {loads}
file = io.BytesIO(base64.urlsafe_b64decode({p.photo!r}))
image = encoder.encode_images([np.asarray(Image.open(file).convert("RGB"))])[0]
"""
    typed = p.typed.strip()
    if typed:
        language = "ja" if _japanese(typed) else "en"
        return f"""{head}text = encoder.encode_texts([{typed!r}])[0]
null = encoder.encode_texts(clip.random_captions({NULL}, language={language!r})) @ image
print("cosine =", text @ image)
print("percentile =", clip.percentile(text @ image, null))
"""
    first = _rows(p, scene)[0][0]
    lines = [head]
    for tongue in TONGUES:
        sentences = [words.describe(first, tongue, w) for w in _wordings(p)]
        lines.append(f"text = encoder.encode_texts({sentences!r}).mean(axis=0)\n")
        lines.append(f'print("cosine_{tongue} =", text @ image / np.linalg.norm(text))\n')
    return "".join(lines)


def _matrix_code(p: Params) -> str:
    which = _which(p).tolist()
    return f"""import numpy as np
from core.pretraining import clip

kept = clip.replay({p.trained!r})
which = np.array({which})
image, text = kept.image[-1, which], kept.text[{p.tongue!r}][-1, which]
loss = clip.contrastive_loss(image, text, {p.tau!r})
print("loss =", loss.total)
print("chance =", clip.chance_loss(len(which)))
print("top1 =", 100 * np.mean(which[loss.similarity.argmax(axis=1)] == which))
print("confidence =", 100 * loss.rows.max(axis=1).mean())
"""


def _circle_code(p: Params) -> str:
    return f"""import numpy as np
from core.pretraining import circle

run = circle.train({p.pairs}, temperature={p.heat!r}, rate={p.rate!r}, gap={p.apart!r},
                   cross_modal={p.cross!r}, in_modal={p.inner!r}, seed={p.seed})
others = np.delete(run.rows[0, {min(p.follow, p.pairs) - 1}], {min(p.follow, p.pairs) - 1})
print("loss_before =", run.loss[0])
print("loss_after =", run.loss[-1])
print("hardest_share =", 100 * others.max() / max(others.sum(), 1e-300))
print("gap =", run.gap[-1])
"""


def _gap_code(p: Params) -> str:
    return f"""import numpy as np
from core.pretraining import clip

kept = clip.replay({p.trained!r})
image, text = clip.close_gap(kept.image[-1], kept.text[{p.tongue!r}][-1], {p.share!r})
similarity = image @ text.T
print("gap =", np.linalg.norm(image.mean(axis=0) - text.mean(axis=0)))
print("loss =", clip.contrastive_loss(image, text, clip.load({p.trained!r}).temperature).total)
print("top1 =", 50 * (clip.top1(similarity) + clip.top1(similarity.T)))
"""


def _cycle_code(p: Params) -> str:
    return f"""import numpy as np
from core.pretraining import clip

every = clip.gallery().scenes[::2]
names = clip.class_names({p.kind!r})
label = [names.index({_CLASS_CODE[p.kind]}) for scene in every]
half = len(every) // 2
for model in ("clip", "cyclip"):
    kept, rows = clip.replay(model), clip.gallery_images(model)[::2]
    cross, _ = clip.cyclip_terms(kept.image[-1, :{p.square}], kept.text[{p.tongue!r}][-1, :{p.square}])
    vectors = clip.class_vectors(clip.load(model), {p.kind!r}, {p.tongue!r})
    zero_shot = (rows[half:].astype(float) @ vectors.T).argmax(axis=1)
    near = clip.knn(rows[:half], label[:half], rows[half:], {p.near})
    print(f"cross_{{model}} =", cross)
    print(f"agree_{{model}} =", 100 * np.mean(zero_shot == near))
"""


_CLASS_CODE = {
    "shape": "scene.things[0].shape",
    "colour": "scene.things[0].colour",
    "both": 'f"{scene.things[0].colour} {scene.things[0].shape}"',
}


def _paint_code(p: Params) -> str:
    return f"""import numpy as np
from core import ahead

made = ahead.load("clip/paint")
scenes = 100 * made["scenes"].mean(axis=1)
digits = 100 * (made["digits"] == made["numbers"]).mean(axis=1)
at = np.abs(made["alpha"] - {p.alpha!r}).argmin()
print("scenes =", scenes[at])
print("digits =", digits[at])
print("mean =", (scenes[at] + digits[at]) / 2)
print("best_alpha =", made["alpha"][(scenes + digits).argmax()])
"""


def _swaps_code(p: Params) -> str:
    return f"""from core import ahead
from core.pretraining import clip

kind = clip.KINDS.index({p.swap!r})
made = ahead.load("clip/swaps")  # 1 the true caption wins, 0 a tie, -1 the swapped one
mine, bag = made[{f"{p.judge}_{p.tongue}"!r}][:, kind], made[{f"bag_{p.tongue}"!r}][:, kind]
print("wins =", 50 * (1 + mine.mean()))
print("bag =", 50 * (1 + bag.mean()))
print("ties =", 100 * (bag == 0).mean())
"""


def _search_code(p: Params) -> str:
    typed, want = p.find.strip(), _wanted(p)
    queries = [typed] if typed else [words.describe(want, tongue) for tongue in TONGUES]
    base, old = _base(p), _old(p)
    minus = [words.describe(old, tongue) for tongue in TONGUES[: len(queries)]] if old else []
    lines = [
        f"""from core.pretraining import clip

encoder, gallery = clip.load({p.trained!r}), clip.gallery_images({p.trained!r})
found = []
for i, sentence in enumerate({queries!r}):
    query = encoder.encode_texts([sentence])[0]
"""
    ]
    if base >= 0:
        if minus:
            lines.append(f"    minus = encoder.encode_texts([{minus!r}[i]])[0]\n")
        lines.append(
            f"    query = clip.combine(gallery[{base}], query, {'minus' if minus else 'None'}, {p.weight!r})\n"
        )
    lines.append(f"""    which, cosine = clip.retrieve(query, gallery, {TOP + (base >= 0)})
    keep = which != {base}
    found.append((which[keep][:{TOP}], cosine[keep][:{TOP}]))
print("cosine =", found[0][1][0])
""")
    if not typed:
        shape, colour = _asked(p)
        lines.append(
            f"""scenes = clip.gallery().scenes
for language, (which, _) in zip(("ja", "en"), found):
    has = [any({shape!r} in (None, t.shape) and {colour!r} in (None, t.colour) for t in scenes[i].things) for i in which]
    print(f"right_{{language}} =", sum(has))
print("same =", len(set(found[0][0]) & set(found[1][0])))
""".replace("{shape!r} in (None, t.shape)", "")
            .replace("None in (None, t.shape)", "True")
            .replace("None in (None, t.colour)", "True")
        )
    return "".join(lines)


_SNIPPETS: dict[str, Callable[[Params], str]] = {
    "similar": _similar_code, "matrix": _matrix_code, "pull": _circle_code, "gap": _gap_code, "cycle": _cycle_code,
    "paint": _paint_code, "swaps": _swaps_code, "search": _search_code,
}  # fmt: skip
