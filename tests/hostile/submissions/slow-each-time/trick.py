"""Each answer takes just less than it may."""

import time


def before():
    time.sleep(0.4)
