"""What is asked for with the page: it is there, each thing once, and all but pages pass as they are."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui import early, publish

PAGE = b'<html><head><script src="./static/js/index.js"></script></head><body></body></html>'
HTML = {"content-type": "text/html; charset=utf-8", "etag": "x", "last-modified": "y"}


def through(body=(PAGE,), gives=HTML, status=200, **scope):
    """Send a request through; give what the server within was asked, and what came back: status, headers, body."""
    asked, sent = [], []

    async def within(scope, receive, send):
        asked.append(scope)
        raw = [(name.encode(), value.encode()) for name, value in gives.items()]
        raw.append((b"content-length", str(sum(map(len, body))).encode()))
        await send({"type": "http.response.start", "status": status, "headers": raw})
        for i, part in enumerate(body):
            await send({"type": "http.response.body", "body": part, "more_body": i + 1 < len(body)})

    async def send(message):
        sent.append(message)

    accept = [(b"accept", b"text/html,*/*"), (b"if-none-match", b"x"), (b"accept-encoding", b"gzip")]
    scope = {"type": "http", "method": "GET", "path": "/x", "headers": accept, **scope}
    with ThreadPoolExecutor(1) as thread:  # this one may have a loop already: a browser's
        thread.submit(lambda: asyncio.run(early.Early(within)(scope, None, send))).result()
    start, *rest = sent
    return asked[0], start["status"], dict(start["headers"]), b"".join(part["body"] for part in rest)


@pytest.mark.parametrize("body", [(PAGE,), (PAGE[:50], PAGE[50:], b"")], ids=["whole", "in parts"])
def test_a_page_asks_for_all_of_it(body):
    asked, status, headers, got = through(body)
    assert status == 200
    assert int(headers[b"content-length"]) == len(got)
    assert not {b"etag", b"last-modified"} & set(headers)
    assert [name for name, _ in asked["headers"]] == [b"accept"]
    head = got.decode().split("</head>")[0]
    files = re.findall(r'"\./([^"]+)"', head)
    assert len(files) == len(set(files))
    root = publish.publish().parent
    ours = [name.removeprefix("app/static/") for name in files if name.startswith("app/static/")]
    assert all((root / name).is_file() for name in ours)
    assert {f"{publish.folder()}/stage/stage.js", publish.plotly_file()} <= set(ours)
    assert any(early.COMPONENT in name for name in files)  # Streamlit has it under this name
    assert got.endswith(b"</head><body></body></html>")


def test_what_the_page_asks_for_already_is_left_out():
    name = early.component()[0].encode()
    page = PAGE.replace(b"</head>", b'<link href="./' + name + b'"></head>')
    assert through((page,))[-1].count(name) == 1


@pytest.mark.parametrize(
    "how",
    [
        {"gives": {"content-type": "text/javascript", "etag": "x"}},
        {"status": 404},
        {"method": "POST"},
        {"headers": [(b"accept", b"*/*"), (b"if-none-match", b"x")]},
    ],
    ids=["a file", "nothing", "a form", "a script's"],
)
def test_all_else_passes_as_it_is(how):
    asked, _, headers, got = through(**how)
    assert got == PAGE
    assert headers[b"etag"] == b"x"
    assert int(headers[b"content-length"]) == len(PAGE)
    assert asked["headers"] == how.get("headers", asked["headers"])
