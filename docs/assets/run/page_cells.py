"""Runs the cells of a notebook inside a page: what they print, their last value, their errors."""

import contextlib
import io
import sys
import traceback

from page_javascript import say  # what worker.js gives
from pyodide.code import CodeRunner

#: So many characters of one cell are shown; a loop without an end would fill the page.
LONGEST = 200_000
#: What the page shows at once, unless a line ends earlier that is to be seen.
AT_ONCE = 4_000

_NAMES = {"__name__": "__main__", "__builtins__": __builtins__}


class _Stream(io.TextIOBase):
    """Takes what is printed to the page."""

    def __init__(self, name):
        self._name = name
        self._left = LONGEST
        self._parts = []
        self._length = 0

    @property
    def encoding(self):
        return "utf-8"

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._parts.append(text)
        self._length += len(text)
        if self._length > AT_ONCE:
            self.flush()
        return len(text)

    def flush(self):
        text, self._parts, self._length = "".join(self._parts), [], 0
        if text and self._left > 0:
            cut = text[: self._left]
            self._left -= len(text)
            say(self._name, cut if self._left >= 0 else f"{cut}\n… and more, not shown here\n")


def run(name, source):
    """Run a cell among the names that the earlier ones left.

    :param name: what tracebacks call the cell.
    :return: a dict of texts. `error` is there when an exception came out; `text` when the last line
        is an expression with a value, and then `svg` as well if that has a picture of itself.
    """
    main = sys.modules["__main__"]
    main.__dict__.update(_NAMES)
    out, err = _Stream("stdout"), _Stream("stderr")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                value = CodeRunner(source, filename=name).compile().run(main.__dict__)
                return {} if value is None else _shown(value)
            except BaseException as error:
                return {"error": _told(error, name)}
    finally:
        out.flush()
        err.flush()


def _shown(value):
    said = {"text": repr(value)}
    if picture := getattr(value, "_repr_svg_", None):
        said["svg"] = picture()
    return said


def _told(error, name):
    """Return the traceback from the cell on; what is below it is ours."""
    place = error.__traceback__
    while place and place.tb_frame.f_code.co_filename != name:
        place = place.tb_next
    return "".join(traceback.format_exception(type(error), error, place))
