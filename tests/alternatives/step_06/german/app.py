"""Anmelden auf Deutsch: eigene Adressen, eigene Feldnamen, das Ziel in der Sitzung."""

import hashlib
import hmac
import os
import re
from datetime import UTC, datetime, timedelta

from flask import Flask, flash, redirect, render_template, request, session, url_for
from flask_login import (
    LoginManager,
    UserMixin,
    confirm_login,
    current_user,
    login_required,
    login_user,
    logout_user,
    user_loaded_from_cookie,
    user_logged_in,
    user_logged_out,
)
from flask_sqlalchemy import SQLAlchemy
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__, template_folder="templates")
app.config.update(
    SECRET_KEY=os.environ["SECRET_KEY"],
    SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///mitglieder.db"),
    SESSION_COOKIE_NAME="sitzung",
    SESSION_COOKIE_SAMESITE="Lax",
    PERMANENT_SESSION_LIFETIME=timedelta(hours=24),
    REMEMBER_COOKIE_NAME="angemeldet",
    REMEMBER_COOKIE_DURATION=timedelta(days=30),
    REMEMBER_COOKIE_SAMESITE="Lax",
    USE_SESSION_FOR_NEXT=True,
    BESUCH_TAGE=int(os.environ.get("LAST_VISIT_DAYS", "30")),
)
db = SQLAlchemy(app)
anmeldung = LoginManager(app)
anmeldung.login_view = "anmelden"
anmeldung.login_message = "Dafür müssen Sie angemeldet sein."

# ---------------------------------------------------------------- Datenbank

TABELLEN = {"sqlite_autoincrement": True, "mysql_charset": "utf8mb4"}


class Konto(UserMixin, db.Model):
    __tablename__ = "accounts"
    __table_args__ = TABELLEN
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column("username", db.String(50, collation="NOCASE"), unique=True, nullable=False)
    hash = db.Column("password", db.String(255), nullable=False)
    mail = db.Column("email", db.String(254, collation="NOCASE"), unique=True, nullable=False)
    is_active = db.Column("active", db.Boolean, nullable=False, server_default=db.text("1"))

    def get_id(self):
        merkmal = hmac.new(app.secret_key.encode(), self.hash.encode(), hashlib.sha512)
        return f"{self.id}:{merkmal.hexdigest()[:40]}"


class Protokoll(db.Model):
    __table_args__ = TABELLEN
    zeile = db.Column(db.Integer, primary_key=True)
    konto = db.Column(db.Integer, unique=True, nullable=False)
    letzte_anmeldung = db.Column(db.DateTime)
    letzte_abmeldung = db.Column(db.DateTime)
    anmeldungen = db.Column(db.Integer, nullable=False, default=0)


if not app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
    for spalte in (Konto.__table__.c.username, Konto.__table__.c.email):
        spalte.type.collation = None

with app.app_context():
    db.create_all()


@anmeldung.user_loader
def konto_zu(kennung):
    gefunden = re.fullmatch(r"([0-9]{1,9}):[0-9a-f]{40}", str(kennung))
    konto = db.session.get(Konto, int(gefunden[1])) if gefunden else None
    return konto if konto is not None and konto.get_id() == kennung else None


def zeile_von(user):
    vorhanden = db.session.scalar(db.select(Protokoll).filter_by(konto=user.id))
    return vorhanden or Protokoll(konto=user.id, anmeldungen=0)


@user_logged_in.connect
def kam(sender, user):
    zeile = zeile_von(user)
    zeile.letzte_anmeldung = datetime.now(UTC)
    zeile.anmeldungen += 1
    db.session.add(zeile)
    db.session.commit()


@user_logged_out.connect
def ging(sender, user):
    if user.is_authenticated:
        zeile = zeile_von(user)
        zeile.letzte_abmeldung = datetime.now(UTC)
        db.session.add(zeile)
        db.session.commit()


# ---------------------------------------------------------------- letzter Besuch


def siegel():
    return URLSafeSerializer(app.secret_key, salt="besuch")


@user_logged_in.connect
@user_loaded_from_cookie.connect
def besuch(sender, user):
    if "davor" in session:
        return
    jetzt = int(datetime.now(UTC).timestamp())
    try:
        davor = siegel().loads(request.cookies.get("besuch", ""))
    except BadData:
        davor = None
    gilt = isinstance(davor, int) and jetzt - davor < app.config["BESUCH_TAGE"] * 86400
    session["davor"] = davor if gilt else None
    session["notieren"] = jetzt


@app.after_request
def merken(antwort):
    antwort.headers["Cache-Control"] = "no-store"
    if (jetzt := session.pop("notieren", None)) is not None:
        antwort.set_cookie(
            "besuch",
            siegel().dumps(jetzt),
            max_age=timedelta(days=app.config["BESUCH_TAGE"]),
            httponly=True,
            samesite="Lax",
        )
    return antwort


@app.template_filter("zeit")
def zeit(sekunden):
    return datetime.fromtimestamp(sekunden, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---------------------------------------------------------------- Seiten


def beginnen(konto, merken=False):
    session.clear()
    logout_user()
    return login_user(konto, remember=merken)


@app.get("/")
def wurzel():
    return redirect(url_for("start"))


@app.get("/start")
def start():
    return render_template("start.html")


@app.route("/registrieren", methods=["GET", "POST"])
def registrieren():
    if current_user.is_authenticated:
        return redirect(url_for("bereich"))
    name = request.form.get("benutzername", "").strip()
    mail = request.form.get("mailadresse", "").strip()
    fehler = []
    if request.method == "POST":
        kennwort = request.form.get("kennwort", "")
        if not re.fullmatch(r"[\w.-]{1,50}", name, re.ASCII):
            fehler.append("Der Name besteht aus 1 bis 50 Buchstaben, Ziffern, . _ und -.")
        if len(mail) > 254 or not re.fullmatch(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+", mail, re.ASCII):
            fehler.append("Das ist keine E-Mail-Adresse.")
        if not 8 <= len(kennwort) <= 256:
            fehler.append("Das Kennwort braucht 8 bis 256 Zeichen.")
        if kennwort != request.form.get("wiederholung"):
            fehler.append("Die Kennwörter sind verschieden.")
        if not fehler:
            konto = Konto(name=name, mail=mail, hash=generate_password_hash(kennwort))
            db.session.add(konto)
            try:
                db.session.commit()
            except IntegrityError:
                db.session.rollback()
                fehler.append("Name oder Adresse sind schon vergeben.")
            else:
                beginnen(konto)
                flash("Willkommen! Ihr Konto ist eingerichtet.")
                return redirect(url_for("bereich"))
    return render_template("registrieren.html", name=name, mail=mail, fehler=fehler)


@app.route("/anmelden", methods=["GET", "POST"])
def anmelden():
    if current_user.is_authenticated and session.get("_fresh", False):
        return redirect(url_for("bereich"))
    if request.method == "POST":
        wer, kennwort = request.form.get("wer", "").strip(), request.form.get("kennwort", "")
        konto = db.session.scalar(
            db.select(Konto).where(db.or_(Konto.mail == wer, Konto.name == wer))
        )
        muster = konto.hash if konto else UNBEKANNT
        if check_password_hash(muster, kennwort) and konto and konto.is_active:
            ziel = session.get("next") or ""
            if beginnen(konto, "bleiben" in request.form):
                eigene = re.fullmatch(r"/mein-bereich(/passwort)?(\?[\w=&.-]*)?", ziel)
                return redirect(ziel if eigene else url_for("bereich"))
        flash("Anmeldung fehlgeschlagen.")
    return render_template("anmelden.html", wer=request.form.get("wer", ""))


UNBEKANNT = generate_password_hash("unbekannt")


@app.route("/abmelden", methods=["POST"])
def abmelden():
    if current_user.is_authenticated:
        session.clear()
        logout_user()
    return redirect(url_for("anmelden"))


@app.get("/mein-bereich")
@login_required
def bereich():
    return render_template("bereich.html")


@app.route("/mein-bereich/passwort", methods=["GET", "POST"])
@login_required
def passwort():
    """Zuerst das Kennwort, wenn jemand nur wiedererkannt wurde, dann erst das Formular."""
    if not session.get("_fresh", False):
        if request.method == "POST" and "bestaetigung" in request.form:
            if check_password_hash(current_user.hash, request.form["bestaetigung"]):
                confirm_login()
                return redirect(url_for("passwort"))
            flash("Das war nicht Ihr Kennwort.")
        return render_template("bestaetigen.html")
    if request.method == "POST":
        neu = request.form.get("neues_kennwort", "")
        if not check_password_hash(current_user.hash, request.form.get("bisheriges_kennwort", "")):
            flash("Das bisherige Kennwort ist ein anderes.")
        elif not 8 <= len(neu) <= 256 or neu != request.form.get("neues_wiederholt"):
            flash("Das neue Kennwort ist zu kurz, zu lang oder zweimal verschieden.")
        else:
            konto = db.session.get(Konto, current_user.id)
            konto.hash = generate_password_hash(neu)
            db.session.commit()
            login_user(konto)
            flash("Das Kennwort ist geändert.")
            return redirect(url_for("bereich"))
    return render_template("passwort.html")


@app.errorhandler(OperationalError)
def gestoert(fehler):
    app.logger.exception("Datenbank")
    return "<!doctype html><html lang=de><title>Störung</title><p>Bitte später noch einmal.", 503
