from flask import Flask

app = Flask(__name__)

if __name__ in "__main__":
    app.run()
