"""Parts as numbers: frozen dataclasses and closed vocabularies. None means "not published"."""
