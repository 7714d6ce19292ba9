"""Every file that it can reach."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    written = []
    for place, folders, files in os.walk("/"):
        if place.startswith(("/app", "/tmp", "/dev")) or place.count("/") > 3:
            folders.clear()
            continue
        for path in [place + "/results.txt", *(os.path.join(place, name) for name in files[:2])]:
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK))
                written.append(path)
            except OSError:
                pass
    own = ("/proc/self/", "/proc/thread-self/", f"/proc/{os.readlink('/proc/self')}/")
    return f"written: {[path for path in written if not path.startswith(own)]}"
