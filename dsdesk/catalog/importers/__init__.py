"""Readers of other people's files. Each gives an `Imported` to look at; nothing is kept before the user says so."""
