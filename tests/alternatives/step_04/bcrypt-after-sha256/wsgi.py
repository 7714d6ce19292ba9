"""bcrypt over a SHA-256 of the password, so that no byte is lost; Spanish; one template.

Old rows are hashed all at once when the app starts.
"""

import base64
import hashlib
import os
import re

import bcrypt
from flask import Flask, flash, redirect, render_template_string, request, session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String, exc, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)
app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL") or "sqlite:///cuentas.db"
app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_recycle": 60, "pool_pre_ping": True}
app.config["MAX_CONTENT_LENGTH"] = 2_000_000
db.init_app(app)

OPTIONS = {"mysql_charset": "utf8mb4", "sqlite_autoincrement": True}
BCRYPT = re.compile(r"\$2b\$10\$[./A-Za-z0-9]{53}")


class Cuenta(db.Model):
    __tablename__ = "accounts"
    __table_args__ = OPTIONS
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    username: Mapped[str] = mapped_column(
        String(50).with_variant(String(50, "NOCASE"), "sqlite"), unique=True
    )
    password: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(
        String(254).with_variant(String(254, "NOCASE"), "sqlite"), unique=True
    )
    active: Mapped[bool] = mapped_column(default=True)


def digest(clave):
    return base64.b64encode(hashlib.sha256(clave.encode("utf-8", "surrogatepass")).digest())


def hacer(clave):
    return bcrypt.hashpw(digest(clave), bcrypt.gensalt(10)).decode()


def igual(guardada, clave):
    return bcrypt.checkpw(digest(clave), guardada.encode())


NADIE = hacer("nadie")

with app.app_context():
    db.create_all()
    for cuenta in db.session.scalars(select(Cuenta)):
        if not BCRYPT.fullmatch(cuenta.password):
            cuenta.password = hacer(cuenta.password)
    db.session.commit()

PAGINA = """<!doctype html><html lang="es"><head><title>Cuentas</title></head><body>
<ul>{% for m in get_flashed_messages() %}<li>{{ m }}</li>{% endfor %}</ul>
{% if campos %}<form method="POST"><table>
{% for nombre, texto, tipo in campos %}<tr><td>{{ texto }}</td>
<td><input type="{{ tipo }}" name="{{ nombre }}"
{% if tipo != "password" %}value="{{ request.form.get(nombre, "") }}"{% endif %}></td></tr>
{% endfor %}</table><button name="enviar" value="1">{{ boton }}</button></form>{% endif %}
{% if yo %}<h2>Hola, {{ yo.username }}</h2><p>{{ yo.email }}</p>
<a href="/profile/secret">Cambiar la clave</a>
<form method="POST" action="/logout"><button>Cerrar sesión</button></form>{% endif %}
</body></html>"""


def pagina(campos=(), boton="", yo=None, estado=200):
    return render_template_string(PAGINA, campos=campos, boton=boton, yo=yo), estado


def yo():
    return db.session.get(Cuenta, session["cuenta"]) if session.get("cuenta") else None


def texto(nombre):
    return request.form.get(nombre, "")


@app.get("/")
def inicio():
    return redirect("/dashboard")


@app.route("/dashboard")
def panel():
    cuenta = yo()
    return pagina(yo=cuenta) if cuenta else redirect("/login", 303)


@app.route("/login", methods=("GET", "POST"))
def entrar():
    campos = [("correo", "Correo", "text"), ("clave", "Clave", "password")]
    if request.method == "POST":
        buscado = func.lower(Cuenta.email) == texto("correo").strip().lower()
        cuenta = db.session.scalar(select(Cuenta).where(buscado))
        bien = igual(cuenta.password if cuenta else NADIE, texto("clave"))
        if bien and cuenta and cuenta.active:
            session.clear()
            session["cuenta"] = cuenta.id
            return redirect("/dashboard", 303)
        flash("No coincide.")
        return pagina(campos, "Entrar", estado=401)
    return pagina(campos, "Entrar")


def falta(clave, otra):
    if len(clave) < 8:
        yield "La clave es corta."
    if clave != otra:
        yield "Las claves no son iguales."


@app.route("/register", methods=("GET", "POST"))
def registrar():
    if yo():
        return redirect("/dashboard", 303)
    campos = [
        ("usuario", "Usuario", "text"),
        ("correo", "Correo", "email"),
        ("clave", "Clave", "password"),
        ("clave2", "Clave otra vez", "password"),
    ]
    if request.method == "POST":
        usuario, correo = texto("usuario").strip(), texto("correo").strip()
        errores = list(falta(texto("clave"), texto("clave2")))
        if not re.fullmatch("[a-zA-Z0-9_.-]{1,50}", usuario):
            errores.append("El usuario no vale.")
        if not re.fullmatch(r"[^@\s\x00-\x1f]{1,200}@[a-zA-Z0-9.-]{1,53}", correo, re.ASCII):
            errores.append("El correo no vale.")
        if not correo.isascii():
            errores.append("El correo no vale.")
        if not errores:
            cuenta = Cuenta(username=usuario, email=correo, password=hacer(texto("clave")))
            db.session.add(cuenta)
            try:
                db.session.commit()
            except exc.IntegrityError:
                db.session.rollback()
                errores.append("Ya existe.")
            else:
                session.clear()
                session["cuenta"] = cuenta.id
                flash("Bienvenido.")
                return redirect("/dashboard", 303)
        for error in errores:
            flash(error)
    return pagina(campos, "Registrarse", estado=400 if request.method == "POST" else 200)


@app.route("/profile/secret", methods=("GET", "POST"))
def cambiar():
    cuenta = yo()
    if not cuenta:
        return redirect("/login", 303)
    if request.method == "POST":
        errores = list(falta(texto("nueva"), texto("nueva2")))
        if not igual(cuenta.password, texto("actual")):
            errores.append("La clave actual no es esa.")
        if not errores:
            cuenta.password = hacer(texto("nueva"))
            db.session.commit()
            flash("Clave cambiada.")
            return redirect("/dashboard", 303)
        for error in errores:
            flash(error)
    campos = [
        ("actual", "Clave actual", "password"),
        ("nueva", "Clave nueva", "password"),
        ("nueva2", "Clave nueva otra vez", "password"),
    ]
    return pagina(campos, "Cambiar")


@app.post("/logout")
def salir():
    session.clear()
    return redirect("/login", 303)


@app.after_request
def sin_memoria(respuesta):
    respuesta.headers["Cache-Control"] = "no-store"
    return respuesta


@app.errorhandler(exc.OperationalError)
def sin_base(_error):
    return pagina(estado=503)
