"""A picture of one's own: chosen, cut small and put into the link, or refused in a sentence."""

import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.images import ImageError
from ui.params import Picture


def app(lang, photo=""):
    import dataclasses
    from types import SimpleNamespace

    import streamlit as st

    from core.text import T
    from ui import own_image
    from ui import params as ps

    @dataclasses.dataclass(frozen=True)
    class Params:
        photo: str = ps.own_picture(warning=T("注意です。", "Take care."))

    scene = SimpleNamespace(fields=dict(ps.controls(Params)))
    own_image.offer(scene, Params(photo), lang, lambda fields: st.session_state.update(got=fields))


def page(lang="en", content=None, photo=""):
    at = AppTest.from_function(app, args=(lang, photo), default_timeout=20)
    at.session_state["sawaru-own-image"] = True
    at.run()
    return at if content is None else at.file_uploader[0].set_value(("p.png", content, "image/png")).run()


def file(kind="PNG", size=(90, 60), **options):
    made = io.BytesIO()
    Image.new("RGB", size, (200, 30, 40)).save(made, kind, **options)
    return made.getvalue()


def test_a_picture_becomes_a_field():
    at = page("en", file())
    assert not at.exception
    assert [block.value for block in at.warning] == ["Take care."]
    next(button for button in at.button if button.key == "sawaru-own-image-use").click().run()
    pixels = Picture().unpack(at.session_state["got"]["photo"])
    assert np.abs(pixels.astype(int) - (200, 30, 40)).max() < 12


def test_a_chosen_picture_can_be_given_back():
    at = page("ja", photo=Picture().ends()[1])
    assert [block.value for block in at.warning] == ["注意です。"]
    next(button for button in at.button if button.key == "sawaru-own-image-back").click().run()
    assert at.session_state["got"] == {"photo": ""}


FRAMES = [Image.new("RGB", (20, 20), (i, 0, 0)) for i in (0, 200)]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"GET / HTTP/1.1", "format"),
        (file(size=(12_100, 10)), "large"),
        (file()[:-30], "broken"),
        (file("GIF", save_all=True, append_images=FRAMES), "animated"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_used_gets_one_sentence(content, code, lang):
    at = page(lang, content)
    assert not at.exception
    (sentence,) = [block.value for block in at.info]
    assert sentence.startswith(ImageError.SENTENCES[code](lang).split("{")[0])
    assert not [button for button in at.button if button.key == "sawaru-own-image-use"]
