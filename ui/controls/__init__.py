"""A scene's controls as one component: live sliders, menus, switches, lines of text, and the rest behind "more".

`st.slider` sends only on release, and every Streamlit widget is a message and a render of its own at each move. Here
the browser owns the values while a hand moves them. It sends `{"values": {name: value}, "ver": version, "n": number}`
and lets the next message go only when the stage has painted the picture of number n (`stage/pump.js`). A change from
outside (reset, experiment, link) makes a new version; messages of an older one are ignored.
"""

from collections.abc import Callable, Container, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from core.text import T
from ui import params as ps
from ui import publish
from ui.room import shell
from ui.scene import Scene
from ui.text import word

WORDS = (
    *("more", "reset", "type_a_number", "share", "copy", "copied", "link", "qr", "qr_short", "qr_long"),
    *("question", "keys", "key_list", "leave_board"),
    *("verdict", "predicted", "answer", "plays_first", "was_tried", "to_predictions", "close", "explain"),
)
LONGEST = 2000  # characters; a QR code with more is too fine for a camera at the back of a classroom

_mount = st.components.v2.component(
    "sawaru_controls",
    html='<div class="sawaru-controls"></div>',
    css=(Path(__file__).parent / "controls.css").read_text(encoding="utf-8") + shell.css(),
    js=publish.loader("controls/controls.js"),
)


def show(
    scene: Scene,
    params: Any,
    *,
    key: str,
    first: tuple[str, ...],
    more: tuple[str, ...],
    apply: Container[str],
    version: int,
    lang: str,
    address: Mapping[str, Any],
    share: Mapping[str, Any] | None,
    board: bool,
    verdict: Mapping[str, Any] | None,
    page: Mapping[str, Any],
    on_change: Callable[[], None],
) -> None:
    """Mount the controls.

    Parameters
    ----------
    scene, params
        Whose controls, and the values they show.
    key
        Unique on the page; `read` takes the same.
    first, more
        Names in order: those beside the picture, and those behind "more".
    apply
        Which of them have a meaning now; the others come when the hand makes them apply.
    version
        Of the values; a new one overrules the hand.
    address
        What `ui.address.follow` made for the address bar.
    share
        The QR code for the address that was asked for last, from `qr`.
    board
        Whether this is the view for the projector.
    verdict
        What became of the prediction that was tried last, from `ui.reading.beside`.
    page
        What the lane has to know of the page (`stage/lane.js`).
    on_change
        Called when a hand moved a control, before anything reruns.
    """
    shown = [
        {
            "name": name,
            "more": name in more,
            "applies": name in apply,
            "value": getattr(params, name),
            **_describe(scene.fields[name], scene.hint("control", name), lang),
        }
        for name in (*first, *more)
    ]
    words = {name: word(name, lang) for name in WORDS}
    _mount(
        key=key,
        data={
            "controls": shown,
            "words": words,
            "version": version,
            "address": dict(address),
            "share": share,
            "board": board,
            "verdict": verdict,
            "page": dict(page),
            "room": shell.describe(lang),
        },
        default={"hand": None},
        on_hand_change=on_change,
    )


def read(key: str) -> dict[str, Any] | None:
    """Give the last message of the controls with this key."""
    held = st.session_state.get(key)
    message: dict[str, Any] | None = held.get("hand") if held else None
    return message


def qr(url: str) -> dict[str, Any]:
    """Make a QR code of an address: {"url", "image"}, the image None where the address is too long for a camera."""
    import segno

    if len(url) > LONGEST:
        return {"url": url, "image": None}
    return {"url": url, "image": segno.make(url, error="l", micro=False).svg_data_uri(scale=4, border=2, light="white")}


def _describe(control: ps.Control, hint: T | None, lang: str) -> dict[str, Any]:
    """Say what the browser needs to know of a control."""
    about: T | None = getattr(control, "help", None)
    common = {"label": control.label(lang), "help": about(lang) if about else "", "hint": hint(lang) if hint else ""}
    match control:
        case ps.Slider():
            names = ("low", "high", "step", "log", "whole")
            return {**common, "kind": "slider", "unit": control.unit(lang), **{n: getattr(control, n) for n in names}}
        case ps.Choice():
            kind = "buttons" if control.buttons else "menu"
            return {**common, "kind": kind, "options": [[k, text(lang)] for k, text in control.options.items()]}
        case ps.Toggle():
            return {**common, "kind": "switch"}
        case ps.Text():
            return {**common, "kind": "line", "limit": control.limit}
    raise TypeError(f"{type(control).__name__} is edited on the stage and cannot stand among the controls.")
