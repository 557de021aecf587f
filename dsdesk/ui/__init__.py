"""The window: the only room that knows Qt. Pages show an Evaluation and send edits; they compute nothing."""

from dsdesk.ui.binding import import_as_usual

import_as_usual()
