import hmac
import re

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from .tabellen import accounts, connection

seiten = Blueprint("seiten", __name__)


def wer():
    number = session.get("konto")
    if not isinstance(number, int):
        return None
    return connection().execute(select(accounts).where(accounts.c.id == number)).mappings().first()


def finde(adresse):
    gesucht = func.lower(accounts.c.email) == adresse.lower()
    return connection().execute(select(accounts).where(gesucht)).mappings().first()


@seiten.after_request
def nicht_merken(antwort):
    antwort.headers["Cache-Control"] = "no-store, private"
    return antwort


@seiten.get("/")
def anfang():
    return redirect(url_for("seiten.uebersicht" if wer() else "seiten.anmelden"), 303)


@seiten.get("/login")
def anmelden():
    if wer():
        return redirect(url_for("seiten.anfang"), 303)
    return render_template("anmelden.html")


@seiten.post("/login")
def anmelden_senden():
    konto = finde(request.form.get("adresse", "").strip())
    kennwort = request.form.get("kennwort", "")
    richtig = konto and hmac.compare_digest(konto["password"].encode(), kennwort.encode())
    if not richtig or not konto["active"]:
        flash("Das hat nicht geklappt.")
        return redirect(url_for("seiten.anmelden"), 303)
    session.clear()
    session["konto"] = konto["id"]
    return redirect(url_for("seiten.uebersicht"), 303)


@seiten.route("/register", methods=["GET", "POST"])
def eintragen():
    if wer():
        return redirect(url_for("seiten.anfang"), 303)
    name = request.form.get("name", "").strip()
    adresse = request.form.get("adresse", "").strip()
    if request.method == "GET":
        return render_template("eintragen.html", name=name, adresse=adresse)
    kennwort = request.form.get("kennwort", "")
    fehler = None
    if not re.fullmatch(r"[\w.\-]{1,50}", name, re.ASCII):
        fehler = "Dieser Name geht nicht."
    elif len(adresse) > 254 or not re.fullmatch(r"[^@\s]+@[^@\s]+", adresse):
        fehler = "Das ist keine Adresse."
    elif not 8 <= len(kennwort) <= 128:
        fehler = "Das Kennwort ist zu kurz oder zu lang."
    elif kennwort != request.form.get("nochmal"):
        fehler = "Zweimal dasselbe Kennwort, bitte."
    if fehler is None:
        werte = {"username": name, "email": adresse, "password": kennwort}
        try:
            number = connection().execute(insert(accounts), werte).inserted_primary_key[0]
            connection().commit()
        except IntegrityError:
            connection().rollback()
            fehler = "Das gibt es schon."
    if fehler is not None:
        flash(fehler)
        return render_template("eintragen.html", name=name, adresse=adresse), 422
    session.clear()
    session["konto"] = number
    flash("Willkommen!")
    return redirect(url_for("seiten.uebersicht"), 303)


@seiten.get("/dashboard")
def uebersicht():
    konto = wer()
    if konto is None:
        return redirect(url_for("seiten.anmelden"), 303)
    return render_template("uebersicht.html", konto=konto)


@seiten.post("/logout")
def abmelden():
    session.clear()
    return redirect(url_for("seiten.anmelden"), 303)
