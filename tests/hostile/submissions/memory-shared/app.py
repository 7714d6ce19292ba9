"""8 GB that several processes share and none uses."""

import mmap
import os
import time

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    for _ in range(16):
        if os.fork() == 0:
            kept = mmap.mmap(-1, 200_000_000)
            for place in range(0, len(kept), mmap.PAGESIZE):
                kept[place] = 1
            kept.madvise(mmap.MADV_DONTNEED)
            time.sleep(100)
    time.sleep(100)
