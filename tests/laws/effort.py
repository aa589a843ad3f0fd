"""How much of the profile's examples a costly test takes."""

from hypothesis import settings

_COSTLY = 3  # so that all checks of a commit stay within minutes; the nightly has more


def one_in(share: int, *, least: int = 5) -> settings:
    """Take one in three times *share* of the examples that the profile asks for."""
    wanted = settings().max_examples // (share * _COSTLY)
    return settings(max_examples=max(least, wanted))
