//! Numbers and texts of the stage, and of the responses to browsers.
//! In: `BlueprintSpec`. Out: diagnostics. Pure.

use super::{Checker, child};
use crate::blueprint::gateway::{CACHE_SIZES, CorsSpec, StageSpec};
use crate::blueprint::scalars::{Duration, Switch};
use crate::diagnostic::CREDENTIALS_FOR_ANY_ORIGIN;

/// Retention times that CloudWatch has. Unit: days. Source: AWS, CloudWatch Logs API reference,
/// `PutRetentionPolicy`,
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>.
const RETENTION_DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// Source: docs/aws-rules.md#m17, docs/aws-rules.md#d8.
const MAX_VARIABLES: usize = 100;
const MAX_VARIABLE_NAME: usize = 64;

/// Longest time for which a response is cached. Unit: milliseconds. Source: docs/aws-rules.md#m25.
const MAX_TTL_MS: u64 = 3_600_000;

/// Longest time for which a browser may cache a preflight response. Unit: milliseconds; a day,
/// which is the longest time that any browser observes.
const MAX_AGE_MS: u64 = 86_400_000;

/// Largest size from which on answers are compressed. Unit: bytes. Source: docs/aws-rules.md#c11.
const MAX_COMPRESSION: u64 = 10_485_760;

impl Checker<'_> {
    /// Errors: GW2002.
    pub(crate) fn stage(&mut self) {
        let stage = &self.spec().stage;
        self.variables(stage);
        if let Switch::On(log) = &stage.access_log
            && !RETENTION_DAYS.contains(&log.retention_days)
        {
            let days = log.retention_days;
            let days_there_are = RETENTION_DAYS.map(|days| days.to_string()).join(", ");
            self.wrong(
                "/stage/access_log/retention_days",
                format_args!("CloudWatch cannot keep lines for {days} days"),
                format_args!("write one of {days_there_are}"),
            );
        }
        if let Some(Switch::On(cache)) = &stage.cache {
            if cache.size().is_none() {
                let help = format!("write one of {}", CACHE_SIZES.join(", "));
                self.wrong(
                    "/stage/cache/size_gb",
                    format_args!("there is no cache of {} GB", cache.size_gb),
                    help,
                );
            }
            self.seconds("/stage/cache/ttl", Some(cache.ttl), MAX_TTL_MS);
        }
    }

    fn variables(&mut self, stage: &StageSpec) {
        let Some(variables) = &stage.variables else {
            return;
        };
        if variables.len() > MAX_VARIABLES {
            let message = format!(
                "a stage has at most {MAX_VARIABLES} variables, not {}",
                variables.len()
            );
            self.wrong("/stage/variables", message, "leave some out");
        }
        for name in variables.keys() {
            let is_legal = (1..=MAX_VARIABLE_NAME).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_legal {
                let help = "use letters, digits and `_`, at most 64";
                self.wrong(
                    &child("/stage/variables", name),
                    format_args!("`{name}` is no name of a stage variable"),
                    help,
                );
            }
        }
    }

    fn seconds(&mut self, at: &str, time: Option<Duration>, most_ms: u64) {
        let Some(time) =
            time.filter(|time| time.milliseconds() > most_ms || time.milliseconds() % 1_000 != 0)
        else {
            return;
        };
        let most = Duration::of_milliseconds(most_ms);
        self.wrong(
            at,
            format_args!("{time} is no whole number of seconds up to {most}"),
            format_args!("write a time from `0s` to `{most}`"),
        );
    }

    /// Errors: GW2002; GW2090 credentials for any origin.
    pub(crate) fn api(&mut self) {
        let api = &self.spec().api;
        if let Some(size) = api
            .minimum_compression_size
            .filter(|size| *size > MAX_COMPRESSION)
        {
            let message = format!(
                "API Gateway compresses answers from 0 to {MAX_COMPRESSION} bytes on, not {size}"
            );
            self.wrong(
                "/api/minimum_compression_size",
                message,
                "write a number in that range, or remove the line",
            );
        }
        for (index, media_type) in api.binary_media_types.iter().flatten().enumerate() {
            let is_legal = |text: &str| {
                !text.is_empty()
                    && text
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-*".contains(&byte))
            };
            if !media_type
                .split_once('/')
                .is_some_and(|(of, name)| is_legal(of) && is_legal(name))
            {
                let at = child("/api/binary_media_types", index);
                self.wrong(
                    &at,
                    format_args!("`{media_type}` is no media type"),
                    "write for example `image/png`, without parameters",
                );
            }
        }
        if let Some(cors) = &api.cors {
            self.cors(cors);
        }
    }

    fn cors(&mut self, cors: &CorsSpec) {
        if cors.origins.is_empty() {
            self.wrong(
                "/api/cors/origins",
                "no origin is named",
                "write for example `[\"https://shop.example\"]`, or remove `cors`",
            );
        }
        let is_any = cors.origins.iter().any(|origin| origin == "*");
        if is_any && cors.origins.len() > 1 {
            self.wrong(
                "/api/cors/origins",
                "`*` is every origin already",
                "write `*` alone, or name the origins",
            );
        }
        for (index, origin) in cors
            .origins
            .iter()
            .enumerate()
            .filter(|(_, origin)| !is_origin(origin))
        {
            let help = "write scheme and host alone, for example `https://shop.example`, without a slash at its end";
            self.wrong(
                &child("/api/cors/origins", index),
                format_args!("`{origin}` is no origin"),
                help,
            );
        }
        for (index, header) in cors
            .headers
            .iter()
            .flatten()
            .enumerate()
            .filter(|(_, name)| !is_token(name))
        {
            let at = child("/api/cors/headers", index);
            self.wrong(
                &at,
                format_args!("`{header}` is no name of a header"),
                "write for example `content-type`",
            );
        }
        self.seconds("/api/cors/max_age", cors.max_age, MAX_AGE_MS);
        if is_any && cors.credentials {
            self.report(
                &CREDENTIALS_FOR_ANY_ORIGIN,
                "/api/cors/credentials",
                "cookies and other credentials go to named origins only, and `origins` is `*`",
                "name the origins, or write `credentials: false`",
            );
        }
    }
}

/// `*`, or a scheme, a host and a port as a browser writes them in `Origin`.
fn is_origin(origin: &str) -> bool {
    if origin == "*" {
        return true;
    }
    let Some((scheme, host)) = origin.split_once("://") else {
        return false;
    };
    let (host, port) = host
        .split_once(':')
        .map_or((host, None), |(host, port)| (host, Some(port)));
    let legal = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_')
    };
    // A browser leaves the scheme's own port out.
    let is_own_port = matches!(
        (scheme, port),
        ("https", Some("443")) | ("http", Some("80"))
    );
    !is_own_port
        && matches!(
            scheme,
            "http" | "https" | "capacitor" | "ionic" | "app" | "tauri"
        )
        && !host.is_empty()
        && host.bytes().all(legal)
        && port.is_none_or(|port| {
            !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Source: RFC 9110, section 5.6.2; `*` is no name here.
fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&^_`|~.+-".contains(&byte))
}
