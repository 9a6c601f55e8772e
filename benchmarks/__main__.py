"""All benches: `make bench` writes benchmarks/results.md; `python -m benchmarks NAME …` prints some.

`lane` names those of a move. Most take one to four minutes, `latency` seven, `plain` thrice that. What takes longer, or
needs more, is in further.md.
"""

import argparse
from collections.abc import Callable

from benchmarks import classroom, compute, jobs, latency, memory, room, server, tables, transports, visits
from tools.harness import ROOT, machine

TRAINING = ("cartpole?agent=sarsa&seed=3",)


def a_class(pupils: int = 40, **how: object) -> Callable[[], str]:
    """Have a class measured."""
    return lambda: classroom.table(classroom.measure((pupils,), seconds=30, **how))  # type: ignore[arg-type]


PARTS: dict[str, tuple[str, Callable[[], str]]] = {
    "latency": ("From key to picture", lambda: latency.table(latency.measure())),
    "server": ("The server's part of a move", server.table),
    "transports": ("Websocket and HTTP, straight and through nginx", transports.table),
    "class": ("A class of forty on one server, a move a second each", a_class()),
    "train": ("Ten of the forty drag while a job trains", a_class(draggers=10, jobs=TRAINING)),
    "school": ("A hundred and twenty on one server", a_class(120)),
    "room": ("A class of forty in a room, led for a minute", room.table),
    "rooms": ("Five rooms of forty", lambda: room.table(rooms=5)),
    "compute": ("Time and size of a move at every scene", compute.table),
    "plain": (
        "The same pictures through Streamlit's own parts, and by reruns",
        lambda: latency.table(latency.measure(plain=True)),
    ),
    "jobs": ("A slider while a job runs", lambda: jobs.measure(5.0)),
    "cold": ("A class on a server just started", a_class(cold=True)),
    "drag": ("Ten of the forty drag", a_class(draggers=10)),
    "memory": ("Memory with every scene opened", memory.table),
    "tables": ("Reading a table of one's own", tables.table),
    "visits": ("Bytes of a visit", visits.table),
}
GROUPS = {"lane": ("latency", "server", "transports", "class", "train", "school")}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join([*GROUPS, *PARTS])}")
    asked = parser.parse_args().names
    names = [name for wanted in asked or PARTS for name in GROUPS.get(wanted, (wanted,))]
    text = [f"# Measured\n\nOn {machine()}."]
    for name in names:
        title, measure = PARTS[name]
        text.append(f"## {title} (`python -m benchmarks {name}`)\n\n{measure()}")
        print(f"{text[-1]}\n", flush=True)
    if not asked:
        (ROOT / "benchmarks" / "results.md").write_text("\n\n".join(text) + "\n", encoding="utf-8")
