"""What a page needs beside Streamlit's own code is asked for with the page, not when its first run has come.

While Streamlit's code connects and the server makes the first run, the browser has nothing to do; meanwhile it fetches
our modules and, what takes longest of all, runs plotly.js. Where this is missing (a host that runs app.py as a plain
script), pages ask for the same things later (`publish.LOADER`). The browser's back button is heard of here first, too.
"""

import functools
import re
from pathlib import Path

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import publish

# With these, what comes back could not be added to.
IN_THE_WAY = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
# A window's listeners are called in the order in which they came; ours must be before Streamlit's (`stage/lane.js`).
BACK = (b"sawaruLane", b"<script>addEventListener('popstate', (event) => window.sawaruLane?.back(event))</script>\n")
COMPONENT = "BidiComponent"  # Streamlit's module that shows parts such as ours


class Early:
    """Adds to the head of each page as it leaves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on all but pages."""
        page = scope["type"] == "http" and scope["method"] == "GET"
        if not page or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        parts: list[bytes] = []

        async def pass_on(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                    start = message
                    return
            elif start is not None and message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                body = b"".join(parts)
                lines = b"".join(line for name, line in head() if name not in body)
                body = body.replace(b"</head>", lines + b"</head>", 1)
                headers = MutableHeaders(raw=start["headers"])
                headers["content-length"] = str(len(body))
                for name in ("etag", "last-modified"):  # of the file, which may stay as it is while ours change
                    del headers[name]
                await send(start)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        asked = [(name, value) for name, value in scope["headers"] if name not in IN_THE_WAY]
        await self.app({**scope, "headers": asked}, receive, pass_on)


@functools.cache
def head() -> list[tuple[bytes, bytes]]:
    """Give what each line asks for, and the line; addresses start where the page's others do."""
    names = [f"app/static/{publish.folder()}/{name}" for name in publish.modules()] + component()
    lines = [(name, f'<link rel="modulepreload" crossorigin href="./{name}">\n') for name in names]
    library = f"app/static/{publish.plotly_file()}"
    lines.append((library, f'<script defer src="./{library}"></script>\n'))
    return [BACK, *((name.encode(), line.encode()) for name, line in lines)]


def component() -> list[str]:
    """Find Streamlit's module for components, and those that it imports; nothing where they have other names."""
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    found = next(folder.glob(f"{COMPONENT}.*.js"), None)
    if found is None:
        return []
    imports = re.findall(r'(?:from|import)"\./([\w.-]+\.js)"', found.read_text(encoding="utf-8"))
    return [f"static/js/{name}" for name in dict.fromkeys((found.name, *imports))]
