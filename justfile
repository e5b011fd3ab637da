# What has to hold before a commit; `bash .ci/run` does all of it and more.
check:
    cargo fmt --check && cargo clippy --all-targets -- -D warnings && INSTA_UPDATE=no cargo test

# Looks at each changed snapshot and asks.
accept:
    cargo insta test --review

# Real tools over the files that the golden tests wrote.
validate:
    cargo test --test all golden:: && terraform fmt -check -recursive target/golden && cfn-lint 'target/golden/**/template.json' 'target/golden/**/template.yaml'

# The JSON Schema of the blueprint, for editors. It is not committed.
schema:
    cargo run -- schema > blueprint.schema.json

# The pages in docs/ and what the README's commands print, made anew from the program.
docs:
    GWGEN_UPDATE_DOCS=1 cargo test --test all docs::

# Sizes, names and cycles of the code; GWGEN_MEASURE=places names each place.
measure:
    cargo test --quiet --test all measure::the_table -- --nocapture

# A new golden case that starts from the smallest example.
case NAME:
    mkdir -p tests/cases/{{NAME}} && cp blueprints/minimal/gwgen.yaml blueprints/minimal/openapi.yaml tests/cases/{{NAME}}/

# Sixty seconds of fuzzing; `just fuzz executions 10000000` is the long run. Needs `cargo install cargo-fuzz`.
fuzz UNIT="seconds" AMOUNT="60":
    fuzz/run.sh {{UNIT}} {{AMOUNT}}

# The version in all places, the heading of the CHANGELOG, a commit and a tag; `git push --follow-tags` publishes it.
release VERSION:
    python3 packaging/release.py prepare {{VERSION}}
