"""The Kalman filter: what to believe after each noisy measurement, and how far to trust the next one.

A state x moves, x ← F x + w with w ~ N(0, Q), and is seen through noise, z = H x + v with v ~ N(0, R). The filter
holds a mean and a covariance. It predicts both one step ahead, then moves the mean towards the measurement by a share
of the surprise z − H m. That share is the gain K.

==============  ===============================================================
`scalar`        all of it for one number
`models`        worlds: a level, a position with its velocity; series of them
`filtering`     the filter, of one series or of many
`smoothing`     the same, with hindsight
`steady`        what the gain settles to
`tuning`        whether Q and R are right, and which are the likeliest
`estimators`    simpler rivals, and how they are measured
==============  ===============================================================

The gain never looks at the measurements: `gains` computes it from the model and from *when* something was measured.
Steps may be of unequal length (`uneven`).
Settings (a leading axis on the model's matrices) and series (a leading axis on z) are filtered many at once.

References
----------
Kalman, "A new approach to linear filtering and prediction problems" (1960).
Rauch, Tung & Striebel, "Maximum likelihood estimates of linear dynamic systems" (1965): `smooth`.
Bar-Shalom, Li & Kirubarajan, "Estimation with applications to tracking and navigation" (2001): NIS, NEES, Joseph's
form.
Chu, Fan, Lin & Wang, "Structure-preserving algorithms for periodic discrete-time algebraic Riccati equations" (2004):
`steady_covariance`.
"""

from core.classical.kalman.estimators import average as average
from core.classical.kalman.estimators import fixed_gain as fixed_gain
from core.classical.kalman.estimators import lag as lag
from core.classical.kalman.estimators import moving_average as moving_average
from core.classical.kalman.estimators import rmse as rmse
from core.classical.kalman.estimators import so_far as so_far
from core.classical.kalman.filtering import Gains as Gains
from core.classical.kalman.filtering import Run as Run
from core.classical.kalman.filtering import filter as filter
from core.classical.kalman.filtering import gains as gains
from core.classical.kalman.models import Model as Model
from core.classical.kalman.models import constant_acceleration as constant_acceleration
from core.classical.kalman.models import constant_velocity as constant_velocity
from core.classical.kalman.models import disturb as disturb
from core.classical.kalman.models import local_level as local_level
from core.classical.kalman.models import planar as planar
from core.classical.kalman.models import simulate as simulate
from core.classical.kalman.models import uneven as uneven
from core.classical.kalman.scalar import Blend as Blend
from core.classical.kalman.scalar import blend as blend
from core.classical.kalman.scalar import expected_error as expected_error
from core.classical.kalman.scalar import gain as gain
from core.classical.kalman.scalar import update as update
from core.classical.kalman.smoothing import Smoothed as Smoothed
from core.classical.kalman.smoothing import smooth as smooth
from core.classical.kalman.steady import steady_covariance as steady_covariance
from core.classical.kalman.steady import steady_gain as steady_gain
from core.classical.kalman.tuning import Likelihood as Likelihood
from core.classical.kalman.tuning import autocorrelation as autocorrelation
from core.classical.kalman.tuning import chi2_band as chi2_band
from core.classical.kalman.tuning import likelihood as likelihood
from core.classical.kalman.tuning import nees as nees
