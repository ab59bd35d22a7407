#!/bin/sh
# Writes requirements/{dev,demo,run}.txt anew: every package pinned, every file hashed, no address anywhere.
# `make lock` keeps the versions that are there; `make lock UPGRADE=1` takes the newest that pyproject.toml allows.
set -eu
cd "$(dirname "$0")/.."

# uv resolves in a second what takes pip a minute; it is needed here only, so it stands in a place of its own.
uv=.venv/bin/uv
if [ ! -x "$uv" ]; then
    uv=.venv/lock/bin/uv
    [ -x "$uv" ] || { .venv/bin/python -m venv .venv/lock && .venv/lock/bin/python -m pip install --quiet 'uv>=0.9,<1'; }
fi

compile() { # file to write, then options
    target=$1
    shift
    "$uv" pip compile --quiet --no-header --no-config --generate-hashes --python-version 3.11 \
        --no-emit-index-url --no-emit-find-links "$@" -o "$target" pyproject.toml
}

compile requirements/dev.txt ${UPGRADE:+--upgrade} --extra dev
# The smaller sets take the very versions of the large one, so that what was tested is what runs.
smaller="--no-annotate --constraint requirements/dev.txt --extra build"
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
# The demonstration needs no database server and no queue server, so neither driver costs it time.
# shellcheck disable=SC2086 # a list of options
{
    compile "$new/run.txt" $smaller --extra postgres --extra redis
    compile "$new/demo.txt" $smaller --extra demo
}
cat "$new/run.txt" >requirements/run.txt
cat "$new/demo.txt" >requirements/demo.txt
