"""The window: the only room that knows Qt. Pages show an Evaluation and send edits; they compute nothing."""
