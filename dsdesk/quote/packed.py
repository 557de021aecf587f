"""A PDF with its small objects packed into compressed streams: a form of a thousand fields at a tenth of the bytes.

Source: ISO 32000-1:2008, 7.5.7 (object streams) and 7.5.8 (cross-reference streams).
"""

import re
import zlib
from dataclasses import dataclass

_AT_ONCE = 500  # objects in one stream, so that a viewer need not unpack the whole file for one page
_WIDTH = 7  # bytes of a row of the cross-reference stream
_HEAD = re.compile(rb"(\d+) 0 obj\s")
_ROW = re.compile(rb"(\d{10}) \d{5} n")
_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)", re.DOTALL)
_SIZE = re.compile(rb"/Size\s+\d+")
_VERSION = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row of the cross-reference stream: kind, then offset and 0, or number of the stream and place in it."""

    kind: int
    first: int
    second: int

    def row(self) -> bytes:
        return bytes([self.kind]) + self.first.to_bytes(4, "big") + self.second.to_bytes(2, "big")


def packed(content: bytes) -> bytes:
    """The same document with object streams; `content` is a PDF with a plain cross-reference table.

    Raises:
        ValueError: `content` has no such table.
    """
    trailer = _TRAILER.search(content, content.rfind(b"trailer"))
    if trailer is None:
        raise ValueError("no trailer")
    objects = _objects(content, int(trailer[2]))
    written = bytearray(_VERSION)
    entries: dict[int, _Entry] = {}
    small: list[tuple[int, bytes]] = []
    for number, body in objects:
        if b"stream\n" in body or b"/ByteRange" in body:  # a signature is put in afterwards, where it can be seen
            entries[number] = _Entry(1, len(written), 0)
            written += b"%d 0 obj\n%sendobj\n" % (number, body)
        else:
            small.append((number, body))
    following = max(number for number, _ in objects) + 1
    for start in range(0, len(small), _AT_ONCE):
        group = small[start : start + _AT_ONCE]
        entries[following] = _Entry(1, len(written), 0)
        entries |= {number: _Entry(2, following, place) for place, (number, _) in enumerate(group)}
        written += _object_stream(following, group)
        following += 1
    return bytes(written) + _cross_reference(following, entries, len(written), trailer[1])


def _objects(content: bytes, table: int) -> list[tuple[int, bytes]]:
    """Every object as (number, what stands between obj and endobj)."""
    offsets = sorted(int(row[1]) for row in _ROW.finditer(content, table))
    found = []
    for start, end in zip(offsets, [*offsets[1:], table], strict=True):
        head = _HEAD.match(content, start)
        if head is None:
            raise ValueError("the cross-reference table points beside an object")
        found.append((int(head[1]), content[head.end() : content.rindex(b"endobj", start, end)]))
    return found


def _object_stream(number: int, group: list[tuple[int, bytes]]) -> bytes:
    index, bodies, at = [], [], 0
    for inner, body in group:
        index.append(b"%d %d" % (inner, at))
        bodies.append(body)
        at += len(body)
    first = b" ".join(index) + b"\n"
    about = b"/Type /ObjStm /N %d /First %d" % (len(group), len(first))
    return _stream(number, about, first + b"".join(bodies))


def _stream(number: int, about: bytes, content: bytes) -> bytes:
    data = zlib.compress(content, 9)
    head = b"%d 0 obj\n<< %s /Filter /FlateDecode /Length %d >>\nstream\n" % (number, about, len(data))
    return head + data + b"\nendstream\nendobj\n"


def _cross_reference(number: int, entries: dict[int, _Entry], offset: int, trailer: bytes) -> bytes:
    entries = {0: _Entry(0, 0, 65535), **entries, number: _Entry(1, offset, 0)}
    before, rows = bytes(_WIDTH), bytearray()
    for index in range(number + 1):  # each row as its difference from the one above, which packs to almost nothing
        row = entries[index].row()
        rows += b"\x02" + bytes((one - other) % 256 for one, other in zip(row, before, strict=True))
        before = row
    kept = _SIZE.sub(b"", trailer).strip()
    about = b"/Type /XRef /Size %d /W [1 4 2] /DecodeParms << /Predictor 12 /Columns %d >>\n%s" % (
        number + 1,
        _WIDTH,
        kept,
    )
    return _stream(number, about, bytes(rows)) + b"startxref\n%d\n%%%%EOF\n" % offset
