//! Amounts of money.
//!
//! They are doubles, which hold 15 digits. An amount is rounded once, when it is printed: to a
//! millionth, and from there half up to the cent, so that decimal prices round as on paper (1.005
//! is 1.01, though the double is a little less).

/// Currencies without a smaller unit. Source: ISO 4217, list one,
/// <https://www.six-group.com/en/products-services/financial-information/data-standards.html>.
const WHOLE: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];

/// Decimals of amounts in a currency.
pub(crate) fn decimals(currency: &str) -> i32 {
    if WHOLE.contains(&currency) { 0 } else { 2 }
}

/// Rounds half up, away from zero; to six decimals at most.
pub(crate) fn rounded(amount: f64, decimals: i32) -> f64 {
    let millionths = (amount * 1e6).round();
    let unit = 10_f64.powi(6 - decimals);
    // Nothing owed has no sign.
    (millionths / unit).round() / 10_f64.powi(decimals) + 0.0
}

/// Rounds US dollars to the cent.
pub(crate) fn cents(usd: f64) -> f64 {
    rounded(usd, 2)
}

/// A number with commas between thousands.
pub(crate) fn text(amount: f64, decimals: usize) -> String {
    let plain = format!("{:.decimals$}", amount.abs());
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount < 0.0 { "-" } else { "" };
    format!("{sign}{grouped}{rest}")
}

#[cfg(test)]
#[test]
fn cents_round_half_up_as_on_paper() {
    for (amount, expected) in [
        (1.005, 1.01),
        (0.125, 0.13),
        (18.337, 18.34),
        (18.333_37, 18.33),
        (-6.866_68, -6.87),
        (0.004_999, 0.0),
    ] {
        assert!((cents(amount) - expected).abs() < 1e-12, "{amount}");
    }
    assert!(cents(-0.0).is_sign_positive());
    assert_eq!(text(1_234_567.5, 2), "1,234,567.50");
    assert_eq!(
        (text(-999.0, 0), text(1000.0, 0)),
        ("-999".into(), "1,000".into())
    );
}
