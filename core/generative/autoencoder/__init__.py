"""Autoencoders: data squeezed through a few numbers and back, from the linear one, which is PCA, to the VAE.

===========  =================================================================================================
`linear`     the linear VAE, solved and trained
`networks`   an encoder and a decoder of 8 × 8 digits, their losses and gradients
`training`   Adam on those; the cases whose networks were made ahead, what they leave over and what they dream
`evidence`   log p(x) of a VAE with two latent dimensions by quadrature, and the bound under it
===========  =================================================================================================

References
----------
Baldi & Hornik, "Neural networks and principal component analysis: learning from examples without local minima" (1989).
Vincent et al., "Extracting and composing robust features with denoising autoencoders" (2008).
Kingma & Welling, "Auto-encoding variational Bayes" (2014).
Higgins et al., "beta-VAE: learning basic visual concepts with a constrained variational framework" (2017).
Lucas et al., "Don't blame the ELBO! A linear VAE perspective on posterior collapse" (2019).
Rybkin et al., "Simple and effective VAE training with calibrated decoders" (2021).
"""

from core.generative.autoencoder.evidence import Lattice as Lattice
from core.generative.autoencoder.evidence import lattice as lattice
from core.generative.autoencoder.linear import Climb as Climb
from core.generative.autoencoder.linear import Latents as Latents
from core.generative.autoencoder.linear import climb as climb
from core.generative.autoencoder.linear import linear_vae as linear_vae
from core.generative.autoencoder.linear import objective as objective
from core.generative.autoencoder.networks import KINDS as KINDS
from core.generative.autoencoder.networks import Network as Network
from core.generative.autoencoder.networks import gradients as gradients
from core.generative.autoencoder.training import CASES as CASES
from core.generative.autoencoder.training import NOISE as NOISE
from core.generative.autoencoder.training import SEEDS as SEEDS
from core.generative.autoencoder.training import WIDTHS as WIDTHS
from core.generative.autoencoder.training import dreams as dreams
from core.generative.autoencoder.training import held_out as held_out
from core.generative.autoencoder.training import learnt as learnt
from core.generative.autoencoder.training import nearest as nearest
from core.generative.autoencoder.training import network as network
from core.generative.autoencoder.training import principal as principal
from core.generative.autoencoder.training import train as train
