"""What is special to the page on CLIP: the numbers of its notes, and pictures of one's own."""

import dataclasses
import json
from collections import Counter

import numpy as np
import pytest

from core import ahead
from core.pretraining import clip
from core.pretraining.clip import captions, scenes, training
from core.pretraining.clip.pool import POOL, Pool, families
from pages.pretraining.clip import cycle, gap, paint, search, similar
from ui import catalog
from ui import params as ps
from ui.params import applies

LESSON = catalog.lesson("clip")
SCENE = LESSON.scene("similar")
PHOTO = SCENE.fields["photo"].ends()[1]


# ---- the numbers in the notes


def rivals(batches=100):
    """Give the share of the pictures of two things that meet another of the same two things in a training batch."""
    drawn, rng = families(POOL, np.random.default_rng(1)), np.random.default_rng(2)
    data = Pool(tuple(drawn), np.zeros(0), np.ones(POOL, bool), np.zeros(0))
    met = []
    for _ in range(batches):
        rows = [data.scenes[i] for i in data.draw(training.BATCH, rng)]
        things = [frozenset((t.shape, t.colour, t.size_word) for t in scene.things) for scene in rows]
        count = Counter(things)
        met += [count[both] > 1 for both, scene in zip(things, rows, strict=True) if len(scene.things) == 2]
    return np.mean(met)


def over_seeds(kind):
    """Give a model's scores for each seed: the shipped one's, then those of shorter trainings."""
    return [CARD["models"][kind]["scores"], *(models[kind]["scores"] for models in CARD["other seeds"].values())]


def between(values, form):
    return "–".join(form.format(v) for v in (min(values), max(values)))


def green_circles():
    """Give how many of the new pairs' green circles are called circles, in %."""
    model = clip.load("clip")
    drawn = [(i, s) for i, s in enumerate(clip.held_out_batch().scenes) if s.things[0].shape == "circle"]
    images = model.encode_images([scenes.render(s, i) for i, s in drawn])
    chosen = (images @ model.encode_texts(clip.class_texts("shape")).T).argmax(axis=1)
    return 100 * np.mean(chosen == clip.class_names("shape").index("circle"))


def numbers():
    scores = CARD["models"]["clip"]["scores"]
    rivaling, path = cycle.compute(cycle.Params()), paint.compute(paint.Params())
    apart, closed = (gap.compute(gap.Params(share=share)).now for share in (0.0, 1.0))
    won = {
        name: dict(zip(clip.KINDS, 50 * (1 + ahead.load("clip/swaps")[name].mean(axis=0)), strict=True))
        for name in ("clip_en", "mirrored_en", "mirrored_ja")
    }
    percents = {
        **{f"agree_{name}": model.agree for name, model in rivaling.models.items()},
        **{f"zero_{name}": model.zero_shot for name, model in rivaling.models.items()},
        **{f"near_{name}": model.knn for name, model in rivaling.models.items()},
        **{name: 100 * scores[f"{name}_en"] for name in ("held_out", "world")},
        "scenes_before": path.before.scenes,
        "digits_before": path.before.digits,
        "scenes_after": path.after.scenes,
        "digits_after": path.after.digits,
        "scenes_best": path.best.scenes,
        "digits_best": path.best.digits,
        "outputs": ((path.scenes_out + path.digits_out) / 2).max(),
        "weights": path.best.mean,
        **won["clip_en"],
        **{f"{kind}_mirrored": won["mirrored_en"][kind] for kind in ("relation", "binding", "order")},
        **{f"{kind}_ja": won["mirrored_ja"][kind] for kind in ("relation", "order")},
        "top1_apart": apart.top1,
        "top1_closed": closed.top1,
        "moved": closed.moved,
    }
    kept = {name: CARD["models"][name]["scores"] for name in cycle.WEIGHTS}
    return {
        "temperature": f"{clip.load('clip').temperature:.3f}",
        "steps": training.STEPS["clip"],
        "join": training.joins(training.STEPS["clip"]),
        "full": round(training.FULL * training.STEPS["clip"]),
        "pictures": len(clip.held_out_batch().scenes),
        "captions": len(scenes.every_single()),
        "gallery": clip.GALLERY,
        "bank": clip.BANK,
        "asked": clip.ASKED,
        "swaps": len(ahead.load("clip/swaps")["clip_en"]),
        "alpha": f"{path.best.alpha:g}",
        "loss_apart": f"{apart.loss:.3f}",
        "loss_closed": f"{closed.loss:.3f}",
        "rivals": round(100 * rivals()),
        "circle": f"{green_circles():.0f}",
        "seeds": len(over_seeds("clip")),
        "fewer": CARD["other seeds"]["1"]["clip"]["steps"],
        "inner_left": between(
            [one["inner"] / other["inner"] for one, other in zip(*map(over_seeds, ("cyclip", "clip")), strict=True)],
            "{:.2f}",
        ),
        **{
            f"{what}_{kind}_less": between([100 * s[f"{what}_{kind}_en"] for s in over_seeds("clip")[1:]], "{:.0f}")
            for what in SHOWN
            for kind in ("shape", "colour")
        },
        **{f"{what}_{kind}": f"{100 * scores[f'{what}_{kind}_en']:.0f}" for what in SHOWN for kind in ASKED},
        **{f"{key}_{name}": f"{kept[name][key]:.2f}" for key in ("inner", "likeness", "loss") for name in kept},
        **percents,
    }


CARD = json.loads(clip.CARD.read_text(encoding="utf-8"))
SHOWN, ASKED = ("new", "seen"), ("shape", "colour", "both")


def test_the_notes_give_the_numbers_that_come_out():
    found, said = numbers(), LESSON.words["numbers"]
    assert set(found) == set(said)
    for name, number in found.items():
        if isinstance(number, float):  # in %, with one digit
            assert float(said[name]) == pytest.approx(number, abs=0.051), name
        else:
            assert said[name] == number, name


def test_what_is_said_of_seeds_holds_for_each():
    """Every training, the shorter ones too: shapes of new pairs above chance, in-modal distances that agree."""
    assert len(over_seeds("clip")) == len(over_seeds("cyclip")) == 3
    for one, cyclic in zip(*map(over_seeds, ("clip", "cyclip")), strict=True):
        assert one["new_shape_en"] > 1.5 / 6
        assert cyclic["inner"] < 0.7 * one["inner"]
        assert cyclic["likeness"] < one["likeness"] + 0.1


def test_models_with_another_lambda_part_late():
    assert training.LESSONS[-1] < training.JOIN < training.FULL < 1
    assert [f"{training.LAMBDA.get(name, 0):g}" for name in cycle.WEIGHTS] == list(cycle.WEIGHTS.values())


def test_a_held_out_colour_has_one_shape():
    things = {(s.things[0].colour, s.things[0].shape) for s in clip.held_out_batch().scenes}
    assert len(things) == len({c for c, _ in things}) == len({s for _, s in things}) == len(scenes.HELD_OUT) == 6


def test_alpha_is_not_chosen_on_what_is_reported():
    """Its best mean on the reported half may be elsewhere, and pictures of the two halves are different ones."""
    path, made = paint.compute(paint.Params()), ahead.load("clip/paint")
    half = made["numbers"].shape[1] // 2
    chosen = (
        made["scenes"][:, :256].mean(axis=1) + (made["digits"] == made["numbers"])[:, :half].mean(axis=1)
    ).argmax()
    assert path.best.alpha == made["alpha"][chosen]
    assert path.digits[0] == 100 * np.mean((made["digits"] == made["numbers"])[0, half:])


def test_typed_words_are_judged_and_a_held_out_pair_is_named():
    star = search.compute(search.Params(find="a large blue star"))
    assert search.Params(find="a large blue star").held_out
    assert star.judged
    for i, right in zip(star.which[0], star.right[0], strict=True):
        things = clip.gallery().scenes[i].things
        assert right == any((t.shape, t.colour, t.size_word) == ("star", "blue", "large") for t in things)
    assert not search.Params(find="a blue circle and a red star").held_out
    assert not search.compute(search.Params(find="hello")).judged


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


# ---- a caption of one's own that is too long


@pytest.mark.parametrize("name", ["similar", "search"])
def test_a_caption_longer_than_the_towers_words_says_where_it_is_cut(name):
    scene = catalog.lesson("clip").scene(name)
    field = next(n for n, control in scene.fields.items() if isinstance(control, ps.Text))

    def note(words):
        params = scene.Params(**{field: words})
        return scene.picture(scene.result(params), params).note

    most = captions.LENGTH - 1
    fits = "red " * (most - 1) + "circle"
    assert "reads" not in note(fits).en
    for too_long, word in ((fits + " blue square", "blue"), ("赤い" * most + "丸", "丸")):
        assert f"from “{word}” on nothing is read. The model reads {most} words." in note(too_long).en
        assert f"「{word}」から先は読んでいません。モデルが読むのは {most} 語までです。" in note(too_long).ja
    # What is dropped changes nothing, and nothing else is dropped.
    read = captions.tokenize(fits + " blue square")
    assert read.ids == captions.tokenize(fits).ids
    assert read.dropped == ("blue", "square")
