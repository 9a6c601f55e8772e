"""A series of one's own, a row a step or at times of its own, for the scenes that filter it."""

import textwrap
from dataclasses import dataclass

import numpy as np

from core.classical import kalman as k
from core.text import T
from pages.classical.kalman import shared
from ui.params import choice, own_names, own_series, own_times

LEAST = 5  # measurements
VAGUE = 100.0  # P0 ÷ R: nobody knows how such a series starts


@dataclass(frozen=True)
class Own:
    data: str = choice(
        T("データ", "Data"), {"simulated": T("作ったデータ", "Simulated"), "own": T("自分の系列", "Your own series")}
    )
    series: tuple[float | None, ...] = own_series(sets={"data": "own"})
    times: tuple[float, ...] = own_times(when=lambda p: p.own)
    names: tuple[str, ...] = own_names(when=lambda p: p.own)
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
    def timed(self) -> bool:
        """Whether the series has times of its own."""
        return len(self.times) == len(self.series) and self.times[:1] < self.times[-1:]

    @property
    def lengths(self) -> shared.Array:
        """The steps (t,), in units of the median one; the first leads to the first measurement."""
        if not self.timed:
            return np.ones(len(self.series))
        steps = np.diff(self.times)
        return np.append(1.0, steps / np.median(steps[steps > 0]))

    @property
    def uneven(self) -> bool:
        """Whether the steps differ in length, by more than rounding."""
        return bool(np.ptp(self.lengths) > 1e-3)

    @property
    def clock(self) -> shared.Array:
        """Where the measurements (t,) stand on the axis of time."""
        return np.array(self.times) if self.timed else np.arange(1.0, len(self.series) + 1)

    @property
    def time(self) -> T:
        """The name of the axis of time."""
        if self.own and self.timed and len(self.names) > 1:
            return T(self.names[1], self.names[1])
        return T("行", "Row") if self.own else T("時刻 (s)", "Time (s)")

    @property
    def value(self) -> T:
        """The name of what is measured."""
        return T(self.names[0], self.names[0]) if self.names else T("値", "Value")

    @property
    def notes(self) -> tuple[str, ...]:
        """Name the notes on how the series was taken."""
        return ("own", "uneven" if self.uneven else "timed" if self.timed else "rows")

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

        def make(dt: float) -> k.Model:
            return shared.model(self.model, dt, q, r, m0=self.known[0] / self.unit, p0=VAGUE * r)

        return k.uneven(make, self.lengths) if self.uneven else make(1.0)

    def code(self) -> str:
        """Give the series z and model(q, r) as lines of a snippet."""
        numbers = ", ".join("nan" if value is None else repr(value) for value in self.series)
        made = shared.model_code(self.model, "dt" if self.uneven else 1.0, "q", "r", m0="start", p0=f"{VAGUE!r} * r")
        times = ", ".join(map(repr, self.times))
        clock = f"""
times = np.array([
{textwrap.fill(times, 110, initial_indent="    ", subsequent_indent="    ")}
])
steps = np.diff(times)
steps = np.append(1.0, steps / np.median(steps[steps > 0]))  # in units of the median one
"""
        return f"""\
import numpy as np
from numpy import nan

from core.classical import kalman as k

# your own series, nan where a measurement is missing
z = np.array([
{textwrap.fill(numbers, 110, initial_indent="    ", subsequent_indent="    ")}
]) / {self.unit!r}
start = z[~np.isnan(z)][0]
{clock if self.uneven else ""}

def model(q, r):
    return {f"k.uneven(lambda dt: {made}, steps)" if self.uneven else made}


"""
