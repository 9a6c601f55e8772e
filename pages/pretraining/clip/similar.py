"""How near a picture is to captions, and how near it is to captions of nothing in particular."""

from dataclasses import replace

import numpy as np

from core.pretraining import clip
from core.pretraining.clip import captions, scenes
from core.result import result
from core.text import T
from figures.spec import Stage
from pages.pretraining.clip import composed
from pages.pretraining.clip.composed import Params
from pages.pretraining.clip.pictures import painting
from pages.pretraining.clip.scores import NULL, by_chance, card, scores
from pages.pretraining.clip.shared import MODELS, PERCENT, TONGUES, Floats, Images, encoder, read, sentence, skipped
from ui.scene import Check, Readout

CONTROLS = ("shape", "colour", "size", "typed")


@result
class Similar:
    """Rows of the arrays are of the two languages: Japanese, English. A typed caption comes first, in both."""

    image: Images
    labels: tuple[T, ...]  # (n,) the captions
    true: tuple[bool, ...]  # (n,)
    cosine: Floats  # (2, n)
    null: Floats  # (2, NULL) cosines of captions by chance
    percentile: Floats  # (2, n) how many of those score lower, in %
    temperature: float
    first_ja: float | None  # the cosine of the caption on top, if none was typed
    first_en: float | None
    own: float | None  # the cosine of the typed one, and how many captions by chance it beats
    beaten: float | None
    unknown: T  # words of the typed caption that the model does not know

    @property
    def share(self) -> Floats:
        """Softmax over the captions."""
        return clip.probabilities(self.cosine, self.temperature)

    @property
    def typed(self) -> bool:
        return self.own is not None

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
    first = (None, None, cosine[0, 0], beaten[0, 0]) if p.own else (*cosine[:, 0], None, None)
    unknown = captions.tokenize(p.own).unknown if p.model != "real" else ()
    temperature, skips = encoder(p.model).temperature, skipped(unknown)
    return Similar(image, labels, true, cosine, null, beaten, temperature, *first, skips)


READOUTS = (
    Readout("cosine_ja", T("いちばん上の文のコサイン: 日本語", "Top caption's cosine: Japanese"), "first_ja", 3),
    Readout("cosine_en", T("英語", "English"), "first_en", 3),
    Readout("cosine", T("自分の文: コサイン", "Your caption: cosine"), "own", 3),
    Readout("percentile", T("ランダムな文に勝つ割合", "Random captions beaten"), "beaten", 1, PERCENT),
)


def draw(r: Similar, p: Params) -> Stage:
    labels = [T(f"✓ {t.ja}", f"✓ {t.en}") if true else t for t, true in zip(r.labels, r.true, strict=True)]
    shown = scores(labels, r.cosine, r.share, r.percentile, r.null, typed=r.typed)
    about = ["photo" if p.photo else "held_out" if scenes.held_out(p.scene) else "shown"]
    if r.unknown.en or p.model == "real":
        about = ["unknown"] if r.unknown.en else []
    return Stage(
        (painting(r.image, p.places, says="own" if p.photo else ""), shown),
        ("scene scores", "card scores"),
        (card(r.cosine, r.share, r.percentile, r.temperature, typed=r.typed),),
        height=500,
        columns="minmax(0, 1fr) minmax(0, 1.75fr)",
        note=("speaks", *about),
    )


def code(p: Params) -> str:
    head = f"""\
{composed.IMPORTS_OF_A_PHOTO if p.photo else ""}import numpy as np
from core.pretraining import clip
from core.pretraining.clip import real, scenes

encoder = {"real.load(real.found())" if p.model == "real" else f"clip.load({p.model!r})"}
{composed.code(p)}at = encoder.encode_images([image])[0]
"""
    if p.own:
        by_chance = f"clip.random_captions({NULL}, language={captions.language_of(p.own)!r})"
        return f"""\
{head}cosine = encoder.encode_texts([{p.own!r}])[0] @ at
print("cosine =", cosine)
print("percentile =", clip.percentile(cosine, encoder.encode_texts({by_chance}) @ at))
"""
    said = p.answers[0][0]
    told = {tongue: [captions.describe(said, tongue, w) for w in p.wordings] for tongue in TONGUES}
    return f"""\
{head}for language, captions in {told!r}.items():
    text = encoder.encode_texts(captions).mean(axis=0)
    print(f"cosine_{{language}} =", text @ at / np.linalg.norm(text))
"""


def warm() -> None:  # the real CLIP takes seconds to read
    for name in {"clip", "real"} & set(MODELS):
        by_chance(name)


PICTURES = tuple(zip(scenes.SHAPES, ("red", "blue", "green", "purple", "orange", "yellow"), strict=True))
SIZE = 3  # the caption in which only the size is wrong
CHECKS = {
    "near": Check(
        tuple({"shape": shape, "colour": colour} for shape, colour in reversed(PICTURES)),
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
    )
}
