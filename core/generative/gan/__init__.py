"""Generative adversarial networks: a generator and a critic, each of whose losses depends on the other.

========  ==================================================================================
`dirac`   the smallest GAN there is: two numbers, and ways of stepping
`perfect` the best critic of two distributions, what the game is then worth, what it teaches
`ring`    two small networks learn eight modes on a ring, and keep a film of their samples
========  ==================================================================================

The critic says D(x), how likely x is to be real: σ of its score. It raises E[ln D(real)] + E[ln(1 − D(fake))].

References
----------
I. Goodfellow, J. Pouget-Abadie, M. Mirza, B. Xu, D. Warde-Farley, S. Ozair, A. Courville, Y. Bengio (2014), Generative
adversarial nets. NeurIPS 27.
"""

from core.generative.gan.dirac import SCHEMES as SCHEMES
from core.generative.gan.dirac import dirac as dirac
from core.generative.gan.dirac import linear as linear
from core.generative.gan.dirac import pull as pull
from core.generative.gan.perfect import critic as critic
from core.generative.gan.perfect import jensen_shannon as jensen_shannon
from core.generative.gan.perfect import slopes as slopes
from core.generative.gan.perfect import worth as worth
from core.generative.gan.ring import EVERY as EVERY
from core.generative.gan.ring import LOOK as LOOK
from core.generative.gan.ring import LOSSES as LOSSES
from core.generative.gan.ring import METHODS as METHODS
from core.generative.gan.ring import RADIUS as RADIUS
from core.generative.gan.ring import REACH as REACH
from core.generative.gan.ring import SD as SD
from core.generative.gan.ring import SEEDS as SEEDS
from core.generative.gan.ring import SPAN as SPAN
from core.generative.gan.ring import STEPS as STEPS
from core.generative.gan.ring import Film as Film
from core.generative.gan.ring import covered as covered
from core.generative.gan.ring import modes as modes
from core.generative.gan.ring import near as near
from core.generative.gan.ring import train as train
