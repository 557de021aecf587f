"""Words and numbers as the tools print them; what a tool does not report is None or "", never zero."""

import re

# What vendors print where they have no value (facts of their own captures, drivers 418 to 610).
_ABSENT = re.compile(
    r"\[?(|-+|n/?a|none|null|unknown|unknown error|not supported|not available|not specified|undefined"
    r"|requested functionality has been deprecated|gpu requires reset|gpu is lost|insufficient permissions"
    r"|no module installed|function not found|err!?|er+or)\]?",
    re.IGNORECASE,
)
_SIZE = re.compile(r"([\d.,]+)\s*([KMGTP]?)(i?)B?(?:ytes)?\b", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}
_ADDRESS = re.compile(r"(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-9a-f])", re.IGNORECASE)
_GT_S = {2.5: 1, 5.0: 2, 8.0: 3, 16.0: 4, 32.0: 5, 64.0: 6}


def said(text: object) -> str:
    """The text of a value, "" where the tool says that it has none."""
    plain = str(text).strip() if text is not None else ""
    return "" if _ABSENT.fullmatch(plain) else plain


def number(text: object) -> float | None:
    """The first number in a value such as "61.24 W", None without one."""
    found = re.search(r"-?\d+(?:\.\d+)?", said(text))
    return float(found[0]) if found else None


def whole(text: object) -> int | None:
    """The first number in a value as a whole one."""
    found = number(text)
    return None if found is None else int(found)


def lanes(text: object) -> int | None:
    """PCIe lanes in "16x", "x16" or 16; None for 0, which drivers print for unknown."""
    found = whole(text)
    return found if found and found <= 64 else None  # noqa: PLR2004 - sysfs says 255 for unknown, 32 is the most there is


def generation(text: object) -> int | None:
    """PCIe generation in "4", or of a speed such as "16.0 GT/s"; None for 0."""
    value = number(text)
    if value is None:
        return None
    if "gt" in said(text).lower():
        return _GT_S.get(value)
    return int(value) or None


def size_bytes(text: object) -> int | None:
    """Bytes in "81559 MiB", "32 GB", "447.1G"; tools of machines mean powers of 1024 by all of these."""
    found = _SIZE.search(said(text))
    if not found:
        return None
    try:
        return int(float(found[1].replace(",", "")) * 1024 ** _POWERS[found[2].upper()])
    except ValueError:
        return None


def enabled(text: object) -> bool | None:
    """Whether a mode is on, None where it is not reported."""
    return {"enabled": True, "on": True, "yes": True, "disabled": False, "off": False, "no": False}.get(
        said(text).lower()
    )


def pci_address(text: object) -> str:
    """An address as sysfs writes it, "0000:01:00.0"; "" if there is none or it is masked."""
    found = _ADDRESS.search(str(text or ""))
    if not found:
        return ""
    domain = (found[1] or "")[-4:].lower() or "0000"
    return f"{domain}:{found[2]}:{found[3]}.{found[4]}".lower()


def packed_id(text: object) -> str:
    """Device above vendor, as in "0x26B910DE", to "10de:26b9"; "" if it is no such number."""
    found = re.fullmatch(r"(?:0x)?([0-9a-f]{4})([0-9a-f]{4})", said(text), re.IGNORECASE)
    return f"{found[2]}:{found[1]}".lower() if found else ""


def version(text: object) -> str:
    """A version such as "6.14.14"; "" for the beginning of a sentence that some tools print in its place."""
    found = said(text)
    return found if found[:1].isdecimal() else ""


def hex_digits(text: object) -> str:
    """Four hex digits of "0x74a1" or "74A1", "" if it is no such number."""
    found = re.fullmatch(r"(?:0x)?([0-9a-f]{1,4})", said(text), re.IGNORECASE)
    return found[1].lower().zfill(4) if found else ""


def jetson_name(model: str) -> str:
    """The product in the model of a device tree, without what belongs to the kit."""
    return re.sub(r"\s+(Developer Kit|Engineering Reference).*$", "", model.strip("\0 \n"))
