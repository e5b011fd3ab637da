//! Reads a blueprint: the user's text, checked against the contract, with the places of its lines.
//! In: `Files`, a path. Out: `Blueprint`. Pure but for `Files`.

pub mod auth;
pub mod backends;
pub mod balancers;
mod check;
pub mod cost;
mod decode;
mod expression;
mod fault;
pub mod gateway;
mod identity;
mod layers;
mod node;
pub mod operations;
mod policy;
mod references;
mod required;
mod route_field;
pub mod routes;
pub mod scalars;
mod schema;
mod show;
pub mod spec;
mod stack;
mod tokens;
mod topology;
mod tree;
pub mod values;
mod version;
mod yaml;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{self, At, Diagnostic, Outcome, Place};
use crate::source::{Files, RelativePath, Sources, pointer};
pub(crate) use check::is_region;
use fault::LeftOut;
pub use layers::CommentedLine;
use layers::Layers;

pub use auth::*;
pub use backends::*;
pub use balancers::*;
pub use cost::*;
pub use gateway::*;
pub use identity::{
    AUTHORIZATION, CLIENT_CERTIFICATE, identity_source, is_credential, is_same_source,
};
pub use operations::*;
pub use references::Variable;
pub use route_field::RouteFieldFault;
pub use routes::*;
pub use scalars::{Duration, PathList, Port, Reserved, Switch};
pub(crate) use schema::of_type as schema_of_type;
pub use schema::{schema, schema_with_marks};
pub use show::show;
pub use spec::*;
pub use stack::{Likeness, StackIdentity};
pub use values::{ValueSpec, ValuesSpec};
pub(crate) use yaml::scalar;

/// A blueprint with its defaults, and where each of its parts was written.
#[derive(Debug)]
pub struct Blueprint {
    /// The written values, and defaults for all others.
    pub spec: BlueprintSpec,
    /// The merged data that `spec` was decoded from.
    written: serde_json::Value,
    layers: Layers,
    /// The resource policy that it names.
    policy: Option<Arc<serde_json::Value>>,
    /// Variables by name, each with what all its uses declare together.
    variables: BTreeMap<String, Variable>,
    /// The parts that were wrong and were left out.
    left_out: LeftOut,
}

impl Blueprint {
    /// The place of a JSON pointer of `spec`: in the blueprint, or in the file that it extends.
    pub fn place(&self, pointer: &str) -> Place {
        self.layers.place(&self.left_out.original(pointer))
    }

    /// Returns whether a part of `spec` is no default: it was written, here or in a base.
    pub fn is_written(&self, pointer: &str) -> bool {
        let pointer = self.left_out.original(pointer);
        self.written.pointer(&pointer).is_some() && !self.left_out.pointers.contains(&pointer)
    }

    /// Returns whether a part of the blueprint comes whole from a file that it extends.
    pub fn is_from_base(&self, pointer: &str) -> bool {
        self.layers.is_from_base(&self.left_out.original(pointer))
    }

    /// The place of a description by its index in `spec`, which may be one path or a list.
    pub fn place_of_spec(&self, index: usize) -> Place {
        let at = format!("/spec/{index}");
        self.place(if self.layers.holds(&self.left_out.original(&at)) {
            &at
        } else {
            "/spec"
        })
    }

    /// Returns whether a finding reports as missing a part that was left out because of an error
    /// that is reported already.
    pub fn was_left_out(&self, finding: &Diagnostic) -> bool {
        let is_in = |place: &Place, pointer: &str| {
            matches!(&place.at, At::Pointer(at) if at == pointer) && self.layers.has(&place.file)
        };
        // A route that was wrong may be the one that gives a backend.
        if finding.code == &diagnostic::NO_BACKEND
            && self
                .left_out
                .pointers
                .iter()
                .any(|pointer| pointer.starts_with("/routes"))
        {
            return true;
        }
        self.left_out
            .pointers
            .iter()
            .filter_map(|pointer| pointer.rsplit_once('/'))
            .any(|(parent, name)| {
                let name = pointer::unescaped(name);
                finding.places.iter().any(|place| is_in(place, parent))
                    && finding.message.contains(&format!("`{name}`"))
            })
    }

    /// Lines that would be this key if they were no comments, of the first file that has any.
    pub fn commented(&self, key: &str) -> Vec<CommentedLine> {
        self.layers.commented(key)
    }

    /// Returns the name, environment, region and account that identify its stack at AWS.
    pub fn stack(&self) -> StackIdentity {
        StackIdentity::of(&self.spec)
    }

    /// The index in `spec` of the description that `match.specs` names.
    pub fn description(&self, path: &str) -> Option<usize> {
        // Beside the blueprint is as good as any folder: the two spellings are only compared.
        let spelt = |path: &str| {
            path.split('/')
                .filter(|segment| !matches!(*segment, "" | "."))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        self.spec.spec.iter().position(|description| {
            description == path || (spelt(description) == spelt(path) && !path.is_empty())
        })
    }

    /// The resource policy that `api.policy` names, as data.
    pub fn policy(&self) -> Option<&Arc<serde_json::Value>> {
        self.policy.as_ref()
    }

    /// Returns every variable by name: description, default and sensitivity from the use that
    /// declares them.
    pub fn variables(&self) -> &BTreeMap<String, Variable> {
        &self.variables
    }
}

/// Reads a blueprint with all that it extends.
///
/// Errors: GW0001, GW0002, GW1001 to GW1004, GW1007 duplicate key, GW2001 unknown field, GW2002
/// invalid value, GW2003 missing field, GW2004 not built, GW2005 unknown backend, GW2006
/// conflicting variable, GW2007 invalid expression, GW2009 port taken, GW2010 unknown auth, GW2011
/// field does not fit, GW2012 invalid extends, GW2013 conflicting mounts, GW2016 another version is
/// required, GW2100 dropped safeguard, GW2140 a base.
pub fn read(
    files: &dyn Files,
    path: RelativePath,
    display: Arc<str>,
    sources: &mut Sources,
) -> Outcome<Blueprint> {
    let (folder, given) = (path.folder().to_owned(), Arc::clone(&display));
    let (layers, mut diagnostics) = layers::read(files, path, display, sources);
    if layers.is_empty() {
        return Outcome::failed(diagnostics);
    }
    let of_version = version::check(&layers);
    if !of_version.is_empty() {
        // What else is wrong may be a field that this version does not know.
        return Outcome::failed([diagnostics, of_version].concat());
    }
    if layers.is_abstract() {
        diagnostics.push(base_alone(&layers));
        return Outcome::failed(diagnostics);
    }
    diagnostics.extend(layers::dropped(&layers));
    let decoded = required::decode(&layers, &mut diagnostics);
    let (variables, conflicts) = references::variables(&decoded.variables, &|at| layers.place(at));
    diagnostics.extend(conflicts);
    let mut blueprint = Blueprint {
        spec: decoded.spec,
        written: decoded.written,
        layers,
        policy: None,
        variables,
        left_out: decoded.left_out,
    };
    blueprint.spec.required_version = version::required(&blueprint.layers);
    match policy::read(files, &folder, &given, &blueprint) {
        Ok(policy) => blueprint.policy = policy,
        Err(finding) => diagnostics.push(*finding),
    }
    diagnostics.extend(check::check(&blueprint, &decoded.declared));
    let has_network =
        blueprint.spec.network.is_some() || blueprint.spec.topology == Topology::Internet;
    if decoded.is_complete && has_network {
        Outcome::new(blueprint, diagnostics)
    } else {
        Outcome::failed(diagnostics)
    }
}

/// A base that was named as if it were a stack.
fn base_alone(layers: &Layers) -> Diagnostic {
    diagnostic::ABSTRACT_BLUEPRINT
        .at(layers.place("/abstract"))
        .message("this blueprint is a base for others (`abstract: true`), and no stack of its own")
        .help("name a blueprint that extends it, or remove `abstract` from this one")
}
