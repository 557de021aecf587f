"""Preferences: declared once as a dataclass; the dialog, the file and the defaults come from the declaration."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from dsdesk.base import paths
from dsdesk.base.message import N_


class LanguageChoice(StrEnum):
    """Which language the window speaks."""

    SYSTEM = "system"
    CHINESE = "zh_CN"
    ENGLISH = "en"


class ThemeChoice(StrEnum):
    """Which colours the window wears."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class CurrencyChoice(StrEnum):
    """What new projects are reckoned in."""

    CNY = "CNY"
    USD = "USD"
    EUR = "EUR"
    JPY = "JPY"


WORDS: Mapping[StrEnum, str] = {
    LanguageChoice.SYSTEM: N_("As the system"),
    LanguageChoice.CHINESE: "简体中文",
    LanguageChoice.ENGLISH: "English",
    ThemeChoice.SYSTEM: N_("As the system"),
    ThemeChoice.LIGHT: N_("Light"),
    ThemeChoice.DARK: N_("Dark"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a user prefers, whatever the project."""

    language: LanguageChoice = field(
        default=LanguageChoice.SYSTEM,
        metadata={"title": N_("&Language"), "explanation": N_("The quote has a language of its own.")},
    )
    theme: ThemeChoice = field(default=ThemeChoice.SYSTEM, metadata={"title": N_("&Colours"), "explanation": ""})
    text_points: float = field(
        default=10.0,
        metadata={"title": N_("Text &size"), "explanation": N_("In points."), "minimum": 8.0, "maximum": 16.0},
    )
    currency: CurrencyChoice = field(
        default=CurrencyChoice.CNY,
        metadata={
            "title": N_("C&urrency"),
            "explanation": N_("For new projects; each project can change it on its Cost page."),
        },
    )
    keep_recovery_copies: bool = field(
        default=True,
        metadata={
            "title": N_("&Keep recovery copies"),
            "explanation": N_("Unsaved work is written aside every few seconds and offered after a crash."),
        },
    )
    recent: tuple[str, ...] = ()


def _file() -> Path:
    return paths.config() / "settings.json"


def load_settings() -> Settings:
    """The stored preferences; a value that makes no sense any more is the default again."""
    try:
        stored = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Settings()
    return Settings(**_understood(stored if isinstance(stored, dict) else {}))


def _understood(stored: Mapping[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for one in fields(Settings):
        default, value = one.default, stored.get(one.name)
        if isinstance(default, StrEnum):
            if value in {member.value for member in type(default)}:
                known[one.name] = type(default)(value)
        elif isinstance(default, tuple):
            if isinstance(value, list):
                known[one.name] = tuple(str(item) for item in value)
        elif isinstance(default, bool):
            if isinstance(value, bool):
                known[one.name] = value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            known[one.name] = min(max(float(value), one.metadata["minimum"]), one.metadata["maximum"])
    return known


def save_settings(settings: Settings) -> None:
    """Store the preferences; the old file stays whole until the new one is."""
    path = _file()
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(asdict(settings), ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(path)
