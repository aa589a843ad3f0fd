"""How much of the profile's examples a costly test takes."""

from hypothesis import settings


def one_in(share: int, *, least: int = 10) -> settings:
    """Take one in *share* of the examples that the profile asks for."""
    return settings(max_examples=max(least, settings().max_examples // share))
