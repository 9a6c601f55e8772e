"""The pictures nearest to words in either language, or to a picture with some of it exchanged by words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.pretraining import clip
from core.pretraining.clip.captions import Noun
from core.pretraining.clip.scenes import Thing
from core.result import result
from core.text import T
from figures.spec import Stage
from pages.pretraining.clip.pictures import wall
from pages.pretraining.clip.shared import Floats, heard, read, thumbnails
from pages.pretraining.clip.wanted import Params
from ui.scene import Check, Readout

CONTROLS = ("want_colour", "want_shape", "find", "base")
TOP = 6
OF_TOP = T(f" / {TOP}", f" / {TOP}")


@result
class Found:
    """The nearest pictures of the gallery, one row a query: Japanese and English, or one's own words."""

    which: NDArray[np.int64]  # (q, TOP)
    cosine: Floats  # (q, TOP)
    right: NDArray[np.bool_]  # (q, TOP) whether a picture has what was asked for
    judged: bool  # whether that is known: a typed sentence may name nothing
    unknown: T
    dropped: T  # from where on the sentence is too long

    @property
    def nearest(self) -> float:
        return self.cosine[0, 0]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many of each row are right."""
        return self.right.sum(axis=1)

    @property
    def right_own(self) -> int | None:
        return self.counts[0] if len(self.which) == 1 and self.judged else None

    @property
    def right_ja(self) -> int | None:
        return self.counts[0] if len(self.which) > 1 else None

    @property
    def right_en(self) -> int | None:
        return self.counts[1] if len(self.which) > 1 else None

    @property
    def same(self) -> int | None:
        return len(set(self.which[0]) & set(self.which[1])) if len(self.which) > 1 else None


def compute(p: Params) -> Found:
    rows = clip.embedded(p.trained).image
    found = []
    for sentence, old in p.words.values():
        query = read(p.trained, (sentence,))[0]
        if p.start is not None:
            minus = read(p.trained, (old,))[0] if old else None
            query = clip.combine(rows[p.start], query, minus, p.weight)
        which, cosine = clip.retrieve(query, rows, TOP + 1)
        kept = np.flatnonzero(which != p.start)[:TOP]  # the picture one starts from is no answer
        found.append((which[kept], cosine[kept]))
    which = np.array([w for w, _ in found])
    has = np.array([shows(scene.things, p.asked) for scene in clip.gallery().scenes])
    return Found(which, np.array([c for _, c in found]), has[which], bool(p.asked), *heard(p.own))


def shows(things: Sequence[Thing], asked: Sequence[Noun]) -> bool:
    """Whether there is a thing for each that is asked for, with its shape, colour and size; None is any."""
    return all(
        any(
            noun.shape in (None, thing.shape)
            and noun.colour in (None, thing.colour)
            and noun.size in (None, thing.size_word)
            for thing in things
        )
        for noun in asked
    )


READOUTS = (
    Readout("cosine", T("いちばん近い絵", "Nearest picture"), "nearest", 3),
    Readout("right", T("正解", "Right"), "right_own", 0, OF_TOP),
    Readout("right_ja", T("正解: 日本語", "Correct: Japanese"), "right_ja", 0, OF_TOP),
    Readout("right_en", T("英語", "English"), "right_en", 0, OF_TOP),
    Readout("same", T("共通", "In both"), "same", 0),
)


def draw(r: Found, p: Params) -> Stage:
    pictures, walls = thumbnails("gallery"), []
    for name, query, which, cosine, right in zip(
        ("first", "second"), p.queries, r.which, r.cosine, r.right, strict=False
    ):
        marks = [" ✓" if ok else " ✕" for ok in right] if r.judged else [""] * TOP
        images, words = pictures[which], [f"{c:.2f}{mark}" for c, mark in zip(cosine, marks, strict=True)]
        columns, marked = 3, None
        if p.start is not None:
            images = np.concatenate([pictures[p.start][None], images])
            columns, marked, words = 4, 0, [T("出発", "start"), *words]
        walls.append(wall(name, images, words, query, columns=columns, marked=marked))
    return Stage(
        tuple(walls),
        (" ".join(figure.name for figure in walls),),
        height=340,
        note=("speaks", *["held_out"] * p.held_out, *["unknown"] * bool(r.unknown.en), *["cut"] * bool(r.dropped.en)),
    )


def code(p: Params) -> str:
    lines = [
        f"""\
import numpy as np
from core.pretraining import clip

encoder, gallery = clip.load({p.trained!r}), clip.embedded({p.trained!r}).image
found = []
for words, old in {list(p.words.values())!r}:
    query = encoder.encode_texts([words])[0]
"""
    ]
    if p.start is not None:
        lines.append(f"""\
    minus = encoder.encode_texts([old])[0] if old else None
    query = clip.combine(gallery[{p.start}], query, minus, {p.weight!r})
""")
    lines.append(f"""\
    which, cosine = clip.retrieve(query, gallery, {TOP + 1})
    kept = np.flatnonzero(which != {p.start})[:{TOP}]
    found.append((which[kept], cosine[kept]))
print("cosine =", found[0][1][0])
""")
    lines.append(f"""\
asked = {[(noun.shape, noun.colour, noun.size) for noun in p.asked]!r}  # shape, colour, size; None is any
things = [[(t.shape, t.colour, t.size_word) for t in scene.things] for scene in clip.gallery().scenes]
def has(thing, want):
    return all(b in (None, a) for a, b in zip(thing, want))
right = [sum(all(any(has(t, want) for t in things[i]) for want in asked) for i in which) for which, _ in found]
""")
    if p.own:
        lines.append('print("right =", right[0])\n')
    else:
        lines.append("""\
print("right_ja =", right[0])
print("right_en =", right[1])
print("same =", len(set(found[0][0]) & set(found[1][0])))
""")
    return "".join(lines)


def starting(weight: float) -> tuple[dict[str, Any], ...]:
    """Ask for the blue thing that has the shape of each of twelve pictures."""
    want = {"want_colour": "blue", "want_shape": "any", "weight": weight}
    return tuple(want | {"base": base} for base in reversed(range(1, 13)))


def counts(*runs: Found) -> dict[str, float]:
    without, with_words = np.reshape([r.counts.mean() for r in runs], (2, -1)).mean(axis=1)
    return {"without": without, "with": with_words}


CHECKS = {
    "exchange": Check(
        starting(0.0) + starting(1.0),
        lambda *runs: 2 * counts(*runs)["without"] < counts(*runs)["with"] < 0.7 * TOP,
        control=starting(0.0) + starting(0.0),
        measure=counts,
    )
}
