"""dsdesk: from a language model to a machine that runs it, on paper and on the desk."""

__version__ = "0.1.0"
