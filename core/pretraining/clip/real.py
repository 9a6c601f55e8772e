"""The real CLIP, if it is at hand: the package open_clip and a file of weights. Nothing is ever downloaded.

The file's name says the architecture as open_clip lists it, for example `ViT-B-32.safetensors`; the environment
variable `SAWARU_OPEN_CLIP` says where it is. Without either, the lesson speaks with its own small models alone.
"""

import importlib.util
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import late
from core.late import IMPORTS

VARIABLE = "SAWARU_OPEN_CLIP"


def found() -> Path | None:
    """Give the file of weights, or None if there is none or the package is missing."""
    place = os.environ.get(VARIABLE, "")
    if not place or not Path(place).is_file() or importlib.util.find_spec("open_clip") is None:
        return None
    return Path(place)


@dataclass(frozen=True, eq=False)
class RealEncoder:
    """A model of open_clip that speaks as `core.pretraining.clip.Encoder` does."""

    name: str  # its architecture
    model: Any  # with `encode_image`, `encode_text` and `logit_scale`
    preprocess: Callable[[Any], Any]  # from a Pillow picture to a (3, h, w) tensor
    tokenizer: Callable[[list[str]], Any]  # from a list of sentences to a (n, length) tensor

    @property
    def card(self) -> Mapping[str, Any]:
        """Say what it is."""
        return {"architecture": self.name}

    @property
    def temperature(self) -> float:
        """Give τ."""
        return float(np.exp(-float(self.model.logit_scale.detach())))

    def encode_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Put n pictures (h, w, 3) uint8 into the shared space: (n, d) float32 unit rows."""
        from PIL import Image

        with IMPORTS:
            import torch

        for image in images:
            if np.ndim(image) != 3 or np.shape(image)[2] != 3 or np.asarray(image).dtype != np.uint8:
                raise ValueError(f"A picture must be (h, w, 3) uint8, not {np.shape(image)}.")
        with torch.inference_mode():
            batch = torch.stack([self.preprocess(Image.fromarray(np.asarray(image))) for image in images])
            rows = torch.nn.functional.normalize(self.model.encode_image(batch), dim=1)
        return np.asarray(rows.numpy(), np.float32)

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Put n sentences into the shared space: (n, d) float32 unit rows."""
        with IMPORTS:
            import torch

        if isinstance(texts, str):
            raise ValueError("texts must be a list of sentences, not one sentence.")
        with torch.inference_mode():
            rows = torch.nn.functional.normalize(self.model.encode_text(self.tokenizer(list(texts))), dim=1)
        return np.asarray(rows.numpy(), np.float32)


@lru_cache(maxsize=1)
def load(path: Path) -> RealEncoder:
    """Read the file that `found` names."""
    open_clip: Any = late.load("open_clip")
    late.load("torch").set_num_threads(1)  # more would fight with other users' runs over the cores
    if path.stem not in open_clip.list_models():
        raise ValueError(
            f"open_clip knows no architecture {path.stem!r}; name the file after one of its architectures."
        )
    model, _, preprocess = open_clip.create_model_and_transforms(path.stem, pretrained=str(path))
    return RealEncoder(path.stem, model.eval(), preprocess, open_clip.get_tokenizer(path.stem))
