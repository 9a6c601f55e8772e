"""What is special to the page on CLIP: the numbers of its notes, and pictures of one's own."""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from core import ahead
from core.pretraining import clip
from core.pretraining.clip import scenes, training
from core.pretraining.clip.pool import POOL, Pool, families
from pages.pretraining.clip import cycle, gap, paint, similar
from ui import catalog
from ui.params import applies

LESSON = catalog.lesson("clip")
SCENE = LESSON.scene("similar")
PHOTO = SCENE.fields["photo"].ends()[1]


# ---- the numbers in the notes


def rivals(batches=100):
    """Give the share of the pictures of two things that meet another of the same two things in a training batch."""
    drawn, rng = Pool(tuple(families(POOL, np.random.default_rng(1))), np.zeros(0)), np.random.default_rng(2)
    met = []
    for _ in range(batches):
        rows = [drawn.scenes[i] for i in drawn.draw(training.BATCH, rng)]
        things = [frozenset((t.shape, t.colour, t.size_word) for t in scene.things) for scene in rows]
        count = Counter(things)
        met += [count[both] > 1 for both, scene in zip(things, rows, strict=True) if len(scene.things) == 2]
    return np.mean(met)


def numbers():
    scores = clip.load("clip").card["scores"]
    answers, path = cycle.compute(cycle.Params()), paint.compute(paint.Params())
    apart, closed = (gap.compute(gap.Params(share=share)) for share in (0.0, 1.0))
    won = dict(zip(clip.KINDS, 50 * (1 + ahead.load("clip/swaps")["clip_en"].mean(axis=0)), strict=True))
    percents = {
        "agree_clip": answers.clip.agree,
        "agree_cyclip": answers.cyclip.agree,
        "zero_clip": answers.clip.zero_shot,
        "zero_cyclip": answers.cyclip.zero_shot,
        "near_clip": answers.clip.knn,
        "near_cyclip": answers.cyclip.knn,
        **{name: 100 * scores[f"{name}_en"] for name in ("held_out", "world")},
        "classes": 100 * scores["classes_en"],
        "scenes_before": path.before.scenes,
        "digits_before": path.before.digits,
        "scenes_after": path.after.scenes,
        "digits_after": path.after.digits,
        "scenes_best": path.best.scenes,
        "digits_best": path.best.digits,
        "outputs": ((path.scenes_out + path.digits_out) / 2).max(),
        "weights": path.best.mean,
        **won,
        **{f"{kind}_again": 100 * scores[f"swap_{kind}_en"] for kind in ("relation", "order")},
        "moved": closed.moved,
    }
    return {
        "temperature": f"{clip.load('clip').temperature:.3f}",
        "steps": training.STEPS["cyclip"],
        "pictures": len(clip.held_out_batch().scenes),
        "captions": len(scenes.every_single()),
        "alpha": f"{path.best.alpha:g}",
        "loss_apart": f"{apart.loss:.4f}",
        "loss_closed": f"{closed.loss:.4f}",
        "rivals": round(100 * rivals()),
        **percents,
    }


def test_the_notes_give_the_numbers_that_come_out():
    found, said = numbers(), LESSON.words["numbers"]
    assert set(found) == set(said)
    for name, number in found.items():
        if isinstance(number, float):  # in %, with one digit
            assert float(said[name]) == pytest.approx(number, abs=0.051), name
        else:
            assert said[name] == number, name


def test_cyclips_terms_joined_in_the_second_half():
    assert training.LESSONS[-1] == 0.5


def test_a_held_out_colour_has_one_shape():
    things = {(s.things[0].colour, s.things[0].shape) for s in clip.held_out_batch().scenes}
    assert len(things) == len({c for c, _ in things}) == len({s for _, s in things}) == len(scenes.HELD_OUT) == 6


def test_the_held_out_experiment_and_the_notes_say_the_same():
    scene = LESSON.scene("paint")
    experiment = next(e for e in scene.experiments if e.id == "heldout")
    said = experiment.evidence(experiment.results()).en
    assert all(f"{LESSON.words['numbers'][name]}%" in said for name in ("world", "classes"))


# ---- a picture of one's own


@pytest.mark.parametrize("task", similar.Params.__dataclass_fields__["task"].metadata["control"].options)
def test_nothing_of_the_composed_scene_is_said_of_ones_own_picture(task):
    def shown(**fields):
        return similar.compute(similar.Params(photo=PHOTO, task=task, **fields))

    plain, other = shown(), shown(shape="star", colour="blue", size=0.07, x=0.9, shape2="heart", ground="black")
    assert plain.labels == other.labels
    np.testing.assert_array_equal(plain.cosine, other.cosine)
    assert not any(plain.true)


def test_a_picture_of_ones_own_hides_what_composes():
    def offered(**fields):
        params = dataclasses.replace(similar.Params(shape2="star"), **fields)
        return {name for name, control in SCENE.fields.items() if applies(control, params)}

    second = {"shape2", "colour2", "size2", "x2", "y2"}
    parts = {"shape", "colour", "size", "x", "y", *second, "ground", "look"}
    assert parts <= offered()
    assert not parts & offered(photo=PHOTO)
    assert {"task", "typed", "model", "template"} <= offered(photo=PHOTO)


def test_a_field_is_the_same_control_in_all_scenes():
    fields = {}
    for scene in LESSON.scenes:
        for name, control in scene.fields.items():
            assert fields.setdefault(name, control) == control, name
