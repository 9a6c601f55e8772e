"""What is special to the lesson of autoencoders: the numbers of its words, and who moves the bell."""

import numpy as np

from core import ahead
from core.generative import autoencoder as ae
from ui import catalog

LESSON = catalog.lesson("autoencoder")
DOOR, STAIRCASE, BOUND = (LESSON.scene(name) for name in ("door", "staircase", "bound"))


def test_numbers_in_the_words():
    numbers = LESSON.words["numbers"]
    x, _ = ae.held_out()
    pca = ae.principal().left(x)
    for k in (2, 3, 4):
        assert round(100 * pca[k] / pca[0]) == numbers[f"pca{k}"]

    def errors(width):
        networks = [ae.network("deep", width, seed) for seed in ae.SEEDS]
        return [100 * ((made.through(x) - x) ** 2).sum(axis=1).mean() / pca[0] for made in networks]

    narrow, wide = errors(2), errors(32)
    assert (round(min(narrow)), round(max(narrow))) == (numbers["deep_low"], numbers["deep_high"])
    assert (f"{min(wide):.1f}", f"{max(wide):.1f}") == (numbers["clean_low"], numbers["clean_high"])
    made = ahead.load("autoencoder/bounds")
    gaps = made["evidence"] - made["bound"]
    medians = np.median(gaps, axis=1)
    assert (f"{medians.min():.1f}", f"{medians.max():.1f}") == (numbers["median_low"], numbers["median_high"])
    assert int(gaps.max(axis=1).min()) == int(numbers["worst"])


def test_readouts_go_with_what_goes_in():
    for feed, keys in (("noise", {"pca", "linear", "deep", "denoising"}), ("dream", {"deep_far", "vae_far"})):
        p = DOOR.Params(feed=feed)
        assert {readout.key for readout in DOOR.read(DOOR.result(p))} == keys


def test_the_ring_sets_the_middle_of_q():
    p = BOUND.Params(zx=0.5, zy=-1.25)
    plane = BOUND.picture(BOUND.result(p), p).figures[0]
    ring = next(mark for mark in plane.under if mark["type"] == "handles")
    assert (float(ring["x"][0]), float(ring["y"][0])) == (0.5, -1.25)
    assert ring["values"] == [["zx", 0.0, 1.0], ["zy", 0.0, 1.0]]


def test_the_mean_is_a_beta_of_64():
    mean, plain = (STAIRCASE.Params(data="digits", beta=b, mean=m) for b, m in ((0.1, True), (6.4, False)))
    assert np.isclose(STAIRCASE.result(mean).line, STAIRCASE.result(plain).line)
    np.testing.assert_array_equal(STAIRCASE.result(mean).known.active, STAIRCASE.result(plain).known.active)
