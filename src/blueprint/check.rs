//! Rules of the contract for values, beyond their types.
//! In: `Blueprint`. Out: diagnostics. Pure.

mod auth;
mod backends;
mod cost;
mod forwarder;
mod integration;
mod names;
mod rest;
mod stage;
mod topology;

use super::Blueprint;
use super::fault::subject;
use super::required::DeclaredNames;
use super::spec::{BlueprintSpec, OutputFormat, Topology};
use super::values::ValueSpec;
use crate::diagnostic::{Code, Diagnostic, INVALID_VALUE, MISSING_FIELD, UNLIKELY_ID};
use crate::source::pointer;

/// Checks a blueprint.
///
/// Errors: GW2002 invalid value, GW2003 missing field, GW2005 unknown backend, GW2009 port taken,
/// GW2010 unknown auth, GW2011 does not fit.
pub(crate) fn check(blueprint: &Blueprint, declared: &DeclaredNames) -> Vec<Diagnostic> {
    let mut check = Checker {
        blueprint,
        declared,
        found: Vec::new(),
    };
    check.head();
    check.output();
    check.backends();
    check.names();
    check.rest();
    check.cost();
    check.auth();
    check.parts_of_topology();
    check.forwarder();
    check.link();
    check.found
}

struct Checker<'a> {
    blueprint: &'a Blueprint,
    declared: &'a DeclaredNames,
    found: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn spec(&self) -> &'a BlueprintSpec {
        &self.blueprint.spec
    }

    /// Returns whether the required field is the user's own.
    fn is_own(&self, field: &str) -> bool {
        !self.declared.stand_ins.contains(field)
    }

    /// The topology, where the user wrote one.
    fn topology(&self) -> Option<Topology> {
        self.is_own("topology").then_some(self.spec().topology)
    }

    /// The fields of a part that are written.
    fn written<'f>(&self, at: &str, fields: impl Iterator<Item = &'f &'f str>) -> Vec<&'f str> {
        fields
            .copied()
            .filter(|field| self.blueprint.is_written(&child(at, field)))
            .collect()
    }

    fn report(
        &mut self,
        code: &'static Code,
        at: &str,
        message: impl std::fmt::Display,
        help: impl std::fmt::Display,
    ) {
        self.found.push(
            code.at(self.blueprint.place(at))
                .message(message)
                .help(help),
        );
    }

    fn wrong(&mut self, at: &str, what: impl std::fmt::Display, help: impl std::fmt::Display) {
        self.report(
            &INVALID_VALUE,
            at,
            format_args!("{}: {what}", subject(at)),
            help,
        );
    }

    /// Reports a text that is required and empty.
    fn says_something(&mut self, at: &str, text: Option<&String>) {
        if text.is_some_and(|text| text.trim().is_empty()) {
            self.wrong(
                at,
                "the text is empty",
                "write what it is for, or remove the line",
            );
        }
    }

    fn starts_with_slash(&mut self, at: &str, path: &str) {
        if !path.starts_with('/') {
            self.wrong(
                at,
                format_args!("`{path}` does not start with `/`"),
                format_args!("write `/{path}`"),
            );
        }
    }

    fn head(&mut self) {
        let spec = self.spec();
        if spec.version != 1 {
            self.wrong(
                "/version",
                format_args!("version {} is not known", spec.version),
                "write `version: 1`",
            );
        }
        if self.is_own("name") && (!is_name(&spec.name) || spec.name.len() > 20) {
            self.wrong(
                "/name",
                format_args!("`{}` is no name", spec.name),
                "start with a lower-case letter; at most 20 lower-case letters, digits and `-`",
            );
        }
        let environment = match &spec.environment {
            Some(ValueSpec::Literal(text)) => Some(("/environment", text.as_str())),
            Some(ValueSpec::Variable(variable)) => variable
                .default
                .as_ref()
                .and_then(|value| value.as_str())
                .map(|text| ("/environment/default", text)),
            Some(ValueSpec::Parameter(_) | ValueSpec::Expression(_)) | None => None,
        };
        if let Some((at, text)) = environment {
            let legal =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let is_parameter =
                at != "/environment" && spec.output.format == OutputFormat::Cloudformation;
            // A template cannot shorten what is known only at deploy time.
            let longest = if is_parameter { 8 } else { 20 };
            if text.is_empty() || text.len() > longest || !text.bytes().all(legal) {
                let help = format!(
                    "write at most {longest} lower-case letters, digits and `-`, or `{{var: environment}}`"
                );
                self.wrong(at, format_args!("`{text}` is no environment"), help);
            }
        }
        if self.is_own("spec") && (spec.spec.is_empty() || spec.spec.iter().any(String::is_empty)) {
            self.wrong(
                "/spec",
                "no path is named",
                "write the path of the OpenAPI description, for example `spec: openapi.yaml`",
            );
        }
        if let Some(region) = spec.region.as_ref().filter(|region| !is_region(region)) {
            self.region(region);
        }
        self.says_something("/output/dir", Some(&spec.output.dir));
        if spec.network.is_none()
            && self
                .topology()
                .is_some_and(|topology| topology != Topology::Internet)
        {
            self.missing_network();
        }
    }

    /// A new partition may spell its regions otherwise; what is no name at all is none.
    ///
    /// Errors: GW2002; GW2121, a warning.
    fn region(&mut self, region: &str) {
        let (what, help) = (
            format!("`{region}` is spelt like no region"),
            "write for example `region: ap-northeast-1`",
        );
        if is_name(region) {
            self.report(&UNLIKELY_ID, "/region", what, help);
        } else {
            self.wrong("/region", what, help);
        }
    }

    fn missing_network(&mut self) {
        if self.blueprint.layers.is_whole && !self.blueprint.left_out.pointers.contains("/network")
        {
            self.report(
                &MISSING_FIELD,
                "",
                format_args!(
                    "the blueprint has no `network`, which topology `{}` needs",
                    self.spec().topology.name()
                ),
                "add `network: {vpc: {var: vpc_id}, subnets: {var: private_subnet_ids}}`",
            );
        }
    }
}

/// `[a-z][a-z0-9-]*`.
fn is_name(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(legal)
}

/// Words of lower-case letters, then a number: `us-gov-west-1`.
pub(crate) fn is_region(region: &str) -> bool {
    let words: Vec<&str> = region.split('-').collect();
    let is_word =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    words.len() >= 3
        && words[..words.len() - 1].iter().all(is_word)
        && words.last().is_some_and(is_number)
}

fn child(at: &str, token: impl std::fmt::Display) -> String {
    pointer::child(at, token)
}
