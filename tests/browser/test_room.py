"""A class in a room: a teacher and two pupils, each in a browser of his own."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import painted, settled, until
from tests.browser.test_lane import deaf, ended
from tests.browser.test_stage import pixels, slider
from tools.harness import PLAIN, serve_code

pytestmark = pytest.mark.browser

BARS = """(poll) => [...poll.querySelectorAll('.choice')].map((line) => {
    const found = [];
    for (let node = line.nextElementSibling; node?.className === 'bar'; node = node.nextElementSibling) {
        found.push(Number(node.lastChild.textContent));
    }
    return found;
})"""
PHONE = {"viewport": {"width": 375, "height": 667}, "has_touch": True}


@pytest.fixture
def enter(visit):
    """Give a function that opens a browser of one's own: a teacher's in a new room, or a pupil's, by its code."""

    def teacher(path="/perceptron", name="teacher", **options):
        page = visit(path, user_agent=name, **options)
        page.locator(".buttons").get_by_role("button", name=re.compile("^(教室|Room)$")).click()
        page.get_by_role("button", name=re.compile("^(教室を開く|Open a room)$")).click()
        expect(page.locator(".room .code")).to_have_text(re.compile(r"^\w{6}$"))
        return page

    def pupil(room, name, path="/perceptron", **options):
        code = room.locator(".room .code").inner_text()
        page = visit(f"{path}{'&' if '?' in path else '?'}room={code}", paints=False, user_agent=name, **options)
        painted(page)
        expect(page.locator(".room .code")).to_have_text(code)
        page.evaluate("Object.assign(sawaruRoom, { rest: 300, spread: 0 })")
        settled(page)
        return page

    def both(room, **options):
        return [pupil(room, name, **options) for name in ("one", "two")]

    teacher.pupil, teacher.both = pupil, both
    return teacher


def value(page, name):
    return page.locator(f".sawaru-controls [data-name={name}] .number").input_value()


def says(page, text):
    expect(page.locator(".room header")).to_contain_text(text)


def test_a_class_moves_together_lets_go_and_comes_back(enter):
    teacher = enter()
    one, two = enter.both(teacher)
    says(teacher, "2 人")
    slider(teacher, "noise").focus()
    teacher.keyboard.press("End")
    for pupil in (one, two):
        pupil.wait_for_url("**noise=1**")  # the session has heard of it as well
        assert value(pupil, "noise") == value(teacher, "noise")
    slider(one, "noise").focus()
    one.keyboard.press("Home")  # whoever touches is on his own
    says(one, "ひとりで触っています。")
    says(teacher, "ついている 1 人、ひとりで 1 人")
    slider(teacher, "noise").focus()
    teacher.keyboard.press("ArrowLeft")
    until(two, lambda: value(two, "noise") == value(teacher, "noise") != "1.00")
    settled(one)
    assert float(value(one, "noise")) == 0
    one.get_by_role("button", name="先生の画面に戻る").click()
    until(one, lambda: value(one, "noise") == value(teacher, "noise"))
    says(teacher, "ついている 2 人")
    teacher.locator(".st-key-sawaru-scenes [role=radio]").nth(1).click()
    teacher.wait_for_url("**scene=**")
    for pupil in (one, two):
        pupil.wait_for_url("**scene=**")
    settled(teacher)
    teacher.locator(".playhead button").first.click()
    shown = teacher.locator(".playhead output").inner_text()
    for pupil in (one, two):
        expect(pupil.locator(".playhead output")).to_have_text(shown)


def test_who_was_led_goes_on_from_there_before_his_session_knows(enter):
    teacher = enter()
    hooks = []
    one = enter.pupil(teacher, "one", before=lambda page: hooks.extend(deaf(page, answers=True)))
    hold, hear, held = hooks
    one.evaluate("sawaruRoom.rest = 1e9")
    slider(teacher, "noise").focus()
    teacher.keyboard.press("End")
    until(one, lambda: value(one, "noise") == "1.00")
    drawn = pixels(one)
    one.locator(".st-key-sawaru-words [role=radio]").nth(1).click()  # a run that knows less than the page shows
    expect(one.locator(".st-key-sawaru-prose-maths")).to_be_visible()
    settled(one)
    assert (value(one, "noise"), pixels(one)) == ("1.00", drawn)
    assert "noise" not in one.url
    hold()
    slider(one, "epochs").focus()
    one.keyboard.press("Home")
    says(one, "ひとりで触っています。")
    until(one, lambda: any(ended(message) for message in held))  # the session knows that; the page does not yet
    one.evaluate("sawaruLane.patience = 1e9")
    one.keyboard.press("ArrowRight")
    hear()
    one.wait_for_function("sawaruLane.page.version > 1")
    one.evaluate("sawaruLane.tell()")
    one.wait_for_url("**noise=1**epochs=2**")
    settled(one)
    assert (value(one, "noise"), value(one, "epochs")) == ("1.00", "2")


def test_two_windows_of_a_teacher_lead_each_other_and_the_class(enter, visit):
    teacher = enter()
    one = enter.pupil(teacher, "one")
    board = visit("/perceptron?view=board", user_agent="teacher")
    board.locator(".buttons").get_by_role("button", name="教室", exact=True).click()
    board.get_by_role("button", name="に戻る").filter(has_text="教室 ").click()
    for window in (board, teacher):
        slider(window, "noise").focus()
        window.keyboard.press("End" if window is board else "ArrowLeft")
        moved = value(window, "noise")
        for page in (teacher, board, one):
            until(page, lambda page=page, moved=moved: value(page, "noise") == moved)
    expect(board.get_by_test_id("stSidebar")).to_be_hidden()  # it stays a board


def bars(page):
    """Give what the histograms say: a list a choice, a number a round."""
    return page.locator(".poll").evaluate(BARS)


def chooses(page, i):
    page.locator(".poll input[type=radio]").nth(i).check()
    expect(page.locator(".poll .sent")).to_contain_text("✓")


def press(page, name):
    page.locator(".room").get_by_role("button", name=name, exact=True).click()


def test_a_class_predicts_votes_discusses_votes_again_and_sees(enter):
    teacher = enter()
    one, two = enter.pupil(teacher, "one"), enter.pupil(teacher, "two", path="/perceptron?lang=en", **PHONE)
    press(teacher, "問いを出す")
    teacher.locator(".room .choices button").first.click()
    expect(teacher.locator(".poll legend")).to_be_visible()
    expect(two.locator(".poll legend")).to_be_in_viewport()
    asked = two.locator(".poll legend").inner_text()
    assert asked != one.locator(".poll legend").inner_text()  # each in his own language
    chooses(one, 0)
    two.locator(".poll input[type=radio]").first.focus()
    two.keyboard.press("Space")
    two.keyboard.press("ArrowDown")
    expect(two.locator(".poll .sent")).to_contain_text("✓ Received.")
    until(teacher, lambda: bars(teacher)[:2] == [[1], [1]])
    assert bars(one)[0] == []  # hidden until shown
    press(teacher, "票の数を見せる")
    until(one, lambda: bars(one)[:2] == [[1], [1]])
    press(teacher, "もう一度投票")
    until(one, lambda: bars(one)[0] == [])
    chooses(one, 1)
    until(teacher, lambda: bars(teacher)[:2] == [[1, 0], [1, 1]])
    chooses(two, 1)
    until(teacher, lambda: bars(teacher)[:2] == [[1, 0], [1, 2]])
    press(teacher, "締め切る")
    expect(one.locator(".poll .sent")).to_have_text("締め切りました。")
    expect(one.locator(".poll input").first).to_be_disabled()
    press(teacher, "答え合わせ")
    for page in (teacher, one, two):
        expect(page.locator(".verdict .answer")).to_contain_text("✓")
        expect(page.locator(".poll .right")).to_contain_text("✓")
        until(page, lambda page=page: bars(page)[:2] == [[1, 0], [1, 2]])
    expect(two.locator(".verdict .predicted")).to_be_visible()
    expect(teacher.locator(".verdict .predicted")).to_be_hidden()
    press(teacher, "片付ける")
    expect(one.locator(".poll")).to_be_hidden()


def test_a_question_of_ones_own_is_text_and_a_lost_teacher_comes_back(enter):
    teacher = enter()
    one, two = enter.both(teacher)
    press(teacher, "問いを出す")
    for i, text in enumerate(("<b>k</b> は?", "1", "<img src=x onerror=alert(1)>")):
        teacher.locator(".room .own input").nth(i).fill(text)
    teacher.keyboard.press("Enter")
    expect(one.locator(".poll legend")).to_have_text("<b>k</b> は?")
    chooses(one, 1)
    code = teacher.locator(".room .code").inner_text()
    teacher.reload()
    expect(teacher.locator(".room .code")).to_have_text(code)
    until(teacher, lambda: bars(teacher) == [[0], [1]])
    teacher.evaluate("sessionStorage.clear()")  # as in a window that is opened anew
    teacher.reload()
    painted(teacher)
    teacher.locator(".buttons").get_by_role("button", name="教室", exact=True).click()
    teacher.get_by_role("button", name=f"教室 {code} に戻る").click()
    expect(teacher.locator(".room .code")).to_have_text(code)
    one.evaluate("sawaruRoom.socket.close()")  # he is back by himself, with what he said
    two.reload()
    chooses(two, 1)
    until(teacher, lambda: bars(teacher) == [[0], [2]])
    chooses(one, 0)
    until(teacher, lambda: bars(teacher) == [[1], [1]])
    assert not one.locator(".poll img").count()
    teacher.locator(".room").get_by_role("button", name="教室を終える").click()
    teacher.locator(".room").get_by_role("button", name="もう一度押すと終わります").click()
    for page in (teacher, one, two):
        expect(page.locator(".room .state")).to_have_text("教室は終わりました。")


def test_one_is_shown_to_all_and_the_map_shows_where_the_class_stands(enter):
    teacher = enter()
    one, two = enter.both(teacher)
    press(teacher, "つまみの分布")
    slider(one, "noise").focus()
    one.keyboard.press("End")
    dots = teacher.locator(".sawaru-controls [data-name=noise] .dots")
    expect(dots).to_have_attribute("aria-label", re.compile("^1 人: 1 から 1"))
    slider(two, "noise").focus()
    two.keyboard.press("ArrowRight")
    expect(dots).to_have_attribute("aria-label", re.compile("^2 人"))
    assert dots.locator("i").count() == 2
    settled(one)
    press(one, "先生に図を見せる")
    press(two, "先生の画面に戻る")
    press(teacher, "見せたい図 1")
    press(teacher, "図 1 を映す")
    teacher.wait_for_url("**noise=1**")
    until(two, lambda: value(two, "noise") == "1.00")
    for page in (teacher, one, two):
        expect(page.locator(".room .shown")).to_be_visible()
    press(teacher, "自分の図に戻す")
    until(two, lambda: float(value(two, "noise")) == 0)
    expect(two.locator(".room .shown")).to_be_hidden()


def test_a_class_goes_to_another_lesson_and_who_joins_by_the_front_page_is_led_there(enter, visit):
    teacher = enter("/perceptron?lang=en", name="teacher en")
    one = enter.pupil(teacher, "one")
    code = teacher.locator(".room .code").inner_text()
    two = visit("/", paints=False, user_agent="two", **PHONE)
    two.get_by_role("textbox", name="教室のコード").fill(f"{code[:3].lower()} {code[3:].lower()}")
    two.keyboard.press("Enter")
    two.wait_for_url("**/perceptron**")
    expect(two.locator("h1")).to_contain_text("パーセプトロン")
    teacher.get_by_test_id("stSidebarNav").get_by_role("link", name="kNN").click()
    teacher.wait_for_url("**/neighbors**")
    for page in (one, two):
        page.wait_for_url("**/neighbors**")
        painted(page)
        settled(page)
    expect(teacher.locator(".room .modes")).to_have_text("2 following, 0 on their own")


def test_the_board_carries_code_count_question_and_histogram(enter):
    teacher = enter("/perceptron?view=board", viewport={"width": 1280, "height": 720})
    one, two = enter.both(teacher)
    says(teacher, "2 人")
    assert teacher.locator(".room .code").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") > 28
    press(teacher, "入りかた")
    code = teacher.locator(".room .invite img")
    expect(code).to_have_attribute("src", re.compile("^data:image"))
    assert code.bounding_box()["height"] > 400
    assert "room=" in teacher.locator(".room .invite .link").input_value()
    teacher.locator(".room .invite").click(position={"x": 5, "y": 5})  # it goes as it came
    press(teacher, "問いを出す")
    teacher.locator(".room .choices button").first.click()
    chooses(one, 0)
    expect(teacher.locator(".poll .sent")).to_have_text("1 人が投票")
    assert bars(teacher)[0] == []  # the class must not see it there either
    press(teacher, "票の数を見せる")
    until(teacher, lambda: bars(teacher)[0] == [1])
    chooses(two, 0)
    until(teacher, lambda: bars(teacher)[0] == [2])
    box = teacher.locator(".poll").bounding_box()
    assert box["y"] + box["height"] <= 720
    press(teacher, "答え合わせ")
    expect(teacher.locator(".verdict .answer")).to_contain_text("✓")


def test_a_wrong_code_says_so_and_without_a_server_for_rooms_a_sentence_stands_there(visit):
    english = visit("/?lang=en", paints=False, user_agent="one")  # its heading is called as our window's object is
    expect(english.get_by_role("textbox", name="Room code")).to_be_visible()
    page = visit("/", paints=False, user_agent="one")
    page.get_by_role("textbox", name="教室のコード").fill("ABC 234")
    page.keyboard.press("Enter")
    expect(page.locator(".room .state")).to_have_text("そのコードの教室はありません。")
    assert "名前は聞きません" in page.locator(".room .about").inner_text()


def test_a_plain_script_has_no_rooms_and_says_so(visit):
    with serve_code(PLAIN) as address:
        page = visit("/", paints=False, address=address, user_agent="one")
        said = page.locator(".room > p").first
        expect(said).to_have_text("このサーバーはページだけを配っているので、教室は開けません。")
        expect(said).to_be_visible()
        expect(page.locator(".room .entry")).to_be_hidden()
