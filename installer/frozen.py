"""Where the frozen program starts: PyInstaller wants a script, and `dsdesk/__main__.py` is a module."""

import sys

from dsdesk.__main__ import main

sys.exit(main())
