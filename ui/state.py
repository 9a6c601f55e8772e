"""What one person's session holds of one lesson, and how it takes what links, hands and the stage send.

Values are kept by name, as texts, just as a link carries them: a field keeps its value from scene to scene.
"""

import math
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import controls, course, jobs, links
from ui import params as ps
from ui.catalog import Lesson
from ui.scene import Experiment, Scene
from ui.text import lang, set_lang

OURS = ("scene", "hide", "at", "view", "lang", "step", "of", "room", links.CHECK)  # what a link carries besides values
MOST = 100  # values that a link may bring
MOST_BESIDES = 4  # other things moved on the stage that a message may bring


@dataclass(frozen=True)
class Shown:
    """An experiment that was tried, and the values that it set."""

    experiment: str
    params: Any


@dataclass
class State:
    """One visit of one lesson; the one place where its values live."""

    scene: str
    values: dict[str, str] = field(default_factory=dict)  # by field, as links have them, of all scenes
    wild: tuple[str, ...] = ()
    harm: str = ""  # what a link suffered on its way, as `links.arrived` says
    of: int = 0  # rows of the table that one's own data are drawn from, where a link does not carry all of them
    hide: tuple[str, ...] = ()
    board: bool = False  # the view for the projector: what a class looks at, large
    step: int | None = None  # of the class
    share: dict[str, Any] | None = None
    at: int | None = None
    written: deque[str] = field(default_factory=lambda: deque(maxlen=200))  # addresses read or written, lately
    version: int = 1  # of the values; a new one overrules what a hand sent before
    acks: dict[str, int] = field(default_factory=lambda: {"controls": 0, "edit": 0, "tick": 0})  # last message of each
    beside: Any = None  # what widgets beside stage and controls said at the page's last whole run
    played: bool = False
    served: float = 0.0  # when the last run of controls and stage ended, on the monotonic clock
    code_open: bool = False
    tried: dict[str, int | None] = field(default_factory=dict)  # experiment id -> what was predicted, if anything
    shown: Shown | None = None  # the experiment whose picture this is
    look: int = 0  # when, in ms, something was done elsewhere on the page that the picture answers
    stores: dict[str, dict[str, Any]] = field(default_factory=dict)
    running: dict[str, jobs.Job[Any]] = field(default_factory=dict)  # the slow work of the present scene, by task
    stopped: set[str] = field(default_factory=set)  # tasks that the person stopped

    def store(self, key: str) -> dict[str, Any]:
        """Give what a control or stage keeps from run to run."""
        return self.stores.setdefault(key, {})

    def params(self, scene: Scene) -> Any:
        """Give a scene's parameters; a value that it cannot use is its default there."""
        params, _ = ps.parse(scene.Params, self.values)
        return params

    def set(self, scene: Scene, changes: Mapping[str, Any]) -> None:
        """Set fields of a scene."""
        self.values |= {name: scene.fields[name].dump(value) for name, value in changes.items()}

    def put(self, scene: Scene, changes: Mapping[str, Any]) -> None:
        """Set fields from outside the controls."""
        self.set(scene, changes)
        self.scene = scene.id
        self.version += 1
        self.at = None
        self.shown = None

    def reset(self, scene: Scene) -> None:
        """Let all fields of a scene have their defaults again."""
        for name in scene.fields:
            self.values.pop(name, None)
        self.put(scene, {})

    def play(self, experiment: Experiment) -> None:
        """Set what an experiment's last run sets, all else in its scene to the defaults; one's own data stay."""
        for name, control in experiment.scene.fields.items():
            if not isinstance(control, ps.MADE):
                self.values.pop(name, None)
        self.put(experiment.scene, experiment.check.sets[-1])
        self.shown = Shown(experiment.id, self.params(experiment.scene))
        self.see()

    def forget(self, experiment: Experiment) -> None:
        """Let an experiment be predicted again."""
        self.tried.pop(experiment.id, None)

    def see(self) -> None:
        """Have the picture come into view."""
        self.look = time.time_ns() // 1_000_000

    def follow(self, lesson: Lesson, query: Mapping[str, str]) -> None:
        """Take what a link carries; whatever is wild falls back to the default."""
        query = {name.removeprefix("amp;"): text for name, text in query.items()}  # &amp; as HTML writes it
        scene = lesson.asked(query.get("scene"), (name for name in query if name not in OURS))
        own = [name for name, control in scene.fields.items() if isinstance(control, ps.MADE)]
        query, self.harm = links.arrived(query, own)
        self.values = {name: text for name, text in list(query.items())[:MOST] if name not in OURS}
        _, self.wild = ps.parse(scene.Params, self.values)
        self.put(scene, {})
        self.board = query.get("view") == "board"
        self.step = course.number(query.get("step", ""))
        self.hide = tuple(name for name in query.get("hide", "").split(",") if name in scene.fields)
        self.of = int(query["of"]) if query.get("of", "").isdecimal() and len(query["of"]) < 10 else 0
        self.at = int(query["at"]) if query.get("at", "").isdecimal() and len(query["at"]) < 7 else None

    def carried(self, scene: Scene) -> int:
        """Count the rows of one's own table that a scene shows and a link carries, 0 where it shows none."""
        params = self.params(scene)
        for name, control in scene.fields.items():
            chosen = {n: v for n, v in getattr(control, "sets", {}).items() if isinstance(scene.fields[n], ps.Choice)}
            if isinstance(control, ps.ROWS) and all(getattr(params, n) == v for n, v in chosen.items()):
                return len(getattr(params, name))
        return 0

    def query(self, lesson: Lesson, *, whole: bool = True) -> dict[str, str]:
        """Give what a link to the present state carries; if not `whole`, nothing of how one looks at it."""
        scene = lesson.scene(self.scene)
        query = ps.query(self.params(scene))
        own = {name: text for name, text in query.items() if isinstance(scene.fields[name], ps.MADE)}
        if self.scene != next(iter(lesson.titles)):
            query = {"scene": self.scene, **query}
        if self.step:
            query = {"step": str(self.step), **query}
        if self.hide:
            query["hide"] = ",".join(self.hide)
        if whole and self.board:
            query["view"] = "board"
        if whole and lang() != "ja":
            query["lang"] = lang()
        if self.of > self.carried(scene) > 0:
            query["of"] = str(self.of)
        if own:
            query[links.CHECK] = links.check(own)  # the last, so that a link that was cut has none
        return query

    def write(self, query: Mapping[str, str]) -> None:
        """Remember an address as ours."""
        if (link := fingerprint(query)) not in self.written:
            self.written.append(link)


def fingerprint(query: Mapping[str, str]) -> str:
    """Give an address's state as one text; the playhead and the language are not ours to compare."""
    return repr(sorted((name, value) for name, value in query.items() if name not in ("at", "lang")))


def asked() -> dict[str, str]:
    """Give what this run's own address says.

    `st.query_params` are the session's: where a page is left while it runs, that run, which is about to be stopped, may
    still write its own there, and the next page would take them for a link.
    """
    context = get_script_run_ctx()
    return dict(parse_qsl(context.query_string, keep_blank_values=True)) if context else {}


def arrive(lesson: Lesson) -> State:
    """Give the session's state of the lesson, after reading what a link brings.

    While one stays on the page, the browser may still send an address that we wrote some moments ago; there only one
    that we did not write is a link, or one to another step of the class.
    """
    key = f"sawaru.{lesson.topic}"
    state: State | None = st.session_state.get(key)
    query = asked()
    link = {name: value for name, value in query.items() if name != "lang" and not name.startswith("embed")}
    fresh = st.session_state.get("sawaru_arrived", True) or (
        state is not None
        and (fingerprint(link) not in state.written or course.number(link.get("step", "")) != state.step)
    )
    if state is None:
        state = st.session_state[key] = State(next(iter(lesson.titles)))
        state.follow(lesson, query)
        state.version = 1
    elif link and fresh:
        state.follow(lesson, query)
    else:
        return state
    state.written.append(fingerprint(link))
    return state


def kept(lesson: Lesson) -> State:
    """Give the session's state of the lesson inside a fragment: no link arrives there."""
    state: State = st.session_state[f"sawaru.{lesson.topic}"]
    return state


# ---- messages from the browser


def take(lesson: Lesson, state: State) -> None:
    """Take what hands did since the last run: on the controls, on the stage, on the buttons of slow work.

    Whatever changes the state from outside, or leaves the scene, takes first: the run that a hand asked for may never
    have been, where another run came before it.
    """
    scene = lesson.scene(state.scene)
    key = f"{lesson.topic}.{scene.id}"
    holder = st.session_state.get(f"{key}.stage") or {}
    sent = {"controls": controls.read(f"{key}.controls"), "edit": holder.get("edit"), "tick": holder.get("tick")}
    for kind in sorted(sent, key=lambda kind: (sent[kind] or {}).get("n", 0)):  # what was done last counts
        message = _new(state, kind, sent[kind])
        if message is None:
            continue
        if kind == "controls":
            _take_controls(lesson, state, scene, message)
        elif kind == "tick":
            _take_press(state, str(message.get("press")))
        elif message.get("ver") == state.version:
            edited(state, scene, message)


def _new(state: State, kind: str, message: dict[str, Any] | None) -> dict[str, Any] | None:
    """Give a message if it is not the one that we had."""
    if not message or message.get("n", 0) <= state.acks[kind]:
        return None
    state.acks[kind] = message["n"]
    return message


def _take_controls(lesson: Lesson, state: State, scene: Scene, message: dict[str, Any]) -> None:
    if "restore" in message:  # the page was open before this server was, or a room leads it; it says where it is
        query = dict(parse_qsl(str(message["restore"]).lstrip("?"), keep_blank_values=True))
        state.follow(lesson, query)
        _take_moves(state, lesson.scene(state.scene), message)  # and what hands did since
        set_lang(query.get("lang", "ja"))
    if "try" in message:
        _try(lesson, state, message["try"])
    if "restore" in message or "try" in message:
        st.rerun()
    if message.get("ver") != state.version:
        return
    if message.get("reset"):
        state.reset(scene)
        return
    _take_moves(state, scene, message)
    if "share" in message:
        state.share = controls.qr(str(message["share"]))
    if "board" in message:
        state.board = bool(message["board"])
        st.rerun()


def _try(lesson: Lesson, state: State, wanted: Any) -> None:
    """Try an experiment that a room reveals, with what was predicted there, or nothing."""
    if not isinstance(wanted, Mapping):
        return
    scene = lesson.scene(str(wanted.get("scene")))
    for experiment in scene.experiments:
        if experiment.id == wanted.get("experiment"):
            chosen = wanted.get("predicted")
            known = isinstance(chosen, int) and 0 <= chosen < len(experiment.choices)
            state.tried[experiment.id] = chosen if known else None
            state.play(experiment)


def _take_moves(state: State, scene: Scene, message: Mapping[str, Any]) -> None:
    for act, did in ((moved, message.get("values")), (edited, message.get("edit"))):
        if isinstance(did, Mapping):
            act(state, scene, did)


def moved(state: State, scene: Scene, values: Any) -> None:
    """Set values by name, as they come from a browser: clamped, and only those of controls that apply.

    A hand may have made a control apply and moved it, or moved it and made it go, before anybody asked.
    """
    left = {name: v for name, v in values.items() if name in scene.fields} if isinstance(values, Mapping) else {}
    while left:
        params = state.params(scene)
        apply = [name for name in left if ps.applies(scene.fields[name], params)]
        if not apply:
            return
        changes: dict[str, Any] = {}
        for name in apply:
            control, value = scene.fields[name], left.pop(name)
            try:
                if isinstance(control, ps.Slider):
                    if math.isfinite(value):
                        changes[name] = control.tidy(float(value))
                else:
                    changes[name] = control.parse(str(int(value)) if isinstance(value, bool) else str(value))
            except (ValueError, TypeError, OverflowError):
                continue  # not from our page
        state.set(scene, changes)


def edited(state: State, scene: Scene, message: Mapping[str, Any]) -> None:
    """Set points made by hand, or the values of a handle that was moved, and the others that were moved before it."""
    before = message.get("besides")
    for other in before[:MOST_BESIDES] if isinstance(before, list) else ():
        if isinstance(other, Mapping):
            edited(state, scene, {**other, "besides": None})
    if "values" in message:
        moved(state, scene, message["values"])
        return
    changes: dict[str, Any] = {}
    points = [name for name, control in scene.fields.items() if isinstance(control, ps.Points)]
    target = message.get("field", points[0] if points else None)
    if target in points and isinstance(message.get("back"), str):  # all undone: the data that were edited, as a link
        left = dict(parse_qsl(message["back"].lstrip("?"), keep_blank_values=True))
        about = [name for name, control in scene.fields.items() if isinstance(control, ps.Window | ps.Names)]
        for name in (target, *scene.fields[target].sets, *about):  # type: ignore[union-attr]
            state.values.pop(name, None)
            if name in left:
                state.values[name] = left[name]
        return
    params = state.params(scene)
    sets = getattr(scene.fields.get(str(target)), "sets", {})
    fresh = any(getattr(params, name) != value for name, value in sets.items())  # a named set becomes one's own points
    for name, control in scene.fields.items():
        try:
            if isinstance(control, ps.Points) and name == target:
                before, window = getattr(state.params(scene), name), tuple(message.get("window", ()))
                changes |= {**control.sets, name: control.by_hand(message["points"], before, window)}
            elif isinstance(control, ps.Window) and "window" in message:
                changes[name] = control.tidy(message["window"])
            elif isinstance(control, ps.Names) and fresh and "names" in message:
                changes[name] = control.tidy(message["names"])
        except (ValueError, TypeError, KeyError, OverflowError):
            return  # not from our stage
    state.set(scene, changes)


def _take_press(state: State, name: str) -> None:
    """Take the press of a button of slow work: it stops the work or starts it again."""
    job = state.running.get(name)
    if job is None:
        return
    if job.poll(jobs.visitor()).ended:
        del state.running[name]
        state.stopped.discard(name)
    else:
        job.cancel(jobs.visitor())
        state.stopped.add(name)
