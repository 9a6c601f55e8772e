"""The front page: the map of the notes, a search over it, and paths: through one class, one week, to the Transformer.

What can be touched is lit; the rest honestly is not.
"""

import functools
import html
import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.text import T
from ui import address, catalog, course
from ui.catalog import ROOT, Lesson, curriculum
from ui.room import shell
from ui.text import in_link, lang, language_button, word

SEARCH = T("題やレッスンを探す", "Find a topic or a lesson")
EXAMPLE = T("例: 次元削減、svm、kernel", "Such as svm, clustering, 次元削減")
FOUND = T("見つかった題: {found} 件。いまさわれる題: {lit} 件。", "Topics found: {found}. Ready to touch: {lit}.")
NOTHING = T(
    "見つかりませんでした。短い言葉や、別の言い方でも試してみてください。",
    "Nothing here goes by that name. A shorter or a different word may find it.",
)
PATH = T("{minutes} 分の授業の道順", "One {minutes}-minute class")
PATH_LEAD = T(
    "順に開いてください。どのリンクも、その問いに合わせた状態から始まります。",
    "Open these in order. Each link starts the lesson in the state that its question needs.",
)
START = T("はじめての方は → {title}", "New here? → {title}")
MINUTES = T("{minutes} 分", "{minutes} min")
PATHS = T("道順", "Paths")
PICTURE = T("レッスン「{title}」の図", "A picture from the lesson “{title}”")

LONGEST = 60  # characters of a search that are looked at
COLORS = 128  # of the pictures on the cards: a third of the bytes, and the eye sees no difference


def show(pages: dict[str, Any], lessons: tuple[Lesson, ...]) -> None:
    """Draw the page; `pages` are the `st.Page`s by topic."""
    st.html(ROOT / "ui" / "home.css")
    with st.container(key="sawaru-head", horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"# {word('app', lang())}\n{word('tagline', lang())}", width="stretch")
        language_button()
    shell.offer()
    with st.container(key="sawaru-home"):
        with st.container(key="sawaru-notes"):
            _map(pages, lessons)
        with st.container(key="sawaru-path"):
            _path(pages, lessons)
    address.follow(in_link(), topic="")


# ---- the map


@st.fragment
def _map(pages: dict[str, Any], lessons: tuple[Lesson, ...]) -> None:
    """Draw the search box, and what it leaves of the map; typing reruns no more than this."""
    typed = st.text_input(
        SEARCH(lang()),
        key="sawaru-search",
        type="search",
        live=True,  # after a quarter of a second; a duration of one's own would import pandas
        placeholder=EXAMPLE(lang()),
        label_visibility="collapsed",
    )
    query = (typed or "")[:LONGEST]
    found, named = find(query), find_lessons(query)
    lit = {topic: lesson for lesson in lessons for topic in lesson.covers}
    if not found | named:
        st.markdown(NOTHING(lang()))
    elif words(query):
        if found:  # else only a lesson's own words were met
            st.markdown(FOUND(lang()).format(found=len(found), lit=len(found & lit.keys())))
    else:
        st.markdown(word("map_lead", lang()))
        if first := next((step for step in course.steps() if step["lesson"] in pages), None):
            label, start = START(lang()).format(title=first[lang()]["title"]), {**first["query"], **in_link()}
            st.page_link(pages[first["lesson"]], label=label, icon="", query_params=start)
    for chapter in curriculum():
        sections = [
            (section[lang()], topics)
            for section in chapter["section"]
            if (topics := [topic for topic in section["topics"] if topic["id"] in found])
        ]
        here = (lesson for lesson in lessons if lesson.chapter == chapter["id"])
        cards = [lesson for lesson in here if lesson.topic in named or found & set(lesson.covers)]
        if not sections and not cards:
            continue
        st.markdown(f"## {chapter[lang()]}\n{chapter[f'summary_{lang()}']}")
        if cards:
            with st.container(key=f"sawaru-cards-{chapter['id']}"):
                for lesson in cards:
                    _card(pages[lesson.topic], lesson)
        _sections(pages, chapter["id"], sections, lit)


def _card(page: Any, lesson: Lesson) -> None:
    """Draw a lesson's card; the style sheet makes all of it the link."""
    title = lesson.title(lang())
    with st.container(key=f"sawaru-lit-{lesson.topic}", border=True):
        if picture := thumbnail(lesson.topic, dark=st.context.theme.type == "dark"):
            st.image(picture, alt=PICTURE(lang()).format(title=title), output_format="PNG", width="stretch")
        else:
            st.markdown(lesson.icon)
        st.page_link(page, label=f"**{title}**", icon="", query_params=in_link())
        st.markdown(lesson.summary(lang()))


@functools.cache
def thumbnail(topic: str, *, dark: bool = False) -> bytes | None:
    """Give the picture of `assets/thumbnails/` for a theme as a small PNG, None if there is none."""
    path = ROOT / "assets" / "thumbnails" / f"{topic}{'-dark' if dark else ''}.png"
    if not path.is_file():
        return None
    from PIL import Image

    small = io.BytesIO()
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLORS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(small, "PNG")
    return small.getvalue()


def _sections(
    pages: dict[str, Any], chapter: str, sections: Sequence[tuple[str, list[dict[str, str]]]], lit: dict[str, Lesson]
) -> None:
    """List a chapter's topics. A lit one needs an element of its own; the unlit around it go together as one."""
    with st.container(key=f"sawaru-sections-{chapter}"):
        unlit: list[str] = []
        for name, topics in sections:
            if not any(topic["id"] in lit for topic in topics):
                unlit.append(f"<dt>{html.escape(name)}</dt><dd>{_unlit(topics)}</dd>")
                continue
            _list(unlit)
            unlit = []
            with st.container(key=f"sawaru-section-{topics[0]['id']}"):
                st.html(f'<span class="sawaru-section">{html.escape(name)}</span>')
                with st.container(key=f"sawaru-topics-{topics[0]['id']}", horizontal=True):
                    for topic in topics:
                        if lesson := lit.get(topic["id"]):
                            query = {**lesson.opens(topic["id"]), **in_link()}
                            st.page_link(pages[lesson.topic], label=topic[lang()], icon="", query_params=query)
                        else:
                            st.html(_unlit([topic]), width="content")
        _list(unlit)


def _list(rows: list[str]) -> None:
    if rows:
        st.html(f'<dl class="sawaru-map">{"".join(rows)}</dl>')


def _unlit(topics: list[dict[str, str]]) -> str:
    items = "".join(f'<li class="unlit">{html.escape(topic[lang()])}</li>' for topic in topics)
    return f"<ul>{items}</ul>"


# ---- the search


def find(query: str) -> set[str]:
    """Give the ids of the topics that every word of `query` is said of; all of them for an empty query.

    Said of a topic is what the curriculum says of it, its section and its chapter, and the title and summary of the
    lessons that light it, in both languages.
    """
    return _found(query, _said())


def find_lessons(query: str) -> set[str]:
    """Give the lessons whose title, summary, scenes or address have every word of `query`."""
    return _found(query, _told())


def _found(query: str, said: dict[str, str]) -> set[str]:
    asked = [_starting(word) for word in words(query)]
    return {name for name, text in said.items() if all(pattern.search(text) for pattern in asked)}


def words(text: str) -> list[str]:
    """Split into words, each written so that spellings of one word are equal: カルマンフィルター, かるまんふぃるた."""
    return re.sub(r"[-‐–・ー]", "", fold(text)).split()


def fold(text: str) -> str:
    """Fold widths (NFKC), cases, and hiragana into katakana."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def _starting(word: str) -> re.Pattern[str]:
    """Find a word anywhere in Japanese, which has no spaces, but in Latin letters at the start of one only."""
    return re.compile(("(?<![a-z0-9])" if re.match("[a-z0-9]", word) else "") + re.escape(word))


@functools.cache
def _said() -> dict[str, str]:
    said: dict[str, str] = {}
    for chapter in curriculum():
        for section in chapter["section"]:
            for topic in section["topics"]:
                texts = [item[key] for item in (topic, section, chapter) for key in ("ja", "en")]
                texts.append(topic.get("search", ""))
                for lesson in catalog.lessons():
                    if topic["id"] in lesson.covers:
                        texts += [text(key) for text in (lesson.title, lesson.summary) for key in ("ja", "en")]
                said[topic["id"]] = _searchable(texts)
    return said


@functools.cache
def _told() -> dict[str, str]:
    told = {}
    for lesson in catalog.lessons():
        texts = (lesson.title, lesson.summary, *lesson.titles.values())
        told[lesson.topic] = _searchable([lesson.topic, *(text(key) for text in texts for key in ("ja", "en"))])
    return told


def _searchable(texts: Sequence[str]) -> str:
    everything = " ".join(texts)
    # The parts of a hyphenated word are words as well.
    return " ".join(words(everything) + words(everything.replace("-", " ")))


# ---- the paths


@st.fragment
def _path(pages: dict[str, Any], lessons: tuple[Lesson, ...]) -> None:
    """Let one choose a path, and draw it: first the class, then those of `assets/paths.toml`."""
    minutes = sum(step["minutes"] for step in course.steps() if step["lesson"] in pages)
    names = [MINUTES(lang()).format(minutes=minutes), *(path["short"](lang()) for path in course.paths())]
    chosen = st.segmented_control(
        PATHS(lang()),
        range(len(names)),
        format_func=names.__getitem__,
        key="sawaru-way",
        default=0,
        required=True,
        label_visibility="collapsed",
    )
    if chosen:
        _way(pages, lessons, course.paths()[chosen - 1])
    else:
        _class(pages, lessons)


def _way(pages: dict[str, Any], lessons: tuple[Lesson, ...], path: dict[str, Any]) -> None:
    """Draw the steps of a path that lead to a lesson."""
    lit = {topic: lesson for lesson in lessons for topic in lesson.covers}
    names = {t["id"]: t[lang()] for c in curriculum() for section in c["section"] for t in section["topics"]}
    st.markdown(f"## {path['title'](lang())}\n{path['lead'](lang())}")
    with st.container(key="sawaru-steps"):
        steps = [(step, here) for step in path["step"] if (here := [name for name in step["topics"] if name in lit])]
        for i, (step, here) in enumerate(steps, 1):
            with st.container(key=f"sawaru-way-{i}"):
                when = step["when"](lang()) if "when" in step else str(i)
                st.html(f'<span class="minutes">{html.escape(when)}</span>')
                with st.container(key=f"sawaru-topics-way-{i}", horizontal=True):
                    for name in here:
                        query = {**lit[name].opens(name), **in_link()}
                        st.page_link(pages[lit[name].topic], label=names[name], icon="", query_params=query)
                st.markdown(step["do"](lang()))


def _class(pages: dict[str, Any], lessons: tuple[Lesson, ...]) -> None:
    """Draw the steps of a class whose lessons there are."""
    here = {lesson.topic for lesson in lessons}
    steps = [(i, step) for i, step in enumerate(course.steps(), 1) if step["lesson"] in here]
    if not steps:
        return
    minutes = sum(step["minutes"] for _, step in steps)
    st.markdown(f"## {PATH(lang()).format(minutes=minutes)}\n{PATH_LEAD(lang())}")
    with st.container(key="sawaru-steps"):
        for i, step in steps:
            with st.container(key=f"sawaru-step-{i}"):
                text = step[lang()]
                st.html(f'<span class="minutes">{MINUTES(lang()).format(**step)}</span>')
                st.page_link(
                    pages[step["lesson"]],
                    label=f"**{text['title']}**",
                    icon="",
                    query_params={**course.link(i), **in_link()},
                )
                st.markdown(text["do"])
