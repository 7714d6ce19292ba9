"""What the notebooks share: a clock that stands still, a browser to look into, facts and pictures.

Pure Python, on Flask, Werkzeug and ItsDangerous alone, so that the same cells can run inside a web
page as well. Nothing here is needed by an app; it only makes every run print the same.
"""

import base64
import contextlib
import hashlib
import html
import math
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace

import flask.sessions
import itsdangerous.timed
import werkzeug.security
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface

#: The secret key of the notebooks' apps. It stands in public, so it protects nothing: never use it.
KEY = "the-workbench-key-stands-in-public-never-use-it"

_PUBLISHED_KEYS = Path(__file__).parent.parent / "checker/suites/data/published_secret_keys.txt"


def published_keys():
    """Return the secret keys that stand in public, from the list that the checker has, too."""
    lines = _PUBLISHED_KEYS.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


# --- Facts ----------------------------------------------------------------------------------------


class NotSoAnyMoreError(AssertionError):
    """Something that a notebook teaches is not true of the installed packages."""


def expect(fact, seen, wanted=True):
    """Print the fact if it is one, else stop the notebook.

    :param fact: what is claimed, as a sentence.
    :param seen: what the cell has found.
    :param wanted: what it must have found for the claim to hold; equal, not merely as true.
    :raises NotSoAnyMoreError: it did not hold. The text has the claim and both values.
    """
    if type(seen) is not type(wanted) or seen != wanted:
        raise NotSoAnyMoreError(f"no longer so: {fact}\n  wanted: {wanted!r}\n  seen:   {seen!r}")
    print(f"✓ {fact}")


def error_of(call):
    """Call the function and return its exception as ``Type: text``, or ``"no error"``."""
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


def seconds(call, repeat=5):
    """Return how long the processor works for the function, in seconds: the least of some calls.

    On a machine with nothing else to do a clock on the wall shows the same; on a busy one it shows
    what others do as well.
    """
    taken = []
    for _ in range(repeat):
        began = time.process_time()
        call()
        taken.append(time.process_time() - began)
    return min(taken)


# --- The clock and the salts ----------------------------------------------------------------------


class Clock:
    """A clock that goes on only when it is told to.

    :ivar now: the time, in UTC.
    """

    def __init__(self, now):
        self.now = now

    def forward(self, **duration):
        """Go on, for example by ``hours=2``; the names are those of ``datetime.timedelta``."""
        self.now += timedelta(**duration)

    def __repr__(self):
        return f"{self.now:%d %B %Y, %H:%M} UTC".lstrip("0")


_clock = None


def stop_the_clock():
    """Return a clock at 2 March 2026, 9:00 UTC, and have Flask and its extensions read it.

    Only the places where cookies get their times are changed: ItsDangerous, Flask's sessions and
    Flask-Login. The rest of Python keeps the real time.
    """
    global _clock
    _clock = clock = Clock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    class Stopped(datetime):
        @classmethod
        def now(cls, tz=None):
            return clock.now.astimezone(tz) if tz else clock.now.replace(tzinfo=None)

        @classmethod
        def utcnow(cls):
            return clock.now.replace(tzinfo=None)

    itsdangerous.timed.time = SimpleNamespace(time=lambda: clock.now.timestamp())
    flask.sessions.datetime = Stopped
    with contextlib.suppress(ImportError):
        import flask_login.login_manager

        flask_login.login_manager.datetime = Stopped
    return clock


def fix_the_salts():
    """Have Werkzeug take its salts from a list that is the same in every run.

    They still differ from each other. An app must never do this.
    """
    made = iter(range(1_000_000))

    def gen_salt(length):
        letters = werkzeug.security.SALT_CHARS
        digest = hashlib.shake_256(f"salt {next(made)}".encode()).digest(length)
        return "".join(letters[byte % len(letters)] for byte in digest)

    werkzeug.security.gen_salt = gen_salt


# --- The browser ----------------------------------------------------------------------------------


class Browser:
    """Visits an app and keeps its cookies, as a browser does, where they can be seen and changed.

    It knows one site, and follows no redirects. It does not look at ``Secure``, ``Path`` and
    ``Domain``.

    :ivar cookies: the values by name. Assign one to paste it in.
    """

    #: Name and value together; a longer cookie is ignored (RFC 6265bis, "Storage Model").
    LONGEST = 4096

    def __init__(self, app):
        self.cookies = {}
        self._ends = {}
        self._client = app.test_client(use_cookies=False)

    def get(self, path):
        """Return the response to GET, which has for example ``text`` and ``status``."""
        return self._send("GET", path)

    def post(self, path, **form):
        """Return the response to POST with these fields of a form."""
        return self._send("POST", path, data=form)

    def close(self):
        """Close the browser: what has no end of its own is forgotten now."""
        self.cookies = {name: self.cookies[name] for name in self._ends if name in self.cookies}

    def _send(self, method, path, **options):
        now = _clock.now if _clock else datetime.now(UTC)
        for name, end in list(self._ends.items()):
            if end <= now:
                del self._ends[name]
                self.cookies.pop(name, None)
        headers = {}
        if self.cookies:
            pairs = (f"{name}={value}" for name, value in self.cookies.items())
            headers["Cookie"] = "; ".join(pairs)
        response = self._client.open(path, method=method, headers=headers, **options)
        for line in response.headers.getlist("Set-Cookie"):
            self._keep(line, now)
        return response

    def _keep(self, line, now):
        pair, *attributes = (part.strip() for part in line.split(";"))
        name, _, value = pair.partition("=")
        if len(name) + len(value) > self.LONGEST:
            return
        end = None
        for key, _, text in (attribute.partition("=") for attribute in attributes):
            if key.lower() == "max-age":  # counts more than Expires, which comes first in Flask
                end = now + timedelta(seconds=int(text))
            elif key.lower() == "expires" and end is None:
                end = parsedate_to_datetime(text)
        self._ends.pop(name, None)
        self.cookies.pop(name, None)
        if end is None:
            self.cookies[name] = value
        elif end > now:
            self.cookies[name], self._ends[name] = value, end


def set_cookie(response, name="session"):
    """Return the response's Set-Cookie line for that cookie, or None if it sets no such cookie."""
    lines = response.headers.getlist("Set-Cookie")
    return next((line for line in lines if line.startswith(f"{name}=")), None)


def show_cookie(line):
    """Print a Set-Cookie line, one attribute a line."""
    print(line.replace("; ", ";\n  "))


# --- An app in its shortest form ------------------------------------------------------------------


def small_app(key=KEY):
    """Return an app with a log-in for whoever asks, a page for those who are in, and a way out."""
    app = Flask("small")
    app.secret_key = key

    @app.post("/login")
    def login():
        session["user_id"] = 7
        return "logged in"

    @app.get("/dashboard")
    def dashboard():
        if "user_id" not in session:
            return "please log in", 401
        return f"the page of account {session['user_id']}"

    @app.post("/logout")
    def logout():
        session.clear()
        return "logged out"

    return app


def serializer(app):
    """Return what makes and reads the session cookies of an app, with the app's key."""
    return SecureCookieSessionInterface().get_signing_serializer(app)


def payload(cookie):
    """Return what the first part of a session cookie says; no key is needed for it."""
    compressed = cookie.startswith(".")
    part = cookie.lstrip(".").partition(".")[0]
    text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    return (zlib.decompress(text) if compressed else text).decode()


# --- Tables and pictures --------------------------------------------------------------------------


def show_table(head, rows):
    """Print rows of values below their heads, in columns."""
    rows = [[str(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in [head, ["─" * width for width in widths], *rows]:
        padded = (value.ljust(width) for value, width in zip(row, widths, strict=True))
        print("  ".join(padded).rstrip())


class Picture:
    """An SVG picture for people who see it, and the same in words for those who do not."""

    def __init__(self, title, words, width, height, shapes):
        self._title, self._words, self._size, self._shapes = title, words, (width, height), shapes

    def __repr__(self):
        return f"{self._title}\n{self._words}"

    def _repr_svg_(self):
        width, height = self._size
        shapes = "\n".join(self._shapes)
        return f"""\
<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" \
viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="13">
<title>{html.escape(self._title)}</title>
<desc>{html.escape(self._words)}</desc>
<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>
{_text(16, 26, self._title, font_size=15, font_weight="bold")}
{shapes}
</svg>"""


#: Told apart by people of any colour vision (Okabe and Ito, "Color Universal Design", 2008).
_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
_WIDTH = 720


def _text(x, y, text, **attributes):
    attributes = {"fill": "#222222"} | attributes
    said = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" {said}>{html.escape(str(text))}</text>'


def _line(x1, y1, x2, y2, colour="#bbbbbb", **attributes):
    said = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{said}/>'
    )


def parts(title, pieces):
    """Return a picture of a text that is made of pieces, such as a cookie or a hash.

    :param pieces: pairs of a piece and what it is. A long piece is shortened in the middle.
    """
    shapes, words = [], []
    shown = [p if len(p) <= 30 else f"{p[:18]}…{p[-8:]}" for p, _ in pieces]
    room = (_WIDTH - 32 - 12 * (len(pieces) - 1)) / sum(max(len(p), 10) for p in shown)
    x = 16.0
    for number, (piece, (_, meaning)) in enumerate(zip(shown, pieces, strict=True)):
        width = max(len(piece), 10) * room
        colour = _COLOURS[number % len(_COLOURS)]
        shapes += [
            f'<rect x="{x:.1f}" y="42" width="{width:.1f}" height="32" rx="4" fill="{colour}" '
            'fill-opacity="0.15"/>',
            _line(x, 74, x + width, 74, colour, stroke_width=3),
            _text(
                x + width / 2, 63, piece,
                text_anchor="middle", font_family="monospace", font_size=min(14, room * 1.6),
            ),
            _text(x + width / 2, 94, meaning, text_anchor="middle", font_size=12),
        ]  # fmt: skip
        words.append(f"{piece}: {meaning}")
        x += width + 12
    return Picture(title, "\n".join(words), _WIDTH, 110, shapes)


def bars(title, values, unit="", limit=None):
    """Return a picture of numbers as bars, one a row.

    :param values: the numbers by what they are of.
    :param unit: what follows each number.
    :param limit: a pair of a number and what it is, drawn as a line across.
    """
    top = max([*values.values(), *([limit[0]] if limit else [])])
    left = 24 + 7 * max(map(len, values))
    room = _WIDTH - left - 40 - 7 * (max(len(f"{v:g}") for v in values.values()) + len(unit))
    shapes, words = [], []
    for row, (name, value) in enumerate(values.items()):
        y, width = 44 + 28 * row, max(1.0, room * value / top)
        shapes += [
            _text(left - 8, y + 14, name, text_anchor="end"),
            f'<rect x="{left}" y="{y}" width="{width:.1f}" height="20" fill="{_COLOURS[0]}"/>',
            _text(left + width + 8, y + 14, f"{value:g}{unit}"),
        ]
        words.append(f"{name}: {value:g}{unit}")
    bottom = 44 + 28 * len(values)
    if limit:
        x = left + room * limit[0] / top
        shapes += [
            _line(x, 38, x, bottom, _COLOURS[1], stroke_width=2, stroke_dasharray="6 4"),
            _text(x, bottom + 14, limit[1], text_anchor="middle", fill=_COLOURS[1]),
        ]
        words.append(f"line at {limit[0]:g}{unit}: {limit[1]}")
    return Picture(title, "\n".join(words), _WIDTH, bottom + (26 if limit else 10), shapes)


def curves(title, series, across, up, limit=None):
    """Return a picture of curves.

    :param series: for each curve by its name a list of points, pairs of numbers from zero up.
    :param across: what the first numbers are, with their unit.
    :param up: what the second numbers are, with their unit.
    :param limit: a pair of a second number and what it is, drawn as a line across.
    """
    points = [point for curve in series.values() for point in curve]
    right = max(x for x, _ in points) or 1
    top = 1.05 * max([y for _, y in points] + ([limit[0]] if limit else [])) or 1
    left, width, height, base = 70, _WIDTH - 70 - 150, 220, 280

    def place(x, y):
        return left + width * x / right, base - height * y / top

    shapes = [_line(left, base, left + width, base), _line(left, base, left, base - height)]
    for x in _round_numbers(right):
        at = place(x, 0)[0]
        shapes.append(_text(at, base + 18, f"{x:g}", text_anchor="middle", font_size=11))
    for y in _round_numbers(top):
        at = place(0, y)[1]
        shapes.append(_text(left - 8, at + 4, f"{y:g}", text_anchor="end", font_size=11))
    shapes += [
        _text(left + width / 2, base + 38, across, text_anchor="middle"),
        _text(left - 54, 44, up),
    ]
    words = [f"across: {across}; up: {up}"]
    if limit:
        y = place(0, limit[0])[1]
        shapes += [
            _line(left, y, left + width, y, "#555555", stroke_dasharray="6 4"),
            _text(left + width + 8, y + 4, limit[1], font_size=12),
        ]
        words.append(f"line at {limit[0]:g}: {limit[1]}")
    for number, (name, curve) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        path = " ".join("{:.1f},{:.1f}".format(*place(x, y)) for x, y in curve)
        x, y = place(*curve[-1])
        shapes += [
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>',
            *(
                '<circle cx="{:.1f}" cy="{:.1f}" r="3.5" fill="{}"/>'.format(*place(*point), colour)
                for point in curve
            ),
            _text(x + 8, y + 4, name, fill=colour, font_weight="bold", font_size=12),
        ]
        words.append(f"{name}: " + ", ".join(f"{x:g} → {y:.4g}" for x, y in curve))
    return Picture(title, "\n".join(words), _WIDTH, base + 52, shapes)


def _round_numbers(top):
    """Return four to eight round numbers from zero to at most the top, evenly spaced."""
    power = 10 ** math.floor(math.log10(top))
    step = next(s for s in (power / 5, power / 4, power / 2, power, 2 * power) if top / s < 8)
    return [round(step * count, 12) for count in range(math.floor(top / step) + 1)]


def timeline(title, rows, ends):
    """Return a picture of what lasts from when to when.

    :param rows: for each by its name a list of triples: where it begins, where it ends (from 0 to
        1 across the picture), and what to write there.
    :param ends: what to write below, as pairs of a place and a text.
    """
    left = 32 + 7 * max(map(len, rows))
    room = _WIDTH - left - 24
    bottom = 44 + 34 * len(rows)
    shapes, words = [], []
    for place, label in ends:
        x = left + room * place
        anchor = "start" if place < 0.05 else "end" if place > 0.95 else "middle"
        shapes += [
            _line(x, 40, x, bottom + 4, "#555555", stroke_dasharray="3 3"),
            _text(x, bottom + 18, label, text_anchor=anchor, font_size=12),
        ]
    for row, (name, spans) in enumerate(rows.items()):
        y = 44 + 34 * row
        shapes.append(_text(left - 8, y + 18, name, text_anchor="end"))
        colour = _COLOURS[row % len(_COLOURS)]
        for begin, end, label in spans:
            shapes += [
                f'<rect x="{left + room * begin:.1f}" y="{y}" width="{room * (end - begin):.1f}" '
                f'height="26" rx="3" fill="{colour}" fill-opacity="0.2" stroke="{colour}"/>',
                _text(left + room * begin + 8, y + 18, label, font_size=12),
            ]
        words.append(f"{name}: " + "; ".join(label for *_, label in spans))
    words.append("along the bottom: " + ", ".join(label for _, label in ends))
    return Picture(title, "\n".join(words), _WIDTH, bottom + 30, shapes)
