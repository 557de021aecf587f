"""What it costs: prices, tax, energy, residual value, and the same work bought from a hosted API."""
