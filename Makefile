# Ambit. `make help` lists what there is; `make serve` and `make test` do all set-up themselves.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

DEBUG_SCRATCH := .build
RELEASE_SCRATCH := .build-release
# Overlapping accesses are looked for at run time in debug builds, where the tests run; in SwiftNIO's inner loops that costs one
# instruction in twenty of a tool call.
RELEASE_FLAGS := -Xswiftc -enforce-exclusivity=unchecked
PYTHON := .venv/bin/python
# What `ambit serve` is given by `make serve`, as in: make serve ARGS="--port 8080"
ARGS ?=

# How long `make fuzz` looks, and the seed that it begins with.
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 1

# Where `make install` puts things; DESTDIR stands before it, for packagers.
PREFIX ?= /usr/local
DESTDIR ?=
# A folder of programs that are built already; without it `make install` builds a release.
BUILT ?=

.PHONY: install uninstall help serve demo test unit python-tests faults faults-own soak sanitize launcher sanitize-thread sanitize-address \
	fuzz bench lint format release debug setup setup-test python-env clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1m%-18s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: setup release ## build (release) and serve the shipped plugins on http://127.0.0.1:7777/mcp
	@exec $(RELEASE_SCRATCH)/release/ambit serve $(ARGS)

install: $(if $(BUILT),,release) ## build (release) and install below PREFIX, /usr/local by default
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" BUILT="$(or $(BUILT),$(RELEASE_SCRATCH)/release)" scripts/install.sh install

uninstall: ## remove what `make install` has put below PREFIX
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install.sh uninstall

demo: setup-test release python-env ## the story in under a minute, with the official Python client
	@AMBIT_BIN="$${AMBIT_BIN:-$(CURDIR)/$(RELEASE_SCRATCH)/release/ambit}" $(PYTHON) scripts/demo.py

test: setup-test debug unit python-env python-tests faults-own sanitize ## every test, and the faults that must turn the leak tests red
	@echo "make test: all passed"

# The tests of the test kit look at the whole process, which they must have to themselves.
unit: ## swift test (debug build)
	@swift test --skip-build --scratch-path $(DEBUG_SCRATCH) --skip AmbitPluginTestingTests
	@swift test --skip-build --scratch-path $(DEBUG_SCRATCH) --filter AmbitPluginTestingTests

python-tests: ## launcher, interoperability, fuzz and leak tests against the debug build
	@scripts/pytest.sh

faults: ## turn each leak row's compiled fault on; exactly its test must turn red (an hour)
	@scripts/faults.sh

faults-own: ## the same with only the row's own test
	@FAULTS_OWN_ONLY=1 scripts/faults.sh

soak: setup-test debug python-env ## leak and fuzz tests at full size, then every fault against every row (an hour and a half)
	@AMBIT_SOAK=1 scripts/pytest.sh Tests/LeakTests Tests/FuzzTests
	@scripts/faults.sh
	@$(MAKE) fuzz FUZZ_SECONDS=180

sanitize: sanitize-thread sanitize-address ## the core under thread and address sanitizer

# ambit-launcher is static and has no threads: it is used as built without a sanitizer.
launcher:
	@swift build --product ambit-launcher --scratch-path $(DEBUG_SCRATCH)

sanitize-thread: launcher ## Scopes and JSON under ThreadSanitizer
	@AMBIT_SUBSET=core AMBIT_TSAN=1 AMBIT_LAUNCHER="$(CURDIR)/$(DEBUG_SCRATCH)/debug/ambit-launcher" \
		TSAN_OPTIONS=halt_on_error=1 swift test --sanitize=thread --scratch-path .build-tsan

sanitize-address: launcher ## Scopes and JSON under AddressSanitizer
	@AMBIT_SUBSET=core AMBIT_ASAN=1 AMBIT_LAUNCHER="$(CURDIR)/$(DEBUG_SCRATCH)/debug/ambit-launcher" \
		ASAN_OPTIONS=halt_on_error=1:detect_leaks=0 swift test --sanitize=address --scratch-path .build-asan

fuzz: setup-test ## libFuzzer on the readers of bytes: HTTP, JSON, messages, schemas; FUZZ_SECONDS=60
	@AMBIT_FUZZ_TARGET=1 swift build --product ambit-fuzz --sanitize=fuzzer --scratch-path .build-fuzz
	@mkdir -p .build-fuzz/corpus
	@.build-fuzz/debug/ambit-fuzz -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=4096 -seed=$(FUZZ_SEED) \
		-artifact_prefix=.build-fuzz/ -dict=Tests/CoverageFuzz/words.dict .build-fuzz/corpus Tests/CoverageFuzz/seeds

bench: release ## every budget: measured value, budget, verdict (5 minutes, on a quiet machine)
	@AMBIT_BENCHMARKS=1 swift build -c release --package-path Benchmarks --scratch-path .build-bench
	@python3 Benchmarks/run.py $(RELEASE_SCRATCH)/release/ambit .build-bench/release $(ROWS)

lint: ## formatting, house rules, C headers as C11 and C++17, shell scripts
	@scripts/lint.sh

format: ## format all Swift sources
	@git ls-files -z --cached --others --exclude-standard -- '*.swift' \
		| xargs -0 -r swift format format --in-place --parallel --configuration .swift-format

release: setup ## release build into .build-release
	@swift build -c release --scratch-path $(RELEASE_SCRATCH) $(RELEASE_FLAGS)

debug: setup-test ## debug build of everything, tests too
	@swift build --build-tests --scratch-path $(DEBUG_SCRATCH)

setup: ## check Swift and system packages, install what is missing
	@scripts/setup.sh serve

setup-test:
	@scripts/setup.sh test

python-env: ## the Python environment of the tests (.venv), remade when Tests/requirements.txt changes
	@scripts/python-env.sh

clean: ## remove every build folder and the Python environment
	rm -rf .build .build-* .venv
