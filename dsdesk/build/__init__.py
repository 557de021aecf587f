"""From part ids to a machine: resolving, slots and lanes, power and heat, and what joins the accelerators."""
