"""PDFium is one library with one state: whoever calls it, for a preview or to read a form, holds this lock."""

from threading import Lock

PDFIUM = Lock()
