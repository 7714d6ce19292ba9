"""An answer before there was a question."""

import os

from flask import Flask
from line import frame, line

app = Flask(__name__)
os.write(line(), frame({"type": "response", "id": 1, "status": "200 OK", "headers": []}))
