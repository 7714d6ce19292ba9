"""Reading HTML from an app that nobody trusts, within bounds.

The tree is built by `justhtml`, in pure Python and by the HTML standard: a parser written in C must
not read hostile bytes in the process that judges.

Characters cost next to nothing: 512 kB take 0.3 s at worst. But every tag may look at every element
that is open, so that time grows with the square of the tags: 3,000 tags, nested as badly as a
search found, take about 1 s. What comes after a limit is not read. A login page has 50 to 300 tags
and takes about 0.3 ms.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from justhtml import JustHTML

from checker.visitor.reading import Reading
from checker.visitor.urls import URL
from checker.visitor.walk import read_document

LONGEST_READ = 512 * 1024  # characters
MOST_TAGS = 3_000
MOST_SIGNS = 20_000  # `<` of any kind; those that start no tag are still looked at twice
MOST_FORMATTING = 50  # formatting elements with attributes

_SHORT = 16 * 1024  # characters of a page that is remembered

_TAG = re.compile(r"<[A-Za-z/!?]")
_SIGN = re.compile(r"<")
# A paragraph repeats every formatting element that was left open before it, but of equal ones only
# three (HTML standard, "Noah's Ark clause"). Without attributes many are equal: this bounds the
# square of `<b id=1><b id=2>…<p>x<p>x…`. (`a` closes the `a` before it, and needs its `href`.)
_FORMATTING_WITH_ATTRIBUTES = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\t\n\f\r /]", re.IGNORECASE
)


def read_html(text: str, url: URL, encoding: str = "utf-8") -> Reading:
    """Read a page that came from `url`. Any text gives a reading; it is not to be changed."""
    # A visit shows the same few pages again and again.
    return (_read_once if len(text) <= _SHORT else _read)(text, url, encoding)


def _read(text: str, url: URL, encoding: str) -> Reading:
    source = bounded(text)
    document = JustHTML(source, sanitize=False, track_node_locations=True)
    reading = read_document(document, source, url, encoding)
    reading.was_cut = source != text
    return reading


_read_once = lru_cache(maxsize=64)(_read)


def bounded(text: str) -> str:
    """What of the text may be parsed: all of an ordinary page, the start of a hostile one."""
    source = text[:LONGEST_READ]
    if source.count("<") > MOST_TAGS:
        source = _before(_TAG, MOST_TAGS, _before(_SIGN, MOST_SIGNS, source))
    if len(_FORMATTING_WITH_ATTRIBUTES.findall(source)) > MOST_FORMATTING:
        # `<b id=1>` becomes `<b><!x id=1>`, and that is a comment.
        source = _FORMATTING_WITH_ATTRIBUTES.sub(r"<\1><!x ", source)
    return source


def _before(pattern: re.Pattern[str], count: int, source: str) -> str:
    """The source up to where the pattern is found for the time after `count`."""
    found = next(islice(pattern.finditer(source), count, None), None)
    return source if found is None else source[: found.start()]
