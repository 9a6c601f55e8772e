"""CLIP: pictures and sentences in one space, pulled together where they belong together and pushed apart elsewhere.

The losses, what is measured in the shared space, and the trained models of a small world. All of it is numpy; only
`train` needs PyTorch, and loads it when it is called.

==============  ====================================================================================
`losses`        CLIP's loss, its gradient, CyCLIP's two terms
`circle`        the same loss where it can be seen whole: points on a circle
`spaces`        the gap between the towers, and how it closes
`ranking`       what is nearest, how sure a choice is
`scenes`        the small world: one or two coloured shapes, drawn
`captions`      what can be said of it in English and Japanese, and how words become numbers
`questions`     captions of which some are true
`towers`        the two networks; `torch_towers` has them in PyTorch
`models`        the trained models, and mixtures of two
`classes`       zero-shot: a class is a sentence
`exchange`      true captions against captions with one thing exchanged
`batches`       what the models are looked at with, and what was kept of their training
`scoring`       the numbers on a model's card
`training`      the trainings, of scenes from `pool`; `python -m core.pretraining.clip` runs them
`real`          the real CLIP, where it is at hand
==============  ====================================================================================

References
----------
Radford et al., "Learning transferable visual models from natural language supervision" (2021).
Goel et al., "CyCLIP: cyclic contrastive language-image pretraining" (2022).
Ilharco et al., "Patching open-vocabulary models by interpolating weights" (2022).
Zhao et al., "VL-CheckList: evaluating pre-trained vision-language models with objects, attributes and relations"
(2022).
Liang et al., "Mind the gap: understanding the modality gap in multi-modal contrastive representation learning" (2022).
Wang & Isola, "Understanding contrastive representation learning through alignment and uniformity on the hypersphere"
(2020).
"""

from typing import Any

from core import late
from core.pretraining.clip.batches import ASKED as ASKED
from core.pretraining.clip.batches import BANK as BANK
from core.pretraining.clip.batches import GALLERY as GALLERY
from core.pretraining.clip.batches import PROBE as PROBE
from core.pretraining.clip.batches import Batch as Batch
from core.pretraining.clip.batches import Embedded as Embedded
from core.pretraining.clip.batches import Replay as Replay
from core.pretraining.clip.batches import digits as digits
from core.pretraining.clip.batches import embedded as embedded
from core.pretraining.clip.batches import gallery as gallery
from core.pretraining.clip.batches import held_out_batch as held_out_batch
from core.pretraining.clip.batches import probe as probe
from core.pretraining.clip.batches import replay as replay
from core.pretraining.clip.batches import singles as singles
from core.pretraining.clip.classes import CLASSES as CLASSES
from core.pretraining.clip.classes import TEMPLATES as TEMPLATES
from core.pretraining.clip.classes import class_names as class_names
from core.pretraining.clip.classes import class_numbers as class_numbers
from core.pretraining.clip.classes import class_texts as class_texts
from core.pretraining.clip.classes import class_vectors as class_vectors
from core.pretraining.clip.classes import random_captions as random_captions
from core.pretraining.clip.exchange import KINDS as KINDS
from core.pretraining.clip.exchange import Swaps as Swaps
from core.pretraining.clip.exchange import cosines as cosines
from core.pretraining.clip.exchange import swap_images as swap_images
from core.pretraining.clip.exchange import swap_scenes as swap_scenes
from core.pretraining.clip.exchange import swap_words as swap_words
from core.pretraining.clip.exchange import swapped as swapped
from core.pretraining.clip.exchange import swaps as swaps
from core.pretraining.clip.losses import MAX_SCALE as MAX_SCALE
from core.pretraining.clip.losses import Loss as Loss
from core.pretraining.clip.losses import chance_loss as chance_loss
from core.pretraining.clip.losses import contrastive_loss as contrastive_loss
from core.pretraining.clip.losses import cyclip_differences as cyclip_differences
from core.pretraining.clip.losses import cyclip_terms as cyclip_terms
from core.pretraining.clip.losses import losses_over as losses_over
from core.pretraining.clip.models import CARD as CARD
from core.pretraining.clip.models import NAMES as NAMES
from core.pretraining.clip.models import Encoder as Encoder
from core.pretraining.clip.models import interpolate as interpolate
from core.pretraining.clip.models import interpolated as interpolated
from core.pretraining.clip.models import load as load
from core.pretraining.clip.questions import QUESTIONS as QUESTIONS
from core.pretraining.clip.questions import Answers as Answers
from core.pretraining.clip.questions import answers as answers
from core.pretraining.clip.questions import of_unknown as of_unknown
from core.pretraining.clip.ranking import combine as combine
from core.pretraining.clip.ranking import percentile as percentile
from core.pretraining.clip.ranking import probabilities as probabilities
from core.pretraining.clip.ranking import ranks as ranks
from core.pretraining.clip.ranking import retrieve as retrieve
from core.pretraining.clip.ranking import top1 as top1
from core.pretraining.clip.scoring import scores as scores
from core.pretraining.clip.spaces import alignment as alignment
from core.pretraining.clip.spaces import close_gap as close_gap
from core.pretraining.clip.spaces import gap as gap
from core.pretraining.clip.spaces import map_axes as map_axes
from core.pretraining.clip.spaces import uniformity as uniformity
from core.pretraining.clip.spaces import unit as unit


def train(kind: str = "clip", **options: Any) -> Any:
    """Train a model from nothing; see `core.pretraining.clip.training.train` for the options. Needs PyTorch."""
    return late.load("core.pretraining.clip.training").train(kind, **options)
