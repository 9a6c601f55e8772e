"""All benches: `make bench` writes benchmarks/results.md. What takes longer, or needs more, is in further.md."""

from collections.abc import Callable

from benchmarks import classroom, compute, jobs, latency, tables, visits
from tools.harness import ROOT, machine

TRAINING = ("cartpole?agent=sarsa&seed=3",)


def a_class(**how: object) -> Callable[[], str]:
    """Have a class of forty measured."""
    return lambda: classroom.table(classroom.measure((40,), seconds=30, **how))  # type: ignore[arg-type]


PARTS = (
    ("From key to picture (`python -m benchmarks.latency`)", lambda: latency.table(latency.measure())),
    ("Time and size of a move (`python -m benchmarks.compute`)", compute.table),
    ("A slider while a job runs (`python -m benchmarks.jobs`)", lambda: jobs.measure(5.0)),
    ("A class on a server just started (`python -m benchmarks.classroom --pupils 40 --cold`)", a_class(cold=True)),
    ("A class on one server (`python -m benchmarks.classroom --pupils 40`)", a_class()),
    ("Ten of them drag (`… --draggers 10`)", a_class(draggers=10)),
    (
        '… while a job trains (`… --draggers 10 --jobs "cartpole?agent=sarsa&seed=3"`)',
        a_class(draggers=10, jobs=TRAINING),
    ),
    ("Reading a table of one's own (`python -m benchmarks.tables`)", tables.table),
    ("Bytes of a visit (`python -m benchmarks.visits`)", visits.table),
)

if __name__ == "__main__":
    text = [f"# Measured\n\nOn {machine()}."]
    for title, measure in PARTS:
        text.append(f"## {title}\n\n{measure()}")
        print(text[-1], flush=True)
    (ROOT / "benchmarks" / "results.md").write_text("\n\n".join(text) + "\n", encoding="utf-8")
