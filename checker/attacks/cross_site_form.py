"""Letting somebody's browser send the app's forms, from a page of another site."""

from __future__ import annotations

from checker.attacks.attack import Attack, Target, Unplayable
from checker.attacks.people import CHANGES_PASSWORD, enter
from checker.attacks.story import Story, Teller
from checker.suites.check import Account
from checker.suites.trial import Trial
from checker.visitor import Form, Page, Visitor
from checker.visitor.filling import Values, submission

_ELSEWHERE = "https://evil.example"


def play(trial: Trial) -> Story:
    """Let Ada, who is logged in, open a page that sends forms to the app in her name."""
    told = Teller()
    ada = trial.account(username="ada", email="ada@example.org")
    mallory = trial.account(username="mallory", email="mallory@example.org")
    victim = trial.visitor(name="Ada's browser")
    page = enter(trial, victim, ada)
    told.scene(
        "Ada logs in, and then opens another site in the same browser.",
        "Any page may hold a form that is sent to any site, and send it by itself.",
        page=page,
    )
    attacker = trial.visitor(name="Mallory")
    enter(trial, attacker, mallory)

    if trial.step.number >= CHANGES_PASSWORD and _changes_password(
        trial, told, victim, ada, attacker
    ):
        return told.end(
            True,
            "Another site has changed Ada's password. Ask for the current password, set "
            "`SESSION_COOKIE_SAMESITE`, and, in Part II, put a token into every form that only "
            "the app's own pages can know.",
        )
    if _logs_in(trial, told, victim, mallory):
        return told.end(
            True,
            "A form from elsewhere was as good as the app's own: Ada is in Mallory's account, and "
            "whatever she enters there, Mallory reads. No cookie was needed, so SameSite does not "
            "help; what does is a token in the form that belongs to Ada's own browser. Part II "
            "builds it (step 7).",
        )
    return told.end(
        False,
        "Nothing that another site sent was done. The form holds something that belongs to the "
        "browser it was shown in, or the app looks at where the request comes from.",
    )


def _changes_password(
    trial: Trial, told: Teller, victim: Visitor, ada: Account, attacker: Visitor
) -> bool:
    """Send the form for a new password from elsewhere; tell whether the table says it worked."""
    form = attacker.find_form("password")  # copied from the attacker's own page, hidden fields too
    if form is None:
        raise Unplayable(f"There is no form to change the password at {trial.paths['password']}.")
    before = _stored(trial, ada)
    new = trial.password()
    values = form.filled({role: new for role in form.roles})  # the current one is not known
    page = _post_from_elsewhere(victim, form, values)
    changed = _stored(trial, ada) != before
    means = ["The password has changed." if changed else "The password has not changed."]
    if not changed and not _cookies_sent(page):
        means.append("Cookies with SameSite=Lax stay at home when another site sends a POST.")
    if not changed and "current_password" in form.roles:
        means.append("And the form asks for the current password, which Mallory does not know.")
    told.scene(
        "The other site sends the form for a new password as soon as its page opens.",
        " ".join(means),
        page=page,
        came_back=[f"The stored password {'has changed' if changed else 'is what it was'}."],
    )
    return changed


def _logs_in(trial: Trial, told: Teller, victim: Visitor, mallory: Account) -> bool:
    """Send the login form from elsewhere, with Mallory's account; tell who is logged in then."""
    outside = trial.visitor(name="Mallory, who copies the form,")
    form = outside.find_login_form()
    assert form is not None
    assert form.text_field is not None
    values: Values = {
        form.text_field: mallory.login,
        form.password_fields[0]: mallory.password,
    }
    page = _post_from_elsewhere(victim, form, values)
    worked = victim.greets(mallory.username)
    told.scene(
        "The other site sends the login form, with Mallory's name and password in it.",
        "Ada's browser is logged in now, as Mallory."
        if worked
        else "Ada's browser is not logged in as Mallory.",
        page=page,
        came_back=[f"The home page greets {'Mallory' if worked else 'nobody called mallory'}."],
    )
    return worked


def _post_from_elsewhere(victim: Visitor, form: Form, values: Values) -> Page:
    """Send a form as a browser does for a page of another site, and follow where it leads.

    Cookies marked SameSite stay at home; those that are not are sent, as Safari and Firefox do
    (Chrome sends them for two minutes). What the answer sets is kept: the browser has gone there.
    """
    sent = submission(form, values)
    everything = victim.cookies
    victim.cookies = everything.copy()
    for cookie in list(everything):
        if cookie.same_site in ("lax", "strict"):
            victim.cookies.delete(cookie.name)
    page = victim.request(
        sent.method,
        str(sent.url),
        form=[(entry.name, entry.value) for entry in sent.entries],
        content_type=form.enctype,
        headers={
            "Origin": _ELSEWHERE,
            "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-Mode": "navigate",
        },
    )
    victim.cookies = everything
    for raw in page.set_cookies:
        everything.store(raw, page.url)
    return victim.follow(page)


def _cookies_sent(page: Page) -> str:
    """Return the cookies that the first request carried."""
    first = [*page.redirects, page][0].exchange
    return first.request.header("Cookie") if first is not None else ""


def _stored(trial: Trial, account: Account) -> object:
    found = trial.database.execute("SELECT password FROM accounts WHERE id = %s", (account.id,))
    return found[0]["password"] if found else None


ATTACK = Attack(
    name="cross-site-form",
    title="let another site send the forms",
    since=1,
    works_on=Target(6),
    fails_on=Target(7),
    play=play,
)
