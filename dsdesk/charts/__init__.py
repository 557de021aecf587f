"""Charts as data: series, axes, units, bands and sources. Painters live in ui/ and quote/."""
