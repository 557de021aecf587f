"""A returned PDF that was signed: unchanged, written on, altered. The signature is one of DER by hand, no more."""

import hashlib
from io import BytesIO

import pikepdf
import pypdf

from dsdesk.quote.compose import compose
from dsdesk.quote.doubts import DoubtKind
from dsdesk.quote.export import make_pdf
from dsdesk.quote.offer import understood
from dsdesk.quote.request import Purpose
from dsdesk.quote.returned import read_written
from dsdesk.quote.signed import stated_digest
from tests.quote.filling import by_pikepdf
from tests.quote.samples import catalog, evaluation

EVALUATION = evaluation()
REQUEST = compose(EVALUATION, catalog(), Purpose.REQUEST)
_ROOM = 200  # bytes kept for the signature
_DIGEST_ATTRIBUTE = bytes.fromhex("06092a864886f70d010904")  # the OID of message-digest


def signed():
    """A filled form with a signature dictionary over all of it but the signature itself."""
    content, _ = make_pdf(EVALUATION, catalog(), language="en", prices="blank")
    values = {f"L{line.no}.unit_price": "100.00" for line in REQUEST.lines}
    values |= {f"{one.code}.net": "1" for one in REQUEST.services}
    target = BytesIO()
    with pikepdf.open(BytesIO(by_pikepdf(content, values))) as document:
        field = next(one for one in document.Root.AcroForm.Fields if str(one.T) == "sign_signature")
        field.V = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Sig,
                Filter=pikepdf.Name("/Adobe.PPKLite"),
                SubFilter=pikepdf.Name("/adbe.pkcs7.detached"),
                ByteRange=pikepdf.Array([0, 1111111111, 1111111111, 1111111111]),
                Contents=pikepdf.String(b"\xff" * _ROOM),
            )
        )
        document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    file = bytearray(target.getvalue())
    hexadecimal = (b"ff" * _ROOM, b"FF" * _ROOM)
    start = next(at for at in (file.find(one) for one in hexadecimal) if at >= 0) - 1
    end = start + 2 * _ROOM + 2
    place = file.index(b"1111111111 1111111111 1111111111")
    file[place : place + 32] = b"%010d %010d %010d" % (start, end, len(file) - end)
    digest = hashlib.sha256(bytes(file[:start]) + bytes(file[end:])).digest()
    cms = _DIGEST_ATTRIBUTE + bytes([0x31, len(digest) + 2, 0x04, len(digest)]) + digest
    file[start + 1 : end - 1] = (cms + b"\0" * (_ROOM - len(cms))).hex().encode()
    return bytes(file)


SIGNED = signed()


def doubts(content):
    return [doubt.kind for doubt in read_written(content, "o.pdf").doubts]


def test_an_unchanged_file_is_no_problem_and_says_what_was_not_checked():
    assert doubts(SIGNED) == [DoubtKind.SIGNED]
    offer = understood(read_written(SIGNED, "o.pdf"), REQUEST)
    assert offer.complete
    assert "who signed could not be read" in offer.notes[0].in_english()


def test_one_price_changed_after_signing_is_told():
    at = SIGNED.index(b"(100.00)")
    altered = SIGNED[:at] + b"(900.00)" + SIGNED[at + 8 :]
    assert doubts(altered) == [DoubtKind.ALTERED]
    offer = understood(read_written(altered, "o.pdf"), REQUEST)
    assert not offer.complete
    assert "altered after it was signed" in offer.problems[0].in_english()


def test_what_was_appended_without_a_change_is_told():
    assert doubts(SIGNED + b"\n% and more\n%%EOF\n") == [DoubtKind.SIGNED, DoubtKind.FILLED_IN]


def test_a_form_that_nobody_signed_says_nothing():
    content, _ = make_pdf(EVALUATION, catalog(), language="en", prices="blank")
    assert doubts(by_pikepdf(content, {"L1.unit_price": "1"})) == []


def test_no_digest_is_read_from_what_is_none():
    assert stated_digest(b"") == b""
    assert stated_digest(_DIGEST_ATTRIBUTE + bytes([0x31, 9, 0x04, 20])) == b""


def test_a_price_that_was_changed_after_the_offer_was_signed_is_told():
    writer = pypdf.PdfWriter(BytesIO(SIGNED), incremental=True)
    writer.update_page_form_field_values(None, {"L1_unit_price": "900.00"}, auto_regenerate=False)
    target = BytesIO()
    writer.write(target)
    assert DoubtKind.CHANGED in doubts(target.getvalue())
    offer = understood(read_written(target.getvalue(), "o.pdf"), REQUEST)
    assert "fields were changed: L1.unit_price" in offer.problems[0].in_english()
    assert not offer.complete
