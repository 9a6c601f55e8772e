"""Reading a table of one's own: how long, and how much memory. `python -m benchmarks.tables`."""

import io
import subprocess
import sys
import time

import numpy as np
import openpyxl

from core.tables import read_table

SIZE = 5 * 2**20 - 100  # bytes
SHAPES = {
    "18 columns of measurements": ("%.6f", 18),
    "6 columns of measurements": ("%.2f", 6),
    "20 of digits": ("%d", 20),
}


def text(form: str, columns: int) -> bytes:
    """Write a table of nearly as many bytes as may be, its last column a label."""
    rng = np.random.default_rng(0)
    names = ",".join([*(f"c{i}" for i in range(columns)), "kind"])
    row = [",".join(form % v for v in rng.normal(0, 3, columns)) + f",{'abc'[i % 3]}" for i in range(2000)]
    lines = [names, *row * (SIZE // len("\n".join(row)) + 1)]
    return "\n".join(lines).encode()[:SIZE].rpartition(b"\n")[0]


def workbook() -> bytes:
    """Write 20,000 rows of 10 numbers."""
    book = openpyxl.Workbook(write_only=True)
    sheet, rng = book.create_sheet(), np.random.default_rng(0)
    sheet.append([f"c{i}" for i in range(10)])
    for values in rng.normal(0, 3, (20_000, 10)).round(3).tolist():
        sheet.append(values)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


PEAK = """
import sys
from core import late
from core.tables import read_table
late.load("pandas"), late.load("openpyxl")
data = sys.stdin.buffer.read()
kb = lambda: int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
before = kb()
read_table(data)
print((kb() - before) // 1024)
"""


def measure(data: bytes) -> tuple[int, float, float, int]:
    """Give rows, seconds on the clock and of the processor (the best of five), and the memory it took, MB."""
    table = read_table(data)
    runs = []
    for _ in range(5):
        clock, own = time.perf_counter(), time.process_time()
        read_table(data)
        runs.append((time.perf_counter() - clock, time.process_time() - own))
    grown = subprocess.run([sys.executable, "-c", PEAK], input=data, capture_output=True, check=True).stdout
    return table.rows, min(r[0] for r in runs), min(r[1] for r in runs), int(grown)


def table() -> str:
    """Measure all, as a table in Markdown."""
    made = {name: text(*shape) for name, shape in SHAPES.items()} | {"a workbook, 20,000 × 10": workbook()}
    lines = ["| | MB | rows | s | s of the processor | MB of memory |", "|---|---|---|---|---|---|"]
    for name, data in made.items():
        rows, clock, own, grown = measure(data)
        lines.append(f"| {name} | {len(data) / 2**20:.1f} | {rows:,} | {clock:.2f} | {own:.2f} | {grown} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
