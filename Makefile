# Sawaru. `make` lists the targets; `make run` and `make test` set up all they need on a machine with Python >= 3.11.

PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501
ARGS ?=
.DEFAULT_GOAL := help
.PHONY: help run test lint format bench new chromium clean

help: ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/run ## set up and serve the app at http://localhost:8501 (PORT=…, ARGS="…" for Streamlit's own options)
	$(BIN)/python -m ui.publish
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.headless true $(ARGS)

test: .venv/dev chromium ## set up and run all tests (ARGS="-k perceptron" for some)
	$(BIN)/python -m pytest $(ARGS)

lint: .venv/dev ## ruff, and mypy --strict on core, figures, ui
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev ## ruff: imports in order, lines laid out as lint wants them; and the table of lessons in README
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m tools.readme

bench: .venv/dev chromium ## measure speed and load; writes benchmarks/results.md
	$(BIN)/python -m benchmarks

new: .venv/dev ## write a small lesson to start from: make new TOPIC=chapter/name
	@$(BIN)/python -m tools.new "$(TOPIC)"

chromium: .venv/dev
	@$(BIN)/python -m tools.chromium

clean: ## remove everything that the other targets made
	rm -rf .venv static .pytest_cache .mypy_cache .ruff_cache

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/run: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

.venv/dev: requirements.txt requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@ .venv/run
