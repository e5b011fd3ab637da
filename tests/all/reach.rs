//! APIs of two backends from a generator: no request reaches a hidden operation, a protected one
//! without its authorization, an internal one from the gateway, or servers of another backend than
//! its own.
//!
//! In: seeds, as many as `GWGEN_REACH` says, or 200. Out: plain assertions, and how many APIs
//! rendered and requests arrived.
//! The expectation is read from the blueprint and its descriptions, the path of a request from
//! Terraform's JSON; both share no code with `src/`.

mod balancer;
mod contract;
mod corruption;
mod evaluator;
mod generator;
mod output;
mod servers;
mod template;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::pairs::choices::bytes_of;
use crate::support::{compile, in_parallel};
use contract::Contract;
use evaluator::{Evaluator, Judged};
use generator::{TOPOLOGIES, Written, written};
use gwgen::Compiled;
use output::Output;

/// Codes of templates that cross, and of operations that two descriptions have.
const TELLING: [&str; 2] = ["GW3081", "GW3010"];

/// The result for an API.
#[derive(Debug)]
struct Tried {
    topology: &'static str,
    /// Codes of the errors; empty where it renders.
    refused: Vec<&'static str>,
    judged: Judged,
}

#[test]
fn no_request_reaches_what_it_must_not() {
    let count: u64 = std::env::var("GWGEN_REACH").map_or(200, |text| text.parse().unwrap());
    let seeds: Vec<u64> = (0..count).collect();
    let tried = in_parallel(&seeds, |seed| tried(*seed));
    let sum = |of: fn(&Tried) -> usize| tried.iter().map(of).sum::<usize>();
    let rendered = sum(|tried| usize::from(tried.refused.is_empty()));
    let mut text = format!(
        "reach: {count} APIs, {rendered} render; of {} requests {} arrive at a backend\n",
        sum(|tried| tried.judged.requests),
        sum(|tried| tried.judged.arrived)
    );
    for topology in TOPOLOGIES {
        let of_it: Vec<&Tried> = tried
            .iter()
            .filter(|tried| tried.topology == topology)
            .collect();
        let rendered = of_it
            .iter()
            .filter(|tried| tried.refused.is_empty())
            .count();
        text += &format!("  {topology}: {rendered} of {} render\n", of_it.len());
    }
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    tried
        .iter()
        .flat_map(|tried| &tried.refused)
        .for_each(|code| *codes.entry(code).or_default() += 1);
    text += &format!("  refused with: {codes:?}\n");
    // Straight to the stream: what the harness captures of a passing test is never shown.
    std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()).unwrap();
    let problems: Vec<String> = seeds
        .iter()
        .zip(&tried)
        .flat_map(|(seed, tried)| {
            tried
                .judged
                .problems
                .iter()
                .map(move |problem| format!("{seed}: {problem}"))
        })
        .collect();
    assert!(
        problems.is_empty(),
        "{} problems: {:#?}",
        problems.len(),
        &problems[..problems.len().min(30)]
    );
    assert!(
        rendered as u64 * 10 >= count * 4,
        "only {rendered} of {count} render"
    );
}

fn tried(seed: u64) -> Tried {
    let written = written(seed, &bytes_of(seed));
    let topology = TOPOLOGIES[(seed % 6) as usize];
    let compiled = compile(files(&written));
    let refused = crate::support::codes(&compiled.diagnostics, true);
    let judged = if compiled.tree.is_some() {
        judged(&written, &compiled, |_| {})
    } else {
        Judged::default()
    };
    if !judged.problems.is_empty() {
        write(&written, seed);
    }
    Tried {
        topology,
        refused,
        judged,
    }
}

/// Files of an API, for whoever looks into it.
fn write(written: &Written, seed: u64) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/reach")
        .join(seed.to_string());
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in files(written) {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

fn files(written: &Written) -> BTreeMap<String, Vec<u8>> {
    let blueprint = [("gwgen.yaml", &written.blueprint)];
    let all = blueprint.into_iter().chain(
        written
            .descriptions
            .iter()
            .map(|(name, file)| (*name, file)),
    );
    all.map(|(name, file)| (name.to_owned(), serde_json::to_vec_pretty(file).unwrap()))
        .collect()
}

/// Judges what was rendered, after a change of it.
fn judged(written: &Written, compiled: &Compiled, change: impl Fn(&mut Output)) -> Judged {
    let mut output = Output::of(compiled.tree.as_ref().unwrap());
    change(&mut output);
    let contract = Contract::of(written);
    let reported: Vec<String> = compiled
        .diagnostics
        .iter()
        .filter(|diagnostic| TELLING.contains(&diagnostic.code.code))
        .map(|diagnostic| diagnostic.message.clone())
        .collect();
    Evaluator {
        contract: &contract,
        output: &output,
        told: &reported,
    }
    .judge()
}
