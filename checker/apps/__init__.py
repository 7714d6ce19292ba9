"""Running somebody's app: a jail, a process inside that forks the app, and a WSGI front outside."""
