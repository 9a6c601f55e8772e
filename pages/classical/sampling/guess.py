"""A guess of independent Gaussians, beside the law that it stands for."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from core.classical import sampling as s
from core.result import result


@result
class Narrow:
    mean: NDArray[np.float64]  # (2,)
    covariance: NDArray[np.float64]  # (2, 2)
    q: s.Factors
    gap: float  # the KL that was lowered, at the end

    @property
    def sd(self) -> NDArray[np.float64]:
        """True standard deviations, (2,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def rho(self) -> float:
        return float(self.covariance[0, 1] / self.sd.prod())

    @property
    def width(self) -> NDArray[np.float64]:
        """Standard deviation of the first unknown by q, in % of the true one, at each frame."""
        return 100 * np.sqrt(self.q.variances[:, 0]) / self.sd[0]

    @property
    def covered(self) -> NDArray[np.float64]:
        """How sure it may be, %, that the first unknown lies within q's 95% interval, at each frame."""
        a, b = (self.q.means[:, 0] + z * np.sqrt(self.q.variances[:, 0]) for z in (-1.96, 1.96))
        return 100 * (ndtr((b - self.mean[0]) / self.sd[0]) - ndtr((a - self.mean[0]) / self.sd[0]))


def scanned(r: Narrow) -> float:
    """Try 199 widths and give the one with the lowest KL(q ‖ p), in % of the true width."""
    tried = np.linspace(0.01, 1.99, 199)
    kl = [s.divergence(r.mean, np.diag((share * r.sd) ** 2), r.mean, r.covariance) for share in tried]
    return 100 * float(tried[int(np.argmin(kl))])


def as_said(*runs: Narrow) -> bool:
    return all(
        abs((r.width[-1] / 100) ** 2 - (1 - r.rho**2)) < 1e-9 and abs(scanned(r) - r.width[-1]) <= 0.5 + 1e-9
        for r in runs
    )


def exact(r: Narrow) -> bool:
    """Whether the guess is as wide as the truth, and its interval as sure as it says."""
    return bool(abs(r.width[-1] - 100) < 1e-6 and abs(r.covered[-1] - 95) < 0.01)
