from flask import Flask

app = Flask__name__
