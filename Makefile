# Everything a developer does has a name here. `make` alone shows the names.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

PY := .venv/bin/python
WORKERS ?= 2
# The profile is Hypothesis's own: the same examples each time, so that two runs say the same.
PYTEST = $(PY) -m pytest -q -n $(WORKERS) --hypothesis-profile=ci
# The engine, the demonstration LMS and the rules of the repository never open the tool's database.
WITHOUT_DATABASE = tests/course_packs tests/demo_lms tests/repository
step = @printf '\n── %s\n' "$(1)"

##@ Попробовать · try it

.PHONY: demo
demo: ## запустить всё: инструмент, маленькая LMS и журнал · the tool with a small LMS beside it
	@tools/bootstrap.sh demo
	@exec $(PY) -m lti_tool.demo_lms

.PHONY: demo-reset
demo-reset: ## забыть всё, что делали в демонстрации · forget what was done in the demonstration
	@tools/bootstrap.sh demo
	@$(PY) -m lti_tool.demo_lms --reset

##@ Проверить · check it

.PHONY: test
test: ## все проверки: код, SQLite, настоящий PostgreSQL, браузер · every check there is
	@tools/bootstrap.sh dev
	@tools/bootstrap.sh browser
	@$(MAKE) lint
	$(call step,pytest · SQLite)
	@$(PYTEST)
	$(call step,pytest · PostgreSQL)
	@TEST_DATABASE=postgres $(PYTEST) -m "not browser_only" $(addprefix --ignore=,$(WITHOUT_DATABASE))
	@printf '\n✓ Всё прошло: правила кода, SQLite, PostgreSQL, браузер.\n  All passed: the rules of the code, SQLite, PostgreSQL, the browser.\n'

.PHONY: test-quick
test-quick: ## без браузера и долгих, на SQLite · no browser, nothing slow, SQLite only
	@tools/bootstrap.sh dev
	@$(PY) -m pytest -q -n $(WORKERS) -m "not e2e and not slow"

.PHONY: coverage
coverage: ## какие строки проверены · which lines the tests walk
	@tools/bootstrap.sh dev
	@tools/bootstrap.sh browser
	@$(PYTEST) --cov --cov-report=term --cov-report=html

.PHONY: lint
lint: ## правила кода, типы, направления импортов, шаблоны · style, types, directions of imports, templates
	@tools/bootstrap.sh dev
	$(call step,ruff)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check --quiet . || { $(PY) -m ruff format --check . ; exit 1; }
	$(call step,mypy)
	@$(PY) -m mypy
	$(call step,import-linter)
	@.venv/bin/lint-imports --no-cache --no-logo
	$(call step,djlint)
	@$(PY) -m djlint --quiet --lint lti_tool

.PHONY: format
format: ## привести код к одному виду · put the code into its one shape
	@tools/bootstrap.sh dev
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

.PHONY: bench
bench: ## скорость запусков и число запросов к базе · launches a second, queries a page
	@tools/bootstrap.sh dev
	@$(PY) -m benchmarks

.PHONY: screenshots
screenshots: ## снимки всех страниц, 1280 и 360 точек · every page, at 1280 and 360 px
	@tools/bootstrap.sh dev
	@tools/bootstrap.sh browser
	@$(PY) tools/screenshots.py screenshots

.PHONY: authoring
authoring: ## страница о типах заданий и её снимки · the page of task types, and its pictures
	@tools/bootstrap.sh dev
	@tools/bootstrap.sh browser
	@rm -rf docs/authoring/pictures
	@LYCEUM_EXAMPLES=docs/authoring/pictures $(PY) -m pytest -q tests/e2e/test_every_task.py -k keyboard
	@$(PY) tools/authoring.py

##@ Поддержать · keep it

.PHONY: setup
setup: ## окружение для работы над кодом · what a developer needs, and nothing started
	@tools/bootstrap.sh dev
	@tools/bootstrap.sh browser
	@printf '✓ .venv готово · .venv is ready: . .venv/bin/activate\n'

.PHONY: translations
translations: ## собрать строки, обновить и проверить русский каталог · gather, update and check the Russian texts
	@tools/bootstrap.sh dev
	@$(PY) tools/translations.py

.PHONY: lock
lock: ## заново закрепить версии (UPGRADE=1 — взять новые) · pin the versions again
	@tools/bootstrap.sh dev
	@tools/lock.sh

.PHONY: clean
clean: ## убрать всё, что сделано командами, кроме данных в var/ · remove what the commands made, save the data in var/
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage* screenshots build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## показать эти строки · show these lines
	@awk 'BEGIN { FS = ":.*## "; print "\nЛицей-CITY — команды · commands" } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@printf '\n'
