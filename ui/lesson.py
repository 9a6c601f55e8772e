"""The shell that runs any lesson: head, scenes, stage, controls, experiments, words and code.

What changes while a hand moves (stage and controls) is one fragment: a moved slider reruns that and nothing else.
"""

import dataclasses
import functools
import logging
import math
import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from ui import address, controls, jobs, own_image, own_table, publish, stage
from ui import params as ps
from ui.catalog import Lesson
from ui.scene import Experiment, Part, Scene, scene_of
from ui.text import WORDS, lang, set_lang, word
from ui.turn import TURNS

log = logging.getLogger(__name__)

BOARD = """
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stSidebarCollapsedControl"] { display: none; }
.block-container { max-width: none; padding: .8rem 1.2rem; }
.st-key-sawaru-play { grid-template-columns: minmax(0, 8fr) minmax(280px, 3fr); }
"""
STAGE_WORDS = (
    *("play", "pause", "back", "next", "time", "speed", "reset_view", "edit", "add", "flip", "remove", "undo", "full"),
    *("as_table", "table", "first_rows", "columns"),
)


@dataclass
class State:
    """What one person's session holds of one lesson; the one place where its values live."""

    params: Any
    scene: str
    wild: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    board: bool = False  # the view for the projector: stage and controls only, large
    share: dict[str, Any] | None = None
    at: int | None = None
    written: deque[str] = field(default_factory=lambda: deque(maxlen=200))  # addresses read or written, lately
    version: int = 1  # of the values; a new one overrules what a hand sent before
    acks: dict[str, int] = field(default_factory=lambda: {"controls": 0, "edit": 0, "tick": 0})  # last message of each
    played: bool = False
    served: float = 0.0  # when the last run of controls and stage ended, on the monotonic clock
    code_open: bool = False
    tried: dict[str, int] = field(default_factory=dict)  # experiment id -> what was predicted
    stores: dict[str, dict[str, Any]] = field(default_factory=dict)
    running: dict[str, jobs.Job[Any]] = field(default_factory=dict)  # the slow work of the present scene, by task
    stopped: set[str] = field(default_factory=set)  # tasks that the person stopped

    def store(self, key: str) -> dict[str, Any]:
        """Give what a control or stage keeps from run to run."""
        return self.stores.setdefault(key, {})

    def put(self, params: Any, scene: str | None = None) -> None:
        """Set the values from outside the controls: reset, experiment, link."""
        self.params = params
        self.scene = scene or self.scene
        self.version += 1
        self.at = None

    def follow(self, module: ModuleType, query: Mapping[str, str]) -> None:
        """Take what a link carries; whatever is wild falls back to the default."""
        params, self.wild = ps.parse(module.Params, query)
        self.put(params, scene_of(module, query.get("scene")).id)
        fields = dict(ps.controls(module.Params))
        self.board = query.get("view") == "board"
        self.hide = tuple(name for name in query.get("hide", "").split(",") if name in fields)
        self.at = int(query["at"]) if query.get("at", "").isdecimal() and len(query["at"]) < 7 else None

    def query(self, module: ModuleType) -> dict[str, str]:
        """Give what a link to the present state carries."""
        query = ps.query(self.params)
        if self.scene != module.SCENES[0].id:
            query = {"scene": self.scene, **query}
        if self.hide:
            query["hide"] = ",".join(self.hide)
        if self.board:
            query["view"] = "board"
        if lang() != "ja":
            query["lang"] = lang()
        return query


def _arrive(lesson: Lesson, module: ModuleType) -> State:
    """Give the session's state of the lesson, after reading what a link brings.

    While one stays on the page, the browser may still send an address that we wrote some moments ago; there only one that
    we did not write is a link.
    """
    key = f"sawaru.{lesson.topic}"
    state: State | None = st.session_state.get(key)
    query = st.query_params.to_dict()
    fields = {name for name, _ in ps.controls(module.Params)} | {"scene", "hide", "at", "view"}
    link = {name: query[name] for name in fields & query.keys()}
    fresh = st.session_state.get("sawaru_arrived", True) or (
        state is not None and _fingerprint(link) not in state.written
    )
    if state is None:
        state = st.session_state[key] = State(module.Params(), module.SCENES[0].id)
        state.follow(module, query)
        state.version = 1
    elif link and fresh:
        state.follow(module, query)
    else:
        return state
    state.written.append(_fingerprint(link))
    return state


def _kept(lesson: Lesson) -> State:
    """Give the session's state of the lesson inside a fragment: no link arrives there."""
    state: State = st.session_state[f"sawaru.{lesson.topic}"]
    return state


def _fingerprint(query: Mapping[str, str]) -> str:
    """Give an address's state as one text; the playhead and the language are not ours to compare."""
    return repr(sorted((name, value) for name, value in query.items() if name not in ("at", "lang")))


def show(lesson: Lesson) -> None:
    """Run a lesson's page."""
    module = lesson.module()
    state = _arrive(lesson, module)
    if state.board:
        st.html(f"<style>{BOARD}</style>")
        _play(lesson, module)
        return
    _head(lesson)
    if state.wild:
        fields = dict(ps.controls(module.Params))
        names = [fields[name].label(lang()) for name in state.wild]
        st.caption(word("wild", lang()).format(names=", ".join(names)))
    _scenes(lesson, module, state)
    st.markdown(scene_of(module, state.scene).lead(lang()))
    _play(lesson, module)
    own_table.offer(module, lang(), lambda fields: state.put(dataclasses.replace(state.params, **fields)))
    own_image.offer(module, state.params, lang(), lambda fields: state.put(dataclasses.replace(state.params, **fields)))
    _experiments(lesson, module, state)
    _words(lesson, module)


def _head(lesson: Lesson) -> None:
    with st.container(key="sawaru-head", horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"# {lesson.title(lang())}\n{lesson.summary(lang())}", width="stretch")
        language_button()


def language_button() -> None:
    """Offer the other language; everything else stays as it is."""
    other = "en" if lang() == "ja" else "ja"
    st.button(word("other_language", lang()), key="sawaru-language", on_click=set_lang, args=(other,), width="content")


def _scenes(lesson: Lesson, module: ModuleType, state: State) -> None:
    if len(module.SCENES) < 2:
        return
    titles = {scene.id: scene.title(lang()) for scene in module.SCENES}
    key = f"{lesson.topic}.scene"
    store = state.store(key)
    if key not in st.session_state or store.get("held") != state.scene:
        st.session_state[key] = state.scene
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

PLAY, CODE = "sawaru.play", "sawaru.code"


@st.fragment(key=PLAY)
def _play(lesson: Lesson, module: ModuleType) -> None:
    state = _kept(lesson)
    with TURNS.take(state.served):
        try:
            _controls_and_stage(lesson, module, state)
        finally:
            state.served = time.monotonic()


def _controls_and_stage(lesson: Lesson, module: ModuleType, state: State) -> None:
    scene = scene_of(module, state.scene)
    key = f"{lesson.topic}.{scene.id}"
    _take_controls(module, state, f"{key}.controls")
    _take_points(module, state, f"{key}.stage")
    _take_tick(state, f"{key}.stage")

    def moved() -> None:
        if state.code_open:
            st.rerun([PLAY, CODE])  # else this fragment alone

    with st.container(key="sawaru-play"):
        encoded = _encoded(lesson, module, state, scene)
        if encoded is not None:
            stage.show(encoded, key=f"{key}.stage", on_edit=moved, on_tick=lambda: None)
        query = state.query(module)
        if (link := _fingerprint(query)) not in state.written:
            state.written.append(link)
        fields = dict(ps.controls(module.Params))
        apply = [name for name in fields if name not in state.hide and ps.applies(fields[name], state.params)]
        controls.show(
            fields,
            state.params,
            key=f"{key}.controls",
            first=tuple(name for name in scene.controls if name in apply),
            more=tuple(name for name in scene.more if name in apply),
            version=state.version,
            lang=lang(),
            address=address.describe(query, topic=lesson.topic, at=state.at),
            share=state.share,
            board=state.board,
            on_change=moved,
        )


def _take_controls(module: ModuleType, state: State, key: str) -> None:
    """Take what a hand moved into the state."""
    message = controls.read(key)
    if not message or message.get("n", 0) <= state.acks["controls"]:
        return
    state.acks["controls"] = message["n"]
    if "restore" in message:  # the page was open before this server was; it says where it is
        query = dict(parse_qsl(str(message["restore"]).lstrip("?")))
        state.follow(module, query)
        set_lang(query.get("lang", "ja"))
        st.rerun()
    if message.get("ver") != state.version:
        return
    if message.get("reset"):
        state.put(module.Params())
        return
    if "share" in message:
        state.share = controls.qr(str(message["share"]))
        return
    if "board" in message:
        state.board = bool(message["board"])
        st.rerun()
    _set(module, state, message.get("values", {}))


def _set(module: ModuleType, state: State, values: Mapping[str, Any]) -> None:
    """Take values by name, as they come from a browser: clamped, and only for controls that apply."""
    fields = dict(ps.controls(module.Params))
    changes: dict[str, Any] = {}
    for name, value in values.items():
        control = fields.get(name)
        if control is None or not ps.applies(control, state.params):
            continue
        try:
            if isinstance(control, ps.Slider):
                if math.isfinite(value):
                    changes[name] = control.tidy(float(value))
            else:
                changes[name] = control.parse(str(int(value)) if isinstance(value, bool) else str(value))
        except (ValueError, TypeError):
            continue  # not from our page
    state.params = dataclasses.replace(state.params, **changes)


def _take_points(module: ModuleType, state: State, key: str) -> None:
    """Take hand-made points into the state."""
    holder = st.session_state.get(key)
    message = holder.get("edit") if holder else None
    if not message or message.get("n", 0) <= state.acks["edit"]:
        return
    state.acks["edit"] = message["n"]
    if message.get("ver") != state.version:
        return
    if "values" in message:
        _set(module, state, message["values"])
        return
    changes: dict[str, Any] = {}
    points = [name for name, control in ps.controls(module.Params) if isinstance(control, ps.Points)]
    target = message.get("field", points[0] if points else None)
    for name, control in ps.controls(module.Params):
        try:
            if isinstance(control, ps.Points) and name == target:
                changes |= {**control.sets, name: control.tidy(message["points"])}
            elif isinstance(control, ps.Window) and "window" in message:
                changes[name] = control.tidy(message["window"])
        except (ValueError, TypeError, KeyError):
            return  # not from our stage
    state.params = dataclasses.replace(state.params, **changes)


def _take_tick(state: State, key: str) -> None:
    """Take the sign that somebody still looks at slow work; the press of its button stops it or starts it again."""
    holder = st.session_state.get(key)
    message = holder.get("tick") if holder else None
    if not message or message.get("n", 0) <= state.acks["tick"]:
        return
    state.acks["tick"] = message["n"]
    job = state.running.get(str(message.get("press")))
    if job is None:
        return
    name = str(message["press"])
    if job.poll(jobs.visitor()).ended:
        del state.running[name]
        state.stopped.discard(name)
    else:
        job.cancel(jobs.visitor())
        state.stopped.add(name)


def _parts(state: State, scene: Scene) -> tuple[dict[str, Part], list[dict[str, Any]]]:
    """Give what there is of the scene's slow work, starting and leaving jobs as its keys come and go.

    Returns
    -------
    parts, work
        By name; and what the stage says of each that is not done.
    """
    tasks = scene.tasks(state.params)
    user = jobs.visitor()
    parts: dict[str, Part] = {}
    work: list[dict[str, Any]] = []
    wanted = {}
    for name, task in tasks.items():
        made = task.made(task.key)
        if made is None:
            wanted[name] = task
        else:
            parts[name] = Part(made, done=True)
    for name, job in list(state.running.items()):
        if name not in wanted or job.key != (wanted[name].work, wanted[name].key):
            job.cancel(user)
            del state.running[name]
            state.stopped.discard(name)
    for name, task in wanted.items():
        key = (task.work, task.key)
        start = functools.partial(jobs.start, key, functools.partial(task.work, task.key))
        job = state.running.get(name) or start()
        view = job.poll(user)
        if view.state is jobs.State.CANCELLED and name not in state.stopped:  # the browser slept, and it was given up
            job = start()
            view = job.poll(user)
        state.running[name] = job
        done = view.state is jobs.State.DONE
        parts[name] = Part(view.result if done else view.partial, done)
        if not done:
            text, button = jobs.says(view, task.title, lang())
            work.append(
                {
                    "name": name,
                    "title": task.title(lang()),
                    "text": text,
                    "button": button,
                    "running": not view.ended,
                    "progress": view.progress,
                }
            )
    return parts, work


def _encoded(lesson: Lesson, module: ModuleType, state: State, scene: Scene) -> stage.Encoded | None:
    """Compute, draw and encode; a fault keeps the page alive and the last good picture on it."""
    header: dict[str, Any] = {
        "acks": dict(state.acks),
        "version": state.version,
        "words": {name: word(name, lang()) for name in STAGE_WORDS},
        "plotly": publish.plotly_file(),
        "autoplay": scene is module.SCENES[0] and not state.played and state.at is None,
        "at": state.at,
        "board": state.board,
    }
    last = state.store(f"{scene.id}.picture")
    try:
        parts, work = _parts(state, scene)
        result = scene.result(state.params, parts)
        header["work"] = work if parts else None
        readouts = [(r.label(lang()), r.text(lang())) for r in scene.readouts(result, state.params)]
        picture = scene.draw(result, state.params)
        encoded = stage.encode(picture, lang(), extra={**header, "readouts": readouts})
    except Exception:
        log.exception("%s.%s could not draw %r", lesson.topic, scene.id, state.params)
        if "picture" not in last:
            st.warning(word("fault", lang()))
            return None
        picture = dataclasses.replace(last["picture"], note=WORDS["fault"])
        return stage.encode(picture, lang(), extra={**header, "readouts": [], "fault": True})
    last["picture"] = picture
    state.played = True
    return encoded


# ---- below the fold


def _experiments(lesson: Lesson, module: ModuleType, state: State) -> None:
    if not module.EXPERIMENTS:
        return
    st.markdown(f"## {word('try', lang())}")
    columns = st.columns(2 if len(module.EXPERIMENTS) in (2, 4) else 3, gap="small")
    for i, experiment in enumerate(module.EXPERIMENTS):
        with columns[i % len(columns)], st.container(border=True, key=f"experiment-{experiment.id}"):
            _experiment(lesson, module, state, experiment)


def _experiment(lesson: Lesson, module: ModuleType, state: State, experiment: Experiment) -> None:
    key = f"{lesson.topic}.experiment.{experiment.id}"
    choices = [choice(lang()) for choice in experiment.choices]
    predicted = st.radio(
        experiment.question(lang()), range(len(choices)), format_func=choices.__getitem__, index=None, key=key
    )

    def run() -> None:
        if predicted is not None:
            state.tried[experiment.id] = predicted
            state.put(experiment.params(module)[-1], experiment.scene)

    st.button(word("try_it", lang()), key=f"{key}.run", on_click=run, disabled=predicted is None)
    if predicted is None or state.tried.get(experiment.id) != predicted:
        return
    results = experiment.results(module)
    holds = experiment.check(*results)
    verdict = f"{'✓' if holds else '✕'} {word('holds' if holds else 'fails', lang())}"
    opinion = word("you_were_right" if predicted == experiment.answer else "you_were_wrong", lang())
    st.markdown(f"{opinion}  \n**{verdict}**: {experiment.claim(lang())}  \n{experiment.evidence(*results)(lang())}")


def _words(lesson: Lesson, module: ModuleType) -> None:
    """Show what people read, one part at a time; `st.tabs` would measure itself at every move, which costs 7 ms."""
    state = _kept(lesson)
    parts = {name: word(name, lang()) for name in ("idea", "maths", "notes", "code")}
    key = "sawaru-words"
    if st.session_state.get(key) not in parts:
        st.session_state[key] = "idea"
    part = st.segmented_control(
        word("read", lang()),
        list(parts),
        format_func=parts.__getitem__,
        key=key,
        label_visibility="collapsed",
        required=True,
    )
    state.code_open = part == "code"
    with st.container(key=f"sawaru-prose-{part}"):
        if part == "code":
            st.markdown(word("code_lead", lang()))
            _code(lesson, module)
            return
        st.markdown(with_formulas(lesson.words[lang()][part], lesson.words.get("formulas", {})))
        if part == "idea":
            st.markdown(_references(lesson))


@st.fragment(key=CODE)
def _code(lesson: Lesson, module: ModuleType) -> None:
    state = _kept(lesson)
    st.code(module.snippet(state.params, state.scene), language="python")


def with_formulas(text: str, formulas: dict[str, str]) -> str:
    """Put the lesson's formulas, written once for both languages, in the place of {name} on a line of its own."""
    text = re.sub(r"(?<=[、。])\n(?=[^\n{*#-])", "", text)  # Markdown would make a space of the line's end
    lines = (
        f"$$\n{formulas[line[1:-1]]}\n$$" if line.startswith("{") and line[1:-1] in formulas else line
        for line in text.splitlines()
    )
    return "\n".join(lines)


def _references(lesson: Lesson) -> str:
    lines = (f"- [{e['text']}]({e['url']})" if "url" in e else f"- {e['text']}" for e in lesson.words["references"])
    return f"**{word('references', lang())}**\n\n" + "\n".join(lines)
