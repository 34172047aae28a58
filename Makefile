# The two commands need no make: python3 app.py, python3 app.py test. These are for people who change Pinboard.
.DEFAULT_GOAL := help
BIN := .venv/bin

.PHONY: help init serve worker demo test e2e check docs language format lock screenshots vendor

help: ## show this list
	@grep -E '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "%-12s %s\n", $$1, $$2 }'

init: ## install everything a developer needs into .venv
	python3 app.py test --version
	$(BIN)/python -m pip install -q -c requirements.lock -e '.[dev]'

serve: ## run Pinboard at http://127.0.0.1:8000
	python3 app.py

worker: ## run the jobs in a process of their own (PostgreSQL)
	$(BIN)/pinboard worker

demo: ## load the demo board
	$(BIN)/pinboard demo

test: ## run the suite without the browser
	python3 app.py test -m 'not browser and not slow'

e2e: ## run the journeys in Chromium
	python3 app.py test -m browser

check: ## everything .ci/run looks at, but for the installation of packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	python3 app.py test

docs: ## write docs/deidentification.md anew from the code it speaks about
	$(BIN)/python docs/build.py

language: ## begin the language CODE, or bring every one up to date
	$(BIN)/python docs/translate.py $(CODE)

format: ## bring the code into the one format
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .

lock: ## resolve the newest versions that pyproject.toml allows into requirements.lock
	uv pip compile pyproject.toml --all-extras --universal --upgrade --no-header --no-annotate --python-version 3.11 \
		--output-file requirements.lock

screenshots: ## photograph every page at 360, 768 and 1440 px into build/screenshots
	PINBOARD_SCREENSHOTS=build/screenshots python3 app.py test -m browser tests/e2e/test_looks.py

vendor: ## compare static/vendor with the checksums in its README
	$(BIN)/python -m pytest -q tests/contracts -k vendor
