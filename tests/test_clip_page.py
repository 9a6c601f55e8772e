"""What the page on CLIP says in numbers is what was measured."""

import json
import re

import numpy as np
import pytest

from core import ahead
from core.pretraining import clip as core
from core.pretraining import scenes
from core.pretraining import train as training
from ui import catalog
from ui.params import Picture, applies, controls

SCORES = json.loads(core.CARD.read_text(encoding="utf-8"))["models"]["clip"]["scores"]
PHOTO = Picture().ends()[1]


@pytest.fixture(scope="module")
def lesson():
    return catalog.lesson("clip")


@pytest.fixture(scope="module")
def page(lesson):
    return lesson.module()


def percents(part):
    """Give what a paragraph of the notes says in %, in its order."""
    return [float(number) for number in re.findall(r"(\d+\.\d)%", part)]


def paragraph(lesson, language, heading):
    return next(part for part in lesson.words[language]["notes"].split("\n\n") if part.startswith(f"**{heading}"))


def both(lesson, ja, en):
    return paragraph(lesson, "ja", ja), paragraph(lesson, "en", en)


def test_the_learned_temperature(lesson):
    for part in both(lesson, "CLIP の損失", "CLIP's loss"):
        assert f"{core.load('clip').temperature:.3f}" in part


def test_two_ways_to_classify(lesson, page):
    r = page.compute_cycles(page.Params(kind="both", near=5, tongue="en"))
    expected = 100 * np.concatenate([r.agree, r.zero_shot, r.knn])
    for part in both(lesson, "ゼロショット", "Zero-shot"):
        assert percents(part) == pytest.approx(expected, abs=0.051)
        assert str(training.STEPS["cyclip"]) in part
    assert training.LESSONS[-1] == 0.5  # "the second half"


def test_held_out_pairs(lesson):
    expected = [100 * SCORES[name] for name in ("held_out_en", "world_en", "classes_en")]
    for part in both(lesson, "見せていない組み合わせ", "Pairs that training"):
        assert percents(part) == pytest.approx(expected, abs=0.051)
        assert f" {len(scenes.every_single())} " in part
        assert f" {len(core.class_names('both'))} " in part
        assert f"{len(core.held_out_batch().images)} " in part


def test_a_held_out_colour_has_one_shape():
    things = {(s.things[0].colour, s.things[0].shape) for s in core.held_out_batch().scenes}
    assert len(things) == len({c for c, _ in things}) == len({s for _, s in things}) == len(scenes.HELD_OUT) == 6


def test_paint(lesson, page):
    r = page.compute_paint(page.Params())
    at = [0, len(r.alpha) - 1, r.best]
    outputs = ((r.scenes_out + r.digits_out) / 2).max()
    expected = [v for k in at for v in (r.scenes[k], r.digits[k])] + [outputs, r.mean[r.best]]
    for part in both(lesson, "PAINT", "PAINT"):
        assert percents(part) == pytest.approx(expected, abs=0.051)
        assert f"α = {r.alpha[r.best]:g}" in part


def test_swaps(lesson):
    won = 50 * (1 + ahead.load("clip/swaps")["clip_en"].mean(axis=0))
    again = [100 * SCORES[f"swap_{kind}_en"] for kind in ("relation", "order")]
    for part in both(lesson, "VL-CheckList", "VL-CheckList"):
        assert percents(part) == pytest.approx([*won, *again], abs=0.051)


def test_the_gap(lesson, page):
    apart, closed = (page.compute_gap(page.Params(share=share)) for share in (0.0, 1.0))
    for part in both(lesson, "すき間", "The gap"):
        assert f"{apart.loss:.4f}" in part
        assert f"{closed.loss:.4f}" in part
        assert percents(part) == [round(100 * closed.moved, 1)]


def test_how_many_captions_there_are(page):
    assert len(scenes.every_single()) == page.CAPTIONS


def test_the_held_out_experiment_and_the_notes_say_the_same(lesson, page):
    experiment = next(e for e in page.EXPERIMENTS if e.id == "heldout")
    said = percents(experiment.evidence(page.compute_paint(page.Params(alpha=0.0))).en)
    assert said[-2:] == percents(paragraph(lesson, "en", "Pairs that training"))[-2:]


@pytest.mark.parametrize("task", ["captions", "colour", "shape", "size", "place", "ground"])
def test_nothing_of_the_composed_scene_is_said_of_ones_own_picture(page, task):
    def shown(**fields):
        return page.compute_similar(page.Params(photo=PHOTO, task=task, **fields))

    plain, other = shown(), shown(shape="star", colour="blue", size=0.07, x=0.9, shape2="heart", ground="black")
    assert plain.labels == other.labels
    np.testing.assert_array_equal(plain.cosine, other.cosine)
    assert not plain.true.any()


def test_a_picture_of_ones_own_hides_what_composes(page):
    def offered(**fields):
        params = page.Params(shape2="star", **fields)
        return {name for name, control in controls(page.Params) if applies(control, params)}

    parts = {"shape", "colour", "size", "x", "y", *page.SECOND, "ground", "look"}
    assert parts <= offered()
    assert not parts & offered(photo=PHOTO)
    assert {"task", "typed", "model", "template"} <= offered(photo=PHOTO)
