//! Writes Terraform of texts that are hard to write, and what it means, for a parser that is not
//! ours.
//!
//! Usage: texts FILE COUNT. One case a line, made from the seeds 0 to COUNT - 1: equal counts make
//! equal files.

use std::fs::File;
use std::io::{BufWriter, Write as _};

use gwgen::stack::Value;
use gwgen_fuzz::texts::{Texts, has_run_of_signs};
use serde_json::json;

/// What an interpolation yields; no text holds it.
const MARK: char = '\u{2021}';

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, count] = &arguments[..] else {
        panic!("usage: texts FILE COUNT")
    };
    let count: u64 = count.parse().expect("a number");
    // An escape, which a reader that takes it for a literal shows with its quotes.
    let interpolated = Value::Expression(format!("\"\\u{:04x}\"", u32::from(MARK)).into());
    let mut out = BufWriter::new(File::create(file)?);
    let mut with_runs = 0;
    for seed in 0..count {
        let texts = Texts::of_seed(seed);
        let source = texts.source(&interpolated);
        with_runs += u64::from(has_run_of_signs(&source));
        let meant = json!({
            "label": texts.label,
            "a": texts.attribute,
            "longer": texts.short,
            "list": texts.list,
            "template": texts.template(&MARK.to_string()),
            "map": {&texts.key: texts.attribute},
        });
        writeln!(out, "{}", json!({"source": source, "meant": meant}))?;
    }
    out.flush()?;
    println!(
        "  {count} cases, {with_runs} with a run of signs that the fuzz target does not compare"
    );
    assert!(with_runs * 2 >= count, "too few runs of signs");
    Ok(())
}
