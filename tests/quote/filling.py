"""Answers as a supplier's programs would write them, by two libraries that are not ours."""

from io import BytesIO

import pikepdf
import pypdf

from dsdesk.quote.form_fields import field_name


def by_pypdf(content, values):
    """A form filled and saved by pypdf: incremental appearances, Latin text."""
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(BytesIO(content)))
    named = {field_name(name): text for name, text in values.items()}
    for page in writer.pages:
        if "/Annots" in page:
            writer.update_page_form_field_values(page, named, auto_regenerate=False)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def by_pikepdf(content, values):
    """The same by pikepdf, which also writes hanzi into fields."""
    target = BytesIO()
    named = {field_name(name): text for name, text in values.items()}
    with pikepdf.open(BytesIO(content)) as document:
        for field in document.Root.AcroForm.Fields:
            if str(field.T) in named:
                field.V = pikepdf.String(named[str(field.T)])
        document.save(target)
    return target.getvalue()
