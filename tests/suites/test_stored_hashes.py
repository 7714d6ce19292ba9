"""Hashes are recognized as libraries write them, and judged by their cost."""

from __future__ import annotations

import bcrypt
import pytest
from argon2 import PasswordHasher
from werkzeug.security import generate_password_hash

from checker.suites.stored_hashes import read_hash


def made(method: str) -> str:
    match method.split():
        case ["argon2", memory, rounds]:
            return PasswordHasher(memory_cost=int(memory), time_cost=int(rounds)).hash("secret")
        case ["bcrypt", cost]:
            return bcrypt.hashpw(b"secret", bcrypt.gensalt(int(cost))).decode()
    return generate_password_hash("secret", method)


@pytest.mark.parametrize(
    "method",
    ["scrypt", "scrypt:32768:8:3", "pbkdf2", "pbkdf2:sha512:210000", "argon2 19456 2", "bcrypt 10"],
)
def test_what_libraries_make_by_themselves_is_enough(method: str) -> None:
    found = read_hash(made(method))
    assert found is not None
    assert found.too_cheap == ""
    assert found.text.endswith(found.secret)
    assert len(found.secret) >= 22


@pytest.mark.parametrize(
    ("before", "secret"),
    [
        ("scrypt:32768:8:1$2b$", "0" * 128),
        ("$scrypt$ln=16,r=8,p=1$2AptTIq2NJl5qFilrVWKA$", "2" * 43),
        ("pbkdf2:sha256:1000000$2ySaltSalt$", "2a" * 32),
        ("$argon2id$v=19$m=19456,t=2,p=4$2A/ptTIq2NJl5qFilrVWKA$", "2" * 43),
        ("$2b$12$" + "S" * 22, "2" * 31),
        ("bcrypt_sha256$$2b$12$" + "S" * 22, "2" * 31),
    ],
)
def test_the_secret_is_what_comes_after_the_salt(before: str, secret: str) -> None:
    found = read_hash(before + secret)
    assert found is not None
    assert found.secret == secret


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("scrypt:1024:8:1", "scrypt with N=1024, r=8, p=1"),
        ("pbkdf2:sha256:1000", "PBKDF2 with sha256 and 1,000 rounds"),
        ("pbkdf2:md5:1000000", None),
        ("argon2 1024 1", "Argon2id with 1,024 KiB, once"),
        ("bcrypt 4", "bcrypt with cost 4"),
    ],
)
def test_too_little_work_is_named(method: str, said: str | None) -> None:
    found = read_hash(made(method))
    assert (found.method if found else None) == said
    assert found is None or found.too_cheap


@pytest.mark.parametrize(
    "text",
    [
        "secret",
        "",
        "$",
        "a$b$c",
        "sha256$salt$" + "0" * 64,
        "5ebe2294ecd0e0f08eab7690d2a6ee69",
        "scrypt:32768:8:1$salt$" + "0" * 5000,
    ],
)
def test_anything_else_is_no_hash(text: str) -> None:
    assert read_hash(text) is None


def test_two_hashes_of_one_password_have_different_secrets() -> None:
    secrets = {found.secret for _ in range(2) if (found := read_hash(made("bcrypt 4")))}
    assert len(secrets) == 2
