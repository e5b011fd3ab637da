//! The release of the AWS provider that an output needs: the latest of its features.

use crate::aws::{Integration, Method, Node, PythonFunction, Stack};
use crate::stack::Holds as _;

/// A release of the provider: major and minor number.
pub type Release = (u16, u16);

/// Lowest AWS provider for everything that is no feature below; such files are valid under 5 and 6.
pub const FLOOR: Release = (5, 40);

/// A feature that needs a later release than the floor.
pub struct Feature {
    pub name: &'static str,
    pub release: Release,
    /// Source of the release.
    pub source: &'static str,
    /// Returns whether a resource that is written by itself, no part of an API's body, has it.
    is_in: fn(&Node) -> bool,
    /// Set where a part of an API's body has it, too.
    holds_in_body: bool,
}

/// By release.
pub const FEATURES: [Feature; 5] = [
    Feature {
        name: "a method that declares parameters, or keeps answers by them: renaming one failed",
        release: (5, 76),
        source: "release notes of 5.76.0: aws_api_gateway_integration and aws_api_gateway_method, `Invalid parameter name specified`, pull request 40124",
        is_in: |node| {
            is_method(node, |method| {
                !method.request_parameters.is_empty() || !method.cache_keys.is_empty()
            })
        },
        holds_in_body: false,
    },
    Feature {
        name: "a timeout above 29 s",
        release: (5, 76),
        source: "pull request 38010 of June 2024; no notes that could be read name its release, and 5.76.0 of November 2024 has it",
        is_in: |node| is_method(node, |method| timeout_ms(&method.integration) > 29_000),
        holds_in_body: false,
    },
    Feature {
        name: "a function on `python3.13`",
        release: (5, 76),
        source: "issue 40107: 5.75.1 refuses it; pull request 40277 enters it in the notes; cattle-ops/terraform-aws-gitlab-runner, pull request 1266, names 5.76",
        is_in: |node| runs_on(node, "python3.13"),
        holds_in_body: false,
    },
    Feature {
        name: "a function on `python3.14`",
        release: (6, 20),
        source: "issue 44984",
        is_in: |node| runs_on(node, "python3.14"),
        holds_in_body: false,
    },
    Feature {
        name: "an integration that names the balancer behind its VPC link (`integration_target`; topology `alb`)",
        release: (6, 25),
        source: "release notes of 6.25.0",
        is_in: |node| {
            is_method(
                node,
                |method| matches!(&method.integration, Integration::Proxy(proxy) if proxy.target.is_some()),
            )
        },
        holds_in_body: true,
    },
];

/// First version that was never tried. A module has no upper bound, which would bind its users too.
const UNTRIED: u16 = 7;

/// Returns the constraint of a stack.
pub(crate) fn required(stack: &Stack) -> String {
    let has = |feature: &&Feature| {
        let mut entries = stack.entries.iter();
        entries.any(|entry| {
            (feature.holds_in_body || !entry.is_in_body) && (feature.is_in)(&entry.node)
        })
    };
    let releases = FEATURES.iter().filter(has).map(|feature| feature.release);
    let lower = constraint(releases.max().unwrap_or(FLOOR));
    if stack.is_root {
        format!("{lower}, < {UNTRIED}.0")
    } else {
        lower
    }
}

/// Returns the lower bound for a release.
pub fn constraint((major, minor): Release) -> String {
    format!(">= {major}.{minor}.0")
}

fn timeout_ms(integration: &Integration) -> u32 {
    match integration {
        Integration::Proxy(proxy) => proxy.timeout_ms,
        Integration::Internet(proxy) => proxy.timeout_ms,
        Integration::Function(call) => call.timeout_ms,
        Integration::NotFound | Integration::Preflight(_) => 0,
    }
}

fn is_method(node: &Node, has_feature: fn(&Method) -> bool) -> bool {
    node.held().is_some_and(has_feature)
}

fn runs_on(node: &Node, runtime: &str) -> bool {
    let function: Option<&PythonFunction> = node.held();
    function.is_some_and(|function| *function.runtime == *runtime)
}
