//! Writes pairs of a description and a blueprint, for judges that are not ours.
//!
//! Usage: pairs FOLDER COUNT [FIRST SEED]. Equal seeds make equal files.
//! `pairs FILE` prints the pair that the fuzzer's file stands for.

use std::fs;
use std::path::Path;

use gwgen_fuzz::pairs::{bytes_of, pair};
use serde_json::json;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [file] = &arguments[..] {
        let pair = pair(&fs::read(file)?);
        print!("{}\n{}", pair.blueprint.1, pair.api.1);
        return Ok(());
    }
    let [folder, count, rest @ ..] = &arguments[..] else { panic!("usage: pairs FOLDER COUNT [FIRST SEED]") };
    let number = |text: &String| text.parse::<u64>().expect("a number");
    let first = rest.first().map_or(0, number);
    for seed in first..first + number(count) {
        let pair = pair(&bytes_of(seed));
        let folder = Path::new(folder).join(seed.to_string());
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(pair.blueprint.0), &pair.blueprint.1)?;
        fs::write(folder.join(pair.api.0), &pair.api.1)?;
        let expected =
            json!({"is_spoilt": pair.offered.is_none(), "spec": pair.api.0, "left_out": pair.left_out, "prefixes": pair.prefixes});
        fs::write(folder.join("expected.json"), expected.to_string())?;
    }
    Ok(())
}
