"""An exchange as text for a student: the request, then the response as a person sees it."""

from __future__ import annotations

from checker.visitor import Exchange, Page

_MOST_LINES = 12
_LONGEST = 160
_SHOWN = ("location", "set-cookie", "content-type")


def tell(exchange: Exchange) -> str:
    """Return request line and form, then status, the headers that matter and the page's text."""
    first, *rest = exchange.request_lines()
    fields = rest[rest.index("") + 1 :] if "" in rest else []
    lines = [first, *(f"  {field}" for field in fields)]
    if exchange.answer is None:
        return "\n".join([*lines, "no answer"])
    status, *headers = exchange.answer_lines(most=0)
    lines.append(status)
    lines += [line[:_LONGEST] for line in headers if line.partition(":")[0].lower() in _SHOWN]
    text = Page(exchange.request.url, exchange).visible_text
    shown = [line.strip()[:_LONGEST] for line in text.splitlines() if line.strip()]
    return "\n".join([*lines, *(f"  {line}" for line in shown[:_MOST_LINES])])
