"""Company data, logo and usual terms, kept once under a name and used in any project."""

import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from dsdesk.base import paths
from dsdesk.base.message import N_, Message
from dsdesk.project.edits import Edit
from dsdesk.project.file import write_atomically
from dsdesk.project.project import Company, Project, QuoteTerms

# What belongs to one request and never to a profile.
_OF_ONE_REQUEST = frozenset(
    {"number", "revision", "issued_on", "answer_by", "supplier", "notes", "prices", "spares", "trade_in"}
)
KEPT = tuple(field.name for field in fields(QuoteTerms) if field.name not in _OF_ONE_REQUEST)


def _file() -> Path:
    return paths.config() / "profiles.json"


def load_profiles() -> dict[str, QuoteTerms]:
    """Every profile by its name; what makes no sense any more is left out."""
    try:
        stored = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(stored, dict):
        return {}
    return {str(name): _understood(terms) for name, terms in stored.items() if isinstance(terms, dict)}


def _understood(stored: dict[str, Any]) -> QuoteTerms:
    """Terms from what was stored: a field of another type than today's keeps its default."""
    plain = QuoteTerms()
    known: dict[str, Any] = {}
    for name in KEPT:
        default, value = getattr(plain, name), stored.get(name)
        if isinstance(default, Company):
            held = value if isinstance(value, dict) else {}
            known[name] = Company(**{one.name: str(held.get(one.name, "")) for one in fields(Company)})
        elif isinstance(default, tuple):
            known[name] = tuple(map(str, value)) if isinstance(value, list) else default
        elif type(value) in _OPTIONAL.get(name, (type(default),)):
            known[name] = value
    return replace(plain, **known)


_NUMBER_OR_NOT, _YES_OR_NOT = (int, type(None)), (bool, type(None))
_OPTIONAL: dict[str, tuple[type, ...]] = {
    "valid_days": _NUMBER_OR_NOT,
    "lead_time_days": _NUMBER_OR_NOT,
    "partial_delivery": _YES_OR_NOT,
}


def keep_profile(name: str, terms: QuoteTerms) -> None:
    """Keep the company and terms of a project under `name`, in place of what has it.

    Raises:
        FileError: the file cannot be written.
    """
    _write({**load_profiles(), name: terms})


def forget_profile(name: str) -> None:
    """Drop a profile.

    Raises:
        FileError: the file cannot be written.
    """
    _write({key: terms for key, terms in load_profiles().items() if key != name})


def _write(profiles: dict[str, QuoteTerms]) -> None:
    content = {
        name: {key: value for key, value in asdict(terms).items() if key in KEPT} for name, terms in profiles.items()
    }
    write_atomically(_file(), json.dumps(content, ensure_ascii=False, indent=1).encode())


def use_profile(name: str, terms: QuoteTerms) -> Edit:
    """Put a profile into the project; number, dates, supplier and remarks stay."""

    def apply(project: Project) -> Project:
        kept = {key: getattr(terms, key) for key in KEPT}
        return replace(project, quote=replace(project.quote, **kept))

    return Edit(Message(N_("Use the profile {name}"), name=name), apply)
