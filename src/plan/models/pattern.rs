//! Patterns with the same meaning in all implementations.
//!
//! In: a pattern of JSON Schema (ECMA-262). Out: whether API Gateway, which is written in Java,
//! reads it the same. Pure.
//! Doubtful patterns are left out: a weaker model refuses no valid request.
//!
//! Source: ECMA-262, "Patterns" and annex B, <https://tc39.es/ecma262/#sec-patterns>; Java SE,
//! <https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html>
//! (possessive quantifiers, unions and intersections of classes, `\s` and `\b` of other characters,
//! stray brackets).

/// Longest pattern of a model. Unit: bytes.
const MAX_LENGTH: usize = 512;

/// Returns whether every part of a pattern has one meaning.
pub(crate) fn is_portable(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    if bytes.len() > MAX_LENGTH || !bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return false;
    }
    let mut reader = PatternReader {
        bytes,
        at: 0,
        depth: 0,
    };
    reader.all() && reader.depth == 0
}

struct PatternReader<'p> {
    bytes: &'p [u8],
    at: usize,
    /// Groups that are open.
    depth: usize,
}

impl PatternReader<'_> {
    fn next(&mut self) -> Option<u8> {
        let next = self.bytes.get(self.at).copied();
        self.at += 1;
        next
    }

    fn all(&mut self) -> bool {
        // A quantifier may follow.
        let mut has_atom = false;
        while let Some(byte) = self.next() {
            has_atom = match byte {
                b'\\' if self.escape() => true,
                b'[' if self.class() => true,
                b'(' => {
                    self.depth += 1;
                    if self.bytes[self.at..].starts_with(b"?:") {
                        self.at += 2;
                    } else if self.bytes.get(self.at) == Some(&b'?') {
                        return false;
                    }
                    false
                }
                b')' if self.depth > 0 => {
                    self.depth -= 1;
                    true
                }
                b'|' | b'^' | b'$' => false,
                b'*' | b'+' | b'?' if has_atom => self.quantified(),
                b'{' if has_atom && self.count() => self.quantified(),
                b'\\' | b'[' | b')' | b'*' | b'+' | b'?' | b'{' | b']' | b'}' => return false,
                _ => true,
            };
        }
        true
    }

    /// Reads the suffix of a quantifier: `?` makes it lazy for both, `+` possessive for one.
    fn quantified(&mut self) -> bool {
        if self.bytes.get(self.at) == Some(&b'?') {
            self.at += 1;
        }
        false
    }

    /// `{2}`, `{2,}` or `{2,3}`, of at most three digits each.
    fn count(&mut self) -> bool {
        let Some(end) = self.bytes[self.at..].iter().position(|byte| *byte == b'}') else {
            return false;
        };
        let text = std::str::from_utf8(&self.bytes[self.at..self.at + end]).unwrap_or_default();
        self.at += end + 1;
        let number = |text: &str| {
            (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        match text.split_once(',') {
            None => number(text),
            Some((low, "")) => number(low),
            Some((low, high)) => {
                number(low) && number(high) && low.parse::<u32>().ok() <= high.parse::<u32>().ok()
            }
        }
    }

    /// An escape outside of a class.
    fn escape(&mut self) -> bool {
        self.next().is_some_and(|byte| {
            matches!(byte, b'd' | b'D' | b'w' | b'W' | b't' | b'n' | b'r' | b'f')
                || byte.is_ascii_punctuation()
        })
    }

    /// A class without one in it, and ranges between plain characters alone.
    fn class(&mut self) -> bool {
        if self.bytes.get(self.at) == Some(&b'^') {
            self.at += 1;
        }
        // The item before: a plain character, which can start a range.
        let (mut before, mut is_empty) = (None, true);
        while let Some(byte) = self.next() {
            match byte {
                b']' => return !is_empty,
                b'[' | b'&' | b'^' => return false,
                b'-' => {
                    let is_last = self.bytes.get(self.at) == Some(&b']');
                    match before.take() {
                        _ if is_last => {}
                        Some(low) if self.plain().is_some_and(|high| low <= high) => {}
                        None if is_empty => {}
                        Some(_) | None => return false,
                    }
                }
                b'\\' => {
                    before = self.bytes.get(self.at).copied();
                    before = before.filter(u8::is_ascii_punctuation);
                    if !self.escape() {
                        return false;
                    }
                }
                byte => before = Some(byte),
            }
            is_empty = false;
        }
        false
    }

    /// The end of a range.
    fn plain(&mut self) -> Option<u8> {
        match self.next()? {
            b'\\' => self.next().filter(u8::is_ascii_punctuation),
            b'[' | b']' | b'&' | b'^' | b'-' => None,
            byte => Some(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn patterns_of_one_meaning_are_portable() {
        for portable in [
            "^[a-z0-9_-]{1,20}$",
            "^\\d{4}-\\d{2}$",
            "a|b",
            "^(?:GET|PUT)$",
            "^[A-Za-z\\.\\-]+?$",
            "^$",
            "\\{x\\}",
            "[-a]",
            "^\\+?[1-9]\\d{1,14}$",
            "[a-z ]",
            "[\\w.]+",
            "[\\]\\[]",
        ] {
            assert!(super::is_portable(portable), "{portable}");
        }
    }

    #[test]
    fn patterns_of_two_meanings_are_not_portable() {
        for doubtful in [
            "\\s+",
            "\\bword",
            "a++",
            "(?=x)",
            "(?<n>x)",
            "\\1",
            "[[:alpha:]]",
            "[a&&b]",
            "[\\w-.]",
            "a{",
            "a{x}",
            "{2}",
            "]",
            "}",
            "\\p{L}",
            "\\u00e9",
            "é",
            "[]",
            "[^]",
            "(",
            ")",
            "*",
            "a{3,2}",
            "[z-a]",
            "^*",
            "[a-\\d]",
            "(?i)a",
            "\\",
            "[a",
            "\\cA",
        ] {
            assert!(!super::is_portable(doubtful), "{doubtful}");
        }
    }
}
