"""What pages know of rooms: where they are talked of, the words, and the code that a link brought."""

from pathlib import Path
from typing import Any

import streamlit as st

from ui import publish
from ui.room import door, logic
from ui.room.words import said
from ui.text import lang

CODE = "sawaru_room"  # in the session


def arrive() -> None:
    """Remember the code of a link."""
    if code := logic.tidy(st.query_params.get("room", "")):
        st.session_state[CODE] = code


def describe(lang: str) -> dict[str, Any]:
    """Give what the browser needs."""
    return {"url": door.url(), "words": said(lang), "joins": st.session_state.get(CODE)}


def css() -> str:
    """Give the style sheet, for whoever shows it."""
    return (Path(__file__).parent / "room.css").read_text(encoding="utf-8")


_mount = st.components.v2.component(
    "sawaru_room",
    html='<div class="sawaru-room"></div>',
    css=(publish.ROOT / "ui" / "controls" / "controls.css").read_text(encoding="utf-8") + css(),
    js=publish.loader("room/entry.js"),
)


def offer() -> None:
    """Show the way into a room, on a page without controls."""
    with st.container(key="sawaru-enter"):
        _mount(key="sawaru.room", data={**describe(lang()), "lang": lang()})
