"""Requests and answers are kept as they were, and shown so that a reader can follow them."""

from flask import request


def test_an_exchange_shows_the_request_without_the_password(visit, flask_app):
    @flask_app.route("/login", methods=["GET", "POST"])
    def login():
        if request.method == "POST":
            return "<p>Hello</p>\n  <p>there</p>", {"X-Note": "yes"}
        return "<form method=post><input name=u><input type=password name=p><button>Go</button>"

    visitor = visit(flask_app)
    visitor.log_in("ada", "secret")
    exchange = visitor.exchanges[-1]
    lines = exchange.request_lines()
    assert lines[:2] == ["POST /login", "Host: localhost"]
    assert lines[-3:] == ["", '"u" = "ada"', '"p" = •••']
    assert exchange.request_lines(mask_passwords=False)[-1] == '"p" = "secret"'
    assert exchange.request.body == b"u=ada&p=secret"
    answer = exchange.answer_lines()
    assert answer[0] == "200 OK"
    assert "X-Note: yes" in answer
    assert answer[-2:] == ["<p>Hello</p>", "  <p>there</p>"]


def test_a_request_by_hand_masks_what_the_form_called_a_password(visit, recorder):
    app = recorder("<form method=post><input name=u><input type=password name=geheim><button>Go")
    visitor = visit(app)
    visitor.log_in("ada", "secret")
    visitor.request("POST", "/login", form={"u": "ada", "geheim": "other"})
    assert visitor.exchanges[-1].request_lines()[-1] == '"geheim" = •••'


def test_a_body_that_is_no_form_is_shown_shortened(visit, recorder):
    visitor = visit(recorder("x" * 100_000 + "\n" * 100))
    visitor.request("POST", "/", body=b"y" * 1000, content_type="text/plain")
    exchange = visitor.exchanges[-1]
    assert len(exchange.request_lines()[-1]) == 302
    assert sum(map(len, exchange.answer_lines())) < 1000
    assert exchange.answer_lines()[-1] == "…"


def test_every_exchange_names_its_visitor_and_keeps_the_raw_headers(visit, recorder):
    visitor = visit(recorder("<p>OK"), name="ada")
    visitor.open("/")
    visitor.stranger("the thief").open("/")
    assert [exchange.visitor for exchange in visitor.exchanges] == ["ada", "the thief"]
    answer = visitor.exchanges[0].answer
    assert answer.headers.get("Content-Type") == "text/html; charset=utf-8"
    assert answer.body == b"<p>OK"
