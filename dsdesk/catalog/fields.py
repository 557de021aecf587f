"""Values of part fields as they stand in text and JSON, by the type of the field alone.

One rule serves every kind of part: a new field of a dataclass in `dsdesk.hardware.parts` is read and written with no
line added here. A key may carry a unit instead of the base unit (`memory_gib` for `memory_bytes`), see `UNIT_SUFFIXES`.
"""

import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from dsdesk.base.message import Message
from dsdesk.base.units import GIB, MIB
from dsdesk.hardware.vocabulary import PcieLink

Decoder = Callable[[Any], Any]
Record = TypeVar("Record")

# Ending of the key, ending of the field, what the value is multiplied with. Longer endings first.
UNIT_SUFFIXES: tuple[tuple[str, str, float], ...] = (
    ("_tbit_s", "_bit_s", 1e12),
    ("_gbit_s", "_bit_s", 1e9),
    ("_gb_s", "_b_s", 1e9),
    ("_mb_s", "_b_s", 1e6),
    ("_tflops", "_flops", 1e12),
    ("_tops", "_ops", 1e12),
    ("_mm_h2o", "_pa", 9.80665),
    ("_cfm", "_m3_s", 4.719474e-4),
    ("_m3_h", "_m3_s", 1 / 3600),
    ("_gib", "_bytes", GIB),
    ("_mib", "_bytes", MIB),
    ("_gb", "_bytes", 1e9),
    ("_tb", "_bytes", 1e12),
    ("_kw", "_w", 1e3),
)

WHOLE_FROM = 1000.0


class FieldError(ValueError):
    """A value that does not fit its field.

    Attributes:
        message: what is wrong with it.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


def _number(value: object, *, whole: bool) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldError(Message("{value} is not a number", value=repr(value)))
    if not whole:
        return float(value)
    if float(value) != int(value):
        raise FieldError(Message("{value} is not a whole number", value=repr(value)))
    return int(value)


def _plain(kind: type) -> Decoder:
    def decode(value: object) -> object:
        if type(value) is not kind:
            raise FieldError(Message("{value} is not of the type {type}", value=repr(value), type=kind.__name__))
        return value

    return decode


def _enum(kind: type[StrEnum]) -> Decoder:
    members = {member.value: member for member in kind}

    def decode(value: object) -> StrEnum:
        if isinstance(value, str) and value in members:
            return members[value]
        raise FieldError(Message("{value} is not one of {allowed}", value=repr(value), allowed=tuple(members)))

    return decode


_LINK = re.compile(r"([1-7])x(1|2|4|8|12|16)")


def _link(value: object) -> PcieLink:
    match = _LINK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise FieldError(Message("{value} is not a PCIe link such as 4x16", value=repr(value)))
    return PcieLink(int(match[1]), int(match[2]))


def _row(decoders: tuple[Decoder, ...]) -> Decoder:
    def decode(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) != len(decoders):
            raise FieldError(Message("{value} is not a list of {count} values", value=repr(value), count=len(decoders)))
        return tuple(one(part) for one, part in zip(decoders, value, strict=True))

    return decode


def _many(item: Decoder) -> Decoder:
    def decode(value: object) -> tuple[Any, ...]:
        if isinstance(value, Mapping):
            value = list(value.items())
        if not isinstance(value, list | tuple):
            raise FieldError(Message("{value} is not a list", value=repr(value)))
        return tuple(item(one) for one in value)

    return decode


def _nested(kind: type) -> Decoder:
    return lambda value: value if isinstance(value, kind) else record(kind, value)


def _decoder(hint: object) -> Decoder:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (_decoder(one) for one in arguments if one is not type(None))
        return lambda value: None if value is None else inner(value)
    if origin is tuple and arguments[1:] == (...,):
        return _many(_decoder(arguments[0]))
    if origin is tuple:
        return _row(tuple(_decoder(one) for one in arguments))
    return _simple(cast("type", hint))


def _simple(kind: type) -> Decoder:
    if kind is PcieLink:
        return _link
    if is_dataclass(kind):
        return _nested(kind)
    if issubclass(kind, StrEnum):
        return _enum(kind)
    if kind in (int, float):
        return lambda value: _number(value, whole=kind is int)
    return _plain(kind)


_decoders_of: dict[type, Mapping[str, Decoder]] = {}
_stored_of: dict[type, Mapping[str, Decoder]] = {}
_keys_of: dict[type, dict[str, tuple[str, float | None] | None]] = {}


def decoders(kind: type) -> Mapping[str, Decoder]:
    """A decoder for every field of a dataclass, by field name."""
    if kind not in _decoders_of:
        hints = get_type_hints(kind)
        _decoders_of[kind] = {field.name: _decoder(hints[field.name]) for field in fields(kind)}
    return _decoders_of[kind]


def _required(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING)


def field_of_key(kind: type, key: str) -> tuple[str, float | None] | None:
    """The field that `key` fills and the factor for its value (None = as it is); None if there is no such field."""
    known = _keys_of.setdefault(kind, {})
    if key not in known:
        known[key] = _match_key(kind, key)
    return known[key]


def _match_key(kind: type, key: str) -> tuple[str, float | None] | None:
    names = decoders(kind)
    if key in names:
        return key, None
    for ending, base, factor in UNIT_SUFFIXES:
        name = key.removesuffix(ending) + base
        if key.endswith(ending) and name in names:
            return name, factor
    return None


def _converted(key: str, value: object, factor: float | None) -> object:
    if factor is None:
        return value
    scaled = _number(value, whole=False) * factor
    # Bytes and rates are whole in any unit above them; a product such as 0.1 * 1e9 must not leave a dust of 1e-8.
    return round(scaled) if factor >= WHOLE_FROM else scaled


def record(kind: type[Record], values: object) -> Record:
    """A frozen dataclass of type `kind` from a table of TOML or JSON.

    Raises:
        FieldError: a key is unknown, a value does not fit, or a field is missing that may not be unknown.
    """
    if not isinstance(values, Mapping):
        raise FieldError(Message("{value} is not a table", value=repr(values)))
    known = decoders(kind)
    found: dict[str, Any] = {}
    for key, value in values.items():
        target = field_of_key(kind, key)
        if target is None:
            raise FieldError(Message("{field}: there is no such field", field=key))
        name, factor = target
        if name in found:
            raise FieldError(Message("{field}: given twice", field=key))
        try:
            found[name] = known[name](_converted(key, value, factor))
        except FieldError as problem:
            raise FieldError(Message("{field}: {problem}", field=key, problem=problem.message)) from None
    missing = tuple(name for name in _required(kind) if name not in found)
    if not missing:
        return kind(**found)
    may_be_unknown = {name for name in missing if type(None) in get_args(get_type_hints(kind)[name])}
    if len(may_be_unknown) < len(missing):
        raise FieldError(
            Message("missing: {fields}", fields=tuple(one for one in missing if one not in may_be_unknown))
        )
    return kind(**found, **dict.fromkeys(may_be_unknown))


def _stored_decoders(kind: type) -> Mapping[str, Decoder]:
    """Decoders of the fields that JSON cannot hold as they are."""
    if kind not in _stored_of:
        hints = get_type_hints(kind)
        simple = {str, int, float, bool, type(None)}
        _stored_of[kind] = {
            name: decode
            for name, decode in decoders(kind).items()
            if not set(get_args(hints[name]) or (hints[name],)) <= simple
        }
    return _stored_of[kind]


def stored(kind: type[Record], values: dict[str, Any]) -> Record:
    """A dataclass from what `changed_fields` gave, which is trusted: four times as quick as `record`.

    A field that a later version no longer has is left out.

    Raises:
        FieldError: a value does not fit.
    """
    quick = _stored_decoders(kind)
    try:
        return kind(**{name: quick[name](value) if name in quick else value for name, value in values.items()})
    except TypeError:
        known = decoders(kind)
        return record(kind, {name: value for name, value in values.items() if name in known})


def plain(value: object) -> object:
    """`value` as JSON writes it; `record` and the decoders read it back."""
    if isinstance(value, PcieLink):
        return f"{value.gen}x{value.lanes}"
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return changed_fields(value)
    if isinstance(value, StrEnum):
        return value.value
    return value


def changed_fields(value: object) -> dict[str, object]:
    """The fields of a dataclass that differ from their defaults, as JSON writes them."""
    return {
        field.name: plain(held)
        for field in fields(cast("Any", value))
        if (held := getattr(value, field.name)) != field.default or field.default is MISSING
    }
