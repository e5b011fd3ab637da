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
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let number = u64::from_str_radix(digits, radix).ok();
            let number = number.filter(|_| !digits.starts_with('+'))?;
            return Some(number.to_string().into());
        }
    }
    match first {
        b'-' => decimal(&text[1..]).map(|digits| format!("-{digits}").into()),
        b'+' => decimal(&text[1..]),
        _ => decimal(text),
    }
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
    if whole.len() == digits.len() {
        return Some(digits.into());
    }
    let point = if fraction_digits.is_empty() { "" } else { "." };
    Some([whole, point, fraction_digits, exponent].concat().into())
}
