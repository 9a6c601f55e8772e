"""A table of one's own, from the file or from pasted cells to the picture with its own names, in a few clicks."""

from palmerpenguins import load_penguins
from playwright.sync_api import expect

from tests.browser.conftest import settled
from ui import own_table, tables


class Hand:
    """A hand that counts its clicks."""

    def __init__(self, page, lang):
        self.page, self.lang, self.clicks = page, lang, 0

    def click(self, locator):
        locator.click()
        self.clicks += 1

    def open(self):
        self.click(self.page.get_by_test_id("stExpander").get_by_text(own_table.WORDS["open"](self.lang)))

    def press(self, word):
        self.click(self.page.get_by_role("button", name=own_table.WORDS[word](self.lang)))

    def give(self, path):
        upload = self.page.locator('[data-testid="stFileUploader"] input[type=file]')
        upload.wait_for(state="attached")
        upload.set_input_files(path)
        self.page.locator(".sawaru-preview").wait_for()

    def arrived(self, field):
        """Wait until the address carries what was placed, and the picture is drawn."""
        self.page.wait_for_url(f"**{field}=**")
        settled(self.page)


def again(page, visit):
    """Open the page's link anew."""
    return visit("/" + page.url.split("/", 3)[3])


def test_penguins_vote_under_their_own_names(visit, tmp_path):
    lang = "ja"
    load_penguins().to_csv(tmp_path / "penguins.csv")
    hand = Hand(page := visit(f"/neighbors?lang={lang}"), lang)
    hand.open()
    hand.give(tmp_path / "penguins.csv")
    hand.press("place")
    hand.arrived("points")
    assert hand.clicks <= 3
    for shown in (page, again(page, visit)):
        title = shown.locator(".sawaru-stage .xtitle").first
        expect(title).to_contain_text("bill_length_mm")
        expect(shown.locator(".sawaru-stage").first).to_contain_text("Adelie")


def test_a_temperature_is_filtered_over_its_own_times(visit, tmp_path):
    lang = "en"
    rows = [f"{i / 2:.1f},{20 + i * 37 % 11 / 5 + i / 10:.2f}" for i in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["Time (seconds),temperature", *rows]), "utf-8")
    hand = Hand(page := visit(f"/kalman?scene=series&lang={lang}"), lang)
    hand.open()
    hand.give(tmp_path / "t.csv")
    hand.press("use")
    hand.arrived("series")
    assert hand.clicks <= 2
    for shown in (page, again(page, visit)):
        expect(shown.locator(".sawaru-stage .xtitle").first).to_have_text("Time (seconds)")
        expect(shown.locator(".sawaru-stage .ytitle").first).to_contain_text("temperature")


def test_cells_of_a_spreadsheet_are_pasted(visit):
    lang = "ja"
    cells = "\n".join(
        ["身長\t体重\t組", *(f"{150 + i * 7 % 30}\t{45 + i * 11 % 25}\t{'ABC'[i % 3]}" for i in range(40))]
    )
    hand = Hand(page := visit(f"/perceptron?lang={lang}"), lang)
    hand.open()
    box = page.get_by_role("textbox", name=tables.WORDS["paste"](lang))
    box.fill(cells)
    box.blur()
    page.locator(".sawaru-preview").wait_for()
    hand.press("place")
    hand.arrived("points")
    assert hand.clicks == 2
    for shown in (page, again(page, visit)):
        expect(shown.locator(".sawaru-stage .xtitle").first).to_contain_text("身長")
