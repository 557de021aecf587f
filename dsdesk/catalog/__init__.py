"""The parts database: the only room that knows SQL."""
