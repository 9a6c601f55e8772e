"""Rooms that several processes serve: two apps and one server, killed and started again in the middle of a vote."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time

import pytest
from websockets.exceptions import ConnectionClosed

from tests.test_room_hall import LESSON, LIMIT, SLIDER, Browser, ask, mark
from tools.harness import free_port, serve

PROGRAM = shutil.which("valkey-server") or shutil.which("redis-server")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="neither valkey-server nor redis-server is installed")


class Server:
    """A Redis or Valkey that writes down what it acknowledges."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.start()

    def start(self):
        how = ("--port", str(self.port), "--dir", str(self.folder), "--save", "", "--appendonly", "yes")
        self.process = subprocess.Popen([PROGRAM, *how, "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)
        end = time.monotonic() + LIMIT
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as asked:
                asked.sendall(b"PING\r\n")
                if asked.recv(10).startswith(b"+PONG"):
                    return
            assert time.monotonic() < end
            time.sleep(0.02)

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path)
    yield made
    made.kill()


def comes_back(at, **hello):
    """Connect as our page does: again and again, until it is in."""
    end = time.monotonic() + LIMIT
    while True:
        browser = None
        with contextlib.suppress(OSError, ConnectionClosed, TimeoutError):
            browser = Browser(at, **hello)
            browser.hears()
            return browser
        if browser is not None:
            browser.close()
        assert time.monotonic() < end, "it never came back"
        time.sleep(0.05)


def votes(browser, at, hello, choice):
    """Vote as our page does: until it is acknowledged; give the connection that it took."""
    while True:
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            browser.says(do="vote", poll=1, round=1, choice=choice)
            browser.until(lambda view: view["mine"]["votes"] == [choice])
            return browser
        browser.close()
        browser = comes_back(at, **hello)


def test_no_vote_that_was_acknowledged_is_lost(server):
    env = {"SAWARU_REDIS": f"redis://127.0.0.1:{server.port}/0"}
    with serve(env=env) as one, contextlib.ExitStack() as running:
        port = free_port()
        two = running.enter_context(serve(env=env, port=port))
        at = [address.removeprefix("http://") for address in (one, two)]
        with contextlib.ExitStack() as open_:
            teacher = Browser(at[0], do="open")
            open_.callback(teacher.close)
            room = teacher.hears(lambda _, m: m["is"] == "opened")
            hellos = [{"do": "join", "code": room["code"], "mark": mark(i)} for i in range(8)]
            pupils = [comes_back(at[i % 2], **hello) for i, hello in enumerate(hellos)]
            teacher.says(do="place", ask=ask(values={SLIDER: 1}), frame=None)
            pupils[1].says(do="seen", has=[])
            led = pupils[1].hears(lambda _, m: m["is"] == "picture")  # from the other process
            assert led["of"].startswith(LESSON.topic)
            teacher.says(do="pose", ask="k?", choices=["1", "2"])
            for i in range(4):
                pupils[i].until(lambda view: view["poll"])
                pupils[i] = votes(pupils[i], at[i % 2], hellos[i], i % 2)
            server.kill()
            for i in (4, 5):  # nobody can be told that this vote counts
                with contextlib.suppress(ConnectionClosed):
                    pupils[i].says(do="vote", poll=1, round=1, choice=1)
            server.start()
            for i in (4, 5):
                pupils[i] = votes(pupils[i], at[i % 2], hellos[i], 1)
            running.close()  # one of the two apps goes; its pupils come back to the other
            for i in (6, 7):
                pupils[i].close()
                pupils[i] = comes_back(at[0], **hellos[i])
                pupils[i] = votes(pupils[i], at[0], hellos[i], 0)
            running.enter_context(serve(env=env, port=port))  # and comes again
            for i in (1, 3, 5):
                pupils[i].close()
                pupils[i] = comes_back(at[1], **hellos[i])
                assert pupils[i].view["mine"]["votes"] == [1]
            teacher.close()
            teacher = comes_back(at[1], do="return", code=room["code"], key=room["key"])
            open_.callback(teacher.close)
            assert teacher.view["poll"]["votes"] == [[4, 4]]
            teacher.says(do="close", poll=1)
            for pupil in pupils:
                pupil.close()
            late = comes_back(at[0], **hellos[7])
            open_.callback(late.close)
            assert late.until(lambda view: view["poll"]["stage"] == "closed")["mine"]["votes"] == [0]
