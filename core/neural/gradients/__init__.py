"""Vanishing and exploding gradients: what a deep network does to a signal on its way up, and to a gradient down.

All of it is measured by real backpropagation in float64; `theory` is the mean-field prediction to lay over it.

=================  ==========================================================================
`activations`      φ and its slope
`network`          what a network is, and how its weights are drawn
`backpropagation`  a signal's way up, a gradient's way down, the Jacobian of both
`sizes`            how large both are in each layer
`meanfield`        what endlessly wide layers would do, and where gradients vanish or explode
`training`         learning the digits, with an eye on every layer
`trials`           runs made ahead, and the map of where networks learn
`through_time`     recurrent networks and LSTMs
`formats`          numbers of 16 and 32 bits
=================  ==========================================================================

References
----------
B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein, S. Ganguli (2016), Exponential expressivity in deep neural networks
through transient chaos. NeurIPS.
S. S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein (2017), Deep information propagation. ICLR.
J. Pennington, S. S. Schoenholz, S. Ganguli (2017), Resurrecting the sigmoid in deep learning through dynamical
isometry. NeurIPS.
"""

from core.neural.gradients.activations import ACTIVATIONS as ACTIVATIONS
from core.neural.gradients.activations import LEAK as LEAK
from core.neural.gradients.activations import STEEPEST as STEEPEST
from core.neural.gradients.activations import activate as activate
from core.neural.gradients.activations import slope as slope
from core.neural.gradients.backpropagation import EPS as EPS
from core.neural.gradients.backpropagation import Layer as Layer
from core.neural.gradients.backpropagation import Pass as Pass
from core.neural.gradients.backpropagation import backward as backward
from core.neural.gradients.backpropagation import forward as forward
from core.neural.gradients.backpropagation import run as run
from core.neural.gradients.backpropagation import singular_values as singular_values
from core.neural.gradients.formats import FORMATS as FORMATS
from core.neural.gradients.formats import LIMITS as LIMITS
from core.neural.gradients.formats import Floor as Floor
from core.neural.gradients.formats import Limits as Limits
from core.neural.gradients.formats import floors as floors
from core.neural.gradients.formats import rounded as rounded
from core.neural.gradients.meanfield import Phases as Phases
from core.neural.gradients.meanfield import Theory as Theory
from core.neural.gradients.meanfield import phases as phases
from core.neural.gradients.meanfield import second_moments as second_moments
from core.neural.gradients.meanfield import theory as theory
from core.neural.gradients.network import INITS as INITS
from core.neural.gradients.network import NORMS as NORMS
from core.neural.gradients.network import Config as Config
from core.neural.gradients.network import base_sigma as base_sigma
from core.neural.gradients.network import initial as initial
from core.neural.gradients.sizes import BINS as BINS
from core.neural.gradients.sizes import GRADIENT_SPAN as GRADIENT_SPAN
from core.neural.gradients.sizes import PRE_SPAN as PRE_SPAN
from core.neural.gradients.sizes import Profile as Profile
from core.neural.gradients.sizes import gradient_sizes as gradient_sizes
from core.neural.gradients.sizes import profile as profile
from core.neural.gradients.through_time import Lstm as Lstm
from core.neural.gradients.through_time import Recurrent as Recurrent
from core.neural.gradients.through_time import lstm as lstm
from core.neural.gradients.through_time import recurrent as recurrent
from core.neural.gradients.through_time import recurrent_profile as recurrent_profile
from core.neural.gradients.training import CHANCE as CHANCE
from core.neural.gradients.training import CLIPS as CLIPS
from core.neural.gradients.training import OPTIMIZERS as OPTIMIZERS
from core.neural.gradients.training import Training as Training
from core.neural.gradients.training import clip_factors as clip_factors
from core.neural.gradients.training import digits as digits
from core.neural.gradients.training import no_training as no_training
from core.neural.gradients.training import train as train
from core.neural.gradients.trials import MADE_AHEAD as MADE_AHEAD
from core.neural.gradients.trials import MAP_DEPTHS as MAP_DEPTHS
from core.neural.gradients.trials import MAP_SIGMAS as MAP_SIGMAS
from core.neural.gradients.trials import MAP_STEPS as MAP_STEPS
from core.neural.gradients.trials import TrainabilityMap as TrainabilityMap
from core.neural.gradients.trials import Trial as Trial
from core.neural.gradients.trials import map_trials as map_trials
from core.neural.gradients.trials import pack as pack
from core.neural.gradients.trials import stored as stored
from core.neural.gradients.trials import trainability_map as trainability_map
