"""All benches: `make bench` writes benchmarks/results.md."""

from benchmarks import classroom, compute, jobs, latency
from benchmarks.harness import ROOT, machine

PARTS = (
    ("From key to picture (`python -m benchmarks.latency`)", lambda: latency.table(latency.measure())),
    ("Time and size of a move (`python -m benchmarks.compute`)", compute.table),
    ("A slider while a job runs (`python -m benchmarks.jobs`)", lambda: jobs.measure(5.0)),
    ("A class on one server (`python -m benchmarks.classroom`)", lambda: classroom.table(classroom.measure())),
)

if __name__ == "__main__":
    text = [f"# Measured\n\nOn {machine()}."]
    for title, measure in PARTS:
        text.append(f"## {title}\n\n{measure()}")
        print(text[-1], flush=True)
    (ROOT / "benchmarks" / "results.md").write_text("\n\n".join(text) + "\n", encoding="utf-8")
