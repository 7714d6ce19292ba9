from flask import Flask
import flask_magic_login

app = Flask(__name__)
