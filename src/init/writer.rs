//! The text of the first blueprint. The user's decisions are in comments, each with the line that
//! would make it.

use super::schemes::{Scheme, Schemes};
use super::unserved::Unserved;
use super::{InitRequest, MAX_TAGS, guess};
use crate::blueprint::{Topology, scalar};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::openapi::{Api, ServerKind};
use crate::printed;
use crate::source::SourceFile;
use crate::stack::snake;

/// Form of the decisions that are left to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decisions {
    /// Proposed in comments.
    Proposed,
    /// Made, only to find other errors; never written to a file.
    Tried,
}

/// Fields of `api` without which nothing of the description can be served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    /// `base_path: ignore`: the base path cannot be read.
    pub(crate) ignore_base_path: bool,
    /// `partial_segments: widen`: the gateway no longer checks the fixed part of a segment.
    pub(crate) widen_segments: bool,
}

impl Fields {
    /// Returns whether one of them solves an error.
    pub(crate) fn solve(self, error: &Diagnostic) -> bool {
        let is = |code: &Code| error.code == code;
        self.ignore_base_path && is(&diagnostic::BAD_BASE_PATH)
            || self.widen_segments && is(&diagnostic::PARTIAL_SEGMENT)
    }

    /// The lines in the blueprint.
    fn lines(self) -> Vec<&'static str> {
        let ignored = self.ignore_base_path.then_some("base_path: ignore");
        ignored
            .into_iter()
            .chain(self.widen_segments.then_some("partial_segments: widen"))
            .collect()
    }
}

/// The content of a first blueprint.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) api: &'a Api,
    pub(crate) file: &'a SourceFile,
    pub(crate) request: &'a InitRequest,
    pub(crate) unserved: &'a Unserved,
    pub(crate) resources: Option<u64>,
    pub(crate) schemes: &'a Schemes,
    pub(crate) fields: Fields,
}

impl Writer<'_> {
    pub(crate) fn text(self, decisions: Decisions) -> String {
        let (guess, request) = (guess::guess(self.api, self.file), self.request);
        let is_internet = request.topology == Topology::Internet;
        let backend = guess.backend.as_str();
        let variable = snake(backend);
        let url = is_internet.then(|| {
            guess
                .url
                .as_deref()
                .map_or_else(|| format!("{{var: {variable}_url}}"), scalar)
        });
        let context = minijinja::context! {
            spec => scalar(&request.spec),
            name => scalar(&guess.name),
            topology => request.topology.name(),
            way => request_path(request.topology),
            has_network => !is_internet,
            backend => scalar(backend),
            variable,
            url,
            port => guess.port.unwrap_or(guess::PORT),
            is_port_known => guess.port.is_some(),
            has_hosts => request.topology == Topology::Forwarder,
            tags => guess.tags.iter().take(MAX_TAGS).map(|tag| scalar(tag)).collect::<Vec<_>>(),
            keys => self.schemes.keys.iter().map(Scheme::context).collect::<Vec<_>>(),
            undecided => self.schemes.undecided.iter().map(Scheme::context).collect::<Vec<_>>(),
            are_tried => decisions == Decisions::Tried,
            base_path => (!self.api.base_path.is_empty()).then(|| printed::line(&self.api.base_path)),
            base_path_fault => self.api.base_path_fault.as_ref().filter(|_| self.fields.ignore_base_path).map(|fault| printed::line(fault)),
            server_note => server_note(self.api),
            widens => self.fields.widen_segments,
            fields => self.fields.lines(),
            hidden => self.unserved.routes(),
            resources => self.resources,
        };
        let syntax = minijinja::syntax::SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build();
        let mut environment = minijinja::Environment::new();
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
        environment
            .render_str(include_str!("../../templates/init.yaml.j2"), context)
            .expect("the template names only what it is given")
    }
}

/// Says why the first server gives no base path, as a comment.
fn server_note(api: &Api) -> Option<String> {
    match &api.base_path_origin.kind {
        ServerKind::Stage(stage) if api.base_path.is_empty() => Some(format!(
            "{} of the description's first server is the stage of an API Gateway: backends do not get it.",
            scalar(&format!("/{stage}"))
        )),
        ServerKind::NoAddress => Some(
            "The description's first server is no address, so backends get no path before theirs; `api.base_path` says that this is right."
                .to_owned(),
        ),
        ServerKind::Ordinary | ServerKind::Stage(_) | ServerKind::Mock(_) | ServerKind::Local => None,
    }
}

/// The components that a request passes through.
fn request_path(topology: Topology) -> &'static str {
    match topology {
        Topology::NlbTargets => {
            "API Gateway, VPC link, one internal NLB, a listener and a target group per backend"
        }
        Topology::NlbAlbSync => {
            "API Gateway, VPC link, NLB, kept on the addresses of an internal ALB by a function"
        }
        Topology::NlbAlb => "API Gateway, VPC link, NLB, internal ALB with path rules",
        Topology::Alb => "API Gateway, VPC link (V2), internal ALB with path rules",
        Topology::Forwarder => "API Gateway, a function inside the VPC, the servers; no balancer",
        Topology::Internet => {
            "API Gateway, the public HTTPS address of each backend; nothing private"
        }
    }
}
