"""The stage: the one drawing surface of all lessons.

`show(stage, key=…)` mounts a `figures.spec.Stage` as a Components-v2 component. The browser keeps the figures' nodes
and updates them in place, so zoom and camera survive; what did not change is not redrawn. The JavaScript beside this
file (`stage.js` and the modules it imports) is served as static files; see `ui.publish`.

What travels is one block of bytes: a JSON header with the arrays behind it, raw. Arrays that move with the
playhead (`Frames`) are large and often unchanged: above `CARRIER_BYTES` they go in a mount of their own, for which
Streamlit sends a hash instead of the bytes when it repeats. `Kept` arrays always do.
"""

import dataclasses
import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.text import T
from figures.spec import Card, Figure, Frames, Kept, Live, Scaled, Stage
from ui import publish

CARRIER_BYTES = 10_000  # Streamlit caches messages from 10 kB up
VIEWS = (
    "range",
    "tickvals",
    "ticktext",
)  # what an axis shows: Plotly changes it for little, and the browser sees to it


class _Blob:
    """Arrays laid end to end, each at a multiple of eight bytes, so that the browser can view them in place."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0
        self.places: dict[tuple[str, bytes], int] = {}  # what several traces share travels once

    def add(self, array: NDArray[Any]) -> list[Any]:
        """Append an array; return [type, offset, shape…] for the header."""
        name = _type(array)
        data = np.ascontiguousarray(array, dtype=f"<{name}").tobytes()
        where = self.places.setdefault((name, data), self.size)
        if where == self.size and data:
            padded = data + bytes(-len(data) % 8)
            self.parts.append(padded)
            self.size += len(padded)
        return [name, where, *array.shape]

    @property
    def digest(self) -> str:
        """A name for the content."""
        digest = hashlib.blake2b(digest_size=8)
        for part in self.parts:
            digest.update(part)
        return digest.hexdigest()


def _type(array: NDArray[Any]) -> str:
    """Name the narrowest type that the browser has for an array: float32 for reals, bytes where integers fit."""
    kind = array.dtype.kind
    if kind == "f":
        return "f4"
    if kind == "b":
        return "u1"
    if kind not in "iu":
        raise TypeError(f"The stage cannot draw an array of {array.dtype}.")
    low, high = int(array.min(initial=0)), int(array.max(initial=0))
    return "i4" if low < 0 or high > 0xFFFF else "u2" if high > 0xFF else "u1"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _laid_out(header: str, arrays: bytes) -> bytes:
    """Lay out header length (uint32), JSON header, padding to eight bytes, arrays."""
    text = header.encode()
    text += b" " * (-(len(text) + 4) % 8)
    return len(text).to_bytes(4, "little") + text + arrays


@dataclass(frozen=True)
class _Cargo:
    """What a stage's arrays travel in."""

    own: _Blob = field(default_factory=_Blob)
    frames: _Blob = field(default_factory=_Blob)
    kept: _Blob = field(default_factory=_Blob)


def _plain(value: Any, lang: str, cargo: _Cargo) -> Any:
    """Turn a spec into JSON: texts in `lang`, arrays as references into the `cargo`."""
    if isinstance(value, str | bool | int | None):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, T):
        return value(lang)
    if isinstance(value, Frames):
        pace = {"every": value.every, "since": value.since} if value.every > 1 else {}
        return {**_numbers(value.values, cargo), **pace}
    if isinstance(value, Kept):
        return {"$k": cargo.kept.add(value.values)}
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "OUS":
            return [_plain(item, lang, cargo) for item in value.tolist()]
        return {"$a": cargo.own.add(value)}
    if isinstance(value, np.generic):
        return _plain(value.item(), lang, cargo)
    if isinstance(value, Mapping):
        return {key: _plain(item, lang, cargo) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item, lang, cargo) for item in value]
    raise TypeError(f"The stage cannot draw a {type(value).__name__}.")


@dataclass(frozen=True)
class Encoded:
    """A stage as it travels: the figures, and apart from them (where large) the frames, and what is kept.

    It depends on nothing but the picture, so that all who see the same picture share it. What differs from visit to
    visit goes into the header when it is `sealed`.
    """

    header: str  # JSON
    arrays: bytes
    frames: bytes | None = None
    kept: bytes | None = None
    names: tuple[str | None, str | None] = (None, None)  # of frames and kept: the browser may have them already
    digest: str = ""  # of all of it: two equal pictures have the same

    @property
    def size(self) -> int:
        """Bytes of a move; what is kept does not travel again."""
        return len(self.header.encode()) + len(self.arrays) + len(self.frames or b"")

    def sealed(self, extra: Mapping[str, Any] | None = None) -> bytes:
        """Give the figures' bytes, with `extra` in the header."""
        more = _json({**(extra or {}), "picture": self.digest})
        return _laid_out(f"{self.header[:-1]},{more[1:]}", self.arrays)


def encode(stage: Stage, lang: str, *, extra: Mapping[str, Any] | None = None) -> Encoded:
    """Encode a stage in a language.

    Parameters
    ----------
    extra
        What else the picture's header says (the readouts, the shell's words): the same for all who see it.
    """
    cargo = _Cargo()
    header: dict[str, Any] = {
        "lang": lang,
        "figures": [_figure(figure, lang, cargo) for figure in stage.figures],
        "grid": list(stage.grid),
        "columns": stage.columns,
        "height": stage.height,
        "note": _plain(stage.note, lang, cargo) if isinstance(stage.note, T) else None,
        "finale": stage.finale,
        "cards": [_card(card, lang, cargo) for card in stage.cards],
        **(extra or {}),
    }
    blob, frames = cargo.own, cargo.frames
    if stage.playhead:
        header["playhead"] = {
            "steps": {"$f": frames.add(np.asarray(stage.playhead.steps))},
            "count": len(stage.playhead.steps),
            "unit": stage.playhead.unit(lang),
            "seconds": stage.playhead.seconds,
        }
    apart: dict[str, bytes | None] = {"frames": None, "kept": None}
    for name, block in (("kept", cargo.kept), ("frames", frames)):
        if block.size:
            header[name] = block.digest
            apart[name] = _laid_out(_json({"id": header[name]}), b"".join(block.parts))
    if frames.size and frames.size < CARRIER_BYTES:
        header["inline"], apart["frames"] = blob.size, None
        blob.parts += frames.parts
    text, arrays = _json(header), b"".join(blob.parts)
    digest = hashlib.blake2b(text.encode(), digest_size=8)
    digest.update(arrays)
    names = tuple(header[name] if apart[name] is not None else None for name in apart)
    return Encoded(text, arrays, apart["frames"], apart["kept"], (names[0], names[1]), digest.hexdigest())


def _figure(figure: Figure | Live, lang: str, cargo: _Cargo) -> dict[str, Any]:
    named = {"name": figure.name, "title": figure.title(lang), "alt": figure.alt(lang)}
    if isinstance(figure, Live):
        return {**named, "module": figure.module, "live": _plain(figure.data, lang, cargo)}
    # A figure's own arrays are hashed, so that the browser can tell whether Plotly's part changed.
    own = _Blob()
    drawn = dataclasses.replace(cargo, own=own)
    data, layout = _plain(list(figure.data), lang, drawn), _plain(figure.layout, lang, drawn)
    digest = hashlib.blake2b(json.dumps([data, _lasting(layout)], sort_keys=True).encode(), digest_size=8)
    for part in own.parts:
        digest.update(part)
    shift = cargo.own.size
    cargo.own.parts += own.parts
    cargo.own.size += own.size
    _shift(data, shift)
    _shift(layout, shift)
    under = _plain(list(figure.under), lang, cargo)
    return {**named, "data": data, "layout": layout, "digest": digest.hexdigest(), "under": under}


def _lasting(layout: Mapping[str, Any]) -> dict[str, Any]:
    """Give what of a layout stays when only the view changes: the ranges and ticks of its axes, and the view's name."""
    axes = {
        name: {key: value for key, value in layout[name].items() if key not in VIEWS}
        for name in ("xaxis", "yaxis")
        if name in layout
    }
    return {key: value for key, value in layout.items() if key != "uirevision"} | axes


def _shift(value: Any, by: int) -> None:
    """Move every array reference in a JSON tree by `by` bytes."""
    if isinstance(value, dict):
        if "$a" in value:
            value["$a"][1] += by
        else:
            for item in value.values():
                _shift(item, by)
    elif isinstance(value, list):
        for item in value:
            _shift(item, by)


def _card(card: Card, lang: str, cargo: _Cargo) -> dict[str, Any]:
    return {
        "name": card.name,
        "title": card.title(lang),
        "rows": [
            {
                "label": row.label(lang),
                "values": _numbers(row.values if isinstance(row.values, Kept) else row.array, cargo),
                "digits": row.digits,
                "words": [word(lang) for word in row.words],
            }
            for row in card.rows
        ],
    }


def _numbers(values: NDArray[Any] | Kept | Scaled, cargo: _Cargo) -> dict[str, Any]:
    """Refer to an array that moves with the playhead."""
    if isinstance(values, Kept):
        return {"$k": cargo.kept.add(np.asarray(values.values)), "moves": True}
    if isinstance(values, Scaled):
        parts = (values.shape, values.scale, values.offset)
        return {"$s": [cargo.frames.add(np.asarray(part, np.float32)) for part in parts]}
    return {"$f": cargo.frames.add(np.asarray(values))}


def _component(name: str, **how: bool) -> Callable[..., Any]:
    return st.components.v2.component(
        f"sawaru_{name}",
        html=f'<div class="sawaru-{name}"></div>',
        js=publish.loader(f"stage/{name}.js", **how),
        isolate_styles=False,  # Plotly's style sheet goes to the document's head
    )


_mount, _mount_carrier = _component("stage", library=True), _component("carrier", alone=True)


def show(
    encoded: Encoded,
    *,
    key: str,
    extra: Mapping[str, Any] | None = None,
    on_edit: Callable[[], None] = lambda: None,
    on_tick: Callable[[], None] = lambda: None,
) -> None:
    """Mount an encoded stage.

    Parameters
    ----------
    extra
        What the header says to this visit alone: what it acknowledges, versions, slow work.
    on_edit
        Called when points were changed by hand. The change is the component's state `edit`:
        {"points": [[x, y, class], …], "ver": the version of the points it started from, "n": its number}.
    on_tick
        Called while the header's `work` names work in progress, a few times a second, and when its button is pressed.
        The component's state `tick` is {"press": the work's name or None, "n": its number}.
    """
    mounts = {"edit": None, "tick": None}
    _mount(key=key, data=encoded.sealed(extra), default=mounts, on_edit_change=on_edit, on_tick_change=on_tick)
    if encoded.kept is not None:
        _mount_carrier(key=f"{key}.kept", data=encoded.kept)
    if encoded.frames is not None:
        _mount_carrier(key=f"{key}.frames", data=encoded.frames)
