# What people run. `make` alone lists it.
.PHONY: help setup build test test-deep differential demo lint format bench bench-kernels bench-encodings bench-reports fuzz check-grammar clean

SWIFT_JOBS ?= 2
ENGINES = .build/engines/bin/python
DIFFERENTIAL = .build/debug/differential --python $(ENGINES)

help:
	@echo "make setup      install what the build needs (apt packages), check the toolchain"
	@echo "make build      release build: .build/release/mandi"
	@echo "make demo       sample data, import, six reports, a server (DEMO_ONCE=1: end after that)"
	@echo "make test       format check, all tests, the command line end to end"
	@echo "make differential  100,000 random reports against DuckDB and ClickHouse, and planted bugs"
	@echo "make test-deep  longer: sanitizers, more iterations, 50 kills during an import"
	@echo "make lint       format check only      make format   format in place"
	@echo "make bench      the benchmark at a million lines beside DuckDB, ClickHouse and Polars"
	@echo "make bench-kernels   every vector kernel beside its reference in Swift"
	@echo "make bench-encodings every form of a page and of texts beside zstd alone, both ways"
	@echo "make bench-reports   text to plan, a report on empty tables, scans beside the memory bus"
	@echo "make fuzz       a million wrong and right texts through the report language"
	@echo "make check-grammar   the parser beside another one of the same grammar (needs PyPI)"
	@echo "make clean      remove what the build, the demo and the tests made"

setup:
	scripts/setup.sh

build: setup
	swift build -c release -j $(SWIFT_JOBS) --product mandi

lint:
	swift format lint --strict --recursive Sources Tests Benchmarks/Sources Package.swift

format:
	swift format --in-place --recursive Sources Tests Benchmarks/Sources Package.swift

test: setup lint
	scripts/setup.sh engines
	swift build -j $(SWIFT_JOBS) --build-tests
	swift test --skip-build
	$(DIFFERENTIAL) --reports 10000
	$(DIFFERENTIAL) --planted --reports 10000
	scripts/check-opcodes.sh
	scripts/test-cli.sh

differential: setup
	scripts/setup.sh engines
	swift build -c release -j $(SWIFT_JOBS) --product differential
	.build/release/differential --python $(ENGINES) --reports 100000
	.build/release/differential --python $(ENGINES) --planted --reports 20000

test-deep: setup
	SWIFT_JOBS=$(SWIFT_JOBS) scripts/test-deep.sh

demo:
	scripts/demo.sh

bench: build
	scripts/bench.sh

# Generic kernels are specialised where they are called only with cross-module optimisation.
bench-kernels: setup
	swift run -c release -j $(SWIFT_JOBS) --package-path Benchmarks -Xswiftc -enable-testing \
		-Xswiftc -cross-module-optimization KernelBenchmarks

bench-encodings: setup
	swift run -c release -j $(SWIFT_JOBS) --package-path Benchmarks -Xswiftc -enable-testing \
		-Xswiftc -cross-module-optimization EncodingBenchmarks

bench-reports: setup
	swift run -c release -j $(SWIFT_JOBS) --package-path Benchmarks -Xswiftc -enable-testing \
		-Xswiftc -cross-module-optimization ReportBenchmarks Benchmarks/suite

# A million texts take minutes without optimisation.
fuzz:
	MANDI_WITHOUT_HTTP=1 swift run -c release -j $(SWIFT_JOBS) --package-path Benchmarks ReportFuzz \
		Tests/ReportTests/Data/shop/model.yaml

check-grammar: setup
	swift build -j $(SWIFT_JOBS) --build-tests
	scripts/check-grammar.sh

clean:
	rm -rf .build Benchmarks/.build .build-address .build-thread demo-data
