"""Captures of other machines, one file a format; `registry` lists them, in the order in which they are believed."""
