//! Whether a rule of an application load balancer takes a request.
//!
//! In: `ListenerRule`, method, host and path. Out: yes or no. Pure.
//! Written from AWS's pages alone, apart from what made the rules; the walk and `trace` share it.
//! Source: AWS-RULES L11, L13: `*` is any text with slashes, `?` one character; the case of a path counts, that of a host does not.

use crate::aws::ListenerRule;

/// Whether every condition of the rule holds.
pub(crate) fn takes(rule: &ListenerRule, method: &str, host: Option<&str>, path: &str) -> bool {
    (rule.methods.is_empty() || rule.methods.contains(&method))
        && (rule.hosts.is_empty() || host.is_some_and(|host| rule.hosts.iter().any(|it| it.eq_ignore_ascii_case(host))))
        && rule.paths.iter().any(|it| is_taken(it.as_bytes(), path.as_bytes()))
}

/// Whether a path pattern takes a path.
fn is_taken(pattern: &[u8], path: &[u8]) -> bool {
    let (mut at, mut star) = ((0, 0), None);
    while at.1 < path.len() {
        match pattern.get(at.0) {
            Some(b'*') => {
                star = Some(at);
                at.0 += 1;
            }
            Some(b'?') => at = (at.0 + 1, at.1 + 1),
            Some(byte) if *byte == path[at.1] => at = (at.0 + 1, at.1 + 1),
            _ => match star {
                Some((of, taken)) => {
                    star = Some((of, taken + 1));
                    at = (of + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at.0..].iter().all(|it| *it == b'*')
}
