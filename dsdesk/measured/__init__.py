"""The user's own measurements: what benchmark tools write, read as values, and compared with the forecast."""
