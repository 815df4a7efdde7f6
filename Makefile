# Every command of the house. Continuous integration and pre-commit call these and nothing else.
# Another interpreter: `make PYTHON=/path/to/python3.12 test`.
.DEFAULT_GOAL := help
.PHONY: help setup run replay serve test lint fix bench bench-service check docs lock clean

export PYTHON
BIN := .venv/bin
ARGS ?=

# What `make replay` does: the real log where it lies beside the clone, else a generated one.
LOG := ../shared/data/tickets/servicenow_incident_event_log.csv.gz
REPLAY = $(BIN)/upheld replay $(if $(wildcard $(LOG)),$(LOG) --plan itsm --fee "USD 2000",--demo) --output out

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv ready for development (done by the others by themselves)
	@tools/set-up dev

run: ## set up, then serve a demo world at http://localhost:8000, with log-ins for agents and customers
	@tools/set-up run
	@$(BIN)/upheld migrate
	@$(BIN)/upheld demo --no-logins
	@$(BIN)/upheld serve $(ARGS)

replay: ## set up, then replay a ticket log against a plan: what was kept, what is owed
	@tools/set-up run
	@$(REPLAY)

serve: ## set up, then serve a world of your own at http://localhost:8000 (other options: make serve ARGS="--port 9000")
	@tools/set-up run
	@$(BIN)/upheld migrate
	@$(BIN)/upheld serve $(ARGS)

test: ## set up, then run all tests; a part: make test ARGS="tests/cli -k help"
	@tools/set-up dev
	@tools/test $(ARGS)

lint: ## style, format, types and layers, changing nothing
	@tools/set-up dev
	@failed=0; for check in "ruff check ." "ruff format --check ." mypy "lint-imports --no-logo"; do \
		echo "$$check"; $(BIN)/$$check || failed=1; \
	done; exit $$failed

fix: ## mend what can be mended by machine
	@tools/set-up dev
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .
	$(BIN)/upheld plan schema > docs/plan.schema.json

bench: ## measure against the peers, print the ratios
	@tools/set-up bench
	@for script in benchmarks/*.py; do echo "$$script"; $(BIN)/python "$$script" $(ARGS) || exit 1; done

bench-service: ## measure intake, lists, ticket page, timers and recompute, with 1,000 and 100,000 tickets
	@tools/set-up bench
	@$(BIN)/python benchmarks/service $(ARGS)

check: lint test ## lint and test

docs: ## renew the tables, outputs and pictures of the documents, then test what they say
	@tools/set-up dev
	@$(BIN)/python -m tools.plan_format --write
	@$(BIN)/python -m tools.catalogues --write
	@$(BIN)/python -m tools.examples --write
	@$(BIN)/python -m pytest -q tests/docs tests/test_house.py

lock: ## write the locks anew from pyproject.toml (needs uv)
	@tools/lock $(ARGS)

clean: ## remove everything that was made here
	rm -rf .venv out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
