"""Params: one declaration gives widget, URL and clamping."""

import base64
import dataclasses
import io
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from core.text import T
from ui import params as ps

NAME = T("名", "Name")


@dataclasses.dataclass(frozen=True)
class Example:
    rate: float = ps.slider(NAME, 0.01, 10.0, default=1.0, log=True)
    count: int = ps.slider(NAME, 1, 200, default=30)
    noise: float = ps.slider(NAME, 0.0, 1.0, default=0.0, step=0.02)
    rule: str = ps.choice(NAME, {"a": NAME, "b": NAME})
    on: bool = ps.toggle(NAME, when=lambda p: p.rule == "b")
    points: tuple = ps.hand_points(limit=3, sets={"rule": "b"})
    words: str = ps.text(NAME, limit=12, default="a red circle")
    photo: str = ps.own_picture(warning=NAME, sets={"rule": "b"})


def test_defaults_make_an_empty_query():
    assert ps.query(Example()) == {}
    assert ps.parse(Example, {}) == (Example(), ())


def test_query_and_back():
    example = Example(0.25, 7, 0.3, "b", True, ((1.5, -0.25, 1), (0.0, 0.0, 0)))
    query = ps.query(example)
    assert query == {
        "rate": "0.25", "count": "7", "noise": "0.3", "rule": "b", "on": "1", "points": "1.5,-0.25,1;0,0,0",
    }  # fmt: skip
    assert ps.parse(Example, query) == (example, ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rate", "nan"), ("rate", "0"), ("rate", "1e400"), ("count", "0"), ("count", "201"), ("count", "x"),
        ("rule", "c"),
        ("on", "yes"), ("points", "1,2"), ("points", "1,2,3,4"), ("points", "1,2,9"), ("points", "nan,0,1"),
        ("points", "1,1,1;" * 3 + "1,1,1"), ("points", "1,1,0.5"), ("words", "a red circle,"),
        ("photo", "a"), ("photo", "UklGRg=="),
    ],
)  # fmt: skip
def test_a_wild_value_falls_back_and_is_named(name, text):
    assert ps.parse(Example, {name: text, "rule": "b"} if name != "rule" else {name: text})[1] == (name,)


@given(some.text(max_size=40), some.sampled_from([f.name for f in dataclasses.fields(Example)]))
def test_no_text_breaks_parsing(text, name):
    params, _ = ps.parse(Example, {name: text})
    assert ps.parse(Example, ps.query(params))[0] == params


@given(some.floats(allow_nan=False, allow_infinity=False))
def test_tidy_is_in_range_and_idempotent(value):
    for control in (c for _, c in ps.controls(Example) if isinstance(c, ps.Slider)):
        tidy = control.tidy(value)
        assert control.low <= tidy <= control.high
        assert control.tidy(tidy) == tidy
        assert control.parse(control.dump(tidy)) == tidy


def test_whole_numbers_stay_whole():
    controls = dict(ps.controls(Example))
    assert isinstance(controls["count"].tidy(6.4), int)
    assert controls["count"].tidy(6.4) == 6


def test_when_and_corners():
    controls = dict(ps.controls(Example))
    assert not ps.applies(controls["on"], Example())
    assert ps.applies(controls["on"], Example(rule="b"))
    corners = list(ps.corners(Example))
    assert corners[0] == Example()
    assert {c.rate for c in corners} == {1.0, 0.01, 10.0}
    assert {len(c.points) for c in corners} == {0, 1, 2, 3}


def test_a_line_of_words_stays_as_typed_and_is_one_line():
    control = dict(ps.controls(Example))["words"]
    for typed in ("", "a red ", "  a", "赤い 丸", "<b>&=%;"):
        assert control.parse(typed) == typed  # else the server would change what a hand is typing
        example = Example(words=typed)
        assert ps.query(example) == {"words": typed}
        assert ps.parse(Example, ps.query(example)) == (example, ())
    assert control.parse("a\nb\t\x00c") == "a b  c"
    for wrong in (None, 3, ["a"], "x" * 13):
        with pytest.raises(ValueError, match="text"):
            control.tidy(wrong)


def written(size=(64, 64), kind="WEBP", frames=1):
    pictures = [Image.new("RGB", size, (40 * i, 90, 200)) for i in range(frames)]
    file = io.BytesIO()
    pictures[0].save(file, kind, **({"save_all": True, "append_images": pictures[1:]} if frames > 1 else {}))
    return base64.urlsafe_b64encode(file.getvalue()).decode()


def test_a_picture_of_ones_own_travels():
    control = dict(ps.controls(Example))["photo"]
    x = np.linspace(0, 255, 64).astype(np.uint8)
    smooth = np.stack([np.tile(x, (64, 1)), np.tile(x[:, None], (1, 64)), np.full((64, 64), 90, np.uint8)], axis=-1)
    text = control.pack(smooth)
    assert len(text) <= 4000
    assert np.abs(control.unpack(text).astype(int) - smooth).mean() < 5
    noise = control.ends()[1]  # the hardest to pack still fits
    assert len(noise) <= 4000
    for value in (text, noise, ""):
        example = Example(photo=value)
        assert ps.parse(Example, ps.query(example)) == (example, ())


@pytest.mark.parametrize(
    "value",
    [
        written((64, 63)), partial(written, (4096, 4096)), written(kind="PNG"), written(kind="JPEG"), written(frames=2),
        written()[:-20], written() + "AAAA" * 1000, "é" * 8, "AAAA", 7, None,
    ],
)  # fmt: skip
def test_anything_else_is_no_picture(value):
    with pytest.raises(ValueError, match="picture"):
        dict(ps.controls(Example))["photo"].tidy(value() if callable(value) else value)
