//! Routes, mounts, authorization and promises as written.
//! In: the tree. Out: `RouteSpec`, `MatchSpec`, `MountSpec`, `ExpectSpec` and their parts. Pure.

use std::collections::BTreeMap;

use super::decode::{mapping, names, section};
use super::scalars::{Duration, Switch};

mapping! {
    /// A rule for the operations that it matches.
    pub struct RouteSpec {
        /// Which operations: all given keys, within a key any entry; `{}` is everything.
        pub r#match: MatchSpec,
        /// Name of the backend that answers.
        pub backend: Option<String>,
        /// Who can call it.
        #[schemars(extend("x-default" = RouteSpec::EXPOSURE))]
        pub exposure: Option<Exposure>,
        /// A name of `auth`, or `none`. Default: what the description asks for.
        pub auth: Option<String>,
        /// The reason why `auth`, `scopes` or `api_key` of this very route asks for less than the
        /// description does.
        pub weakens: Option<String>,
        /// OAuth scopes of which a token needs one.
        pub scopes: Option<Vec<String>>,
        /// Whether an API key is needed.
        pub api_key: Option<bool>,
        /// What the gateway checks before the backend is asked. Default: that of `api.validation`.
        pub validation: Option<Validation>,
        /// How long the gateway waits for the backend.
        #[schemars(extend("x-default" = RouteSpec::TIMEOUT))]
        pub timeout: Option<Duration>,
        /// Variables of the path that take the rest of it, for descriptions that cannot say so.
        pub greedy: Option<Vec<String>>,
        /// Requests per second, or `off`.
        pub throttle: Option<Switch<ThrottleSpec>>,
        /// How long answers are kept, or `off`.
        pub cache: Option<Switch<CacheSpec>>,
        /// Whether it may match nothing, or be overridden whole, where it restricts: a note in
        /// place of an error. Default: `false`; `true` of what comes from a base.
        pub optional: Option<bool>,
    }
}

impl RouteSpec {
    /// Exposure of operations of which no route says one.
    pub const EXPOSURE: Exposure = Exposure::Public;
    /// Timeout of operations of which no route says one.
    pub const TIMEOUT: Duration = Duration::of_seconds(29);
}

section! {
    /// Which operations: all given keys, within a key any entry.
    pub struct MatchSpec {
        /// Paths as the description writes them; `*` is any text within a segment, `**` any number
        /// of segments, `\*` a star of the path itself.
        pub paths: Option<Vec<String>>,
        /// HTTP methods in any case.
        pub methods: Option<Vec<String>>,
        /// Tags of the operation.
        pub tags: Option<Vec<String>>,
        /// Operation ids; `*` is any text.
        pub operation_ids: Option<Vec<String>>,
        /// Paths of descriptions, as `spec` writes them.
        pub specs: Option<Vec<String>>,
        /// Mounts by their name or prefix.
        pub mounts: Option<Vec<String>>,
    }
}

impl MatchSpec {
    /// Returns whether it matches everything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

section! {
    /// Which operations a promise is about.
    pub struct ExpectMatchSpec {
        /// Paths as the description writes them; `*` is any text within a segment, `**` any number
        /// of segments, `\*` a star of the path itself.
        pub paths: Option<Vec<String>>,
        /// HTTP methods in any case.
        pub methods: Option<Vec<String>>,
        /// Tags of the operation.
        pub tags: Option<Vec<String>>,
        /// Operation ids; `*` is any text.
        pub operation_ids: Option<Vec<String>>,
        /// Paths of descriptions, as `spec` writes them.
        pub specs: Option<Vec<String>>,
        /// Mounts by their name or prefix.
        pub mounts: Option<Vec<String>>,
        /// Who can call the operation.
        pub exposure: Option<Exposure>,
    }
}

names! {
    /// Who can call an operation.
    #[derive(PartialOrd, Ord)]
    pub enum Exposure {
        /// On the gateway.
        Public = "public",
        /// Reachable through the ALB alone.
        Internal = "internal",
        /// Nowhere.
        Hidden = "hidden",
    }
}

names! {
    /// What the gateway checks before the backend is asked.
    pub enum Validation {
        Full = "full",
        Body = "body",
        Params = "params",
        None = "none",
    }
}

mapping! {
    /// Requests per second.
    pub struct ThrottleSpec {
        /// Requests per second in the long run.
        #[schemars(range(min = 0))]
        pub rate: f64,
        /// Requests at once.
        pub burst: u64,
    }
}

mapping! {
    /// How long answers are kept.
    pub struct CacheSpec {
        /// How long an answer is kept, at most `1h`. Default: that of `stage.cache`.
        pub ttl: Option<Duration>,
        /// What tells answers apart beside the path's variables, for example `query.page` or
        /// `header.Accept-Language`. Default: every query parameter that is declared, and the
        /// properties of an object that stand in the query in its place.
        pub key: Option<Vec<String>>,
        /// The reason why callers may see each other's answers.
        pub shared: Option<String>,
    }
}

mapping! {
    /// The whole API under a prefix.
    pub struct MountSpec {
        /// The prefix; stripped on the way to the backend.
        #[schemars(regex(pattern = "^/"))]
        pub at: String,
        /// The one backend for everything.
        pub backend: Option<String>,
        /// Backend by backend, which other one answers here; what is not named stays.
        pub backends: Option<BTreeMap<String, String>>,
    }
}

mapping! {
    /// A promise that every render checks.
    pub struct ExpectSpec {
        /// Which operations.
        pub r#match: ExpectMatchSpec,
        /// The exposure that each has.
        pub exposure: Option<Exposure>,
        /// The authorization that each has: a name of `auth` that callers are checked by, `none`,
        /// or `any` for one at all.
        pub auth: Option<String>,
        /// `any`: each has a throttle.
        pub throttle: Option<Presence>,
        /// Whether it may match nothing: a note in place of an error. Default: `false`; `true` of
        /// what comes from a base.
        pub optional: Option<bool>,
    }
}

names! {
    /// That something is there at all.
    pub enum Presence {
        Any = "any",
    }
}
