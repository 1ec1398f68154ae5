# Two commands for a bare machine: `make demo` and `make test`. Everything else is listed by `make`.
SHELL := /bin/sh
BIN := .venv/bin
CODE = $(wildcard generator tests benchmarks scripts)
# How many tests at a time, and what else pytest is told: make test PYTEST='-k push -x'
JOBS ?= 2
PYTEST ?=
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate
# make lock UPGRADE=--upgrade takes the newest versions that pyproject.toml allows
UPGRADE ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types serve docs histories lock clean env-run env-dev format-check

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: env-run ## make the environment, run the whole way on the bundled sample, say where to look
	@$(BIN)/groundwire run --sample

test: env-dev ## run the tests (some: make test PYTEST='-k feeds')
	@$(BIN)/python -m pytest -n $(JOBS) $(PYTEST)

check: format-check lint types test ## all that a change must pass: format, lint, strict types, tests

format: env-dev ## write the code in the one format, mend what can be mended
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

lint: env-dev ## look for likely mistakes
	@$(BIN)/ruff check --quiet $(CODE)

types: env-dev ## check the types, strictly
	@$(BIN)/mypy $(CODE)

serve: env-run ## look at this publication in a browser
	@$(BIN)/groundwire preview

docs: env-run ## build the documentation for owners: docs/site/index.html
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict -f docs/mkdocs.yml && echo "docs/site/index.html"

lock: ## write requirements/*.txt anew from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv. Bring it with: pipx install uv" >&2; exit 1; }
	@$(COMPILE) $(UPGRADE) pyproject.toml --extra build --extra dev -o requirements/dev.txt
	@$(COMPILE) $(UPGRADE) pyproject.toml --extra build --constraint requirements/dev.txt -o requirements/run.txt

# How many histories, and by which chance: the seed is printed, and repeats them
HISTORIES ?= 200
SEED ?= $(shell date +%Y%m%d)

histories: env-dev ## long: hold incremental builds to full ones over many random histories (SEED=…, HISTORIES=…)
	@echo "seed $(SEED), $(HISTORIES) histories"
	@GROUNDWIRE_HISTORIES=$(HISTORIES) $(BIN)/python -m pytest tests/website/test_histories.py --hypothesis-seed=$(SEED) --timeout=0 -p no:cacheprovider

# How long at each boundary, and what is changed: files and folders, or the tests' own documents
MINUTES ?= 20
SEEDS ?= $(GROUNDWIRE_CORPUS)

fuzz: env-dev ## long: change feeds, articles and texts at random, on their whole way to a page (MINUTES=…, SEEDS=…)
	@for boundary in feeds articles plain; do \
		$(BIN)/python tests/fuzz.py $$boundary $(SEEDS) --minutes $(MINUTES) --seed $(SEED) --findings .groundwire/fuzz || exit 1; done

clean: ## remove what the commands above make again (not .venv, not content/)
	@rm -rf site .cache .groundwire-tmp-* docs/site dist .groundwire/sample .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find generator tests -name __pycache__ -type d -prune -exec rm -rf {} +

env-run:
	@sh scripts/bootstrap.sh run

env-dev:
	@sh scripts/bootstrap.sh dev

format-check: env-dev
	@$(BIN)/ruff format --quiet --check $(CODE) || { echo "not in the one format; 'make format' writes it" >&2; exit 1; }
