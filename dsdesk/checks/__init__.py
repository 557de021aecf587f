"""Compatibility checks: small functions with a code, a reason, a remedy and a source. Findings are data."""
