# What a person types here. The work is in scripts/ and in cargo; nothing needs to be installed by hand but Rust and make.
.SHELLFLAGS := -euc
MAKEFLAGS += --no-print-directory
.PHONY: help demo test check bench clean-db test-all check-rules

# How the code is linted, its documentation checked, and the examples in that run. .ci/run has other ways, which build nothing twice.
LINT := cargo clippy --locked --workspace --all-targets -- -D warnings
DOCUMENT := RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps
EXAMPLES := cargo test --workspace --doc

help: ## say what can be done
	@echo 'make demo ARGS=…   play a whole programme year through the real API, then stay up (ARGS=--once: end instead)'
	@echo 'make test          run all the tests, on a private PostgreSQL of their own'
	@echo 'make check         format, lints, documentation, dependencies and layers; changes nothing'
	@echo 'make bench         how fast it is against a bare server; builds for minutes the first time'
	@echo 'make clean-db      stop the private PostgreSQL servers and delete their data'
	@echo 'scripts/db         the database for development: up, down, reset, status, url, psql, run CMD'

# Built first and aloud: a first build takes minutes. Then only the story is printed.
demo:
	@scripts/setup
	@cargo build
	@scripts/db run cargo run --quiet -- demo $(ARGS)

test:
	@scripts/setup
	@DB_CLUSTER=test scripts/db run $(MAKE) test-all

# With TEST_DATABASE_URL set. nextest does not run the examples in the documentation, so those go first.
test-all:
	$(EXAMPLES)
	@if cargo nextest --version >/dev/null 2>&1; then \
	  set -x; cargo nextest run --workspace $(if $(CI),--profile ci); \
	else \
	  set -x; cargo test --workspace --lib --bins --tests $(if $(CI),--no-fail-fast); \
	fi

check:
	@scripts/setup
	@cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || { \
	  echo 'rustfmt and clippy are needed:  rustup component add rustfmt clippy' >&2; exit 1; }
	cargo fmt --all --check
	@$(MAKE) check-rules
	$(LINT)
	cargo check --locked --manifest-path fuzz/Cargo.toml --no-default-features --target-dir target/fuzz
	$(DOCUMENT)
	scripts/dependency-policy
	@if command -v shellcheck >/dev/null; then set -x; shellcheck scripts/* .ci/run benches/load/run benches/load/approvals benches/rehearsal/run; fi

# The rules read no clock, file, socket, database or chance. Asked of the crate alone: a build of the whole workspace
# would unify the features of all, and could let a clock in unseen.
check-rules:
	@tree="$$(cargo tree --locked --package rules --edges normal,build,features --prefix none)"; \
	if printf '%s\n' "$$tree" | grep -E '^(actix|diesel|tokio|mio|socket2|hyper|getrandom|rand) |^(actix|diesel|tokio)-| feature "(clock|now)"'; then \
	  echo 'src/rules/Cargo.toml: the rules may not depend on what is named above' >&2; exit 1; \
	fi

bench:
	@benches/load/run

clean-db:
	@env -u DATABASE_URL scripts/db reset
	@env -u TEST_DATABASE_URL DB_CLUSTER=test scripts/db reset
	@DB_CLUSTER=power-cut scripts/db reset
	@DB_CLUSTER=load scripts/db reset
