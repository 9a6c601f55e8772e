"""Tables that ship in public packages: nearly all become a picture or a series, with the numbers that pandas reads."""

import contextlib
import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.tables import TableError, read_table

PACKAGES = ("sklearn", "statsmodels", "vega_datasets", "palmerpenguins")


def files():
    for package in PACKAGES:
        found = importlib.util.find_spec(package)
        assert found is not None
        paths = sorted(Path(found.origin).parent.rglob("*.csv"))
        yield from (path for path in paths if len(path.read_bytes().splitlines()) > 1)  # one line is no table


FILES = list(files())


def by_pandas(path):
    """Read with pandas alone: commas or blanks, as its defaults read the rest."""
    for how in ({}, {"encoding": "latin-1"}, {"sep": r"\s+"}):
        try:
            return pd.read_csv(path, **how)
        except (ValueError, pd.errors.ParserError):
            continue
    return pd.DataFrame()


def numeric(column):
    return pd.api.types.is_numeric_dtype(column) and column.dtype != bool and column.notna().any()


def read(path):
    try:
        return read_table(path)
    except TableError:
        return None


@pytest.fixture(scope="module")
def tables():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [(path.name, by_pandas(path), read(path)) for path in FILES]


def pictured(table):
    """Whether some label and two features make a data set of more than one row."""
    for label in table.labels if table else ():
        with contextlib.suppress(TableError):  # of one class where the features have values
            if min(table.dataset(label).x.shape) > 1:
                return True
    return False


def test_there_are_enough_of_them(tables):
    assert len(tables) > 50


def test_nearly_all_with_two_numbers_and_a_label_become_a_picture(tables):
    wanted = []
    for name, frame, table in tables:
        numbers = [c for c in frame if numeric(frame[c]) and not str(c).startswith("Unnamed")]
        labels = [c for c in frame if 2 <= frame[c].nunique() <= 20]
        if any(len([n for n in numbers if n != label]) >= 2 for label in labels):
            wanted.append((name, pictured(table)))
    assert len(wanted) > 25
    assert np.mean([done for _, done in wanted]) >= 0.95, [name for name, done in wanted if not done]


def test_nearly_all_with_a_number_become_a_series(tables):
    wanted = []
    for name, frame, table in tables:
        if any(numeric(frame[c]) for c in frame):
            series = [table.series(n).values for n in table.numbers] if table else []
            wanted.append((name, any(np.isfinite(values).sum() > 1 for values in series)))
    assert len(wanted) > 40
    assert np.mean([done for _, done in wanted]) >= 0.97, [name for name, done in wanted if not done]


def test_the_numbers_are_those_of_pandas(tables):
    compared = 0
    for name, frame, table in tables:
        if table is None or (len(table.columns), table.rows) != (frame.shape[1], len(frame)):
            continue  # pandas' defaults see no columns there, or take a remark for names
        for column, theirs in zip(table.columns, frame, strict=True):
            if numeric(frame[theirs]) and column.kind != "row name":
                values = frame[theirs].to_numpy(float)
                np.testing.assert_allclose(column.values, np.where(np.isinf(values), np.nan, values), rtol=1e-12)
                assert column.missing == frame[theirs].isna().sum(), (name, theirs)
                compared += 1
    assert compared > 200
