"""What a hand does: drag, press, click, zoom, play, share, go back — in a real browser."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import frames, painted, settled, still
from tools.chromium import FLAGS

pytestmark = pytest.mark.browser
assert "--no-sandbox" in FLAGS

NUMBERS = ".sawaru-stage .numbers"


def slider(page, name):
    return page.locator(f".sawaru-controls [data-name={name}] input[type=range]")


def pixels(page, figure="plane"):
    """Give a fingerprint of a figure's canvas."""
    return page.evaluate(
        f"""() => {{ const c = document.querySelector('[data-name={figure}] .under canvas');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        let h = 0; for (let i = 0; i < d.length; i += 4) h = (h * 31 + d[i] * 7 + d[i + 1] * 3 + d[i + 2]) >>> 0; return h; }}"""
    )


def points(page):
    """Give the hand-made points in the address bar."""
    return re.search(r"points=([^&]*)", page.url)[1].split(";")


def paints(page):
    return page.evaluate("performance.getEntriesByName('sawaru:painted').length")


def plot_box(page):
    return page.locator("[data-name=plane] .under").bounding_box()


def drag(page, locator, start, end, steps=40):
    box = locator.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, y)
    page.mouse.down()
    for i in range(1, steps + 1):
        page.mouse.move(box["x"] + box["width"] * (start + (end - start) * i / steps), y)
        frames(page)
    page.mouse.up()


SIZES = """() => [...document.querySelectorAll('.plot')].map(({ clientWidth, clientHeight, _fullLayout: { width, height } }) =>
    [width, height, clientWidth, clientHeight])"""


def test_a_plot_is_as_large_as_its_place_to_the_pixel(visit):
    page = visit("/gradients?lang=en", viewport={"width": 1283, "height": 900})
    for width in (1283, 1201):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"innerWidth === {width}")
        frames(page, 2)  # the stage is told of it in one
        settled(page)
        sizes = page.evaluate(SIZES)
        assert len(sizes) > 1
        assert [size[:2] for size in sizes] == [size[2:] for size in sizes]


def test_nothing_beside_the_picture_grows_or_shrinks_when_a_page_opens(visit):
    watch = """window.__grown = []; document.addEventListener('transitionrun', (event) => {
        if (/width|padding|margin/.test(event.propertyName)) __grown.push(event.target.dataset.testid); }, true)"""
    page = visit("/perceptron?lang=en", before=lambda page: page.add_init_script(watch))
    grown = page.evaluate("__grown")
    assert "stSidebar" not in grown
    assert page.get_by_test_id("stSidebar").bounding_box()["width"] == 250


def test_a_move_settles_the_styles_of_few_elements(visit):
    """A rule such as `[class*=…] > :first-child` in `style.css` would have it be all of the stage's, twice a move."""
    page = visit("/gradients")
    slider(page, "gain").focus()
    page.keyboard.press("ArrowRight")
    settled(page)
    browser = page.context.browser
    browser.start_tracing(page=page, categories=["devtools.timeline", "disabled-by-default-devtools.timeline"])
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        settled(page)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    settled_elements = [e["args"]["elementCount"] for e in events if "elementCount" in e.get("args", {})]
    assert page.locator(".sawaru-stage *").count() > 300
    # Now and then, on a busy machine, all of the page settles once; with such a rule it does at each move.
    few = [count for count in settled_elements if count < 300]
    assert 0 < sum(few) < 4 * 150
    assert len(settled_elements) - len(few) < 4


def test_the_picture_follows_a_drag(visit):
    page = visit()
    before, count = pixels(page), paints(page)
    box = slider(page, "noise").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 6, y)
    page.mouse.down()
    for i in range(4000):
        page.mouse.move(box["x"] + 20 + i % 40 * 4, y)
        frames(page)
        if i >= 40 and paints(page) - count >= 4:
            break
    assert paints(page) - count >= 4  # while the button is still down
    assert pixels(page) != before
    page.mouse.up()
    settled(page)
    assert float(re.search(r"noise=([\d.]+)", page.url)[1]) == float(
        page.locator(".sawaru-controls [data-name=noise] .number").input_value()
    )


def test_a_drag_adds_no_history_entry_and_back_leaves_in_one_step(visit):
    page = visit("/", paints=False)
    page.locator(".st-key-sawaru-lit-perceptron a").click()
    painted(page)
    settled(page)
    entries = page.evaluate("history.length")
    drag(page, slider(page, "noise"), 0.05, 0.6)
    settled(page)
    assert "noise=" in page.url
    assert page.evaluate("history.length") == entries
    page.go_back()
    page.wait_for_selector(".sawaru-map")


def test_keys_and_typing_move_a_slider(visit):
    page = visit()
    noise, number = slider(page, "noise"), page.locator(".sawaru-controls [data-name=noise] .number")
    noise.focus()
    page.keyboard.press("ArrowRight")
    assert number.input_value() == "0.02"
    page.keyboard.press("End")
    settled(page)
    assert "noise=1" in page.url
    number.fill("0.3")  # full-width digits, as a Japanese keyboard types them
    number.press("Enter")
    settled(page)
    assert "noise=0.3" in page.url
    number.fill("nonsense")
    number.press("Enter")
    assert number.input_value() == "0.30"
    assert noise.get_attribute("aria-label") == "ノイズ"
    assert noise.get_attribute("aria-valuetext") == "0.30"


def test_zoom_survives_a_moved_slider(visit):
    page = visit()
    box = plot_box(page)
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.8, steps=8)
    page.mouse.up()
    ranges = "['xaxis', 'yaxis'].map((a) => document.querySelector('[data-name=plane] .plot')._fullLayout[a].range)"
    expect(page.locator("[data-name=plane] .back")).to_be_visible()
    zoomed = still(page, ranges)
    slider(page, "noise").focus()
    page.keyboard.press("ArrowRight")
    settled(page)
    assert page.evaluate(ranges) == zoomed
    page.locator("[data-name=plane] .back").click()
    expect(page.locator("[data-name=plane] .back")).to_be_hidden()
    settled(page)
    assert page.evaluate(ranges) != zoomed
    assert "data=own" not in page.url  # a zoom is not a click


def test_a_click_adds_a_point_and_the_boundary_follows(visit):
    page = visit()
    box, before = plot_box(page), page.locator(NUMBERS).inner_text()
    page.mouse.click(box["x"] + box["width"] * 0.85, box["y"] + box["height"] * 0.25)  # blue among the orange
    settled(page)
    assert "data=own" in page.url
    assert len(points(page)) == 101
    assert page.locator(NUMBERS).inner_text() != before
    # drag it away, flip it, delete it
    page.mouse.move(box["x"] + box["width"] * 0.85, box["y"] + box["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.9, steps=12)
    page.mouse.up()
    settled(page)
    moved = points(page)
    assert len(moved) == 101
    page.keyboard.down("Shift")
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.9)
    page.keyboard.up("Shift")
    settled(page)
    assert (moved[-1][-1], points(page)[-1][-1]) == ("0", "1")
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.9)
    page.keyboard.press("Delete")
    settled(page)
    assert len(points(page)) == 100


def test_a_tap_adds_a_point_on_a_phone(visit):
    page = visit(viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True)
    box = plot_box(page)
    page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.2)
    settled(page)
    assert len(points(page)) == 101


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_link_shows_the_same_picture(visit, lang):
    query = f"?data=iris_hard&noise=0.3&features=petal&map=quadratic&seed=4{'&lang=en' if lang == 'en' else ''}"
    first = visit(f"/perceptron{query}")
    drag(first, slider(first, "noise"), 0.3, 0.55)
    settled(first)
    second = visit(first.url.split("/", 3)[3].join(["/", ""]))
    settled(second)
    assert second.url == first.url
    assert pixels(second) == pixels(first)
    assert second.locator(NUMBERS).inner_text() == first.locator(NUMBERS).inner_text()
    assert second.locator("h1").inner_text() == {"ja": "単純パーセプトロン", "en": "Perceptron"}[lang]


def test_a_link_carries_the_playhead(visit):
    page = visit("/perceptron?at=3")
    assert page.locator(".playhead input").input_value() == "3"
    updates = page.locator(NUMBERS).locator("dd").first
    assert updates.inner_text() == "3"  # the picture and its numbers tell one time
    page.locator(".playhead button").nth(2).click()
    settled(page)
    assert "at=4" in page.url
    assert updates.inner_text() == "4"


def test_the_language_changes_and_everything_else_stays(visit):
    page = visit()
    slider(page, "noise").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    settled(page)
    before = pixels(page)
    page.locator(".st-key-sawaru-language button").click()
    page.get_by_role("heading", name="Perceptron", exact=True).wait_for()
    settled(page)
    assert page.locator(".sawaru-controls [data-name=noise] .number").input_value() == "0.10"
    assert "lang=en" in page.url
    assert "noise=0.1" in page.url
    assert pixels(page) == before


def test_playing_and_stepping(visit):
    page = visit(reduced_motion="no-preference")
    page.wait_for_function("document.querySelector('.playhead input').value !== '0'")  # plays once by itself
    page.wait_for_function(
        "(() => { const i = document.querySelector('.playhead input'); return i.value === i.max; })()"
    )
    end = pixels(page)
    page.locator("[data-name=mistakes]").focus()  # in a plane that can be edited the arrows choose a place
    page.keyboard.press("Home")
    start = pixels(page)
    assert start != end
    page.keyboard.press("ArrowRight")
    assert pixels(page) != start
    page.keyboard.press(" ")
    page.wait_for_function("document.querySelector('.playhead input').value > 1")
    page.keyboard.press(" ")
    paused = page.locator(".playhead input").input_value()
    frames(page, 30)
    page.keyboard.press("ArrowLeft")
    assert int(page.locator(".playhead input").input_value()) == int(paused) - 1  # it stood
    page.keyboard.press("End")
    assert pixels(page) == end


def test_reduced_motion_does_not_play_by_itself(visit):
    page = visit()
    playhead = page.locator(".playhead input")
    assert playhead.input_value() == playhead.get_attribute("max")  # not even begun
    frames(page, 30)
    assert playhead.input_value() == playhead.get_attribute("max")


def test_wild_links_say_one_quiet_sentence(visit):
    page = visit("/perceptron?rate=-5&data=nothing&points=%3Cscript%3E&noise=0.5&scene=zzz&at=999999999")
    assert page.locator(".sawaru-controls [data-name=noise] .number").input_value() == "0.50"
    assert "学習率" in page.get_by_text(re.compile("読み取れない")).inner_text()
    assert page.locator('[data-testid="stException"]').count() == 0


def test_a_teacher_can_hide_controls(visit):
    page = visit("/perceptron?hide=rate,epochs&rate=0.5")
    assert page.locator(".sawaru-controls [data-name=rate]").count() == 0
    assert page.locator(".sawaru-controls [data-name=noise]").count() == 1
    assert page.locator(NUMBERS).inner_text()
    settled(page)
    assert "hide=rate,epochs" in page.url
    assert "rate=0.5" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_and_dark(visit, scheme):
    page = visit("/perceptron", viewport={"width": 375, "height": 700}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    box = plot_box(page)
    assert box["width"] > 250
    assert box["height"] >= 160  # though the whole stage, playhead too, is half of the window at most
    page.locator("[data-testid=stMain]").evaluate("(m) => m.scrollTo(0, 500)")
    page.set_viewport_size({"width": 375, "height": 667})
    settled(page)
    assert plot_box(page)["height"] >= 160
    top = "document.querySelector('[data-name=plane] .under').getBoundingClientRect().y"
    assert 0 <= still(page, top) < 250  # the stage sticks, the controls scroll beneath it
    page.locator(".tabs button").nth(1).click()
    assert page.locator("[data-name=mistakes] .under").bounding_box()["height"] > 100


def test_an_experiment_is_predicted_tried_and_checked(visit):
    page = visit(reduced_motion="no-preference")
    page.locator(".playhead select").select_option("0.25")
    card, verdict = page.locator(".st-key-experiment-rate"), page.locator(".sawaru-controls .verdict")
    assert card.get_by_role("button", name="試す").is_disabled()
    expect(card.get_by_text("先に予想を選んでください。")).to_be_visible()
    card.locator("label", has_text="速くなる").click()
    card.get_by_role("button", name="試す").click()
    expect(verdict.get_by_text("最後まで再生すると")).to_be_visible()  # it plays from the start, and tells nothing yet
    assert not verdict.get_by_text("答え:").is_visible()
    assert -1 < still(page, "document.querySelector('.sawaru-stage').getBoundingClientRect().y") < 200
    assert page.evaluate("(() => { const i = document.querySelector('.playhead input'); return i.value !== i.max; })()")
    page.locator(".playhead input").press("End")
    expect(verdict.get_by_text("答え: ✓ 何も変わらない")).to_be_visible()
    settled(page)
    assert "rate=8" in page.url
    assert "何も変わらない ✓ 答え" in card.inner_text()
    assert "速くなる ← あなたの予想" in card.inner_text()
    slider(page, "noise").focus()
    page.keyboard.press("End")
    expect(verdict.get_by_text("試したときの値での結果です。")).to_be_visible()


def test_the_code_tab_follows_the_sliders(visit):
    page = visit()
    page.locator(".st-key-sawaru-words").get_by_text("コード").click()
    page.get_by_text("rate=1.0").wait_for()
    slider(page, "noise").focus()
    page.keyboard.press("End")
    page.get_by_text("noise=1.0").wait_for()


def test_scenes_and_pages_keep_their_state(visit):
    page = visit()
    slider(page, "noise").focus()
    page.keyboard.press("End")
    settled(page)
    page.get_by_role("radio", name="いつか止まるか").click()
    page.locator("[data-name=corridor]").wait_for()
    settled(page)
    assert "scene=stop" in page.url
    assert "noise=1" in page.url
    page.get_by_role("link", name="地図").click()
    page.wait_for_selector(".sawaru-map")
    page.get_by_role("link", name="単純パーセプトロン").first.click()
    page.locator("[data-name=corridor]").wait_for()
    settled(page)
    assert page.locator(".sawaru-controls [data-name=noise] .number").input_value() == "1.00"
    assert "noise=1" in page.url


def test_sharing(visit):
    page = visit("/perceptron?noise=0.2")
    page.locator(".sawaru-controls").get_by_role("button", name="共有").click()
    code = page.locator(".share img")
    page.wait_for_function(
        """() => { const host = document.querySelector('[class*=learn-controls] [data-testid=stBidiComponentIsolated]');
        return host.shadowRoot.querySelector('.share img').naturalWidth > 50; }"""
    )
    expect(page.locator(".share .link")).to_have_value(page.url)
    first = code.get_attribute("src")
    slider(page, "noise").focus()
    page.keyboard.press("End")
    settled(page)
    expect(page.locator(".share .link")).to_have_value(page.url)
    expect(code).not_to_have_attribute("src", first)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".share").get_by_role("button", name="コピー").click()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_embedded(visit):
    page = visit("/perceptron?embed=true&noise=0.2")
    assert page.locator(".sawaru-controls [data-name=noise] .number").input_value() == "0.20"
    settled(page)
    assert "embed=true" in page.url


def test_no_other_host_is_asked(visit, server):
    asked = []
    visit(before=lambda page: page.on("request", lambda request: asked.append(request.url)))
    assert sum("plotly-" in url for url in asked) == 1  # with the page (`ui/early.py`)
    assert not [url for url in asked if not url.startswith((server, "data:", "blob:"))]


def test_a_table_of_ones_own_becomes_points(visit, tmp_path):
    rows = [f"{i / 10},{i % 7},{'猫' if i % 3 else '犬'}" for i in range(260)]
    (tmp_path / "own.csv").write_bytes(("幅,高さ,種類\n" + "\n".join(rows)).encode("cp932"))
    (tmp_path / "bad.csv").write_text('a,b\n"1,x\n2,y\n')
    page = visit()
    page.get_by_text("自分の表を使う").click()
    upload = page.locator('[data-testid="stFileUploader"] input[type=file]')
    upload.wait_for(state="attached")
    upload.set_input_files(tmp_path / "own.csv")
    page.get_by_text("260 行から").wait_for()
    page.get_by_role("button", name="平面に置く").click()
    page.wait_for_url("**data=own**")
    settled(page)
    assert len(points(page)) == 200
    upload.set_input_files(tmp_path / "bad.csv")
    page.get_by_text("2 行目、1 列目を読めません").wait_for()
    assert page.get_by_role("button", name="平面に置く").is_enabled()  # the good table is still there
    assert len(points(page)) == 200


def test_a_query_is_dragged_over_the_plane(visit):
    page = visit("/neighbors")
    figure = page.locator(".sawaru-stage .figure").first
    name = figure.get_attribute("data-name")
    box = figure.locator(".under").bounding_box()
    before, numbers = pixels(page, name), page.locator(NUMBERS).inner_text()
    spot = page.evaluate(
        f"""() => {{ const c = document.querySelector('.figure[data-name={name}] .under canvas');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0, sx = 0, sy = 0;
        for (let i = 0; i < d.length; i += 4) if (d[i] === 213 && d[i + 1] === 94 && d[i + 2] === 0)
          {{ n += 1; sx += (i / 4) % c.width; sy += Math.floor(i / 4 / c.width); }}
        const b = c.getBoundingClientRect(); return [b.x + sx / n / devicePixelRatio, b.y + sy / n / devicePixelRatio]; }}"""
    )
    page.mouse.move(*spot)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.7, steps=15)
    page.mouse.up()
    settled(page)
    assert "qx=" in page.url
    assert "data=own" not in page.url
    assert pixels(page, name) != before
    assert page.locator(NUMBERS).inner_text() != numbers


def test_japanese_glyphs_render(visit):
    """Two different kanji give two different pictures; without a font both would be the same empty box."""
    page = visit()
    page.evaluate("document.fonts.ready")
    drawn = page.evaluate(
        """() => { const family = getComputedStyle(document.querySelector('h1')).fontFamily;
        return ['学', '習'].map((kanji) => { const g = new OffscreenCanvas(40, 40).getContext('2d');
        g.font = `32px ${family}`; g.fillText(kanji, 2, 34);
        return g.getImageData(0, 0, 40, 40).data.filter((v, i) => i % 4 === 3).join(); }); }"""
    )
    assert drawn[0] != drawn[1]
    assert all("255" in picture for picture in drawn)


def test_a_term_explains_itself_to_a_mouse_a_finger_and_the_keyboard(visit):
    page = visit("/kalman?scene=tuned&lang=en")
    bubble, term = page.locator(".sawaru-stage .bubble"), page.locator(".numbers .term").first
    term.hover()
    expect(bubble).to_contain_text("normalised innovation squared")
    page.mouse.move(5, 5)
    expect(bubble).to_be_hidden()
    term.focus()
    expect(bubble).to_be_visible()
    page.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
    ask, tip = (page.locator(f".sawaru-controls [data-name=tune] {part}") for part in (".ask", ".tip-text"))
    ask.click()  # it stands beside a switch, and does not throw it
    expect(tip).to_contain_text("likeliest")
    assert "tune=" not in page.url
    assert not page.locator(".sawaru-controls [data-name=tune] input").is_checked()


def test_points_are_edited_by_the_keyboard_and_undone_to_the_data_with_its_names(visit):
    page = visit("/perceptron?lang=en")
    plane = page.locator("[data-name=plane]")
    title = "document.querySelector('[data-name=plane] .plot')._fullLayout.xaxis.title.text"
    named, top = page.evaluate(title), "document.querySelector('[data-testid=stMain]').scrollTop"
    bar, area = page.locator("[data-name=plane] .brush").bounding_box(), plot_box(page)
    assert bar["y"] + bar["height"] <= area["y"]  # the tools cover no point
    plane.focus()
    page.keyboard.press("n")
    page.keyboard.press("ArrowUp")
    settled(page)
    assert len(points(page)) == 100
    assert page.evaluate(title) == named  # its units stay
    page.keyboard.press("f")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    settled(page)
    assert len(points(page)) == 101
    page.keyboard.press("n")
    page.keyboard.press("Delete")
    settled(page)
    assert len(points(page)) == 100
    assert page.evaluate(top) == 0
    for _ in range(4):
        page.keyboard.press("Control+z")
    settled(page)
    assert "data=own" not in page.url
    assert "points=" not in page.url
    assert page.locator(".sawaru-controls [data-name=data] select").input_value() == "iris"


def test_an_axis_that_shows_another_stretch_is_not_drawn_anew(visit):
    """Plotly's `react` looks at all of a figure; a reader's zoom stays his until the data are others."""
    page = visit("/clusters?lang=en")
    page.evaluate("""() => { const { P } = sawaruLane.stage; window.__drawn = 0;
        for (const name of ['react', 'relayout']) {
          const does = P[name];
          P[name] = (...all) => { __drawn += name === 'react'; return does.apply(P, all); };
        } }""")
    figure = "sawaruLane.stage.figures.get('inertia')"
    before = page.evaluate(f"{figure}.plot._fullLayout.xaxis.range")
    for _ in range(4):
        slider(page, "seed").press("ArrowRight")
        settled(page)
    shown = page.evaluate(f"{figure}.plot._fullLayout.xaxis.range")
    assert shown == page.evaluate(f"{figure}.spec.layout.xaxis.range") != before
    assert page.evaluate("__drawn") == 0

    page.evaluate(f"sawaruLane.stage.P.relayout({figure}.plot, {{ 'xaxis.range[0]': 1, 'xaxis.range[1]': 2 }})")
    slider(page, "seed").press("ArrowRight")
    settled(page)
    assert page.evaluate(f"{figure}.plot._fullLayout.xaxis.range") == [1, 2]
    chosen = page.locator(".sawaru-controls [data-name=data] select")
    chosen.select_option(index=(chosen.evaluate("(e) => e.selectedIndex") + 1) % 2)
    settled(page)
    assert page.evaluate(f"{figure}.plot._fullLayout.xaxis.range") == page.evaluate(f"{figure}.spec.layout.xaxis.range")
