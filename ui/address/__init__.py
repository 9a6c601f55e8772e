"""The address bar follows the state: `follow` rewrites it in place, so that a drag adds no history entry.

Writing `st.query_params` at each move would make an entry each. The server therefore never writes them; it reads them when
a page is opened.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from ui import publish

_mount = st.components.v2.component(
    "sawaru_address", html='<span class="sawaru-address"></span>', js=publish.loader("address/address.js")
)


def follow(query: Mapping[str, str], *, topic: str, moves: bool = False, at: int | None = None) -> str:
    """Mount the follower and give the query string it writes.

    Parameters
    ----------
    query
        The present state.
    topic
        The page; a new one forgets the last one's playhead.
    moves, at
        Whether the page has a playhead, and the frame a link asked for.
    """
    search = urlencode(query, safe=",;")
    _mount(key="sawaru.address", data={"search": search, "topic": topic, "moves": moves, "at": at})
    return search
