"""Imports every subject, in the order in which findings of equal weight are read."""
