//! Authorizers, API keys and usage plans, as far as the blueprint alone shows.
//! In: `BlueprintSpec`. Out: diagnostics. Pure.

use std::collections::BTreeMap;

use super::rest::MAX_NUMBER;
use super::{Checker, child};
use crate::blueprint::values::ValuesSpec;
use crate::blueprint::{AuthSpec, KeySpec, LambdaAuthorizerSpec};
use crate::blueprint::{identity_source, is_credential};
use crate::diagnostic::KEY_IN_TWO_PLANS;

/// Longest time for which a decision of an authorizer is cached. Unit: milliseconds. Source:
/// docs/aws-rules.md#a8 (0 to 3,600 seconds).
const MAX_TTL: u64 = 3_600_000;

/// Longest name of a key. Unit: characters. Shorter than at AWS (U1: 1,024), as it goes into the
/// name of an output.
const MAX_KEY_NAME: usize = 100;

impl Checker<'_> {
    /// Errors: GW2002 values, GW2080 a key in two plans.
    pub(crate) fn auth(&mut self) {
        for (name, spec) in self.spec().auth.iter().flatten() {
            let at = child("/auth", name);
            match spec {
                AuthSpec::Cognito(cognito, _) => {
                    if matches!(&cognito.user_pools, ValuesSpec::List(list) if list.is_empty()) {
                        let at = child(&child(&at, "cognito"), "user_pools");
                        self.wrong(
                            &at,
                            "no user pool is named",
                            "write the ARN of one, or `{var: user_pool_arn}`",
                        );
                    }
                }
                AuthSpec::Lambda(lambda, _) => self.lambda(&child(&at, "lambda"), lambda),
                AuthSpec::Iam | AuthSpec::ApiKey | AuthSpec::Ignore => {}
            }
        }
        let auth = self.spec().auth.as_ref();
        if auth.is_some_and(|auth| auth.contains_key("any")) {
            self.wrong(
                "/auth/any",
                "`any` is no name of one's own",
                "a promise writes `auth: any` for one at all; rename this entry",
            );
        }
        for (index, route) in self.spec().routes.iter().flatten().enumerate() {
            let at = child(&child("/routes", index), "scopes");
            for (index, scope) in route.scopes.iter().flatten().enumerate() {
                // Source: RFC 6749, section 3.3.
                if scope.is_empty()
                    || !scope
                        .bytes()
                        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
                {
                    self.wrong(
                        &child(&at, index),
                        format_args!("`{scope}` is no scope"),
                        "write one scope an entry, for example `shop/read`",
                    );
                }
            }
        }
        self.usage_plans();
    }

    /// Source: docs/aws-rules.md#a8; API Gateway API reference, CreateAuthorizer, `identitySource`,
    /// <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html>.
    fn lambda(&mut self, at: &str, spec: &LambdaAuthorizerSpec) {
        let ttl = spec.ttl_ms();
        if ttl > MAX_TTL || !ttl.is_multiple_of(1_000) {
            self.wrong(
                &child(at, "ttl"),
                "an answer is kept for 0s to 1h, in whole seconds",
                "write for example `5m`, or `0s` to ask every time",
            );
        }
        let identity_at = child(at, "identity");
        for (index, source) in spec.identity.iter().flatten().enumerate() {
            if identity_source(source).is_none() {
                self.wrong(
                    &child(&identity_at, index),
                    format_args!("`{source}` is no part of a request"),
                    "write `header.NAME`, `query.NAME`, `context.NAME` or `stage.NAME`",
                );
            }
        }
        if let Some(credential) = spec
            .credential
            .as_ref()
            .filter(|credential| !is_credential(credential))
        {
            self.wrong(
                &child(at, "credential"),
                format_args!("`{credential}` is nothing that one caller alone can show"),
                "write `header.NAME` or `query.NAME`, or `ttl: 0s` in place of `credential` where the function decides by something else",
            );
        }
        let at = if spec.identity.is_some() {
            &identity_at
        } else {
            at
        };
        if spec.is_token() && !spec.is_one_header() {
            self.wrong(
                at,
                "a function of kind `token` gets one header",
                "write one `header.NAME`, or `kind: request`",
            );
        } else if !spec.is_token() && !spec.tells_callers_apart() && ttl > 0 {
            self.wrong(
                at,
                "nothing tells callers apart, and answers are kept: one caller's would be every other's",
                "name what callers differ in, or write `ttl: 0s`",
            );
        }
    }

    fn usage_plans(&mut self) {
        let mut seen: BTreeMap<String, WrittenKey> = BTreeMap::new();
        for (name, plan) in self.spec().usage_plans.iter().flatten() {
            let at = child("/usage_plans", name);
            if !is_key_name(name) {
                self.wrong(
                    &at,
                    format_args!("`{name}` is no name of a plan"),
                    "use letters, digits, `.`, `_` and `-`, from a letter or digit on",
                );
            }
            let at_limit = format!("{at}/quota/limit");
            match plan.quota.as_ref().map(|quota| quota.limit) {
                Some(0) => self.wrong(
                    &at_limit,
                    "a quota is not 0",
                    "write how many requests are allowed, or remove the plan",
                ),
                Some(limit) if limit > MAX_NUMBER => self.wrong(
                    &at_limit,
                    format_args!("API Gateway takes numbers up to {MAX_NUMBER}"),
                    "write a smaller one",
                ),
                Some(_) | None => {}
            }
            for (index, route) in plan.routes.iter().flatten().enumerate() {
                let at = child(&child(&at, "routes"), index);
                if route.rate < 0.0 {
                    self.wrong(
                        &child(&at, "rate"),
                        "a rate is not negative",
                        "write requests per second",
                    );
                }
                self.methods(&child(&at, "match"), route.r#match.methods.as_ref());
                self.descriptions(&child(&at, "match"), route.r#match.specs.as_ref());
            }
            for (index, key) in plan.keys.iter().flatten().enumerate() {
                let at = child(&child(&at, "keys"), index);
                let (shown, same) = match key {
                    KeySpec::Named(text) => {
                        if !is_key_name(text) {
                            let help = "use letters, digits, `.`, `_` and `-`, from a letter or digit on, at most 100";
                            self.wrong(&at, format_args!("`{text}` is no name of a key"), help);
                        }
                        (
                            format!("`{text}`"),
                            format!("name {}", without_punctuation(text)),
                        )
                    }
                    KeySpec::Existing(id) => (
                        "this key".to_owned(),
                        format!("id {}", serde_json::to_string(id).unwrap_or_default()),
                    ),
                };
                self.key_once(&mut seen, same, WrittenKey { shown, at });
            }
        }
    }

    /// Source: docs/aws-rules.md#u4: of the plans of one stage, a key may be in one.
    fn key_once(&mut self, seen: &mut BTreeMap<String, WrittenKey>, same: String, key: WrittenKey) {
        let WrittenKey { shown, at } = &key;
        if let Some(first) = seen.get(&same) {
            let both = if first.shown == *shown {
                format!("{shown} is named twice")
            } else {
                format!("{shown} and {} differ in punctuation alone", first.shown)
            };
            let finding = KEY_IN_TWO_PLANS
                .at(self.blueprint.place(at))
                .also(self.blueprint.place(&first.at))
                .message(format_args!(
                    "{both}, and of the plans of a stage a key may be in one"
                ))
                .help("keep it in one plan, or give each plan a key of its own name");
            self.found.push(finding);
        } else {
            seen.insert(same, key);
        }
    }
}

/// A key of a usage plan, and where it is written.
struct WrittenKey {
    shown: String,
    at: String,
}

/// The letters and digits of a name, in lower case: names that have the same differ in nothing that
/// counts at AWS.
fn without_punctuation(name: &str) -> String {
    let counts = name.chars().filter(char::is_ascii_alphanumeric);
    counts.map(|letter| letter.to_ascii_lowercase()).collect()
}

fn is_key_name(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    name.len() <= MAX_KEY_NAME
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(legal)
}
