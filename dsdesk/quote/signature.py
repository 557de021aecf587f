"""The quote signed with the user's certificate: who fills the form in afterwards leaves what was signed as it is.

The file keeps a hole for the signature, everything beside the hole is signed, and the signature is put into it. It
certifies the document and allows fields to be filled in and signed (DocMDP 2).
Source: ISO 32000-1:2008, 12.8.1 (ByteRange), 12.8.2.2 (DocMDP), 12.8.3.3 (adbe.pkcs7.detached); RFC 5652 (CMS).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObject, PDFObjectReference, PDFString
from reportlab.pdfgen.canvas import Canvas

from dsdesk.base.errors import FileError, InputError, reason_of
from dsdesk.base.message import N_, Message
from dsdesk.quote.pdf_objects import document_of
from dsdesk.quote.tagging import tags_of

FIELD = "dsdesk_signature"
_BESIDE = 4096  # bytes of a CMS message beside its certificates: attributes, and a signature of up to 16,384 bits
_PRINT_LOCKED = 4 + 128
_RANGE = re.compile(rb"/ByteRange \[0 0{10} 0{10} 0{10}\]")
_HOLE = re.compile(rb"/Contents <(0+)>")


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A key with its certificate. It is not shown in tracebacks.

    Attributes:
        key: private key of `cryptography`, RSA or elliptic.
        certificate: its certificate.
        chain: certificates of the authorities above it, as far as the file has them.
    """

    key: Any
    certificate: Any
    chain: tuple[Any, ...]

    @property
    def room(self) -> int:
        """Bytes that a signature takes at most."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return _BESIDE + sum(len(one.public_bytes(Encoding.DER)) for one in (self.certificate, *self.chain))


def read_signer(path: Path, passphrase: str) -> Signer:
    """The key and the certificates in a PKCS #12 file (.p12, .pfx).

    Raises:
        FileError: it cannot be read, or holds no key with its certificate, or one that cannot sign a document.
        InputError: the passphrase is another.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        content = path.read_bytes()
    except OSError as error:
        text = N_("{path} cannot be read: {reason}.")
        raise FileError(Message(text, path=str(path), reason=reason_of(error))) from error
    try:
        held = pkcs12.load_pkcs12(content, passphrase.encode() or None)
    except ValueError as error:
        if "password" in str(error).lower():
            raise InputError(Message(N_("The passphrase does not open {path}."), path=str(path))) from error
        raise FileError(
            Message(N_("{path} is no certificate file: choose a .p12 or .pfx with its key."), path=str(path))
        ) from error
    if held.cert is None or not isinstance(held.key, RSAPrivateKey | EllipticCurvePrivateKey):
        text = N_("{path} holds no RSA or elliptic key with its certificate. Export both together.")
        raise FileError(Message(text, path=str(path)))
    return Signer(held.key, held.cert.certificate, tuple(one.certificate for one in held.additional_certs))


class _Reserved(PDFObject):
    """The signature with a hole in it; reportlab would not write numbers of a fixed width."""

    def __init__(self, room: int) -> None:
        self.room = room

    def format(self, _document: object) -> bytes:
        return (
            b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached\n"
            b"/ByteRange [0 0000000000 0000000000 0000000000]\n"
            b"/Contents <%s>\n"
            b"/Reference [ << /Type /SigRef /TransformMethod /DocMDP"
            b" /TransformParams << /Type /TransformParams /P 2 /V /1.2 >> >> ] >>" % (b"0" * (2 * self.room))
        )


def reserve(canvas: Canvas, room: int) -> PDFObjectReference:
    """Leave a hole of `room` bytes for a signature, and give the field that holds it, which is not seen."""
    document = document_of(canvas)
    value = document.Reference(_Reserved(room), FIELD)
    widget = PDFDictionary(
        {
            "Subtype": PDFName("Widget"),
            "FT": PDFName("Sig"),
            "T": PDFString(FIELD),
            "Rect": PDFArray([0, 0, 0, 0]),
            "F": _PRINT_LOCKED,
            "V": value,
        }
    )
    page: Any = canvas
    page._addAnnotation(widget)
    reference: PDFObjectReference = page._annotationrefs[-1]
    if (tags := tags_of(canvas)) is not None:
        widget.dict["StructParent"] = tags.widget(reference, document.thisPageRef())
    document.Catalog.__NoDefault__ = [*document.Catalog.__NoDefault__, "Perms"]
    document.Catalog.Perms = PDFDictionary({"DocMDP": value})
    return reference


def signed(content: bytes, signer: Signer) -> bytes:
    """`content`, made with a hole, with the signature of everything beside it put into the hole.

    Raises:
        ValueError: there is no such hole.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

    ranges = _RANGE.search(content)
    hole = _HOLE.search(content, ranges.end()) if ranges else None
    if ranges is None or hole is None:
        raise ValueError("no room for a signature")
    start, end = hole.start(1) - 1, hole.end(1) + 1
    numbers = b"/ByteRange [0 %010d %010d %010d]" % (start, end, len(content) - end)
    before = content[: ranges.start()] + numbers + content[ranges.end() : start]
    builder = pkcs7.PKCS7SignatureBuilder().set_data(before + content[end:])
    builder = builder.add_signer(signer.certificate, signer.key, hashes.SHA256())
    for one in signer.chain:
        builder = builder.add_certificate(one)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]
    message = builder.sign(Encoding.DER, options).hex().encode()
    return before + b"<" + message.ljust(end - start - 2, b"0") + b">" + content[end:]
