"""The structure that a screen reader follows: complete, consistent, and the same as what is printed."""

import re
import shutil
import subprocess
from io import BytesIO

import pikepdf
import pytest

from dsdesk.quote.export import make_pdf
from tests.quote.samples import catalog, evaluation

REQUEST = make_pdf(evaluation(), catalog(), language="zh_CN", prices="blank")[0]
ESTIMATE = make_pdf(evaluation(), catalog(), language="en", prices="estimate")[0]
_MARK = re.compile(rb"/(\w+) <</MCID (\d+)>> BDC")


def parent_tree(document):
    numbers = document.Root.StructTreeRoot.ParentTree.Nums
    return {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}


def kids(element):
    if "/K" not in element:
        return []
    return list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]


def walk(element):
    yield element
    for kid in kids(element):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield from walk(kid)


@pytest.mark.parametrize("content", [REQUEST, ESTIMATE])
def test_every_mark_on_a_page_leads_to_its_element_and_back(content):
    with pikepdf.open(BytesIO(content)) as document:
        tree = parent_tree(document)
        for page in document.pages:
            parents = tree[int(page.StructParents)]
            found = _MARK.findall(page.Contents.read_bytes())
            assert [int(number) for _role, number in found] == list(range(len(parents)))
            for (role, number), parent in zip(found, parents, strict=True):
                assert str(parent.S) == f"/{role.decode()}"
                assert int(number) in [kid for kid in kids(parent) if isinstance(kid, int)]
                assert parent.Pg.objgen == page.objgen


def test_every_field_is_in_the_structure_where_it_is_asked_for():
    with pikepdf.open(BytesIO(REQUEST)) as document:
        tree = parent_tree(document)
        names = []
        for element in walk(document.Root.StructTreeRoot.K):
            if str(element.S) == "/Form":
                names.append(str(element.K.Obj.T))
        fields = [str(one.T) for one in document.Root.AcroForm.Fields]
        assert names == fields
        for one in document.Root.AcroForm.Fields:
            assert str(tree[int(one.StructParent)].K.Obj.T) == str(one.T)


def test_tables_have_rows_of_cells_and_figures_say_what_they_show():
    with pikepdf.open(BytesIO(REQUEST)) as document:
        assert document.Root.MarkInfo.Marked
        elements = list(walk(document.Root.StructTreeRoot.K))
        for element in elements:
            inner = {str(kid.S) for kid in kids(element) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid}
            if str(element.S) == "/Table":
                assert inner == {"/TR"}
            if str(element.S) == "/TR":
                assert inner <= {"/TH", "/TD"}
            if str(element.S) == "/Figure":
                assert str(element.Alt)
        roles = [str(element.S) for element in elements]
        assert roles.count("/H1") == 1
        assert roles.count("/H2") >= 9
        assert "/Figure" in roles


def test_the_running_head_is_no_content():
    with pikepdf.open(BytesIO(REQUEST)) as document:
        for page in document.pages:
            code = page.Contents.read_bytes()
            assert code.count(b"BDC") + code.count(b"BMC") == code.count(b"EMC")
            assert code.count(b"/Artifact BMC") == 1


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="poppler is not installed")
def test_poppler_reads_the_structure(tmp_path):
    path = tmp_path / "q.pdf"
    path.write_bytes(ESTIMATE)
    told = subprocess.run(["pdfinfo", "-struct-text", str(path)], capture_output=True, check=True).stdout.decode()
    assert "H1 (block)" in told
    assert '"Budget estimate – not an offer"' in told
    assert '"5,875.16"' in told or "CNY" in told
