"""What an update would change: parts, prices and models, and what that does to my projects."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from dsdesk.base.errors import DsdeskError
from dsdesk.base.message import Message
from dsdesk.base.source import Unknown
from dsdesk.base.units import Quantity, Unit
from dsdesk.catalog.store import Store
from dsdesk.evaluate import Evaluation, evaluate
from dsdesk.hardware.parts import Part
from dsdesk.hardware.vocabulary import PartKind
from dsdesk.project.file import load
from dsdesk.project.project import Project
from dsdesk.sizing.results import Forecast

_NO_FACT = {"sources", "unverified"}


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part whose facts or prices differ.

    Attributes:
        part_id: which.
        fields: names of the fields that differ, "prices" among them.
    """

    part_id: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChanges:
    """Two catalogues compared.

    Attributes:
        added: ids of parts that are new.
        removed: ids of parts that are gone.
        changed: parts that differ.
        models_added: ids of language models that are new.
        models_removed: ids of language models that are gone.
        models_changed: ids of language models that differ.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[PartChange, ...]
    models_added: tuple[str, ...]
    models_removed: tuple[str, ...]
    models_changed: tuple[str, ...]

    def sentence(self) -> Message:
        """How many of each, in words."""
        return Message(
            "Parts: {added} new, {changed} changed, {removed} gone. Models: {models_added} new, {models_changed} "
            "changed, {models_removed} gone.",
            added=len(self.added),
            changed=len(self.changed),
            removed=len(self.removed),
            models_added=len(self.models_added),
            models_changed=len(self.models_changed),
            models_removed=len(self.models_removed),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChange:
    """One answer of a project, before and after.

    Attributes:
        what: stable name of the answer: "total", "decode_tok_s_per_user", "memory_bytes" or "finding".
        title: the same for people.
        before: as it is now; None for a finding that is new.
        after: as it would be; None for a finding that is gone.
    """

    what: str
    title: Message
    before: Message | None
    after: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChanges:
    """What an update does to one project.

    Attributes:
        path: its file, None for the one that is open.
        changes: answers that differ; empty when none does.
        error: why it could not be compared, None when it was.
    """

    path: Path | None
    changes: tuple[ProjectChange, ...]
    error: Message | None = None


def catalogue_changes(before: Store, after: Store) -> CatalogueChanges:
    """The differences between two catalogues, the user's own parts left out."""
    old, new = _parts(before), _parts(after)
    shared = [one for one in old if one in new]
    changed = ((one, _differences(one, old[one], new[one], before, after)) for one in shared)
    models, later = ({llm.id: llm for llm in store.llms()} for store in (before, after))
    return CatalogueChanges(
        added=tuple(one for one in new if one not in old),
        removed=tuple(one for one in old if one not in new),
        changed=tuple(PartChange(one, names) for one, names in changed if names),
        models_added=tuple(one for one in later if one not in models),
        models_removed=tuple(one for one in models if one not in later),
        models_changed=tuple(one for one, llm in models.items() if one in later and later[one] != llm),
    )


def _parts(store: Store) -> dict[str, Part]:
    own = {part.id for part in store.own_parts()}
    return {part.id: part for kind in PartKind for part in store.parts(kind) if part.id not in own}


def _differences(part_id: str, old: Part, new: Part, before: Store, after: Store) -> tuple[str, ...]:
    if type(old) is not type(new):
        return ("kind",)
    names = [one.name for one in fields(old) if one.name not in _NO_FACT]
    found = tuple(name for name in names if getattr(old, name) != getattr(new, name))
    return found if before.prices(part_id) == after.prices(part_id) else (*found, "prices")


def project_changes(paths: Iterable[Path], before: Store, after: Store) -> tuple[ProjectChanges, ...]:
    """What becomes of the projects at `paths`."""
    return tuple(_one(path, before, after) for path in paths)


def _one(path: Path, before: Store, after: Store) -> ProjectChanges:
    try:
        return ProjectChanges(path=path, changes=differences(load(path), before, after))
    except DsdeskError as error:
        return ProjectChanges(path=path, changes=(), error=error.message)


def differences(project: Project, before: Store, after: Store) -> tuple[ProjectChange, ...]:
    """The answers of `project` that would be others with the catalogue `after`."""
    old, new = _answers(evaluate(project, before)), _answers(evaluate(project, after))
    return tuple(
        ProjectChange(what=what, title=_TITLES[what], before=old.get((what, key)), after=new.get((what, key)))
        for what, key in dict.fromkeys([*old, *new])
        if _shown(old.get((what, key))) != _shown(new.get((what, key)))
    )


def _shown(answer: Message | None) -> str:
    return "" if answer is None else answer.in_english()


_TITLES = {
    "total": Message("Total with tax"),
    "decode_tok_s_per_user": Message("Decode speed for one user"),
    "memory_bytes": Message("Memory needed"),
    "finding": Message("Result of a check"),
}


def _answers(found: Evaluation) -> dict[tuple[str, str], Message]:
    """The answers that a person would want to know about, by name and, of several, by what tells them apart."""
    answers = {("total", ""): Message("{value}", value=found.cost.total)}
    if isinstance(found.forecast, Forecast):
        speed = Quantity(found.forecast.decode_tok_s_per_user.estimate, Unit.TOK_S)
        answers["decode_tok_s_per_user", ""] = Message("{value}", value=speed)
    elif isinstance(found.forecast, Unknown):
        answers["decode_tok_s_per_user", ""] = found.forecast.because
    if found.need is not None and not isinstance(found.need, Unknown):
        answers["memory_bytes", ""] = Message("{value}", value=Quantity(found.need.total_bytes, Unit.GIB))
    seen: Counter[str] = Counter()
    for finding in found.findings:
        seen[finding.code] += 1
        answers["finding", f"{finding.code} {seen[finding.code]}"] = finding.message
    return answers
