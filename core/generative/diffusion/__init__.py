"""Diffusion models without training: a cloud dissolves into noise, and the exact score of its law brings it back.

=============  ========================================================================================================
`noise`        how much of the data is left at each step, and the way into noise
`mixtures`     mixtures of bells under noise: score, density, the best guess of where a point came from, guidance
`samplers`     the way back, DDPM's and DDIM's, for a mixture or for any denoiser; how it ends for a single bell
`patches`      a denoiser of pictures that sees no more than a window around each pixel
=============  ========================================================================================================

References
----------
Sohl-Dickstein, Weiss, Maheswaranathan & Ganguli, "Deep unsupervised learning using nonequilibrium thermodynamics"
(2015).
Ho, Jain & Abbeel, "Denoising diffusion probabilistic models" (2020): DDPM, and the linear schedule.
Nichol & Dhariwal, "Improved denoising diffusion probabilistic models" (2021): the cosine schedule, steps left out.
Song, Meng & Ermon, "Denoising diffusion implicit models" (2021): DDIM.
Ho & Salimans, "Classifier-free diffusion guidance" (2022).
Kamb & Ganguli, "An analytic theory of creativity in convolutional diffusion models" (2024): windows.
"""

from core.generative.diffusion.mixtures import Bells as Bells
from core.generative.diffusion.mixtures import Mixture as Mixture
from core.generative.diffusion.mixtures import bell as bell
from core.generative.diffusion.mixtures import denoised as denoised
from core.generative.diffusion.mixtures import kernels as kernels
from core.generative.diffusion.mixtures import log_density as log_density
from core.generative.diffusion.mixtures import responsibilities as responsibilities
from core.generative.diffusion.mixtures import score as score
from core.generative.diffusion.noise import SCHEDULES as SCHEDULES
from core.generative.diffusion.noise import dissolve as dissolve
from core.generative.diffusion.noise import schedule as schedule
from core.generative.diffusion.patches import pictures as pictures
from core.generative.diffusion.patches import windowed as windowed
from core.generative.diffusion.samplers import SAMPLERS as SAMPLERS
from core.generative.diffusion.samplers import VARIANCES as VARIANCES
from core.generative.diffusion.samplers import ending as ending
from core.generative.diffusion.samplers import sample as sample
from core.generative.diffusion.samplers import walk as walk
