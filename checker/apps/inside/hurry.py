"""Password hashes that cost next to nothing, where their cost is not the question.

They stay what they are in every other respect: they name the cost that was asked for, and another
password, salt or cost gives another hash. A check logs in a dozen times, and each time would take a
tenth of a second.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import sys
from typing import Any

#: What bcrypt writes its salts with; its own base64.
_BCRYPT_LETTERS = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_BCRYPT = re.compile(rb"(\$2[abxy]\$)(\d\d)(\$)([./A-Za-z0-9])([./A-Za-z0-9]{21})", re.ASCII)
_BCRYPT_HEAD = 29  # bytes of a hash before the digest
_ARGON2 = re.compile(
    rb"(\$argon2(?:id|i|d)\$v=(\d+)\$m=(\d+),t=(\d+),p=(\d+)\$)([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)"
)


def hurry_hashes() -> None:
    """Make scrypt, PBKDF2, bcrypt and Argon2 cheap in this process, as far as they are loaded."""
    _hurry_hashlib()
    if (bcrypt := sys.modules.get("bcrypt")) is not None:
        _hurry_bcrypt(bcrypt)
    if (argon2 := sys.modules.get("argon2")) is not None:
        _hurry_argon2(argon2)


def _hurry_hashlib() -> None:
    def scrypt(
        password: bytes, *, salt: bytes, n: int, r: int, p: int, maxmem: int = 0, dklen: int = 64
    ) -> bytes:
        return pbkdf2_hmac("sha256", password, b"%d:%d:%d:" % (n, r, p) + salt, 1, dklen)

    def quick_pbkdf2_hmac(
        hash_name: str, password: bytes, salt: bytes, iterations: int, dklen: int | None = None
    ) -> bytes:
        return pbkdf2_hmac(hash_name, password, b"%d:" % iterations + salt, 1, dklen)

    pbkdf2_hmac = hashlib.pbkdf2_hmac
    hashlib.scrypt = scrypt  # type: ignore[assignment]
    hashlib.pbkdf2_hmac = quick_pbkdf2_hmac  # type: ignore[assignment]


def _hurry_bcrypt(bcrypt: Any) -> None:
    true_hashpw = bcrypt.hashpw

    def hashpw(password: bytes, salt: bytes) -> bytes:
        said = _BCRYPT.match(salt) if isinstance(salt, bytes) else None
        if said is None or not 4 <= int(said[2]) <= 31:
            hashed: bytes = true_hashpw(password, salt)  # says what is wrong with it
            return hashed
        # The cost has to count: it moves the salt's first letter.
        letter = (_BCRYPT_LETTERS.index(said[4]) + int(said[2])) % len(_BCRYPT_LETTERS)
        quick_salt = said[1] + b"04" + said[3] + _BCRYPT_LETTERS[letter : letter + 1] + said[5]
        return said[0] + bytes(true_hashpw(password, quick_salt))[_BCRYPT_HEAD:]

    def checkpw(password: bytes, hashed_password: bytes) -> bool:
        return hmac.compare_digest(hashpw(password, hashed_password), hashed_password)

    bcrypt.hashpw, bcrypt.checkpw = hashpw, checkpw


def _hurry_argon2(argon2: Any) -> None:
    low_level = argon2.low_level
    true_hash, true_verify = low_level.hash_secret, low_level.verify_secret

    def digest(
        secret: bytes, salt: bytes, costs: tuple[int, ...], length: int, *kind: Any
    ) -> bytes:
        parallelism = costs[-1]
        quick_salt = hashlib.sha256(b"%d:%d:%d:" % costs + salt).digest()[:16]
        hashed = true_hash(secret, quick_salt, 1, 8 * parallelism, parallelism, length, *kind)
        return bytes(hashed).rpartition(b"$")[2]

    def hash_secret(
        secret: bytes,
        salt: bytes,
        time_cost: int,
        memory_cost: int,
        parallelism: int,
        hash_len: int,
        type: Any,
        version: int = low_level.ARGON2_VERSION,
    ) -> bytes:
        costs = memory_cost, time_cost, parallelism
        head = b"$argon2%s$v=%d$m=%d,t=%d,p=%d$" % (type.name.lower().encode(), version, *costs)
        shown = base64.b64encode(salt).rstrip(b"=")
        return head + shown + b"$" + digest(secret, salt, costs, hash_len, type, version)

    def verify_secret(hash: bytes, secret: bytes, type: Any) -> bool:
        said = _ARGON2.fullmatch(hash)
        if said is None or not said[1].startswith(b"$argon2%s$" % type.name.lower().encode()):
            return bool(true_verify(hash, secret, type))  # says what is wrong with it
        version, *costs = (int(said[number]) for number in (2, 3, 4, 5))
        salt, stored = (base64.b64decode(said[number] + b"==") for number in (6, 7))
        made = digest(secret, salt, tuple(costs), len(stored), type, version)
        if not hmac.compare_digest(made, said[7]):
            raise argon2.exceptions.VerifyMismatchError(
                "The password does not match the supplied hash"
            )
        return True

    modules: tuple[Any, ...] = (low_level, sys.modules["argon2._password_hasher"])
    for module in modules:
        module.hash_secret, module.verify_secret = hash_secret, verify_secret
