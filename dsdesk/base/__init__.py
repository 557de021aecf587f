"""Words that every room speaks: units, money, messages, errors, places. Standard library only."""
