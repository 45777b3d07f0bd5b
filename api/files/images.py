"""Images are decoded and written anew: what is not pixels (place, camera, hidden payloads) does not survive. Runs in a thread."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from api.files.sniff import FileType
from funnel.core.errors import FunnelError, invalid

MOST_PIXELS = 40_000_000
MOST_FRAMES = 300


def image_invalid() -> FunnelError:
    """422: broken, or too many pixels to open safely."""
    return invalid("image_invalid", "The image is broken or has too many pixels.")


def reencode(data: bytes, kind: FileType) -> bytes:
    """The same picture, upright, without metadata. Raises 422 image_invalid; never decodes more than the pixel cap."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=[kind.image_format or ""]) as image:
                return _rewrite(image, kind)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        OverflowError,
        MemoryError,
    ) as error:
        raise image_invalid() from error


def _rewrite(image: Image.Image, kind: FileType) -> bytes:
    frames = getattr(image, "n_frames", 1)
    if image.width * image.height * frames > MOST_PIXELS or frames > MOST_FRAMES:
        raise image_invalid()
    target = io.BytesIO()
    if frames > 1:
        image.save(target, format=kind.image_format, save_all=True)
        return target.getvalue()
    image.load()
    upright = ImageOps.exif_transpose(image)
    upright.info.clear()
    if kind.image_format == "JPEG":
        if upright.mode not in ("RGB", "L", "CMYK"):
            upright = upright.convert("RGB")
        upright.save(target, format="JPEG", quality=88, exif=b"")
    elif kind.image_format == "WEBP":
        upright.save(target, format="WEBP", quality=88, exif=b"", xmp=b"")
    else:
        upright.save(target, format=kind.image_format)
    return target.getvalue()
