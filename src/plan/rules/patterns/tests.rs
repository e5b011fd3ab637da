use super::{PatternKind, Patterns, exact, path_matches, text_matches};

#[test]
fn patterns_mean_what_the_contract_says() {
    let matches = path_matches;
    assert!(matches("/orders/{id}", "/orders/{id}") && !matches("/orders/{id}", "/orders/7"));
    assert!(
        matches("/admin/**", "/admin")
            && matches("/admin/**", "/admin/a/b")
            && !matches("/admin/**", "/administer")
    );
    assert!(matches("/*/export", "/users/export") && !matches("/*/export", "/a/b/export"));
    assert!(
        matches("/**/x", "/x")
            && matches("/**/x", "/a/b/x")
            && matches("/a*c", "/abbc")
            && !matches("/a*", "/a/b")
    );
    assert!(text_matches("list*", "listOrders") && !text_matches("list*", "getList"));
    assert!(
        text_matches("a*b*c", "abc")
            && text_matches("*b*", "abc")
            && !text_matches("ab*ba", "aba")
            && !text_matches("a*b*b*c", "abc")
    );
}

#[test]
fn patterns_that_are_looked_up_match_what_each_of_them_does() {
    let paths = [
        "", "/", "/a", "/a/", "/a/b", "/a/b/c", "/b", "/b/{id}", "/{id}", "/{id}/b", "a", "a/b",
        "//", "/a//b", "/ab/b",
    ];
    let patterns = [
        "*",
        "**",
        "/*",
        "/**",
        "/**/",
        "/a/**",
        "/a/**/c",
        "**/b",
        "/*/b",
        "/a*",
        "/*b/b",
        "/a*/**",
        "/**/b",
        "/**/{id}",
        "/a/b",
        "/**/a/**",
        "a/*",
        "/*/",
        "**/",
        "/a/*/c",
        "/**/a/*/c",
        "/*a*b",
        "*/{*}/*",
        "/**b",
        "a**",
        "/**/b/*",
    ];
    for (of, is_matched) in [
        (PatternKind::Paths, path_matches as fn(&str, &str) -> bool),
        (PatternKind::Texts, text_matches),
    ] {
        for pattern in patterns {
            let mut found = Patterns::new(of);
            found.insert(pattern, ());
            for path in paths {
                assert_eq!(
                    found.any(path, |()| true),
                    is_matched(pattern, path),
                    "{of:?}: {pattern} {path}"
                );
            }
        }
    }
}

#[test]
fn a_star_behind_a_backslash_is_one_of_the_path() {
    let matches = |pattern: &str, path: &str| {
        let mut found = Patterns::new(PatternKind::Paths);
        found.insert(pattern, ());
        found.any(path, |()| true)
    };
    assert!(
        matches(r"/files/\*\*", "/files/**")
            && !matches(r"/files/\*\*", "/files")
            && !matches(r"/files/\*\*", "/files/{id}/meta")
    );
    assert!(
        matches("/files/**", "/files/**")
            && matches("/files/*", "/files/*")
            && matches(r"/a*\*", "/ab*")
            && !matches(r"/a*\*", "/abc")
    );
    assert!(matches(r"/a\b", r"/a\b") && matches(r"/a\\*", r"/a\*") && !matches(r"/a\\*", "/a*"));
    for path in [
        "/files/**",
        "/*",
        r"/a\*b",
        "/orders/{id}",
        r"/\\**",
        "/{*}",
    ] {
        let others = [
            "/files",
            "/files/x",
            "/x",
            "/axb",
            r"/a\xb",
            "/orders/7",
            r"/\\",
            "/{x}",
        ];
        assert!(
            matches(&exact(path), path) && !others.iter().any(|other| matches(&exact(path), other)),
            "{path}"
        );
    }
}
