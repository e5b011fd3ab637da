//! Path templates as path patterns of a rule, and which requests they meet.
//!
//! In: a path template. Out: `Pattern`. Pure.
//! Source: AWS-RULES L13 (alphabet, 128 characters, `*` crosses `/`, case-sensitive).

use std::sync::Arc;

/// Longest value of a condition. Unit: characters.
const MAX_CHARACTERS: usize = 128;

/// Where the balancer answers health checks of the balancer before it (L21).
pub const HEALTH_PATH: &str = "/__gwgen_health";

/// How particular a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Literal,
    /// Literal text and wildcards.
    Partial,
    Variable,
}

/// What stands at one place of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Character(u8),
    /// One or more bytes without a slash.
    Variable,
    /// One or more bytes of any kind.
    Rest,
}

/// A template and the pattern that stands for it.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Pattern {
    /// The value of the condition.
    pub(super) text: Arc<str>,
    pub(super) wildcards: usize,
    /// Of the pattern.
    pub(super) slashes: usize,
    /// Of the pattern's segments, from the left.
    pub(super) kinds: Vec<Kind>,
    /// Of the template.
    template: Vec<Token>,
    /// The pattern says neither more nor less than the template, for requests with as many slashes.
    pub(super) is_exact: bool,
    /// The template takes any number of segments.
    pub(super) is_greedy: bool,
}

impl Pattern {
    /// The pattern of a path template: `/users/{id}` is `/users/*`.
    pub(in crate::plan) fn of(path: &str) -> Self {
        Self::of_template(tokens(path))
    }

    fn of_template(template: Vec<Token>) -> Self {
        let slashes_of = |text: &str| text.bytes().filter(|it| *it == b'/').count();
        let (text, is_shortened) = spelled(&template);
        let slashes = slashes_of(&text);
        Self {
            wildcards: text.bytes().filter(|it| *it == b'*').count(),
            slashes,
            kinds: text.split('/').skip(1).map(kind).collect(),
            is_exact: !is_shortened,
            is_greedy: template.contains(&Token::Rest),
            text: text.into(),
            template,
        }
    }

    /// A literal path and all that is below it.
    pub(super) fn subtree(literal: &str) -> Self {
        Self::of(&format!("{literal}/{{rest+}}"))
    }

    /// Whether the pattern takes every request of the other's template.
    ///
    /// A wildcard of the template stands for itself, so only a wildcard of the pattern can take it.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let pattern = self.text.as_bytes();
        let (mut at, mut star) = (0, None);
        let mut index = 0;
        while index < other.template.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    star = Some((at, index));
                    at += 1;
                }
                Some(byte) if other.template[index] == Token::Character(*byte) => (at, index) = (at + 1, index + 1),
                _ => match star {
                    Some((of, taken)) => {
                        star = Some((of, taken + 1));
                        (at, index) = (of + 1, taken + 1);
                    }
                    None => return false,
                },
            }
        }
        pattern[at..].iter().all(|it| *it == b'*')
    }

    /// Whether the pattern takes some request of the other's template.
    pub(in crate::plan) fn meets(&self, other: &Self) -> bool {
        if self.slashes > other.slashes_of_template() && !other.is_greedy {
            return false;
        }
        let pattern = self.text.as_bytes();
        // Which places of the pattern can be reached, token by token.
        let mut reached = vec![false; pattern.len() + 1];
        reached[0] = true;
        skip_stars(pattern, &mut reached);
        for token in &other.template {
            reached = match token {
                Token::Character(byte) => step(pattern, &reached, |it| it == *byte),
                Token::Variable => repeat(pattern, &reached, |it| it != b'/'),
                Token::Rest => repeat(pattern, &reached, |_| true),
            };
            if !reached.contains(&true) {
                return false;
            }
        }
        reached[pattern.len()]
    }

    pub(in crate::plan) fn is_same(&self, other: &Self) -> bool {
        self.text == other.text
    }

    fn slashes_of_template(&self) -> usize {
        self.template.iter().filter(|it| **it == Token::Character(b'/')).count()
    }

    /// Whether a request that both take is the other's own: it has as many slashes, and is more particular where they first differ.
    pub(super) fn yields_to(&self, other: &Self) -> bool {
        let is_literal = other.wildcards == 0;
        let same_length = self.slashes_of_template() == other.slashes && other.is_exact && !other.is_greedy;
        is_literal || (!self.is_greedy && same_length && other.kinds < self.kinds_of_template())
    }

    /// Kinds of the template's own segments, which a shortened pattern no longer has.
    fn kinds_of_template(&self) -> Vec<Kind> {
        if self.is_exact {
            return self.kinds.clone();
        }
        let mut text = String::new();
        for token in &self.template {
            match token {
                Token::Character(byte) => text.push(char::from(*byte)),
                Token::Variable | Token::Rest => text.push('*'),
            }
        }
        text.split('/').skip(1).map(kind).collect()
    }

    /// The template with the literal segments of a pattern that takes some of its requests: all these requests are the result's.
    ///
    /// `None` where a wildcard may stand for several of the segments.
    pub(super) fn within(&self, other: &Self) -> Option<Self> {
        // Where both have as many slashes no `*` of the pattern crosses one; else only its start is known to stand where it does.
        let is_aligned = !self.is_greedy && !other.is_greedy && other.slashes == self.slashes_of_template();
        let known = if is_aligned { other.kinds.len() } else { other.literal_start().count() };
        let mut template = Vec::with_capacity(self.template.len());
        let mut rest = self.template.as_slice();
        for (text, kind) in other.text.split('/').skip(1).zip(&other.kinds).take(known) {
            let (slash, inside) = rest.split_first().filter(|it| *it.0 == Token::Character(b'/'))?;
            let end = inside.iter().position(|it| *it == Token::Character(b'/')).unwrap_or(inside.len());
            let own = &inside[..end];
            if own.contains(&Token::Rest) {
                return None;
            }
            template.push(*slash);
            match kind {
                Kind::Literal => template.extend(text.bytes().map(Token::Character)),
                Kind::Partial | Kind::Variable => template.extend_from_slice(own),
            }
            rest = &inside[end..];
        }
        template.extend_from_slice(rest);
        Some(Self::of_template(template))
    }

    /// Literal segments from the left.
    pub(super) fn literal_start(&self) -> impl Iterator<Item = &str> {
        self.text.split('/').skip(1).zip(&self.kinds).take_while(|(_, kind)| **kind == Kind::Literal).map(|(text, _)| text)
    }
}

fn kind(segment: &str) -> Kind {
    match segment {
        "*" => Kind::Variable,
        text if text.contains('*') => Kind::Partial,
        _ => Kind::Literal,
    }
}

/// What a rule may say for itself.
fn is_legal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.$/~\"'@:+&".contains(&byte)
}

/// Variables, and characters that a pattern cannot say, are tokens that take any text of a segment. A query is no part of a path.
fn tokens(path: &str) -> Vec<Token> {
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let mut tokens = Vec::with_capacity(path.len());
    let mut push = |token| {
        let repeats = matches!(token, Token::Variable) && matches!(tokens.last(), Some(Token::Variable));
        if !repeats {
            tokens.push(token);
        }
    };
    let mut rest = path;
    while let Some(byte) = rest.bytes().next() {
        let variable = if byte == b'{' { rest.find('}') } else { None };
        match variable {
            Some(end) => {
                push(if rest[..end].ends_with('+') { Token::Rest } else { Token::Variable });
                rest = &rest[end + 1..];
            }
            None => {
                push(if is_legal(byte) { Token::Character(byte) } else { Token::Variable });
                let width = rest.chars().next().map_or(1, char::len_utf8);
                rest = &rest[width..];
            }
        }
    }
    tokens
}

/// The pattern, and whether it had to be shortened: it then takes more than the template.
fn spelled(template: &[Token]) -> (String, bool) {
    let mut text = String::with_capacity(template.len());
    for token in template {
        match token {
            Token::Character(byte) => text.push(char::from(*byte)),
            Token::Variable | Token::Rest => text.push('*'),
        }
    }
    let mut is_shortened = false;
    while text.bytes().filter(|it| *it == b'*').count() > super::MAX_WILDCARDS {
        is_shortened = true;
        let last = text.rfind('*').unwrap_or_default();
        let before = text[..last].rfind('*').unwrap_or_default();
        text.replace_range(before..last, "");
    }
    if text.len() > MAX_CHARACTERS {
        is_shortened = true;
        // ASCII only: every other character became a wildcard.
        text.truncate(MAX_CHARACTERS - 1);
        while text.bytes().filter(|it| *it == b'*').count() >= super::MAX_WILDCARDS || text.ends_with('*') {
            text.truncate(text.rfind('*').unwrap_or_default());
        }
        text.push('*');
    }
    (text, is_shortened)
}

fn skip_stars(pattern: &[u8], reached: &mut [bool]) {
    for at in 0..pattern.len() {
        if reached[at] && pattern[at] == b'*' {
            reached[at + 1] = true;
        }
    }
}

/// One byte further, where the byte may be what `is_it` takes.
fn step(pattern: &[u8], reached: &[bool], is_it: impl Fn(u8) -> bool) -> Vec<bool> {
    let mut next = vec![false; reached.len()];
    for at in 0..pattern.len() {
        if reached[at] {
            match pattern[at] {
                b'*' => next[at] = true,
                byte if is_it(byte) => next[at + 1] = true,
                _ => {}
            }
        }
    }
    skip_stars(pattern, &mut next);
    next
}

/// One byte further or more.
fn repeat(pattern: &[u8], reached: &[bool], is_it: impl Fn(u8) -> bool) -> Vec<bool> {
    let mut all = step(pattern, reached, &is_it);
    loop {
        let more = step(pattern, &all, &is_it);
        if more.iter().zip(&all).all(|(new, old)| *old || !*new) {
            return all;
        }
        all.iter_mut().zip(more).for_each(|(old, new)| *old |= new);
    }
}
