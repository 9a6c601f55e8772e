"""The smoother: go back over a filtered series, so that each step profits from the later measurements."""

import numpy as np

from core.classical.kalman.filtering import Run
from core.classical.kalman.models import Floats, Model
from core.result import result


@result
class Smoothed:
    """The state given *all* measurements, later ones included."""

    mean: Floats  # (…, t, n)
    cov: Floats  # (…, t, n, n)


def smooth(model: Model, run: Run) -> Smoothed:
    """Go back over a filtered series and let each state profit from the later measurements (Rauch–Tung–Striebel).

    Parameters
    ----------
    model, run
        The model, and what `filter` gave with it.

    Returns
    -------
    Smoothed
        At the last step it equals the filter.
    """
    n, t = model.F.shape[-1], run.mean.shape[-2]
    if run.mean.shape[-1] != n:
        raise ValueError(f"The run has states of {run.mean.shape[-1]} numbers, the model of {n}.")
    # Series that share their covariances (stored once) share the smoother's gains too.
    shared = run.cov.ndim == 4 and run.cov.strides[0] == 0 and not model.settings
    filtered, prior = (run.cov[0], run.prior_cov[0]) if shared else (run.cov, run.prior_cov)
    mean, cov = np.array(run.mean), np.array(filtered)
    one = np.eye(n)
    for k in range(t - 2, -1, -1):
        F, Q = model.step(k + 1)
        P, ahead = filtered[..., k, :, :], prior[..., k + 1, :, :]
        # C = P Fᵀ (F P Fᵀ + Q)⁻¹
        try:
            C = np.linalg.solve(ahead, F @ P).mT
        except np.linalg.LinAlgError:  # something is known for certain
            C = P @ F.mT @ np.linalg.pinv(ahead, hermitian=True)
        # m ← m + C (m₊ − F m)
        mean[..., k, :] += np.matvec(C, mean[..., k + 1, :] - run.prior_mean[..., k + 1, :])
        # P ← (I − C F) P (I − C F)ᵀ + C (P₊ + Q) Cᵀ, which equals P + C (P₊ − F P Fᵀ − Q) Cᵀ and cannot turn negative
        A = one - C @ F
        P = A @ P @ A.mT + C @ (cov[..., k + 1, :, :] + Q) @ C.mT
        cov[..., k, :, :] = 0.5 * (P + P.mT)
    return Smoothed(mean, np.broadcast_to(cov, run.cov.shape) if shared else cov)
