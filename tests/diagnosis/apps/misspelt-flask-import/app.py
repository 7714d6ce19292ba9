from flask import Flask, render_templates

app = Flask(__name__)
