"""Where each value of a TOML file stands: tomllib reads what it says and forgets the lines.

`lines_of` takes text that tomllib has accepted, so it only has to find the places: it walks keys,
tables, arrays of tables, arrays and inline tables, and skips over strings and comments.
"""

import tomllib

Path = tuple[str | int, ...]
_QUOTES = ('"""', "'''", '"', "'")


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, on which each table, array and value of the file begins; its top is 1."""
    return _Walk(text).lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of the path, or of the nearest that is above it."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._arrays: dict[Path, int] = {}
        self.lines: dict[Path, int] = {(): 1}
        table: Path = ()
        while self._skip(" \t\r\n"):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _line(self, at: int) -> int:
        return self._text.count("\n", 0, at) + 1

    def _skip(self, blank: str) -> bool:
        """Go past blanks and comments; whether anything is left."""
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._text[self._at] in blank:
                self._at += 1
            else:
                return True
        return False

    def _header(self) -> Path:
        """[table] or [[array]]: the path of the table that begins."""
        start, double = self._at, self._text.startswith("[[", self._at)
        self._at += 1 + double
        path = self._within(self._key())
        self._at += 1 + double
        if double:
            self._arrays[path] = self._arrays.get(path, -1) + 1
            self.lines.setdefault(path, self._line(start))
            path = (*path, self._arrays[path])
        self._note(path, start)
        return path

    def _within(self, keys: list[str]) -> Path:
        """Of an array of tables on the way, the one that was begun last."""
        path: Path = ()
        for at, key in enumerate(keys):
            path = (*path, key)
            if at < len(keys) - 1 and path in self._arrays:
                path = (*path, self._arrays[path])
        return path

    def _note(self, path: Path, at: int) -> None:
        """The tables that a dotted name makes on the way begin where it stands."""
        line = self._line(at)
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _pair(self, table: Path) -> None:
        start = self._at
        path = (*table, *self._key())
        self._at += 1  # the equals sign
        self._note(path, start)
        self._value(path)

    def _key(self) -> list[str]:
        """A dotted key; leaves off at what follows it."""
        keys: list[str] = []
        while True:
            self._skip(" \t")
            start = self._at
            if self._text[start] in "\"'":
                self._string()
            else:
                while self._text[self._at].isalnum() or self._text[self._at] in "_-":
                    self._at += 1
            keys.append(next(iter(tomllib.loads(f"{self._text[start : self._at]} = 0"))))
            self._skip(" \t")
            if self._text[self._at] != ".":
                return keys
            self._at += 1

    def _value(self, path: Path) -> None:
        self._skip(" \t\r\n")
        first = self._text[self._at]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            while self._at < len(self._text) and self._text[self._at] not in ",]}\n#":
                self._at += 1

    def _string(self) -> None:
        quote = next(q for q in _QUOTES if self._text.startswith(q, self._at))
        self._at += len(quote)
        while not self._text.startswith(quote, self._at):
            self._at += 2 if quote[0] == '"' and self._text[self._at] == "\\" else 1
        self._at += len(quote)
        while len(quote) == 3 and self._text.startswith(quote[0], self._at):
            self._at += 1  # a quotation mark may stand right before the closing three

    def _array(self, path: Path) -> None:
        self._at += 1
        for position in range(len(self._text)):
            self._skip(" \t\r\n,")
            if self._text[self._at] == "]":
                break
            self._note((*path, position), self._at)
            self._value((*path, position))
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._skip(" \t\r\n,") and self._text[self._at] != "}":
            self._pair(path)
        self._at += 1
