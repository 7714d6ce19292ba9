#!/usr/bin/env bash
# Exercism's test runner: run.sh SLUG SOLUTION-FOLDER OUTPUT-FOLDER
set -eu
slug=$1
solution=$(realpath "$2")
output=$(realpath "$3")
cd "$(dirname "$0")/.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
exec "$python" -m checker deliver exercism --steps "$slug" @{options} \
    --path "$solution" --out "$output"
