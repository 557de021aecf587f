"""Tables and trees over immutable rows."""
