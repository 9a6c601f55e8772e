"""One page paints every scene with the real stage, in both themes and on a phone: none blank, none too wide."""

import base64
import functools
import http.server
import threading

import pytest

from tests.lessons import glimpse
from tests.test_parts import LESSON as PARTS
from ui import catalog, picture, publish, stage

pytestmark = pytest.mark.browser

# Ground, width, and the window; above the stage stand the words of the page.
LOOKS = {
    "light": ("#ffffff", 680, (1280, 720)),
    "dark": ("#14171b", 1000, (1366, 641)),
    "phone": ("#ffffff", 351, (375, 667)),
    "board": ("#ffffff", 890, (1280, 720)),
    "screen": ("#14171b", 1360, (1920, 1080)),
}
BOARDS = ("board", "screen")
ABOVE = 170  # px
STYLE = b"<style>*{box-sizing:border-box} body{margin:0}</style>"
PAGE = b'<!doctype html><html lang="en">' + STYLE + b'<body><div id="host"></div></body></html>'
PAINT = """async ([folder, parts, ground, width, above, patience]) => {
  const bytes = (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
  const [stage, carrier] = await Promise.all(
    ['stage', 'carrier'].map((name) => import(`/${folder}/stage/${name}.js`)));
  window.sawaru ??= { ask: (get) => get((url) => url) }; // the loader of `ui/publish.py` has it
  const host = document.getElementById('host');
  host.style.cssText = `width:${width}px;margin-top:${above}px;background:${ground};--st-background-color:${ground}`;
  host.innerHTML = '<div class="sawaru-stage"></div>';
  const written = new Set(), { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (...a) {
    written.add(parseFloat(this.font.match(/([\\d.]+)px/)[1]));
    fillText.apply(this, a);
  };
  const painted = new Promise((done, lost) => {
    addEventListener('sawaru:painted', done, { once: true });
    setTimeout(() => lost(new Error('not painted')), patience);
  });
  for (const part of parts.slice(1)) carrier.default({ data: bytes(part) });
  const close = stage.default({ parentElement: host, data: bytes(parts[0]), setStateValue() {} });
  await painted;
  const canvases = [...host.querySelectorAll('.figure canvas')].filter((c) => c.checkVisibility());
  const inked = canvases.map((c) => [c, c.width > 0 && c.height > 0 && c.getContext('2d')]).filter(([, g]) => g !== null)
    .map(([c, g]) => g && g.getImageData(0, 0, c.width, c.height).data.some((v) => v)); // WebGL's have no ink to read
  const plotted = host.querySelectorAll('.figure .js-plotly-plot').length;
  const live = host.querySelectorAll('.figure.live').length;
  const names = [...host.querySelectorAll('.figure')].map((f) => f.getAttribute('aria-label') ?? '');
  const wide = [...host.querySelectorAll('*')].filter((e) => e.checkVisibility()
    && e.getBoundingClientRect().right > width + 1 && !e.closest('svg, .js-plotly-plot, .tabs, .numbers, .narrow .grid'))
    .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`);
  const end = host.querySelector('.foot').getBoundingClientRect().bottom, { height } = host.querySelector('.grid').getBoundingClientRect();
  const cut = [...host.querySelectorAll('.box, .numbers')].filter((e) => e.checkVisibility()
    && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)).map((e) => `${e.className} ${e.textContent.slice(0, 40)}`);
  const { firstElementChild: first, lastElementChild: last } = host.querySelector('.numbers');
  const lines = first ? 1 + Math.round((last.offsetTop - first.offsetTop) / first.offsetHeight) : 0;
  const sizes = new Set(written);
  const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const e = node.parentElement;
    if (node.data.trim() && e.checkVisibility() && !e.closest('.tools, .tip, .sheet')) sizes.add(parseFloat(getComputedStyle(e).fontSize));
  }
  const least = Math.min(...sizes);
  close();
  return { cut, lines, least, end, height, inked, plotted, live, names, wide, narrow: host.querySelector('.narrow') !== null };
}"""


@functools.cache
def parts_of(lesson, name, board=False):
    """Give a scene's default picture as it travels, in base64."""
    scene = lesson.scene(name)
    params = scene.Params()
    result = glimpse(scene, params)
    drawn = scene.picture(result, params)
    session = {"acks": {}, "version": 1, "autoplay": False, "at": None, "board": board, "work": None}
    extra = {"words": {}, "plotly": publish.plotly_file(), "readouts": picture.told(scene, result, drawn, "en")}
    sent = stage.encode(drawn, "en", extra=extra)
    return [
        base64.b64encode(part).decode() for part in (sent.sealed(session), sent.kept, sent.frames) if part is not None
    ]


def has_marks(lesson, name, look):
    """Whether the figures in sight have something for the canvas: on a phone the first one is shown."""
    scene = lesson.scene(name)
    figures = scene.picture(glimpse(scene, scene.Params()), scene.Params()).figures
    return any(getattr(figure, "under", ()) for figure in (figures[:1] if look == "phone" else figures))


@pytest.fixture(scope="module")
def easel(browser):
    """Give a page, served with the published files and nothing else, and the errors that it met."""

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(publish.STATIC))

        def log_message(self, *args):
            pass

        def do_GET(self):
            if self.path != "/":
                super().do_GET()
                return
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE)

    publish.publish()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    yield page, faults
    context.close()
    server.shutdown()
    server.server_close()


def painted(page, lesson, name, look):
    ground, width, (across, down) = LOOKS[look]
    above = down // 9 if look in BOARDS else ABOVE
    page.set_viewport_size({"width": across, "height": down})
    return page.evaluate(
        PAINT, [publish.folder(), parts_of(lesson, name, look in BOARDS), ground, width, above, 60_000]
    )


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("lesson", [*catalog.lessons(), PARTS], ids=lambda lesson: lesson.topic)
def test_every_scene_paints(easel, lesson, look):
    page, faults = easel
    for name in lesson.titles:
        seen = painted(page, lesson, name, look)
        assert any(seen["inked"]) or not has_marks(lesson, name, look), name
        assert seen["plotted"] or seen["live"], name
        assert all(len(text) > 10 for text in seen["names"]), name
        assert not seen["wide"], name
        assert seen["narrow"] == (look == "phone")
        down = LOOKS[look][2][1]
        assert seen["height"] >= 140, name
        if look in BOARDS:  # nothing is cut, and the last row of a class can read it
            assert not seen["cut"], name
            assert seen["lines"] <= 2, name
            assert seen["least"] >= 0.016 * down, name
        if look == "phone":  # half of the window, and one control below it
            assert seen["end"] - ABOVE <= down / 2, name
            assert seen["end"] <= down - 72, name
        else:
            assert seen["end"] <= down, name
        assert not faults, name


def test_a_blank_stage_is_seen(easel):
    page, faults = easel
    broken = base64.b64encode(b'\x04\x00\x00\x00{"x"').decode()
    with pytest.raises(Exception, match=r"JSON|not painted"):
        page.evaluate(PAINT, [publish.folder(), [broken], "#fff", 1000, 0, 1000])
    faults.clear()


NAMED = """async ([folder, more]) => {
  const [{ paint, scale }] = await Promise.all([import(`/${folder}/stage/canvas.js`)]);
  const axis = (low, high) => ({ range: [low, high], _length: 200, type: 'linear' });
  const view = { x: scale(axis(0, 10), false), y: scale(axis(0, 10), true), font: 13, family: 'sans-serif', zoom: 1 };
  const g = new OffscreenCanvas(240, 240).getContext('2d'), written = [];
  g.translate(20, 20);
  g.fillText = (text, x, y) => written.push([x, y]);
  const line = (y, name) => ({ type: 'scatter', mode: 'lines', x: [0, 5, 10], y, line: { color: '#f00' },
    ...(name ? { name, meta: { label: true, at: 0.5 }, textposition: 'top center' } : {}) });
  const ring = { type: 'scatter', mode: 'markers', x: [10], y: [5], marker: { size: 20, symbol: 'circle-open', color: '#00f' } };
  paint(g, view, [line([5, 5, 5], 'a name'), ...more.map((y) => line(y)), ring], 0, (name) => name);
  return [written, g.getImageData(220, 110, 12, 20).data.some((v) => v)];
}"""


def test_names_step_aside_for_lines_and_marks_at_the_edge_are_whole(easel):
    page, _ = easel
    (((x, y),), beyond) = page.evaluate(NAMED, [publish.folder(), []])
    assert beyond
    assert (x, y) == (100, 93)  # over the middle of its line, where the scene has it
    ((moved,), _) = page.evaluate(NAMED, [publish.folder(), [[5.5, 5.5, 5.5]]])
    assert moved[1] > 100  # a line runs where it stood: it stands below its own
