//! Fields of the plan, and the heading under which a change of each is listed.

mod range;
mod value;

use serde::Serialize;

use crate::diagnostic::{self, Code};
pub(crate) use value::{FieldValue, NamedSchema, Set};

/// A list of differences, in the order of reading.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Heading {
    /// A caller is let through, or sees the response of another, who was not before.
    Loosened,
    /// What callers meet while the change is applied.
    Waits,
    /// A route is served no more.
    Removed,
    /// Requests go to other servers.
    Moved,
    /// More requests, larger ones or less checked ones pass.
    Relaxed,
    /// Neither more nor less passes.
    Changed,
    /// A caller is refused who was not before.
    Tightened,
    /// A route is new.
    Added,
}

impl Heading {
    /// Every heading, in the order of reading.
    pub const ALL: [Self; 8] = [
        Self::Loosened,
        Self::Waits,
        Self::Removed,
        Self::Moved,
        Self::Relaxed,
        Self::Changed,
        Self::Tightened,
        Self::Added,
    ];

    /// The code by which `lint.allow` names its rows.
    pub fn code(self) -> &'static Code {
        match self {
            Self::Loosened => &diagnostic::LOOSENED,
            Self::Waits => &diagnostic::WAITS,
            Self::Removed => &diagnostic::REMOVED,
            Self::Moved => &diagnostic::MOVED,
            Self::Relaxed => &diagnostic::RELAXED,
            Self::Changed => &diagnostic::CHANGED,
            Self::Tightened => &diagnostic::TIGHTENED,
            Self::Added => &diagnostic::ADDED,
        }
    }

    pub fn name(self) -> &'static str {
        self.code().slug
    }
}

/// A field of the plan.
#[derive(Debug, PartialEq, Eq)]
pub struct PlanField {
    pub name: &'static str,
    pub about: &'static str,
    /// Heading where more passes.
    pub more: Heading,
    /// Heading where less passes.
    pub less: Heading,
    /// Heading where neither is less than the other.
    pub other: Heading,
}

macro_rules! fields {
    ($($id:ident = $name:literal $about:literal $more:ident / $less:ident / $other:ident;)*) => {
        $(pub static $id: PlanField = PlanField {
            name: $name,
            about: $about,
            more: Heading::$more,
            less: Heading::$less,
            other: Heading::$other,
        };)*

        /// Every field.
        pub static FIELDS: &[&PlanField] = &[$(&$id,)*];
    };
}

// more passes / less passes / cannot be compared.
fields! {
    ROUTE = "route" "a route that is served, with who may call it" Added / Removed / Changed;
    OPEN_ROUTE = "added" "a new public route that asks for nothing, where others ask" Loosened / Removed / Loosened;
    EXPOSURE = "exposure" "who reaches the route: callers of the gateway, or those of the load balancer alone" Loosened / Removed / Loosened;
    AUTH = "auth" "the check of callers: an entry of `auth`, `iam` or none" Loosened / Tightened / Loosened;
    SCOPES = "scopes" "scopes of which a token needs one" Loosened / Tightened / Loosened;
    KEY = "api key" "whether an API key is needed" Loosened / Tightened / Loosened;
    BACKEND = "backend" "the servers that get the requests" Moved / Moved / Moved;
    BACKEND_PATH = "backend path" "the path that the servers get" Changed / Changed / Changed;
    PRIVATE_PATH = "private path" "the path at the load balancer" Changed / Changed / Changed;
    ENCRYPTION = "encryption" "encryption between gateway and servers, and whether their certificate is verified" Loosened / Tightened / Loosened;
    TIMEOUT = "timeout" "how long the gateway waits for the servers" Relaxed / Changed / Changed;
    THROTTLE = "throttle" "requests per second, and at once" Relaxed / Tightened / Relaxed;
    CACHE = "cache" "how long a response is cached" Changed / Changed / Changed;
    CACHE_KEY = "cache key" "parts of a request by which cached responses are told apart" Loosened / Tightened / Loosened;
    CACHE_ENCRYPTION = "cache encryption" "whether cached responses are encrypted" Relaxed / Tightened / Changed;
    SHARED = "shared" "the reason why callers may see each other's responses" Loosened / Tightened / Changed;
    VALIDATION = "validation" "parts of a request that the gateway checks" Relaxed / Tightened / Relaxed;
    REQUIRED = "required parameters" "parameters without which a request is refused" Relaxed / Tightened / Relaxed;
    BODY = "body" "models that a body is checked by" Changed / Changed / Changed;
    PROMISE = "promise" "what `expect` promises of operations, and findings that `lint.deny` makes errors" Changed / Loosened / Loosened;
    ALLOWED = "allowed" "findings that `lint.allow` allows, with their reason" Changed / Changed / Changed;
    BROWSER_HEADERS = "headers of browsers" "headers that a browser of another origin may send" Changed / Changed / Changed;

    AUTHORIZER = "authorizer" "who decides about callers" Loosened / Tightened / Loosened;
    IDENTITY = "identity sources" "what callers show, without which they are refused" Loosened / Tightened / Loosened;
    DECISIONS = "cached decisions" "how long a decision about a caller is kept" Relaxed / Tightened / Relaxed;
    KEYS = "keys" "API keys that the usage plan lets in" Loosened / Tightened / Loosened;
    QUOTA = "quota" "requests in a period" Relaxed / Tightened / Relaxed;
    PLAN_ROUTES = "throttles of routes" "throttles of single routes for the keys of a plan" Changed / Changed / Changed;
    KEY_SOURCE = "key source" "where the gateway finds the API key" Loosened / Loosened / Loosened;

    ENDPOINT = "endpoint" "from where the API is reached" Loosened / Tightened / Changed;
    VPC_ENDPOINTS = "VPC endpoints" "VPC endpoints through which a private API is called" Loosened / Tightened / Loosened;
    POLICY = "resource policy" "callers that the resource policy lets in" Loosened / Tightened / Loosened;
    EXECUTE_API = "execute-api" "whether the address that AWS gives is served" Loosened / Tightened / Loosened;
    DOMAIN = "domain" "the domain, and the base path on it" Changed / Changed / Changed;
    CERTIFICATE = "certificate" "the certificate that callers see" Changed / Changed / Changed;
    TLS = "TLS" "the lowest version of TLS" Loosened / Tightened / Loosened;
    MUTUAL_TLS = "mutual TLS" "certificates of callers that are trusted" Loosened / Tightened / Loosened;
    ORIGINS = "origins" "origins whose browsers may call" Loosened / Tightened / Loosened;
    CREDENTIALS = "credentials" "whether browsers of other origins send credentials" Loosened / Tightened / Loosened;
    MAX_AGE = "max age" "how long browsers keep a preflight" Changed / Changed / Changed;
    WAF = "WAF" "the web ACL before the stage" Loosened / Tightened / Loosened;
    CLIENT_CERTIFICATE = "client certificate" "by which servers know the gateway" Loosened / Tightened / Loosened;
    CLIENTS = "clients" "who may call the load balancer" Loosened / Tightened / Loosened;
    HOSTS = "hosts" "hosts that the rules of the load balancer take" Loosened / Tightened / Loosened;
    ADMITTED = "admitted" "sources that security groups admit" Loosened / Tightened / Loosened;
    SECURITY_GROUPS = "security groups" "security groups of the user's own" Changed / Changed / Changed;
    SECURITY_GROUP = "security group" "group of the servers, which gets a rule" Changed / Changed / Changed;

    LOGS = "logs" "logs of requests, and of the gateway itself" Changed / Changed / Changed;
    SETTING = "setting" "any other setting" Changed / Changed / Changed;
    STAGE = "stage" "the stage's name, which is a part of its URL" Changed / Changed / Changed;
    NAME = "name" "the name of the stack, and its environment" Changed / Changed / Changed;
    SERVERS = "servers" "servers of a backend, or its function" Changed / Changed / Changed;
    PORT = "port" "the port of the servers, and that of the listener before them" Changed / Changed / Changed;
    PROTOCOL = "protocol" "the protocol between balancer and servers, which may be encrypted" Loosened / Tightened / Changed;
    HOST = "host" "the host that servers see" Changed / Changed / Changed;
    HEALTH_CHECK = "health check" "how a balancer finds out that a server is well" Changed / Changed / Changed;
    HEADERS = "headers" "headers that the gateway sets" Changed / Changed / Changed;
    HEADER_NAMES = "header names" "headers that callers cannot choose, since the gateway sets them" Loosened / Changed / Loosened;
    TOPOLOGY = "topology" "balancers, links and functions between gateway and servers" Changed / Changed / Changed;
    WHILE_APPLIED = "while applied" "what callers meet while the change is applied" Waits / Waits / Waits;
}
