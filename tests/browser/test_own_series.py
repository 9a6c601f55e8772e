"""A column of one's own table becomes the series that the Kalman lesson filters, and a link carries it."""

import math

from playwright.sync_api import expect

from tests.browser.conftest import settled

LABEL = ("晴", "雨")


def readouts(page):
    return page.locator(".sawaru-stage dl").first.inner_text()


def test_a_column_of_ones_own_becomes_the_series(visit, tmp_path):
    rows = [f"{20 + 4 * math.sin(i / 6) + i * 37 % 11 / 5:.2f},{i},{LABEL[i % 2]}" for i in range(60)]
    (tmp_path / "own.csv").write_bytes(("気温,日,天気\n" + "\n".join(rows)).encode("cp932"))
    page = visit("/kalman?scene=series")
    series = page.locator(".sawaru-stage canvas").first
    before, simulated = series.screenshot(), readouts(page)
    page.get_by_test_id("stExpander").get_by_text("自分の表を使う").click()
    upload = page.locator('[data-testid="stFileUploader"] input[type=file]')
    upload.wait_for(state="attached")
    upload.set_input_files(tmp_path / "own.csv")
    page.get_by_text("時系列にする列").wait_for()
    expect(page.get_by_role("combobox", name="時系列にする列")).to_have_value("気温")  # the first column
    page.get_by_role("button", name="この列を使う").click()
    page.get_by_text("自分の系列、測定 60 個").wait_for()
    settled(page)
    assert series.screenshot() != before
    shown = readouts(page)
    assert shown != simulated
    assert shown.count("–") == 2
    assert "data=own" in page.url
    assert "series=" in page.url
    again = visit(page.url.removeprefix(page.url.split("/kalman")[0]))
    assert readouts(again) == shown
    assert again.get_by_text("自分の系列、測定 60 個").is_visible()
