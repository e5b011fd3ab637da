//! Fields of the plan, and the heading under which a change of each is listed.
//! In: two values. Out: the direction of the change. Pure.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::Serialize;

use crate::diagnostic::{self, Code};

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
    PROMISE = "promise" "what `expect` promises of operations" Changed / Loosened / Loosened;
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

/// A value of a field.
#[derive(Clone, Debug)]
pub(crate) enum FieldValue<'a> {
    Text(Cow<'a, str>),
    /// A text whose equality another one decides.
    Named {
        key: &'a str,
        text: &'a str,
    },
    /// A step of a scale: on a higher one more passes.
    Level(u8, Cow<'a, str>),
    /// Amounts, of each of which more lets more pass; without them nothing is limited.
    Amounts(Option<[f64; 2]>, Cow<'a, str>),
    /// Any of them lets a request pass.
    AnyOf(Set<'a>),
    /// Each of them is needed to pass.
    AllOf(Set<'a>),
    /// Schemas with their names, by media type.
    Schemas(Vec<NamedSchema<'a>>),
}

/// A schema with its name, which says where it is written.
#[derive(Clone, Debug)]
pub(crate) struct NamedSchema<'a> {
    pub(crate) media_type: &'a str,
    pub name: &'a str,
    pub(crate) json: &'a serde_json::Value,
}

impl PartialEq for NamedSchema<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.media_type == other.media_type && self.untitled().eq(other.untitled())
    }
}

impl NamedSchema<'_> {
    /// Its members but for its title, which is its name.
    fn untitled(&self) -> impl Iterator<Item = (&String, &serde_json::Value)> {
        let members = self.json.as_object().into_iter().flatten();
        members.filter(|(member, _)| *member != "title")
    }
}

/// A set of texts, or the whole of all.
#[derive(Clone, Debug)]
pub(crate) struct Set<'a> {
    /// The word for everything, where it is that.
    pub(crate) whole: Option<&'static str>,
    pub(crate) members: Vec<Cow<'a, str>>,
    /// The word for no member.
    pub(crate) none: &'static str,
}

impl<'a> Set<'a> {
    pub(crate) fn of(members: impl IntoIterator<Item = &'a str>, none: &'static str) -> Self {
        Self {
            whole: None,
            members: members.into_iter().map(Cow::Borrowed).collect(),
            none,
        }
    }

    /// A set that is everything where it has no member.
    pub(crate) fn or_whole(mut self) -> Self {
        if self.members.is_empty() {
            self.whole = Some(self.none);
        }
        self
    }

    /// How this set compares; `None` where neither holds the other.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self.whole.is_some(), other.whole.is_some()) {
            (true, true) => return Some(Ordering::Equal),
            (true, false) => return Some(Ordering::Greater),
            (false, true) => return Some(Ordering::Less),
            (false, false) => {}
        }
        let [one, two] = [self, other].map(|set| {
            set.members
                .iter()
                .map(|text| &**text)
                .collect::<BTreeSet<_>>()
        });
        match (one.is_superset(&two), one.is_subset(&two)) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Greater),
            (false, true) => Some(Ordering::Less),
            (false, false) => None,
        }
    }

    fn text(&self) -> String {
        match (self.whole, &*self.members) {
            (Some(whole), _) => whole.to_owned(),
            (None, []) => self.none.to_owned(),
            (None, members) => members.join(", "),
        }
    }
}

impl FieldValue<'_> {
    /// How much passes, compared with an earlier value; `None` where neither passes less.
    fn compare(&self, before: &Self) -> Option<Ordering> {
        let or_other = |is_equal: bool| is_equal.then_some(Ordering::Equal);
        match (self, before) {
            (Self::Text(one), Self::Text(two)) => or_other(one == two),
            (Self::Named { key: one, .. }, Self::Named { key: two, .. }) => or_other(one == two),
            (Self::Level(one, text), Self::Level(two, earlier)) => match one.cmp(two) {
                Ordering::Equal => or_other(text == earlier),
                unequal => Some(unequal),
            },
            (Self::Amounts(one, _), Self::Amounts(two, _)) => {
                let unlimited = [f64::INFINITY; 2];
                amounts(one.unwrap_or(unlimited), two.unwrap_or(unlimited))
            }
            (Self::AnyOf(one), Self::AnyOf(two)) => one.compare(two),
            (Self::AllOf(one), Self::AllOf(two)) => one.compare(two).map(Ordering::reverse),
            // Where one has none, the row of what is checked tells that.
            (Self::Schemas(one), Self::Schemas(two)) => {
                let is_none = one.is_empty() || two.is_empty();
                or_other(is_none || one == two)
            }
            (one, two) => or_other(one.text() == two.text()),
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Level(_, text) | Self::Amounts(_, text) => text.to_string(),
            Self::Named { text, .. } => (*text).to_owned(),
            Self::AnyOf(set) | Self::AllOf(set) => set.text(),
            Self::Schemas(schemas) => {
                let text = |schema: &NamedSchema<'_>| {
                    let hash = blake3::hash(schema.json.to_string().as_bytes()).to_hex();
                    format!("{} {} {}", schema.media_type, schema.name, &hash[..8])
                };
                schemas.iter().map(text).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// The heading of a change of a field to this value; `None` where nothing changes.
    pub(crate) fn heading(&self, before: &Self, field: &PlanField) -> Option<Heading> {
        match self.compare(before) {
            Some(Ordering::Equal) => None,
            Some(Ordering::Greater) => Some(field.more),
            Some(Ordering::Less) => Some(field.less),
            None => Some(field.other),
        }
    }
}

impl FieldValue<'_> {
    /// The value as the memory keeps it; `None` where nothing could pass more.
    pub(crate) fn remembered(&self) -> Option<String> {
        match self {
            Self::Level(level, text) => Some(format!("{level} {}", escaped(text))),
            Self::AnyOf(set) if set.whole.is_some() => None,
            Self::AnyOf(set) | Self::AllOf(set) => Some(match set.whole {
                Some(_) => "*".to_owned(),
                None => set
                    .members
                    .iter()
                    .map(|text| escaped(text))
                    .collect::<Vec<_>>()
                    .join(" "),
            }),
            _ => None,
        }
    }

    /// An earlier value of the same field, from the memory.
    pub(crate) fn recalled(&self, text: &str) -> Option<FieldValue<'static>> {
        let set = |none| Set {
            whole: (text == "*").then_some("everything"),
            members: match text {
                "*" | "" => Vec::new(),
                members => members
                    .split(' ')
                    .map(|member| Cow::Owned(plain(member)))
                    .collect(),
            },
            none,
        };
        Some(match self {
            Self::Level(..) => {
                let (level, text) = text.split_once(' ')?;
                FieldValue::Level(level.parse().ok()?, plain(text).into())
            }
            Self::AnyOf(known) => FieldValue::AnyOf(set(known.none)),
            Self::AllOf(known) => FieldValue::AllOf(set(known.none)),
            _ => return None,
        })
    }
}

/// Characters that separate what the memory keeps.
const SEPARATORS: [(char, &str); 3] = [('%', "%25"), (' ', "%20"), (';', "%3B")];

fn escaped(text: &str) -> Cow<'_, str> {
    let is_separator = |character| {
        SEPARATORS
            .iter()
            .any(|(separator, _)| *separator == character)
    };
    if !text.contains(is_separator) {
        return Cow::Borrowed(text);
    }
    let escaped = SEPARATORS
        .iter()
        .fold(text.to_owned(), |text, (separator, escape)| {
            text.replace(*separator, escape)
        });
    Cow::Owned(escaped)
}

fn plain(text: &str) -> String {
    SEPARATORS
        .iter()
        .rev()
        .fold(text.to_owned(), |text, (separator, escape)| {
            text.replace(escape, &separator.to_string())
        })
}

fn amounts(one: [f64; 2], two: [f64; 2]) -> Option<Ordering> {
    let pair = [0, 1].map(|index| one[index].total_cmp(&two[index]));
    match pair {
        [first, second] if first == second => Some(first),
        [Ordering::Equal, other] | [other, Ordering::Equal] => Some(other),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
