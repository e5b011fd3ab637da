//! Patterns of `match`: `*` is any text within a segment, `**` any number of segments, everything else itself.

/// A pattern for paths as the description writes them.
#[derive(Debug)]
pub(super) struct PathPattern(Vec<String>);

impl PathPattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.split('/').map(str::to_owned).collect())
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        let segments: Vec<&str> = path.split('/').collect();
        wildcard(&self.0, &segments, |pattern| pattern == "**", |pattern, segment| text_matches(pattern, segment))
    }
}

/// Whether a text matches a pattern in which `*` is any text.
pub(super) fn text_matches(pattern: &str, text: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == text;
    }
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    wildcard(&pattern, &text, |it| *it == '*', |pattern, it| pattern == it)
}

/// Matches with one kind of wildcard that takes any number of items; time is at most the product of the lengths.
fn wildcard<P, T>(pattern: &[P], items: &[T], is_any: impl Fn(&P) -> bool, is_same: impl Fn(&P, &T) -> bool) -> bool {
    let (mut at, mut item) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while item < items.len() {
        if at < pattern.len() && is_any(&pattern[at]) {
            retry = Some((at, item));
            at += 1;
        } else if at < pattern.len() && is_same(&pattern[at], &items[item]) {
            (at, item) = (at + 1, item + 1);
        } else if let Some((any, from)) = retry {
            retry = Some((any, from + 1));
            (at, item) = (any + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(is_any)
}

#[cfg(test)]
#[test]
fn patterns_mean_what_the_contract_says() {
    let matches = |pattern: &str, path: &str| PathPattern::new(pattern).matches(path);
    assert!(matches("/orders/{id}", "/orders/{id}") && !matches("/orders/{id}", "/orders/7"));
    assert!(matches("/admin/**", "/admin") && matches("/admin/**", "/admin/a/b") && !matches("/admin/**", "/administer"));
    assert!(matches("/*/export", "/users/export") && !matches("/*/export", "/a/b/export"));
    assert!(matches("/**/x", "/x") && matches("/**/x", "/a/b/x") && matches("/a*c", "/abbc") && !matches("/a*", "/a/b"));
    assert!(text_matches("list*", "listOrders") && !text_matches("list*", "getList"));
}
