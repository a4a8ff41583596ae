"""Pictures as clients send them, turned into one plain form: (h, w, 4) uint8, RGBA, upright.

Knows file formats and their traps. Does not know what is in the picture.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from pipelines.errors import UnreadableInput

# Only these decoders may run: Pillow's list also holds formats that start other programs (EPS).
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
MAX_SIDE_PX = 4096
# 64 Mpx is above any phone's 48 Mpx and takes 256 MiB as RGBA; more is refused before it is decoded.
MAX_PIXELS = 64_000_000


def load_rgba(path: Path) -> NDArray[np.uint8]:
    """The first frame of a picture file -> (h, w, 4) uint8 RGBA, turned upright, at most 4096 px a side.

    Larger pictures are scaled down. Raises UnreadableInput for broken, truncated, oversized or foreign files.
    """
    Image.init()  # without it, naming a format that no file has used yet is a KeyError
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata is no reason to complain
            with Image.open(path, formats=FORMATS) as picture:
                return _decode(picture)
    except UnidentifiedImageError:
        raise UnreadableInput(
            "the image is not a PNG, JPEG, WebP, BMP, TIFF or GIF file, or its header is broken"
        ) from None
    except Image.DecompressionBombError:
        raise UnreadableInput(
            f"the image has more than {MAX_PIXELS // 10**6} megapixels; send a smaller one"
        ) from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError) as error:
        # Pillow's decoders answer damage with any of these.
        raise UnreadableInput(f"the image is truncated or broken ({_plain(error)})") from None


def _decode(picture: Image.Image) -> NDArray[np.uint8]:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise UnreadableInput(
            f"the image is {width} x {height} px; at most {MAX_PIXELS // 10**6} megapixels are read"
        )
    picture.seek(0)
    picture.draft("RGB", (MAX_SIDE_PX, MAX_SIDE_PX))  # JPEG only: decodes at a fraction of the size
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    rgba = _to_rgba(upright)
    rgba.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX), Image.Resampling.LANCZOS)
    return np.array(rgba, dtype=np.uint8)


def _to_rgba(picture: Image.Image) -> Image.Image:
    """Any Pillow mode -> RGBA. 16 and 32 bit greys are scaled, since Pillow's own conversion clips them."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return Image.fromarray(_grey_to_8_bit(np.asarray(picture)), "L").convert("RGBA")
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture.convert("RGB").convert("RGBA")


def _grey_to_8_bit(values: NDArray) -> NDArray[np.uint8]:
    """(h, w) grey of 16 or 32 bit integers, or floats -> (h, w) uint8. Floats in 0..1 or any larger range."""
    grey = np.nan_to_num(np.asarray(values, dtype=np.float64), posinf=0.0, neginf=0.0)
    top = 1.0 if grey.max(initial=0.0) <= 1.0 else 65_535.0
    if np.issubdtype(values.dtype, np.floating) and top > 1.0:
        top = 255.0
    top = max(top, grey.max(initial=0.0))
    return np.clip(grey / top * 255.0 + 0.5, 0, 255).astype(np.uint8)


def _plain(error: Exception) -> str:
    """The first line of a decoder's message; other words where that names a file or Python's inner things."""
    text = str(error).splitlines()[0] if str(error) else ""
    is_said = isinstance(error, (OSError, SyntaxError, EOFError)) and "/" not in text
    return text if text and is_said else "its bytes do not fit together"
