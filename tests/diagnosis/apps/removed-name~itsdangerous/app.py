from flask import Flask
from itsdangerous import TimedJSONWebSignatureSerializer as Serializer

app = Flask(__name__)
