"""Words that scenes of this lesson share."""

from core.text import T

PERCENT = T("%", "%")
