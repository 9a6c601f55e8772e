"""The address bar follows the state: `follow` rewrites it in place, so that a drag adds no history entry.

Writing `st.query_params` at each move would make an entry each. The server therefore never writes them; it reads them
when a page is opened.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from ui import jobs, publish
from ui.text import lang, word

_mount = st.components.v2.component(
    "sawaru_address", html='<span class="sawaru-address"></span>', js=publish.loader("address/address.js")
)


def describe(query: Mapping[str, str], *, topic: str, at: int | None = None) -> dict[str, Any]:
    """Give what the browser needs to follow the state.

    Parameters
    ----------
    query
        The present state.
    topic
        The page; a new one forgets the last one's playhead.
    at
        The frame a link asked for.
    """
    lost = [word("lost", lang()), word("load_again", lang())]
    return {
        "lang": lang(),
        "lost": lost,
        "search": urlencode(query, safe=",;"),
        "topic": topic,
        "at": at,
        "session": jobs.visitor(),
    }


def follow(query: Mapping[str, str], *, topic: str) -> None:
    """Mount a follower, on pages that have no controls."""
    _mount(key="sawaru.address", data=describe(query, topic=topic))
