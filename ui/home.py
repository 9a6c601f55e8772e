"""The front page: the map of the notes. What can be touched is lit; the rest honestly is not."""

from typing import Any

import streamlit as st

from ui import address
from ui.catalog import Lesson, curriculum
from ui.lesson import language_button
from ui.text import lang, word


def show(pages: dict[str, Any], lessons: tuple[Lesson, ...]) -> None:
    """Draw the map; `pages` are the `st.Page`s by topic."""
    lit = {topic: lesson for lesson in lessons for topic in lesson.covers}
    with st.container(key="sawaru-head", horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"# {word('app', lang())}\n{word('tagline', lang())}", width="stretch")
        language_button()
    st.markdown(word("map_lead", lang()))
    for chapter in curriculum():
        st.markdown(f"## {chapter[lang()]}\n{chapter[f'summary_{lang()}']}")
        for lesson in (lesson for lesson in lessons if lesson.chapter == chapter["id"]):
            with st.container(key=f"sawaru-lit-{lesson.topic}", border=True):
                st.page_link(pages[lesson.topic], label=f"**{lesson.title(lang())}**", icon=lesson.icon)
                st.markdown(lesson.summary(lang()))
        st.html(_topics(chapter, lit))
    address.follow({"lang": lang()} if lang() != "ja" else {}, topic="")


def _topics(chapter: dict[str, Any], lit: dict[str, Lesson]) -> str:
    """Lay out the chapter's headings; the texts are the project's own (`assets/curriculum.toml`)."""
    rows = []
    for section in chapter["section"]:
        topics = "".join(
            f'<li class="{"lit" if topic["id"] in lit else "unlit"}">{topic[lang()]}</li>'
            for topic in section["topics"]
        )
        rows.append(f"<dt>{section[lang()]}</dt><dd><ul>{topics}</ul></dd>")
    return f'<dl class="sawaru-map">{"".join(rows)}</dl>'
