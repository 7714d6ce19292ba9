"""What a form is for, and which of its fields takes what.

Structure decides wherever it can: the number of password fields, their place, `autocomplete`.
Words only break ties, since an app may be written in any language. The lists hold beginnings of
words as they are found in names, ids and labels, compared without regard to capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from checker.visitor.urls import parse_url

if TYPE_CHECKING:
    from checker.visitor.forms import Button, Field, Form

Kind = Literal["login", "register", "password", "confirm", "logout", "other"]
"""`password` changes a password; `confirm` asks for the password and nothing else."""

Role = Literal["username", "email", "password", "confirmation", "current_password"]

_TEXT_TYPES = ("text", "email", "tel", "url", "number")


def _beginnings(*words: str) -> re.Pattern[str]:
    """A pattern for words that start so; scripts without spaces have no starts to look at."""
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(words)})", re.IGNORECASE)


_USERNAME = _beginnings(
    r"user|login|log.?in|account|nick|handle|usuari|cuenta|benutzer|nutzer|konto|kennung|utilisat",
    r"identifi|pseudo|compte|utente|gebruiker|bruker|använd|użytk|uživ|kullan|felhaszn",
    r"пользов|логин|имя|користув|χρήστ|用户|用戶|账号|帳號|ユーザ|アカウント|아이디|사용자|مستخدم|משתמש",
)
_EMAIL = _beginnings(
    r"e.?mail|correo|courriel|posta elett|почт|пошт|邮箱|郵箱|邮件|郵件|メール|이메일|بريد"
)
_CURRENT = _beginnings(
    r"current|old|existing|present|actual|antigu|anterior|vieja|bisherig|aktuell|alt(es)?\b|actuel",
    r"ancien|attuale|vecchia|atual|huidig|oud|nuvar|obecn|stare|текущ|стар|当前|旧|舊|現在|현재",
)
_CONFIRMATION = _beginnings(
    r"confirm|again|repeat|re.?(type|enter)|verif|match|[a-z]*_?2\b|bestätig|wiederhol|répét",
    r"conferma|repet|ripet|herhaal|upprepa|powtórz|повтор|подтверд|确认|確認|확인",
)
_LOG_IN = _beginnings(
    r"log.?(in|on)|sign.?(in|on)|enter|entrar|inici|acced|ingres|anmeld|einlogg|connex|connect",
    r"entra\b|inlogg|logga.?in|zalog|přihl|giriş|войти|вход|увійти|σύνδεσ|登录|登錄|登入|ログイン",
    r"로그인|دخول|התחבר",
)
_REGISTER = _beginnings(
    r"regist|sign.?up|join|create|crear|cadastr|inscri|iscri|neues? konto|zarejestr|kayıt",
    r"регистр|зареєстр|注册|註冊|登録|가입",
)
_LOG_OUT = _beginnings(
    r"log.?(out|off)|sign.?(out|off)|exit|leave|cerrar|salir|abmeld|auslogg|déconn|sair|esci",
    r"uitlog|logga.?ut|wylog|odhl|çıkış|выйти|выход|вийти|退出|登出|ログアウト|로그아웃|خروج|התנתק",
)
_CANCEL = _beginnings(
    r"cancel|back|reset|forgot|abbrech|zurück|annul|volver|voltar|retour|отмен|取消|返回|취소"
)
_BUTTON_WORDS: dict[Kind, re.Pattern[str]] = {
    "login": _LOG_IN,
    "register": _REGISTER,
    "logout": _LOG_OUT,
}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")  # where a word starts in `txtUserName`


def kind_of(form: Form) -> Kind:
    """Tell what a form is for from its fields; from words only where fields leave it open."""
    passwords = form.password_fields
    texts = text_fields(form)
    fills = [each.attributes.get("autocomplete", "").lower() for each in passwords]
    asks_for_current = any("current-password" in fill for fill in fills)
    asks_for_new = any("new-password" in fill for fill in fills)
    if not passwords:
        if texts or not form.buttons:
            return "other"
        return "logout" if _says(_LOG_OUT, _wording(form)) else "other"
    if len(passwords) == 1:
        if not texts:
            return "confirm"
        if asks_for_current:
            return "login"
        if asks_for_new:
            return "register"
        wording = _wording(form)
        says_register = _says(_REGISTER, wording) and not _says(_LOG_IN, wording)
        return "register" if says_register else "login"
    if not texts or (asks_for_current and asks_for_new):
        return "password"
    return "register"


def roles_of(form: Form) -> Mapping[Role, Field]:
    """Which field takes what; a role that the form does not have is missing."""
    roles: dict[Role, Field] = {}
    passwords = form.password_fields
    if form.kind in ("login", "register"):
        email = email_field(form)
        apart = email if form.kind == "register" else None
        username = username_field(form, apart)
        if username is not None and username is not email:
            roles["username"] = username
        if email is not None:
            roles["email"] = email
            if form.kind == "login":
                roles.setdefault("username", email)
    if form.kind == "password" and len(passwords) > 1:
        current = _first(passwords, _CURRENT, "current-password")
        if current is None and len(passwords) > 2:
            current = passwords[0]
        confirming = _first(passwords[1:], _CONFIRMATION)
        if current is None and confirming is None:
            current = passwords[0]
        if current is not None:
            roles["current_password"] = current
            passwords = [each for each in passwords if each is not current]
    if passwords:
        roles["password"] = passwords[0]
    if len(passwords) > 1:
        roles["confirmation"] = passwords[1]
    return roles


def text_fields(form: Form) -> list[Field]:
    """The fields a person can type a line of text into, passwords and searches left out."""
    return [each for each in form.fields if each.type in _TEXT_TYPES and each.is_usable]


def username_field(form: Form, other: Field | None = None) -> Field | None:
    """The field for a username: named so, or the nearest one before the password field.

    `other` is a field that has its own use and is only taken if there is none beside it.
    """
    texts = [each for each in text_fields(form) if each is not other] or text_fields(form)
    if not texts:
        return None
    passwords = form.password_fields
    order = {id(each): place for place, each in enumerate(form.fields)}
    password_place = order[id(passwords[0])] if passwords else len(order)

    def rank(each: Field) -> tuple[int, bool, int]:
        place = order[id(each)]
        return _username_score(each), place < password_place, -abs(place - password_place)

    return max(texts, key=rank)


def email_field(form: Form) -> Field | None:
    """The field for an e-mail address, if one says that it is."""
    texts = text_fields(form)
    for each in texts:
        if each.type == "email" or "email" in each.attributes.get("autocomplete", "").lower():
            return each
    return next((each for each in texts if _says(_EMAIL, _names_of(each))), None)


def find_form(forms: Iterable[Form], kind: Kind, path: str = "") -> Form | None:
    """The form of that kind; among several the one sent to `path`, then the simplest."""
    fitting = [form for form in forms if form.kind == kind]

    def rank(form: Form) -> tuple[bool, bool, int]:
        action = parse_url(form.action)
        leads_there = action is not None and action.pathname.rstrip("/") == path.rstrip("/")
        words = _BUTTON_WORDS.get(kind)
        says_so = words is not None and _says(words, _wording(form))
        return leads_there, says_so, -len([each for each in form.fields if each.is_usable])

    return max(fitting, key=rank, default=None)


def choose_button(buttons: Sequence[Button], kind: Kind) -> Button | None:
    """The button a person presses: the one that says what the form is for, or the first."""
    pressable = [button for button in buttons if not button.disabled and button.is_shown]

    def rank(button: Button) -> int:
        wording = f"{button.label} {button.name} {button.value}"
        words = _BUTTON_WORDS.get(kind)
        if words is not None and _says(words, wording):
            return 1
        others = [other for own, other in _BUTTON_WORDS.items() if own != kind]
        return -1 if any(_says(other, wording) for other in (_CANCEL, *others)) else 0

    return max(pressable, key=rank, default=None)


def _username_score(each: Field) -> int:
    autocomplete = each.attributes.get("autocomplete", "").lower()
    names = _names_of(each)
    if "username" in autocomplete:
        return 4
    if _says(_USERNAME, names):
        return 3
    if each.type == "email" or "email" in autocomplete or _says(_EMAIL, names):
        return 2
    return 1 if each.type == "text" else 0


def _names_of(each: Field) -> str:
    attributes = each.attributes
    return " ".join(
        (each.name, attributes.get("id", ""), each.label, attributes.get("placeholder", ""))
    )


def _wording(form: Form) -> str:
    action = parse_url(form.action)
    words = [form.identity, "" if action is None else action.pathname]
    words += [f"{button.label} {button.name} {button.value}" for button in form.buttons]
    return " ".join(words)


def _says(words: re.Pattern[str], text: str) -> bool:
    return words.search(_HUMP.sub(" ", text[:500])) is not None


def _first(fields: Sequence[Field], words: re.Pattern[str], autocomplete: str = "") -> Field | None:
    for each in fields:
        if autocomplete and autocomplete in each.attributes.get("autocomplete", "").lower():
            return each
    return next((each for each in fields if _says(words, _names_of(each))), None)
