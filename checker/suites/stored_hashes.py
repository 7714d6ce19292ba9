"""Password hashes as apps store them: which method made one, and is that enough work?

The least that is accepted is what libraries in their current versions do by themselves, or what the
OWASP Password Storage Cheat Sheet allows, whichever is less.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WERKZEUG_SCRYPT = re.compile(
    r"scrypt:(?P<n>\d{1,12}):(?P<r>\d{1,6}):(?P<p>\d{1,6})\$.+\$(?P<secret>.{32,})"
)
_CRYPT_SCRYPT = re.compile(
    r"\$scrypt\$ln=(?P<ln>\d{1,2}),r=(?P<r>\d{1,6}),p=(?P<p>\d{1,6})\$(?:.+\$)?(?P<secret>.{32,})"
)
_PBKDF2 = re.compile(
    r"\$?pbkdf2[:_-](?P<digest>sha\d+)[:$](?P<rounds>\d{1,10})\$.+\$(?P<secret>.{27,})",
    re.IGNORECASE,
)
_ARGON2 = re.compile(
    r"(?:argon2)?\$argon2(?P<kind>id|i|d)\$(?:v=\d+\$)?m=(?P<m>\d{1,9}),t=(?P<t>\d{1,6}),p=\d{1,4}"
    r"[^$]*\$.+\$(?P<secret>.{22,})"
)
_BCRYPT = re.compile(
    r"(?:bcrypt(?:_sha256)?\$|\$bcrypt-sha256\$.*?)?\$2[abxy]\$(?P<cost>\d\d)\$"
    r".{22}(?P<secret>.{31,})"  # the salt, and no sign between
)

_LEAST_PBKDF2 = {"sha1": 1_300_000, "sha224": 600_000, "sha256": 600_000, "sha384": 210_000}
_LEAST_PBKDF2["sha512"] = 210_000
#: Werkzeug's default, N·r·p. The cheat sheet wants three times as much.
_LEAST_SCRYPT = 32_768 * 8
#: KiB of memory times rounds: 19 MiB with two, or 9 MiB with four (7 MiB with five is the least).
_LEAST_ARGON2 = 7 * 1024 * 5
_LEAST_BCRYPT = 10


@dataclass(frozen=True)
class StoredHash:
    """A hash in a database.

    :ivar method: the method's name with its settings, for the student to read.
    :ivar too_cheap: what is wrong with the settings, as a sentence; empty when nothing is.
    :ivar secret: the part that only the password and the salt together give.
    """

    text: str
    method: str
    too_cheap: str
    secret: str


def read_hash(text: str) -> StoredHash | None:
    """Recognize a hash of scrypt, PBKDF2, Argon2 or bcrypt; ``None`` for anything else."""
    for pattern, judge in (
        (_WERKZEUG_SCRYPT, _scrypt),
        (_CRYPT_SCRYPT, _scrypt),
        (_PBKDF2, _pbkdf2),
        (_ARGON2, _argon2),
        (_BCRYPT, _bcrypt),
    ):
        if len(text) <= 1000 and (found := pattern.fullmatch(text)) is not None:
            method, too_cheap = judge(found.groupdict())
            return StoredHash(text, method, too_cheap, found["secret"])
    return None


def _scrypt(said: dict[str, str]) -> tuple[str, str]:
    n = int(said["n"]) if "n" in said else 2 ** int(said["ln"])
    r, p = int(said["r"]), int(said["p"])
    method = f"scrypt with N={n}, r={r}, p={p}"
    if n * r * p < _LEAST_SCRYPT:
        return method, "Werkzeug's default is N=32768, r=8, p=1, and OWASP asks for p=3 with it."
    return method, ""


def _pbkdf2(said: dict[str, str]) -> tuple[str, str]:
    digest, rounds = said["digest"].lower(), int(said["rounds"])
    method = f"PBKDF2 with {digest} and {rounds:,} rounds"
    least = _LEAST_PBKDF2.get(digest)
    if least is None or rounds < least:
        return method, f"OWASP asks for {least or _LEAST_PBKDF2['sha256']:,} rounds."
    return method, ""


def _argon2(said: dict[str, str]) -> tuple[str, str]:
    memory, rounds = int(said["m"]), int(said["t"])
    method = (
        f"Argon2{said['kind']} with {memory:,} KiB, {'once' if rounds == 1 else f'{rounds} times'}"
    )
    if memory * rounds < _LEAST_ARGON2:
        return method, "OWASP asks for 19,456 KiB and 2 rounds."
    return method, ""


def _bcrypt(said: dict[str, str]) -> tuple[str, str]:
    cost = int(said["cost"])
    if cost < _LEAST_BCRYPT:
        return f"bcrypt with cost {cost}", f"OWASP asks for {_LEAST_BCRYPT}."
    return f"bcrypt with cost {cost}", ""
