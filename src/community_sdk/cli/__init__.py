"""The command `community-sdk`: run, check, compare, explain and test playbooks.

Exit codes: 0 done · 1 not done · 2 the call itself is wrong · 3 done, but some rows
were refused · 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper

from community_sdk.cli._arguments import language, parse
from community_sdk.cli._speech import complain, internal
from community_sdk.errors import CommunityError, WorldError

__all__ = ["main"]

NOT_DONE = 1
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; a user's mistake never raises."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    lang = language(words)
    try:
        arguments = parse(words, lang)
        code: int = arguments.run(arguments)
        if sys.stdout is not None:  # None where the caller closed it
            sys.stdout.flush()
    except CommunityError as error:
        complain(error, lang)
        return NOT_DONE
    except KeyboardInterrupt:
        complain(WorldError("interrupted", code="cli.interrupted"), lang)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return NOT_DONE
    except OSError as error:
        complain(_of_the_system(error), lang)
        return NOT_DONE
    except Exception as error:  # noqa: BLE001 - the last word of the program
        internal(error, lang, trace="--debug" in words)
        return NOT_DONE
    return code


def _of_the_system(error: OSError) -> WorldError:
    name = str(error.filename or "stdout")
    return WorldError(
        f"{(error.strerror or str(error)).lower()}: `{name}`",
        code="cli.system",
        hint="check the path, its permissions and the free space",
        reason=error.strerror or str(error),
        file=name,
    )
