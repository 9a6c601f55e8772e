"""Moves past Streamlit: the lane answers the hand, the session hears of it in the end, nothing is drawn twice."""

import re
import socket
import threading

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import forget, frames, painted, settled, until
from tests.browser.test_stage import drag, pixels, plot_box, points, slider
from tools.harness import PLAIN, serve_code

pytestmark = pytest.mark.browser

LANE = re.compile(r"/sawaru/lane$")
STREAM = re.compile(r"/_stcore/stream")


def count(page, name):
    return page.evaluate(f"performance.getEntriesByName('sawaru:{name}').length")


def open_lane(page):
    page.wait_for_function("window.sawaruLane?.ready")


def hold(page):
    """Let a test hold back what the lane answers: gives the answers that came, and a function that lets them go."""
    held, let = [], []

    def pass_on(route):
        server, greeted = route.connect_to_server(), []
        let.append(route.send)

        def answered(message):
            if greeted:
                held.append(message)
                return
            greeted.append(message)
            route.send(message)

        server.on_message(answered)

    def go():
        while held:
            let[-1](held.pop(0))

    page.route_web_socket(LANE, pass_on)
    return held, go


def test_a_move_is_answered_without_a_run_and_drawn_once(visit):
    page = visit()
    open_lane(page)
    before, drawn = pixels(page), count(page, "canvas")
    page.evaluate("performance.clearMarks()")
    slider(page, "noise").focus()
    page.keyboard.press("End")
    painted(page)
    assert count(page, "answered") == 1
    assert pixels(page) != before
    settled(page)  # Streamlit has been told, and its run gave the same picture
    assert "noise=1" in page.url
    assert count(page, "received") == 2
    assert count(page, "canvas") == 1
    assert drawn >= 1


def test_a_drag_is_told_once(visit):
    page = visit()
    open_lane(page)
    page.evaluate("performance.clearMarks(); sawaruLane.patience = 1e6")  # a loaded machine drags in jerks
    drag(page, slider(page, "noise"), 0.1, 0.9)
    page.wait_for_function("performance.getEntriesByName('sawaru:painted').length >= 2 && !sawaruLane.asking")
    asked = count(page, "asked")
    assert count(page, "received") == asked >= 2  # no run so far
    page.evaluate("sawaruLane.tell()")
    settled(page)
    assert count(page, "received") - count(page, "asked") == 1
    value = page.locator(".sawaru-controls [data-name=noise] .number").input_value()
    assert float(re.search(r"noise=([\d.]+)", page.url)[1]) == float(value)


def test_controls_come_and_go_while_the_hand_moves(visit):
    held = []
    page = visit(before=lambda page: held.extend(hold(page)))
    open_lane(page)
    page.locator(".sawaru-controls details summary").click()
    answers, go = held
    margin = page.locator(".sawaru-controls [data-name=margin]")
    assert margin.count() == 0
    page.locator(".sawaru-controls [data-name=rule] select").select_option("margin")
    until(page, lambda: answers)
    runs = page.evaluate("performance.getEntriesByName('sawaru:received').length")
    go()
    margin.wait_for()
    assert page.evaluate("performance.getEntriesByName('sawaru:received').length") >= runs
    settled(page)
    assert margin.count() == 1
    page.locator(".sawaru-controls [data-name=rule] select").select_option("pocket")
    until(page, lambda: answers)
    go()
    margin.wait_for(state="detached")
    settled(page)
    assert margin.count() == 0


def test_points_and_handles_go_through_it(visit):
    page = visit()
    open_lane(page)
    box = plot_box(page)
    page.evaluate("performance.clearMarks()")
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8)
    painted(page)
    assert count(page, "answered") == 1
    assert page.locator(".sawaru-controls [data-name=data] select").input_value() == "own"  # before any run
    settled(page)
    assert len(points(page)) == 101
    page = visit("/neighbors")
    open_lane(page)
    page.evaluate("performance.clearMarks()")
    box = plot_box(page)
    page.mouse.move(box["x"] + box["width"] * 0.54, box["y"] + box["height"] * 0.46)  # where the query is
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3, steps=5)
    page.mouse.up()
    painted(page)
    assert count(page, "answered") >= 1
    settled(page)
    assert "qx=" in page.url


def test_an_answer_of_before_a_reset_is_not_drawn(visit):
    held = []
    page = visit("/perceptron?noise=0.5", before=lambda page: held.extend(hold(page)))
    answers, go = held
    open_lane(page)
    before = pixels(page)
    slider(page, "noise").focus()
    page.keyboard.press("End")
    until(page, lambda: answers)
    page.locator(".sawaru-controls .buttons button").first.click()
    page.wait_for_function("!location.search.includes('noise')")
    fresh = pixels(page)
    drawn = count(page, "canvas")
    go()
    settled(page)
    assert count(page, "canvas") == drawn
    assert pixels(page) == fresh != before
    assert slider(page, "noise").input_value() == "0"


def test_a_scene_is_chosen_right_after_a_move(visit):
    """Streamlit may run the fragment alone for both, the hand's message and the click."""
    page = visit("/perceptron?lang=en")
    open_lane(page)
    slider(page, "noise").focus()
    page.keyboard.press("End")
    page.locator(".st-key-perceptron-scene button").nth(2).click()
    page.wait_for_function("location.search.includes('scene=stop') && location.search.includes('noise=1')")


def test_a_prediction_is_tried_right_after_a_move(visit):
    page = visit("/perceptron?lang=en")
    open_lane(page)
    experiment = page.locator(".st-key-experiment-xor")
    slider(page, "noise").focus()
    page.keyboard.press("End")
    experiment.locator("label").nth(1).click()
    experiment.get_by_role("button", name="Try it").click()
    experiment.get_by_text("Measured").wait_for()


def test_the_language_is_switched_right_after_a_move(visit):
    page = visit()
    open_lane(page)
    assert page.evaluate("document.documentElement.lang") == "ja"
    slider(page, "noise").focus()
    page.keyboard.press("End")
    page.locator(".st-key-sawaru-language button").click()
    page.wait_for_function("document.querySelector('.sawaru-stage').lang === 'en'")
    settled(page)
    assert slider(page, "noise").input_value() == "1"
    assert "noise=1" in page.url
    assert "lang=en" in page.url
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_code_and_the_experiments_see_what_the_hand_did(visit):
    page = visit("/perceptron?lang=en")
    open_lane(page)
    page.locator(".st-key-sawaru-words").get_by_text("Code", exact=True).click()
    page.locator("[data-testid=stCode]").wait_for()
    slider(page, "rate").focus()
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('[data-testid=stCode]').innerText.includes('10.0')")


def test_a_lost_connection_is_found_again(visit):
    page = visit()
    open_lane(page)
    page.evaluate("window.__old = window.sawaruLane.socket; window.__old.close()")
    page.wait_for_function("window.__old.readyState === 3")
    slider(page, "noise").focus()
    page.keyboard.press("End")
    page.wait_for_function("location.search.includes('noise=1')")
    open_lane(page)
    page.evaluate("performance.clearMarks()")
    page.keyboard.press("Home")
    painted(page)
    assert count(page, "answered") == 1


REFUSED, GONE = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
)
ELSEWHERE = """(() => { const Theirs = WebSocket; window.WebSocket = class extends Theirs {
constructor(url, ...rest) { super(String(url).endsWith('/sawaru/lane') ? 'ws://127.0.0.1:%d/' : url, ...rest); } }; })()"""


@pytest.fixture
def proxy():
    """Give a function that runs a proxy which has but one thing to say, or nothing, to whoever connects."""
    listening = []

    def run(says):
        server = socket.create_server(("127.0.0.1", 0))

        def talk():
            held = []  # else a connection ends
            while True:
                try:
                    held.append(server.accept()[0])
                    held[-1].sendall(says)
                except OSError:
                    break
                if says:
                    held.pop().close()
            for connection in held:
                connection.close()

        listening.append((server, threading.Thread(target=talk)))
        listening[-1][1].start()
        return server.getsockname()[1]

    yield run
    for server, thread in listening:
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        server.close()


@pytest.mark.parametrize("says", [REFUSED, GONE, b""], ids=["403", "404", "silence"])
def test_where_no_lane_gets_through_the_page_moves_by_its_runs(visit, proxy, says):
    port = proxy(says)
    page = visit("/perceptron?lang=en", before=lambda page: page.add_init_script(ELSEWHERE % port))
    assert page.evaluate("window.sawaruLane.socket !== undefined")
    moves_by_runs(page)


def moves_by_runs(page):
    """At once, and without a word of it."""

    def said():  # Plotly has ticks that are back where they were in another order
        return sorted(page.locator("[data-testid=stMain]").inner_text().split())

    words, before = said(), pixels(page)
    page.evaluate("performance.clearMarks(); sawaruLane.patience = 1e6")
    to_the_end(page, "noise")
    painted(page)
    settled(page)
    assert pixels(page) != before
    assert count(page, "asked") == 0
    assert "noise=1" in page.url
    to_the_start(page, "noise")
    settled(page)
    assert pixels(page) == before
    assert said() == words
    assert page.locator("[role=alert], [role=dialog], .sawaru-lost").count() == 0


def test_a_lane_that_falls_silent_is_given_up(visit):
    """First it leads nowhere from the start, then from a move on; what it says too late is not heard."""
    page = visit("/perceptron?lang=en", before=lambda page: page.route_web_socket(LANE, lambda route: None))
    page.wait_for_function("sawaruLane.socket?.readyState === 1")
    moves_by_runs(page)
    held = []
    page = visit("/perceptron?lang=en", before=lambda page: held.extend(hold(page)))
    answers, go = held
    open_lane(page)
    to_the_end(page, "noise")
    until(page, lambda: answers)
    page.wait_for_function("!sawaruLane.ready")
    settled(page)
    assert "noise=1" in page.url
    drawn, shown = count(page, "canvas"), pixels(page)
    go()
    frames(page, 8)
    assert count(page, "canvas") == drawn
    assert pixels(page) == shown


def test_a_scene_with_work_to_do_moves_by_runs_and_its_job_goes_on(visit):
    page = visit("/cartpole?lang=en&scene=learn")
    open_lane(page)
    page.locator(".sawaru-controls details summary").click()
    seed = slider(page, "seed")
    seed.focus()
    forget(page)
    page.keyboard.press("End")
    page.locator(".sawaru-stage .work progress, .sawaru-stage .work span").first.wait_for(state="attached")
    page.wait_for_function("location.search.includes('seed=')")
    painted(page)


# ---- right after a move, and out of turn


def deaf(page, *, answers=False):
    """Let a test hold back what the page tells Streamlit, so that it hears all at once, or `one` message.

    With `answers`, it is what Streamlit tells the page. The list has what is held.
    """
    held, holds, hears = [], [], []

    def pass_on(route):
        server = route.connect_to_server()
        teller, hearer = (server, route) if answers else (route, server)
        hears.append(hearer)
        teller.on_message(lambda message: held.append(message) if holds else hearer.send(message))
        hearer.on_message(teller.send)

    def hear(one=False):
        if not one:
            holds.clear()
        for _ in held[:1] if one else list(held):
            hears[-1].send(held.pop(0))

    page.route_web_socket(STREAM, pass_on)
    return lambda: holds.append(1), hear, held


def ended(message):
    """Tell whether a message to the page says that all of a page has run."""
    told = ForwardMsg.FromString(message)
    return told.HasField("script_finished") and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


def chosen(page, name, option=None):
    menu = page.locator(f".sawaru-controls [data-name={name}] select")
    if option is not None:
        menu.select_option(option)
    return menu.input_value()


def to_the_end(page, name):
    slider(page, name).press("End")


def to_the_start(page, name):
    slider(page, name).press("Home")


def test_the_board_stays_large_while_the_hand_moves(visit):
    page = visit("/perceptron?view=board")
    open_lane(page)
    page.evaluate(
        """() => { const { classList } = document.querySelector('.sawaru-stage'); window.__small = false;
        new MutationObserver(() => { window.__small ||= !classList.contains('board'); })
          .observe(document.querySelector('.sawaru-stage'), { attributes: true }); performance.clearMarks(); }"""
    )
    to_the_end(page, "noise")
    painted(page)
    settled(page)
    assert not page.evaluate("window.__small")
    assert count(page, "canvas") == 1


def test_a_point_after_a_reset_that_changed_nothing_stays(visit):
    page = visit()
    open_lane(page)
    page.locator(".sawaru-controls .buttons button").first.click()
    page.wait_for_function("window.sawaruLane.page.version === 2")
    settled(page)
    box = plot_box(page)
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8)
    settled(page)
    assert len(points(page)) == 101


def test_the_second_of_two_quick_steps_back_is_not_told_to_controls_that_are_gone(visit):
    hooks = []
    page = visit("/kalman?lang=en", before=lambda page: hooks.extend(deaf(page, answers=True)))
    hold, hear, held = hooks
    page.keyboard.press("b")
    page.wait_for_url("**view=board**")
    settled(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**scene=series**")
    settled(page)
    hold()
    page.evaluate("history.back()")  # the session has the first scene again, and this page does not know it yet
    page.wait_for_url(lambda url: "scene=series" not in url)
    until(page, lambda: any(ended(message) for message in held))
    first = page.get_by_role("radio", name="One measurement")
    until(page, lambda: hear(one=True) or first.is_checked())
    ends = sum(ended(message) for message in held)
    page.evaluate("history.back()")
    page.wait_for_url(lambda url: "view=board" not in url)
    until(page, lambda: sum(ended(message) for message in held) > ends)
    hear()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    settled(page)
    assert "view=board" not in page.url


def test_controls_that_came_or_went_before_any_run_keep_what_the_hand_did(visit):
    page = visit()
    open_lane(page)
    page.locator(".sawaru-controls details summary").click()
    chosen(page, "rule", "margin")
    slider(page, "margin").evaluate("e => { e.value = e.max; e.dispatchEvent(new Event('input')); }")
    settled(page)
    assert "&margin=20" in page.url
    slider(page, "margin").evaluate("e => { e.value = 10; e.dispatchEvent(new Event('input')); }")
    chosen(page, "rule", "pocket")
    slider(page, "margin").wait_for(state="detached")
    chosen(page, "rule", "perceptron")
    settled(page)
    assert "margin=10" in page.url


def test_an_answer_older_than_the_run_is_not_drawn(visit):
    held = []
    page = visit(before=lambda page: held.extend(hold(page)))
    answers, go = held
    open_lane(page)
    slider(page, "noise").focus()
    page.keyboard.press("ArrowRight")
    until(page, lambda: answers)
    page.keyboard.press("End")
    page.wait_for_function("location.search.includes('noise=1') && !window.sawaruLane.acts.controls")
    frames(page, 8)
    drawn, shown = count(page, "canvas"), pixels(page)
    go()
    frames(page, 8)
    assert count(page, "canvas") == drawn
    assert pixels(page) == shown


def test_what_the_hand_did_last_counts_where_the_session_hears_all_at_once(visit):
    held = []
    page = visit(before=lambda page: held.extend(deaf(page)))
    block, hear, _ = held
    open_lane(page)
    first = chosen(page, "data")
    box = plot_box(page)
    block()
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8)
    until(page, lambda: chosen(page, "data") == "own")
    chosen(page, "data", first)
    frames(page, 40)
    hear()
    settled(page)
    assert chosen(page, "data") == first


def test_a_page_that_is_left_right_after_a_move_keeps_it(visit):
    page = visit("/perceptron?lang=en")
    open_lane(page)
    to_the_end(page, "noise")
    page.get_by_role("link", name="Kalman").first.click()
    page.get_by_role("heading", name="Kalman", exact=False, level=1).wait_for()
    settled(page)
    page.go_back()
    page.get_by_role("heading", name="Perceptron", exact=True).wait_for()
    settled(page)
    assert slider(page, "noise").input_value() == "1"
    page.keyboard.press("Tab")
    slider(page, "noise").press("Home")
    page.go_forward()  # the browser's own buttons tell nobody before
    page.get_by_role("heading", name="Kalman", exact=False, level=1).wait_for()
    settled(page)
    page.go_back()
    page.get_by_role("heading", name="Perceptron", exact=True).wait_for()
    settled(page)
    assert slider(page, "noise").input_value() == "0"


def test_a_handle_let_go_beyond_its_bound_stands_at_the_bound(visit):
    page = visit("/neighbors?lang=en")
    open_lane(page)
    box = plot_box(page)
    page.mouse.move(box["x"] + box["width"] * 0.54, box["y"] + box["height"] * 0.46)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.999, box["y"] + box["height"] * 0.001, steps=15)
    page.mouse.up()
    settled(page)
    assert "qx=100&qy=100" in page.url
    shown = pixels(page)
    page.reload()
    painted(page)
    settled(page)
    assert pixels(page) == shown


# ---- the page is left in the middle


def back(page):
    """Press the browser's own button, and wait until the page has heard of it."""
    page.evaluate("new Promise((done) => { addEventListener('popstate', done, { capture: true }); history.back(); })")


def from_kalman(visit, title, **options):
    """Go from Kalman's lesson to another; give the page, and what `deaf` gives."""
    held = []
    page = visit("/kalman?lang=en", before=lambda page: held.extend(deaf(page)), **options)
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("heading", name=title, exact=True).wait_for()
    settled(page)
    return page, *held


def kalman_is_whole(page):
    page.get_by_role("heading", name="Kalman", exact=False, level=1).wait_for()
    settled(page)
    assert page.locator("h1").all_inner_texts() == ["The Kalman gain"]
    assert page.url.endswith("/kalman?lang=en")
    assert page.locator("[role=dialog], [data-testid=stException]").count() == 0
    assert page.evaluate("window.sawaruLane.page.of") == "kalman.one"
    to_the_end(page, "z")
    settled(page)
    assert "z=" in page.url


def test_nothing_is_told_to_a_page_that_is_being_left(visit):
    """Streamlit would run the old page's fragment after the new page, and draw it where there is no place for it."""
    page, block, hear, _ = from_kalman(visit, "Perceptron")
    forget(page)
    to_the_end(page, "noise")
    painted(page)
    block()
    back(page)
    page.evaluate("sawaruLane.tell()")
    frames(page, 8)
    hear()
    kalman_is_whole(page)


TOLD_AND_LEFT = """
(way) => {
  const noise = sawaruLane.panel.controls.get("noise").range;
  noise.value = noise.max;
  noise.dispatchEvent(new Event("input"));
  const leave = { back: () => history.back(), link: () => document.querySelector("a[href*=kalman]").click() }[way];
  if (way === "back") leave(); // it is heard of once this task has ended, which is after the button went down
  for (const end = performance.now() + 400; performance.now() < end;);
  sawaruLane.tell();
  if (way === "link") leave();
}"""


@pytest.mark.parametrize("way", ["back", "link"])
def test_a_page_is_left_just_when_something_was_told(visit, way):
    """Streamlit sends what it is told a moment later, and asks for another page at once."""
    page, block, hear, messages = from_kalman(visit, "Perceptron")
    open_lane(page)
    block()
    page.evaluate(TOLD_AND_LEFT, way)
    until(page, lambda: len(messages) == 2)
    told, left = (BackMsg.FromString(message).rerun_script for message in messages)
    assert told.fragment_id
    assert not left.fragment_id
    assert told.page_script_hash != left.page_script_hash
    hear()
    kalman_is_whole(page)


def test_where_streamlit_is_the_first_to_hear_of_the_back_button_it_ends_right(visit):
    with serve_code(PLAIN) as address:
        page, *_ = from_kalman(visit, "Perceptron", address=address)
        page.evaluate(TOLD_AND_LEFT, "back")
        kalman_is_whole(page)


@pytest.mark.parametrize(("way", "seed"), [("back", 98), ("link", 99)])
def test_a_page_is_left_while_its_job_runs(visit, way, seed):
    """Its ticks are messages, too."""
    page, block, hear, _ = from_kalman(visit, "RL on CartPole")
    chosen(page, "agent", "sarsa")
    slider(page, "seed").evaluate("(e, seed) => { e.value = seed; e.dispatchEvent(new Event('input')); }", seed)
    page.wait_for_function("location.search.includes('seed=')")
    page.locator(".sawaru-stage .work progress[value]").wait_for(state="attached")
    block()
    if way == "back":
        back(page)
    else:
        page.get_by_role("link", name="Kalman").first.click()
    frames(page, 40)
    hear()
    kalman_is_whole(page)
