"""8 GB in files that are in memory."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    written = 0
    for folder in ("/app", "/tmp", "/dev/shm"):
        for number in range(50):
            try:
                with open(f"{folder}/{number}", "wb") as file:
                    for _ in range(160):
                        written += file.write(bytes(1_000_000))
            except OSError:
                pass
    return f"{written < 300_000_000}"
