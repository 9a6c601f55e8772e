"""Who is in a room: websockets beside the lane, in the same process.

A browser's messages are JSON; the first says who it is: "open" a room, "join" one by its code, or "return" with the
teacher's key. What it is told is JSON as well: the room as it may know it, whenever that changes; and, while it
follows, pictures as the lane lays them out (`ui/lane.py`), made once for all who follow in one language. The next
picture leaves when a browser has painted the last one ("seen"): nobody is sent more than he can show, and the newest
wins.
"""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ui import catalog, controls, lane
from ui.room import door, logic
from ui.room.limits import Bucket, Limits
from ui.room.logic import Place, Refused, Room
from ui.room.store import Down, Here, Shared, Store

log = logging.getLogger(__name__)

SERVER = "SAWARU_REDIS"  # the variable with the address of a Redis or Valkey for rooms: redis://…
MOST = 1000  # connections of a process
LONGEST = 100_000  # characters of a message
HELLO = 20.0  # s for the first one
SLOW = 20.0  # s for an answer to leave
PACE = 1 / 20  # s from telling to telling of a browser at least
BEAT = 15.0  # s from look to look at who is here
LANGUAGES = ("ja", "en")


def routes() -> list[BaseRoute]:
    """Give the route for the server; pages then know that rooms can be opened."""
    door.served = True
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return [WebSocketRoute(f"/{base}/sawaru/room" if base else "/sawaru/room", Hall().talk)]


@dataclass(eq=False)
class Guest:
    """A connection, once it has said who it is."""

    socket: WebSocket
    who: str | None  # None is the teacher
    lang: str = "ja"
    name: str = field(default_factory=lambda: secrets.token_hex(4))
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    said: str = ""  # what it was told last
    heard: tuple[Any, ...] = ()  # and what of the room that was made of
    place: int = 0  # the place it was led to last
    hand: int = 0  # the last move of its own hand that was heard
    picture: str = ""  # and the picture it has of it
    ready: bool = False  # whether it has painted that
    draws: bool = False  # whether it has a stage
    follows: bool = True
    has: frozenset[str] = frozenset()
    bucket: Bucket = field(default_factory=lambda: Bucket(25, 80))


@dataclass(eq=False)
class Open:
    """A room with the connections that it has here."""

    room: Room
    guests: set[Guest] = field(default_factory=set)
    pictures: dict[str, asyncio.Future[Any]] = field(default_factory=dict)  # by language and link, the last few

    def take(self, room: Room) -> None:
        """Hear of a change."""
        if room.n > self.room.n:
            self.room = room
            for guest in self.guests:
                guest.wake.set()

    def picture(self, place: Place, lang: str) -> "asyncio.Future[Any]":
        """Make the picture of a place, once for all."""
        link = f"{lang} {place.topic} {place.search}"
        if link not in self.pictures:
            loop = asyncio.get_running_loop()
            self.pictures[link] = loop.run_in_executor(lane.THREADS, _picture, place, lang)
            for old in list(self.pictures)[:-4]:
                del self.pictures[old]
        return self.pictures[link]


class Hall:
    """All connections of a process."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store
        self.open: dict[str, Open] = {}
        self.connections = 0
        self.tries = Limits(rate=0.2, burst=20, together=25)  # wrong codes of an address, and of all
        self.opened = Limits(rate=1 / 30, burst=20, together=50)
        self.counter = asyncio.Lock()
        self.tasks: list[asyncio.Task[None]] = []
        self.ending: asyncio.Task[None] | None = None

    def start(self) -> Store:
        """Begin to listen and to look, with the first connection."""
        if self.store is None:
            address = os.environ.get(SERVER, "")
            self.store = Shared(address) if address else Here()
        if not any(not task.done() for task in self.tasks):
            heard = self.store.listen(lambda: list(self.open), self.heard)
            self.tasks = [asyncio.create_task(heard), asyncio.create_task(self.beat())]
        return self.store

    def heard(self, room: Room) -> None:
        """Take what another process changed."""
        here = self.open.get(room.code)
        if here is not None and room.ended(time.time()):
            self.ending = asyncio.create_task(self.over(here))
        elif here is not None:
            here.take(room)

    async def beat(self) -> None:
        """Say now and then who is still here, and end what has ended."""
        while True:
            await asyncio.sleep(BEAT)
            for code, here in list(self.open.items()):
                with contextlib.suppress(Down):
                    await self.look(code, here)

    async def look(self, code: str, here: Open) -> None:
        """Count who is connected."""
        who = {guest.who for guest in here.guests if guest.who is not None}
        teacher = any(guest.who is None for guest in here.guests)
        now = time.time()
        store = self.start()
        room = await store.change(code, lambda room: logic.beat(room, who, teacher, now))
        if room is None:
            await self.over(here)
        else:
            here.take(room)

    # ---- a connection

    async def talk(self, socket: WebSocket) -> None:
        """Serve one browser."""
        if not lane.same_origin(socket.headers) or self.connections >= MOST:
            await socket.close(1008)
            return
        await socket.accept()
        self.connections += 1
        try:
            store = self.start()
            hello = await asyncio.wait_for(_hear(socket), HELLO)
            guest, room = await self.admit(store, socket, hello)
            if guest is None or room is None:
                await socket.close(1008)
            else:
                await self.stay(store, guest, room)
        except Down:
            await _close(socket, 1013)
        except (WebSocketDisconnect, RuntimeError, TimeoutError, OSError, Refused):
            await _close(socket, 1009)
        finally:
            self.connections -= 1

    async def admit(
        self, store: Store, socket: WebSocket, hello: Mapping[str, Any]
    ) -> tuple[Guest, Room] | tuple[None, None]:
        """Find out who it is."""
        address, now = socket.client.host if socket.client else "", time.time()
        if hello.get("do") == "open":
            return await self.found(store, socket, address)
        code = logic.tidy(hello.get("code"))
        free = self.tries.has(address, now)
        room = await store.get(code) if code else None
        mark = hello.get("mark")
        who = logic.digest(code, mark) if isinstance(mark, str) and 16 <= len(mark) <= 64 else ""
        known = room is not None and (who in room.here or room.opens(hello.get("key")))
        if not free and not known:  # whoever was in comes back; all others cannot tell a code that is right
            await _say(socket, {"is": "wait"})
            return None, None
        if room is None:
            self.tries.take(address, now)
            await _say(socket, {"is": "wrong"})
            return None, None
        guest = Guest(socket, None if room.opens(hello.get("key")) else who, _lang(hello))
        if hello.get("do") == "return" and guest.who is not None:
            self.tries.take(address, now)
            await _say(socket, {"is": "wrong"})
            return None, None
        if guest.who == "":
            raise Refused("no mark")
        if guest.who is not None:
            try:
                room = await store.change(code, lambda room: logic.joined(room, who, now))
            except Refused:
                await _say(socket, {"is": "full"})
                return None, None
        elif room.place is not None:
            guest.place = room.place.n  # he leads: his page says where
        return (guest, room) if room is not None else (None, None)

    async def found(self, store: Store, socket: WebSocket, address: str) -> tuple[Guest, Room] | tuple[None, None]:
        """Open a room."""
        now = time.time()
        if self.opened.has(address, now):
            self.opened.take(address, now)
            for _ in range(5):
                code = "".join(secrets.choice(logic.ALPHABET) for _ in range(logic.CODE))
                key = secrets.token_urlsafe(24)
                room = Room(code, logic.digest(code, key), now)
                if await store.create(room):
                    await _say(socket, {"is": "opened", "code": code, "key": key})
                    return Guest(socket, None), room
        await _say(socket, {"is": "wait"})
        return None, None

    async def stay(self, store: Store, guest: Guest, room: Room) -> None:
        """Talk with one who is in."""
        here = self.open.setdefault(room.code, Open(room))
        here.guests.add(guest)
        here.take(room)
        if guest.who is not None:
            guest.follows = room.here[guest.who].mode == logic.FOLLOW
        guest.wake.set()
        telling = asyncio.create_task(self.tell(here, guest))
        try:
            while not telling.done():
                message = await _hear(guest.socket)
                if not guest.bucket.take(time.monotonic()):
                    raise Refused("too fast")
                with contextlib.suppress(Refused):
                    await self.take(store, here, guest, message)
        finally:
            telling.cancel()
            here.guests.discard(guest)
            if not here.guests:
                self.open.pop(room.code, None)
            if guest.who is not None and not any(other.who == guest.who for other in here.guests):
                who, now = guest.who, time.time()
                with contextlib.suppress(Down):
                    if (after := await store.change(room.code, lambda room: logic.left(room, who, now))) is not None:
                        here.take(after)

    async def take(self, store: Store, here: Open, guest: Guest, message: dict[str, Any]) -> None:
        """Do what a message says."""
        do, code = message.get("do"), here.room.code
        if do == "seen":
            _seen(guest, message)
        elif do == "qr" and guest.who is None:
            address = str(message.get("url"))[:300]
            code_of = await asyncio.get_running_loop().run_in_executor(lane.THREADS, controls.qr, address)
            await _say(guest.socket, {"is": "qr", **code_of})
        elif do == "end" and guest.who is None:
            await store.change(code, logic.over)
            await self.over(here)
        else:
            hand = guest.hand
            if do == "place" and guest.who is None:
                hand = _count(message.get("hand"))
                loop = asyncio.get_running_loop()
                message = await loop.run_in_executor(lane.THREADS, _led, message, guest.name)
            elif do == "pose" and "experiment" in message:
                message = {**message, "count": len(words_of(message)["choices"])}
            now = time.time()
            room = await store.change(code, lambda room: logic.act(room, guest.who, message, now))
            if room is None:
                await self.over(here)
                return
            if do == "mode" and guest.who is not None:
                guest.follows = room.here[guest.who].mode == logic.FOLLOW
            here.take(room)
            guest.hand = hand

    async def over(self, here: Open) -> None:
        """Tell all here that the room has ended."""
        for guest in list(here.guests):
            with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
                await _say(guest.socket, {"is": "ended"})
                await guest.socket.close(1000)

    async def tell(self, here: Open, guest: Guest) -> None:
        """Tell one browser what changes, as fast as it can show it."""
        try:
            while True:
                await guest.wake.wait()
                guest.wake.clear()
                room = here.room
                heard = (room.here, room.poll, room.offers, room.shown, room.watch, room.call, _scene(room))
                if heard != guest.heard:  # a drag of the teacher's changes nothing but the place
                    guest.heard, said = heard, _told(room, guest)
                    if said != guest.said:
                        guest.said = said
                        await asyncio.wait_for(guest.socket.send_text(said), SLOW)
                await self.lead(here, guest)
                await asyncio.sleep(PACE)
        except (WebSocketDisconnect, RuntimeError, TimeoutError, OSError):
            await _close(guest.socket, 1001)

    async def lead(self, here: Open, guest: Guest) -> None:
        """Lead a browser that follows to where the teacher is, if it is not there."""
        place = here.room.place
        if place is None or place.n == guest.place or not (guest.ready and guest.follows) or place.by == guest.name:
            return
        guest.place, guest.ready = place.n, False
        where = {name: getattr(place, name) for name in ("topic", "scene", "search", "frame", "n")} | {
            "hand": guest.hand
        }
        link = f"{guest.lang} {place.topic} {place.search}"
        made = await asyncio.shield(here.picture(place, guest.lang)) if guest.draws and guest.picture != link else None
        if made is None:
            await asyncio.wait_for(guest.socket.send_text(_json({"is": "place", **where})), SLOW)
            return
        guest.picture = link
        picture, says = made
        # A class is told one after the other: between two of them the loop hears who else moves.
        async with self.counter:
            await asyncio.sleep(0)
        envelope = {**says, "of": f"{place.topic}.{place.scene}", "lang": guest.lang, "place": where}
        await asyncio.wait_for(guest.socket.send_bytes(lane.blocks(envelope, picture, guest.has)), SLOW)


# ---- what is heard and told


async def _hear(socket: WebSocket) -> dict[str, Any]:
    """Take a message; Refused for one that our page would not send."""
    while True:
        message = await socket.receive()
        if message["type"] != "websocket.receive":
            raise WebSocketDisconnect
        text = message.get("text")
        if text is None or len(text) > LONGEST:
            raise Refused("no message")
        try:
            heard = json.loads(text)
        except (ValueError, RecursionError):
            raise Refused("no JSON") from None
        if not isinstance(heard, dict):
            raise Refused("no message")
        return heard


def _seen(guest: Guest, message: Mapping[str, Any]) -> None:
    """Take that a browser has painted what it was sent, and what it has."""
    has = message.get("has")
    guest.has = frozenset(str(name)[:40] for name in has[:16]) if isinstance(has, list) else frozenset()
    guest.draws, guest.lang, guest.ready = isinstance(has, list), _lang(message), True
    if message.get("anew") is True:  # another stage: it knows nothing
        guest.picture, guest.place = "", 0 if guest.who is not None else guest.place
    guest.wake.set()


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _lang(message: Mapping[str, Any]) -> str:
    return "en" if message.get("lang") == "en" else "ja"


def _led(message: Mapping[str, Any], by: str) -> dict[str, Any]:
    """Make the link of a question to the lane: where the teacher's hand is."""
    asked = lane.understood(message.get("ask"))
    if asked is None:
        raise Refused("no picture")
    where = {"topic": asked.scene.topic, "scene": asked.scene.id, "search": asked.link}
    return {"do": "place", **where, "frame": message.get("frame"), "by": by}


def _picture(place: Place, lang: str) -> Any:
    """Make what the lane would answer; None where the page has to run."""
    question = {"topic": place.topic, "search": place.search, "lang": lang, "version": 0, "has": []}
    asked = lane.understood({**question, "acks": {"controls": 0, "edit": 0}})
    try:
        return None if asked is None else lane.shown(asked)
    except Exception:
        log.exception("A picture for a room could not be made.")
        return None


def _scene(room: Room) -> tuple[str, str] | None:
    return None if room.place is None else (room.place.topic, room.place.scene)


def _told(room: Room, guest: Guest) -> str:
    """Write what one may know of the room."""
    teacher = guest.who is None
    says = logic.told(room, teacher, time.time())
    if (poll := room.poll) is not None:
        says["poll"] |= {"ask": [poll.ask] * 2, "choices": [[choice] * 2 for choice in poll.choices], "answer": None}
        if poll.experiment:
            words = words_of(says["poll"])
            says["poll"] |= {name: words[name] for name in ("ask", "choices")}
            says["poll"]["answer"] = words["answer"] if poll.stage == logic.REVEALED else None
    if guest.who is not None:
        says["mine"] = logic.mine(room, guest.who)
    elif room.place is not None:
        says["experiments"] = _experiments(room.place.topic, room.place.scene)
    return _json(says)


def words_of(named: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of an experiment, in both languages; Refused where there is none of the name."""
    lesson = next((lesson for lesson in catalog.lessons() if lesson.topic == named.get("topic")), None)
    try:
        scenes: Any = lesson and lesson.scene_words
        words: dict[str, Any] = scenes[named["scene"]]["experiment"][named["experiment"]]
    except (KeyError, TypeError, AttributeError):
        raise Refused("no such experiment") from None
    return words


def _experiments(topic: str, scene: str) -> list[dict[str, Any]]:
    """List what may be posed: the present scene's experiments, then those of the lesson's other scenes."""
    lesson = catalog.lesson(topic)
    names = [scene, *(name for name in lesson.scene_words if name != scene)]
    return [
        {"topic": topic, "scene": name, "experiment": id, "ask": words["ask"]}
        for name in names
        for id, words in lesson.scene_words[name].get("experiment", {}).items()
    ]


def _json(says: Mapping[str, Any]) -> str:
    return json.dumps(says, separators=(",", ":"), ensure_ascii=False)


async def _say(socket: WebSocket, says: Mapping[str, Any]) -> None:
    await asyncio.wait_for(socket.send_text(_json(says)), SLOW)


async def _close(socket: WebSocket, code: int) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
        await socket.close(code)
