"""A picture of one's own: a file read into a small square of pixels, or a sentence saying what is wrong with it.

Everything is decided from the file's head before a pixel is decoded, so that a small file that claims to be a huge
picture costs nothing.
"""

import io
import warnings
from collections.abc import Mapping
from numbers import Integral
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core import late
from core.files import FileError, Source, content
from core.text import T

MAX_MEGABYTES = 20
MAX_SIDE = 12_000  # pixels
MAX_PIXELS = 16_000_000  # decoded, 64 MB at most
# A telephone's photographs have more. A JPEG is decoded straight to an eighth of its sides, so that even the largest
# takes little memory; one that is progressive is held whole, and so is a HEIC, in a few bytes a pixel.
MORE_PIXELS = {"JPEG": 64_000_000, "progressive": 26_000_000, "HEIF": 26_000_000}

# What is read; everything else that Pillow might know is not even tried.
FORMATS = {"PNG": "PNG", "JPEG": "JPEG", "WEBP": "WebP", "GIF": "GIF", "BMP": "BMP", "HEIF": "HEIC"}


class ImageError(FileError):
    """A file that cannot be used as a picture."""

    SENTENCES: ClassVar[Mapping[str, T]] = {
        **FileError.SENTENCES,
        "empty": T("ファイルの中身がありません。", "The file is empty."),
        "svg": T(
            "これは SVG の図で、画素でできた画像ではありません。PNG に書き出して、もう一度選んでください。",
            "This is an SVG drawing, not a picture made of pixels. Export it as PNG and try again.",
        ),
        "format": T(
            "ここで読める画像ではありません。{formats} のどれかで保存して、もう一度選んでください。",
            "This is not a picture that can be read here. Save it as {formats} and try again.",
        ),
        "animated": T(
            "動く画像です（{frames} コマあります）。静止画を選んでください。",
            "This picture moves: it has {frames} frames. Choose a still one.",
        ),
        "deep": T(
            "色ごとに 8 ビットを超える画像です。8 ビットで保存して、もう一度選んでください。",
            "This picture has more than 8 bits a colour channel. Save it with 8 bits and try again.",
        ),
        "large": T(
            "画像が {width} × {height} 画素あります。一辺 {side} 画素、全体で {pixels} 百万画素までです。",
            "The picture has {width} × {height} pixels; {side} a side and {pixels} million in all are the most.",
        ),
        "broken": T("画像が壊れているか、途中で切れています。", "The picture is damaged or incomplete."),
    }


def read_image(file: Source, size: int = 64) -> NDArray[np.uint8]:
    """Read a picture, cut its middle square and shrink it.

    PNG, JPEG, WebP, GIF, BMP and HEIC with 8 bits a channel. The camera's turn (Exif) is followed; what is transparent
    becomes white.

    Parameters
    ----------
    file
        A path, the content as bytes, or a binary file object, read from where it stands; at most 20 MB.
    size
        Side of the square in pixels, from 1 to 1024.

    Returns
    -------
    (size, size, 3) uint8

    Raises
    ------
    ImageError
        A ValueError, if the file cannot be used.
    ValueError
        If an argument is wrong.
    """
    if not isinstance(size, Integral) or not 1 <= size <= 1024:
        raise ValueError(f"size must be a whole number of pixels from 1 to 1024, not {size!r}.")
    data = content(file, MAX_MEGABYTES, ImageError)
    if not data:
        raise ImageError("empty")
    from PIL import Image, ImageOps

    late.load("pillow_heif").register_heif_opener(thumbnails=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's doubts; what we refuse, we refuse ourselves
        try:
            picture = Image.open(io.BytesIO(data), formats=list(FORMATS))
        except Image.DecompressionBombError:
            raise ImageError("large", **_limits(*_claimed(data), MAX_PIXELS)) from None
        except Exception:  # the many ways in which a decoder gives up
            raise ImageError(
                "svg" if _is_svg(data) else "broken" if _looks_known(data) else "format", **_formats(data)
            ) from None
        with picture:
            width, height = picture.size
            kind = "progressive" if picture.info.get("progressive") else picture.format or ""
            most = MORE_PIXELS.get(kind, MAX_PIXELS)
            if not (width and height) or max(width, height) > MAX_SIDE or width * height > most:
                raise ImageError("large", **_limits(width, height, most))
            try:
                if getattr(picture, "n_frames", 1) > 1:
                    raise ImageError("animated", frames=int(picture.n_frames))
                if picture.mode.startswith(("I", "F")) or _png_depth(data) > 8:
                    raise ImageError("deep")
                picture.draft("RGB", (4 * size, 4 * size))  # a JPEG decodes straight to a smaller one
                picture.load()
                # Whole pixels together first: a large picture is never copied at its full size.
                shrink = min(picture.size) // (4 * int(size)) if picture.mode in ("RGB", "RGBA", "L", "LA") else 1
                upright = ImageOps.exif_transpose(picture.reduce(shrink) if shrink > 1 else picture)
                rgba = upright.convert("RGBA")
                flat = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
                flat.alpha_composite(rgba)
                square = ImageOps.fit(flat.convert("RGB"), (int(size), int(size)), Image.Resampling.LANCZOS)
            except ImageError:
                raise
            except Exception:  # truncated, or damaged in one of many ways
                raise ImageError("broken") from None
    return np.asarray(square, dtype=np.uint8).copy()


_SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"BM")


def _looks_known(data: bytes) -> bool:
    return data.startswith(_SIGNATURES)


def _is_svg(data: bytes) -> bool:
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith(b"<") and b"<svg" in head


def _formats(data: bytes) -> dict[str, str | int]:
    return {} if _is_svg(data) or _looks_known(data) else {"formats": ", ".join(FORMATS.values())}


def _png_depth(data: bytes) -> int:
    """Give a PNG's bits a channel, which Pillow hides for colours; 8 for other files."""
    return data[24] if data.startswith(b"\x89PNG") and len(data) > 24 else 8


def _claimed(data: bytes) -> tuple[int, int]:
    """Give the sides that a PNG's or BMP's head claims; (0, 0) for others."""
    if data.startswith(b"\x89PNG"):
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data.startswith(b"BM"):
        return int.from_bytes(data[18:22], "little"), abs(int.from_bytes(data[22:26], "little", signed=True))
    return 0, 0


def _limits(width: int, height: int, most: int) -> dict[str, str | int]:
    return {"width": width, "height": height, "side": MAX_SIDE, "pixels": most // 10**6}
