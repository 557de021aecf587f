"""Translations: found in the code, kept by room as text, checked, and compiled to what gettext reads.

    i18n.py missing [ROOM]          what has no translation yet, as JSON to fill in
    i18n.py add ROOM FILE           put the translations of FILE (JSON or TSV, - for standard input) into ROOM's file
    i18n.py check                   fail where a text lacks its translation, or one is wrong or left over
    i18n.py extract [ROOM]          rewrite the files: new texts come in empty, texts that left the code go
    i18n.py compile                 resources/i18n/LANGUAGE.mo

Run it with the Python of .venv. A text is what `_("...")`, `N_("...")` and `Message("...", ...)` are given, in English,
and what the docstring of a check says: its title, its reason, its remedy, and a source that is an assumption of ours.
A room is a folder or module right below dsdesk/; its texts are in resources/i18n/LANGUAGE/ROOM.po. A text that several
rooms share is translated in any one file. The files carry no dates, names or line numbers and are sorted, so that a
difference shows what was translated and nothing else.
"""

import argparse
import io
import json
import re
import string
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from console import ROOT, alone

CODE = ROOT / "dsdesk"
FOLDER = ROOT / "resources" / "i18n"
TEMPLATE = FOLDER / "dsdesk.pot"
BESIDES_ENGLISH = "zh_CN"  # must be there; any other language is a folder more
KEYWORDS = {"_": None, "N_": None, "Message": None}  # the first argument

# Every build writes the same bytes: the day on which it was made is none of a translation's facts.
_NO_DAY = datetime(1970, 1, 1, tzinfo=UTC)

_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def rooms_of_texts() -> dict[str, set[str]]:
    """Every text in the code, and the rooms that say it."""
    found: dict[str, set[str]] = {}
    for path in sorted(CODE.rglob("*.py")):
        room = path.relative_to(CODE).parts[0].removesuffix(".py").strip("_")
        for _line, text, _comments, _context in extract_from_file("python", path, keywords=KEYWORDS):
            found.setdefault(text if isinstance(text, str) else text[0], set()).add(room)
    for text in _texts_of_checks():
        found.setdefault(text, set()).add("checks")
    found.pop("", None)
    return found


def _texts_of_checks() -> set[str]:
    """What the docstrings of the checks say to the user, as the registry reads them; of sources our assumptions."""
    sys.path.insert(0, str(ROOT))
    from dsdesk.checks.subjects import all_checks

    assumed = {check.source for check in all_checks() if check.is_assumption}
    return assumed | {text for check in all_checks() for text in (check.title, check.reason, check.remedy)}


class Language:
    """The files of one language.

    Attributes:
        name: the language, and the name of its folder.
        files: by room, translations by text; an empty one is still to do.
        faults: what could not be read as it should.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.files: dict[str, dict[str, str]] = {}
        self.faults: list[str] = []
        for path in sorted((FOLDER / name).glob("*.po")):
            self.files[path.stem] = self._read(path)

    def _read(self, path: Path) -> dict[str, str]:
        with path.open("rb") as file:
            catalog = read_po(file, locale=self.name)
        where = path.relative_to(ROOT).as_posix()
        self.faults += [f"{where}: left over: {text!r}" for text in catalog.obsolete]
        entries = [message for message in catalog if message.id]
        self.faults += [f"{where}: marked fuzzy: {message.id!r}" for message in entries if message.fuzzy]
        return {str(message.id): str(message.string) for message in entries}

    def translations(self) -> dict[str, str]:
        """Every translation there is, by text."""
        return {text: said for entries in self.files.values() for text, said in entries.items() if said}

    def write(self, room: str) -> None:
        """Write the file of `room`, sorted; no entries, no file."""
        path = FOLDER / self.name / f"{room}.po"
        entries = self.files[room]
        if not entries:
            path.unlink(missing_ok=True)
            return
        if self.name.startswith("zh"):
            entries = {text: full_width(said) for text, said in entries.items()}
        _replace(path, _HEADER.format(language=self.name).encode() + _as_po(entries, self.name))

    def problems(self, texts: Mapping[str, set[str]]) -> Iterator[str]:
        """What is wrong with these files for a program that says `texts`."""
        yield from self.faults
        said_before: dict[str, tuple[str, str]] = {}
        for room, entries in self.files.items():
            for text, said in entries.items():
                if text not in texts:
                    yield f"{self.name}/{room}.po: no longer said anywhere: {text!r}"
                if not said:
                    continue
                other, other_room = said_before.setdefault(text, (said, room))
                if other != said:
                    yield f"{self.name}: {text!r} is {other!r} in {other_room}.po and {said!r} in {room}.po"
                if fault := mismatch(text, said):
                    yield f"{self.name}/{room}.po: {fault}: {text!r} -> {said!r}"
        translated = self.translations()
        for text, rooms in texts.items():
            if text not in translated:
                yield f"{self.name}: not translated (in {', '.join(sorted(rooms))}): {text!r}"


def full_width(said: str) -> str:
    """Chinese with the punctuation marks beside its characters as wide as they are; mnemonics "(&F)" stay."""
    for _each in range(3):  # a mark that has become wide makes its neighbours wide
        said = _IN_BRACKETS.sub(_wide_brackets, said)
        said = _MARK_BESIDE_HAN.sub(lambda found: _FULL_WIDTH[found.group(1) or found.group(2)], said)
    return said


def _wide_brackets(found: re.Match[str]) -> str:
    around, inside = found.string[max(0, found.start() - 1) : found.end() + 1], found.group(1)
    return f"（{inside}）" if _HAN_CHARACTER.search(around) else found.group(0)


_HAN = "[\u3400-\u9fff\u3001-\u301f\uff01-\uff60]"
_HAN_CHARACTER = re.compile(_HAN)
_FULL_WIDTH = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_MARK_BESIDE_HAN = re.compile(rf"(?<={_HAN})([,;:?!])(?: (?=\S))?|([,;:?!]) ?(?={_HAN})")
_IN_BRACKETS = re.compile(r" ?\(([^()&]+)\)")


def mismatch(text: str, said: str) -> str:
    """What makes `said` unfit to stand for `text`, or nothing."""
    if _holes(text) != _holes(said):
        return "the {holes} differ"
    if text.strip() != text and (text[:1].isspace(), text[-1:].isspace()) != (said[:1].isspace(), said[-1:].isspace()):
        return "the spaces around it differ"
    if text.endswith(("…", "...")) and not said.endswith(("…", "...")):
        return "the dots at its end are missing"
    return ""


def _holes(text: str) -> set[str]:
    try:
        return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"braces that do not match"}


def _as_po(entries: Mapping[str, str], language: str) -> bytes:
    catalog = Catalog(locale=language)
    for text, said in entries.items():
        catalog.add(text, said).flags.clear()  # holes are checked here; "80 % of" is no format
    buffer = io.BytesIO()
    write_po(buffer, catalog, omit_header=True, no_location=True, sort_output=True, width=116)
    return buffer.getvalue()


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def languages(*, only: str | None = None) -> list[Language]:
    """The languages that have files, or `only` one, which may have none yet."""
    names = {only} if only else {BESIDES_ENGLISH, *(path.name for path in FOLDER.glob("*/") if path.is_dir())}
    return [Language(name) for name in sorted(names)]


def of_room(texts: Mapping[str, set[str]], room: str | None) -> dict[str, set[str]]:
    """Those of `texts` that `room` says; all where no room is given."""
    return {text: rooms for text, rooms in texts.items() if room is None or room in rooms}


def missing(arguments: argparse.Namespace) -> int:
    """Print what has no translation, ready to be filled in and given to `add`."""
    translated = Language(arguments.language).translations()
    wanted = {text: "" for text in sorted(of_room(rooms_of_texts(), arguments.room)) if text not in translated}
    sys.stdout.write(json.dumps(wanted, ensure_ascii=False, indent=1) + "\n")
    return 0


def add(arguments: argparse.Namespace) -> int:
    """Put translations into a room's file, all or none of them."""
    content = sys.stdin.read() if str(arguments.file) == "-" else arguments.file.read_text(encoding="utf-8")
    added = {text: said for text, said in _pairs(content) if said}
    faults = [f"{fault}: {text!r} -> {said!r}" for text, said in added.items() if (fault := mismatch(text, said))]
    if faults:
        return _fail(faults)
    with alone(ROOT / ".i18n.lock"):
        language = Language(arguments.language)
        for entries in language.files.values():  # a new wording takes the place of the old, wherever that stands
            entries |= {text: said for text, said in added.items() if text in entries}
        elsewhere = language.translations()
        new = {text: said for text, said in added.items() if text not in elsewhere}
        language.files.setdefault(arguments.room, {}).update(new)
        for room in language.files:
            language.write(room)
    sys.stderr.write(f"{len(new)} new, {len(added) - len(new)} already there (their wording is now as given).\n")
    return 0


def _pairs(content: str) -> Iterable[tuple[str, str]]:
    if content.lstrip().startswith("{"):
        return [(str(text), str(said)) for text, said in json.loads(content).items()]
    rows = (line.split("\t") for line in content.splitlines() if line.strip())
    return [(row[0].replace("\\n", "\n"), row[1].replace("\\n", "\n")) for row in rows]


def check(_arguments: argparse.Namespace) -> int:
    """Fail, listing them, where translations are missing or wrong."""
    texts = rooms_of_texts()
    problems = [problem for language in languages() for problem in language.problems(texts)]
    faulty = [
        f"a text with a brace that does not match: {text!r}" for text in texts if "braces" in "".join(_holes(text))
    ]
    if problems or faulty:
        return _fail([*problems, *faulty])
    sys.stdout.write(f"{len(texts)} texts, all translated into {', '.join(one.name for one in languages())}.\n")
    return 0


def extract(arguments: argparse.Namespace) -> int:
    """Bring the files in step with the code."""
    texts = rooms_of_texts()
    _replace(TEMPLATE, _as_po(dict.fromkeys(texts, ""), "en"))
    with alone(ROOT / ".i18n.lock"):
        for language in languages():
            translated = language.translations()
            for text, rooms in texts.items():
                if text not in translated:
                    language.files.setdefault(sorted(rooms)[0], {})[text] = ""
            for room, entries in language.files.items():
                if arguments.room in {None, room}:
                    language.files[room] = {text: said for text, said in entries.items() if text in texts}
                    language.write(room)
    return 0


def compile_all(_arguments: argparse.Namespace) -> int:
    """Write what gettext reads, one file a language."""
    for language in languages():
        catalog = Catalog(locale=language.name, creation_date=_NO_DAY, revision_date=_NO_DAY)
        for text, said in language.translations().items():
            catalog.add(text, said)
        buffer = io.BytesIO()
        write_mo(buffer, catalog)
        _replace(FOLDER / f"{language.name}.mo", buffer.getvalue())
    return 0


def _fail(problems: list[str]) -> int:
    sys.stdout.write("\n".join([*problems, f"{len(problems)} problems\n"]))
    return 1


def main() -> int:
    """Do what the command line asks; gives the exit status."""
    parser = argparse.ArgumentParser(prog="i18n.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--language", default=BESIDES_ENGLISH, help="of missing and add")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in (("missing", missing), ("check", check), ("extract", extract), ("compile", compile_all)):
        one = commands.add_parser(name, help=command.__doc__)
        one.set_defaults(command=command)
        if command in {missing, extract}:
            one.add_argument("room", nargs="?", help="a folder or module right below dsdesk/; all of them if left out")
    one = commands.add_parser("add", help=add.__doc__)
    one.set_defaults(command=add)
    one.add_argument("room")
    one.add_argument("file", type=Path)
    arguments = parser.parse_args()
    status: int = arguments.command(arguments)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
