"""What stands in the way of the aims that are not met, and what was tried.

By the aim's text. Whoever measures anew and meets another obstacle says so here.
"""

WHY = {
    "watch, step 1, seconds": (
        "Its 23 checks make 558 requests and start eight apps, on two benches. Sharing an app "
        "between checks was tried and kept; the rest is the apps at work, and what failed last is "
        "told before all else, in the time wanted."
    ),
    "watch, step 6, seconds": (
        "Its 112 checks make 5,000 requests on two databases: three quarters of the processor time "
        "are the apps' own and the database's. Sharing an app between checks halved it (one bench, "
        "in turn: 28 and 36 seconds without, 16 and 18 with). What failed last is told before all "
        "else, in the time wanted."
    ),
    "grade / plain pytest, processor": (
        "Whoever tries to log in is then looked for, as a person would, on the home page: a "
        "submission's ten checks make 123 requests. Wrong apps are asked a second time, on a new "
        "app. Sharing an app, and asking on one database what no database decides, were tried and "
        "kept; three tenths of what is left go into starting apps and putting databases back."
    ),
    "set-up / its downloads and its compiler": (
        "Making the environment fetches nothing and takes three seconds, all but a few hundredths "
        "of them for pip (3.17 s with it, 0.04 s without). It stays: who types `pip install` there "
        "must not meet another Python's. uv and the packages together take less time than the same "
        "files fetched plainly."
    ),
}
WHY |= {
    f"checker / plain pytest, step {step}, on the clock": (
        "This step hashes no passwords. Both ask the same apps the same, and that is most of it: "
        "the last column has what the apps alone take. Sharing an app between checks was tried and "
        "kept; the table of the shares says where the rest goes."
    )
    for step in (1, 2, 3)
}
