"""What a room is, and what each may do in it. Pure: whoever calls brings clock and chance, and keeps what comes back.

A room never changes: `act` gives another one, or `Refused` where a message is not one that our page would send, or not
from who may send it. Only the teacher's key steers. Nothing personal is in it: a member is a digest of a random mark.
"""

import dataclasses
import hashlib
import hmac
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import parse_qsl

LIFE = 3600.0  # s from the last sign of life to the end
GONE = 45.0  # s after which a browser that no server has seen counts no more
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that looks like something else
CODE = 6  # letters: 10⁹ codes
MEMBERS = 200
OFFERS = 12
LINK = 4000  # characters of a pupil's link
PLACE = 60_000  # of the teacher's
ASK, CHOICE = 200, 80  # characters of a question of one's own
CHOICES = (2, 5)
ROUNDS = 2
FIELDS = 12  # sliders of one browser
OPEN, CLOSED, REVEALED = "open", "closed", "revealed"
FOLLOW, ALONE = "follow", "alone"

N = TypeVar("N")


class Refused(Exception):  # noqa: N818
    """A message that changes nothing."""


@dataclass(frozen=True)
class Place:
    """Where the teacher is: a picture's link, and the frame of its playhead (None at the end)."""

    topic: str
    scene: str
    search: str
    frame: int | None = None
    by: str = ""  # the connection that led there
    n: int = 1


@dataclass(frozen=True)
class Poll:
    """A question: an experiment of a lesson, or one of the teacher's own."""

    n: int
    count: int  # of choices
    topic: str = ""
    scene: str = ""
    experiment: str = ""
    ask: str = ""
    choices: tuple[str, ...] = ()
    hidden: bool = True  # how many chose what, from all but the teacher
    stage: str = OPEN
    votes: tuple[Mapping[str, int], ...] = ({},)  # of each round: member -> choice

    def histograms(self) -> list[list[int]]:
        """Count the votes for each choice, a list a round."""
        return [[list(votes.values()).count(i) for i in range(self.count)] for votes in self.votes]


@dataclass(frozen=True)
class Offer:
    """A pupil's own picture, for the board."""

    n: int
    who: str
    topic: str
    search: str
    frame: int | None = None


@dataclass(frozen=True)
class Here:
    """A browser in the room."""

    seen: float  # when a server last knew it connected
    mode: str = FOLLOW
    of: str = ""  # the scene whose sliders these are
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Room:
    """All there is of a room; `n` counts its changes."""

    code: str
    key: str  # a digest of the teacher's
    alive: float  # the last sign of life
    n: int = 1
    place: Place | None = None
    poll: Poll | None = None
    polls: int = 0
    offers: tuple[Offer, ...] = ()
    offered: int = 0
    shown: bool = False  # what the teacher shows is a pupil's
    watch: bool = False  # whether the teacher sees where the class's sliders stand
    call: tuple[int, str] = (0, FOLLOW)  # how often all were called, and to what
    here: Mapping[str, Here] = field(default_factory=dict)

    def ended(self, now: float) -> bool:
        """Whether nothing has stirred for an hour."""
        return now - self.alive > LIFE

    def opens(self, key: object) -> bool:
        """Whether this is the teacher's key."""
        return isinstance(key, str) and hmac.compare_digest(self.key, digest(self.code, key))

    def dump(self) -> str:
        """Write it as JSON."""
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))

    @classmethod
    def load(cls, text: str | bytes) -> "Room":
        """Read what `dump` wrote."""
        raw = json.loads(text)
        poll, place = raw["poll"], raw["place"]
        raw["poll"] = poll and Poll(**poll | {n: tuple(poll[n]) for n in ("choices", "votes")})
        raw["place"] = place and Place(**place)
        raw["offers"] = tuple(Offer(**offer) for offer in raw["offers"])
        raw["call"] = tuple(raw["call"])
        raw["here"] = {who: Here(**here) for who, here in raw["here"].items()}
        return cls(**raw)


def digest(code: str, secret: str) -> str:
    """Name a secret so that it cannot be found out, and otherwise in each room."""
    return hashlib.blake2b(f"{code} {secret}".encode("utf-8", "replace"), digest_size=12).hexdigest()


def tidy(code: object) -> str:
    """Read a code as people type it: small letters, full width, with blanks or a dash; "" for what is none."""
    if not isinstance(code, str) or len(code) > 40:
        return ""
    half = code.translate({c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)})
    plain = "".join(c for c in half.upper() if c.isalnum())
    return plain if len(plain) == CODE and set(plain) <= set(ALPHABET) else ""


# ---- who is here


def joined(room: Room, who: str, now: float) -> Room:
    """Let a browser in; whoever is away longest makes room."""
    if who in room.here:
        return _here(room, who, replace(room.here[who], seen=now), now)
    here = dict(room.here)
    if len(here) >= MEMBERS:
        oldest = min(here, key=lambda name: here[name].seen)
        if now - here[oldest].seen < GONE:
            raise Refused("full")
        del here[oldest]
    return _here(replace(room, here=here), who, Here(now), now)


def left(room: Room, who: str, now: float) -> Room:
    """Count a browser no more; what it voted stays."""
    if who not in room.here:
        return room
    here = {**room.here, who: replace(room.here[who], seen=now - 2 * GONE)}
    return replace(room, here=here, n=room.n + 1)


def beat(room: Room, who: set[str], teacher: bool, now: float) -> Room:
    """Count those as here who are connected; a teacher who is here keeps the room alive."""
    here = {name: replace(h, seen=now) if name in who else h for name, h in room.here.items()}
    return replace(room, here=here, alive=now if teacher else room.alive, n=room.n + 1)


def over(room: Room) -> Room:
    """End it."""
    return replace(room, alive=0.0, n=room.n + 1)


def counts(room: Room, now: float) -> dict[str, int]:
    """Count who is here, and who follows."""
    modes = [here.mode for here in room.here.values() if now - here.seen < GONE]
    return {"all": len(modes), "follow": modes.count(FOLLOW)}


def _here(room: Room, who: str, here: Here, now: float) -> Room:
    return replace(room, here={**room.here, who: here}, alive=now, n=room.n + 1)


# ---- what each may do


def act(room: Room, who: str | None, message: Mapping[str, Any], now: float) -> Room:
    """Do what a message asks.

    Parameters
    ----------
    who
        The member that sent it; None is the teacher.
    message
        JSON from a browser: "do" names the act.

    Raises
    ------
    Refused
        It is no such act, not theirs, or not of a size that our page sends.
    """
    acts = TEACHER if who is None else PUPIL
    do = acts.get(str(message.get("do")))
    if do is None or (who is not None and who not in room.here):
        raise Refused("no such act")
    try:
        after = do(room, who, message)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise Refused("not from our page") from error
    return replace(after, alive=now, n=room.n + 1)


def _lead(room: Room, _: Any, m: Mapping[str, Any]) -> Room:
    place = Place(_name(m["topic"]), _name(m["scene"]), _link(m["search"], PLACE), _frame(m["frame"]), str(m["by"]))
    if room.place is not None:
        if replace(place, by="") == replace(room.place, by="", n=1):
            raise Refused("already there")
        place = replace(place, n=room.place.n + 1)
    return replace(room, place=place)


def _pose(room: Room, _: Any, m: Mapping[str, Any]) -> Room:
    n, hidden = room.polls + 1, m.get("hidden", True) is not False
    if "experiment" in m:
        topic, scene, experiment = (_name(m[name]) for name in ("topic", "scene", "experiment"))
        poll = Poll(n, _whole(m["count"], 2, 20), topic, scene, experiment, hidden=hidden)
    else:
        choices = tuple(_text(choice, CHOICE) for choice in _list(m["choices"]))
        if not CHOICES[0] <= len(choices) <= CHOICES[1]:
            raise Refused("choices")
        poll = Poll(n, len(choices), ask=_text(m["ask"], ASK), choices=choices, hidden=hidden)
    return replace(room, poll=poll, polls=room.polls + 1)


def _poll(room: Room, m: Mapping[str, Any], *stages: str) -> Poll:
    """Give the poll that a message means, if it is in one of those stages."""
    poll = room.poll
    if poll is None or m["poll"] != poll.n or poll.stage not in stages:
        raise Refused("no such poll")
    return poll


def _vote(room: Room, who: str, m: Mapping[str, Any]) -> Room:
    poll = _poll(room, m, OPEN)
    if m["round"] != len(poll.votes):
        raise Refused("another round")
    *before, votes = poll.votes
    votes = {**votes, who: _whole(m["choice"], 0, poll.count - 1)}
    return replace(room, poll=replace(poll, votes=(*before, votes)))


def _close(room: Room, _: Any, m: Mapping[str, Any]) -> Room:
    return replace(room, poll=replace(_poll(room, m, OPEN), stage=CLOSED))


def _again(room: Room, _: Any, m: Mapping[str, Any]) -> Room:
    poll = _poll(room, m, OPEN, CLOSED)
    if len(poll.votes) >= ROUNDS:
        raise Refused("no third vote")
    return replace(room, poll=replace(poll, stage=OPEN, hidden=True, votes=(*poll.votes, {})))


def _reveal(room: Room, _: Any, m: Mapping[str, Any]) -> Room:
    poll = _poll(room, m, OPEN, CLOSED)
    room = room if poll.ask else _call(room, None, {"to": FOLLOW})
    return replace(room, poll=replace(poll, stage=REVEALED, hidden=False))


def _show(room: Room, _: Any, m: Mapping[str, Any]) -> Room:
    return replace(room, poll=replace(_poll(room, m, OPEN, CLOSED, REVEALED), hidden=m["hidden"] is True))


def _clear(room: Room, _: Any, m: Mapping[str, Any]) -> Room:
    _poll(room, m, OPEN, CLOSED, REVEALED)
    return replace(room, poll=None)


def _call(room: Room, _: Any, m: Mapping[str, Any]) -> Room:
    return replace(room, call=(room.call[0] + 1, _mode(m["to"])))


def _watch(room: Room, _: Any, m: Mapping[str, Any]) -> Room:
    return replace(room, watch=m["on"] is True)


def _put(room: Room, _: Any, m: Mapping[str, Any]) -> Room:
    """Say that what the teacher shows is a pupil's, or no longer."""
    if m["offer"] is None:
        return replace(room, shown=False)
    if not any(offer.n == m["offer"] for offer in room.offers):
        raise Refused("no such offer")
    return replace(room, shown=True, offers=tuple(o for o in room.offers if o.n != m["offer"]))


def _follow(room: Room, who: str, m: Mapping[str, Any]) -> Room:
    here = replace(room.here[who], mode=_mode(m["mode"]), of="", values={})
    return replace(room, here={**room.here, who: here})


def _offer(room: Room, who: str, m: Mapping[str, Any]) -> Room:
    others = tuple(offer for offer in room.offers if offer.who != who)
    if m["search"] is None:
        return replace(room, offers=others)
    if len(others) >= OFFERS:
        raise Refused("many")
    made = Offer(room.offered + 1, who, _name(m["topic"]), _link(m["search"], LINK), _frame(m["frame"]))
    return replace(room, offers=(*others, made), offered=room.offered + 1)


def _stand(room: Room, who: str, m: Mapping[str, Any]) -> Room:
    if not room.watch:
        raise Refused("nobody asks")
    values = {_name(name): _number(value) for name, value in list(m["values"].items())[: FIELDS + 1]}
    if len(values) > FIELDS or room.here[who].mode != ALONE:
        raise Refused("not now")
    here = replace(room.here[who], of=_name(m["of"]), values=values)
    return replace(room, here={**room.here, who: here})


Act = Callable[[Room, Any, Mapping[str, Any]], Room]
TEACHER: dict[str, Act] = {
    **{"place": _lead, "pose": _pose, "close": _close, "again": _again, "reveal": _reveal, "show": _show},
    **{"clear": _clear, "call": _call, "watch": _watch, "put": _put},
}
PUPIL: dict[str, Act] = {"vote": _vote, "mode": _follow, "offer": _offer, "stand": _stand}


# ---- what a message may hold


def _name(value: Any) -> str:
    """Take a name of ours: letters of an address."""
    if not isinstance(value, str) or not 0 < len(value) <= 80 or not all(c.isalnum() or c in "_.-" for c in value):
        raise Refused("name")
    return value


def _text(value: Any, most: int) -> str:
    """Take a line of words; what cannot be printed becomes a space."""
    if not isinstance(value, str) or len(value) > most:
        raise Refused("text")
    line = "".join(c if c.isprintable() else " " for c in value).strip()
    if not line:
        raise Refused("empty")
    return line


def _link(value: Any, most: int) -> str:
    """Take the values of a link."""
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise Refused("link")
    parse_qsl(value, max_num_fields=200)
    return value


def _frame(value: Any) -> int | None:
    return None if value is None else _whole(value, 0, 999_999)


def _whole(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise Refused("number")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise Refused("number")
    return float(value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > 20:
        raise Refused("list")
    return value


def _mode(value: Any) -> str:
    if value not in (FOLLOW, ALONE):
        raise Refused("mode")
    return str(value)


# ---- what each is told


def told(room: Room, teacher: bool, now: float) -> dict[str, Any]:
    """Say what all pupils, or the teacher, may know of the room: counts, the poll's numbers, and what is asked of them.

    The poll's words, its answer and one's own vote are added by whoever knows them.
    """
    says: dict[str, Any] = {"is": "room", "code": room.code, "teacher": teacher, "here": counts(room, now)}
    says |= {"shown": room.shown, "watch": room.watch, "call": list(room.call), "poll": None}
    if room.poll is not None:
        poll, seen = room.poll, teacher or not room.poll.hidden
        says["poll"] = {name: getattr(poll, name) for name in ("n", "topic", "scene", "experiment", "hidden", "stage")}
        says["poll"] |= {"round": len(poll.votes), "voted": [len(votes) for votes in poll.votes]}
        says["poll"] |= {"votes": poll.histograms() if seen else None}
    if teacher:
        offered = ("n", "topic", "search", "frame")
        says["offers"] = [{name: getattr(offer, name) for name in offered} for offer in room.offers]
        says["map"] = _map(room, now) if room.watch else None
    return says


def _map(room: Room, now: float) -> dict[str, list[float]]:
    """Give where the sliders of those stand who are on their own in the teacher's scene, by slider."""
    where = f"{room.place.topic}.{room.place.scene}" if room.place else ""
    stands: dict[str, list[float]] = {}
    for here in room.here.values():
        if here.of == where and now - here.seen < GONE:
            for name, value in here.values.items():
                stands.setdefault(name, []).append(value)
    return {name: sorted(values) for name, values in stands.items()}


def mine(room: Room, who: str) -> dict[str, Any]:
    """Say what a browser's own part is: what it chose in each round, and whether it offers its picture."""
    votes = [votes.get(who) for votes in room.poll.votes] if room.poll else []
    return {"votes": votes, "offers": any(offer.who == who for offer in room.offers)}
