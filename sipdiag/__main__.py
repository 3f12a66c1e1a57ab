"""`python -m sipdiag` is `sipdiag`."""

from __future__ import annotations

import sys

from sipdiag.cli import main

sys.exit(main())
