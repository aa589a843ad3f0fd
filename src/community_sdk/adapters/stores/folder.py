"""Profiles and texts in a folder, one file each, that can be erased (S29).

A file is named by the pseudonym or the digest, quoted as in a web address.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from community_sdk.errors import StoreError

__all__ = ["PersonalFolder"]


class PersonalFolder:
    """A `PersonalStore` over the files of one folder; it fulfils the port's laws."""

    def __init__(self, path: str | Path, /) -> None:
        """Use the folder *path*.

        Raises:
            StoreError: there is no such folder.
        """
        self.path = Path(path)
        if not self.path.is_dir():
            raise StoreError(
                f"expected a folder of profiles and texts, found `{path}`",
                code="personal.folder",
                hint="name an existing folder",
                found=str(path),
            )

    def held(
        self, accounts: Collection[str], contents: Collection[str], /
    ) -> Mapping[str, object]:
        """Return the files of *accounts* and *contents* as texts, by name."""
        return {
            "profiles": {name: _read(file) for name, file in self._files(accounts)},
            "texts": {name: _read(file) for name, file in self._files(contents)},
        }

    def forget(self, accounts: Collection[str], contents: Collection[str], /) -> int:
        """Delete those files and return how many there were.

        Raises:
            StoreError: one cannot be deleted; the others may be gone already.
        """
        items = 0
        for name, file in (*self._files(accounts), *self._files(contents)):
            try:
                file.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StoreError(
                    f"could not delete what is held of `{name}`: {error.strerror}",
                    code="personal.delete",
                    hint="check the permissions, and call again",
                    retryable=True,
                    found=name,
                    reason=str(error.strerror),
                ) from error
            items += 1
        return items

    def _files(self, names: Collection[str]) -> Iterator[tuple[str, Path]]:
        for name in sorted({*names} - {""}):
            file = self.path / quote(name, safe="").replace(".", "%2E")
            if file.is_file():
                yield name, file


def _read(file: Path) -> str:
    return file.read_text("utf-8", errors="replace")
