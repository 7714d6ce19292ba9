"""En español: una portada igual para todos, y cada formulario contesta con una redirección."""

import hmac
import os

import pymysql
from flask import Flask, flash, g, redirect, render_template, request, session, url_for

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config["MAX_CONTENT_LENGTH"] = 100_000


def consulta(sql, *valores):
    if "base" not in g:
        g.base = pymysql.connect(
            host=os.environ["MYSQL_HOST"],
            port=int(os.environ["MYSQL_PORT"]),
            unix_socket=os.environ.get("MYSQL_UNIX_SOCKET"),
            user=os.environ["MYSQL_USER"],
            password=os.environ["MYSQL_PASSWORD"],
            database=os.environ["MYSQL_DB"],
            charset="utf8mb4",
            autocommit=True,
            cursorclass=pymysql.cursors.DictCursor,
        )
    cursor = g.base.cursor()
    cursor.execute(sql, valores)
    return cursor


@app.teardown_appcontext
def cerrar(error):
    if "base" in g:
        g.pop("base").close()


def cuenta():
    numero = session.get("cuenta")
    if numero is None:
        return None
    return consulta("SELECT * FROM accounts WHERE id = %s", numero).fetchone()


@app.route("/")
def portada():
    return render_template("portada.html")


def fallos(nombre, correo, clave, otra):
    if not nombre or len(nombre) > 50 or "<" in nombre or "{" in nombre:
        yield "Ese nombre no vale."
    partes = correo.split("@")
    if len(partes) != 2 or not all(partes) or len(correo) > 254 or len(correo.split()) != 1:
        yield "Ese correo no vale."
    if len(clave) < 8:
        yield "La contraseña es demasiado corta."
    if len(clave) > 200:
        yield "La contraseña es demasiado larga."
    if clave != otra:
        yield "Las contraseñas no son iguales."


@app.get("/alta")
def alta():
    if cuenta():
        return redirect(url_for("panel"), 303)
    return render_template("alta.html", borrador=session.pop("borrador", {}))


@app.post("/alta")
def crear():
    nombre, correo, clave, otra = (
        request.form.get(campo, "") for campo in ("nombre", "correo", "clave", "otra")
    )
    nombre, correo = nombre.strip(), correo.strip().lower()
    malos = list(fallos(nombre, correo, clave, otra))
    if not malos:
        try:
            numero = consulta(
                "INSERT INTO accounts (username, email, password) VALUES (%s, %s, %s)",
                nombre,
                correo,
                clave,
            ).lastrowid
        except pymysql.err.IntegrityError:
            malos = ["Ese nombre o ese correo ya tiene cuenta."]
        else:
            session.clear()
            session["cuenta"] = numero
            flash("Ya tienes cuenta.")
            return redirect(url_for("panel"), 303)
    for malo in malos:
        flash(malo)
    session["borrador"] = {"nombre": nombre[:300], "correo": correo[:300]}
    return redirect(url_for("alta"), 303)


@app.get("/entrar")
def entrar():
    if cuenta():
        return redirect(url_for("panel"), 303)
    return render_template("entrar.html")


@app.post("/entrar")
def comprobar():
    correo = request.form.get("correo", "").strip().lower()
    clave = request.form.get("clave", "")
    fila = consulta("SELECT * FROM accounts WHERE email = %s", correo).fetchone()
    igual = hmac.compare_digest((fila["password"] if fila else "").encode(), clave.encode())
    if fila is None or not igual or not fila["active"]:
        flash("El correo o la contraseña no son correctos.")
        return redirect(url_for("entrar"), 303)
    session.clear()
    session["cuenta"] = fila["id"]
    return redirect(url_for("panel"), 303)


@app.post("/salir")
def salir():
    session.clear()
    return redirect(url_for("entrar"), 303)


@app.get("/panel")
def panel():
    fila = cuenta()
    if fila is None:
        return redirect(url_for("entrar"), 303)
    respuesta = app.make_response(render_template("panel.html", fila=fila))
    respuesta.cache_control.no_store = True
    return respuesta
