//! Texts, the Terraform that our sink makes of them, and what every value in it means.
//!
//! In: choices, from a fuzzer's bytes or from a seed. Out: `Texts`, their source and meaning. Pure.

use arbitrary::Arbitrary;
use gwgen::sink::{Syntax, Terraform};
use gwgen::stack::Value;

use crate::choices::{Choices, bytes_of};

/// Any texts, one for each place in which the sink writes one.
#[derive(Debug, Arbitrary)]
pub struct Texts {
    pub attribute: String,
    pub key: String,
    pub label: String,
    pub list: Vec<String>,
    /// `None` is an interpolation.
    pub template: Vec<Option<String>>,
    pub short: String,
}

impl Texts {
    /// A block that holds every text: `a`, `longer`, `list`, `template` and `map`.
    pub fn source(&self, interpolated: &Value) -> String {
        let parts: Vec<Value> = self
            .template
            .iter()
            .map(|it| {
                it.as_deref()
                    .map_or_else(|| interpolated.clone(), Value::literal)
            })
            .chain([Value::literal(&*self.short)])
            .collect();
        let mut out = Terraform::new(Syntax::Native);
        out.labelled(&["resource", "kind", &self.label], |out| {
            out.attribute("a", &self.attribute);
            out.attribute("longer", &self.short);
            out.texts("list", &self.list);
            out.attribute("template", &Value::Text(parts));
            out.map("map", [(&*self.key, &self.attribute)]);
        });
        out.into_text()
    }

    /// What `template` means where an interpolation yields `mark`.
    pub fn template(&self, mark: &str) -> String {
        self.template
            .iter()
            .map(|it| it.as_deref().unwrap_or(mark))
            .chain([&*self.short])
            .collect()
    }

    /// Texts that are made of the signs that HCL knows. Equal seeds make equal texts.
    pub fn of_seed(seed: u64) -> Self {
        let bytes = bytes_of(seed);
        let mut it = Choices(&bytes);
        Self {
            attribute: text(&mut it),
            key: text(&mut it),
            label: text(&mut it),
            list: (0..it.below(4)).map(|_| text(&mut it)).collect(),
            template: (0..it.below(6))
                .map(|_| it.chance(60).then(|| text(&mut it)))
                .collect(),
            short: text(&mut it),
        }
    }
}

/// Whether two of `$` and `%` stand side by side, apart from an escape that stands alone. The crate
/// hcl-rs misreads some of these.
pub fn has_run_of_signs(source: &str) -> bool {
    let is_sign = |it: &u8| matches!(it, b'$' | b'%');
    let mut rest = source.as_bytes();
    while let Some(start) = rest.iter().position(is_sign) {
        rest = &rest[start..];
        let (run, behind) = rest.split_at(rest.iter().take_while(|it| is_sign(it)).count());
        let is_escape = matches!(run, b"$$" | b"%%") && behind.first() == Some(&b'{');
        if run.len() > 1 && !is_escape {
            return true;
        }
        rest = behind;
    }
    false
}

/// Signs of templates.
const SIGNS: &[&str] = &[
    "$",
    "%",
    "{",
    "}",
    "${",
    "%{",
    "$${",
    "%%{",
    "$$${",
    "%%%{",
    "$%{",
    "%${",
    "${var.x}",
    "%{ if true }",
    "$$",
    "%%",
];
/// Everything else that a reader of HCL may take for something else.
const OTHERS: &[&str] = &[
    "\"",
    "\\",
    "\n",
    "\t",
    "\r",
    "\r\n",
    "~",
    "<",
    "\0",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{e9}",
    "e\u{301}",
    "\u{301}",
    "\u{200d}",
    "\u{2028}",
    "\u{feff}",
    "\u{1f600}",
    "\u{10ffff}",
    "<<EOT\n",
    "EOT\n",
    "var.x",
    "${\"",
    "\"}",
    "\\u0024{",
    "\\${",
    "#",
    "//",
    "/*",
    "=",
    "for",
    "plain",
    " ",
    "",
];

/// Up to six pieces, of which one may be a run of the same sign.
fn text(it: &mut Choices<'_>) -> String {
    let mut text = String::new();
    for _ in 0..it.below(7) {
        if it.chance(20) {
            let sign = it.pick(SIGNS);
            text.push_str(&sign.repeat(1 + it.below(6)));
        } else if it.chance(45) {
            text.push_str(it.pick(SIGNS));
        } else {
            text.push_str(it.pick(OTHERS));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn plain_escapes_are_no_run() {
        for source in ["", "$", "a%b", "$${x}", "%%{", "${x}${x}", "$${$${", "a$b%"] {
            assert!(!super::has_run_of_signs(source), "{source}");
        }
        for source in [
            "$$", "%%", "$%", "$$$", "$$${", "%%%{", "$%%{", "%$${", "a$$", "$%${", "$$a{",
        ] {
            assert!(super::has_run_of_signs(source), "{source}");
        }
    }
}
