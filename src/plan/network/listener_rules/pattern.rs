//! Path templates as path patterns of a rule, and which requests they meet.
//!
//! In: a path template. Out: `Pattern`. Pure.
//! Source: docs/aws-rules.md#l13 (alphabet, 128 characters, `*` crosses `/`, case-sensitive).

use std::sync::Arc;

use super::shape::{PatternShape, TemplateShape};

/// Longest value of a condition. Unit: characters.
const MAX_CHARACTERS: usize = 128;

/// Where the balancer answers health checks of the balancer before it (L21).
pub const HEALTH_PATH: &str = "/__gwgen_health";

/// How particular a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Literal,
    /// Literal text and wildcards.
    Partial,
    Variable,
}

/// What stands at one place of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Token {
    Character(u8),
    /// One or more bytes without a slash.
    Variable,
    /// One or more bytes of any kind.
    Rest,
}

/// A template and the pattern that stands for it.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    /// The value of the condition.
    pub(crate) text: Arc<str>,
    pub(crate) wildcards: usize,
    /// Of the pattern.
    pub(crate) slashes: usize,
    /// Of the pattern's segments, from the left.
    pub(crate) kinds: Vec<Kind>,
    /// Of the template.
    template: Vec<Token>,
    /// The template with a `*` for each variable; none where the pattern says just that.
    unshortened: Option<Arc<str>>,
    /// Kinds of the template's segments; none where they are those of the pattern.
    own_kinds: Option<Vec<Kind>>,
    /// The first segment of the template that takes any number of segments.
    rest: Option<usize>,
    /// Of the template.
    own_slashes: usize,
    /// The pattern says neither more nor less than the template, for requests with as many slashes.
    pub(crate) is_exact: bool,
    /// The template takes any number of segments.
    pub(crate) is_greedy: bool,
}

impl Pattern {
    /// The pattern of a path template: `/users/{id}` is `/users/*`.
    pub(crate) fn of(path: &str) -> Self {
        Self::of_template(tokens(path))
    }

    fn of_template(template: Vec<Token>) -> Self {
        let slashes_of = |tokens: &[Token]| {
            tokens
                .iter()
                .filter(|it| **it == Token::Character(b'/'))
                .count()
        };
        let kinds_of = |text: &str| text.split('/').skip(1).map(kind).collect::<Vec<Kind>>();
        let whole = starred(&template);
        let (text, is_shortened) = spelled(whole.clone());
        let slashes = text.bytes().filter(|it| *it == b'/').count();
        let rest = template.iter().position(|it| *it == Token::Rest);
        Self {
            own_kinds: is_shortened.then(|| kinds_of(&whole)),
            unshortened: is_shortened.then(|| whole.into()),
            own_slashes: slashes_of(&template),
            rest: rest.map(|at| slashes_of(&template[..at]).saturating_sub(1)),
            wildcards: text.bytes().filter(|it| *it == b'*').count(),
            slashes,
            kinds: kinds_of(&text),
            is_exact: !is_shortened,
            is_greedy: rest.is_some(),
            text: text.into(),
            template,
        }
    }

    /// A literal path and all that is below it.
    pub(crate) fn subtree(literal: &str) -> Self {
        Self::of(&format!("{literal}/{{rest+}}"))
    }

    /// Whether the pattern takes every request of the other's template.
    ///
    /// A wildcard of the template stands for itself, so only a wildcard of the pattern can take it.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let pattern = self.text.as_bytes();
        let (mut at, mut star) = (0, None);
        let mut index = 0;
        while index < other.template.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    star = Some((at, index));
                    at += 1;
                }
                Some(byte) if other.template[index] == Token::Character(*byte) => {
                    (at, index) = (at + 1, index + 1)
                }
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
    pub(crate) fn meets(&self, other: &Self) -> bool {
        if self.slashes > other.slashes_of_template() && !other.is_greedy {
            return false;
        }
        if let Some(is_met) = self.meets_by_segments(other) {
            return is_met;
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

    /// Whether the pattern takes some request of the other's template, where no `*` can cross a
    /// slash and each stands for a whole segment.
    fn meets_by_segments(&self, other: &Self) -> Option<bool> {
        let is_whole = |kinds: &[Kind]| !kinds.contains(&Kind::Partial);
        let is_aligned = self.slashes == other.own_slashes
            && !other.is_greedy
            && is_whole(&self.kinds)
            && is_whole(other.kinds_of_template());
        let own = other.unshortened.as_ref().unwrap_or(&other.text);
        if !is_aligned || !self.text.starts_with('/') || !own.starts_with('/') {
            return None;
        }
        let is_met = |(pattern, template): (&str, &str)| {
            pattern == "*" || pattern == template || (template == "*" && !pattern.is_empty())
        };
        Some(self.text.split('/').zip(own.split('/')).all(is_met))
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.text == other.text
    }

    /// What the pattern stands for; two templates may have one pattern.
    pub(crate) fn template(&self) -> &[Token] {
        &self.template
    }

    fn slashes_of_template(&self) -> usize {
        self.own_slashes
    }

    /// Segments of the pattern.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.text.split('/').skip(1).collect()
    }

    /// Segments of the template, with a `*` for each variable.
    pub(crate) fn own_segments(&self) -> Vec<&str> {
        self.unshortened
            .as_ref()
            .unwrap_or(&self.text)
            .split('/')
            .skip(1)
            .collect()
    }

    /// The pattern says what its template does, which has as many slashes as each of its requests.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_exact && !self.is_greedy
    }

    pub(crate) fn shape(&self) -> PatternShape {
        PatternShape {
            kinds: self.kinds.clone(),
            is_plain: self.is_plain(),
            is_rooted: self.text.starts_with('/'),
        }
    }

    pub(crate) fn own_shape(&self) -> TemplateShape {
        let is_rooted = self.template.first() == Some(&Token::Character(b'/'));
        TemplateShape {
            kinds: self.kinds_of_template().to_vec(),
            rest: self.rest,
            is_rooted,
        }
    }

    /// Whether a request that both take is the other's own: it has as many slashes, and is more
    /// particular where they first differ.
    pub(crate) fn yields_to(&self, other: &Self) -> bool {
        let is_literal = other.wildcards == 0;
        let same_length =
            self.slashes_of_template() == other.slashes && other.is_exact && !other.is_greedy;
        is_literal
            || (!self.is_greedy && same_length && other.kinds[..] < *self.kinds_of_template())
    }

    /// Kinds of the template's own segments, which a shortened pattern no longer has.
    pub(crate) fn kinds_of_template(&self) -> &[Kind] {
        self.own_kinds.as_ref().unwrap_or(&self.kinds)
    }

    /// The template with the literal segments of a pattern that takes some of its requests: all
    /// these requests are the result's.
    ///
    /// `None` where a wildcard may stand for several of the segments.
    pub(crate) fn within(&self, other: &Self) -> Option<Self> {
        // Where both have as many slashes no `*` of the pattern crosses one; else only its start is
        // known to stand where it does.
        let is_aligned =
            !self.is_greedy && !other.is_greedy && other.slashes == self.slashes_of_template();
        let known = if is_aligned {
            other.kinds.len()
        } else {
            other.literal_start().count()
        };
        let mut template = Vec::with_capacity(self.template.len());
        let mut rest = self.template.as_slice();
        for (text, kind) in other.text.split('/').skip(1).zip(&other.kinds).take(known) {
            let (slash, inside) = rest
                .split_first()
                .filter(|it| *it.0 == Token::Character(b'/'))?;
            let end = inside
                .iter()
                .position(|it| *it == Token::Character(b'/'))
                .unwrap_or(inside.len());
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
    pub(crate) fn literal_start(&self) -> impl Iterator<Item = &str> {
        self.text
            .split('/')
            .skip(1)
            .zip(&self.kinds)
            .take_while(|(_, kind)| **kind == Kind::Literal)
            .map(|(text, _)| text)
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

/// Variables, and characters that a pattern cannot say, are tokens that take any text of a segment.
/// A query is no part of a path.
fn tokens(path: &str) -> Vec<Token> {
    let path = &path[..path.find(['?', '#']).unwrap_or(path.len())];
    let mut tokens = Vec::with_capacity(path.len());
    let mut push = |token| {
        let repeats =
            matches!(token, Token::Variable) && matches!(tokens.last(), Some(Token::Variable));
        if !repeats {
            tokens.push(token);
        }
    };
    let mut rest = path;
    while let Some(byte) = rest.bytes().next() {
        let variable = if byte == b'{' { rest.find('}') } else { None };
        match variable {
            Some(end) => {
                push(if rest[..end].ends_with('+') {
                    Token::Rest
                } else {
                    Token::Variable
                });
                rest = &rest[end + 1..];
            }
            None => {
                push(if is_legal(byte) {
                    Token::Character(byte)
                } else {
                    Token::Variable
                });
                let width = rest.chars().next().map_or(1, char::len_utf8);
                rest = &rest[width..];
            }
        }
    }
    tokens
}

/// The template with a `*` for each variable.
fn starred(template: &[Token]) -> String {
    let character = |token: &Token| match token {
        Token::Character(byte) => char::from(*byte),
        Token::Variable | Token::Rest => '*',
    };
    template.iter().map(character).collect()
}

/// The pattern of such a text, and whether it had to be shortened: it then takes more than the
/// template.
fn spelled(mut text: String) -> (String, bool) {
    let mut is_shortened = false;
    // The last one that there is room for stands for all the others as well.
    let last_kept = text
        .match_indices('*')
        .nth(super::MAX_WILDCARDS - 1)
        .map(|(at, _)| at);
    if let (Some(from), Some(to)) = (
        last_kept,
        text.rfind('*')
            .filter(|it| last_kept.is_some_and(|from| from < *it)),
    ) {
        is_shortened = true;
        text.replace_range(from..to, "");
    }
    if text.len() > MAX_CHARACTERS {
        is_shortened = true;
        // ASCII only: every other character became a wildcard.
        text.truncate(MAX_CHARACTERS - 1);
        while text.bytes().filter(|it| *it == b'*').count() >= super::MAX_WILDCARDS
            || text.ends_with('*')
        {
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
