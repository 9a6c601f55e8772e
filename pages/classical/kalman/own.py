"""A series of one's own, a row a step, for the scenes that filter it."""

import textwrap
from dataclasses import dataclass

import numpy as np

from core.classical import kalman as k
from core.text import T
from pages.classical.kalman import shared
from ui.params import choice, own_series

LEAST = 5  # measurements
VAGUE = 100.0  # P0 ÷ R: nobody knows how such a series starts


@dataclass(frozen=True)
class Own:
    data: str = choice(
        T("データ", "Data"), {"simulated": T("作ったデータ", "Simulated"), "own": T("自分の系列", "Your own series")}
    )
    series: tuple[float | None, ...] = own_series(sets={"data": "own"})
    model: str = choice(shared.MODEL, shared.MODELS, default="velocity")

    @property
    def known(self) -> list[float]:
        return [value for value in self.series if value is not None]

    @property
    def own(self) -> bool:
        """Whether there is a series to filter: one that is long enough, and moves."""
        return self.data == "own" and len(self.known) >= LEAST and min(self.known) < max(self.known)

    @property
    def asked(self) -> tuple[str, ...]:
        """Name the notes that say how a series comes in, where it is wanted and not there."""
        wanted = self.data == "own" and not self.own
        return (*(["few"] if self.series else []), "asked") if wanted else ()

    @property
    def unit(self) -> float:
        """The power of ten to divide by where the series moves too much or too little for the sliders of Q and R."""
        noise = float(np.sqrt(np.mean(np.diff(self.known) ** 2) / 2))
        return 1.0 if 0.15 <= noise <= 8 else float(10.0 ** np.round(np.log10(noise)))

    @property
    def scaled(self) -> str:
        """What was done to the values."""
        return "" if self.unit == 1 else f"÷ {self.unit:,.0f}" if self.unit > 1 else f"× {1 / self.unit:,.0f}"

    @property
    def time(self) -> T:
        """The name of the axis of time."""
        return T("行", "Row") if self.own else T("時刻 (s)", "Time (s)")

    def axis(self, name: T) -> T:
        """Name an axis with the unit of what is measured."""
        unit = self.scaled if self.own else "m"
        return T(f"{name.ja} ({unit})", f"{name.en} ({unit})") if unit else name

    @property
    def column(self) -> shared.Array:
        """The measurements (t, 1), NaN where one is missing."""
        return np.array(self.series, float)[:, None] / self.unit

    def filter(self, q: float, r: float) -> k.Model:
        """Start from the first measurement, with a P0 so wide that it says little more."""
        return shared.model(self.model, 1.0, q, r, m0=self.known[0] / self.unit, p0=VAGUE * r)

    def code(self) -> str:
        """Give the series z and model(q, r) as lines of a snippet."""
        numbers = ", ".join("nan" if value is None else repr(value) for value in self.series)
        return f"""\
import numpy as np
from numpy import nan

from core.classical import kalman as k

# your own series, nan where a measurement is missing
z = np.array([
{textwrap.fill(numbers, 110, initial_indent="    ", subsequent_indent="    ")}
]) / {self.unit!r}
start = z[~np.isnan(z)][0]


def model(q, r):
    return {shared.model_code(self.model, 1.0, "q", "r", m0="start", p0=f"{VAGUE!r} * r")}


"""
