"""The app with its lane, and beside it the same answers over HTTP: what the websocket is measured against."""

import asyncio
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui import lane

FLOOR = Path(__file__).with_name("floor.py")


async def move(request: Request) -> Response:
    """Answer a question that came as the body of a POST."""
    text = (await request.body()).decode()
    body = await asyncio.get_running_loop().run_in_executor(None, lane.answer, text)
    return Response(body, media_type="application/octet-stream", headers={"cache-control": "no-store"})


app = st.App(str(FLOOR), routes=[*lane.routes(), Route("/sawaru/move", move, methods=["POST"])])
