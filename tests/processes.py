"""What tests that start processes of their own share."""

import os


def unmeasured() -> dict[str, str]:
    """Return the environment without coverage, for whom it would only hold up.

    That is who is killed and cannot report, and who must load nothing of its own.
    """
    return {k: v for k, v in os.environ.items() if not k.startswith("COV")}
