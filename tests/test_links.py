"""Links with one's own data: whole ones, and those that were harmed on their way."""

from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.classical import neighbors as nb
from core.tables import read_table
from ui import catalog, links, own_table
from ui.made import rounded
from ui.state import State
from ui.text import word

LESSON = catalog.lesson("kalman")
SERIES = tuple(round(20 + 0.37 * i % 5, 2) for i in range(60))


def link():
    state = State("series")
    state.set(LESSON.scene("series"), {"data": "own", "series": SERIES, "names": ("気温 (℃)", "t, s")})
    return urlencode(state.query(LESSON), safe=",;")


def opened(address):
    state = State("series")
    state.follow(LESSON, dict(parse_qsl(address)))
    return state, state.params(LESSON.scene("series"))


def test_a_whole_link_opens_what_was_drawn_and_says_nothing():
    state, params = opened(link())
    assert (params.series, params.names, state.harm) == (SERIES, ("気温 (℃)", "t, s"), "")
    assert urlencode(state.query(LESSON), safe=",;") == link()


@pytest.mark.parametrize("end", [".", ",", ")", "。", ">", "\n", ". "])
def test_punctuation_at_the_end_is_taken_off(end):
    state, params = opened(link() + end)
    assert (params.series, state.harm) == (SERIES, "")
    state, params = opened("scene=series&q=0.25" + end)
    assert (params.q, state.wild) == (0.25, ())


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text.replace("&", "&amp;"),
        lambda text: text.replace("%7C", "\n%7C", 1),
        lambda text: text[:200] + "\r\n" + text[200:],
        lambda text: text.replace("20.0,", "20.0，"),
        lambda text: text.replace(",20.", ",２０．").replace(",21.", "，21."),
    ],
    ids=["amp", "broken name", "line break", "comma", "full width"],
)
def test_what_is_certain_is_mended(harm):
    state, params = opened(harm(link()))
    assert (params.series, state.harm) == (SERIES, "")


def test_a_link_cut_anywhere_is_never_taken_for_a_whole_one():
    whole, start = link(), link().index("series=", 13)
    for at in range(start + 9, len(whole)):
        state, params = opened(whole[:at])
        assert state.harm or params.series == (), whole[at - 9 : at]
    assert "check=" in whole[-9:]


def test_digits_that_changed_are_not_drawn():
    whole = link()
    for i in range(whole.index("series=2") + 7, whole.index("series=2") + 90):
        if whole[i].isdigit():
            state, params = opened(whole[:i] + str(9 - int(whole[i])) + whole[i + 1 :])
            assert (state.harm, params.series) == ("broken", ()) or whole[i] == str(9 - int(whole[i]))


def test_an_older_link_stays_good_and_says_what_arrived():
    state, params = opened("scene=series&data=own&series=20,20.37,20.74,21.11,21.48,22.")
    assert params.series == (20, 20.37, 20.74, 21.11, 21.48, 22)
    assert state.harm == "unchecked"
    state, params = opened("scene=series&q=0.25")
    assert state.harm == ""


def test_the_page_says_so():
    def app():
        from ui import catalog, lesson

        lesson.show(catalog.lesson("kalman"))

    at = AppTest.from_function(app, default_timeout=60)
    for name, value in dict(parse_qsl("scene=series&data=own&series=1,2,3,4,5,6,7")).items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    said = word("unchecked", "ja").format(what="系列 7")
    assert said in [caption.value for caption in at.caption]


def test_what_another_page_wrote_in_the_session_is_no_link():
    """A page that is left while it runs, and is about to be stopped, may still write there."""

    def app():
        import streamlit as st
        from streamlit.runtime.scriptrunner import get_script_run_ctx

        from ui import catalog
        from ui.state import arrive

        with get_script_run_ctx().session_state.query_params() as params:
            params.populate_from_query_string("agent=sarsa&seed=34")
        st.text(arrive(catalog.lesson("kalman")).scene)

    at = AppTest.from_function(app, default_timeout=60)
    at.run()
    assert [text.value for text in at.text] == ["one"]
    at = AppTest.from_function(app, default_timeout=60)
    at.query_params["scene"] = "race"
    at.run()
    assert [text.value for text in at.text] == ["race"]


def test_a_link_says_of_how_many_rows_it_carries_some():
    scene = LESSON.scene("series")
    state = State("series", of=899)
    state.set(scene, {"data": "own", "series": SERIES})
    address = urlencode(state.query(LESSON), safe=",;")
    assert "&of=899&check=" in address
    again, params = opened(address)
    assert (again.of, again.carried(scene), again.harm, params.series) == (899, 60, "", SERIES)
    assert urlencode(again.query(LESSON), safe=",;") == address
    again.set(scene, {"data": "simulated"} if "simulated" in scene.fields["data"].options else {"series": ()})
    assert again.carried(scene) == 0
    assert "of=" not in urlencode(again.query(LESSON))
    for wild in ("x", "-3", "9" * 12, "60", "12"):
        again, params = opened(address.replace("of=899", f"of={wild}"))
        assert params.series == SERIES
        assert "of=" not in urlencode(again.query(LESSON))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_says_how_much_of_a_table_a_link_carries(lang):
    def app():
        from ui import catalog, lesson

        lesson.show(catalog.lesson("kalman"))

    state = State("series", of=1234)
    state.set(LESSON.scene("series"), {"data": "own", "series": SERIES})
    at = AppTest.from_function(app, default_timeout=60)
    for name, value in ({**state.query(LESSON), "lang": lang}).items():
        at.query_params[name] = value
    at.session_state["sawaru_lang"] = lang
    at.run()
    assert not at.exception
    said = [caption.value for caption in at.caption]
    assert any("1,234" in caption and "60" in caption for caption in said), said


def test_check_digits_tell_names_and_order():
    assert links.check({"a": "1", "b": "2"}) == links.check({"b": "2", "a": "1"}) != links.check({"a": "2", "b": "1"})


# ---- what a link carries is what was read


def test_places_close_together_stay_apart_and_incomes_fit():
    rng = np.random.default_rng(4)
    for x, digits in (
        (np.column_stack([35.7 + rng.normal(0, 0.03, 60), 139.7 + rng.normal(0, 0.03, 60)]), 5),
        (np.column_stack([rng.integers(20, 60, 60), rng.integers(2_000_000, 9_000_000, 60)]).astype(float), 0),
        (rng.normal(0, 1e-7, (60, 2)), 12),
    ):
        lines = [f"{a:.{digits}f},{b:.{digits}f},{'ab'[i % 2]}" for i, (a, b) in enumerate(x)]
        table = read_table("\n".join(["x,y,c", *lines]).encode())
        rows, _ = own_table.picked(table.dataset("c"), ("a", "b"))
        control = catalog.lesson("neighbors").scene("vote").fields["points"]
        placed = control.parse(control.dump(control.tidy(own_table.fine(rows))))
        read = np.stack([table.column(name).values for name in "xy"], axis=1)
        drawn = np.array(placed)[:, :2]
        assert len({p[:2] for p in placed}) == len(np.unique(read, axis=0))
        np.testing.assert_allclose(drawn, read, rtol=0, atol=np.ptp(read, axis=0).max() * 1e-6)
        near = [nb.kneighbors(points, points, k=5)[1] for points in (read, drawn)]
        np.testing.assert_array_equal(*near)


def test_a_column_is_rounded_by_its_spread():
    assert rounded([1234567.123456789, 1234568.0, None]) == [1234567.12346, 1234568.0, None]
    assert rounded([1e-9, 2.123456789e-9]) == [1e-9, 2.123457e-9]
    assert rounded([4500000.0, 9000000.0]) == [4500000.0, 9000000.0]
    assert rounded([5.0, 5.0]) == [5.0, 5.0]
    assert rounded([]) == []


def test_a_hand_moves_one_point_and_no_other():
    control = catalog.lesson("neighbors").scene("vote").fields["points"]
    before = ((35.70114, 139.71366, 0), (35.64572, 139.68725, 1))
    sent = [[float(np.float32(x)), float(np.float32(y)), c] for x, y, c in before]
    sent[1][:2] = 35.690123456, 139.700123456
    window = (35.6, 35.8, 139.6, 139.8)
    assert control.by_hand(sent, before, window) == (before[0], (35.6901, 139.7001, 1))
    assert control.by_hand([[1.23456789, 2, 0]], (), ()) == ((1.235, 2.0, 0),)
