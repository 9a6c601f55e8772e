"""The stage: the one drawing surface of all lessons.

`show(stage, key=…)` mounts a `figures.spec.Stage` as a Components-v2 component. The browser keeps the figures' nodes and
updates them in place, so zoom and camera survive; what did not change is not redrawn. The JavaScript beside this file
(`stage.js` and the modules it imports) is served as static files; see `ui.publish`.

What travels is one block of bytes: a JSON header with the arrays behind it, raw (`pack`). Arrays that move with the
playhead (`Frames`) are large and often unchanged: above `CARRIER_BYTES` they go in a mount of their own, for which
Streamlit sends a hash instead of the bytes when it repeats.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from figures.spec import Card, Frames, Stage, T
from ui import publish

CARRIER_BYTES = 10_000  # Streamlit caches messages from 10 kB up


class _Blob:
    """Arrays laid end to end, each at a multiple of eight bytes, so that the browser can view them in place."""

    TYPES: ClassVar[dict[str, str]] = {"f": "<f4", "u1": "u1", "i": "<i4", "u": "<i4", "b": "u1"}

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0
        self.known: dict[int, list[Any]] = {}  # arrays that several traces share travel once

    def add(self, array: NDArray[Any]) -> list[Any]:
        """Append an array; return [type, offset, shape…] for the header."""
        kind = "u1" if array.dtype == np.uint8 else array.dtype.kind
        if kind not in self.TYPES:
            raise TypeError(f"The stage cannot draw an array of {array.dtype}.")
        data = np.ascontiguousarray(array, dtype=self.TYPES[kind]).tobytes()
        where = self.size
        padded = data + bytes(-len(data) % 8)
        self.parts.append(padded)
        self.size += len(padded)
        name = {"f": "f4", "u1": "u1", "b": "u1"}.get(kind, "i4")
        return [name, where, *array.shape]


def pack(header: Mapping[str, Any], blob: _Blob) -> bytes:
    """Lay out header length (uint32), JSON header, padding to eight bytes, arrays."""
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-(len(text) + 4) % 8)
    return len(text).to_bytes(4, "little") + text + b"".join(blob.parts)


def _plain(value: Any, lang: str, blob: _Blob, frames: _Blob) -> Any:
    """Turn a spec into JSON: texts in `lang`, arrays as references into `blob`, Frames as references into `frames`."""
    if isinstance(value, str | bool | int | None):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, T):
        return value(lang)
    if isinstance(value, Frames):
        if id(value) not in frames.known:
            frames.known[id(value)] = frames.add(np.asarray(value.values))
        return {"$f": frames.known[id(value)]}
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "OUS":
            return [_plain(item, lang, blob, frames) for item in value.tolist()]
        return {"$a": blob.add(value)}
    if isinstance(value, np.generic):
        return _plain(value.item(), lang, blob, frames)
    if isinstance(value, Mapping):
        return {key: _plain(item, lang, blob, frames) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item, lang, blob, frames) for item in value]
    raise TypeError(f"The stage cannot draw a {type(value).__name__}.")


@dataclass(frozen=True)
class Encoded:
    """A stage as it travels: the figures, and (where large) the frames apart from them."""

    figures: bytes
    frames: bytes | None

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self.figures) + len(self.frames or b"")


def encode(stage: Stage, lang: str, *, extra: Mapping[str, Any] | None = None) -> Encoded:
    """Encode a stage in a language.

    Parameters
    ----------
    extra
        What the shell adds to the header (acknowledged slider values, versions, shell texts).
    """
    blob, frames = _Blob(), _Blob()
    figures = []
    for figure in stage.figures:
        # A figure's own arrays are hashed, so that the browser can tell whether Plotly's part changed.
        own = _Blob()
        data = _plain(list(figure.data), lang, own, frames)
        layout = _plain(figure.layout, lang, own, frames)
        digest = hashlib.blake2b(json.dumps([data, layout], sort_keys=True).encode(), digest_size=8)
        for part in own.parts:
            digest.update(part)
        shift = blob.size
        blob.parts += own.parts
        blob.size += own.size
        _shift(data, shift)
        _shift(layout, shift)
        figures.append(
            {
                "name": figure.name,
                "title": figure.title(lang),
                "alt": figure.alt(lang),
                "data": data,
                "layout": layout,
                "digest": digest.hexdigest(),
                "under": _plain(list(figure.under), lang, blob, frames),
            }
        )
    header: dict[str, Any] = {
        "lang": lang,
        "figures": figures,
        "grid": list(stage.grid),
        "columns": stage.columns,
        "height": stage.height,
        "note": stage.note(lang) if stage.note else None,
        "cards": [_card(card, lang, frames) for card in stage.cards],
        **(extra or {}),
    }
    if stage.playhead:
        header["playhead"] = {
            "steps": {"$f": frames.add(np.asarray(stage.playhead.steps))},
            "count": len(stage.playhead.steps),
            "unit": stage.playhead.unit(lang),
            "seconds": stage.playhead.seconds,
        }
    if frames.size == 0:
        return Encoded(pack(header, blob), None)
    digest = hashlib.blake2b(digest_size=8)
    for part in frames.parts:
        digest.update(part)
    header["frames"] = digest.hexdigest()
    if frames.size >= CARRIER_BYTES:
        return Encoded(pack(header, blob), pack({"id": header["frames"]}, frames))
    header["inline"] = blob.size
    blob.parts += frames.parts
    blob.size += frames.size
    return Encoded(pack(header, blob), None)


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


def _card(card: Card, lang: str, frames: _Blob) -> dict[str, Any]:
    return {
        "name": card.name,
        "title": card.title(lang),
        "rows": [
            {
                "label": row.label(lang),
                "values": {"$f": frames.add(np.asarray(row.values, dtype=np.float32))},
                "digits": row.digits,
                "words": [word(lang) for word in row.words],
            }
            for row in card.rows
        ],
    }


def _component(name: str, *, library: bool = False) -> Callable[..., Any]:
    return st.components.v2.component(
        f"sawaru_{name}",
        html=f'<div class="sawaru-{name}"></div>',
        js=publish.loader(f"stage/{name}.js", library=library),
        isolate_styles=False,  # Plotly's style sheet goes to the document's head
    )


_mount, _mount_carrier = _component("stage", library=True), _component("carrier")


def show(encoded: Encoded, *, key: str, on_edit: Callable[[], None] = lambda: None) -> None:
    """Mount an encoded stage.

    Parameters
    ----------
    on_edit
        Called when points were changed by hand. The change is the component's state `edit`:
        {"points": [[x, y, class], …], "ver": the version of the points it started from, "n": its number}.
    """
    _mount(key=key, data=encoded.figures, default={"edit": None}, on_edit_change=on_edit)
    if encoded.frames is not None:
        _mount_carrier(key=f"{key}.frames", data=encoded.frames)
