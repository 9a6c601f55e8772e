"""Where rooms live: in this process, or in Redis or Valkey, where any replica serves any pupil.

A change is a function of the room as it is, and is made whole or not at all: whoever is told that it was made will
find it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from ui.room.logic import LIFE, Room

log = logging.getLogger(__name__)

MOST = 500  # rooms of a process that has no server for them
TRIES = 100  # of a change that others were faster than
PATIENCE = 3.0  # s for an answer of the server
AGAIN = 0.5  # s until a lost server is tried again
PREFIX = "sawaru:room:"

Change = Callable[[Room], Room]
Heard = Callable[[Room], None]


class Down(Exception):  # noqa: N818
    """Rooms cannot be reached now."""


class Store(Protocol):
    """What both have."""

    async def create(self, room: Room) -> bool:
        """Keep a new room; False where its code is taken, or there is no room for one more."""

    async def get(self, code: str) -> Room | None:
        """Give a room, if it has not ended."""

    async def change(self, code: str, change: Change) -> Room | None:
        """Change a room and give it; None if there is none. What `change` raises is passed on, and nothing changed."""

    async def listen(self, codes: Callable[[], list[str]], heard: Heard) -> None:
        """Pass on what other processes change, for as long as this one runs."""


class Here:
    """Rooms in this process; they end with it."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}

    async def create(self, room: Room) -> bool:
        """See `Store`."""
        self.rooms = {code: held for code, held in self.rooms.items() if not held.ended(time.time())}
        if room.code in self.rooms or len(self.rooms) >= MOST:
            return False
        self.rooms[room.code] = room
        return True

    async def get(self, code: str) -> Room | None:
        """See `Store`."""
        room = self.rooms.get(code)
        if room is not None and room.ended(time.time()):
            del self.rooms[code]
            return None
        return room

    async def change(self, code: str, change: Change) -> Room | None:
        """See `Store`."""
        room = await self.get(code)
        if room is not None:
            room = self.rooms[code] = change(room)
        return room

    async def listen(self, codes: Callable[[], list[str]], heard: Heard) -> None:
        """There are no others."""


class Shared:
    """Rooms in Redis or Valkey, one JSON text each; who changes one tells all."""

    def __init__(self, url: str) -> None:
        from redis import asyncio as redis
        from redis.exceptions import RedisError, WatchError

        self.lost: tuple[type[Exception], ...] = (RedisError, OSError, TimeoutError)
        self.away: tuple[type[Exception], ...] = (*self.lost, Down)
        self.overtaken: type[Exception] = WatchError
        self.server: Any = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self.locks: dict[str, asyncio.Lock] = {}

    async def _ask(self, answer: Awaitable[Any]) -> Any:
        try:
            return await answer
        except self.lost as error:
            raise Down(str(error)) from error

    async def create(self, room: Room) -> bool:
        """See `Store`."""
        return bool(await self._ask(self.server.set(PREFIX + room.code, room.dump(), nx=True, ex=int(LIFE))))

    async def get(self, code: str) -> Room | None:
        """See `Store`."""
        text = await self._ask(self.server.get(PREFIX + code))
        return _living(text)

    async def change(self, code: str, change: Change) -> Room | None:
        """See `Store`; others may be faster, then it is changed as they left it."""
        async with self.locks.setdefault(code, asyncio.Lock()):
            room: Room | None = await self._ask(self._change(PREFIX + code, change))
        if room is None:
            self.locks.pop(code, None)
        return room

    async def _change(self, name: str, change: Change) -> Room | None:
        async with self.server.pipeline(transaction=True) as pipe:
            for _ in range(TRIES):
                try:
                    await pipe.watch(name)
                    room = _living(await pipe.get(name))
                    if room is None:
                        return None
                    room = change(room)
                    text = room.dump()
                    pipe.multi()
                    pipe.set(name, text, exat=int(max(room.alive + LIFE, time.time())) + 1)
                    pipe.publish(name, text)
                    await pipe.execute()
                    return room
                except self.overtaken:
                    continue
        raise Down("others were always faster")

    async def listen(self, codes: Callable[[], list[str]], heard: Heard) -> None:
        """See `Store`; after a loss all that are needed here are read again."""
        while True:
            try:
                async with self.server.pubsub() as says:
                    await says.psubscribe(f"{PREFIX}*")
                    for code in codes():
                        if (room := await self.get(code)) is not None:
                            heard(room)
                    while True:
                        message = await says.get_message(ignore_subscribe_messages=True, timeout=PATIENCE / 2)
                        if message is not None:
                            heard(Room.load(message["data"]))
            except self.away as error:
                log.warning("The server of rooms is away: %s", error)
            await asyncio.sleep(AGAIN)


def _living(text: bytes | None) -> Room | None:
    room = None if text is None else Room.load(text)
    return None if room is None or room.ended(time.time()) else room
