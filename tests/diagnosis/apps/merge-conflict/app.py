from flask import Flask

app = Flask(__name__)
<<<<<<< HEAD
app.secret_key = "mine"
=======
app.secret_key = "yours"
>>>>>>> main
