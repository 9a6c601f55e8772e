"""Pictures from numbers: pure functions from a core result to a `figures.spec.Figure`."""
