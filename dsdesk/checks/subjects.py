"""Imports every subject, in the order in which findings of equal weight are read."""

from dsdesk.checks import coolers, cooling, fit, parts, plugs, power

ALL = (parts, fit, power, plugs, coolers, cooling)
