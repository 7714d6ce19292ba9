from flask import Flask

app = Flask(_name_)
