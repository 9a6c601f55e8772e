"""The shell that runs any lesson: head, scenes, stage and controls, and below them what is read.

What changes while a hand moves (stage and controls) is one fragment: a moved slider reruns that and nothing else.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ui import address, controls, course, lane, own_image, own_table, picture, reading, stage
from ui import params as ps
from ui.catalog import ROOT, Lesson
from ui.scene import Scene
from ui.state import State, arrive, kept, take
from ui.text import in_link, lang, language_button, word
from ui.turn import TURNS
from ui.work import parts_of

PLAY = "sawaru.play"  # the fragment that a hand moves


def show(lesson: Lesson, pages: Mapping[str, Any] | None = None) -> None:
    """Run a lesson's page; `pages` are the `st.Page`s by topic, for links between lessons."""
    pages = pages or {}
    state = arrive(lesson)
    state.beside = None  # until all of the page has run
    take(lesson, state)
    if state.board:
        _board(lesson, state, pages)
        return

    def project() -> None:
        take(lesson, state)
        state.board = True

    with st.container(key="sawaru-head", horizontal=True, vertical_alignment="center"):
        st.markdown(f"# {lesson.title(lang())}\n{lesson.summary(lang())}", width="stretch")
        st.button(word("board", lang()), key="sawaru-board", on_click=project, help=word("board_help", lang()))
        language_button()
    _step(state, pages)
    if state.wild:
        fields = lesson.scene(state.scene).fields
        names = [fields[name].label(lang()) for name in state.wild if name in fields]
        st.caption(word("wild", lang()).format(names=", ".join(names)))
    if state.harm:
        fields, p = lesson.scene(state.scene).fields, state.params(lesson.scene(state.scene))
        came = {name: getattr(p, name) for name, c in fields.items() if isinstance(c, ps.MADE) and getattr(p, name)}
        counts = [f"{fields[n].label(lang())} {len(value)}" for n, value in came.items() if isinstance(value, tuple)]
        if counts or state.harm == "broken":
            st.caption(word(state.harm, lang()).format(what=", ".join(counts)))
    _scenes(lesson, state)
    scene = lesson.scene(state.scene)
    carried = state.carried(scene)
    if state.of > carried > 0:
        st.caption(word("part", lang()).format(of=f"{state.of:,}", count=f"{carried:,}"))
    with st.container(key="sawaru-lead"):
        st.markdown(scene.lead(lang()))
    _play(lesson)

    def place(fields: dict[str, Any], of: int = 0) -> None:
        take(lesson, state)
        state.put(scene, fields)
        state.of = of
        state.see()

    own_table.offer(scene, lang(), place, carried=carried)
    own_image.offer(scene, state.params(scene), lang(), place)
    reading.experiments(lesson, scene, state)
    reading.words(lesson, state)
    _onward(lesson, state, pages)
    state.beside = _beside(lesson, state)


def _onward(lesson: Lesson, state: State, pages: Mapping[str, Any]) -> None:
    """Say what to see next: the scene after this one, and the lesson after this one."""
    scenes, topics = list(lesson.titles), list(pages)
    scene = next(iter(scenes[scenes.index(state.scene) + 1 :]), None)
    topic = next(iter(topics[topics.index(lesson.topic) + 1 :]), None) if lesson.topic in topics else None

    def go() -> None:
        take(lesson, state)
        state.scene = str(scene)
        state.put(lesson.scene(scene), {})
        state.see()

    if scene is None and topic is None:
        return
    with st.container(key="sawaru-onward", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{word('onward', lang())}**", width="content")
        if scene is not None:
            said = word("next_scene", lang()).format(title=lesson.titles[scene](lang()))
            st.button(said, key="sawaru-next-scene", on_click=go)
        if topic is not None:
            said = word("next_lesson", lang()).format(title=pages[topic].title)
            st.page_link(pages[topic], label=said, icon="", query_params=in_link(), width="content")


def _board(lesson: Lesson, state: State, pages: Mapping[str, Any]) -> None:
    """Show what a class looks at: where we are, the picture, the controls, and the question where it is asked for."""
    st.html(ROOT / "ui" / "board.css")
    with st.container(key="sawaru-head", horizontal=True, vertical_alignment="center"):
        st.markdown(f"# {lesson.title(lang())}")
        _scenes(lesson, state)
    scene = lesson.scene(state.scene)
    if not _step(state, pages):
        with st.container(key="sawaru-lead"):
            st.markdown(scene.lead(lang()))
    _play(lesson)
    with st.container(key="sawaru-ask"):
        reading.experiments(lesson, scene, state)
    state.beside = _beside(lesson, state)


def _step(state: State, pages: Mapping[str, Any]) -> bool:
    """Say the question of the class's present step, with the ways to those before and after; whether there is one."""
    steps = course.steps()
    if state.step is None:
        return False
    ways = {"last": state.step - 1, "next": state.step + 1}
    view = {"view": "board"} if state.board else {}
    with st.container(key="sawaru-class", horizontal=True, vertical_alignment="center"):
        text = steps[state.step - 1][lang()]
        st.markdown(f"**{state.step} / {len(steps)}　{text['title']}**　{text['do']}", width="stretch")
        for name, number in ways.items():
            if 0 < number <= len(steps) and (page := pages.get(steps[number - 1]["lesson"])) is not None:
                query = {**course.link(number), **view, **in_link()}
                with st.container(key=f"sawaru-{name}", width="content"):
                    st.page_link(page, label=word(f"{name}_step", lang()), icon="", query_params=query)
    return True


def _beside(lesson: Lesson, state: State) -> tuple[Any, ...]:
    """Give what widgets beside stage and controls say: when it changes, all of the page has to run."""
    own = (f"{lesson.topic}.scene", f"{lesson.topic}.experiment.", "sawaru-words")
    said = sorted(
        (str(k), v) for k, v in st.session_state.items() if str(k).startswith(own) and not str(k).endswith(".run")
    )
    return lang(), dict(state.tried), said


def leave(lesson: Lesson) -> None:
    """Take what a hand did last on a page that was left before it ran again."""
    if f"sawaru.{lesson.topic}" in st.session_state:
        take(lesson, kept(lesson))


def _scenes(lesson: Lesson, state: State) -> None:
    titles = {name: title(lang()) for name, title in lesson.titles.items()}
    if len(titles) < 2:
        return
    key = f"{lesson.topic}.scene"
    store = state.store(key)
    if key not in st.session_state or store.get("held") != state.scene:
        st.session_state[key] = state.scene
    with st.container(key="sawaru-scenes"):
        chosen = st.segmented_control(
            word("scene", lang()),
            list(titles),
            format_func=titles.__getitem__,
            key=key,
            label_visibility="collapsed",
            required=True,
        )
    state.scene = store["held"] = chosen or state.scene


# ---- what moves: one fragment, and in it two elements, since each is a message and a render of its own at every move.
# `style.css` lays them out side by side.


@st.fragment(key=PLAY)
def _play(lesson: Lesson) -> None:
    state = kept(lesson)
    if state.beside is not None and state.beside != _beside(lesson, state):
        st.rerun()  # a click came in the same breath as the hand, and Streamlit ran this fragment for both
    with TURNS.take(state.served):
        try:
            _controls_and_stage(lesson, state)
        finally:
            state.served = time.monotonic()


def _controls_and_stage(lesson: Lesson, state: State) -> None:
    take(lesson, state)
    scene = lesson.scene(state.scene)
    key = f"{lesson.topic}.{scene.id}"
    params = state.params(scene)

    def moved() -> None:
        if state.code_open:
            st.rerun([PLAY, reading.CODE])  # else this fragment alone

    with st.container(key="sawaru-play"):
        _stage(lesson, state, scene, params, moved)
        query = state.query(lesson)
        state.write(query)
        controls.show(
            scene,
            params,
            key=f"{key}.controls",
            first=tuple(name for name in scene.controls if name not in state.hide),
            more=tuple(name for name in scene.more if name not in state.hide),
            apply={name for name, control in scene.fields.items() if ps.applies(control, params)},
            version=state.version,
            lang=lang(),
            address=address.describe(query, topic=lesson.topic, at=state.at),
            share=state.share,
            board=state.board,
            verdict=reading.beside(scene, state, lang()),
            page={"url": lane.url(), "of": key, "lang": lang(), "acks": dict(state.acks)},
            on_change=moved,
        )


def _stage(lesson: Lesson, state: State, scene: Scene, params: Any, moved: Callable[[], None]) -> None:
    """Show the picture; a fault keeps the last good one on the page, and says so."""
    store = state.store(f"{scene.id}.picture")
    parts, work = parts_of(state, scene, params)
    extra = {
        "of": f"{lesson.topic}.{scene.id}",
        "lang": lang(),
        "acks": dict(state.acks),
        "version": state.version,
        "autoplay": scene.id == next(iter(lesson.titles)) and not state.played and state.at is None,
        "at": state.at,
        "look": {"n": state.look, "plays": state.shown is not None},
        "board": state.board,
        "work": work if parts else None,
    }
    made = picture.encoded(scene, params, lang(), parts=parts)
    if made is None:
        extra |= picture.fault(lang())
    else:
        store["last"] = made
        state.played = True
    if "last" not in store:
        st.warning(word("fault", lang()))
        return
    stage.show(store["last"], key=f"{extra['of']}.stage", extra=extra, on_edit=moved, on_tick=lambda: None)
