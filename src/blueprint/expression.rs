//! The user's Terraform expressions: parsed, and respaced on one line as `terraform fmt` would.
//! In: the text of `{expr: ...}`. Out: the same tokens with Terraform's spacing, or why it is no
//! expression. Pure.
//! Tokens are never changed: what comes out is read again and compared with what went in.

use super::tokens::{ExpressionToken, TokenKind, tokens};

/// Longest expression. Unit: bytes. More than that is a module's business; the parser recurses, so
/// it is a bound on the stack too.
const MAX_BYTES: usize = 2_048;

/// The expression with the spacing of `terraform fmt`, on one line.
pub(crate) fn formatted(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.len() > MAX_BYTES {
        return Err(format!(
            "it has {} bytes; at most {MAX_BYTES} are read",
            text.len()
        ));
    }
    let parts = on_one_line(tokens(text)?);
    let line = spaced(&parts);
    parse(&line)?;
    if tokens(&line).ok().as_deref() != Some(&parts[..]) {
        return Err("it cannot be written on one line".to_owned());
    }
    Ok(spaced(unwrapped(&parts)))
}

fn parse(text: &str) -> Result<(), String> {
    text.parse::<hcl::Expression>().map(drop).map_err(|error| {
        let text = error.to_string();
        let what = text.lines().last().unwrap_or_default();
        what.trim_start_matches([' ', '|', '=']).to_owned()
    })
}

/// Line ends become spaces, and commas between the items of an object.
fn on_one_line(all: Vec<ExpressionToken>) -> Vec<ExpressionToken> {
    let mut open: Vec<bool> = Vec::new();
    let mut line: Vec<ExpressionToken> = Vec::new();
    for (index, token) in all.iter().enumerate() {
        let next = all[index + 1..]
            .iter()
            .find(|token| token.kind != TokenKind::Newline);
        if token.kind == TokenKind::Newline {
            let in_object = open.last() == Some(&true);
            let separated = line
                .last()
                .is_none_or(|last| matches!(last.kind, TokenKind::OpenBrace | TokenKind::Comma));
            let ends = next
                .is_none_or(|next| matches!(next.kind, TokenKind::CloseBrace | TokenKind::Comma));
            if in_object && !separated && !ends {
                line.push(ExpressionToken {
                    kind: TokenKind::Comma,
                    text: ",".to_owned(),
                });
            }
            continue;
        }
        if token.kind.opens() {
            let is_object = token.kind == TokenKind::OpenBrace;
            open.push(is_object && next.is_some_and(|next| next.text != "for"));
        }
        if token.kind.closes() {
            open.pop();
            line.pop_if(|last| last.kind == TokenKind::Comma);
        }
        line.push(token.clone());
    }
    line
}

/// Returns the tokens inside `"${...}"` where the text has nothing else, as `terraform fmt` does;
/// otherwise all tokens.
fn unwrapped(all: &[ExpressionToken]) -> &[ExpressionToken] {
    let [first, second, inside @ .., before, last] = all else {
        return all;
    };
    let wrapped = first.kind == TokenKind::OpenQuote
        && second.text == "${"
        && before.text == "}"
        && last.kind == TokenKind::CloseQuote;
    if !wrapped || inside.is_empty() || before.kind != TokenKind::CloseTemplate {
        return all;
    }
    let mut quotes = 0_usize;
    for token in inside {
        if token.kind == TokenKind::OpenQuote {
            quotes += 1;
        } else if token.kind == TokenKind::CloseQuote {
            quotes = quotes.saturating_sub(1);
        }
        let is_template = matches!(
            token.kind,
            TokenKind::OpenTemplate | TokenKind::CloseTemplate
        );
        if is_template && quotes == 0 {
            return all;
        }
    }
    inside
}

fn spaced(all: &[ExpressionToken]) -> String {
    let mut line = String::new();
    for (index, token) in all.iter().enumerate() {
        line.push_str(&token.text);
        let before = index.checked_sub(1).map(|index| &all[index]);
        if all
            .get(index + 1)
            .is_some_and(|after| has_space(before, token, after))
        {
            line.push(' ');
        }
    }
    line
}

/// Returns whether `terraform fmt` puts a space between two tokens.
///
/// Source: hashicorp/hcl, hclwrite/format.go, `spaceAfterToken`,
/// <https://github.com/hashicorp/hcl/blob/main/hclwrite/format.go>, as of 2.20; compared with
/// `terraform fmt` 1.11.4.
fn has_space(
    before: Option<&ExpressionToken>,
    subject: &ExpressionToken,
    after: &ExpressionToken,
) -> bool {
    use TokenKind::{
        Bang, CloseBrace, CloseQuote, CloseTemplate, Colon, Comma, Dot, DoubleColon, Ellipsis,
        Identifier, Literal, Minus, Number, OpenBrace, OpenBracket, OpenParenthesis, OpenQuote,
        OpenTemplate,
    };
    match (subject.kind, after.kind) {
        (Identifier, OpenParenthesis | DoubleColon) | (DoubleColon, Identifier) => false,
        (Dot, _) | (_, Dot | Comma | Ellipsis) => false,
        (Comma, _) => true,
        (Literal | OpenQuote, _) | (_, Literal | CloseQuote) => false,
        (Identifier, _)
            if subject.text == "in" && before.is_some_and(|before| before.kind == Identifier) =>
        {
            true
        }
        (Identifier | Number, OpenBracket) => false,
        (kind, OpenBracket) if kind.closes() => false,
        (Bang, _) => false,
        (Minus, _) => before.is_some_and(|before| {
            !matches!(
                before.kind,
                OpenParenthesis | OpenBrace | OpenBracket | Colon | Comma | Minus | Bang
            ) && !matches!(
                before.text.as_str(),
                "=" | "?"
                    | "+"
                    | "*"
                    | "/"
                    | "%"
                    | "=="
                    | "!="
                    | ">"
                    | ">="
                    | "<"
                    | "<="
                    | "&&"
                    | "||"
            )
        }),
        (OpenBrace, CloseBrace) => false,
        (OpenBrace, _) | (_, CloseBrace) => true,
        (OpenTemplate, OpenBrace) | (CloseBrace, CloseTemplate) => true,
        (CloseTemplate, OpenTemplate) => false,
        (subject, after) => !subject.opens() && !after.closes(),
    }
}

#[cfg(test)]
mod tests {
    use super::formatted;

    #[test]
    fn spacing_is_that_of_terraform_fmt() {
        for (written, expected) in [
            (" local.vpc_id ", "local.vpc_id"),
            ("var.a+1", "var.a + 1"),
            (
                "[ for s in aws_subnet.x : s.id if s.a!=-1 ]",
                "[for s in aws_subnet.x : s.id if s.a != -1]",
            ),
            ("{a=1,b = 2}", "{ a = 1, b = 2 }"),
            ("{\n a = 1\n b = 2,\n}", "{ a = 1, b = 2 }"),
            (
                "{for k,v in local.m:k=>v...}",
                "{ for k, v in local.m : k => v... }",
            ),
            (
                "concat(\n  local.a,\n  [ \"x${local.b+1}y\" ],\n)",
                "concat(local.a, [\"x${local.b + 1}y\"])",
            ),
            ("aws_subnet.x[*].id", "aws_subnet.x[*].id"),
            ("!var.a?-1:data.x.y [0]", "!var.a ? -1 : data.x.y[0]"),
            ("\"${local.a}\"", "local.a"),
            ("\"${local.a}-${local.b}\"", "\"${local.a}-${local.b}\""),
            ("\"$${a}  %%{b} \\\"\"", "\"$${a}  %%{b} \\\"\""),
            ("a /* why */ . b", "a.b"),
            ("{}", "{}"),
            ("a&&-b>0||!-c", "a && -b > 0 || !-c"),
            ("x # why", "x"),
        ] {
            assert_eq!(formatted(written).as_deref(), Ok(expected), "{written}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        let deep = "(".repeat(1_000) + &")".repeat(1_000);
        for text in [
            "",
            "a b",
            "\"",
            "\"${\"",
            "a = 1",
            "<<EOT\nx\nEOT\n",
            "foo(",
            "}",
            "a\u{0}",
            &deep,
            &"!".repeat(3_000),
            "a; b",
            "x\n}\ny",
        ] {
            assert!(formatted(text).is_err(), "{text}");
        }
        for operator in ["!", "-", "a?b:", "1+", "[", "{a={a=", "\"${", "a(", "f(["] {
            let _ = formatted(&operator.repeat(2_048 / operator.len()));
        }
    }
}
