"""One visit of one page: page settings, language, navigation. `app.py` serves it."""

import functools
from typing import Any

import streamlit as st

from ui import catalog, home, lesson, publish, warmup
from ui.room import shell
from ui.text import lang, set_lang, word


def visit() -> None:
    """Run one page for one visitor."""
    icon = str(catalog.ROOT / "assets" / "icon.svg")
    st.set_page_config(layout="wide", initial_sidebar_state="auto", page_icon=icon)
    shell.arrive()
    if "sawaru_lang" not in st.session_state:
        set_lang(st.query_params.get("lang", "ja"))
    st.html(catalog.ROOT / "ui" / "style.css")
    said = "".join(f"--sawaru-{name.replace('_', '-')}: '{word(name, lang())}'; " for name in ("app", "choose_file"))
    st.html(f"<style>:root {{ {said}}}</style>")  # for the style sheet, which says them where Streamlit speaks English
    pages: dict[str, Any] = {}
    sections = {
        "": [
            st.Page(
                lambda: home.show(pages, catalog.lessons()),
                title=word("home", lang()),
                icon=":material/map:",
                url_path="map",
                default=True,
            )
        ]
    }
    chapters = {chapter["id"]: chapter for chapter in catalog.curriculum()}
    for item in catalog.lessons():
        run: Any = functools.partial(lesson.show, item, pages)
        run.__name__ = item.topic
        pages[item.topic] = st.Page(run, title=item.title(lang()), icon=item.icon, url_path=item.topic)
        sections.setdefault(chapters[item.chapter][lang()], []).append(pages[item.topic])
    page = st.navigation(sections, expanded=True)
    name = word("tagline", lang()) if page.url_path == "" else page.title
    st.set_page_config(page_title=f"{name} – {word('app', lang())}")
    left = st.session_state.get("sawaru_page")
    st.session_state["sawaru_arrived"] = left != page.url_path
    for item in catalog.lessons():
        if item.topic == left != page.url_path:
            lesson.leave(item)
    st.session_state["sawaru_page"] = page.url_path
    try:
        publish.publish()
    except OSError:
        st.error(word("disk", lang()))
        return
    page.run()
    warmup.start()
