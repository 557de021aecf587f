"""How the fonts of resources/fonts were made, and what they cover.

    fonts.py build    make them anew from the package that carries them (needs npm and a network)
    fonts.py check    fail where a character that dsdesk or GBK uses has no glyph

Run it with the Python of .venv. The fonts are Noto Sans SC, Regular and Bold, with TrueType outlines, since reportlab
embeds no others. They are cut down to Latin, Greek, kana, symbols and all of GBK. GB2312 would be a third of the size
but lacks characters in daily use, such as 昇 in 昇腾 (Ascend), and 喆 and 堃 in names. A few signs that units are
written with and that the original lacks are composed from its own glyphs. The licence (SIL OFL 1.1, reserved name
"Source") allows both under the name that the font has.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from console import ROOT
from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

PACKAGE = "@expo-google-fonts/noto-sans-sc@0.4.3"
FOLDER = ROOT / "resources" / "fonts"
LICENCE = "OFL.txt"
# The file in the package, its SHA-256, and what it becomes.
SOURCES = (
    (
        "400Regular/NotoSansSC_400Regular.ttf",
        "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16",
        "NotoSansSC-Regular.ttf",
    ),
    (
        "700Bold/NotoSansSC_700Bold.ttf",
        "9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96",
        "NotoSansSC-Bold.ttf",
    ),
)

# Blocks of which everything that the original has is kept.
BLOCKS = (
    (0x0020, 0x024F),  # Latin
    (0x02B0, 0x036F),  # modifiers, accents
    (0x0370, 0x03FF),  # Greek
    (0x2000, 0x27BF),  # punctuation, indices, currency, arrows, mathematics, boxes, shapes, symbols
    (0x3000, 0x30FF),  # Chinese punctuation, kana
    (0x3200, 0x33FF),  # enclosed and squared signs
    (0xFF00, 0xFFEF),  # full-width forms
)
# What must be there, besides GBK.
NEEDED = "≥≤≠±×÷−°²³¹⁰⁻µμ≈…✓⚠●○▲△▼▽■□◆◇★☆→←↑↓↔⇒·•–—‘’“”€¥£%‰①⑩Ⅰ℃Ω∞√∑∆αβγλση┌─┐│└┘█░▶◀₀₁₂₃⌀\u00a0\u2009\u202f"

_INDEX_SCALE = 0.62
_SUBSCRIPT_DROP = -110
_SUPERSCRIPT_RISE = 330
_THIN_SPACE = 200  # of 1000


def gbk() -> set[int]:
    """Every character that GBK can write."""
    found = set()
    for high in range(0x81, 0xFF):
        for low in range(0x40, 0xFF):
            try:
                found.add(ord(bytes((high, low)).decode("gbk")))
            except UnicodeDecodeError:
                continue
    return found


def build() -> int:
    """Fetch the package, cut its fonts down and write them with their licence."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(scratch).glob("*.tgz")
        with tarfile.open(archive) as files:
            files.extractall(scratch, filter="data")
        package = Path(scratch, "package")
        licence = (package / "LICENSE_FONT").read_text(encoding="utf-8")
        (FOLDER / LICENCE).write_text(
            "\n".join(line.rstrip() for line in licence.splitlines()) + "\n", encoding="utf-8"
        )
        for source, digest, name in SOURCES:
            if hashlib.sha256((package / source).read_bytes()).hexdigest() != digest:
                raise SystemExit(f"{source} is not the file that these fonts were made from")
            cut_down(package / source, FOLDER / name)
    return check()


def cut_down(source: Path, target: Path) -> None:
    """Write to `target` what dsdesk needs of the font `source`; the same bytes each time."""
    font = TTFont(source, recalcTimestamp=False)
    compose_indices(font)
    options = subset.Options(
        hinting=False,
        layout_features=["ccmp", "kern", "liga", "locl", "mark", "mkmk"],
        drop_tables=["BASE", "STAT", "vhea", "vmtx"],
        name_IDs=["*"],
        notdef_outline=True,
        recalc_timestamp=False,
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=gbk() | {code for first, last in BLOCKS for code in range(first, last + 1)})
    subsetter.subset(font)
    font.save(target)


def compose_indices(font: TTFont) -> None:
    """Give `font` the small digits, the diameter sign and the narrow spaces that it lacks."""
    known = font.getBestCmap()
    for digit in range(10):
        _compose(font, 0x2080 + digit, base=known[ord("0") + digit], rise=_SUBSCRIPT_DROP)
        _compose(font, 0x2070 + digit, base=known[ord("0") + digit], rise=_SUPERSCRIPT_RISE)
    _compose(font, 0x207B, base=known[ord("−")], rise=_SUPERSCRIPT_RISE)
    _compose(font, 0x208B, base=known[ord("−")], rise=_SUBSCRIPT_DROP)
    _compose(font, 0x2300, base=known[ord("Ø")], scale=1.0)
    for code in (0x2009, 0x202F):
        _compose(font, code, base=None)


def _compose(font: TTFont, code: int, *, base: str | None, rise: int = 0, scale: float = _INDEX_SCALE) -> None:
    # U+2071 to U+2073 are no digits: ¹ ² ³ stand in Latin-1, and the original has them.
    if code in font.getBestCmap() or code in {0x2071, 0x2072, 0x2073}:
        return
    name = f"uni{code:04X}"
    pen = TTGlyphPen(font.getGlyphSet())
    width = _THIN_SPACE
    if base is not None:
        pen.addComponent(base, (scale, 0, 0, scale, 0, rise))
        width = round(font["hmtx"][base][0] * scale)
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    glyph = pen.glyph()
    font["glyf"][name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (width, getattr(glyph, "xMin", 0))
    if "vmtx" in font:
        font["vmtx"][name] = font["vmtx"][base or "space"]
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = name


def check() -> int:
    """Fail, listing them, where characters have no glyph."""
    status = 0
    for _source, _digest, name in SOURCES:
        covered = set(TTFont(FOLDER / name, lazy=True).getBestCmap())
        lacking = [character for character in NEEDED if ord(character) not in covered]
        hanzi = [chr(code) for code in sorted(gbk() - covered) if 0x4E00 <= code <= 0x9FFF]  # noqa: PLR2004 - the block
        status |= bool(lacking or hanzi)
        size = (FOLDER / name).stat().st_size
        sys.stdout.write(f"{name}: {len(covered)} characters, {size:,} bytes; lacks {lacking + hanzi or 'nothing'}\n")
    return status


if __name__ == "__main__":
    commands = {"build": build, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:  # noqa: PLR2004 - the command alone
        sys.exit(__doc__)
    raise SystemExit(commands[sys.argv[1]]())
