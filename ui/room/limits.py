"""How often somebody may do something: so many at once, and then one now and then."""

from collections import OrderedDict

KNOWN = 10_000  # whom a `Limits` remembers; who was away longest is forgotten


class Bucket:
    """`burst` at once, then `rate` a second."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst, self.left, self.when = rate, burst, burst, 0.0

    def has(self, now: float) -> bool:
        """Whether one is left."""
        self.left = min(self.burst, self.left + (now - self.when) * self.rate)
        self.when = now
        return self.left >= 1

    def take(self, now: float) -> bool:
        """Take one; whether there was one."""
        if not self.has(now):
            return False
        self.left -= 1
        return True


class Limits:
    """A bucket for each of many, and a wide one for all of them together."""

    def __init__(self, rate: float, burst: float, together: float) -> None:
        self.rate, self.burst = rate, burst
        self.each: OrderedDict[str, Bucket] = OrderedDict()
        self.all = Bucket(rate * together, burst * together)

    def _of(self, name: str) -> Bucket:
        bucket = self.each.setdefault(name, Bucket(self.rate, self.burst))
        self.each.move_to_end(name)
        if len(self.each) > KNOWN:
            self.each.popitem(last=False)
        return bucket

    def has(self, name: str, now: float) -> bool:
        """Whether one is left to somebody."""
        return self._of(name).has(now) and self.all.has(now)

    def take(self, name: str, now: float) -> None:
        """Take one of his."""
        self._of(name).take(now)
        self.all.take(now)
