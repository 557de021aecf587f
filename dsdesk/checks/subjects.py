"""Imports every subject, in the order in which findings of equal weight are read."""

from dsdesk.checks import (
    coolers,
    cooling,
    drives,
    fit,
    links,
    memory,
    parts,
    pcie,
    platforms,
    plugs,
    power,
    site,
    storage,
)

ALL = (parts, fit, platforms, pcie, drives, memory, links, power, plugs, coolers, cooling, storage, site)
