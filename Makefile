# `make` lists the verbs. Each one sets up what it needs.
.DEFAULT_GOAL := help
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup run demo test test-long lint format bench build deploy clean

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.done ## Make the locked environment in .venv
$(VENV)/.done: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v < (3, 14) and f"Python 3.11 to 3.13 is needed, this is {v[0]}.{v[1]}: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV) || { echo "Install the venv module first: sudo apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv sync --frozen --quiet
	@touch $@

run: setup ## Start the whole system on the local cloud, http://127.0.0.1:8000
	@$(BIN)/opora run

demo: setup ## Walk the service through eight journeys, unattended
	@$(BIN)/opora demo

test: setup ## Every test that takes less than minutes
	@$(BIN)/pytest -m 'not long'

test-long: setup ## The tests that take minutes, too
	@$(BIN)/pytest

lint: setup ## Style, layers, template
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/cfn-lint template.yaml

format: setup ## Put the code into the house's form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup ## Measure, as ratios against floors and peers
	@$(BIN)/python -m bench
