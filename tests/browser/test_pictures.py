"""Images in a stage: in the plane, moving with the playhead, under the pointer; what is kept travels once."""

import base64
import dataclasses

import numpy as np
import pytest

from core.text import T
from figures.marks import line
from figures.plot import axes
from figures.spec import Figure, Frames, Playhead, Scaled, Stage
from tests.browser.conftest import forget, painted, settled
from tools.harness import serve_code
from ui import publish, stage

pytestmark = pytest.mark.browser

APP = """
import numpy as np
import streamlit as st

from core.text import T
from figures.marks import picture, points
from figures.plot import axes
from figures.spec import Figure, Frames, Kept, Playhead, Stage
from ui import publish, stage
from ui.text import WORDS

if "thumbnails" not in st.session_state:
    ramp = np.zeros((2, 256, 256), dtype=np.uint8)
    ramp[1] = 255
    st.session_state.thumbnails = ramp
moved = st.slider("moved", 0, 9)
red = np.zeros((4, 4, 3), dtype=np.uint8)
red[..., 0] = 255
turns = np.zeros((2, 1, 1, 3), dtype=np.uint8)
turns[0, ..., 1] = turns[1, ..., 2] = 255
layout = axes("x", "y", (0, 4), (0, 4), view="v")
under = (
    picture(red, 0, 0, 2, 2, smooth=False),
    picture(Frames(turns), 2, 2, 4, 4),
    points([1, 3], [3, 1 + moved / 100], [0, 1], names=[T("a", "a"), T("b", "b")], images=Kept(st.session_state.thumbnails)),
)
figure = Figure("one", layout, under, title=T("図", "Figure"), alt=T("四つの隅。", "Four corners, two of them images."))
made = stage.encode(
    Stage((figure,), ("one",), playhead=Playhead(np.arange(2), T("歩", "step"))),
    "en",
    extra={"plotly": publish.plotly_file(), "words": {name: text("en") for name, text in WORDS.items()}},
)
stage.show(made, key="one")
"""


@pytest.fixture(scope="module")
def small():
    with serve_code(APP) as address:
        yield address


PIXEL = """([x, y]) => { const c = document.querySelector('.sawaru-stage canvas');
    return [...c.getContext('2d').getImageData(x * c.width, y * c.height, 1, 1).data]; }"""


def test_images_lie_in_the_plane_and_move(visit, small):
    page = visit("/", address=small)
    assert page.evaluate(PIXEL, [0.1, 0.9]) == [255, 0, 0, 255]
    assert page.evaluate(PIXEL, [0.9, 0.1]) == [0, 0, 255, 255]
    page.locator(".sawaru-stage .figure").press("Home")
    page.wait_for_function(f"JSON.stringify(({PIXEL})([0.9, 0.1])) === '[0,255,0,255]'")


def test_hover_shows_a_points_image_in_the_themes_ink(visit, small):
    page = visit("/", address=small)
    plot = page.locator(".sawaru-stage .under").bounding_box()
    seen = []
    for x, y in ((0.25, 0.25), (0.75, 0.75)):
        page.mouse.move(plot["x"] + x * plot["width"], plot["y"] + y * plot["height"])
        page.locator(".sawaru-stage .tip").wait_for()
        seen.append(
            page.locator(".tip canvas").evaluate(
                "c => [...c.getContext('2d').getImageData(4, 4, 1, 1).data].slice(0, 3)"
            )
        )
    assert min(seen[0]) > 240  # no ink: paper
    assert max(seen[1]) < 60


def test_what_is_kept_travels_once(visit, small):
    page = visit("/", address=small, paints=False)
    sizes = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    page.reload()
    painted(page)
    settled(page)
    assert sum(sizes) > 2 * 256 * 256
    sizes.clear()
    forget(page)
    page.get_by_role("slider").first.press("ArrowRight")
    painted(page)
    settled(page)
    assert 1000 < sum(sizes) < 30_000


def test_rows_of_one_shape_are_made_in_the_browser(visit, small):
    page = visit("/", address=small)
    rows = Scaled(np.array([-1.0, 0.0, 2.0]), np.array([0.5, 3.0]), np.array([0.1, np.nan]))
    figure = Figure(
        "one", axes("x", "y", (0, 1), (0, 1), view="v"), title=T("図", "Figure"), alt=T("図。", "A figure.")
    )
    traces = (line(Frames(rows, every=3, since=1), Frames(rows), "#000000"),)
    whole = Stage(
        (dataclasses.replace(figure, under=traces),), ("one",), playhead=Playhead(np.arange(6), T("歩", "step"))
    )
    sent = base64.b64encode(stage.encode(whole, "en").sealed()).decode()
    found = page.evaluate(
        """async ([url, sent]) => {
          const wire = await import(url), source = wire.unpack(Uint8Array.from(atob(sent), (c) => c.charCodeAt(0)));
          const { x, y } = wire.resolve(source.header, source, { source, shift: source.header.inline }, null).figures[0].under[0];
          return [0, 1, 5].map((k) => [x, y].map((values) => [...wire.at(values, k)].map(String)));
        }""",
        [f"/app/static/{publish.folder()}/stage/wire.js", sent],
    )
    first, hidden = [f"{float(v):.9g}" for v in rows.values[0]], ["NaN"] * 3
    numbers = [[[v if v == "NaN" else f"{float(np.float32(v)):.9g}" for v in row] for row in pair] for pair in found]
    assert numbers == [[hidden, first], [first, hidden], [hidden, hidden]]
