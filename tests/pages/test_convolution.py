"""What is special to the lesson of convolution: the numbers of its words, nine numbers of one's own, own pictures."""

import numpy as np
import pytest

from core.neural import convolution as conv
from ui import catalog
from ui.params import control_of

LESSON = catalog.lesson("convolution")
WINDOW, PIXEL, WHICH = (LESSON.scene(name) for name in ("window", "pixel", "which"))


def test_numbers_in_the_words():
    numbers, module = LESSON.words["numbers"], WHICH.module
    spans = PIXEL.module.spans(PIXEL.result(PIXEL.Params()))
    for name in ("pool_low", "pool_high", "dense_low", "dense_high", "turned"):
        assert round(spans[name]) == numbers[name]
    assert int(spans["still"]) == numbers["still"]
    assert int(spans["global_low"]) == numbers["global_low"]
    r = WHICH.result(WHICH.Params())
    drops, about = module.drops(r), module.about(r)
    assert round(drops["integrated"]) == numbers["left_integrated"]
    assert round(drops["random"]) == numbers["left_random"]
    found = {"about_low": about["ink_min"], "about_high": about["ink_max"], "about_all": about["all_min"]}
    assert {name: f"{value:.2f}" for name, value in found.items()} == {name: numbers[name] for name in found}


def test_what_was_stored_is_what_the_networks_do():
    x, y = conv.digits()[2:]
    made = conv.made("pool", 2)
    shifts = [np.mean(made.network.predict(conv.moved(x, *d)) == y) for d in ((0, 1), (1, 0), (-1, 0), (0, -1))]
    assert np.mean(shifts) == pytest.approx(made.shifted[1], abs=0.01)


@pytest.mark.parametrize(("words", "good"), [("1,2,3 4 5 6 7 8 9", True), ("1 2 3", False), ("a b", False)])
def test_nine_numbers(words, good):
    p = WINDOW.Params(kernel="own", numbers=words)
    r = WINDOW.result(p)
    assert r.understood == good
    assert (WINDOW.picture(r, p).note is None) == good
    assert r.kernel.ravel().tolist() == (list(range(1, 10)) if good else [0, 0, 0, 0, 1, 0, 0, 0, 0])


def test_a_picture_of_one_s_own():
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, 32:] = 255
    p = WINDOW.Params(image="own", photo=control_of(WINDOW.Params(), "photo").pack(pixels))
    r = WINDOW.result(p)
    assert r.image.shape == (32, 32)
    assert r.image[:, :15].max() < 0.1 < 0.9 < r.image[:, 17:].min()


def test_the_output_is_told_as_the_window_goes():
    r = WINDOW.result(WINDOW.Params())
    film = WINDOW.module.out(r).under[1]["z"].array
    assert (film[0].ravel() == 128).sum() >= film[0].size - 1
    np.testing.assert_allclose(r.patches.reshape(len(r.at), 9) @ r.kernel.ravel(), r.sums, atol=1e-12)
