"""Ten checks of step 1 for gradescope-utils: unittest, weights, and its JSON runner.

Started in the submission's folder: ``python …/gradescope_ten.py RESULTS``.
"""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

from gradescope_utils.autograder_utils.decorators import number, weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner
from werkzeug.test import Client, TestResponse

sys.path.insert(1, str(Path(__file__).parent))
import ground
from ten import INJECTIONS, MISSING, NAME, PASSWORD, UNKNOWN, WRONG, is_as_it_should, login_form

FOLDER = Path.cwd()


class TestLogin(unittest.TestCase):
    def setUp(self) -> None:
        ground.empty_database(FOLDER)
        self.app = ground.imported(FOLDER).app
        self.client = self.app.test_client()

    @classmethod
    def tearDownClass(cls) -> None:
        ground.drop_database()

    def log_in(self, client: Client, username: str, password: str) -> TestResponse:
        form = {"username": username, "password": password}
        return client.post("/login", data=form, follow_redirects=True)

    def is_logged_in(self, client: Client) -> bool:
        page = client.get("/", follow_redirects=True)
        self.assertLess(page.status_code, 500)
        return login_form(page.text) is None

    def expect_refused(self, username: str, password: str) -> None:
        ground.add_account(NAME, PASSWORD)
        blank = self.client.get("/login").text
        page = self.log_in(self.client, username, password)
        self.assertLess(page.status_code, 500)
        self.assertFalse(self.is_logged_in(self.client))
        self.assertNotEqual(page.text, blank)
        self.assertNotIn(password, page.text)

    @weight(4)
    @number("1")
    def test_app_starts(self) -> None:
        """The app can be found and started."""
        self.assertTrue(callable(self.app))

    @weight(6)
    @number("2")
    def test_login_form(self) -> None:
        """The login page shows a form that sends the password by POST."""
        page = self.client.get("/login")
        self.assertEqual(page.status_code, 200)
        self.assertTrue(is_as_it_should(login_form(page.text)))

    @weight(4)
    @number("3")
    def test_home_needs_login(self) -> None:
        """Without a login, the home page leads to the login form."""
        page = self.client.get("/", follow_redirects=True)
        self.assertLess(page.status_code, 400)
        self.assertIsNotNone(login_form(page.text))

    @weight(8)
    @number("4")
    def test_right_password(self) -> None:
        """The right name and password log you in."""
        ground.add_account(NAME, PASSWORD)
        self.assertEqual(self.log_in(self.client, NAME, PASSWORD).status_code, 200)
        self.assertTrue(self.is_logged_in(self.client))
        self.assertIn(NAME, self.client.get("/", follow_redirects=True).text)

    @weight(2)
    @number("5")
    def test_redirect_home(self) -> None:
        """A successful login answers with a redirect."""
        ground.add_account(NAME, PASSWORD)
        page = self.client.post("/login", data={"username": NAME, "password": PASSWORD})
        self.assertIn(page.status_code, (302, 303))

    @weight(6)
    @number("6")
    def test_wrong_password(self) -> None:
        """A wrong password is refused with a message."""
        self.expect_refused(NAME, WRONG)

    @weight(4)
    @number("7")
    def test_unknown_user(self) -> None:
        """A name without an account is refused with a message."""
        self.expect_refused(UNKNOWN, PASSWORD)

    @weight(5)
    @number("8")
    def test_same_error(self) -> None:
        """A wrong password and an unknown name get the same answer."""
        ground.add_account(NAME, PASSWORD)
        known = self.log_in(self.app.test_client(), NAME, WRONG)
        unknown = self.log_in(self.app.test_client(), UNKNOWN, WRONG)
        self.assertEqual(known.status_code, unknown.status_code)
        self.assertEqual(known.text.replace(NAME, ""), unknown.text.replace(UNKNOWN, ""))

    @weight(10)
    @number("9")
    def test_injection_login(self) -> None:
        """No SQL typed into the form logs anybody in."""
        ground.add_account(NAME, PASSWORD)
        for username, password in INJECTIONS:
            client = self.app.test_client()
            self.assertLess(self.log_in(client, username, password).status_code, 500)
            self.assertFalse(self.is_logged_in(client))

    @weight(4)
    @number("10")
    def test_missing_fields(self) -> None:
        """A missing or empty field is refused like any other wrong input."""
        ground.add_account(NAME, PASSWORD)
        for form in MISSING:
            client = self.app.test_client()
            self.assertLess(client.post("/login", data=form).status_code, 500)
            self.assertFalse(self.is_logged_in(client))


def main() -> None:
    """Write what Gradescope reads."""
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestLogin)
    with Path(sys.argv[1]).open("w", encoding="utf-8") as file:
        JSONTestRunner(visibility="visible", stream=file).run(suite)


if __name__ == "__main__":
    main()
