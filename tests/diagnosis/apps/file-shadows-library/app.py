from argon2 import PasswordHasher
from flask import Flask

app = Flask(__name__)
hasher = PasswordHasher()
