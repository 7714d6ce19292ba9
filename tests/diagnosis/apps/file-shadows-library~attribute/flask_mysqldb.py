import flask_mysqldb

print(flask_mysqldb.MySQL)
