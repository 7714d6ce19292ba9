"""The visitor: one person with one browser, who walks through somebody's app.

A visitor opens pages, finds the form that fits, types, presses the button and looks at what comes
back. Names of fields, wording, language and layout of the app are free.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from checker.visitor.bodies import encode, urlencoded
from checker.visitor.clock import Clock
from checker.visitor.cookies import CookieJar
from checker.visitor.errors import NoLoginForm
from checker.visitor.exchanges import Exchange, Request
from checker.visitor.filling import Values, submission, told
from checker.visitor.forms import Button, Form, Kind
from checker.visitor.navigation import (
    BROWSER_HEADERS,
    FormData,
    carrying,
    content_headers,
    entries_of,
    navigation_headers,
    next_step,
    redirected,
    with_headers,
)
from checker.visitor.pages import Page
from checker.visitor.presence import looks_the_same
from checker.visitor.transport import send
from checker.visitor.urls import URL, is_same_site, parse_url, resolve
from checker.visitor.words import counted, lasting, listed, plain, quoted

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MOST_HOPS = 5  # redirects in a row that are followed
LONGEST_LOCATION = 2_048  # characters

_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class Visitor:
    """One person with one browser.

    `app` is a WSGI callable; what it raises passes through, after exchange and story have been
    recorded. `paths` maps `home`, `login`, `register`, `dashboard`, `logout`, `password` to paths.
    Over `base` the app is reached; on `http://localhost` browsers keep `Secure` cookies as well.
    """

    story: list[str]
    """What was done, in sentences for the app's author; visitors of one check share it."""
    exchanges: list[Exchange]
    """Every request with its answer, oldest first; visitors of one check share the list."""
    page: Page | None
    """The page in front of the visitor; None before the first."""
    names: list[str]
    """The names this person has typed to log in; they tell a greeting from a stranger's page.

    Who means to get in as somebody else may add the names of the accounts that could greet them: on
    a home page with a login form for everybody nothing else tells."""
    own_pages: tuple[str, ...]
    """Names in `paths` of the pages that may show who is logged in; one of them is enough."""

    def __init__(
        self,
        app: WSGIApplication,
        paths: Mapping[str, str],
        name: str = "a visitor",
        *,
        base: str = "http://localhost",
        clock: Clock | None = None,
    ) -> None:
        base_url = parse_url(base)
        if base_url is None or base_url.scheme not in ("http", "https"):
            raise ValueError(f"not a base URL: {base!r}")
        self.app = app
        self.paths = paths
        self.name = name
        self.base = base_url
        self.story = []
        self.exchanges = []
        self.page = None
        self.names = []
        self.own_pages = ("home",)
        self._clock = clock or Clock()
        self._cookies = CookieJar(self._clock)
        self._is_first = True  # others say who they are in the story
        self._is_silent = False
        self._password_names: set[str | bytes] = set()

    @property
    def cookies(self) -> CookieJar:
        """The browser's cookies. Assign a copy of another visitor's to replay them."""
        return self._cookies

    @cookies.setter
    def cookies(self, jar: CookieJar) -> None:
        jar.clock = self._clock
        self._cookies = jar

    @property
    def now(self) -> float | None:
        """The pretended time in seconds since 1970, UTC; None for real time. Strangers share it."""
        return self._clock.now

    @now.setter
    def now(self, now: float | None) -> None:
        self._clock.now = now

    def travel(self, seconds: float) -> None:
        """Let time pass, for the browser's cookies and for the app."""
        self._clock.travel(seconds)
        self.tell(f"waited {lasting(seconds)}")

    def restart_browser(self) -> None:
        """Close the browser and open it again: the session cookies are gone."""
        self.cookies.end_session()
        self.page = None
        self.tell("closed the browser and opened it again")

    def stranger(self, name: str = "a stranger") -> Visitor:
        """Another person with a browser of their own and no cookies, on the same app."""
        other = Visitor(self.app, self.paths, name, base=str(self.base), clock=self._clock)
        other.story = self.story
        other.exchanges = self.exchanges
        other.own_pages = self.own_pages
        other._is_first = False
        other._is_silent = self._is_silent
        return other

    # -- going somewhere

    def open(self, path_or_name: str) -> Page:
        """Open a page by its path, its URL or its name in `paths`, and follow redirects.

        An address on another server is not opened, nor one that is none: the page has the status 0
        then and says so in `left_site` or `problem`.
        """
        path = self.paths.get(path_or_name, path_or_name)
        url = self._url_of(path)
        if url is None:
            return self._nowhere(path)
        return self._navigate(
            Request("GET", url, navigation_headers("none")), f"opened {self._shown(url)}"
        )

    def follow(self, page: Page) -> Page:
        """Follow a page's redirects as far as they go; a page that is none comes back itself.

        After `MOST_HOPS` of them, at an address longer than `LONGEST_LOCATION`, at the first repeat
        and at the edge of the site it ends, and the page's `problem` or `left_site` says why. A
        `Refresh` without delay counts as a redirect.
        """
        seen: set[tuple[str, URL, str]] = set()
        hops: list[Page] = []
        while page.exchange is not None:
            request = page.exchange.request
            method, location = next_step(page, request.method)
            if location is None:
                break
            seen.add((request.method, request.url.without_fragment(), request.header("Cookie")))
            page.redirects = list(hops)
            if len(location) > LONGEST_LOCATION:
                page.problem = f"a redirect to an address of {len(location)} characters"
                break
            url, stays = resolve(page.url, location)
            if url is None:
                page.problem = f'a redirect to "{plain(location)}", which is no address'
                break
            if not stays:
                page.left_site = str(url)
                self.tell(f"was sent on to {self._shown(url)}, another server")
                break
            if url.fragment is None:
                url = replace(url, fragment=page.url.fragment)
            following = redirected(request, method, url)
            # The same page asked for again with other cookies may well answer otherwise.
            key = (method, url.without_fragment(), self.cookies.header(url))
            if key in seen:
                page.problem = "a redirect loop"
                self.tell(f"was sent round in a circle: {self._shown(url)} again")
                break
            if len(hops) == MOST_HOPS:
                visited = {each.url.pathname for each in hops}
                loop = url.pathname in visited
                page.problem = "a redirect loop" if loop else "too many redirects in a row"
                self.tell(f"was sent on {counted(MOST_HOPS, 'time', 'times')} and gave up")
                break
            hops.append(page)
            page = self._send(following, f"was sent on to {self._shown(url)} ({page.status})")
        page.redirects = hops
        self.page = page
        return page

    def request(
        self,
        method: str,
        path: str,
        *,
        query: FormData | None = None,
        form: FormData | None = None,
        body: bytes | str | None = None,
        content_type: str | None = None,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
    ) -> Page:
        """Send exactly one request, as a tool would, with the browser's cookies.

        `path` is sent as it is written, but for characters that no request line can hold. `form` is
        sent urlencoded, or as `content_type` says; bytes in it go out unchanged. No redirect is
        followed. As with `open`, nothing is sent to another server.
        """
        url = self._url_of(path)
        if url is None:
            return self._nowhere(path)
        if query is not None:
            given = "" if url.query is None else f"{url.query}&"
            url = replace(url, query=given + urlencoded(entries_of(query, self._password_names)))
        entries = entries_of(form or (), self._password_names)
        data = b""
        if form is not None:
            enctype = (content_type or "").partition(";")[0].strip().lower()
            encoded = encode(entries, enctype)
            data = encoded.data
            is_multipart = enctype == "multipart/form-data"
            content_type = (
                encoded.content_type if is_multipart or not content_type else content_type
            )
        elif body is not None:
            data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        request = Request(
            method, url, content_headers(method, data, content_type), data, tuple(entries)
        )
        extra = headers.items() if isinstance(headers, Mapping) else headers or ()
        request = with_headers(request, list(extra))
        doing = f"sent {plain(method)} {self._shown(url)}{carrying(request)}"
        return self._elsewhere(url, doing) or self._send(request, doing)

    # -- forms

    def find_form(self, kind: Kind, name: str | None = None) -> Form | None:
        """Open the page `name` of `paths` and find a form of that kind on it.

        Without a name it is the page made for such forms, or the dashboard, or home.
        """
        if name is None:
            own = kind if kind in ("login", "register", "password") else "dashboard"
            name = own if own in self.paths else "home"
        return self.open(name).find_form(kind, self.paths.get(kind, ""))

    def find_login_form(self) -> Form | None:
        """Open the login page and find the form with a field for a name and one for a password."""
        form = self.find_form("login")
        if form is not None or self.page is None:
            return form
        # Words may have misled us: on this page, a form that could be one will be one.
        forms = self.page.forms
        return next(
            (each for each in forms if len(each.password_fields) == 1 and each.text_field), None
        )

    def submit(self, form: Form, values: Values, button: Button | None = None) -> Page:
        """Fill in the form, press the button (the fitting one, if none is given), follow redirects.

        Raises `CannotSubmit` where a browser would send nothing. A form that goes to another server
        is not sent; the page says so in `left_site`.
        """
        sent = submission(form, values, button)
        self._password_names |= {each.name for each in form.fields if each.type == "password"}
        label = plain(sent.button.label) if sent.button else ""
        doing = listed([*told(form, values), f'pressed "{label}"' if label else "sent the form"])
        page_url = parse_url(form.page_url) or self.base
        referer = str(page_url.without_fragment())
        headers = navigation_headers("same-origin", referer)
        body = b""
        if sent.body is not None:
            body = sent.body.data
            headers += (
                ("Origin", page_url.origin),
                *content_headers("POST", body, sent.body.content_type),
            )
        page = self._navigate(Request(sent.method, sent.url, headers, body, sent.entries), doing)
        for each in form.fields:
            if each in values and not each.name:
                self._note(
                    f"The {each.type} field has no name attribute, "
                    "so the browser did not send what was typed there."
                )
        return page

    def log_in(self, username: str, password: str) -> Page:
        """Open the login page, type name and password, press the button, follow redirects.

        Raises `NoLoginForm` if there is no form to type them into.
        """
        form = self.find_login_form()
        if form is None:
            path = self.paths["login"]
            seen = self.page.described() if self.page is not None else "nothing"
            raise NoLoginForm(
                f"a login form at {path}, with a field for the username and one of type password",
                seen,
            )
        username_field, password_field = form.text_field, form.password_fields[0]
        assert username_field is not None
        self.names.append(username)
        return self.submit(form, {username_field: username, password_field: password})

    # -- looking

    def sees(self, text: str) -> bool:
        """Whether the page in front of the visitor shows the text, white space folded."""
        return self.page is not None and self.page.sees(text)

    def greets(self, name: str) -> bool:
        """Whether home shows the name, also when it is loaded again (a flash is shown once)."""
        doing = f"opened {self.paths['home']} to look for the name {quoted(name)}"
        with self._silence(doing):
            found = self._shows_name(self.open("home"), name)
            found = found and self._shows_name(self.open("home"), name)
        self.tell(f"{doing}: it was {'there' if found else 'not there'}")
        return found

    def logged_in(self) -> bool:
        """Whether one of `own_pages` treats this visitor as logged in, judged by its effect.

        It does, if it shows the visitor's name or no login form where a stranger gets one, or has
        another text than strangers see. What differs from load to load, and flashed messages, do
        not count. An error page, or one on another server, is never "logged in".
        """
        doing = f"opened {listed([self.paths[name] for name in self.own_pages])}"
        doing += " to see who is logged in"
        found, why = False, ""
        with self._silence(doing):
            for name in self.own_pages:
                found, why = self._is_known_at(name)
                if found:
                    break
        self.tell(f"{doing}: {'somebody is' if found else 'nobody is'}, {why}")
        return found

    def _is_known_at(self, name: str) -> tuple[bool, str]:
        for _ in range(2):  # flashed messages are gone the second time
            page = self.open(name)
            if refusal := self._refusal(page):
                return False, refusal
        other = self.stranger()
        theirs = other.open(name)
        was_sent_off = self._is_login_page(page)  # without a form: locked out, perhaps
        if not was_sent_off and not _asks_to_log_in(page) and _asks_to_log_in(theirs):
            return True, "the login form that strangers get is not there"
        theirs = other.open(name)
        if any(page.greets(own) and not theirs.greets(own) for own in self.names):
            return True, "it shows the name"
        if _asks_to_log_in(page) and _login_form(page) == _login_form(theirs):
            return False, "there is a login form"
        another = self.stranger()
        another.open(name)
        if looks_the_same(page, theirs, another.open(name)):
            return False, "it shows what strangers see"
        return True, "strangers see something else"

    def _refusal(self, page: Page) -> str:
        """Why nobody can be logged in who gets this page for home; "" if somebody can."""
        if page.left_site is not None or page.problem or page.status == 0 or page.status >= 400:
            return f"there is {page.described()}"
        asks = self._is_login_page(page) and _asks_to_log_in(page)
        return "it leads to the login form" if asks else ""

    def _is_login_page(self, page: Page) -> bool:
        login = self.paths["login"]
        is_there = page.url.pathname.rstrip("/") == login.rstrip("/")
        return is_there and login != self.paths["home"]

    def _shows_name(self, page: Page, name: str) -> bool:
        return not self._refusal(page) and page.greets(name)

    # -- the browser's work

    def _navigate(self, request: Request, doing: str) -> Page:
        return self._elsewhere(request.url, doing) or self.follow(self._send(request, doing))

    def _elsewhere(self, url: URL, doing: str) -> Page | None:
        """The page for an address on another server, None for one of the app's."""
        if is_same_site(self.base, url):
            return None
        self.tell(f"{doing}, which leads to {self._shown(url)}, another server")
        self.page = Page(url)
        self.page.left_site = str(url)
        return self.page

    def _nowhere(self, path: str) -> Page:
        """The page for an address that is none."""
        self.tell(f'tried to open "{plain(path)}", of which browsers make nothing')
        self.page = Page(self.base)
        self.page.problem = f'the address "{plain(path)}", of which browsers make nothing'
        return self.page

    def _send(self, request: Request, doing: str) -> Page:
        """Send one request with the browser's headers and cookies, and take in the answer."""
        cookie = self.cookies.header(request.url)
        headers = [("Host", request.url.host_header), *BROWSER_HEADERS]
        headers += [("Cookie", cookie)] if cookie else []
        request = replace(request, headers=tuple(headers) + request.headers)
        request = with_headers(request, ())
        exchange = Exchange(self.name, request, now=self.now)
        self.exchanges.append(exchange)
        begin = time.monotonic()
        try:
            exchange.answer = send(self.app, request, self.now)
        except Exception as failure:
            exchange.failure = failure
            self.tell(f"{doing}, but no answer came")
            raise
        finally:
            self._clock.run(time.monotonic() - begin)
        page = Page(request.url, exchange)
        has_failed = page.status >= 400 or page.status == 0
        self.tell(f"{doing}: status {page.status}" if has_failed else doing)
        for raw in page.set_cookies:
            if self.cookies.store(raw, request.url) is None:
                reason = self.cookies.refused[-1].reason
                name = plain(raw.partition("=")[0], 30)
                self._note(f'The browser refused the cookie "{name}": {plain(reason, 120)}.')
        self.page = page
        return page

    def _url_of(self, path: str) -> URL | None:
        """The URL of a path, which is taken literally, or of whatever a browser makes a URL of."""
        if not path.startswith("/"):
            return parse_url(path, self.base)
        text = quote(path.encode("utf-8", "surrogatepass"), safe=_PRINTABLE)
        path, question_mark, query = text.partition("#")[0].partition("?")
        segments = tuple(path[1:].split("/"))
        return replace(self.base, path=segments, query=query if question_mark else None)

    def _shown(self, url: URL) -> str:
        return plain(url.target if is_same_site(self.base, url) else str(url), 80)

    # -- the story

    @contextmanager
    def _silence(self, doing: str) -> Iterator[None]:
        """Let the single steps of `doing` out of the story, unless the app fails in them."""
        before, self._is_silent = self._is_silent, True
        try:
            yield
        except Exception:
            self._is_silent = before
            self.tell(f"{doing}, but no answer came")
            raise
        finally:
            self._is_silent = before

    def tell(self, doing: str) -> None:
        """Add a sentence to the story; `doing` is in the past tense: `copied Ada's cookies`."""
        sentence = doing if self._is_first else f"{self.name} {doing}"
        self._note(f"{sentence[:1].upper()}{sentence[1:]}.")

    def _note(self, sentence: str) -> None:
        if not self._is_silent:
            self.story.append(sentence)


def _asks_to_log_in(page: Page) -> bool:
    return page.find_form("login") is not None


def _login_form(page: Page) -> tuple[str, list[str]] | None:
    """What tells the login form from others that ask for a password, such as a change of e-mail."""
    form = page.find_form("login")
    return None if form is None else (form.action, [each.name for each in form.fields])
