"""Train all that the lesson on CLIP shows and write it to assets/clip: `python -m core.pretraining.clip`."""

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from core.pretraining.clip import captions, scenes, towers
from core.pretraining.clip.batches import gallery, probe
from core.pretraining.clip.models import CARD, HOME, load
from core.pretraining.clip.pool import POOL
from core.pretraining.clip.scoring import scores
from core.pretraining.clip.training import BATCH, KINDS, RATES, STEPS, Arrays, train

MARKS = (0, 30, 60, 120, 240, 420, 600, 650, 720, 820, 1000, 1200)


def watch_probe(weights: Arrays) -> dict[str, NDArray[np.float32]]:
    """Give the probe batch's embeddings, for the replay of training."""
    batch = probe()
    return {
        "image": towers.look(weights, batch.images),
        **{language: towers.read(weights, batch.captions[language]) for language in captions.LANGUAGES},
        "temperature": np.exp(-weights["scale"]),
    }


# By how much a score may differ when another machine trains: others round otherwise, and small differences grow.
TOLERANCE = 0.1


def ship(kinds: Sequence[str], threads: int) -> None:
    """Train, write weights, replay and embeddings, and write the scores on the card."""
    torch.set_num_threads(threads)
    for kind in kinds:

        def say(step: int, loss: float, kind: str = kind) -> None:
            if step % 50 == 0:
                print(f"{kind} {step}: {loss:.3f}", flush=True)

        start = load("clip").weights if kind in ("bag", "digits") else None
        marks = MARKS if kind in ("clip", "cyclip") else ()
        made = train(kind, start=start, marks=marks, watch=watch_probe, on_progress=say)
        file = HOME / f"{kind}.safetensors"
        save_file(dict(made.weights), file)
        file.chmod(0o644)
        if made.marks:
            frames = [frame for _, frame in made.marks]
            arrays: dict[str, Any] = {name: np.stack([frame[name] for frame in frames]) for name in frames[0]}
            arrays |= {"steps": np.array([step for step, _ in made.marks]), "losses": made.losses}
            np.savez_compressed(HOME / f"replay_{kind}.npz", **arrays)
            np.savez_compressed(HOME / f"gallery_{kind}.npz", image=towers.look(made.weights, gallery().images))
        load.cache_clear()
        measured = scores(load(kind))
        print(kind, round(made.seconds), "s", measured, flush=True)
        note(kind, measured, round(made.seconds))
        load.cache_clear()


def note(kind: str, measured: Mapping[str, float], seconds: int) -> None:
    """Write a model's entry on the card."""
    card = json.loads(CARD.read_text(encoding="utf-8")) if CARD.is_file() else {}
    card["made by"] = "python -m core.pretraining.clip"
    card["tolerance of the scores"] = TOLERANCE
    card["data"] = {
        "scenes": POOL,
        "what": "64 x 64 pictures of one or two coloured shapes, captions in English and Japanese, all drawn by chance",
        "held out": [f"{colour} {shape}" for shape, colour in scenes.HELD_OUT],
        "digits": "scikit-learn's load_digits, three quarters of each digit's",
    }
    entry = {"steps": STEPS[kind], "batch": BATCH, "rate": RATES[kind], "seed": 0, "seconds": seconds}
    card.setdefault("models", {})[kind] = {**entry, "scores": dict(measured)}
    CARD.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description="Train the models of the lesson on CLIP and write them to assets/clip."
    )
    arguments.add_argument("kinds", nargs="*", choices=KINDS, help="all by default; bag and digits need clip")
    arguments.add_argument("--threads", type=int, default=2)
    chosen = arguments.parse_args()
    ship(chosen.kinds or KINDS, chosen.threads)
