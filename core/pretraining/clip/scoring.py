"""What stands on a model's card: how much it gets right."""

from collections.abc import Sequence

import numpy as np

from core.pretraining.clip import captions, scenes
from core.pretraining.clip.batches import BANK, digits, gallery, held_out_batch, singles
from core.pretraining.clip.classes import class_numbers, class_texts
from core.pretraining.clip.exchange import swap_images, swap_scenes, swaps
from core.pretraining.clip.losses import contrastive_loss, cyclip_differences
from core.pretraining.clip.models import Encoder
from core.pretraining.clip.ranking import top1


def scores(encoder: Encoder, languages: Sequence[str] = captions.LANGUAGES) -> dict[str, float]:
    """Measure a model.

    Parameters
    ----------
    encoder
        Whom to ask.
    languages
        In which languages.

    Returns
    -------
    dict
        Shares from 0 to 1, most of them once a language: "held_out_en", the right one first among 256 canonical
        captions for scenes whose pair of shape and colour training never shows; "world_en", the same scenes, first
        among all captions of one thing; "new_shape_en", "new_colour_en", "new_both_en", the same scenes zero-shot among
        6, 7 and 42 classes; "seen_shape_en" …, as many scenes of pairs that training shows; "pairs_en", scenes of two
        things among 256; "swap_<kind>_en"; "digits_en", held-out digits among ten names; "same_scene", for the 256
        held-out scenes' captions whether the English and Japanese one find the same picture. And of the gallery's
        English side, not shares: "loss", "spread" (variance of the cosines of no pairs), "cross" and "inner" (mean
        squares of CyCLIP's differences by that), "likeness" (mean cosine of two pictures).
    """
    measured: dict[str, float] = {}
    held, world, drawn = held_out_batch(), scenes.every_single(), swap_scenes(256, seed=23)
    images = encoder.encode_images(held.images)
    pairs = swap_images(encoder, drawn)
    pictures, numbers, trains = digits()
    written = encoder.encode_images(pictures[~trains])
    found = []
    shown = singles()[BANK : BANK + len(held.scenes)]
    of_shown = encoder.encode_images(scenes.render_all(shown, range(len(shown))))
    for language in languages:
        every = [captions.canonical(scene, language) for scene in world]
        of_world, places = encoder.encode_texts(every), [every.index(c) for c in held.captions[language]]
        texts = of_world[places]
        found.append((texts @ images.T).argmax(axis=1))
        measured[f"held_out_{language}"] = top1(images @ texts.T)
        measured[f"world_{language}"] = float(np.mean((images @ of_world.T).argmax(axis=1) == places))
        for kind in ("shape", "colour", "both"):
            names = encoder.encode_texts(class_texts(kind, language)).T
            for what, rows, asked in (("new", images, held.scenes), ("seen", of_shown, shown)):
                best = (rows @ names).argmax(axis=1)
                measured[f"{what}_{kind}_{language}"] = float(np.mean(best == class_numbers(asked, kind)))
        of_pairs = encoder.encode_texts([captions.canonical(scene, language) for scene in drawn])
        measured[f"pairs_{language}"] = top1(pairs @ of_pairs.T)
        wins = swaps(encoder, count=len(drawn), language=language, seed=23, images=pairs).wins
        measured |= {f"swap_{kind}_{language}": share for kind, share in wins.items()}
        guess = (written @ encoder.encode_texts(class_texts("digit", language)).T).argmax(axis=1)
        measured[f"digits_{language}"] = float(np.mean(guess == numbers[~trains]))
    if len(found) == 2:
        measured["same_scene"] = float(np.mean(found[0] == found[1]))
    if "en" in languages:
        measured |= consistency(encoder)
    return {name: round(value, 4) for name, value in measured.items()}


def consistency(encoder: Encoder) -> dict[str, float]:
    """Measure how far a model's distances in the gallery agree, and how near all of it is."""
    image, text = encoder.encode_images(gallery().images), encoder.encode_texts(gallery().captions["en"])
    apart = ~np.eye(len(image), dtype=bool)
    spread = (image @ text.T)[apart].var()
    cross, inner = (float((d**2).mean() / spread) for d in cyclip_differences(image, text))
    loss, likeness = contrastive_loss(image, text, encoder.temperature).total, (image @ image.T)[apart].mean()
    return {"loss": loss, "spread": float(spread), "cross": cross, "inner": inner, "likeness": float(likeness)}
