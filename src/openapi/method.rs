//! HTTP methods, as descriptions and API Gateway name them.

/// HTTP methods of a path item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HttpMethod {
    Any,
    Delete,
    Get,
    Head,
    Options,
    Patch,
    Post,
    Put,
    /// Of OpenAPI 3.2; a REST API has no such method.
    Query,
    Trace,
    /// One of `additionalOperations`; both names live as long as the process.
    Other {
        name: &'static str,
        key: &'static str,
    },
}

impl HttpMethod {
    /// Methods that have a field in a path item.
    pub const ALL: [Self; 10] = [
        Self::Any,
        Self::Delete,
        Self::Get,
        Self::Head,
        Self::Options,
        Self::Patch,
        Self::Post,
        Self::Put,
        Self::Query,
        Self::Trace,
    ];

    /// Returns whether a REST API can have it.
    ///
    /// Source: docs/aws-rules.md#p10 (`Valid options are
    /// GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY`).
    pub fn is_servable(self) -> bool {
        !matches!(self, Self::Query | Self::Trace | Self::Other { .. })
    }

    /// Returns whether a request can be for both: the methods are the same, or one is `ANY`.
    pub fn overlaps(self, other: Self) -> bool {
        self == other || self == Self::Any || other == Self::Any
    }

    /// Returns the methods that a request to a REST API can have.
    ///
    /// Source: docs/aws-rules.md#p10.
    pub fn of_requests() -> impl Iterator<Item = Self> {
        let methods = Self::ALL.into_iter();
        methods.filter(|method| method.is_servable() && *method != Self::Any)
    }

    /// Returns the method in upper case, as API Gateway writes it.
    pub fn as_str(self) -> &'static str {
        self.name_and_key().0
    }

    /// Returns the key in a path item, or in its `additionalOperations`.
    pub fn key(self) -> &'static str {
        self.name_and_key().1
    }

    fn name_and_key(self) -> (&'static str, &'static str) {
        match self {
            Self::Any => ("ANY", "x-amazon-apigateway-any-method"),
            Self::Delete => ("DELETE", "delete"),
            Self::Get => ("GET", "get"),
            Self::Head => ("HEAD", "head"),
            Self::Options => ("OPTIONS", "options"),
            Self::Patch => ("PATCH", "patch"),
            Self::Post => ("POST", "post"),
            Self::Put => ("PUT", "put"),
            Self::Query => ("QUERY", "query"),
            Self::Trace => ("TRACE", "trace"),
            Self::Other { name, key } => (name, key),
        }
    }

    /// Returns the first word of a label.
    pub fn lower(self) -> &'static str {
        if self == Self::Any { "any" } else { self.key() }
    }
}
