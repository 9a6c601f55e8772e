"""Zero-shot: a class is a sentence, and the nearest sentence is the answer; beside what captions by chance get."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from core.bins import Bins, histogram
from core.pretraining import clip
from core.pretraining.clip import captions, scenes
from core.result import result
from core.text import PERCENT, T
from figures.spec import Stage
from pages.pretraining.clip.composed import Params
from pages.pretraining.clip.composed import code as code
from pages.pretraining.clip.pictures import painting
from pages.pretraining.clip.scores import LOW, by_chance, card, scores
from pages.pretraining.clip.shared import MODELS, TONGUES, Floats, Images, encoder, heard, read, sentence
from ui.scene import Check, Readout

CONTROLS = ("task", "shape", "colour", "typed")


@result
class Similar:
    """Rows of the arrays are of the two languages: Japanese, English. A typed caption comes first, in both."""

    image: Images
    labels: tuple[T, ...]  # (n,) the captions
    true: tuple[bool, ...]  # (n,)
    cosine: Floats  # (2, n)
    null: Floats  # (2, NULL) cosines of captions by chance
    hill: Bins  # of those
    percentile: Floats  # (2, n) how many of those score lower, in %
    temperature: float
    best_ja: float | None  # the largest cosine, if no caption was typed
    best_en: float | None
    own: float | None  # the cosine of the typed one, and how many captions by chance it beats
    beaten: float | None
    unknown: T  # words of the typed caption that the model does not know
    dropped: T  # its first word that the text tower does not read any more

    @property
    def share(self) -> Floats:
        """Softmax over the captions."""
        return clip.probabilities(self.cosine, self.temperature)

    @property
    def nearest_cosine(self) -> T:
        return T(*(f"{row.max():.2f}" for row in self.cosine))

    @property
    def nearest(self) -> T:
        return T(*(self.labels[row.argmax()](tongue) for row, tongue in zip(self.cosine, TONGUES, strict=True)))


def compute(p: Params) -> Similar:
    image, (said, true) = p.image, p.answers
    labels = tuple(sentence(s, p.wordings[0]) for s in said)
    # One vector a caption: the mean over its wordings, scaled back to length 1
    told = [[tuple(captions.describe(s, tongue, w) for s in said) for w in p.wordings] for tongue in TONGUES]
    texts = clip.unit(np.array([np.mean([read(p.model, row) for row in rows], axis=0) for rows in told]))
    at = encoder(p.model).encode_images([image])[0].astype(float)
    cosine, null = texts @ at, by_chance(p.model) @ at
    beaten = np.array([[clip.percentile(c, by) for c in row] for row, by in zip(cosine, null, strict=True)])
    if p.own:
        mine = float(read(p.model, (p.own,))[0] @ at)
        labels, true = (T(p.own, p.own), *labels), (False, *true)
        cosine = np.insert(cosine, 0, mine, axis=1)
        beaten = np.insert(beaten, 0, clip.percentile(mine, null[TONGUES.index(captions.language_of(p.own))]), axis=1)
    first = (None, None, cosine[0, 0], beaten[0, 0]) if p.own else (*cosine.max(axis=1), None, None)
    skips, hill = heard(p.own if p.model != "real" else ""), histogram(null.ravel(), LOW, 1.0, 40)
    return Similar(image, labels, true, cosine, null, hill, beaten, encoder(p.model).temperature, *first, *skips)


READOUTS = (
    Readout("answer", T("答え", "Answer"), "nearest"),
    Readout("cosine_ja", T("コサイン: 日本語", "Cosine: Japanese"), "best_ja", 3),
    Readout("cosine_en", T("英語", "English"), "best_en", 3),
    Readout("cosine", T("自分の文: コサイン", "Your caption: cosine"), "own", 3),
    Readout("percentile", T("ランダムな文に勝つ割合", "Random captions beaten"), "beaten", 1, PERCENT),
)


def draw(r: Similar, p: Params) -> Stage:
    labels = [T(f"✓ {t.ja}", f"✓ {t.en}") if true else t for t, true in zip(r.labels, r.true, strict=True)]
    shown = scores(labels, r.cosine, r.share, r.percentile, r.null, r.hill, typed=bool(p.own))
    about = ["photo" if p.photo else "held_out" if scenes.held_out(p.scene) else "shown"]
    if r.unknown.en or p.model == "real":
        about = ["unknown"] if r.unknown.en else []
    return Stage(
        (painting(r.image, p.places, says="own" if p.photo else ""), shown),
        ("scene scores", "card scores"),
        (card(r.cosine, r.share, r.percentile, r.temperature, typed=bool(p.own)),),
        height=500,
        columns="minmax(0, 1fr) minmax(0, 1.75fr)",
        note=("speaks", *about, *["cut"] * bool(r.dropped.en)),
    )


def warm() -> None:  # the real CLIP takes seconds to read
    for name in {"clip", "real"} & set(MODELS):
        by_chance(name)


COLOURS = ("red", "blue", "green", "purple", "orange", "yellow")  # one for each shape, all shown in training
SIZE = 3  # the caption in which only the size is wrong
TASKS = ("colour", "shape")


def new(**fields: Any) -> tuple[dict[str, Any], ...]:
    """Show the pairs of shape and colour that training never did, in five places; ask the colour, then the shape."""
    return tuple(
        {"task": task, "shape": shape, "colour": colour, "x": x, **fields}
        for task, x, (shape, colour) in product(TASKS, (0.7, 0.6, 0.5, 0.4, 0.3), reversed(scenes.HELD_OUT))
    )


def named(*runs: Similar) -> dict[str, Any]:
    """Give the share of right answers to each question, Japanese and English, in %; of green circles how many."""
    right = np.array([[r.true[best] for best in r.cosine.argmax(axis=1)] for r in runs])
    right = right.reshape(len(TASKS), -1, len(scenes.HELD_OUT), len(TONGUES))
    circles = right[:, :, -1, TONGUES.index("en")].sum(axis=1)
    return dict(zip(TASKS, 100 * right.mean(axis=(1, 2)), strict=True)) | {"circle": circles}


def names_most(*runs: Similar) -> bool:
    """Whether colours and shapes are named far above chance, and shapes less often than colours."""
    colour, shape, (green, circle) = named(*runs).values()
    return shape.min() > 50 and colour.min() > shape.max() and circle < green == 5


CHECKS = {
    "heldout": Check(new(), names_most, control=new(model="digits"), measure=named),
    "near": Check(
        tuple({"task": "captions", "shape": s, "colour": c} for s, c in zip(scenes.SHAPES, COLOURS, strict=True))[::-1],
        lambda *runs: all(
            (r.cosine[:, 0] > r.cosine[:, SIZE]).all() and (r.percentile[:, SIZE] >= 95).all() for r in runs
        ),
        # as if everything were wrong in that caption
        control=lambda *runs: tuple(replace(r, percentile=np.roll(r.percentile, -2, axis=1)) for r in runs),
        measure=lambda *runs: {
            "true": np.mean([r.cosine[:, 0] for r in runs]),
            "wrong": np.mean([r.cosine[:, SIZE] for r in runs]),
            "null": np.mean([r.null for r in runs]),
            "beaten": np.min([r.percentile[:, SIZE] for r in runs]),
        },
    ),
}
