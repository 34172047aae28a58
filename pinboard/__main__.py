"""Makes `python -m pinboard` the same as `pinboard`."""

import sys

from pinboard.cli import main

if __name__ == "__main__":
    sys.exit(main())
