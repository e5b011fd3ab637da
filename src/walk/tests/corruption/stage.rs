//! Ways in which the stage, the cache, preflights and the gateway's own errors can be wrong.

use std::sync::Arc;

use super::methods;
use crate::assemble::Assembled;
use crate::aws::{
    CacheSettings, Deployment, Integration, MethodCache, MethodThrottle, Node, Preflight, Stage,
    ThrottleLimit,
};
use crate::openapi::HttpMethod;
use crate::plan::Plan;

fn stage(assembled: &mut Assembled) -> Option<&mut Stage> {
    assembled.stack.entries.iter_mut().find_map(|it| {
        if let Node::Stage(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

fn preflights(assembled: &mut Assembled) -> impl Iterator<Item = &mut Preflight> {
    methods(assembled).filter_map(|it| {
        if let Integration::Preflight(it) = &mut it.integration {
            Some(it)
        } else {
            None
        }
    })
}

fn is_cached(keys: &[Arc<str>]) -> bool {
    !keys.is_empty()
}

/// Callers who request another item would get the first one.
pub(crate) fn key_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    methods(assembled)
        .find(|it| is_cached(&it.cache_keys))?
        .cache_keys
        .remove(0);
    Some(())
}

pub(crate) fn key_undeclared(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let method = methods(assembled).find(|it| is_cached(&it.cache_keys))?;
    Arc::make_mut(&mut method.request_parameters).remove(&*method.cache_keys[0]);
    Some(())
}

pub(crate) fn cached_unasked(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    stage(assembled)?.settings.cache = MethodCache::Enabled(CacheSettings {
        ttl_s: 300,
        is_encrypted: true,
    });
    Some(())
}

pub(crate) fn kept_longer(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let kept =
        stage(assembled)?
            .of_methods
            .iter_mut()
            .find_map(|it| match &mut it.settings.cache {
                MethodCache::Enabled(cache) => Some(cache),
                MethodCache::NoCluster | MethodCache::Disabled => None,
            })?;
    kept.ttl_s += 1;
    Some(())
}

pub(crate) fn throttle_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let settings = &mut stage(assembled)?.settings;
    matches!(settings.throttle, MethodThrottle::Of(_))
        .then(|| settings.throttle = MethodThrottle::Unset)
}

pub(crate) fn throttle_of_a_method_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let it = stage(assembled)?.of_methods.first_mut()?;
    it.settings.throttle = MethodThrottle::Of(ThrottleLimit {
        rate: 1_234.0,
        burst: 1,
    });
    Some(())
}

/// It would take the stage's.
pub(crate) fn exception_left_unset(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let it = stage(assembled)?
        .of_methods
        .iter_mut()
        .find(|it| it.settings.throttle == MethodThrottle::Off)?;
    it.settings.throttle = MethodThrottle::Unset;
    Some(())
}

pub(crate) fn settings_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    stage(assembled)?.of_methods.pop().map(drop)
}

pub(crate) fn settings_twice(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let of_methods = &mut stage(assembled)?.of_methods;
    let again = of_methods.first()?.clone();
    of_methods.push(again);
    Some(())
}

pub(crate) fn settings_of_another_path(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    stage(assembled)?.of_methods.first_mut()?.path = "/elsewhere".into();
    Some(())
}

pub(crate) fn log_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    stage(assembled)?.request_log.take().map(drop)
}

pub(crate) fn method_allowed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let methods = &mut preflights(assembled).next()?.methods;
    methods.push(HttpMethod::of_requests().find(|it| !methods.contains(it))?);
    Some(())
}

pub(crate) fn origin_allowed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    preflights(assembled)
        .next()?
        .origins
        .push("https://elsewhere.example".into());
    Some(())
}

pub(crate) fn credentials_allowed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let preflight = preflights(assembled).next()?;
    preflight.has_credentials = !preflight.has_credentials;
    Some(())
}

pub(crate) fn preflight_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    methods(assembled)
        .find(|it| matches!(it.integration, Integration::Preflight(_)))?
        .integration = Integration::NotFound;
    Some(())
}

pub(crate) fn operation_turned_into_a_preflight(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let told = Preflight {
        origins: vec!["*".into()],
        methods: Vec::new(),
        headers: Vec::new(),
        has_credentials: false,
        max_age_s: None,
    };
    methods(assembled)
        .find(|it| it.integration.is_backend())?
        .integration = Integration::Preflight(told);
    Some(())
}

fn deployment(assembled: &mut Assembled) -> Option<&mut Deployment> {
    assembled.stack.entries.iter_mut().find_map(|it| {
        if let Node::Deployment(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

pub(crate) fn error_not_deployed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    deployment(assembled)?.parts.pop().map(drop)
}

pub(crate) fn error_of_another_kind(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let mut entries = assembled.stack.entries.iter_mut();
    entries
        .find_map(|it| {
            if let Node::GatewayResponse(it) = &mut it.node {
                Some(it)
            } else {
                None
            }
        })?
        .of = "ELSEWHERE";
    Some(())
}
