"""What the scenes of this lesson share."""

from core.text import T

PERCENT = T("%", "%")
