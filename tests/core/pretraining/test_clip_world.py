"""CLIP's small world against geometry, its captions against what they say, the exchanges in them."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from core.pretraining import clip
from core.pretraining.clip import captions, scenes
from core.pretraining.clip.captions import Noun, Said, describe, tokenize
from core.pretraining.clip.scenes import Scene, Thing, render, render_all

# ---- the world


def test_words_follow_from_numbers():
    small, large = Thing("circle", "red", 0.1, 0.2, 0.8), Thing("star", "blue", 0.2, 0.7, 0.7)
    assert (small.size_word, large.size_word) == ("small", "large")
    assert (small.place, large.place) == ("top left", "top right")
    assert Thing("circle", "red", 0.1, 0.5, 0.5).place == "centre centre"
    assert Scene((small, large)).relation == "left of"
    assert Scene((large, small)).relation == "right of"
    assert Scene((small, replace(large, x=0.2, y=0.1))).relation == "above"
    assert Scene((replace(small, y=0.1), replace(large, x=0.2))).relation == "below"
    assert Scene((small,)).relation is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"shape": "egg"},
        {"colour": "mauve"},
        {"size": 0.0},
        {"size": 0.5},
        {"size": float("nan")},
        {"x": -0.1},
        {"y": 1.1},
        {"x": float("nan")},
    ],
)
def test_things_that_cannot_be(wrong):
    with pytest.raises(ValueError, match=r"There is no|must be"):
        Thing(**{"shape": "circle", "colour": "red", "size": 0.1, "x": 0.5, "y": 0.5, **wrong})


def test_scenes_that_cannot_be():
    thing = Thing("circle", "red", 0.1, 0.5, 0.5)
    for wrong in (lambda: Scene(()), lambda: Scene((thing,) * 3), lambda: Scene((thing,), "plaid")):
        with pytest.raises(ValueError, match=r"scene has|background"):
            wrong()


# Areas of the shapes with radius 1.
AREAS = {
    "circle": np.pi * 0.81,
    "square": 1.6**2,
    "triangle": 3 * np.sqrt(3) * 0.55**2,
    "star": 5 * 1.05 * 0.45 * np.sin(np.pi / 5),
    "cross": 4 * 0.95 * 0.6 - 0.6**2,
}


@pytest.mark.parametrize("shape", AREAS)
@pytest.mark.parametrize("size", [scenes.SMALLEST, 0.15, scenes.LARGEST])
def test_pictures_have_the_right_area_and_place(shape, size):
    image = render(Scene((Thing(shape, "red", size, 0.42, 0.61),), "white"), None).astype(float)
    assert image.shape == (64, 64, 3)
    cover = (image[..., 1] - 245) / (39 - 245)  # green: 245 on white, 39 on red
    assert_allclose(cover.sum(), AREAS[shape] * (64 * size) ** 2, rtol=0.05)
    if shape not in ("triangle",):  # its middle is not its centre of gravity's row only by its tip's soft edge
        rows, columns = np.indices((64, 64)) + 0.5
        assert_allclose((cover * columns).sum() / cover.sum() / 64, 0.42, atol=0.004)
        assert_allclose(1 - (cover * rows).sum() / cover.sum() / 64, 0.61, atol=0.004)


def test_looks():
    scene = Scene((Thing("heart", "pink", 0.2, 0.5, 0.5), Thing("cross", "blue", 0.1, 0.6, 0.5)), "grey")
    assert_array_equal(render(scene, 3), render(scene, 3))
    assert (render(scene, 3) != render(scene, 4)).any()
    assert np.abs(render(scene, 3)[0, 0].astype(int) - 150).max() <= 10
    assert_array_equal(render(scene, None)[0, 0], 150)
    assert_array_equal(render(scene, None)[31, 38], (38, 96, 205))  # the later thing on top
    assert_array_equal(render_all([scene, scene], [3, None]), [render(scene, 3), render(scene, None)])
    for wrong in (-1, 1.5):
        with pytest.raises(ValueError, match="seed"):
            render(scene, wrong)
    with pytest.raises(ValueError, match="one seed"):
        render_all([scene], [1, 2])


@pytest.mark.parametrize("x", [0.0, 1.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_a_thing_at_the_edge_is_cut(x, y):
    image = render(Scene((Thing("circle", "red", scenes.LARGEST, x, y),)), None)
    quarter = (image[..., 1] < 142).sum()
    assert_allclose(quarter, np.pi * 0.81 * (64 * scenes.LARGEST) ** 2 / 4, rtol=0.05)


def test_training_never_shows_what_is_held_out():
    rng = np.random.default_rng(1)
    drawn = [scenes.pair(rng) if i % 2 else scenes.single(rng) for i in range(2000)]
    assert not any(map(scenes.held_out, drawn))
    seen = {(thing.shape, thing.colour) for scene in drawn for thing in scene.things}
    assert len(seen) == len(scenes.SHAPES) * len(scenes.COLOURS) - len(scenes.HELD_OUT)
    assert {shape for shape, _ in scenes.HELD_OUT} == set(scenes.SHAPES)
    assert all(map(scenes.held_out, clip.held_out_batch().scenes))
    assert all(scenes.held_out(scenes.single(rng, only_held_out=True)) for _ in range(20))
    assert len(scenes.every_single()) == 6 * 7 * 2 * 9 * 3
    assert not any(map(scenes.held_out, clip.probe().scenes))


# ---- captions


@pytest.mark.parametrize("language", captions.LANGUAGES)
def test_sentences_say_what_is_there(language):
    rng = np.random.default_rng(2)
    for i in range(300):
        scene = scenes.pair(rng) if i % 2 else scenes.single(rng, everything=True)
        words = set(tokenize(captions.canonical(scene, language)).words)
        full = captions.said(scene)
        for wording in range(captions.WORDINGS):
            tokens = tokenize(describe(full, language, wording))
            assert not tokens.unknown
            assert not tokens.cut
            if i % 2 == 0:  # the same content; a pair's relation may be told from the other side
                assert set(tokens.words) - words <= {
                    "there",
                    "is",
                    "picture",
                    "of",
                    "a",
                    "an",
                    "絵",
                    "が",
                    "の",
                    "に",
                    "で",
                    "ある",
                }
        partial = set(tokenize(captions.sample(scene, rng, language)).words)
        everything = {
            word for wording in range(captions.WORDINGS) for word in tokenize(describe(full, language, wording)).words
        }
        assert partial <= everything | {
            "shape",
            "図形",
            "and",
            "と",
            "to",
            "the",
            "が",
            "に",
            "ある",
            "の",
            "is",
            "there",
            "a",
            "an",
            "絵",
        }


def test_one_sentence_as_it_stands():
    scene = Scene((Thing("circle", "red", 0.1, 0.2, 0.5), Thing("square", "blue", 0.2, 0.7, 0.5)))
    what = captions.said(scene, background=False)
    assert describe(what) == "a small red circle left of a large blue square"
    assert describe(what, "ja") == "小さな赤い丸が大きな青い四角の左にある"
    assert describe(what, "en", 1) == "a large blue square right of a small red circle"
    assert describe(what, "ja", 1) == "大きな青い四角が小さな赤い丸の右にある"
    assert describe(Said((Noun(None, "orange"),))) == "an orange shape"
    assert captions.digit(3) == "the digit three"
    assert captions.digit(3, "ja") == "数字の三"
    canonical = [captions.canonical(scene) for scene in scenes.every_single()]
    assert len(set(canonical)) == len(canonical)


def test_words():
    assert len(set(captions.VOCABULARY)) == len(captions.VOCABULARY)
    assert tokenize("小さな赤い丸が左上にある").words == ("小さな", "赤い", "丸", "が", "左上", "に", "ある")
    assert tokenize("赤いドラゴンと丸").unknown == ("ドラゴン",)
    assert tokenize("A big RED dragon, & gray cat").unknown == ("dragon", "&", "cat")
    assert tokenize("ａ　ｒｅｄ　ｃｉｒｃｌｅ").ids == tokenize("a red circle").ids
    assert tokenize("a big circle in the center").ids == tokenize("a large circle in the centre").ids
    assert tokenize("3").ids == tokenize("three").ids
    assert tokenize("").ids == (1,)
    assert tokenize("red " * 400).cut
    assert len(tokenize("red " * 400).ids) == captions.LENGTH
    for number in range(10):
        for language, wording in itertools.product(captions.LANGUAGES, (0, 1)):
            assert not tokenize(captions.digit(number, language, wording)).unknown


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_read(text):
    tokens = tokenize(text)
    assert tokens.ids[0] == 1
    assert all(1 <= i < len(captions.VOCABULARY) for i in tokens.ids)
    assert len(tokens.ids) - 1 <= len(tokens.words)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: describe(Said((Noun("circle"),)), "fr"),
        lambda: describe(Said((Noun("circle"),)), "en", 9),
        lambda: captions.digit(10),
        lambda: captions.digit(1, "fr"),
        lambda: captions.digit(1, "en", 2),
        lambda: clip.class_texts("taste"),
        lambda: clip.class_texts("shape", "fr"),
        lambda: clip.class_texts("shape", "en", 9),
        lambda: clip.swapped(Said((Noun("circle"),)), np.random.default_rng(7)),
        lambda: clip.swaps(clip.load("bag"), count=0),
        lambda: clip.random_captions(0),
        lambda: clip.answers("taste", Scene((Thing("star", "red", 0.2, 0.5, 0.5),))),
        lambda: clip.of_unknown("taste"),
    ],
)
def test_words_that_cannot_be(wrong):
    with pytest.raises(ValueError, match=r"must|need|no "):
        wrong()


def test_random_captions_are_different():
    for language in captions.LANGUAGES:
        texts = clip.random_captions(300, seed=1, language=language)
        assert len(set(texts)) == 300
        assert not any(tokenize(text).unknown for text in texts)
    assert clip.random_captions(5, seed=1) == clip.random_captions(300, seed=1)[:5]


def test_a_language_is_guessed():
    for scene in clip.probe().scenes:
        for language in captions.LANGUAGES:
            assert captions.language_of(captions.canonical(scene, language)) == language


# ---- questions


def true_of(what, scene):
    """Whether all that is said holds of a scene: from its numbers, told from either side."""
    facts = captions.said(scene)

    def fits(noun, there):
        return all(word in (None, getattr(there, name)) for name, word in vars(noun).items())

    sides = [(facts.nouns, facts.relation)]
    if facts.relation:
        sides.append((facts.nouns[::-1], captions.CONVERSE[facts.relation]))
    return any(
        all(fits(noun, there) for noun, there in zip(what.nouns, nouns, strict=False))
        and what.relation in (None, relation)
        and what.place in (None, scene.things[0].place)
        and what.background in (None, scene.background)
        for nouns, relation in sides
    )


@pytest.mark.parametrize("question", clip.QUESTIONS)
def test_answers_are_true_or_false_of_the_scene(question):
    rng = np.random.default_rng(5)
    for i in range(60):
        scene = scenes.pair(rng) if i % 2 else scenes.single(rng, everything=True)
        rows, true = clip.answers(question, scene)
        assert list(true) == [true_of(row, scene) for row in rows], scene
        assert any(true)
        assert len(set(rows)) == len(rows) == len(true)
        if question == "captions":
            assert true[0]
            assert not all(true)
    rows, true = clip.of_unknown(question)
    assert len(rows) > 1
    assert not any(true)


# ---- swaps


@pytest.mark.parametrize("language", captions.LANGUAGES)
def test_a_swap_changes_one_thing(language):
    result = clip.swaps(clip.load("bag"), count=40, language=language)
    for scene, (true, *others) in zip(result.scenes, result.captions, strict=True):
        bag = sorted(tokenize(true).words)
        for kind, other in zip(clip.KINDS, others, strict=True):
            assert other != true
            if kind in ("binding", "order"):
                assert sorted(tokenize(other).words) == bag
            else:
                changed = len(set(bag) ^ set(tokenize(other).words))
                assert changed <= (4 if kind in ("relation", "size") else 2), (true, other)
        assert true == describe(captions.said(scene, background=False), language)


@pytest.fixture(scope="module")
def images():
    """The pictures of 120 scenes, as the image tower of both "clip" and "bag" has them."""
    return clip.swap_images(clip.load("bag"), clip.swap_scenes(120))


@pytest.mark.parametrize("language", captions.LANGUAGES)
def test_a_bag_of_words_must_tie_where_only_order_changes(language, images):
    result = clip.swaps(clip.load("bag"), count=120, language=language, images=images)
    assert result.ties["order"] == result.ties["binding"] == 1.0
    assert result.wins["order"] == result.wins["binding"] == 0.5
    assert result.ties["object"] < 0.01
    assert result.wins["object"] > 0.9
    assert clip.swaps(clip.load("clip"), count=120, language=language, images=images).ties["order"] == 0
