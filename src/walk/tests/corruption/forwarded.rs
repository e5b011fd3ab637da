//! Ways in which what the gateway forwards can be wrong.

use crate::assemble::Assembled;
use crate::aws::{Header, HeaderSource, Integration, UriHost, UriSegment};
use crate::plan::Plan;
use crate::stack::Value;

use super::{methods, proxies};

pub(crate) fn wrong_path(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled)
        .next()?
        .path
        .insert(0, UriSegment::Literal("other".into()));
    Some(())
}

pub(crate) fn variable_for_text(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let mut segments = proxies(assembled).flat_map(|it| &mut it.path);
    let segment = segments.find(|it| matches!(it, UriSegment::Variable(_)))?;
    *segment = UriSegment::Literal("id".into());
    Some(())
}

pub(crate) fn slash_added(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled)
        .next()?
        .path
        .push(UriSegment::Literal("".into()));
    Some(())
}

pub(crate) fn undeclared_parameter(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let is_path = |it: &String| it.starts_with("method.request.path.");
    let method = methods(assembled).find(|it| it.request_parameters.keys().any(is_path))?;
    std::sync::Arc::make_mut(&mut method.request_parameters).retain(|key, _| !is_path(key));
    Some(())
}

pub(crate) fn host_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).next()?.host = UriHost::Named(Value::literal("elsewhere.example"));
    Some(())
}

pub(crate) fn tls_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let proxy = proxies(assembled).next()?;
    proxy.is_tls = !proxy.is_tls;
    Some(())
}

pub(crate) fn verification_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled)
        .find(|it| it.is_tls && !it.skips_verification)?
        .skips_verification = true;
    Some(())
}

/// Headers of all integrations that forward.
fn headers(assembled: &mut Assembled) -> impl Iterator<Item = &mut Vec<Header>> {
    methods(assembled).filter_map(|it| match &mut it.integration {
        Integration::Proxy(it) => Some(&mut it.headers),
        Integration::Internet(it) => Some(&mut it.headers),
        Integration::Function(_) | Integration::NotFound | Integration::Preflight(_) => None,
    })
}

pub(crate) fn header_removed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    headers(assembled)
        .find(|it| !it.is_empty())?
        .pop()
        .map(drop)
}

pub(crate) fn header_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let header = headers(assembled).flatten().next()?;
    header.source = HeaderSource::Mapping("context.identity.userAgent".into());
    Some(())
}

pub(crate) fn header_renamed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    headers(assembled).flatten().next()?.name = "x-other".into();
    Some(())
}

pub(crate) fn header_added(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let source = HeaderSource::Static(Value::literal("yes"));
    headers(assembled).next()?.push(Header {
        name: "x-admin".into(),
        source,
    });
    Some(())
}

pub(crate) fn wrong_timeout(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    proxies(assembled).next()?.timeout_ms -= 1;
    Some(())
}
