"""What is put into the jail: these files import nothing of the checker, only each other."""
