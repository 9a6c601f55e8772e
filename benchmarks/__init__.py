"""Where the README's figures come from: `make bench`, or one of them, `python -m benchmarks.latency`."""
