//! Files of an output of several.

use std::sync::Arc;

/// File of a node in a format of several files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum File {
    /// Who may call: authorizers, usage plans, keys, the web ACL.
    Access,
    /// Alarms.
    Alarms,
    /// The API itself, validators and gateway responses.
    Api,
    /// Preflights.
    Cors,
    /// The API's domain.
    Domain,
    /// Functions with their roles, logs and schedules.
    Functions,
    /// Models of request bodies.
    Models,
    /// The network behind the gateway.
    Network,
    /// The stage with its deployment, settings and logs.
    Stage,
    /// The routes of a first segment, by the file's name.
    Routes(Arc<str>),
}
