"""Time of one measured network, 50 layers of 128 units, 64 examples: `python -m benchmarks.gradients`.

On one thread, in a process of its own: the threads of a BLAS are counted when it is loaded.
"""

import os
import subprocess
import sys
import time

ONE = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
RUNS = 15


def measure() -> str:
    """Lay the times out as a Markdown table."""
    from core.neural import gradients as core

    rows = ["| activation | init | norm | new seed, best ms | same seed, best ms |", "|---|---|---|---|---|"]
    for activation, init, norm in (
        ("sigmoid", "xavier", "none"),
        ("tanh", "orthogonal", "none"),
        ("relu", "he", "none"),
        ("relu", "he", "batch"),
        ("gelu", "he", "layer"),
    ):
        config = core.Config(depth=50, width=128, activation=activation, init=init, norm=norm)
        core.profile(config)
        cells = []
        for moved in (1, 0):
            times = []
            for k in range(RUNS):
                start = time.perf_counter()
                core.profile(config, seed=moved * (k + 1))
                times.append(1e3 * (time.perf_counter() - start))
            cells.append(min(times))
        rows.append(f"| {activation} | {init} | {norm} | {cells[0]:.1f} | {cells[1]:.1f} |")
    return "\n".join(rows)


def table() -> str:
    """Measure in a process with one thread."""
    code = "from benchmarks.gradients import measure; print(measure())"
    environment = {**os.environ, **ONE}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


if __name__ == "__main__":
    print(table())
