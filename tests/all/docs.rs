//! The pages that are made from the program: the references of the blueprint, the codes and the
//! commands, AWS's errors, and what the commands in `console` blocks of all pages print.
//!
//! In: the schema, the explanations, the program. Out: compared with
//! `docs/*.md` and `README.md`.
//! `GWGEN_UPDATE_DOCS=1 cargo test --test all docs::` writes them; plain `cargo test` compares.

mod codes;
mod commands;
#[cfg(unix)]
mod console;
mod links;
mod pictures;
mod reference;
mod rules;
mod troubleshooting;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use gwgen::emit::terraform::provider::{FEATURES, FLOOR, constraint};
use gwgen::listing::field::{FIELDS, Heading};

const PAGE_OF_CODES: &str = "codes.md";

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a page with what it is to be, or writes it where that is asked for.
fn page(name: &str, text: &str) {
    let path = repository().join(name);
    if std::env::var_os("GWGEN_UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let differs = text
        .lines()
        .zip(committed.lines())
        .position(|(made, there)| made != there);
    assert!(
        committed == text,
        "{name} is not what the program says, from line {} on; run `GWGEN_UPDATE_DOCS=1 cargo test --test all docs::` and commit it",
        differs.unwrap_or_else(|| text.lines().count().min(committed.lines().count())) + 1
    );
}

fn gwgen(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gwgen"))
        .args(arguments)
        .current_dir(repository())
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_blueprint_reference_is_made_from_the_schema() {
    let shown = gwgen(&["show", "blueprints/minimal/gwgen.yaml"]);
    page(
        "docs/blueprint.md",
        &reference::page(&gwgen::blueprint::schema_with_marks(), &shown),
    );
}

#[test]
fn the_page_of_trace_is_made_from_the_command() {
    page("docs/trace.md", &trace());
}

#[test]
fn the_page_of_provider_releases_is_made_from_the_table() {
    page("docs/provider.md", &provider());
}

#[test]
fn the_page_of_the_module_shows_the_example() {
    page("docs/module.md", &module());
}

/// The example of an output in use, file by file.
fn module() -> String {
    let mut text = String::from(
        "# The output in use\n\nWhat gwgen writes is a module of Terraform, or a template of CloudFormation. Its outputs name what the rest of \
         an account refers to, and its README has the call with every input and the rules that are left to you. Here both are used by a service \
         of ECS with its security group and alarms: `docs/examples/ecs`. `.ci/full in_use` applies it to an emulated AWS.\n\n\
         The blueprint, and its description `openapi.yaml`:\n",
    );
    let mut show = |before: &str, language: &str, name: &str| {
        let path = repository().join("docs/examples/ecs").join(name);
        let file = fs::read_to_string(path).unwrap();
        writeln!(text, "{before}\n```{language}\n{file}```").unwrap();
    };
    show("", "yaml", "gwgen.yaml");
    show(
        "\n## Terraform\n\n`gwgen render` writes the module into `generated`. `main.tf` beside it calls the module. The security group of the \
         servers admits that of the load balancer, tasks register with the target group, and alarms name balancer, target group and API as \
         metrics do:\n",
        "hcl",
        "main.tf",
    );
    show(
        "\n## CloudFormation\n\nWith `output: {format: cloudformation}` the template exports each of its outputs as `<stack>-<Output>`. The \
         stack of the API is deployed first, as its README says; that of the servers imports what it needs:\n\n\
         ```sh\naws cloudformation deploy --template-file stack.yaml --stack-name orders-servers \\\n  --parameter-overrides \\\n    \
         VpcId='vpc-0123456789abcdef0' \\\n    PrivateSubnetIds='subnet-0123456789abcdef0,subnet-0fedcba9876543210' \\\n    \
         Image='IMAGE' \\\n    AlarmTopicArn='arn:aws:sns:eu-west-1:123456789012:alarms'\n```\n",
        "yaml",
        "stack.yaml",
    );
    text.push_str(
        "\nWhile a stack imports an output, CloudFormation neither changes nor deletes it: a change of the blueprint that replaces the target group \
         is refused, and the servers keep theirs. Where the two stacks have to change apart, the second takes parameters in place of imports, \
         from `aws cloudformation describe-stacks --stack-name orders --query 'Stacks[0].Outputs'`.\n",
    );
    text
}

/// Arguments by the release of the provider that they require, and releases that a schema checks.
fn provider() -> String {
    let mut text = String::from(
        "# Releases of the Terraform provider\n\n\
         `versions.tf` asks for the lowest release of `hashicorp/aws` that knows everything that is written: the latest of those below that \
         an output has something of. An output that has nothing of it asks for the first. In `layout: root` alone an upper bound follows, \
         `< 7.0`: a module with one would bind everybody who uses it. Terraform itself has to be 1.7 or later, the first that knows \
         `removed` blocks.\n\n| what is used | asks for | known from |\n|---|---|---|\n",
    );
    let mut row = |name: &str, release, source: &str| {
        writeln!(text, "| {name} | `{}` | {source} |", constraint(release)).unwrap()
    };
    row(
        "everything else",
        FLOOR,
        "the releases that were tried when gwgen began: 5.40 and later",
    );
    for feature in &FEATURES {
        row(feature.name, feature.release, feature.source);
    }
    text.push_str(
        "\nIssues and pull requests are those of hashicorp/terraform-provider-aws; read 2026-11-30.\n\n\
         A test compares every argument and block of every example and case with the schema of releases that are at hand: 5.99.1 and 6.69.1. \
         No schema of 5.40, 5.76, 6.20 or 6.25 is: that these releases have what is asked of them is known from the sources above alone, and \
         `>= 5.40.0` from 5.99.1 and the notes since. Where the schemas are missing, the test says so.\n",
    );
    text
}

#[test]
fn the_page_of_routes_is_made_from_the_command() {
    page("docs/routes.md", &routes());
}

#[test]
fn the_page_of_cost_is_made_from_the_command() {
    page("docs/cost.md", &cost());
}

#[test]
fn the_page_of_diff_is_made_from_the_table_of_fields() {
    page("docs/diff.md", &diff());
}

#[test]
fn the_page_of_codes_is_made_from_the_explanations() {
    page("docs/codes.md", &codes::page());
}

#[test]
fn the_page_of_commands_is_made_from_their_help() {
    page("docs/commands.md", &commands::page(gwgen));
}

#[test]
fn the_page_of_troubleshooting_is_made_from_the_errors_of_aws() {
    page("docs/troubleshooting.md", &troubleshooting::page(gwgen));
}

#[cfg(unix)]
#[test]
fn the_commands_of_pages_print_what_stands_there() {
    let mut names = vec!["README.md".to_owned()];
    for entry in fs::read_dir(repository().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            names.push(format!("docs/{name}"));
        }
    }
    names.sort();
    let mut commands = 0;
    for name in names {
        let text = fs::read_to_string(repository().join(&name)).unwrap();
        // A page that is made from the program has examples of wrong commands, too.
        if text.contains("<!-- Made by") || !text.contains("```console") {
            continue;
        }
        let Some(made) = console::with_outputs(&text, repository()) else {
            return;
        };
        commands += text.matches("\n$ ").count();
        page(&name, &made);
    }
    assert!(commands >= 20, "the pages show what commands print");
}

fn trace() -> String {
    let request = [
        "trace",
        "GET",
        "/orders/42",
        "--blueprint",
        "blueprints/minimal/gwgen.yaml",
    ];
    format!(
        "# `gwgen trace`\n\n<!-- Made by tests/all/docs.rs from the command. Edits here are lost. -->\n\n\
         Follows one request through the files as AWS would take it, from the stage's URL to the target, and names the file and line of every \
         block on the way. It reads the finished resources and not what was decided: a literal beats a variable, a variable beats a greedy one, \
         and where a branch has no answer the gateway falls back to a greedy variable above it. The exit code is 1 where nothing serves the \
         request: the gateway answers 403 where it has no such path or method, and 404 where an operation is kept from callers. \
         An operation that is `internal` is followed a second time, as private callers send it to the load balancer, which checks nobody; where a \
         backend gets it there, the exit code is 0. \
         The places are those of what `gwgen render` would write now: `gwgen check` says whether the files on disk are that.\n\n\
         ```text\n{}```\n\n## As text\n\n```text\n$ gwgen {}\n{}```\n\n## As JSON\n\n```json\n{}```\n",
        gwgen(&["trace", "--help"])
            .lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect::<String>(),
        request.join(" "),
        gwgen(&request),
        gwgen(&[&request[..], &["--format", "json"]].concat()),
    )
}

fn routes() -> String {
    let request = ["routes", "--blueprint", "blueprints/complete/gwgen.yaml"];
    format!(
        "# `gwgen routes`\n\n<!-- Made by tests/all/docs.rs from the command. Edits here are lost. -->\n\n\
         Lists every operation of every blueprint with what is in force of it. `declared` is what the description asks of callers, `auth` who \
         checks them, and `why` what makes the difference: an entry of `auth` that is `ignore`, a route that asks for less (`weakens`, with its \
         reason), a route that asks for more or picks an alternative (`route`), or an internal operation, whose callers the load balancer does \
         not check (`internal`). What is internal has the backend URL of private callers; what is hidden has none. The README of an output has \
         the same columns.\n\n```text\n$ gwgen {}\n{}```\n\n## As JSON\n\n\
         `--format json` prints one list for all blueprints, and `gwgen schema routes` its schema:\n\n```json\n{}```\n",
        request.join(" "),
        gwgen(&request),
        gwgen(&["schema", "routes"]),
    )
}

const COST: &str = "\
# `gwgen cost`

<!-- Made by tests/all/docs.rs from the command. Edits here are lost. -->

The monthly bill of the traffic in `cost:`, in all six topologies side by side. The blueprint names requests and region; sizes, the time of a backend and hours have defaults, and the bill says which of them it assumed. Nothing is fetched: prices are in `src/cost/prices.tsv`, by region, each with source, date and certainty, which `--sources` prints. A price that is not known, or only from memory, is `?`, never that of another region: a sum that needs one is `at least` what is known (`null` in JSON, with `lacking`), until `cost.prices` gives it ([names](blueprint.md#costprices)).

- **Fixed** is by the hour, **by use** by calls, capacity units and bytes, **free tier** what Lambda does not bill of it, always: 1,000,000 calls and 400,000 GB-seconds a month. The three add up to the total. API Gateway's free million is for the first twelve months alone, and not taken off.
- A **capacity unit** is the largest of its measures. ALB: 25 new connections a second, 3,000 active ones, 1 GB an hour, 1,000 rule evaluations a second with ten rules free. NLB: 800 new connections a second, 100,000 active ones, 1 GB an hour; for TLS listeners (`nlb.tls`) 50 and 3,000. Requests come evenly over the month, and each is a connection of its own.
- **Rules** are those of the listener that has most, compiled from the same description in each topology with an ALB; a request is taken to pass all of them. Servers that no balancer takes (`url`, `hosts`) have others stand in. Where a blueprint cannot be compiled in a topology, a note says why, and its units do not count rules.
- The **function** of `forwarder` runs as long as the backend takes, with `forwarder.memory_mb`; that of `nlb-alb-sync` half a second with 256 MB at each run. A line of the request log is taken to have 900 bytes. Metrics of methods (`stage.metrics`) are five each, seven with a cache.
- **Break-even** is the number of requests from which on a balancer costs no more than the function.
- Sizes are kilobytes of 1,000 bytes. Amounts are computed as doubles and rounded once, half up to the cent; an amount in another currency is the rounded one of dollars times `per_usd`.
- **Not counted**: tax; VPC links, which have no line in AWS's price list; data between zones; logs of functions, API Gateway's own log, alarms, X-Ray, WAF, keys and domains; the servers themselves; disks of the proxies.

";

fn cost() -> String {
    let request = ["cost", "--blueprint", "tests/data/cost/gwgen.yaml"];
    format!(
        "{COST}```text\n$ gwgen {}\n{}```\n\n## Prices\n\n`--sources` adds what is known of the region:\n\n```text\n{}```\n\n## As JSON\n\n\
         `--format json` prints one list for all blueprints, and `gwgen schema cost` its schema:\n\n```json\n{}```\n",
        request.join(" "),
        gwgen(&request),
        gwgen(&[&request[..], &["--sources"]].concat())
            .split_once("\nPrices")
            .map_or(String::new(), |(_, prices)| format!("Prices{prices}")),
        gwgen(&["schema", "cost"]),
    )
}

fn diff() -> String {
    let mut text = String::from(
        "# `gwgen diff`\n\n<!-- Made by tests/all/docs.rs from the table of fields. Edits here are lost. -->\n\n\
         `gwgen diff origin/main` says what a change means for the running API. It compiles both states, compares what was decided and what is \
         built, never texts: a reordered description, a renamed component or another format are no difference, and print nothing.\n\n\
         Either side is a blueprint, a folder with blueprints, or a revision of git, which is read without a checkout. Without the second it is the \
         working tree, without the first the commit where the branch left its upstream branch; a clone without that commit is an error \
         (`fetch-depth: 0` in GitHub Actions). The second state is what `render` would write after the first one.\n\n\
         A row has a route or a part of the stack, a field, the value before and after, and the places of both. `--format json` has all of it \
         (`gwgen schema diff`), `--format markdown` is a comment for a pull request, `--format github` annotations of its lines.\n\n\
         ## Headings\n\n| heading | code | meaning |\n| --- | --- | --- |\n",
    );
    for heading in Heading::ALL {
        let code = heading.code();
        let meaning = code
            .explanation
            .split("\n## What is checked\n")
            .nth(1)
            .unwrap();
        let meaning = meaning.split(" `gwgen diff` lists").next().unwrap();
        let row = format!(
            "| {} | [{}]({PAGE_OF_CODES}#{}) | {meaning} |\n",
            heading.name(),
            code.code,
            codes::anchor(code)
        );
        text.push_str(&row);
    }
    text.push_str(
        "\n`--fail-on loosened` (also `waits`, `removed`, `replaced`, `tightened`, `any`) exits 4 where there is such a row without a reason. A \
         reason is written in the same change, where a reviewer reads it: `weakens` of a route, `shared` of a cache, or an entry of `lint.allow` \
         with the heading's code. A route or an entry that the first state has as it is answers nothing. Rows with a reason stay in all formats.\n\n\
         ## Fields\n\nWhere more requests or callers pass, where fewer, and where neither value passes less than the other:\n\n\
         | field | what it is | more | less | neither |\n| --- | --- | --- | --- | --- |\n",
    );
    for field in FIELDS {
        let [more, less, other] = [field.more, field.less, field.other].map(Heading::name);
        writeln!(
            text,
            "| {} | {} | {more} | {less} | {other} |",
            field.name, field.about
        )
        .unwrap();
    }
    text.push_str(
        "\nWhat Terraform or CloudFormation will do stands below the rows, as `terraform plan` counts, from a first state that is applied and equal \
         values of variables. `may change` is what depends on an expression that gwgen cannot evaluate.\n",
    );
    text
}
