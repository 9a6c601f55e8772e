"""What a picture may be asked: which of several captions is true of it."""

from collections.abc import Sequence
from dataclasses import replace

from core import door
from core.pretraining.clip import captions, scenes
from core.pretraining.clip.captions import CONVERSE, Noun, Said
from core.pretraining.clip.scenes import Scene

CLASSES: dict[str, tuple[Said, ...]] = {
    "colour": tuple(Said((Noun(None, colour),)) for colour in scenes.COLOURS),
    "shape": tuple(Said((Noun(shape),)) for shape in scenes.SHAPES),
    "size": tuple(Said((Noun(None, None, size),)) for size in scenes.SIZES),
    "place": tuple(Said((Noun(None),), place=place) for place in scenes.PLACES),
    "ground": tuple(Said((Noun(None),), background=ground) for ground in scenes.BACKGROUNDS),
}
QUESTIONS = ("captions", *CLASSES)

Answers = tuple[tuple[Said, ...], tuple[bool, ...]]  # what may be said, and which of it is true


def answers(question: str, scene: Scene) -> Answers:
    """Give what may be answered about a scene, and which of it is true.

    Parameters
    ----------
    question
        "captions": the true caption, and others with one thing changed. Else one of the classes: "colour", "shape",
        "size", "place" (of two things, where the first is seen from the second), "ground".
    """
    door.one_of("question", question, QUESTIONS)
    said = captions.said(scene, background=False)
    if question == "captions":
        rows = _changed(said)
        same = {said} if said.relation is None else {said, _told_from_the_other_side(said)}
        return rows, tuple(row in same for row in rows)
    if question == "place" and scene.relation is not None:
        rows = tuple(replace(said, relation=relation) for relation in scenes.RELATIONS)
        return rows, tuple(row == said for row in rows)
    things = scene.things
    true = {
        "colour": {Said((Noun(None, thing.colour),)) for thing in things},
        "shape": {Said((Noun(thing.shape),)) for thing in things},
        "size": {Said((Noun(None, None, thing.size_word),)) for thing in things},
        "place": {Said((Noun(None),), place=things[0].place)},
        "ground": {Said((Noun(None),), background=scene.background)},
    }[question]
    return CLASSES[question], tuple(row in true for row in CLASSES[question])


def of_unknown(question: str) -> Answers:
    """Give what may be answered about a picture that nobody described: nothing is known to be true."""
    door.one_of("question", question, QUESTIONS)
    rows = CLASSES["colour" if question == "captions" else question]
    return rows, (False,) * len(rows)


def _changed(said: Said) -> tuple[Said, ...]:
    """Give a caption, then others in which one thing is changed, each once."""
    first = said.nouns[0]
    if len(said.nouns) == 1:
        colour, shape = _after(scenes.COLOURS, first.colour, 3), _after(scenes.SHAPES, first.shape, 2)
        size = _after(scenes.SIZES, first.size)
        row, column = str(said.place).split()
        moved = f"{_after(scenes.ROWS, row, 2 if row == 'bottom' else 1)} {_after(scenes.COLUMNS, column, 2)}"
        rows: tuple[Said, ...] = (
            said,
            replace(said, nouns=(replace(first, colour=colour),)),
            replace(said, nouns=(replace(first, shape=shape),)),
            replace(said, nouns=(replace(first, size=size),)),
            replace(said, place=moved),
            replace(said, nouns=(Noun(shape, colour, size),), place=moved),
        )
    else:
        second = said.nouns[1]
        colour = _absent(scenes.COLOURS, first.colour, second.colour)
        shape = _absent(scenes.SHAPES, first.shape, second.shape)
        rows = (
            said,
            replace(said, nouns=(replace(first, colour=second.colour), replace(second, colour=first.colour))),
            replace(said, nouns=(replace(first, shape=second.shape), replace(second, shape=first.shape))),
            replace(said, relation=CONVERSE[str(said.relation)]),
            replace(said, nouns=(second, first)),
            replace(said, nouns=(replace(first, colour=colour), second)),
            replace(said, nouns=(replace(first, shape=shape), second)),
        )
    return tuple(dict.fromkeys(rows))


def _told_from_the_other_side(said: Said) -> Said:
    return replace(said, nouns=said.nouns[::-1], relation=CONVERSE[str(said.relation)])


def _after(words: Sequence[str], word: str | None, steps: int = 1) -> str:
    return words[(words.index(str(word)) + steps) % len(words)]


def _absent(words: Sequence[str], *there: str | None) -> str:
    return next(word for word in words if word not in there)
