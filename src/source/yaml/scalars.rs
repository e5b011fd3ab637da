//! Plain scalars of YAML 1.2 as JSON literals.

/// Returns the JSON literal of a plain scalar that is not text.
///
/// Source: YAML 1.2.2, section 10.3.2 "Tag Resolution" of the core schema,
/// <https://yaml.org/spec/1.2.2/#1032-tag-resolution>, read 2026-11-22.
pub(crate) fn core_schema(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some("null".into()),
        "true" | "True" | "TRUE" => return Some("true".into()),
        "false" | "False" | "FALSE" => return Some("false".into()),
        _ => {}
    }
    let first = text.as_bytes()[0];
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) {
        return None;
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16)
            .ok()
            .filter(|_| !digits.starts_with('+'))
            .map(|number| number.to_string().into());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u64::from_str_radix(digits, 8)
            .ok()
            .filter(|_| !digits.starts_with('+'))
            .map(|number| number.to_string().into());
    }
    let (sign, digits) = match first {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    decimal(digits).map(|digits| {
        if sign.is_empty() {
            digits
        } else {
            format!("{sign}{digits}").into()
        }
    })
}

/// Returns digits, fraction and exponent of the core schema as JSON writes them.
fn decimal(digits: &str) -> Option<std::borrow::Cow<'_, str>> {
    let (mantissa, exponent) = digits.split_at(digits.find(['e', 'E']).unwrap_or(digits.len()));
    let (whole, fraction) = mantissa.split_at(mantissa.find('.').unwrap_or(mantissa.len()));
    let fraction_digits = fraction.strip_prefix('.').unwrap_or_default();
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let power = exponent
        .get(1..)
        .map(|power| power.trim_start_matches(['+', '-']));
    let exponent_holds = power.is_none_or(|digits| {
        !digits.is_empty() && all_digits(digits) && exponent.len() <= digits.len() + 2
    });
    if !(all_digits(whole) && all_digits(fraction_digits) && exponent_holds)
        || (whole.is_empty() && fraction_digits.is_empty())
    {
        return None;
    }
    let trimmed = whole.trim_start_matches('0');
    let whole = if trimmed.is_empty() { "0" } else { trimmed };
    if fraction_digits.is_empty()
        && exponent.is_empty()
        && fraction.is_empty()
        && whole.len() == digits.len()
    {
        return Some(digits.into());
    }
    let fraction = if fraction_digits.is_empty() {
        String::new()
    } else {
        format!(".{fraction_digits}")
    };
    Some(format!("{whole}{fraction}{exponent}").into())
}
