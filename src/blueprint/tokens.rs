//! The tokens of a Terraform expression.
//! In: text. Out: `ExpressionToken`s, quoted templates opened up; comments left out. Pure.

/// Deepest nesting of brackets and templates: the parser recurses.
const MAX_DEPTH: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Identifier,
    Number,
    /// Text inside of quotes.
    Literal,
    OpenQuote,
    CloseQuote,
    /// `${` or `%{`.
    OpenTemplate,
    CloseTemplate,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParenthesis,
    CloseParenthesis,
    Comma,
    Dot,
    Ellipsis,
    Colon,
    DoubleColon,
    Minus,
    Bang,
    Operator,
    Newline,
}

/// Tokens that open and close a part of an expression.
const PAIRS: [(TokenKind, TokenKind); 4] = [
    (TokenKind::OpenBrace, TokenKind::CloseBrace),
    (TokenKind::OpenBracket, TokenKind::CloseBracket),
    (TokenKind::OpenParenthesis, TokenKind::CloseParenthesis),
    (TokenKind::OpenTemplate, TokenKind::CloseTemplate),
];

impl TokenKind {
    pub(crate) fn opens(self) -> bool {
        PAIRS.iter().any(|(open, _)| *open == self)
    }

    pub(crate) fn closes(self) -> bool {
        PAIRS.iter().any(|(_, close)| *close == self)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpressionToken {
    pub(crate) kind: TokenKind,
    pub(crate) text: String,
}

/// Longest first.
const SIGNS: &[(&str, TokenKind)] = &[
    ("...", TokenKind::Ellipsis),
    ("::", TokenKind::DoubleColon),
    ("=>", TokenKind::Operator),
    ("==", TokenKind::Operator),
    ("!=", TokenKind::Operator),
    (">=", TokenKind::Operator),
    ("<=", TokenKind::Operator),
    ("&&", TokenKind::Operator),
    ("||", TokenKind::Operator),
    ("{", TokenKind::OpenBrace),
    ("}", TokenKind::CloseBrace),
    ("[", TokenKind::OpenBracket),
    ("]", TokenKind::CloseBracket),
    ("(", TokenKind::OpenParenthesis),
    (")", TokenKind::CloseParenthesis),
    (",", TokenKind::Comma),
    (".", TokenKind::Dot),
    (":", TokenKind::Colon),
    ("-", TokenKind::Minus),
    ("!", TokenKind::Bang),
    ("=", TokenKind::Operator),
    (">", TokenKind::Operator),
    ("<", TokenKind::Operator),
    ("+", TokenKind::Operator),
    ("*", TokenKind::Operator),
    ("/", TokenKind::Operator),
    ("%", TokenKind::Operator),
    ("?", TokenKind::Operator),
];

struct Lexer<'a> {
    rest: &'a str,
    tokens: Vec<ExpressionToken>,
    /// Open brackets, templates and quotes, the outermost first.
    open: Vec<TokenKind>,
}

/// The tokens of a text.
pub(crate) fn tokens(text: &str) -> Result<Vec<ExpressionToken>, String> {
    let mut lexer = Lexer {
        rest: text,
        tokens: Vec::new(),
        open: Vec::new(),
    };
    while !lexer.rest.is_empty() {
        if lexer.open.len() > MAX_DEPTH {
            return Err(format!("it nests more than {MAX_DEPTH} levels deep"));
        }
        if lexer.open.last() == Some(&TokenKind::OpenQuote) {
            lexer.quoted()?
        } else {
            lexer.next()?
        }
    }
    if lexer.open.is_empty() {
        Ok(lexer.tokens)
    } else {
        Err("a bracket or a quote is not closed".to_owned())
    }
}

impl Lexer<'_> {
    fn push(&mut self, kind: TokenKind, length: usize) {
        let (text, rest) = self.rest.split_at(length);
        self.tokens.push(ExpressionToken {
            kind,
            text: text.to_owned(),
        });
        self.rest = rest;
    }

    fn skip(&mut self, length: usize) {
        self.rest = &self.rest[length..];
    }

    fn next(&mut self) -> Result<(), String> {
        let first = self.rest.chars().next().unwrap_or('\0');
        if let Some(comment) = self.rest.strip_prefix("/*") {
            let end = comment.find("*/").ok_or("a comment is not closed")?;
            self.skip(end + 4);
        } else if first == '#' || self.rest.starts_with("//") {
            self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("<<") {
            return Err("a heredoc needs lines of its own".to_owned());
        } else if first == '\n' {
            self.push(TokenKind::Newline, 1);
        } else if matches!(first, ' ' | '\t' | '\r') {
            self.skip(1);
        } else if first == '"' {
            self.push(TokenKind::OpenQuote, 1);
            self.open.push(TokenKind::OpenQuote);
        } else if first.is_alphabetic() || first == '_' {
            let end = self
                .rest
                .find(|character: char| {
                    !(character.is_alphanumeric() || character == '_' || character == '-')
                })
                .unwrap_or(self.rest.len());
            self.push(TokenKind::Identifier, end);
        } else if first.is_ascii_digit() {
            self.push(TokenKind::Number, number(self.rest));
        } else {
            self.sign()?;
        }
        Ok(())
    }

    fn sign(&mut self) -> Result<(), String> {
        let in_template = self.open.last() == Some(&TokenKind::OpenTemplate);
        if in_template && self.rest.starts_with("~}") {
            self.open.pop();
            self.push(TokenKind::CloseTemplate, 2);
            return Ok(());
        }
        let Some((sign, kind)) = SIGNS.iter().find(|(sign, _)| self.rest.starts_with(sign)) else {
            return Err(format!(
                "`{}` does not belong there",
                self.rest
                    .chars()
                    .next()
                    .unwrap_or_default()
                    .escape_default()
            ));
        };
        let kind = if *kind == TokenKind::CloseBrace && in_template {
            TokenKind::CloseTemplate
        } else {
            *kind
        };
        if kind.opens() {
            self.open.push(kind);
        }
        if kind.closes()
            && !self
                .open
                .pop()
                .is_some_and(|open| PAIRS.contains(&(open, kind)))
        {
            return Err(format!("`{sign}` closes nothing"));
        }
        self.push(kind, sign.len());
        Ok(())
    }

    /// One part of a quoted template.
    fn quoted(&mut self) -> Result<(), String> {
        let bytes = self.rest.as_bytes();
        if bytes[0] == b'"' {
            self.open.pop();
            self.push(TokenKind::CloseQuote, 1);
            return Ok(());
        }
        if matches!(bytes[0], b'$' | b'%') && bytes.get(1) == Some(&b'{') {
            self.open.push(TokenKind::OpenTemplate);
            self.push(
                TokenKind::OpenTemplate,
                if bytes.get(2) == Some(&b'~') { 3 } else { 2 },
            );
            return Ok(());
        }
        let mut index = 0;
        while index < bytes.len() {
            match bytes[index] {
                b'"' => break,
                b'\n' => return Err("a quoted text ends on its own line".to_owned()),
                b'\\' => index += 2,
                // Of several signs before a brace, all but the last are literal.
                sign @ (b'$' | b'%') => {
                    let run = bytes[index..]
                        .iter()
                        .take_while(|byte| **byte == sign)
                        .count();
                    let braced = bytes.get(index + run) == Some(&b'{');
                    if braced && run == 1 {
                        break;
                    }
                    index += run + usize::from(braced);
                }
                _ => index += 1,
            }
        }
        if index >= bytes.len() || !self.rest.is_char_boundary(index) {
            return Err("a quote is not closed".to_owned());
        }
        self.push(TokenKind::Literal, index);
        Ok(())
    }
}

/// Length of the number that the text starts with.
fn number(text: &str) -> usize {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(0);
    if text[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let power = digits(end + 1 + sign);
        if power > 0 {
            end += 1 + sign + power;
        }
    }
    end
}
