NOTES = "how to use Flask-MySQLdb"
