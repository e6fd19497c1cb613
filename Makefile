# `make` alone says what there is. Everything runs in .venv, made from requirements.txt when it is first needed.
# Settings are given as in `make pdf SEEDS=2`; helpers/settings.py says what each does, as `python -m helpers --help`.

SETTINGS := SEEDS EPOCHS CODE STRICT FRESH AUTHORS MNIST_DIR RESULTS_DIR BUILD_DIR SCHEDULER UNITS DEPTHS
GIVEN := $(foreach one,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(one)))),$(one)))
UNKNOWN := $(filter-out $(SETTINGS) PYTHON ENVIRONMENT QUICK,$(GIVEN))
$(if $(UNKNOWN),$(error unknown setting: $(UNKNOWN); known: $(SETTINGS) ENVIRONMENT PYTHON QUICK))

PYTHON ?= python3
ENVIRONMENT := $(if $(SCHEDULER),.venv-cluster,.venv)
BIN := $(ENVIRONMENT)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := $(ENVIRONMENT)/ready
CLUSTER_BIN := .venv-cluster/$(notdir $(BIN))
CLUSTER_READY := .venv-cluster/ready
OWN_ADDRESS = "import sys; from urllib.parse import urlsplit; from distributed.utils import get_ip; print(get_ip(urlsplit(sys.argv[1]).hostname))"
NAMED_SCHEDULER = $(or $(SCHEDULER),$(error name it: make $@ SCHEDULER=tcp://host:8786))
BENCH := $(if $(QUICK),.venv,.venv-bench)
BENCH_READY := $(BENCH)/ready
BENCH_RUN := $(BENCH)/$(notdir $(BIN))/python -m benchmarks
HOW := $(if $(QUICK),--quick)
AUDIT_BIN := .venv-audit/$(notdir $(BIN))
AUDIT_READY := .venv-audit/ready

# Tells an environment where the packages are, seen from there: still right when this folder has got another name.
HERE := 'import os, sysconfig; site = sysconfig.get_path("purelib"); print(os.path.relpath(".", site), \
	file=open(os.path.join(site, "here.pth"), "w"))'

export $(SETTINGS)

.PHONY: help pdf html beyond replicate page-images page-pairs notebook test check clear test-browser test-export test-faults test-recipes audit bench bench-scaling bench-export bench-images bench-sweep sweep scheduler worker test-cluster format lock clean
.DEFAULT_GOAL := help

help:  ## say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 18
	@echo "settings: $(SETTINGS) ENVIRONMENT PYTHON QUICK"

pdf: $(READY)  ## train the networks, run the notebooks, write assignment1_report.pdf
	@$(BIN)/python -m helpers

html: $(READY)  ## the same as a web page, assignment1_report.html, and as one a notebook in build/html
	@$(BIN)/python -m helpers html

beyond: $(READY)  ## how far the same network goes: an hour of training, beyond.pdf
	@$(BIN)/python -m helpers beyond

notebook: $(READY)  ## open the report in JupyterLab
	@$(BIN)/python -m jupyterlab --ServerApp.ip=127.0.0.1 assignment1_report.ipynb

test: $(READY)  ## lint, check the format, run the tests
	@$(BIN)/python -m ruff check . && $(BIN)/python -m ruff format --check . && $(BIN)/python -m pytest -n 2 --dist loadfile

check: $(READY)  ## hold the notebooks against the rules of the reference report: thin cells, nothing typed, all claims hold
	@$(BIN)/python -m helpers check && $(BIN)/python -m pytest -n 2 -o "norecursedirs=.*" tests/reference

replicate: $(READY)  ## train seeds that the report does not use, and judge its claims on them: SEEDS=100-119
	@$(BIN)/python -m helpers replicate

clear: $(READY)  ## empty the notebooks' outputs, before a commit
	@$(BIN)/python -m helpers clear

test-browser: $(READY)  ## run the notebooks and the explorer in a real browser, Chromium; screenshots in build/browser
	@$(BIN)/python -m pytest -x -n 2 --dist loadfile tests/browser

test-export: $(READY)  ## export every notebook by every route: HTML, LaTeX where xelatex is at hand, JupyterLab's menu
	@$(BIN)/python -m pytest -n 2 --dist loadfile -o "norecursedirs=.*" tests/export

test-faults: $(READY)  ## cause faults for real, in a few minutes: damage, kills, a full disk; Linux, best as root
	@$(BIN)/python -m pytest -n 2 --dist worksteal -o "norecursedirs=.*" tests/faults

test-recipes: $(READY)  ## follow the README's recipes, and CONTRIBUTING's in a copy of the project; some minutes
	@$(BIN)/python -m pytest -o "norecursedirs=.*" tests/recipes

audit: $(AUDIT_READY)  ## look for known vulnerabilities in what requirements.txt pins; needs the internet
	@$(AUDIT_BIN)/python -m pip_audit --requirement requirements.txt --require-hashes --disable-pip --strict --progress-spinner off || \
		{ echo "make audit: failed. Above stand vulnerabilities; or else PyPI's database was not reached, which needs" \
		"the internet, and then nothing is known" >&2; exit 1; }

bench: $(BENCH_READY)  ## time this against other libraries, into benchmarks/README.md; QUICK=1 tries it with those at hand
	@$(BENCH_RUN) network $(HOW)

bench-scaling: $(BENCH_READY)  ## time steps against sizes, and a sweep against workers
	@$(BENCH_RUN) scaling $(HOW)

bench-export: $(READY)  ## time the export of 1 to 60 notebooks, beside other ways that are at hand
	@$(BIN)/python -m benchmarks export $(HOW)

bench-images: $(READY)  ## time an epoch with images that are changed anew
	@$(BIN)/python -m benchmarks images $(HOW)

bench-sweep: $(READY)  ## say what the whole of `make sweep` would cost on 1, 100 and 1,000 cores
	@$(BIN)/python -m benchmarks sweep $(HOW)

page-images: $(READY)  ## pictures of pages of assignment1_report.pdf, and of beyond.pdf, for the README, into docs
	@$(BIN)/python docs/page_images.py assignment1_report.pdf \
		docs/page-first.png=1 docs/page-findings.png=2 "docs/page-middle.png=Task 3c: Momentum"
	@! test -f beyond.pdf || $(BIN)/python docs/page_images.py beyond.pdf "docs/page-ladder.png=The ladder"

page-pairs: $(READY)  ## pictures for docs/nbtypst.md: what JupyterLab shows, and what the PDF shows; needs Chromium
	@$(BIN)/python -m pytest tests/browser/test_pairs_in_browser.py && cp build/browser/pair-*.png docs

sweep: $(READY)  ## train networks of many sizes: UNITS="16 64" DEPTHS="1 2" SEEDS=2; a picture; days on one core
	@$(BIN)/python -m helpers sweep

scheduler: $(CLUSTER_READY)  ## start a Dask scheduler on this machine: SCHEDULER=tcp://host:8786, one of its own addresses
	@$(CLUSTER_BIN)/python -m dask scheduler --host $(NAMED_SCHEDULER) --no-dashboard --dashboard-address 127.0.0.1:0

worker: $(CLUSTER_READY)  ## start workers on this machine, one a core: SCHEDULER=tcp://host:8786
	@$(CLUSTER_BIN)/python -m dask worker $(NAMED_SCHEDULER) --host $$($(CLUSTER_BIN)/python -c $(OWN_ADDRESS) $(NAMED_SCHEDULER)) \
		--nthreads 1 --nworkers -1 --no-dashboard --dashboard-address 127.0.0.1:0

test-cluster: $(CLUSTER_READY)  ## train on a real Dask cluster of several processes, kill some of them; two minutes
	@$(CLUSTER_BIN)/python -m pytest -n 2 --dist load tests/experiments/test_cluster.py

format: $(READY)  ## format the code as the tests want it
	@$(BIN)/python -m ruff format . && $(BIN)/python -m ruff check --fix .

lock:  ## pin requirements.in anew to requirements.txt, for every platform, with hashes
	@$(PYTHON) -m venv .venv-lock && .venv-lock/$(notdir $(BIN))/python -m pip install -q uv
	@.venv-lock/$(notdir $(BIN))/python -m uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade -q \
		--no-header --no-emit-index-url -o requirements.txt requirements.in
	@.venv-lock/$(notdir $(BIN))/python -m uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade -q \
		--no-header --no-emit-index-url -c requirements.txt -o requirements-cluster.txt requirements-cluster.in

clean:  ## delete what was built, but neither .venv nor the stored results
	rm -rf build nbtypst/build nbtypst/*.egg-info beyond.pdf assignment1_report.pdf assignment1_report.html .pytest_cache .ruff_cache

.venv-cluster/ready: requirements-cluster.txt
%/ready: requirements.txt pyproject.toml nbtypst/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " \
		+ sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	@echo "setting up $(@D), once"
	@$(PYTHON) -m venv $(@D) || { echo "if this folder may not be written, name others: make pdf" \
		"ENVIRONMENT=$$HOME/report/env BUILD_DIR=$$HOME/report RESULTS_DIR=$$HOME/report/results" >&2; exit 1; }
	@$(@D)/$(notdir $(BIN))/python -m pip install -q --disable-pip-version-check --require-hashes \
		$(addprefix -r ,$(filter requirements%,$^))
	@$(@D)/$(notdir $(BIN))/python -m pip install -q --disable-pip-version-check --no-index --no-deps \
		--no-build-isolation -e . -e ./nbtypst
	@$(@D)/$(notdir $(BIN))/python -c $(HERE)
	@touch $@

.venv-bench/ready: benchmarks/requirements.txt requirements-notebooks.txt
	@echo "setting up .venv-bench, once"
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/$(notdir $(BIN))/python -m pip install -q --disable-pip-version-check -r benchmarks/requirements.txt
	@touch $@

$(AUDIT_READY):
	@echo "setting up .venv-audit, once"
	@$(PYTHON) -m venv .venv-audit
	@$(AUDIT_BIN)/python -m pip install -q --disable-pip-version-check "pip-audit>=2.7,<3"
	@touch $(AUDIT_READY)
