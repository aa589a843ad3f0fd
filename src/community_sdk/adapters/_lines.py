"""Physical lines of a text file: bounded, decoded, unpacked, with their numbers.

No line, however long, is held in memory whole; the broken end of a file is a refusal
behind all that came before it.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, NamedTuple, Self

from attrs import evolve

from community_sdk.adapters._rows import Refusal, unreadable
from community_sdk.errors import DefinitionError, HistoryError, Problem, nearest

__all__ = ["LONGEST", "Line", "Lines", "encoding_of"]

LONGEST: Final = 1 << 20
"""The most bytes of one line."""
_CHUNK: Final = 1 << 18
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_SHOWN: Final = 200
_NUL_SHARE: Final = 10
_WELL_KNOWN: Final = ("utf-8", "gb18030", "gbk", "big5", "shift_jis", "latin-1")


class Line(NamedTuple):
    """One line without its end; *last*: nothing stands behind it, not even an end."""

    number: int
    text: str
    last: bool = False


class Lines:
    """The lines of one file, read once, front to back; use it in a `with`.

    Attributes:
        notes: what was assumed, for the reader to know (`Problem` values).
        size: bytes on disk.
    """

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        """Open *path*; *encoding* None: UTF-8, or GB18030 where it is none."""
        self._path = path
        self._encoding = encoding_of(encoding) if encoding else None
        self._file: IO[bytes] | None = None
        self.notes: list[Problem] = []
        self.size = 0

    def __enter__(self) -> Self:
        """Open the file."""
        try:
            self._file = self._path.open("rb")
            self.size = self._path.stat().st_size
        except OSError as fault:
            raise unreadable(self._path, fault) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    @property
    def position(self) -> int:
        """Bytes of the file that were read so far."""
        closed = self._file is None or self._file.closed
        return self.size if closed or self._file is None else self._file.tell()

    def __iter__(self) -> Iterator[Line | Refusal]:
        """Yield the lines in order; a bad line is a refusal in its place."""
        tail, dropped, number = b"", 0, 0
        broken: Refusal | None = None
        for chunk in self._chunks():
            if isinstance(chunk, Refusal):
                broken = chunk
                break
            pieces = chunk.split(b"\n")
            pieces[0] = tail + pieces[0]
            tail = pieces.pop()
            if pieces and len(pieces[0]) + dropped > LONGEST:
                number += 1
                yield self._too_long(number, len(pieces[0]) + dropped)
                del pieces[0]
                dropped = 0
            for text in self._texts(pieces):
                number += 1
                yield self._line(number, text)
            if dropped or len(tail) > LONGEST:
                dropped, tail = dropped + len(tail), b""
        number += 1
        if broken is not None:
            yield evolve(broken, line=number, row={"line": self._shown(tail)})
        elif dropped:
            yield self._too_long(number, dropped)
        elif tail:
            for text in self._texts([tail]):
                yield self._line(number, text, last=True)

    def _chunks(self) -> Iterator[bytes | Refusal]:
        """Yield the unpacked bytes, and at a broken end the reason."""
        stream = self._unpacked()
        begun = False
        while True:
            try:
                chunk = stream.read1(_CHUNK)
            except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
                yield self._broken(fault)
                return
            except OSError as fault:
                raise unreadable(self._path, fault) from None
            if not chunk:
                return
            if not begun:
                begun = True
                chunk = self._sniffed(chunk)
            yield chunk

    def _unpacked(self) -> Any:
        if self._file is None:  # pragma: no cover - only without `with`
            raise unreadable(self._path, FileNotFoundError())
        try:
            magic = self._file.read(4)
            self._file.seek(0)
        except OSError as fault:
            raise unreadable(self._path, fault) from None
        packed = magic.startswith(b"\x1f\x8b")
        if self._path.suffix.lower() == ".gz" and magic and not packed:
            raise HistoryError(
                f"expected a gzip file, found something else in `{self._path}`",
                code="table.not_gzip",
                hint="take `.gz` off its name if it is not packed",
                path=str(self._path),
            )
        if magic == b"PK\x03\x04":
            raise HistoryError(
                f"expected lines of text, found a zip or workbook in `{self._path}`",
                code="table.zip",
                hint="unpack it, or name it `.xlsx` if it is a workbook",
                path=str(self._path),
            )
        return gzip.GzipFile(fileobj=self._file) if packed else self._file

    def _sniffed(self, chunk: bytes) -> bytes:
        """Take a UTF-8 mark off, and refuse what are no lines of text."""
        if chunk.startswith(codecs.BOM_UTF8):
            chunk = chunk[3:]
            self._encoding = self._encoding or "utf-8"
        nuls = chunk.count(b"\0")
        if chunk.startswith(_MARKS) or nuls * _NUL_SHARE > len(chunk):
            wide = chunk.startswith(_MARKS)
            what = "UTF-16 or UTF-32" if wide else "no text"
            raise HistoryError(
                f"expected text in UTF-8 or GB18030, found {what} in `{self._path}`",
                code="table.utf16" if wide else "table.binary",
                hint="save it as `CSV UTF-8`" if wide else "check what the file is",
                path=str(self._path),
            )
        if b"\r" in chunk and b"\n" not in chunk and not chunk.endswith(b"\r"):
            raise HistoryError(
                f"expected lines that end in LF, found CR alone in `{self._path}`",
                code="table.cr",
                hint="save it with Unix or Windows line ends",
                path=str(self._path),
            )
        return chunk

    def _texts(self, pieces: list[bytes]) -> Iterable[str | bytes]:
        """Decode *pieces*; those that cannot be decoded stay as they are."""
        block = b"\n".join(pieces)
        if self._encoding is None and not block.isascii():
            self._encoding = self._guessed(pieces)
        encoding = self._encoding or "ascii"
        try:
            return block.decode(encoding).split("\n") if pieces else ()
        except UnicodeDecodeError:
            return [_decoded(piece, encoding) for piece in pieces]

    def _guessed(self, pieces: list[bytes]) -> str:
        """Tell the encoding of the first lines that are not plain ASCII."""
        telling = [piece for piece in pieces if not piece.isascii()]
        for encoding in ("utf-8", "gb18030"):
            good = sum(isinstance(_decoded(p, encoding), str) for p in telling)
            if good * 2 < len(telling):
                continue
            if encoding != "utf-8":
                self.notes.append(_assumed(self._path, encoding))
            return encoding
        if len(telling) * 2 < len(pieces):
            return "utf-8"  # damage here and there: those lines alone are refused
        raise HistoryError(
            f"expected text in UTF-8 or GB18030, found neither in `{self._path}`",
            code="table.encoding",
            hint="name its encoding, such as `big5` or `shift_jis`",
            path=str(self._path),
        )

    def _line(
        self, number: int, text: str | bytes, *, last: bool = False
    ) -> Line | Refusal:
        if isinstance(text, bytes):
            encoding = self._encoding or "ascii"
            return self._refusal(
                number,
                "table.bytes",
                f"expected text in `{encoding}`, found bytes that are none",
                "correct the line, or name the encoding of the file",
                text,
                encoding=encoding,
            )
        if "\0" in text:
            return self._refusal(
                number,
                "table.nul",
                "expected text, found a NUL character",
                "the disk or a copy may have lost this part: take the file anew",
                text,
            )
        return Line(number, text.removesuffix("\r"), last)

    def _too_long(self, number: int, size: int) -> Refusal:
        return self._refusal(
            number,
            "table.long_line",
            f"expected a line of at most {LONGEST} bytes, found {size}",
            "a quote that is never closed, or no table at all, looks like this",
            "",
            found=str(size),
            most=str(LONGEST),
        )

    def _broken(self, fault: Exception) -> Refusal:
        cut = isinstance(fault, EOFError)
        what = "ends in the middle" if cut else "is damaged from here on"
        return self._refusal(
            0,
            "table.cut" if cut else "table.damaged",
            f"the packed file {what}",
            "everything before is read: copy the file again and repeat",
            "",
        )

    def _refusal(
        self,
        number: int,
        code: str,
        message: str,
        hint: str,
        text: str | bytes,
        **figures: str,
    ) -> Refusal:
        return Refusal(
            source=self._path.name,
            line=number,
            code=code,
            message=message,
            hint=hint,
            figures=figures,
            row={"line": self._shown(text)} if text else {},
        )

    def _shown(self, text: str | bytes) -> str:
        if isinstance(text, bytes):
            text = text[:_SHOWN].decode(self._encoding or "ascii", "replace")
        return text[:_SHOWN]


def _decoded(piece: bytes, encoding: str) -> str | bytes:
    try:
        return piece.decode(encoding)
    except UnicodeDecodeError:
        return piece


def _assumed(path: Path, encoding: str) -> Problem:
    return Problem(
        path.name,
        f"no UTF-8: read as `{encoding}`",
        "name the encoding if texts look wrong",
        "table.assumed",
        {"encoding": encoding},
    )


def encoding_of(encoding: str) -> str:
    """Return the name Python knows *encoding* by.

    Raises:
        DefinitionError: there is none, or lines cannot be told apart in it.
    """
    try:
        name = codecs.lookup(encoding).name
        ends = "\n".encode(name) == b"\n"
    except (LookupError, ValueError, TypeError):
        name, ends = "", False
    if not ends:
        why = "no encoding for lines of text" if name else "no encoding"
        raise DefinitionError(
            f"expected an encoding such as `utf-8`, found `{encoding}`, {why}",
            code="table.encoding_name",
            hint=nearest(encoding, _WELL_KNOWN) or "save the file as UTF-8",
            found=encoding,
            known="yes" if name else "no",
        )
    return name
