"""The guide's claims beside our figures."""
