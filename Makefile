# One word a target. The commands themselves are in setup.sh and .ci/checks.
.DEFAULT_GOAL := help
.PHONY: help setup demo stop run check lint fmt types test

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

setup:  ## install the server and the built-in models
	./setup.sh --basic
demo:  ## start the server in the background and make one mesh
	./setup.sh --demo
stop:  ## end the server that demo left running
	./setup.sh --stop
run:  ## everything on this machine, in the foreground
	.venv/bin/python api.py
check:  ## what CI runs: style, types, imports, tests
	./setup.sh --test
lint:  ## style and import contracts
	.ci/checks style && .ci/checks imports
fmt:  ## put the code into form
	.venv/bin/python -m ruff check --fix . && .venv/bin/python -m ruff format .
types:  ## mypy
	.ci/checks types
test:  ## pytest
	.ci/checks tests
