"""Sampling, and what is done instead: darts, chains, walks that know a law, and the guess that takes no samples.

=============  ========================================================================================================
`darts`        points in a square, at random and in Sobol's order, and π from them
`chains`       Markov chains of a few states: where they settle, how fast they forget, what their days are worth
`walks`        Metropolis: a chain made so that it settles to a law of our choice; `targets` holds such laws
`diagnose`     of samples from chains: autocorrelation, effective size, R-hat
`meanfield`    the best law whose coordinates do not know of each other, instead of samples
=============  ========================================================================================================

References
----------
Sobol', "On the distribution of points in a cube and the approximate evaluation of integrals" (1967).
Kemeny & Snell, "Finite Markov chains" (1960): the fundamental matrix.
Metropolis, Rosenbluth, Rosenbluth, Teller & Teller, "Equation of state calculations by fast computing machines" (1953).
Geyer, "Practical Markov chain Monte Carlo" (1992): the initial monotone sequence.
Gelman, Carlin, Stern, Dunson, Vehtari & Rubin, "Bayesian data analysis", 3rd ed. (2013), section 11.4: R-hat.
Vehtari, Gelman, Simpson, Carpenter & Bürkner, "Rank-normalization, folding, and localization" (2021): effective size.
Bishop, "Pattern recognition and machine learning" (2006), section 10.1: mean field.
"""

from core.classical.sampling.chains import asymptotic_variance as asymptotic_variance
from core.classical.sampling.chains import forecast as forecast
from core.classical.sampling.chains import simulate as simulate
from core.classical.sampling.chains import slem as slem
from core.classical.sampling.chains import stationary as stationary
from core.classical.sampling.darts import inside as inside
from core.classical.sampling.darts import pi as pi
from core.classical.sampling.darts import scatter as scatter
from core.classical.sampling.darts import sobol as sobol
from core.classical.sampling.diagnose import autocorrelation as autocorrelation
from core.classical.sampling.diagnose import effective_size as effective_size
from core.classical.sampling.diagnose import r_hat as r_hat
from core.classical.sampling.meanfield import Factors as Factors
from core.classical.sampling.meanfield import divergence as divergence
from core.classical.sampling.meanfield import matched as matched
from core.classical.sampling.meanfield import mean_field as mean_field
from core.classical.sampling.meanfield import posterior as posterior
from core.classical.sampling.targets import TARGETS as TARGETS
from core.classical.sampling.targets import target as target
from core.classical.sampling.walks import Chain as Chain
from core.classical.sampling.walks import metropolis as metropolis
