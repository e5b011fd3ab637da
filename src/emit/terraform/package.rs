//! A function's code as Lambda takes it: a zip with one module.
//!
//! In: `FunctionCode`. Out: bytes. Pure.
//! The same code is the same bytes, on every machine: Lambda deploys it when its hash changes.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime, System};

use crate::aws::FunctionCode;
use crate::sink::{BANNER, banner};

/// Name of the module in the zip; CloudFormation writes inline code under the same one. Source:
/// docs/aws-rules.md#z6.
const MODULE: &str = "index.py";

/// Permissions for all to read it and for none to run it. Source: docs/aws-rules.md#z7 (a package
/// that Lambda may not read fails at the first call).
const MODE: u32 = 0o644;

/// The module beside the zip, for readers: the same code behind the banner.
pub(crate) fn module(code: &FunctionCode) -> Vec<u8> {
    let mut text = String::with_capacity(code.text.len() + 256);
    banner(&mut text, "#");
    text.push('\n');
    text.push_str(code.text);
    text.into_bytes()
}

/// The zip: one stored file, of 1980-01-01, without extra fields (Z7); its comment is the banner,
/// by which the next render recognizes it.
pub(crate) fn zip(code: &FunctionCode) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .system(System::Unix)
        .unix_permissions(MODE);
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(code.text.len() + 512)));
    writer
        .set_comment(BANNER.join(" "))
        .expect("a sentence fits a comment");
    writer
        .start_file(MODULE, options)
        .expect("a plain name can be written to memory");
    writer
        .write_all(code.text.as_bytes())
        .expect("writing to memory cannot fail");
    writer
        .finish()
        .expect("writing to memory cannot fail")
        .into_inner()
}

#[cfg(test)]
mod tests {
    use super::zip;
    use crate::aws::FunctionCode;

    fn number(bytes: &[u8], at: usize, length: usize) -> usize {
        bytes[at..at + length]
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | usize::from(*byte))
    }

    /// Bit by bit, as the format's own description has it.
    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        };
        !bytes.iter().fold(!0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc))
        })
    }

    /// Field by field, by the offsets of PKWARE's APPNOTE 4.3.
    #[test]
    fn every_field_is_fixed() {
        let text = "def handler(event, context):\n    return None\n";
        let bytes = zip(&FunctionCode { name: "sync", text });
        let (name, size) = ("index.py".len(), text.len());
        assert_eq!(crc(b"123456789"), 0xCBF4_3926, "the check value of CRC-32");
        assert_eq!(&bytes[..4], b"PK\x03\x04");
        let directory = 30 + name + size;
        assert_eq!(&bytes[directory..directory + 4], b"PK\x01\x02");
        // In the directory every field is two bytes later, after the version that made the entry.
        for at in [0, directory + 2] {
            assert_eq!(number(&bytes, at + 6, 2), 0, "no flags");
            assert_eq!(number(&bytes, at + 8, 2), 0, "stored");
            assert_eq!(number(&bytes, at + 10, 2), 0, "midnight");
            assert_eq!(number(&bytes, at + 12, 2), 0x21, "1980-01-01");
            assert_eq!(number(&bytes, at + 14, 4), crc(text.as_bytes()) as usize);
            assert_eq!(
                (number(&bytes, at + 18, 4), number(&bytes, at + 22, 4)),
                (size, size)
            );
            assert_eq!(
                (number(&bytes, at + 26, 2), number(&bytes, at + 28, 2)),
                (name, 0),
                "no extra field"
            );
        }
        assert_eq!(
            &bytes[30..directory],
            ["index.py", text].concat().as_bytes()
        );
        assert_eq!(
            bytes[directory + 5],
            3,
            "made on Unix, wherever it was made"
        );
        assert_eq!(number(&bytes, directory + 38, 4) >> 16, 0o100_644);
        assert_eq!(number(&bytes, directory + 42, 4), 0, "the file comes first");
        let end = directory + 46 + name;
        assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
        assert_eq!(
            (number(&bytes, end + 8, 2), number(&bytes, end + 10, 2)),
            (1, 1),
            "one file"
        );
        let comment = crate::emit::BANNER.join(" ");
        assert_eq!(
            (number(&bytes, end + 16, 4), number(&bytes, end + 20, 2)),
            (directory, comment.len())
        );
        assert_eq!(
            &bytes[end + 22..],
            comment.as_bytes(),
            "the banner is the comment"
        );
    }

    #[test]
    fn same_code_same_bytes() {
        let code = |text| FunctionCode { name: "sync", text };
        assert_eq!(zip(&code("a = 1\n")), zip(&code("a = 1\n")));
        assert_ne!(zip(&code("a = 1\n")), zip(&code("a = 2\n")));
    }
}
