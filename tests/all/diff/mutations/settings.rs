//! Settings that a mutation changes: of a route, of the stack, of a backend.
//! Each has two values; from the first to the second more passes, or neither passes less.

/// Heading from the first to the second value, heading back, field.
pub(super) type Headings = (&'static str, &'static str, &'static str);

macro_rules! table {
    ($name:ident Setting $((($with:expr, $at:expr), $values:expr, $subject:expr, $row:expr),)*) => {
        pub(super) static $name: &[Setting] = &[$(Setting {
            with: $with,
            at: $at,
            values: $values,
            subject: $subject,
            row: $row,
        },)*];
    };
    ($name:ident RouteSetting $((($fits:expr, $with:expr, $member:expr), $values:expr, $rows:expr),)*) => {
        pub(super) static $name: &[RouteSetting] = &[$(RouteSetting {
            with: $with,
            fits: $fits,
            name: $member,
            values: $values,
            rows: $rows,
        },)*];
    };
    ($name:ident BackendSetting $((($topology:expr, $with:expr, $at:expr), $values:expr, $is_of_routes:expr, $row:expr),)*) => {
        pub(super) static $name: &[BackendSetting] = &[$(BackendSetting {
            topology: $topology,
            with: $with,
            at: $at,
            values: $values,
            is_of_routes: $is_of_routes,
            row: $row,
        },)*];
    };
}

/// A setting of the blueprint.
pub(super) struct Setting {
    /// Laid over the blueprint in both states.
    pub(super) with: &'static str,
    pub(super) at: &'static str,
    pub(super) values: [&'static str; 2],
    pub(super) subject: &'static str,
    pub(super) row: Headings,
}

const DOMAIN: &str =
    r#"{"api": {"domain": {"name": "api.shop.example", "certificate": {"var": "cert_arn"}}}}"#;
const PRIVATE: &str = r#"{"api": {"endpoint": {"type": "private", "vpc_endpoints": [{"var": "one"}]}, "domain": null, "cors": null}}"#;
const TRUSTED: &str = r#"{"api": {"disable_execute_api": true, "domain": {"name": "api.shop.example", "certificate": {"var": "cert_arn"}}}}"#;
const CORS: &str = r#"{"api": {"cors": {"origins": ["https://a.example"]}}}"#;
const PLAN: &str = r#"{"usage_plans": {"extra": {"keys": ["one"]}}}"#;
const CLUSTER: &str = r#"{"stage": {"cache": {"size_gb": 0.5, "ttl": "1m"}}}"#;

const ANY: Headings = ("changed", "changed", "setting");

table! { SETTINGS Setting
    ((DOMAIN, "/api/disable_execute_api"), ["true", "false"], "API", ("loosened", "tightened", "execute-api")),
    (("{}", "/api/endpoint/allow_cidrs"), [r#"["192.0.2.0/24"]"#, r#"["192.0.2.0/24", "198.51.100.0/24"]"#], "API", ("loosened", "tightened", "resource policy")),
    (("{}", "/api/endpoint/allow_cidrs"), [r#"["192.0.2.0/24"]"#, r#"["198.51.100.0/24"]"#], "API", ("loosened", "loosened", "resource policy")),
    (("{}", "/api/endpoint/allow_cidrs"), [r#"["192.0.2.0/24"]"#, "null"], "API", ("loosened", "tightened", "resource policy")),
    ((PRIVATE, "/api/endpoint/allow_cidrs"), [r#"["10.0.0.0/8"]"#, "null"], "API", ("loosened", "tightened", "resource policy")),
    ((PRIVATE, "/api/endpoint/vpc_endpoints"), [r#"[{"var": "one"}]"#, r#"[{"var": "one"}, {"var": "other"}]"#], "API", ("loosened", "tightened", "VPC endpoints")),
    ((r#"{"api": {"domain": null}}"#, "/api/endpoint/type"), [r#""regional""#, r#""edge""#], "API", ("changed", "changed", "endpoint")),
    (("{}", "/api/waf"), [r#"{"var": "acl"}"#, "null"], "stage", ("loosened", "tightened", "WAF")),
    (("{}", "/api/minimum_compression_size"), ["1024", "2048"], "API", ANY),
    (("{}", "/api/binary_media_types"), [r#"["image/png"]"#, r#"["image/png", "image/gif"]"#], "API", ANY),
    (("{}", "/api/gateway_responses/problem_json"), ["true", "false"], "API", ANY),
    ((DOMAIN, "/api/domain/base_path"), [r#""v7""#, r#""v8""#], "API", ("changed", "changed", "domain")),
    ((DOMAIN, "/api/domain/certificate"), [r#"{"var": "one_arn"}"#, r#"{"var": "other_arn"}"#], "API", ("changed", "changed", "certificate")),
    ((DOMAIN, "/api/domain/security_policy"), [r#""TLS_1_2""#, r#""TLS_1_0""#], "API", ("loosened", "tightened", "TLS")),
    ((TRUSTED, "/api/domain/mutual_tls"), [r#"{"truststore": {"var": "store"}, "version": {"var": "store_version"}}"#, "null"], "API", ("loosened", "tightened", "mutual TLS")),
    ((CORS, "/api/cors/origins"), [r#"["https://a.example"]"#, r#"["https://a.example", "https://b.example"]"#], "CORS", ("loosened", "tightened", "origins")),
    ((CORS, "/api/cors/origins"), [r#"["https://a.example"]"#, r#"["*"]"#], "CORS", ("loosened", "tightened", "origins")),
    ((CORS, "/api/cors/origins"), [r#"["https://a.example"]"#, r#"["https://b.example"]"#], "CORS", ("loosened", "loosened", "origins")),
    ((CORS, "/api/cors/credentials"), ["false", "true"], "CORS", ("loosened", "tightened", "credentials")),
    ((CORS, "/api/cors/max_age"), [r#""5m""#, r#""6m""#], "CORS", ("changed", "changed", "max age")),
    ((CORS, "/api/cors/headers"), [r#"["authorization", "content-type", "x-api-key"]"#, r#"["authorization", "content-type", "x-api-key", "x-trace"]"#], "CORS", ("changed", "changed", "headers of browsers")),
    (("{}", "/stage/client_certificate"), ["true", "false"], "stage", ("loosened", "tightened", "client certificate")),
    (("{}", "/stage/execution_log"), [r#""error""#, r#""info""#], "stage", ("changed", "changed", "logs")),
    ((r#"{"stage": {"execution_log": "off"}}"#, "/stage/access_log"), [r#"{"retention_days": 400}"#, r#"{"retention_days": 731}"#], "stage", ("changed", "changed", "logs")),
    (("{}", "/stage/metrics"), ["true", "false"], "stage", ANY),
    (("{}", "/stage/tracing"), ["true", "false"], "stage", ANY),
    (("{}", "/stage/variables"), [r#"{"one": "1"}"#, r#"{"one": "2"}"#], "stage", ANY),
    (("{}", "/stage/name"), [r#""v1""#, r#""v2""#], "stage", ("changed", "changed", "stage")),
    ((CLUSTER, "/stage/cache/size_gb"), ["0.5", "1.6"], "stage", ANY),
    ((PLAN, "/usage_plans/extra/keys"), [r#"["one"]"#, r#"["one", "other"]"#], "usage plans", ("loosened", "tightened", "keys")),
    ((PLAN, "/usage_plans/extra/throttle"), [r#"{"rate": 5, "burst": 10}"#, r#"{"rate": 6, "burst": 10}"#], "usage plan extra", ("relaxed", "tightened", "throttle")),
    ((PLAN, "/usage_plans/extra/throttle"), [r#"{"rate": 5, "burst": 10}"#, "null"], "usage plan extra", ("relaxed", "tightened", "throttle")),
    ((PLAN, "/usage_plans/extra/quota"), [r#"{"limit": 1000, "period": "day"}"#, r#"{"limit": 2000, "period": "day"}"#], "usage plan extra", ("relaxed", "tightened", "quota")),
    ((PLAN, "/usage_plans/extra/quota"), [r#"{"limit": 1000, "period": "day"}"#, "null"], "usage plan extra", ("relaxed", "tightened", "quota")),
    (("{}", "/name"), [r#""one""#, r#""other""#], "API", ("changed", "changed", "name")),
    (("{}", "/tags"), [r#"{"team": "one"}"#, r#"{"team": "other"}"#], "API", ANY),
    (("{}", "/alarms"), [r#"{"topic": {"var": "one"}}"#, "null"], "API", ANY),
    (("{}", "/network/vpc"), [r#"{"var": "vpc_id"}"#, r#"{"var": "other_vpc_id"}"#], "network", ANY),
    ((r#"{"alb": {"existing": null}}"#, "/alb/clients"), [r#"["10.0.0.0/16"]"#, r#"["10.0.0.0/16", "10.1.0.0/16"]"#], "alb", ("loosened", "tightened", "clients")),
    (("{}", "/alb/idle_timeout"), [r#""60s""#, r#""70s""#], "alb", ANY),
    (("{}", "/alb/deletion_protection"), ["true", "false"], "alb", ANY),
    ((r#"{"nlb": {"existing": null}}"#, "/nlb/deletion_protection"), ["true", "false"], "nlb", ANY),
    (("{}", "/nlb/cross_zone"), ["true", "false"], "API", ANY),
    (("{}", "/forwarder/memory_mb"), ["512", "1024"], "forwarder", ANY),
    (("{}", "/sync/missing_before_deregister"), ["3", "4"], "sync", ANY),
}

/// The routes that a setting fits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fits {
    All,
    /// Nobody is asked who they are, nor for a key.
    Open,
    /// Callers are asked who they are, and for no key.
    Checked,
    /// No key is needed.
    WithoutKey,
    /// GET, and nobody is asked.
    OpenGet,
    /// Only parameters are checked.
    Parameters,
    /// Bodies are checked.
    Body,
}

/// A setting of a route, as its members; `null` is no route.
pub(super) struct RouteSetting {
    pub(super) with: &'static str,
    pub(super) fits: Fits,
    /// The member that decides.
    pub(super) name: &'static str,
    pub(super) values: [&'static str; 2],
    pub(super) rows: &'static [Headings],
}

const CHECKERS: &str = r#"{"auth": {
    "checker": {"lambda": {"function": {"var": "checker_arn"}, "kind": "request", "identity": ["header.Authorization"], "ttl": "1m"}},
    "checker2": {"lambda": {"function": {"var": "checker2_arn"}, "kind": "request", "identity": ["header.Authorization"], "ttl": "1m"}},
    "pool": {"cognito": {"user_pools": [{"var": "pool_arn"}]}}}}"#;

const THROTTLE: Headings = ("relaxed", "tightened", "throttle");
const SCOPES: Headings = ("loosened", "tightened", "scopes");
const VALIDATION: Headings = ("relaxed", "tightened", "validation");
const REQUIRED: Headings = ("relaxed", "tightened", "required parameters");

table! { ROUTE_SETTINGS RouteSetting
    ((Fits::All, "{}", "throttle"), [r#"{"throttle": {"rate": 10, "burst": 20}}"#, r#"{"throttle": {"rate": 20, "burst": 20}}"#], &[THROTTLE]),
    ((Fits::All, "{}", "throttle"), [r#"{"throttle": {"rate": 10, "burst": 20}}"#, r#"{"throttle": {"rate": 10, "burst": 30}}"#], &[THROTTLE]),
    ((Fits::All, "{}", "throttle"), [r#"{"throttle": {"rate": 10, "burst": 20}}"#, r#"{"throttle": "off"}"#], &[THROTTLE]),
    ((Fits::All, "{}", "throttle"), [r#"{"throttle": {"rate": 10, "burst": 20}}"#, r#"{"throttle": {"rate": 20, "burst": 10}}"#], &[("relaxed", "relaxed", "throttle")]),
    ((Fits::All, "{}", "timeout"), [r#"{"timeout": "10s"}"#, r#"{"timeout": "11s"}"#], &[("relaxed", "changed", "timeout")]),
    ((Fits::All, "{}", "timeout"), [r#"{"timeout": "500ms"}"#, r#"{"timeout": "29s"}"#], &[("relaxed", "changed", "timeout")]),
    ((Fits::WithoutKey, PLAN, "api_key"), [r#"{"api_key": true}"#, "null"], &[("loosened", "tightened", "api key")]),
    ((Fits::Open, CHECKERS, "auth"), [r#"{"auth": "checker"}"#, "null"], &[("loosened", "tightened", "auth")]),
    ((Fits::Open, CHECKERS, "auth"), [r#"{"auth": "pool", "scopes": ["a"]}"#, "null"], &[("loosened", "tightened", "auth")]),
    ((Fits::Checked, r#"{"expect": null}"#, "auth"), ["null", r#"{"auth": "none", "weakens": "a probe has no token"}"#], &[("loosened", "tightened", "auth")]),
    ((Fits::Open, CHECKERS, "auth"), [r#"{"auth": "checker"}"#, r#"{"auth": "checker2"}"#], &[("loosened", "loosened", "auth")]),
    ((Fits::Open, CHECKERS, "scopes"), [r#"{"auth": "pool", "scopes": ["a"]}"#, r#"{"auth": "pool", "scopes": ["a", "b"]}"#], &[SCOPES]),
    ((Fits::Open, CHECKERS, "scopes"), [r#"{"auth": "pool", "scopes": ["a"]}"#, r#"{"auth": "pool", "scopes": ["b"]}"#], &[("loosened", "loosened", "scopes")]),
    ((Fits::Open, CHECKERS, "scopes"), [r#"{"auth": "pool", "scopes": ["a"]}"#, r#"{"auth": "pool"}"#], &[SCOPES]),
    ((Fits::OpenGet, CLUSTER, "cache"), [r#"{"cache": {"ttl": "5m", "shared": "public"}}"#, r#"{"cache": {"ttl": "6m", "shared": "public"}}"#], &[("changed", "changed", "cache")]),
    ((Fits::OpenGet, CLUSTER, "cache"), [r#"{"cache": {"shared": "public"}}"#, r#"{"cache": {"shared": "for all"}}"#], &[("changed", "changed", "shared")]),
    ((Fits::OpenGet, CLUSTER, "cache"), [r#"{"cache": {}}"#, r#"{"cache": {"shared": "for all"}}"#], &[("loosened", "tightened", "shared")]),
    ((Fits::OpenGet, CLUSTER, "cache"), [r#"{"cache": {"key": ["header.Accept", "header.X-Other"], "shared": "public"}}"#, r#"{"cache": {"key": ["header.Accept"], "shared": "public"}}"#], &[("loosened", "tightened", "cache key")]),
    ((Fits::OpenGet, CLUSTER, "cache"), [r#"{"cache": {"key": ["header.X-Other"], "shared": "public"}}"#, r#"{"cache": {"key": ["header.Accept"], "shared": "public"}}"#], &[("loosened", "loosened", "cache key")]),
    ((Fits::OpenGet, CLUSTER, "cache"), [r#"{"cache": "off"}"#, r#"{"cache": {"key": ["header.Accept"], "shared": "public"}}"#], &[("loosened", "tightened", "cache key"), ("changed", "changed", "cache")]),
    ((Fits::Parameters, "{}", "validation"), [r#"{"validation": "params"}"#, r#"{"validation": "none"}"#], &[VALIDATION, REQUIRED]),
    ((Fits::Parameters, "{}", "validation"), [r#"{"validation": "full"}"#, r#"{"validation": "body"}"#], &[VALIDATION, REQUIRED]),
    ((Fits::Body, "{}", "validation"), [r#"{"validation": "body"}"#, r#"{"validation": "none"}"#], &[VALIDATION]),
    ((Fits::Body, "{}", "validation"), [r#"{"validation": "full"}"#, r#"{"validation": "params"}"#], &[VALIDATION]),
}

/// A setting of a backend.
pub(super) struct BackendSetting {
    /// `None`: every one with ports.
    pub(super) topology: Option<&'static str>,
    pub(super) with: &'static str,
    pub(super) at: &'static str,
    pub(super) values: [&'static str; 2],
    /// The rows are those of its routes.
    pub(super) is_of_routes: bool,
    pub(super) row: Headings,
}

const HTTPS: &str = r#"{"protocol": "https", "host": "in.example"}"#;
const NLB: Option<&str> = Some("nlb-targets");

table! { BACKEND_SETTINGS BackendSetting
    ((NLB, r#"{"listener_port": null}"#, "/port"), ["7101", "7102"], false, ("changed", "changed", "port")),
    ((NLB, r#"{"health_check": null}"#, "/health_check"), ["null", r#"{"protocol": "http", "path": "/well"}"#], false, ("changed", "changed", "health check")),
    ((NLB, r#"{"protocol": "http"}"#, "/host"), [r#""one.example""#, r#""other.example""#], false, ("changed", "changed", "host")),
    ((None, "{}", "/headers"), [r#"{"x-a": "one"}"#, r#"{"x-a": "other"}"#], false, ("changed", "changed", "headers")),
    ((None, "{}", "/path_prefix"), [r#""/one""#, r#""/other""#], true, ("changed", "changed", "backend path")),
    ((None, "{}", "/deregistration_delay"), [r#""70s""#, r#""90s""#], false, ANY),
    ((None, "{}", "/security_group"), [r#"{"var": "one_group"}"#, r#"{"var": "other_group"}"#], false, ("changed", "changed", "security group")),
    ((None, r#"{"targets": {"ecs": null, "instances": null, "ips": null, "autoscaling_groups": null}}"#, "/targets/ips"), [r#"["10.0.7.1"]"#, r#"["10.0.7.1", "10.0.7.2"]"#], false, ("changed", "changed", "servers")),
    ((NLB, r#"{"host": "in.example"}"#, "/protocol"), [r#""https""#, r#""http""#], true, ("loosened", "tightened", "encryption")),
    ((NLB, HTTPS, "/tls/verify"), ["true", "false"], true, ("loosened", "tightened", "encryption")),
}
