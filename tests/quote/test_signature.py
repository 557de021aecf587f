"""The quote signed with a certificate, filled in, drawn over, altered; and who is believed to have signed it."""

import re
import shutil
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject, NumberObject

from dsdesk.base import paths
from dsdesk.base.errors import DsdeskError
from dsdesk.quote.doubts import DoubtKind
from dsdesk.quote.export import make_pdf
from dsdesk.quote.returned import read_written
from dsdesk.quote.signature import read_signer
from dsdesk.quote.signers import Standing, certificates_in, trusted_folder, who_signed
from tests.quote.samples import catalog, evaluation

FROM = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(name, key, *, by=None, until=FROM + timedelta(days=3650), authority=False):
    """A certificate for `key`, by another (certificate, key) or by itself."""
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        issuer_name=by[0].subject if by else called,
        subject_name=called,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=FROM,
        not_valid_after=until,
    ).add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    return builder.sign(by[1] if by else key, hashes.SHA256())


def kept(path, key, own, *chain, passphrase="secret"):
    """A PKCS #12 file."""
    locked = BestAvailableEncryption(passphrase.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"mine", key, own, list(chain), locked))
    return path


ROOT_KEY, BETWEEN_KEY, KEY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
ROOT = certificate("Root", ROOT_KEY, authority=True)
BETWEEN = certificate("Between", BETWEEN_KEY, by=(ROOT, ROOT_KEY), authority=True)
OWN = certificate("\u5f20\u4e09", KEY, by=(BETWEEN, BETWEEN_KEY))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DSDESK_HOME", str(tmp_path / "home"))
    assert paths.config().is_relative_to(tmp_path)


@pytest.fixture
def signer(tmp_path):
    return read_signer(kept(tmp_path / "mine.p12", KEY, OWN, BETWEEN), "secret")


def signed_pdf(signer, prices="blank"):
    return make_pdf(evaluation(), catalog(), language="en", prices=prices, signer=signer)[0]


def trust(*held):
    trusted_folder().mkdir(parents=True, exist_ok=True)
    for at, one in enumerate(held):
        (trusted_folder() / f"{at}.pem").write_bytes(one.public_bytes(Encoding.PEM))


def doubts(content):
    return [doubt.kind for doubt in read_written(content, "o.pdf").doubts]


def added_to(content, change):
    """The file with what `change` does to it appended, as a viewer saves a form."""
    writer = pypdf.PdfWriter(BytesIO(content), incremental=True)
    change(writer)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def fill(writer):
    writer.update_page_form_field_values(None, {"L1_unit_price": "100.00"}, auto_regenerate=False)


def draw(writer):
    over = DecodedStreamObject()
    over.set_data(b"BT /F1 12 Tf 100 100 Td (and more) Tj ET")
    page = writer.pages[0]
    page[NameObject("/Contents")] = writer._add_object(over)


def lay_over(writer):
    """An empty note of some size: a viewer draws it over what was signed."""
    note = {"/Type": NameObject("/Annot"), "/Subtype": NameObject("/Square"), "/F": NumberObject(4)}
    place = ArrayObject(FloatObject(one) for one in (100, 400, 300, 500))
    on_page = DictionaryObject({NameObject(name): one for name, one in {**note, "/Rect": place}.items()})
    writer.pages[0]["/Annots"].append(writer._add_object(on_page))


def widen_a_field(writer):
    held = (one.get_object() for one in writer.pages[0]["/Annots"])
    field = next(one for one in held if one.get("/T") == "L1_unit_price")
    field[NameObject("/Rect")] = ArrayObject(FloatObject(one) for one in (50, 100, 500, 700))


def whiten(writer):
    """Every word of the first page in white: the text is the same, and nothing of it is seen."""
    page = writer.pages[0]
    shown = page["/Contents"].get_object()
    over = DecodedStreamObject()
    over.set_data(re.sub(rb"[\d.]+ [\d.]+ [\d.]+ rg", b"1 1 1 rg", shown.get_data()))
    page[NameObject("/Contents")] = writer._add_object(over)


def put_a_file_in(writer):
    writer.add_attachment("more.txt", b"and more")


def test_it_names_who_signed_and_trusts_nobody_unasked(signer):
    content = signed_pdf(signer)
    assert doubts(content) == [DoubtKind.STRANGER]
    assert read_written(content, "o.pdf").doubts[0].detail == "\u5f20\u4e09"


@pytest.mark.parametrize("held", [ROOT, BETWEEN, OWN], ids=["root", "between", "itself"])
def test_a_certificate_of_the_user_vouches(signer, held):
    trust(held)
    assert doubts(signed_pdf(signer)) == [DoubtKind.TRUSTED]


def test_a_certificate_of_somebody_else_does_not(signer):
    trust(certificate("Root", KEY, authority=True), certificate("Between", ROOT_KEY, authority=True))
    assert doubts(signed_pdf(signer)) == [DoubtKind.STRANGER]


def test_who_is_no_authority_vouches_for_nobody(tmp_path):
    other = ec.generate_private_key(ec.SECP256R1())
    plain = certificate("Plain", other)
    mine = kept(tmp_path / "m.p12", KEY, certificate("Mine", KEY, by=(plain, other)), plain)
    trust(plain)
    assert doubts(signed_pdf(read_signer(mine, "secret"))) == [DoubtKind.STRANGER]


def test_a_certificate_that_has_ended_is_told(tmp_path):
    ended = certificate("Late", KEY, until=FROM + timedelta(days=1))
    trust(ended)
    signer = read_signer(kept(tmp_path / "late.p12", KEY, ended), "secret")
    assert doubts(signed_pdf(signer)) == [DoubtKind.EXPIRED]


def test_rsa_signs_an_estimate_too(tmp_path):
    key = rsa.generate_private_key(65537, 2048)
    own = certificate("RSA", key)
    trust(own)
    content = signed_pdf(read_signer(kept(tmp_path / "rsa.p12", key, own), "secret"), prices="estimate")
    assert DoubtKind.TRUSTED in doubts(content)


def test_a_filled_form_is_still_what_was_signed(signer):
    filled = added_to(signed_pdf(signer), fill)
    assert doubts(filled) == [DoubtKind.STRANGER, DoubtKind.FILLED_IN]
    assert read_written(filled, "o.pdf").entries["L1.unit_price"] == "100.00"


@pytest.mark.parametrize("change", [lay_over, widen_a_field, whiten, put_a_file_in])
def test_what_covers_hides_or_adds_is_no_filling_in(signer, change):
    said = doubts(added_to(added_to(signed_pdf(signer), fill), change))
    assert DoubtKind.CONTINUED in said
    assert DoubtKind.FILLED_IN not in said


def test_a_page_that_was_drawn_over_is_told(signer):
    assert doubts(added_to(signed_pdf(signer), draw)) == [DoubtKind.STRANGER, DoubtKind.CONTINUED]


@given(st.integers(0, 10**9))
def test_any_byte_that_changes_is_found_or_breaks_the_file(place):
    content = CONTENT
    at = place % len(content)
    if HOLE[0] <= at < HOLE[1]:
        return
    altered = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    with suppress(DsdeskError):  # it may be no PDF any more
        assert doubts(altered) in ([DoubtKind.ALTERED], [])


def test_a_signature_that_another_key_made_is_forged(signer):
    content = bytearray(signed_pdf(signer))
    signature = content[slice(*_hole(bytes(content)))]
    message = bytearray(bytes.fromhex(signature.decode()))
    end = len(message.rstrip(b"\0")) - 2  # the last bytes of the message are those of the signature
    message[end] ^= 1
    content[slice(*_hole(bytes(content)))] = message.hex().encode()
    assert doubts(bytes(content)) == [DoubtKind.FORGED]


def _hole(content):
    start = content.index(b"/Contents <", content.index(b"/ByteRange")) + len(b"/Contents <")
    return start, content.index(b">", start)


@given(st.binary(max_size=300))
def test_what_is_no_message_is_no_crash(content):
    assert who_signed(content, b"", ()).standing is Standing.UNREADABLE
    assert certificates_in(content) == ()


@pytest.mark.parametrize("passphrase", ["other", ""])
def test_another_passphrase_is_one_sentence(tmp_path, passphrase):
    with pytest.raises(DsdeskError, match="passphrase"):
        read_signer(kept(tmp_path / "m.p12", KEY, OWN), passphrase)


def test_what_cannot_sign_is_one_sentence(tmp_path):
    (tmp_path / "no.p12").write_bytes(b"nothing")
    key = ed25519.Ed25519PrivateKey.generate()
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ed")])
    own = x509.CertificateBuilder(called, called, key.public_key(), 1, FROM, FROM + timedelta(days=9)).sign(key, None)
    for path in (tmp_path / "no.p12", tmp_path / "absent.p12", kept(tmp_path / "ed.p12", key, own)):
        with pytest.raises(DsdeskError):
            read_signer(path, "secret")


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not here")
def test_poppler_finds_it_valid(signer, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed_pdf(signer))
    told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told


def _content():
    from dsdesk.quote.signature import Signer

    content = signed_pdf(Signer(KEY, OWN, ()))
    return content, _hole(content)


CONTENT, HOLE = _content()
