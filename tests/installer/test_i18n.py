"""How translations are written down."""

import argparse
import gettext
from datetime import datetime

import i18n
import pytest
from i18n import full_width, mismatch


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("{card} 运行在 {link}({rate});其设计为 {own}", "{card} 运行在 {link}（{rate}）；其设计为 {own}"),
        ("共 {total}。放得下, 另加缓存", "共 {total}。放得下，另加缓存"),
        ("模型(&M)", "模型(&M)"),
        ("PCIe 5.0 x16 (64 GB/s), 2:1", "PCIe 5.0 x16 (64 GB/s), 2:1"),
        ("新口令: ", "新口令： "),
    ],
)
def test_marks_beside_chinese_are_as_wide_as_it(said, wanted):
    assert full_width(said) == wanted
    assert full_width(wanted) == wanted
    assert not mismatch(said, wanted)


def test_what_is_compiled_tells_nothing_of_its_day(tmp_path, monkeypatch):
    languages = i18n.languages()
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    monkeypatch.setattr(i18n, "languages", lambda: languages)
    i18n.compile_all(argparse.Namespace())
    compiled = tmp_path / "zh_CN.mo"
    assert f"{datetime.now():%Y-%m-%d}".encode() not in compiled.read_bytes()
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("&About dsdesk") != "&About dsdesk"
