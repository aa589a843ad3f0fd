"""`python -m community_sdk.cli` is the command `community-sdk`."""

import sys

from community_sdk.cli import main

sys.exit(main())
