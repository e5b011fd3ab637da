//! Findings for programs: one JSON object a line. Contract: fields are only ever added.

use std::io;

use crate::printed::TextFormat;
use crate::source::Finding;

pub(crate) fn report(findings: &[Finding], out: &mut dyn io::Write) -> io::Result<()> {
    for finding in findings {
        writeln!(
            out,
            "{}",
            TextFormat::Json.visible(&serde_json::to_string(finding)?)
        )?;
    }
    Ok(())
}
