//! One route, column by column.
//! In: an operation of a plan. Out: a `RouteRow`, which borrows from the plan. Pure.
//! The operation is taken apart by name, so that a new field has to become a column, or gets a
//! reason why it is none.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::url::{ForwardedPath, PrivateRoute, UrlColumn};
use super::{NOTHING, key_part};
use crate::blueprint::{Exposure, Validation};
use crate::openapi::{Requirement, Security};
use crate::plan::{
    AuthDifference, AuthPlan, BackendPlan, CachePlan, Check, ChecksPlan, ClosedAnswer, ClosedRoute,
    OperationPlan, Plan, Segment, ThrottlePlan, text_of,
};

/// An operation without authorization.
const NONE: &str = "none";

/// An operation of a blueprint; `null` where a column does not apply.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub(crate) struct RouteRow<'a> {
    /// Upper-case HTTP method, or `ANY`.
    pub(crate) method: &'static str,
    /// As the description writes it; that of the gateway where the route is closed.
    pub(crate) path: Cow<'a, str>,
    pub(crate) exposure: ExposureColumn,
    /// Below the stage's URL.
    #[schemars(with = "Option<String>")]
    pub(crate) url: Option<UrlColumn<'a>>,
    pub(crate) backend: Option<&'a str>,
    /// URL of the request at the backend; `(...)` is known only at deploy time.
    #[schemars(with = "Option<String>")]
    pub(crate) backend_url: Option<UrlColumn<'a>>,
    /// The description's `security`: alternatives of schemes with their scopes.
    #[schemars(with = "Vec<BTreeMap<Arc<str>, Vec<Arc<str>>>>")]
    declared: DeclaredColumn<'a>,
    /// Authorization: an entry of `auth`, `iam`, or `none`; `null` where no request is served, or an
    /// error leaves it undecided.
    pub(crate) auth: Option<&'a str>,
    /// The reason why authorization differs from `declared`.
    differs: Option<DifferenceColumn<'a>>,
    /// A token needs one of them.
    pub(crate) scopes: &'a [Arc<str>],
    pub(crate) api_key: bool,
    pub(crate) throttle: Option<ThrottleColumn>,
    cache: Option<CacheColumn<'a>>,
    pub(crate) validation: Option<Validation>,
    pub(crate) timeout_ms: Option<u32>,
    /// Where the gateway serves it, or would.
    #[serde(skip)]
    pub(crate) requested: Option<&'a [Segment]>,
    #[serde(skip)]
    pub(crate) servers: Option<&'a BackendPlan>,
    #[serde(skip)]
    pub(crate) backend_path: ForwardedPath<'a>,
    #[serde(skip)]
    pub(crate) private_path: Option<&'a str>,
    #[serde(skip)]
    pub(crate) private: Option<PrivateRoute<'a>>,
    #[serde(skip)]
    pub(super) check: Option<&'a Check>,
    #[serde(skip)]
    pub(crate) cached: Option<&'a CachePlan>,
    #[serde(skip)]
    pub(super) checks: Option<&'a ChecksPlan>,
    /// `method.request.…` and whether it is required.
    #[serde(skip)]
    pub(super) parameters: Option<&'a BTreeMap<String, bool>>,
}

/// Columns that say how requests are answered, in the order of `RouteRow::settings`.
pub(crate) const SETTINGS: [&str; 8] = [
    "declared",
    "auth",
    "why",
    "scopes",
    "key",
    "throttle",
    "cache",
    "validation",
];

impl<'a> RouteRow<'a> {
    pub(crate) fn of(plan: &'a Plan, operation: &'a OperationPlan) -> Self {
        let OperationPlan {
            // Where it is written, and which settings decide it.
            description: _,
            place: _,
            sources: _,
            method,
            path,
            exposure,
            backend,
            timeout_ms,
            throttle,
            cache,
            gateway_path,
            requested_path,
            private_path,
            backend_path,
            has_trailing_slash,
            request_parameters,
            checks,
            // What the description says and the gateway does not do.
            coverage: _,
            declared,
            auth: access,
            // A part of CORS.
            browser_headers: _,
        } = operation;
        let public = gateway_path.as_deref();
        let servers = backend.map(|index| &plan.backends[index]);
        let backend_path = ForwardedPath::of(backend_path, *has_trailing_slash);
        let private = PrivateRoute::of(plan, operation);
        let AuthPlan {
            check,
            scopes,
            api_key,
            // The way from the description to the check.
            entries: _,
            differs,
        } = access;
        let is_unchecked = private.is_some() && matches!(declared, Security::Needs(_));
        Self {
            method: method.as_str(),
            path: Cow::Borrowed(path),
            exposure: (*exposure).into(),
            url: public.map(UrlColumn::Path),
            backend: servers.map(|backend| &**backend.name),
            backend_url: match public {
                Some(_) => servers.map(|backend| UrlColumn::behind(plan, backend, backend_path)),
                None => private.map(UrlColumn::Private),
            },
            declared: DeclaredColumn(Some(declared)),
            auth: match public {
                Some(_) => Some(name_of(check)),
                None => private.map(|_| NONE),
            },
            differs: match public {
                Some(_) => differs.as_ref().map(Into::into),
                // Private callers come to the load balancer, which checks nobody.
                None => is_unchecked.then_some(DifferenceColumn::INTERNAL),
            },
            scopes,
            api_key: *api_key,
            throttle: public.and(*throttle).map(Into::into),
            cache: cache.as_ref().map(Into::into),
            validation: public.map(|_| checks.level()),
            timeout_ms: public.map(|_| *timeout_ms),
            requested: public.or(requested_path.as_deref()),
            servers,
            backend_path,
            private_path: private_path.as_deref(),
            private,
            check: Some(check),
            cached: cache.as_ref(),
            checks: Some(checks),
            parameters: Some(request_parameters),
        }
    }

    /// A method of an earlier template, with what answers there.
    pub(crate) fn closed(plan: &'a Plan, route: &'a ClosedRoute) -> Self {
        let answers = match &route.answer {
            ClosedAnswer::Operation { copy, .. } => Self::of(plan, copy),
            ClosedAnswer::NotFound | ClosedAnswer::Preflight(_) => Self::default(),
        };
        Self {
            method: route.method.as_str(),
            path: text_of(&route.path).into(),
            exposure: ExposureColumn::Closed,
            url: Some(UrlColumn::Path(&route.path)),
            ..answers
        }
    }

    /// Returns whether the gateway asks callers for nothing but an API key.
    pub(crate) fn is_open(&self) -> bool {
        self.auth == Some(NONE)
    }

    pub(crate) fn is_public(&self) -> bool {
        self.exposure == ExposureColumn::Public
    }

    /// Cells of a table, below `SETTINGS`.
    pub(crate) fn settings(&self) -> [Cow<'_, str>; SETTINGS.len()] {
        fn or_nothing<'t>(cell: Option<impl Into<Cow<'t, str>>>) -> Cow<'t, str> {
            cell.map_or(Cow::Borrowed(NOTHING), Into::into)
        }
        let scopes = (!self.scopes.is_empty()).then(|| self.scopes.join(" "));
        [
            self.declared.cell().into(),
            or_nothing(self.auth),
            or_nothing(self.differs.as_ref().map(DifferenceColumn::cell)),
            or_nothing(scopes),
            or_nothing(self.api_key.then_some("yes")),
            or_nothing(self.throttle.map(ThrottleColumn::cell)),
            or_nothing(self.cache.as_ref().map(CacheColumn::cell)),
            or_nothing(self.validation.map(Validation::name)),
        ]
    }
}

fn name_of(check: &Check) -> &str {
    match check {
        Check::Nobody => NONE,
        Check::Iam => "iam",
        Check::Authorizer(name) => name,
    }
}

/// Who can call a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Exposure")]
pub(crate) enum ExposureColumn {
    /// Callers of the gateway.
    Public,
    /// Those who reach the ALB.
    Internal,
    /// Nobody.
    Hidden,
    /// Nobody any more: a method of an earlier template, which CloudFormation may not delete yet.
    #[default]
    Closed,
}

impl From<Exposure> for ExposureColumn {
    fn from(exposure: Exposure) -> Self {
        match exposure {
            Exposure::Public => Self::Public,
            Exposure::Internal => Self::Internal,
            Exposure::Hidden => Self::Hidden,
        }
    }
}

impl ExposureColumn {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Public => Exposure::Public.name(),
            Self::Internal => Exposure::Internal.name(),
            Self::Hidden => Exposure::Hidden.name(),
            Self::Closed => "closed",
        }
    }
}

/// The description's `security`; none of a route that no operation is.
#[derive(Clone, Copy, Debug, Default)]
struct DeclaredColumn<'a>(Option<&'a Security>);

impl Serialize for DeclaredColumn<'_> {
    /// Alternatives, each with its schemes and their scopes; an empty one requires nothing.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let alternatives = self.0.iter().flat_map(|declared| declared.alternatives());
        let nothing = Requirement::new();
        let is_optional = matches!(self.0, Some(Security::Optional(_)));
        serializer.collect_seq(alternatives.chain(is_optional.then_some(&nothing)))
    }
}

impl DeclaredColumn<'_> {
    fn cell(self) -> String {
        let Some(declared) = self.0 else {
            return NOTHING.to_owned();
        };
        let all = |requirement: &Requirement| {
            let names: Vec<&str> = requirement.keys().map(|name| &**name).collect();
            names.join(" and ")
        };
        let alternatives = declared.alternatives().iter().map(all);
        let is_open = !matches!(declared, Security::Needs(_));
        let cells = alternatives.chain(is_open.then(|| NONE.to_owned()));
        cells.collect::<Vec<_>>().join(" or ")
    }
}

/// The reason why authorization differs from the description.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[schemars(rename = "Difference")]
struct DifferenceColumn<'a> {
    by: DifferenceBy,
    /// The `weakens` of a route that requires less, or the names of the entries of `auth` that are
    /// ignored.
    reason: Option<Cow<'a, str>>,
}

/// The cause of a difference.
#[derive(Clone, Copy, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum DifferenceBy {
    /// An entry of `auth` is `ignore`: the backend has to check it.
    Ignore,
    /// A route requires less, with a reason.
    Weakens,
    /// A route requires more, or chooses one of several alternatives.
    Route,
    /// Private callers come to the load balancer, which checks nobody.
    Internal,
}

impl<'a> From<&'a AuthDifference> for DifferenceColumn<'a> {
    fn from(difference: &'a AuthDifference) -> Self {
        let (by, reason) = match difference {
            AuthDifference::Ignored(names) => (DifferenceBy::Ignore, Some(names.join(", ").into())),
            AuthDifference::Weakened(reason) => (DifferenceBy::Weakens, Some((&**reason).into())),
            AuthDifference::Chosen => (DifferenceBy::Route, None),
        };
        Self { by, reason }
    }
}

impl DifferenceColumn<'_> {
    const INTERNAL: Self = Self {
        by: DifferenceBy::Internal,
        reason: None,
    };

    fn cell(&self) -> String {
        let by = match self.by {
            DifferenceBy::Ignore => "ignore",
            DifferenceBy::Weakens => "weakens",
            DifferenceBy::Route => "route",
            DifferenceBy::Internal => "internal",
        };
        self.reason
            .as_ref()
            .map_or_else(|| by.to_owned(), |reason| format!("{by}: {reason}"))
    }
}

/// The throttling limits.
#[derive(Clone, Copy, Debug, Serialize, schemars::JsonSchema)]
#[schemars(rename = "Throttle")]
pub(crate) struct ThrottleColumn {
    /// Requests per second in the long run.
    pub(crate) rate: f64,
    /// Requests at once.
    pub(super) burst: u64,
}

impl From<ThrottlePlan> for ThrottleColumn {
    fn from(ThrottlePlan { rate, burst }: ThrottlePlan) -> Self {
        Self { rate, burst }
    }
}

impl ThrottleColumn {
    pub(super) fn cell(self) -> String {
        format!("{}/s, {} at once", self.rate, self.burst)
    }
}

/// The cache settings.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[schemars(rename = "Cache")]
struct CacheColumn<'a> {
    /// Unit: seconds.
    ttl_s: u32,
    /// Parts of the cache key: `path.id`, `query.page`, `header.Accept-Language`.
    key: Vec<Cow<'a, str>>,
    /// The reason why callers may see each other's responses.
    shared: Option<&'a str>,
}

impl<'a> From<&'a CachePlan> for CacheColumn<'a> {
    fn from(cache: &'a CachePlan) -> Self {
        Self {
            ttl_s: cache.ttl_s,
            key: cache.keys.iter().map(|key| key_part(key)).collect(),
            shared: cache.shared.as_deref(),
        }
    }
}

impl CacheColumn<'_> {
    fn cell(&self) -> String {
        let key = if self.key.is_empty() {
            "no key".to_owned()
        } else {
            format!("by {}", self.key.join(", "))
        };
        let shared = self.shared.map(|reason| format!("; shared: {reason}"));
        format!("{}s {key}{}", self.ttl_s, shared.unwrap_or_default())
    }
}
