"""The steady state: the covariance, and with it the gain, that a filter settles to."""

import numpy as np

from core.classical.kalman.filtering import divide
from core.classical.kalman.models import Floats, Model

DOUBLINGS = 64  # of the Riccati recursion: 2⁶⁴ steps


def steady_covariance(model: Model) -> Floats:
    """Give the covariance *before* the update that the filter settles to: the solution of the Riccati equation.

    Parameters
    ----------
    model
        One setting or many; R must be invertible. P0 has no say.

    Returns
    -------
    (…, n, n) array


    Notes
    -----
    The Riccati recursion from P = 0, doubled: each round goes as many steps as all before. 40 rounds are 10¹² steps.
    """
    R = model.R
    try:
        # A = Fᵀ, G = Hᵀ R⁻¹ H, P = Q: one step
        G = model.H.mT @ np.linalg.solve(R, np.broadcast_to(model.H, (*model.settings, *model.H.shape[-2:])))
    except np.linalg.LinAlgError:
        raise ValueError("R is singular; the steady gain needs noise in every measurement.") from None
    A, P, one = model.F.mT, model.Q, np.eye(model.F.shape[-1])
    for _ in range(DOUBLINGS):
        with np.errstate(over="ignore", invalid="ignore"):
            W = one + G @ P
            if not np.isfinite(W).all():
                raise ValueError("No steady state: part of the state grows and is never measured or never disturbed.")
            WA = np.linalg.solve(W, np.broadcast_to(A, W.shape))
            # P ← P + Aᵀ P (I + G P)⁻¹ A
            step = A.mT @ P @ WA
            # G ← G + A (I + G P)⁻¹ G Aᵀ
            G = G + A @ np.linalg.solve(W, np.broadcast_to(G, W.shape)) @ A.mT
            # A ← A (I + G P)⁻¹ A
            A = A @ WA
            P = P + 0.5 * (step + step.mT)
            G = 0.5 * (G + G.mT)
        scale = np.abs(P).max(axis=(-2, -1))
        if (np.abs(step).max(axis=(-2, -1)) <= 1e-16 * scale).all():
            return np.asarray(np.broadcast_to(P, (*model.settings, *P.shape[-2:])))
    raise ValueError("No steady state: the uncertainty grows without end.")


def steady_gain(model: Model) -> Floats:
    """Give the gain the filter settles to, (…, n, m): what the update multiplies the innovation by.

    The model is that of `steady_covariance`.

    Examples
    --------
    >>> from core.classical.kalman import local_level
    >>> round(steady_gain(local_level(1.0, 1.0)).item(), 12)  # the golden ratio less one
    0.61803398875
    """
    P = steady_covariance(model)
    PH = P @ model.H.mT
    # K = P Hᵀ (H P Hᵀ + R)⁻¹
    return divide(PH, model.H @ PH + model.R)
