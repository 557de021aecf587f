"""Launch plans, one file an engine, and notes for the operator."""
