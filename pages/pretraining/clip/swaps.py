"""One thing in a caption is exchanged: does the true one still win? What batches have asked, a model can tell."""

import functools
from dataclasses import dataclass, replace

import numpy as np

from core import ahead
from core.pretraining import clip
from core.pretraining.clip import captions, scenes
from core.result import result
from core.text import PERCENT, T
from figures.spec import Stage
from pages.pretraining.clip.duels import KINDS, duel, wins
from pages.pretraining.clip.pictures import painting
from pages.pretraining.clip.shared import MODELS, SPEAKERS, Floats, Images, Tongue, encoder, read, sentence
from ui.params import choice, slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("swap", "example", "mistakes", "tongue")
outcomes = functools.cache(
    functools.partial(ahead.load, "clip/swaps")
)  # 1 the true caption wins, 0 a tie, −1 the other


@dataclass(frozen=True)
class Params(Tongue):
    swap: str = choice(T("何を入れ替えるか", "What is swapped"), KINDS, default="relation")
    example: int = slider(T("例の番号", "Example"), 0, 199, default=0)
    mistakes: bool = toggle(T("モデルが間違える例だけ", "Only examples the model gets wrong"))
    judge: str = choice(T("モデル", "Model"), {name: MODELS[name] for name in ("clip", "cyclip", "digits")})

    @property
    def speaker(self) -> T:
        return SPEAKERS[self.judge]


@result
class Kind:
    """How often the true caption beats one with this exchanged, in %, a tie counted half."""

    wins: float  # of the model
    mirrored: float  # of CLIP that met mirrored pairs
    bag: float  # of the bag of words
    ties: float  # that the bag cannot tell apart


@result
class Swapping:
    kinds: dict[str, Kind]
    chosen: Kind
    image: Images  # an example
    captions: tuple[T, T]  # the true one, the exchanged one
    cosine: Floats  # (2,) of the model
    mirrored_cosine: Floats  # (2,)
    bag_cosine: Floats  # (2,)
    lost: int | None  # how many examples the model gets wrong, where only those are shown


def compute(p: Params) -> Swapping:
    mine, mirrored, bag = (outcomes()[f"{name}_{p.tongue}"] for name in (p.judge, "mirrored", "bag"))
    measured = *(50 * (1 + won.mean(axis=0)) for won in (mine, mirrored, bag)), 100 * (bag == 0).mean(axis=0)
    kinds = {kind: Kind(*numbers) for kind, *numbers in zip(clip.KINDS, *measured, strict=True)}
    kind, at = clip.KINDS.index(p.swap), p.example
    lost = np.flatnonzero(mine[:, kind] <= 0)
    if p.mistakes and len(lost):
        at = int(lost[p.example % len(lost)])
    words = clip.swap_words()[at]
    said = words[0], words[1 + kind]
    image = scenes.render(clip.swap_scenes()[at], at)
    told = tuple(captions.describe(what, p.tongue) for what in said)
    seen = {name: encoder(name).encode_images([image]) for name in {p.judge, "clip", "mirrored"}}
    # the bag has CLIP's image encoder
    towers = ((p.judge, p.judge), ("mirrored", "mirrored"), ("clip", "bag"))
    cosines = (clip.cosines(seen[looks], read(reads, told)) for looks, reads in towers)
    both, wrong = (sentence(said[0]), sentence(said[1])), len(lost) if p.mistakes else None
    return Swapping(kinds, kinds[p.swap], image, both, *cosines, wrong)


READOUTS = (
    Readout("wins", T("正しい文が勝つ割合", "True caption wins"), "chosen.wins", 1, PERCENT),
    Readout("mirrored", T("鏡の組も見た CLIP", "With mirrored pairs"), "chosen.mirrored", 1, PERCENT),
    Readout("bag", T("Bag-of-Words", "Bag of words"), "chosen.bag", 1, PERCENT),
    Readout("lost", T("モデルが間違える例", "Examples it gets wrong"), "lost", 0, T(" / 200", " / 200")),
)


def draw(r: Swapping, p: Params) -> Stage:
    return Stage(
        (wins(r, p), painting(r.image), duel(r, p)),
        ("wins scene", "wins duel"),
        height=500,
        columns="minmax(0, 1fr) minmax(0, 1.1fr)",
        note="mirrored",
    )


def code(p: Params) -> str:
    return f"""\
from core import ahead
from core.pretraining import clip

kind = clip.KINDS.index({p.swap!r})
made = ahead.load("clip/swaps")  # 1 the true caption wins, 0 a tie, -1 the swapped one
mine, mirrored, bag = (made[f"{{name}}_{p.tongue}"][:, kind] for name in ({p.judge!r}, "mirrored", "bag"))
print("wins =", 50 * (1 + mine.mean()))
print("mirrored =", 50 * (1 + mirrored.mean()))
print("bag =", 50 * (1 + bag.mean()))
print("lost =", (mine <= 0).sum())
"""


def exchanged(r: Swapping, **kinds: str) -> Swapping:
    """Make a wrong result: one kind's numbers in another's place."""
    return replace(r, kinds={**r.kinds, **{kind: r.kinds[other] for kind, other in kinds.items()}})


ORDER = {"swap": "order"}


def reads(ja: Swapping, en: Swapping) -> bool:
    """Whether mirrored pairs taught English relations and order, and cost no other kind more than chance may."""
    taught = all(en.kinds[k].mirrored > en.kinds[k].wins + 20 for k in ("relation", "order"))
    return taught and all(kind.mirrored > kind.wins - 10 for r in (ja, en) for kind in r.kinds.values())


CHECKS = {
    "mirrored": Check(
        (ORDER | {"tongue": "ja"}, ORDER),
        reads,
        # as if the bag of words had been taught
        control=lambda *runs: tuple(
            replace(r, kinds={name: replace(kind, mirrored=kind.bag) for name, kind in r.kinds.items()}) for r in runs
        ),
    ),
    "fooled": Check(
        tuple({"tongue": t, "swap": k} for k in ("colour", "binding") for t in ("ja", "en")),
        lambda *runs: all(r.kinds["binding"].wins < r.kinds["colour"].wins - 20 for r in runs),
        control=lambda *runs: tuple(exchanged(r, binding="size") for r in runs),
    ),
    "bag": Check(
        (ORDER | {"tongue": "ja"}, ORDER),
        lambda *runs: all(
            r.kinds[k].ties == 100 and np.ptp(r.bag_cosine) == 0 for r in runs for k in ("order", "binding")
        ),
        control=lambda *runs: tuple(replace(r, bag_cosine=r.cosine) for r in runs),
    ),
}
