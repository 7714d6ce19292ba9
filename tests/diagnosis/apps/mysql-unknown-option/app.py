import os

import MySQLdb
from flask import Flask

app = Flask(__name__)
connection = MySQLdb.connect(
    unix_socket=os.environ["MYSQL_UNIX_SOCKET"], username=os.environ["MYSQL_USER"]
)
