"""The lane: while a hand moves, pictures are answered here, beside Streamlit, in the same process.

A picture is a function of its link, so a move needs no session and no run: the browser asks with the link that the page
had at its last run and with what the hand did since, and gets the picture's bytes, those that a run would have made.
When the hand rests, the values go to Streamlit once. Where a scene has slow work that nobody did yet, the answer says
so and the browser moves the page as if there were no lane.

One question is under way from a browser at a time (`stage/lane.js`). A question is JSON; an answer is four lengths
(uint32) and as many blocks: an envelope (JSON), figures, frames and what is kept, of which those that the browser has
are left out.
"""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui import catalog, jobs, picture
from ui import params as ps
from ui.scene import Part, Scene
from ui.stage import Encoded
from ui.state import State, edited, moved
from ui.turn import TURNS

log = logging.getLogger(__name__)

LONGEST = 100_000  # characters of a question
MOST = 1000  # connections of a process
PACE = 1 / 80  # seconds from question to question of a connection at least: a browser paints no faster
IDLE = (
    900.0  # seconds after which a connection that says nothing is closed; the browser opens another when it needs one
)
SLOW = 20.0  # seconds for an answer to leave

THREADS = ThreadPoolExecutor(32, thread_name_prefix="sawaru-lane")
_open: set[WebSocket] = set()
_served = False


def routes() -> list[BaseRoute]:
    """Give the route for the server; pages then know that there is a lane."""
    global _served
    _served = True
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return [WebSocketRoute(f"/{base}/sawaru/lane" if base else "/sawaru/lane", _talk)]


def url() -> str | None:
    """Give where this process answers moves, beside the page; None where it does not."""
    return "sawaru/lane" if _served else None


# ---- a question


@dataclass(frozen=True)
class Asked:
    """A question that can be answered: whose picture, with which values, and what the browser has."""

    lesson: catalog.Lesson
    state: State
    scene: Scene
    params: Any
    lang: str
    hide: tuple[str, ...]
    board: bool
    echo: dict[str, Any]  # what comes back as it came: numbers and version
    has: frozenset[str]

    @property
    def link(self) -> str:
        """What a link to this picture carries, for whoever opens it: no language, no board."""
        return urlencode(self.state.query(self.lesson, whole=False), safe=",;")


def read(text: str) -> Asked | None:
    """Read a question; None for one that our page would not ask."""
    try:
        return understood(json.loads(text))
    except (ValueError, RecursionError):
        return None


def understood(question: Any) -> Asked | None:
    """Take a question that is no text any more."""
    try:
        lesson = next(lesson for lesson in catalog.lessons() if lesson.topic == question["topic"])
        query = dict(parse_qsl(str(question["search"]), keep_blank_values=True, max_num_fields=200))
        acks = {kind: int(question["acks"][kind]) for kind in ("controls", "edit")}
        echo = {"version": int(question["version"]), "acks": acks}
        has = frozenset(str(name) for name in question["has"][:16])
    except (ValueError, TypeError, KeyError, StopIteration, AttributeError, OverflowError, RecursionError):
        return None
    state = State(next(iter(lesson.titles)))
    state.follow(lesson, query)
    scene = lesson.scene(state.scene)
    acts = [(acks["controls"], moved, question.get("values")), (acks["edit"], edited, question.get("edit"))]
    for _, act, value in sorted(acts, key=lambda a: a[0]):  # what the hand did last counts
        if isinstance(value, Mapping):
            act(state, scene, value)
    lang = "en" if question.get("lang") == "en" else "ja"
    return Asked(lesson, state, scene, state.params(scene), lang, state.hide, state.board, echo, has)


# ---- its answer


def answer(text: str, last: float = 0.0) -> bytes:
    """Answer a question.

    Parameters
    ----------
    text
        The question.
    last
        When who asks had the last answer, on the monotonic clock.
    """
    asked = read(text)
    if asked is None:
        return _blocks({"rerun": True})
    envelope = {**asked.echo, "of": f"{asked.scene.topic}.{asked.scene.id}", "lang": asked.lang}
    found = shown(asked, last)
    if found is None:
        return _blocks({**envelope, "rerun": True})
    made, says = found
    return blocks({**envelope, **says}, made, asked.has)


def shown(asked: Asked, last: float = 0.0) -> tuple[Encoded, dict[str, Any]] | None:
    """Give the picture and what the envelope says of it; None where the page's run has to say what is the matter."""
    parts = _done(asked)
    if parts is None:
        return None
    made = picture.PICTURES.peek(picture.key(asked.scene, asked.params, asked.lang))
    if made is None:
        with TURNS.take(last):
            made = picture.encoded(asked.scene, asked.params, asked.lang, parts=parts)
    if made is None:
        return None
    fields = asked.scene.fields
    apply = [n for n in (*asked.scene.controls, *asked.scene.more) if n not in asked.hide]
    values = {name: getattr(asked.params, name) for name in apply if ps.applies(fields[name], asked.params)}
    says: dict[str, Any] = {"values": values, "work": [] if parts else None, "board": asked.board}
    return made, says | {"at": None, "autoplay": False}


def blocks(envelope: Mapping[str, Any], made: Encoded, has: frozenset[str]) -> bytes:
    """Lay an answer out, without what the browser has."""
    parts = zip(made.names, (made.frames, made.kept), strict=True)
    return _blocks(envelope, made.sealed(), *(b"" if name in has else part for name, part in parts))


def _done(asked: Asked) -> dict[str, Part] | None:
    """Give the scene's slow work if all of it was made ahead or is done, else None."""
    parts = {}
    for name, task in asked.scene.tasks(asked.params).items():
        made = task.made(task.key)
        made = jobs.POOL.result((task.work, task.key)) if made is None else made
        if made is None:
            return None
        parts[name] = Part(made, done=True)
    return parts


def _blocks(envelope: Mapping[str, Any], *rest: bytes | None) -> bytes:
    blocks = [json.dumps(envelope, separators=(",", ":")).encode(), *(block or b"" for block in rest)]
    blocks += [b""] * (4 - len(blocks))
    return b"".join([*(len(block).to_bytes(4, "little") for block in blocks), *blocks])


# ---- a connection


async def _talk(socket: WebSocket) -> None:
    """Answer one browser's questions, one after the other."""
    if not same_origin(socket.headers) or len(_open) >= MOST:
        await socket.close(1008)
        return
    await socket.accept()
    _open.add(socket)
    last = 0.0
    try:
        while True:
            message = await asyncio.wait_for(socket.receive(), IDLE)
            text = message.get("text")
            if message["type"] != "websocket.receive" or text is None or len(text) > LONGEST:
                break
            start = time.monotonic()
            body = await asyncio.get_running_loop().run_in_executor(THREADS, _safely, text, last)
            last = time.monotonic()
            await asyncio.wait_for(socket.send_bytes(body), SLOW)
            await asyncio.sleep(max(0.0, PACE - (time.monotonic() - start)))
        await socket.close(1009)
    except (WebSocketDisconnect, RuntimeError, TimeoutError, OSError):
        pass  # gone, asleep, or half open
    finally:
        _open.discard(socket)


def _safely(text: str, last: float) -> bytes:
    try:
        return answer(text, last)
    except Exception:
        log.exception("A move could not be answered.")
        return _blocks({"rerun": True})


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a page of this very server asks; a browser always says where a page is from."""
    try:
        origin, host = urlsplit(headers.get("origin", "")), headers.get("host", "")
    except ValueError:
        return False
    if ":" not in host:  # a proxy may have taken the port away
        return bool(host) and origin.hostname == host
    return origin.netloc == host
