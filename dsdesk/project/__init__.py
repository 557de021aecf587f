"""The document: everything that the user chose, as one frozen value, its file and its edits."""
