"""`dsdesk quote`: the request for quotation or the estimate, as PDF and XLSX."""

import argparse
import getpass
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dsdesk.base.errors import InputError
from dsdesk.base.message import N_, Message
from dsdesk.cli.command import OK, Command, Session
from dsdesk.cli.project_argument import add_project, evaluated

if TYPE_CHECKING:
    from dsdesk.quote.signature import Signer

_SECRET = "DSDESK_PASSPHRASE"
_LANGUAGES = {"zh": "zh_CN", "en": "en", "both": "both"}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    parser.add_argument("-o", "--output", type=Path, required=True, help="PDF to write")
    parser.add_argument("--lang", choices=sorted(_LANGUAGES), help="language of the document")
    parser.add_argument("--xlsx", type=Path, help="write the lines as XLSX too")
    parser.add_argument("--force", action="store_true", help="replace files that exist")
    parser.add_argument(
        "--sign",
        type=Path,
        metavar="P12",
        help=f"sign with this certificate; its passphrase is asked for or in {_SECRET}",
    )
    parser.add_argument(
        "--compute", action="store_true", help="the form adds up by a script, which some mail gateways refuse"
    )
    prices = parser.add_mutually_exclusive_group()
    prices.add_argument("--prices", dest="prices", action="store_const", const="estimate", help="our estimates")
    prices.add_argument("--blank", dest="prices", action="store_const", const="blank", help="prices left blank (RFQ)")


def _run(session: Session) -> int:
    from dsdesk.quote.export import write_pdf, write_xlsx

    arguments = session.arguments
    if arguments.xlsx is not None and arguments.xlsx.resolve() == arguments.output.resolve():
        raise InputError(Message(N_("PDF and XLSX cannot be the same file: {path}."), path=str(arguments.xlsx)))
    for path in (arguments.output, arguments.xlsx):
        if path is not None and path.exists() and not arguments.force:
            raise InputError(Message(N_("{path} exists already. Add --force to replace it."), path=str(path)))
    evaluation = evaluated(session)
    if arguments.compute:
        quote = replace(evaluation.project.quote, computes=True)
        evaluation = replace(evaluation, project=replace(evaluation.project, quote=quote))
    terms = evaluation.project.quote
    language = _LANGUAGES[arguments.lang] if arguments.lang else terms.language
    prices = arguments.prices or terms.prices
    signer = _signer(session, arguments.sign) if arguments.sign else None
    written = [
        write_pdf(evaluation, session.catalog, arguments.output, language=language, prices=prices, signer=signer)
    ]
    if arguments.xlsx is not None:
        written.append(write_xlsx(evaluation, session.catalog, arguments.xlsx, language=language, prices=prices))
    for warning in dict.fromkeys(warning for one in written for warning in one.warnings):
        session.warn(warning)
    return OK


def _signer(session: Session, path: Path) -> "Signer":
    from dsdesk.quote.signature import read_signer

    passphrase = os.environ.get(_SECRET)
    if passphrase is None:
        passphrase = getpass.getpass(session.text(Message(N_("Passphrase of {file}"), file=path.name)) + ": ")
    return read_signer(path, passphrase)


COMMAND = Command(name="quote", summary="write the quote as PDF and XLSX", add_arguments=_add_arguments, run=_run)
