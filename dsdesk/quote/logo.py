"""The buyer's logo at the upper right of the first page."""

import base64
import binascii
from io import BytesIO

from PIL.Image import DecompressionBombError
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable

_WIDEST, _HIGHEST = 44 * mm, 15 * mm
LARGEST_BYTES = 400_000
_MOST_PIXELS = 4_000_000


def picture_of(text: str) -> bytes:
    """The picture that Base64 text holds; b"" where it holds none that can be drawn."""
    try:
        content = base64.b64decode(text, validate=True)
        if not content or len(content) > LARGEST_BYTES:
            return b""
        wide, high = ImageReader(BytesIO(content)).getSize()
    except (binascii.Error, ValueError, OSError, SyntaxError, DecompressionBombError):
        return b""
    return content if wide * high <= _MOST_PIXELS else b""


class Logo(Flowable):
    """A picture that takes no height of the column: the title stands beside it."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Platypus asks for the size."""
        self.width = available_width
        return available_width, 0

    def draw(self) -> None:
        """Platypus draws at the flowable's own origin, the upper edge of what follows."""
        picture = ImageReader(BytesIO(self.content))
        wide, high = picture.getSize()
        scale = min(_WIDEST / wide, _HIGHEST / high)
        x, y = self.width - wide * scale, -high * scale
        self.canv.drawImage(picture, x, y, wide * scale, high * scale, mask="auto")
