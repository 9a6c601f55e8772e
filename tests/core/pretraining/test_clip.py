"""CLIP's losses against autograd, its towers against PyTorch's, its measures against their definitions."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA
from torch.nn import functional

from core.pretraining import clip
from core.pretraining.clip import captions, torch_towers, towers


def unit_rows(rng, n, d):
    x = rng.standard_normal((n, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


# ---- the loss


@pytest.mark.parametrize("n", [1, 2, 5, 33])
@pytest.mark.parametrize("tau", [0.01, 0.07, 1.0, 20.0])
@pytest.mark.parametrize("unit", [True, False])
def test_loss_and_gradient_are_autograds(n, tau, unit, rng):
    image, text = (unit_rows(rng, n, 8) * (1 if unit else 1.7) for _ in range(2))
    a, b = (torch.tensor(x, requires_grad=True) for x in (image, text))
    t = torch.tensor(tau, dtype=torch.float64, requires_grad=True)
    own = torch.arange(n)
    # As in open_clip's ClipLoss: logit_scale * image @ text.T, the mean of both cross-entropies.
    logits = (1 / t) * a @ b.T
    by_image, by_text = functional.cross_entropy(logits, own), functional.cross_entropy(logits.T, own)
    total = (by_image + by_text) / 2
    total.backward()
    loss = clip.contrastive_loss(image, text, tau)
    assert_allclose(loss.total, total.item(), rtol=0, atol=1e-10)
    assert_allclose([loss.image_to_text, loss.text_to_image], [by_image.item(), by_text.item()], rtol=0, atol=1e-10)
    assert_allclose(loss.image_gradient, a.grad.numpy(), rtol=0, atol=1e-10)
    assert_allclose(loss.text_gradient, b.grad.numpy(), rtol=0, atol=1e-10)
    assert_allclose(loss.temperature_gradient, t.grad.item(), rtol=1e-9, atol=1e-10)
    assert_allclose(loss.rows, torch.softmax(logits, 1).detach(), atol=1e-12)
    assert_allclose(loss.columns, torch.softmax(logits, 0).detach(), atol=1e-12)
    assert_allclose([loss.image_losses.mean(), loss.text_losses.mean()], [loss.image_to_text, loss.text_to_image])


def test_the_loss_is_open_clips(rng):
    open_clip = pytest.importorskip("open_clip", reason="open_clip is not installed")
    image, text = unit_rows(rng, 9, 8), unit_rows(rng, 9, 8)
    theirs = open_clip.loss.ClipLoss()(
        torch.tensor(image), torch.tensor(text), torch.tensor(1 / 0.07, dtype=torch.float64)
    )
    assert_allclose(clip.contrastive_loss(image, text, 0.07).total, theirs.item(), rtol=0, atol=1e-10)


@given(n=st.integers(2, 8), seed=st.integers(0, 2**31), tau=st.floats(0.01, 10))
@settings(max_examples=50, deadline=None)
def test_what_the_loss_does_not_see(n, seed, tau):
    rng = np.random.default_rng(seed)
    image, text = unit_rows(rng, n, 4), unit_rows(rng, n, 4)
    loss = clip.contrastive_loss(image, text, tau)
    order = rng.permutation(n)
    turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    for other in (
        clip.contrastive_loss(image[order], text[order], tau),
        clip.contrastive_loss(image @ turn, text @ turn, tau),
        clip.contrastive_loss(text, image, tau),
        clip.contrastive_loss(image / tau, text, 1.0),
    ):
        assert_allclose(other.total, loss.total, rtol=1e-9)
    assert loss.total >= 0
    # The ranking does not depend on the temperature.
    assert_array_equal(loss.logits.argmax(axis=1), loss.similarity.argmax(axis=1))


def test_a_hot_loss_is_chance(rng):
    loss = clip.contrastive_loss(unit_rows(rng, 64, 8), unit_rows(rng, 64, 8), 1e6)
    assert_allclose(loss.total, clip.chance_loss(64), atol=1e-5)
    assert_allclose(clip.chance_loss(64), np.log(64))


def test_a_cold_loss_does_not_overflow(rng):
    x = unit_rows(rng, 8, 4)
    assert clip.contrastive_loss(x, x, 1e-4).total < 1e-8
    assert np.isfinite(clip.contrastive_loss(x, -x, 1e-4).total)


@pytest.mark.parametrize("m", [1, 2, 5])
def test_a_repeated_caption_floors_its_rows(m, rng):
    text = np.eye(8)
    text[:m] = text[0]
    floor = np.array([np.log(m)] * m + [0] * (8 - m))  # m equal shares of the probability
    loss = clip.contrastive_loss(text, text, 0.01)  # as well as it can be done
    assert_allclose(loss.image_losses, floor, atol=1e-8)
    for _ in range(20):
        loss = clip.contrastive_loss(unit_rows(rng, 8, 8), text, 0.05)
        assert (loss.image_losses >= floor - 1e-12).all()
        assert loss.text_losses[:m].mean() >= np.log(m) - 1e-12  # the other direction: in the mean


def test_losses_over_temperatures_are_the_losses(rng):
    towers_through_time = [(unit_rows(rng, 6, 4), unit_rows(rng, 6, 4)) for _ in range(3)]
    taus = np.array([0.005, 0.07, 1.0, 30.0])
    similarity = np.array([image @ text.T for image, text in towers_through_time])
    each = [[clip.contrastive_loss(*pair, tau).total for tau in taus] for pair in towers_through_time]
    assert_allclose(clip.losses_over(similarity, taus), each)
    assert_allclose(clip.losses_over(similarity[0], taus), each[0])


def test_cyclips_terms(rng):
    image, text = unit_rows(rng, 6, 4), unit_rows(rng, 6, 4)
    cross = (
        sum(float(image[j] @ text[k] - image[k] @ text[j]) ** 2 for j, k in itertools.product(range(6), repeat=2)) / 6
    )
    within = (
        sum(float(image[j] @ image[k] - text[j] @ text[k]) ** 2 for j, k in itertools.product(range(6), repeat=2)) / 6
    )
    assert_allclose(clip.cyclip_terms(image, text), [cross, within])
    assert_allclose(clip.cyclip_terms(image, image), 0, atol=1e-30)
    turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    assert_allclose(
        clip.cyclip_terms(image, image @ turn)[1], 0, atol=1e-28
    )  # a turned tower keeps its own distances …
    assert clip.cyclip_terms(image, image @ turn)[0] > 0.01  # … but not those between the towers
    d_cross, d_within = clip.cyclip_differences(image, text)
    assert_allclose(d_cross, -d_cross.T)
    assert_allclose(d_within, d_within.T)


@pytest.mark.parametrize(
    ("image", "text", "tau", "words"),
    [
        (np.eye(3), np.eye(2), 1.0, "text must have shape"),
        (np.eye(3)[0], np.eye(3)[0], 1.0, "2 dimensions"),
        (np.zeros((0, 3)), np.zeros((0, 3)), 1.0, "at least 1 row"),
        (np.full((2, 2), np.nan), np.eye(2), 1.0, "finite"),
        (np.eye(2), np.eye(2), 0.0, "temperature"),
        (np.eye(2), np.eye(2), -1.0, "temperature"),
        (np.eye(2), np.eye(2), float("nan"), "temperature"),
        (1e300 * np.eye(2), np.eye(2), 1e-300, "too small"),
    ],
)
def test_wrong_arguments(image, text, tau, words):
    with pytest.raises(ValueError, match=words), np.errstate(over="ignore"):
        clip.contrastive_loss(image, text, tau)


# ---- measures


def test_the_gap(rng):
    text = unit_rows(rng, 40, 6)
    image = text + np.eye(6)[0] * 1.5
    image /= np.linalg.norm(image, axis=1, keepdims=True)
    before = clip.gap(image, text)
    assert_allclose(before, np.linalg.norm(image.mean(axis=0) - text.mean(axis=0)))
    assert_allclose(clip.alignment(image, text), 2 - 2 * np.mean(np.diag(image @ text.T)))  # |a - b|² = 2 - 2 <a, b>
    closed = clip.close_gap(image, text)
    assert_allclose(np.linalg.norm(np.concatenate(closed), axis=1), 1)
    assert clip.gap(*closed) < 0.35 * before
    assert_allclose(clip.close_gap(image, text, 0.0)[0], image)
    assert clip.gap(*clip.close_gap(image, text, -1.0)) > before
    pairs = [np.exp(-2 * ((image[i] - image[j]) ** 2).sum()) for i in range(40) for j in range(i)]
    assert_allclose(clip.uniformity(image), np.log(np.mean(pairs)))
    assert np.isnan(clip.uniformity(image[:1]))
    with pytest.raises(ValueError, match="share"):
        clip.close_gap(image, text, float("nan"))


def test_measures_of_many_frames_are_those_of_each(rng):
    image, text = (np.array([unit_rows(rng, 7, 3) for _ in range(4)]) for _ in range(2))
    for measure in (clip.gap, clip.alignment):
        assert_allclose(measure(image, text), [measure(a, b) for a, b in zip(image, text, strict=True)])
    assert_allclose(clip.uniformity(image), [clip.uniformity(a) for a in image])


def test_a_map_is_principal(rng):
    image, text = unit_rows(rng, 30, 6) + 0.5, unit_rows(rng, 30, 6)
    both = np.concatenate([image, text])
    middle, axes = clip.map_axes(image, text)
    theirs = PCA(2).fit(both)
    assert_allclose(np.abs((both - middle) @ axes.T), np.abs(theirs.transform(both)), atol=1e-10)
    assert (axes @ (image.mean(axis=0) - text.mean(axis=0)) >= 0).all()  # both show to the images
    middle, axes = clip.map_axes(image, text, along_gap=True)
    a, b = ((rows.mean(axis=0) - middle) @ axes.T for rows in (image, text))
    assert_allclose(a - b, [clip.gap(image, text), 0], atol=1e-12)
    assert_allclose(axes @ axes.T, np.eye(2), atol=1e-12)


def test_ranks_and_shares():
    s = np.array([[0.9, 0.1, 0.5], [0.2, 0.3, 0.3], [0.5, 0.6, 0.1]])
    assert_array_equal(clip.ranks(s), [0, 1, 2])  # a tie counts against the right answer
    assert clip.top1(s) == pytest.approx(1 / 3)
    assert_allclose(clip.probabilities(s, 0.1).sum(axis=1), 1)
    assert clip.percentile(0.5, [0.1, 0.5, 0.9, 0.2]) == 62.5
    with pytest.raises(ValueError, match="right answer"):
        clip.ranks(np.zeros((3, 2)))


def test_retrieval(rng):
    rows = unit_rows(rng, 20, 5)
    best, cosines = clip.retrieve(3 * rows[7], rows, 4)
    assert best[0] == 7
    assert_allclose(cosines[0], 1)
    assert (np.diff(cosines) <= 0).all()
    assert_array_equal(best, np.argsort(-(rows @ rows[7]))[:4])
    assert_allclose(clip.combine(rows[0], rows[1], rows[1]), rows[0])
    assert_allclose(clip.combine(rows[0]), rows[0])
    assert_allclose(clip.combine(rows[0], rows[1], weight=1e9), rows[1], atol=1e-8)
    with pytest.raises(ValueError, match="k must"):
        clip.retrieve(rows[0], rows, 0)


def test_a_class_is_what_its_sentences_say():
    model, drawn = clip.load("clip"), clip.gallery().scenes[:40]
    for kind in ("shape", "colour", "both"):
        names, numbers = clip.class_names(kind), clip.class_numbers(drawn, kind)
        for scene, number in zip(drawn, numbers, strict=True):
            thing = scene.things[0]
            said = {"shape": thing.shape, "colour": thing.colour, "both": f"{thing.colour} {thing.shape}"}
            assert names[number] == said[kind]
        one, other = (model.encode_texts(clip.class_texts(kind, "ja", t)).astype(float) for t in (0, 2))
        mean = (one + other) / 2
        vectors = clip.class_vectors(model, kind, "ja", (0, 2))
        assert_allclose(vectors, mean / np.linalg.norm(mean, axis=1, keepdims=True))
    with pytest.raises(ValueError, match="template"):
        clip.class_vectors(model, "shape", "en", ())


# ---- weights


def test_interpolation():
    a, b = (towers.initial(towers.bag_shapes(), seed) for seed in (0, 1))
    for alpha, end in ((0.0, a), (1.0, b), (0, a)):
        mixed = clip.interpolate(a, b, alpha)
        for name in end:
            assert_array_equal(mixed[name], end[name])
            assert mixed[name].dtype == np.float32
    half = clip.interpolate(a, b, 0.5)
    assert_allclose(half["bag.words"], (a["bag.words"] + b["bag.words"]) / 2, atol=1e-7)
    assert_allclose(clip.interpolate(a, b, 2.0)["bag.words"], 2 * b["bag.words"] - a["bag.words"], atol=1e-6)
    with pytest.raises(ValueError, match="alpha"):
        clip.interpolate(a, b, float("inf"))
    with pytest.raises(ValueError, match="same weights"):
        clip.interpolate(a, {}, 0.5)
    with pytest.raises(ValueError, match="shapes"):
        clip.interpolate({"x": np.zeros(2)}, {"x": np.zeros(3)}, 0.5)


@pytest.mark.parametrize("name", ["clip", "digits"])
def test_the_towers_are_pytorchs(name):
    model = clip.load(name)
    weights = {key: torch.from_numpy(np.array(value)) for key, value in model.weights.items()}
    images = clip.probe().images[:16]
    texts = [*clip.probe().captions["en"][:8], *clip.probe().captions["ja"][:8], "", "the digit three"]
    with torch.no_grad():
        theirs = torch_towers.look(weights, torch_towers.pixels(images)).numpy()
        words = torch_towers.read(weights, torch.from_numpy(captions.token_ids(texts))).numpy()
    assert_allclose(model.encode_images(images), theirs, atol=1e-4)
    assert_allclose(model.encode_texts(texts), words, atol=1e-4)


def test_the_bag_tower_is_pytorchs():
    model = clip.load("bag")
    weights = {key: torch.from_numpy(np.array(value)) for key, value in model.weights.items()}
    texts = clip.probe().captions["ja"]
    with torch.no_grad():
        theirs = torch_towers.read_bag(weights, torch.from_numpy(towers.bags(texts))).numpy()
    assert_allclose(model.encode_texts(texts), theirs, atol=1e-4)


@pytest.mark.parametrize("name", clip.NAMES)
def test_encoding(name):
    model = clip.load(name)
    images = clip.probe().images[:5]
    rows, words = model.encode_images(list(images)), model.encode_texts(["a red circle", "赤い丸", "dragon"])
    assert rows.shape == (5, 64)
    assert words.shape == (3, 64)
    assert_allclose(np.linalg.norm(np.concatenate([rows, words]), axis=1), 1, atol=1e-5)
    # One at a time or together, beside a longer sentence or not: the same.
    assert_allclose(model.encode_images([images[3]])[0], rows[3], atol=1e-5)
    assert_allclose(model.encode_texts(["a red circle"])[0], words[0], atol=1e-5)
    assert_array_equal(model.encode_texts(["A  RED circle."]), model.encode_texts(["a red circle"]))
    assert model.encode_images([]).shape == model.encode_texts([]).shape == (0, 64)
    # A picture of another size is fitted: twice as large is nearly the same picture.
    large = np.kron(images[0], np.ones((2, 2, 1), np.uint8))
    assert model.encode_images([large])[0] @ rows[0] > 0.9
    assert not next(iter(model.weights.values())).flags.writeable
    assert 0.01 <= model.temperature < 1
    for wrong in (
        np.zeros((64, 64)),
        np.zeros((64, 64, 3)),
        np.zeros((64, 64, 4), np.uint8),
        np.zeros((0, 3, 3), np.uint8),
    ):
        with pytest.raises(ValueError, match="uint8"):
            model.encode_images([wrong])
    with pytest.raises(ValueError, match="list of sentences"):
        model.encode_texts("a red circle")


def test_there_is_no_other_model():
    with pytest.raises(ValueError, match="name must be one of"):
        clip.load("dall-e")
