//! The banner in the first lines of every file that gwgen writes.
//!
//! A manifest alone proves nothing, since anybody can commit one.

use crate::emit::BANNER;

/// Length of the part of a file in which the banner is searched. Unit: bytes.
const MAX_HEAD_BYTES: usize = 1_024;

/// First lines of functions as releases wrote them that put no banner there.
const OLD_CODE: [&str; 2] = [
    "\"\"\"Forwards requests of an API Gateway REST API (AWS_PROXY) to one backend inside the VPC.",
    "\"\"\"Keeps the target groups of an NLB equal to the addresses of an ALB.",
];

/// First bytes of a zip archive. Source: PKWARE, APPNOTE 4.3.7,
/// <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.
const ZIP_START: &[u8] = b"PK\x03\x04";

/// Returns whether a file has the banner: a comment or `Metadata` in its first lines (in older
/// releases `Description`), or the comment of an archive.
pub(crate) fn carries_banner(bytes: &[u8]) -> bool {
    let (sentence, _) = BANNER[0].split_once(':').unwrap_or((BANNER[0], ""));
    let head = &bytes[..bytes.len().min(MAX_HEAD_BYTES)];
    // The comment of an archive is its last field.
    let place = if bytes.starts_with(ZIP_START) {
        &bytes[bytes.len().saturating_sub(MAX_HEAD_BYTES)..]
    } else {
        head
    };
    holds(place, sentence) || OLD_CODE.iter().any(|line| holds(head, line))
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[cfg(test)]
#[test]
fn files_of_this_and_of_older_releases_have_the_banner() {
    let banner = BANNER.join("\n# ");
    let old_zip = ["PK\u{3}\u{4} header index.py", OLD_CODE[1], "\n"].concat();
    for managed in [
        &format!("# {banner}\n"),
        &format!("{{\n  \"//\": \"{banner}\"\n}}"),
        &format!("{}\n\"\"\"", OLD_CODE[0]),
        &old_zip,
    ] {
        assert!(carries_banner(managed.as_bytes()), "{managed}");
    }
    let far_below = format!("{}# {banner}\n", "# mine\n".repeat(200));
    for foreign in ["", "# mine\n", "PK\u{3}\u{4} of somebody else", &far_below] {
        assert!(!carries_banner(foreign.as_bytes()), "{foreign}");
    }
}
