"""A table of one's own, from the file or from pasted cells to the picture with its own names, in a few clicks.

Each way is gone in both languages: first in one, then in the page that its link opens in the other.
"""

from palmerpenguins import load_penguins
from playwright.sync_api import expect

from tests.browser.conftest import settled, still, until
from ui import own_table, tables
from ui.text import word

BUTTON = "document.querySelector('.st-key-sawaru-own-place button')"
BELOW = f"{BUTTON}.getBoundingClientRect().top - document.querySelector('.sawaru-preview').getBoundingClientRect().top"
UNDER = f"""() => {{ {BUTTON}.scrollIntoView({{ block: 'center' }});
const {{ x, y, width, height }} = {BUTTON}.getBoundingClientRect();
return document.elementFromPoint(x + width / 2, y + height / 2).closest('button') === {BUTTON}; }}"""


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

    def paste(self, cells):
        box = self.page.get_by_role("textbox", name=tables.WORDS["paste"](self.lang))
        box.fill(cells)
        box.blur()
        self.page.locator(".sawaru-preview").wait_for()

    def arrived(self, field):
        """Wait until the address carries what was placed, and the picture is drawn."""
        self.page.wait_for_url(f"**{field}=**")
        settled(self.page)


def both(visit, path, lang, go, shows):
    """Go a way in one language, and again, after a reset, in the page that the link opens in the other."""
    page = visit(f"{path}lang={lang}")
    go(Hand(page, lang))
    shows(page)
    other = {"ja": "en", "en": "ja"}[lang]
    field = "series=" if "series=" in page.url else "points="
    link = "/" + page.url.split("/", 3)[3].replace("&lang=en", "")
    page = visit(f"{link}&lang={other}")
    shows(page)
    page.get_by_role("button", name=word("reset", other)).click()
    page.wait_for_url(lambda url: field not in url)
    go(Hand(page, other))
    shows(page)
    assert page.locator("html").get_attribute("lang") == other


def test_penguins_vote_under_their_own_names(visit, tmp_path):
    load_penguins().to_csv(tmp_path / "penguins.csv")

    def go(hand):
        hand.open()
        hand.give(tmp_path / "penguins.csv")
        hand.press("place")
        hand.arrived("points")
        assert hand.clicks <= 3

    def shows(page):
        expect(page.locator(".sawaru-stage .xtitle").first).to_contain_text("bill_length_mm")
        expect(page.locator(".sawaru-stage").first).to_contain_text("Adelie")

    both(visit, "/neighbors?", "en", go, shows)


def test_a_temperature_is_filtered_over_its_own_times(visit, tmp_path):
    rows = [f"{i / 2:.1f},{20 + i * 37 % 11 / 5 + i / 10:.2f}" for i in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["Time (seconds),temperature", *rows]), "utf-8")

    def go(hand):
        hand.open()
        hand.give(tmp_path / "t.csv")
        hand.press("use")
        hand.arrived("series")
        assert hand.clicks <= 2

    def shows(page):
        expect(page.locator(".sawaru-stage .xtitle").first).to_have_text("Time (seconds)")
        expect(page.locator(".sawaru-stage .ytitle").first).to_contain_text("temperature")

    both(visit, "/kalman?scene=series&", "ja", go, shows)


CELLS = "\n".join(["身長\t体重\t組", *(f"{150 + i * 7 % 30}\t{45 + i * 11 % 25}\t{'ABC'[i % 3]}" for i in range(40))])


def test_cells_of_a_spreadsheet_are_pasted(visit):
    def go(hand):
        hand.open()
        hand.paste(CELLS)
        hand.press("place")
        hand.arrived("points")
        assert hand.clicks <= 2

    def shows(page):
        expect(page.locator(".sawaru-stage .xtitle").first).to_contain_text("身長")

    both(visit, "/perceptron?", "en", go, shows)


def test_a_press_does_not_miss_the_button_while_code_of_widgets_still_comes(visit):
    held, skeletons = [], ".st-key-sawaru-own-table [data-testid=stSkeleton]"
    page = visit("/perceptron?lang=en")
    hand = Hand(page, "en")
    hand.open()
    page.locator('[data-testid="stFileUploader"]').wait_for()
    settled(page)
    page.route("**/Selectbox.*.js", lambda route: held.append(route))
    hand.paste(CELLS)
    page.locator(".st-key-sawaru-own-place button").wait_for()
    until(page, lambda: held)
    assert page.locator(skeletons).count()
    before = still(page, BELOW)
    assert not page.evaluate(UNDER)  # a press ends where it begins
    held[0].continue_()
    page.wait_for_function("(skeletons) => !document.querySelector(skeletons)", arg=skeletons)
    assert still(page, BELOW) == before
    assert page.evaluate(UNDER)
    hand.press("place")
    hand.arrived("points")


def test_the_box_does_not_scroll_what_is_brought_into_view_while_it_grows(visit):
    page = visit("/perceptron?lang=en")
    page.evaluate(
        f"""() => {{ const look = () => {{ const button = {BUTTON};
        if (!button) {{ requestAnimationFrame(look); return; }}
        button.scrollIntoView({{ block: 'center' }});
        window.__scrolled = button.closest('details').scrollTop; }}; look(); }}"""
    )
    hand = Hand(page, "en")
    hand.open()
    hand.paste(CELLS)
    page.wait_for_function("window.__scrolled !== undefined")
    assert page.evaluate("window.__scrolled") == 0
