import views
from flask import Flask

app = Flask(__name__)
app.register_blueprint(views.pages)
