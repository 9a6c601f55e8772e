"""The front door: page settings, language, navigation. `make run` serves it."""

import functools
from pathlib import Path

import streamlit as st

from ui import catalog, home, lesson, publish, warmup
from ui.text import lang, set_lang, word


def main() -> None:
    """Run one visit of one page."""
    icon = str(Path(__file__).parent / "assets" / "icon.svg")
    st.set_page_config(layout="wide", initial_sidebar_state="auto", page_icon=icon)
    if "sawaru_lang" not in st.session_state:
        set_lang(st.query_params.get("lang", "ja"))
    st.html(Path(__file__).parent / "ui" / "style.css")
    pages = {}
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
        run = functools.partial(lesson.show, item)
        run.__name__ = item.topic
        pages[item.topic] = st.Page(run, title=item.title(lang()), icon=item.icon, url_path=item.topic)
        sections.setdefault(chapters[item.chapter][lang()], []).append(pages[item.topic])
    page = st.navigation(sections, expanded=True)
    st.session_state["sawaru_arrived"] = st.session_state.get("sawaru_page") != page.url_path
    st.session_state["sawaru_page"] = page.url_path
    try:
        publish.publish()
    except OSError:
        st.error(word("disk", lang()))
        return
    page.run()
    warmup.start()


main()
