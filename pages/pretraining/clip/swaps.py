"""One thing in a caption is exchanged: whether the true one still wins, and whether a bag of words can tell."""

import functools
from dataclasses import dataclass, replace

import numpy as np

from core import ahead
from core.pretraining import clip
from core.pretraining.clip import captions, scenes
from core.result import result
from core.text import T
from figures.marks import bars, text
from figures.plot import plot
from figures.spec import BLUE, INK, MUTED, NOW, OTHER, Figure, Stage
from pages.pretraining.clip.pictures import painting, posts
from pages.pretraining.clip.shared import MODELS, PERCENT, SPEAKERS, Floats, Images, Tongue, encoder, read, sentence
from ui.params import choice, slider, toggle
from ui.scene import Check, Readout

CONTROLS = ("swap", "example", "mistakes", "tongue")
KINDS = {
    "object": T("形を、絵にないものに", "A shape that is not there"),
    "colour": T("色を、絵にないものに", "A colour that is not there"),
    "size": T("大きさを逆に", "The other size"),
    "relation": T("位置関係を逆に", "The converse relation"),
    "binding": T("二つの色を入れ替え", "The two colours change places"),
    "order": T("二つの物を入れ替え（語順）", "The two things change places (order)"),
}
outcomes = functools.cache(
    functools.partial(ahead.load, "clip/swaps")
)  # 1 the true caption wins, 0 a tie, −1 the other


@dataclass(frozen=True)
class Params(Tongue):
    swap: str = choice(T("何を入れ替えるか", "What is swapped"), KINDS, default="binding")
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
    bag: float  # of the bag of words
    ties: float  # that the bag cannot tell apart


@result
class Swapping:
    kinds: dict[str, Kind]
    chosen: Kind
    image: Images  # an example
    captions: tuple[T, T]  # the true one, the exchanged one
    cosine: Floats  # (2,) of the model
    bag_cosine: Floats  # (2,)
    lost: int | None  # how many examples the model gets wrong, where only those are shown


def compute(p: Params) -> Swapping:
    mine, bag = outcomes()[f"{p.judge}_{p.tongue}"], outcomes()[f"bag_{p.tongue}"]
    measured = 50 * (1 + mine.mean(axis=0)), 50 * (1 + bag.mean(axis=0)), 100 * (bag == 0).mean(axis=0)
    kinds = {kind: Kind(*numbers) for kind, *numbers in zip(clip.KINDS, *measured, strict=True)}
    kind, at = clip.KINDS.index(p.swap), p.example
    lost = np.flatnonzero(mine[:, kind] <= 0)
    if p.mistakes:
        at = int(lost[p.example % len(lost)])
    words = clip.swap_words()[at]
    said = words[0], words[1 + kind]
    image = scenes.render(clip.swap_scenes()[at], at)
    told = tuple(captions.describe(what, p.tongue) for what in said)
    seen = {name: encoder(name).encode_images([image]) for name in {p.judge, "clip"}}  # the bag has CLIP's image tower
    cosine, bag_cosine = clip.cosines(seen[p.judge], read(p.judge, told)), clip.cosines(seen["clip"], read("bag", told))
    both, wrong = (sentence(said[0]), sentence(said[1])), len(lost) if p.mistakes else None
    return Swapping(kinds, kinds[p.swap], image, both, cosine, bag_cosine, wrong)


READOUTS = (
    Readout("wins", T("正しい文が勝つ割合", "True caption wins"), "chosen.wins", 1, PERCENT),
    Readout("bag", T("Bag-of-Words", "Bag of words"), "chosen.bag", 1, PERCENT),
    Readout("ties", T("その引き分け", "its ties"), "chosen.ties", 1, PERCENT),
    Readout("lost", T("モデルが間違える例", "Examples it gets wrong"), "lost", 0, T(" / 200", " / 200")),
)


def draw(r: Swapping, p: Params) -> Stage:
    return Stage(
        (wins(r, p), painting(r.image), duel(r)),
        ("wins scene", "wins duel"),
        height=540,
        columns="minmax(0, 1fr) minmax(0, 1.1fr)",
        note="speaks",
    )


def wins(r: Swapping, p: Params) -> Figure:
    """Draw win rates by kind: the model's bar, the bag of words' below it, half of all dashed."""
    n = len(KINDS)
    at = np.arange(n, 0, -1.0)
    model, bag = (np.array([getattr(kind, name) for kind in r.kinds.values()]) for name in ("wins", "bag"))
    # Both numbers stand on one row: behind the longer bar, and off the line of one half.
    longer = np.maximum(model, bag)
    end = np.where((longer > 34) & (longer < 51), 51.0, longer)
    tied = [
        T(f"{k.bag:.0f}（同点 {k.ties:.0f}%）", f"{k.bag:.0f} ({k.ties:.0f}% ties)")
        if k.ties
        else T(f"{k.bag:.0f}", f"{k.bag:.0f}")
        for k in r.kinds.values()
    ]
    return plot(
        "wins",
        bars(0, model, at - 0.08, 0.13, BLUE, 0.85),
        bars(0, bag, at - 0.33, 0.07, OTHER, 0.7),
        posts(50.0, at, -0.48, 0.1, width=1.4, dash="dash"),
        [text(0, y + 0.24, KINDS[k], NOW if k == p.swap else INK) for y, k in zip(at, clip.KINDS, strict=True)],
        text(end, at - 0.18, [f"{v:.0f}" for v in model], BLUE),
        text(end + 14, at - 0.18, tied, OTHER),
        text(0, n + 0.92, T("■ モデル", "■ model"), BLUE),
        text(34, n + 0.92, T("■ Bag-of-Words", "■ bag of words"), OTHER),
        x=T("正しい文が勝つ割合 (%)", "The true caption wins (%)"),
        y="",
        xlim=(0, 130),
        ylim=(0.3, n + 1.15),
        xticks=[0, 25, 50, 75, 100],
        margin={"l": 8, "r": 8, "t": 6, "b": 42},
    )


def duel(r: Swapping) -> Figure:
    """Draw the true caption (✓) over the exchanged one (✕): the model's cosine, and the bag of words' below it."""
    at = np.array([2.0, 1.0])
    labels = [T(f"{mark} {c.ja}", f"{mark} {c.en}") for mark, c in zip("✓✕", r.captions, strict=True)]
    return plot(
        "duel",
        posts(0.0, at, -0.42, 0.14, MUTED, width=1.0),
        bars(0, r.cosine, at - 0.02, 0.12, BLUE, 0.85),
        bars(0, r.bag_cosine, at - 0.3, 0.06, OTHER, 0.7),
        text([-0.4, -0.4], at + 0.3, labels),
        text(np.maximum(r.cosine, 0), at - 0.02, [f"{v:.3f}" for v in r.cosine], BLUE),
        text(np.maximum(r.bag_cosine, 0), at - 0.3, [f"{v:.3f}" for v in r.bag_cosine], OTHER),
        text(-0.4, 2.82, T("■ モデル", "■ model"), BLUE),
        text(0.1, 2.82, T("■ Bag-of-Words", "■ bag of words"), OTHER),
        x=T("コサイン類似度", "Cosine similarity"),
        y="",
        xlim=(-0.4, 1.25),
        ylim=(0.45, 3.0),
        xticks=[0, 0.5, 1],
        margin={"l": 6, "r": 6, "t": 4, "b": 42},
    )


def code(p: Params) -> str:
    return f"""\
from core import ahead
from core.pretraining import clip

kind = clip.KINDS.index({p.swap!r})
made = ahead.load("clip/swaps")  # 1 the true caption wins, 0 a tie, -1 the swapped one
mine, bag = made[{f"{p.judge}_{p.tongue}"!r}][:, kind], made[{f"bag_{p.tongue}"!r}][:, kind]
print("wins =", 50 * (1 + mine.mean()))
print("bag =", 50 * (1 + bag.mean()))
print("ties =", 100 * (bag == 0).mean())
print("lost =", (mine <= 0).sum())
"""


def exchanged(r: Swapping, **kinds: str) -> Swapping:
    """Make a wrong result: one kind's numbers in another's place."""
    return replace(r, kinds={**r.kinds, **{kind: r.kinds[other] for kind, other in kinds.items()}})


ORDER = {"swap": "order"}
CHECKS = {
    "fooled": Check(
        tuple({"tongue": t, "swap": k} for k in ("colour", "binding") for t in ("ja", "en")),
        lambda *runs: all(r.kinds["binding"].wins < r.kinds["colour"].wins - 20 for r in runs),
        control=lambda *runs: tuple(exchanged(r, binding="size") for r in runs),
    ),
    "bag": Check(
        (ORDER, ORDER | {"tongue": "ja"}),
        lambda en, ja: all(
            r.kinds[k].ties == 100 and np.ptp(r.bag_cosine) == 0 for r in (en, ja) for k in ("order", "binding")
        ),
        control=lambda *runs: tuple(replace(r, bag_cosine=r.cosine) for r in runs),
    ),
}
