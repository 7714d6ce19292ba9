"""Views as classes, SQLAlchemy without its Flask extension, templates in a dictionary, in French."""

import os
import re
from hmac import compare_digest
from pathlib import Path

from flask import Flask, redirect, render_template, request, session, url_for
from flask.views import MethodView
from jinja2 import DictLoader
from sqlalchemy import Boolean, String, create_engine, or_, select, true
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, scoped_session, sessionmaker

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config["SESSION_COOKIE_NAME"] = "seance"
app.config["MAX_FORM_MEMORY_SIZE"] = 40_000

Path(app.instance_path).mkdir(exist_ok=True, parents=True)
engine = create_engine(
    os.environ.get("DATABASE_URL") or f"sqlite:///{Path(app.instance_path, 'comptes.sqlite')}",
    pool_recycle=600,
    pool_pre_ping=True,
)
base = scoped_session(sessionmaker(engine))


class Model(DeclarativeBase):
    pass


def nom(longueur):
    return String(longueur).with_variant(String(longueur, collation="NOCASE"), "sqlite")


class Compte(Model):
    __tablename__ = "accounts"
    __table_args__ = {"sqlite_autoincrement": True, "mysql_default_charset": "utf8mb4"}

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(nom(50), unique=True)
    email: Mapped[str] = mapped_column(nom(254), unique=True)
    password: Mapped[str] = mapped_column(String(300))
    active: Mapped[bool] = mapped_column(Boolean, server_default=true())


Model.metadata.create_all(engine)

app.jinja_loader = DictLoader(
    {
        "cadre.html": """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Le club</title>
<body>{% with dit = session.pop('dit', none) %}{% if dit %}<p><em>{{ dit }}</em></p>{% endif %}
{% endwith %}{% for faute in fautes or () %}<p><strong>{{ faute }}</strong></p>{% endfor %}
{% block page %}{% endblock %}</body></html>""",
        "accueil.html": """{% extends "cadre.html" %}{% block page %}<h1>Le club</h1>
<p><a href="{{ url_for('connexion') }}">Se connecter</a>,
<a href="{{ url_for('inscription') }}">s’inscrire</a></p>{% endblock %}""",
        "connexion.html": """{% extends "cadre.html" %}{% block page %}<h1>Connexion</h1>
<form method="post"><p><label>Pseudo ou courriel <input name="qui" value="{{ qui }}"></label>
<p><label>Mot de passe <input name="mdp" type="password"></label><p><button>Entrer</button></form>
{% endblock %}""",
        "inscription.html": """{% extends "cadre.html" %}{% block page %}<h1>Inscription</h1>
<form method="post"><p><label>Pseudo <input name="pseudo" value="{{ pseudo }}"></label>
<p><label>Courriel <input name="courriel" type="email" value="{{ courriel }}"></label>
<p><label>Mot de passe <input name="mdp" type="password"></label>
<p><label>Encore une fois <input name="mdp2" type="password"></label>
<p><button>Créer mon compte</button></form>{% endblock %}""",
        "moi.html": """{% extends "cadre.html" %}{% block page %}<h1>Bonjour {{ compte.username }}</h1>
<p>{{ compte.email }}</p><form method="post" action="{{ url_for('deconnexion') }}">
<button>Se déconnecter</button></form>{% endblock %}""",
        "ferme.html": """{% extends "cadre.html" %}{% block page %}<h1>Fermé</h1>{% endblock %}""",
    }
)


def present():
    """Return the account that is logged in."""
    return base.get(Compte, session["compte"]) if session.get("compte") else None


def entrer(compte, dit=None):
    session.clear()
    session["compte"] = compte.id
    if dit:
        session["dit"] = dit
    return redirect(url_for("moi"), 303)


class Accueil(MethodView):
    def get(self):
        return redirect(url_for("moi"), 303) if present() else render_template("accueil.html")


class Connexion(MethodView):
    def get(self, qui="", fautes=()):
        return render_template("connexion.html", qui=qui, fautes=fautes)

    def post(self):
        qui, mdp = request.form.get("qui", "").strip(), request.form.get("mdp", "")
        trouve = select(Compte).where(or_(Compte.username == qui, Compte.email == qui))
        compte = base.scalars(trouve).first()
        if compte and compte.active and compare_digest(compte.password.encode(), mdp.encode()):
            return entrer(compte)
        return self.get(qui, ["Nous ne connaissons personne de ce nom avec ce mot de passe."]), 403


class Inscription(MethodView):
    def get(self, pseudo="", courriel="", fautes=()):
        if present():
            return redirect(url_for("moi"), 303)
        page = render_template(
            "inscription.html", pseudo=pseudo, courriel=courriel, fautes=fautes
        )
        return page, 400 if fautes else 200

    def post(self):
        if present():
            return redirect(url_for("moi"), 303)
        pseudo, courriel = (request.form.get(nom, "").strip() for nom in ("pseudo", "courriel"))
        mdp, encore = request.form.get("mdp", ""), request.form.get("mdp2", "")
        fautes = []
        if re.fullmatch(r"[a-zA-Z0-9._-]{1,50}", pseudo) is None:
            fautes.append("Un pseudo a de 1 à 50 lettres sans accents, chiffres, points ou tirets.")
        if len(courriel) > 254 or re.fullmatch(r"[!-?A-~]+@[a-zA-Z0-9.-]+", courriel) is None:
            fautes.append("Ce courriel n’en est pas un.")
        if not 8 <= len(mdp) <= 300:
            fautes.append("Un mot de passe a au moins 8 caractères.")
        elif mdp != encore:
            fautes.append("Les deux mots de passe diffèrent.")
        if fautes:
            return self.get(pseudo, courriel, fautes)
        compte = Compte(username=pseudo, email=courriel, password=mdp)
        base.add(compte)
        try:
            base.commit()
        except IntegrityError:
            base.rollback()
            return self.get(pseudo, courriel, ["Ce pseudo ou ce courriel est pris."])
        return entrer(compte, "Bienvenue : votre compte est prêt.")


class Moi(MethodView):
    def get(self):
        compte = present()
        if compte is None:
            return redirect(url_for("connexion"), 303)
        return render_template("moi.html", compte=compte)


class Deconnexion(MethodView):
    def post(self):
        session.clear()
        session["dit"] = "À bientôt."
        return redirect(url_for("connexion"), 303)


app.add_url_rule("/", view_func=Accueil.as_view("accueil"))
app.add_url_rule("/connexion", view_func=Connexion.as_view("connexion"))
app.add_url_rule("/inscription", view_func=Inscription.as_view("inscription"))
app.add_url_rule("/moi", view_func=Moi.as_view("moi"))
app.add_url_rule("/deconnexion", view_func=Deconnexion.as_view("deconnexion"))


@app.after_request
def ne_rien_garder(reponse):
    reponse.cache_control.no_store = True
    return reponse


@app.teardown_appcontext
def fermer(_erreur):
    base.remove()


@app.errorhandler(DBAPIError)
def ferme(erreur):
    app.logger.error("base", exc_info=erreur)
    return render_template("ferme.html"), 500
