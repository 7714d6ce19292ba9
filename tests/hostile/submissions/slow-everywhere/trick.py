"""Each answer takes its time, and there are many of them."""

import time


def before():
    time.sleep(0.1)
