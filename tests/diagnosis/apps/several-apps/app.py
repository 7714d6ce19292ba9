from flask import Flask

login_app = Flask(__name__)
home_app = Flask(__name__)
