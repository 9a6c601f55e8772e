"""The playground in a browser: its network is the core's, and a line that is pointed at tells its weight."""

import itertools

import numpy as np
import pytest

from tests.browser.conftest import frames, settled, until
from ui import catalog

pytestmark = pytest.mark.browser

WHERE = "/backprop?scene=playground&lang=en&layers=3&w2=4&residual=1&a2=gelu&a3=sigmoid&x1x2=1&sin1=1&steps=200"


def test_the_browser_s_network_is_the_core_s(visit):
    scene = catalog.lesson("backprop").scene("playground")
    p = scene.Params(layers=3, w2=4, residual=True, a2="gelu", a3="sigmoid", x1x2=True, sin1=True, steps=200)
    r = scene.result(p)
    film = scene.module.film(r)
    vector = film["vector"]
    data = {**film, "vector": {**{str(i): float(v) for i, v in enumerate(vector.ravel())}, "shape": vector.shape}}
    del data["slope"]
    places = np.random.default_rng(0).uniform(-2, 2, (40, 2))
    page = visit(WHERE)
    files = page.evaluate("performance.getEntriesByType('resource').map((r) => r.name)")
    where = next(name for name in files if name.endswith("backprop/network.js"))
    theirs = page.evaluate(
        """async ([where, data, frame, places]) => {
            const { layers } = await import(where);
            return places.map(([x, y]) => layers(data, frame, x, y).at(-1)[0]);
        }""",
        [where, data, len(vector) - 1, places.tolist()],
    )
    x = r.given(places)
    np.testing.assert_allclose(theirs, r.run.layers(x)[-1][:, 0], atol=1e-4)


def test_a_line_tells_its_weight(visit):
    page = visit("/backprop?scene=playground&lang=en&layers=0&steps=200")
    settled(page)
    box = page.locator(".live canvas").first.bounding_box()
    places = itertools.cycle(np.linspace(0.1, 0.9, 41))

    def told():
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + next(places) * box["height"])
        frames(page, 2)
        return "∂L/∂w" in page.locator(".live p").first.inner_text()

    until(page, told)
