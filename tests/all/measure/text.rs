//! Functions, types and comments of a Rust file, read line by line.

/// A function with a body.
pub(super) struct Function {
    pub(super) file: String,
    pub(super) name: String,
    /// Lines of the body that are neither empty nor comments.
    pub(super) lines: usize,
    pub(super) has_tuple_parameter: bool,
}

/// Consecutive comment lines.
pub(super) struct Comment {
    /// Of the first line, from 1.
    pub(super) line: usize,
    pub(super) is_doc: bool,
    pub(super) text: String,
}

impl Comment {
    pub(super) fn has_link(&self) -> bool {
        self.text.contains("http")
            || self.text.contains("docs/aws-rules.md#")
            || self.text.contains("RFC ")
    }
}

/// The file up to its module of unit tests.
pub(super) fn without_tests(text: &str) -> String {
    match text.find("#[cfg(test)]\nmod tests {") {
        Some(at) => text[..at].to_owned(),
        None => text.replace("#[cfg(test)]\nmod tests;\n", ""),
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Indentation and name of a function that begins on a line.
fn function_name(line: &str) -> Option<(usize, &str)> {
    let indent = line.len() - line.trim_start().len();
    let mut words = line.split_whitespace();
    let keywords = [
        "pub",
        "const",
        "async",
        "extern",
        "pub(crate)",
        "pub(super)",
    ];
    let word = words.find(|word| {
        !(keywords.contains(word) || word.starts_with("pub(") || word.starts_with("crate::"))
    });
    if word != Some("fn") {
        return None;
    }
    let name = words.next()?;
    Some((indent, name.split(['(', '<']).next().unwrap_or(name)))
}

pub(super) fn functions(file: &str, text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !is_comment(line))
    {
        let Some((indent, name)) = function_name(line) else {
            continue;
        };
        let ends = |line: &str| line.ends_with('{') || line.ends_with(';') || line.ends_with('}');
        let Some(signature) = lines[start..].iter().position(|line| ends(line)) else {
            continue;
        };
        let body = start + signature;
        if lines[body].ends_with(';') {
            continue;
        }
        let close = format!("{}}}", " ".repeat(indent));
        let end = if lines[body].ends_with('}') {
            body
        } else {
            body + lines[body..]
                .iter()
                .position(|line| *line == close)
                .expect("rustfmt closes a body at its indentation")
        };
        let counted = lines[body + 1..end.max(body + 1)]
            .iter()
            .filter(|line| !line.trim().is_empty() && !is_comment(line));
        found.push(Function {
            file: file.to_owned(),
            name: name.to_owned(),
            lines: counted.count(),
            has_tuple_parameter: has_tuple_parameter(&lines[start..=body].join(" ")),
        });
    }
    found
}

/// Returns whether the type of a parameter is a tuple, or a reference to one.
fn has_tuple_parameter(signature: &str) -> bool {
    let Some(name) = signature.find("fn ") else {
        return false;
    };
    let Some(open) = parameters_start(&signature[name..]) else {
        return false;
    };
    let mut depth = 0_usize;
    let mut previous = "";
    let rest = &signature[name + open..];
    for (at, character) in rest.char_indices() {
        match character {
            '(' | '[' | '<' | '{' => {
                let before = rest[..at].trim_end_matches(['&', ' ', '_']);
                let is_type =
                    depth == 1 && character == '(' && (before.ends_with(':') || previous == "&'");
                if is_type {
                    return true;
                }
                depth += 1;
            }
            '>' if rest[..at].ends_with(['-', '=']) => {}
            ')' | ']' | '>' | '}' => {
                depth -= 1;
                if depth == 0 {
                    return false;
                }
            }
            _ => {}
        }
        previous = if rest[..at].ends_with('&') && character == '\'' {
            "&'"
        } else {
            previous
        };
        if character == ',' {
            previous = "";
        }
    }
    false
}

/// Position of the parenthesis before the parameters, after those of generics.
fn parameters_start(signature: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in signature.char_indices() {
        match character {
            '<' => depth += 1,
            '>' if !signature[..at].ends_with(['-', '=']) => depth -= 1,
            '(' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// Names of structs, enums, traits and aliases at the top of a file.
pub(super) fn types(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with([' ', '/'])) {
        let mut words = line
            .split_whitespace()
            .skip_while(|word| word.starts_with("pub"));
        if words
            .next()
            .is_some_and(|word| matches!(word, "struct" | "enum" | "trait" | "type"))
        {
            let name = words.next().unwrap_or_default();
            found.push(
                name.split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
    }
    found
}

/// Counts a name in code.
pub(super) fn count_word(text: &str, name: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let code = text.lines().filter(|line| !is_comment(line));
    code.map(|line| {
        line.split(|c| !is_word(c))
            .filter(|word| *word == name)
            .count()
    })
    .sum()
}

pub(super) fn comments(text: &str) -> Vec<Comment> {
    let mut found: Vec<Comment> = Vec::new();
    let mut continues = false;
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let is_doc = trimmed.starts_with("///") || trimmed.starts_with("//!");
        if !trimmed.starts_with("//") {
            continues = false;
            continue;
        }
        let own = trimmed.trim_start_matches(['/', '!']).trim();
        match found
            .last_mut()
            .filter(|last| continues && last.is_doc == is_doc)
        {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(own);
            }
            None => found.push(Comment {
                line: index + 1,
                is_doc,
                text: own.to_owned(),
            }),
        }
        continues = true;
    }
    found
}

/// Modules of a file, in the order of their `mod` lines.
pub(super) fn submodules(text: &str) -> Vec<&str> {
    let declared = text
        .lines()
        .filter_map(|line| line.strip_suffix(';')?.split_once("mod "));
    declared
        .filter(|(before, _)| before.is_empty() || before.starts_with("pub"))
        .map(|(_, name)| name)
        .collect()
}
