"""Train all that the lesson on CLIP shows and write it to assets/clip: `python -m core.pretraining.clip`.

It goes on where it stopped: what is on its way lies in `--kept` until it is done. `--seed` other than 0 ships nothing:
it trains with fewer steps, and writes the scores on the card, to show how far chance moves them.
"""

import argparse
import json
import pickle
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from core.pretraining.clip import captions, scenes, towers
from core.pretraining.clip.batches import gallery, probe, singles
from core.pretraining.clip.models import CARD, HOME, Encoder, load
from core.pretraining.clip.pool import POOL
from core.pretraining.clip.scoring import scores
from core.pretraining.clip.training import (
    BATCH,
    KINDS,
    LAMBDA,
    PAIRED,
    RATES,
    STEPS,
    Arrays,
    State,
    Training,
    joins,
    train,
)

MARKS = (0, 40, 90, 180, 360, 630, 900, 1080, 1200, 1350, 1600, 1800)
REPLAYED = ("clip", "cyclip")
ASKED = (*REPLAYED, "strong")  # whose gallery is kept
LESS = 2  # other seeds have the steps by that

# By how much a score may differ when another machine trains: others round otherwise, and small differences grow.
TOLERANCE = 0.1


def watch_probe(weights: Arrays) -> dict[str, NDArray[np.float32]]:
    """Give the probe batch's embeddings, for the replay of training."""
    batch = probe()
    return {
        "image": towers.look(weights, batch.images),
        **{language: towers.read(weights, batch.captions[language]) for language in captions.LANGUAGES},
        "temperature": np.exp(-weights["scale"]),
    }


def trained(kind: str, seed: int, kept: Path) -> Training:
    """Train one model, or read it if that is done, or go on where it stopped."""
    less = LESS if seed else 1
    place = kept / str(seed)
    place.mkdir(parents=True, exist_ok=True)
    done = place / f"{kind}.done"
    if done.exists():
        made: Training = pickle.loads(done.read_bytes())
        return made
    steps = STEPS[kind] // less

    def keep(state: State) -> None:
        """Write where the training is; all pairs' trainings go on from where clip's parts with theirs."""
        for name in [kind] + ["parting"] * (kind == "clip" and state.step == joins(steps)):
            (place / f"{name}.new").write_bytes(pickle.dumps(state))
            (place / f"{name}.new").rename(place / f"{name}.state")
        print(f"{time.strftime('%H:%M')} seed {seed} {kind} {state.step}: {state.losses[-1]:.3f}", flush=True)

    begin = None
    for name in (kind, *(["parting"] if kind in PAIRED else [])):
        if begin is None and (place / f"{name}.state").exists():
            begin = pickle.loads((place / f"{name}.state").read_bytes())
    start = None if kind in PAIRED else trained("clip", seed, kept).weights
    marks = MARKS if kind in PAIRED and not seed else ()
    made = train(
        kind, steps=steps, seed=seed, start=start, begin=begin,
        marks=marks, watch=watch_probe, keep=keep,
    )  # fmt: skip
    done.write_bytes(pickle.dumps(made))
    return made


def ship(kind: str, made: Training) -> Encoder:
    """Write weights, replay and embeddings."""
    own = {"bag": "bag.", "digits": "image."}.get(kind, "")
    file = HOME / f"{kind}.safetensors"
    save_file({name: weight for name, weight in made.weights.items() if name.startswith(own)}, file)
    file.chmod(0o644)
    if kind in REPLAYED:
        frames = [frame for _, frame in made.marks]
        arrays: dict[str, Any] = {name: np.stack([frame[name] for frame in frames]) for name in frames[0]}
        arrays |= {"steps": np.array([step for step, _ in made.marks]), "losses": made.losses}
        np.savez_compressed(HOME / f"replay_{kind}.npz", **arrays)
    if kind in ASKED:
        look = {"image": gallery().images, "singles": scenes.render_all(singles(), range(len(singles())))}
        rows = {name: towers.look(made.weights, images) for name, images in look.items()}
        rows |= {language: towers.read(made.weights, gallery().captions[language]) for language in captions.LANGUAGES}
        half: dict[str, Any] = {name: array.astype(np.float16) for name, array in rows.items()}
        np.savez_compressed(HOME / f"gallery_{kind}.npz", **half)
    load.cache_clear()
    return load(kind)


def whole(kind: str, made: Training, clip: Training) -> Encoder:
    """Give a model that is not shipped."""
    return Encoder(kind, {**clip.weights, **made.weights}, {})


def note(kind: str, seed: int, measured: Mapping[str, float], seconds: int) -> None:
    """Write a model's entry on the card."""
    card = json.loads(CARD.read_text(encoding="utf-8")) if CARD.is_file() else {}
    card["made by"] = "python -m core.pretraining.clip"
    card["tolerance of the scores"] = TOLERANCE
    card["data"] = {
        "scenes": POOL,
        "what": "64 x 64 pictures of one or two coloured shapes, captions in English and Japanese, all drawn by "
        "chance, and a few typeset digits",
        "held out": [f"{colour} {shape}" for shape, colour in scenes.HELD_OUT],
        "digits": "to tune: scikit-learn's load_digits, three quarters of each digit's",
    }
    less = LESS if seed else 1
    entry = {
        "steps": STEPS[kind] // less,
        "batch": BATCH,
        "rate": RATES[kind],
        "lambda": LAMBDA.get(kind, 0),
        "seed": seed,
        "CPU seconds": seconds,
        "scores": dict(measured),
    }
    if seed:
        card.setdefault("other seeds", {}).setdefault(str(seed), {})[kind] = entry
    else:
        card.setdefault("models", {})[kind] = entry
    CARD.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main(kinds: Sequence[str], seed: int, kept: Path, threads: int) -> None:
    """Train, write and measure."""
    torch.set_num_threads(threads)
    for kind in kinds:
        made = trained(kind, seed, kept)
        model = whole(kind, made, trained("clip", seed, kept)) if seed else ship(kind, made)
        measured = scores(model)
        note(kind, seed, measured, round(made.seconds))
        load.cache_clear()
        print(seed, kind, round(made.seconds), "s of CPU", measured, flush=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description="Train the models of the lesson on CLIP and write them to assets/clip."
    )
    arguments.add_argument("kinds", nargs="*", help=f"of {' '.join(KINDS)}; all by default")
    arguments.add_argument("--seed", type=int, default=0, help="0 is shipped; others are only measured")
    arguments.add_argument(
        "--kept", type=Path, default=Path(tempfile.gettempdir(), "sawaru-clip"), help="where trainings on their way lie"
    )
    arguments.add_argument("--threads", type=int, default=2)
    chosen = arguments.parse_args()
    main(chosen.kinds or KINDS, chosen.seed, chosen.kept, chosen.threads)
