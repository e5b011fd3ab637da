//! Operations under their mounts, before they become a plan.
//! In: operations, the decisions of routes about them. Out: `Draft`s, findings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Builder, Draft, Protection, cors};
use crate::blueprint::{AuthSpec, Exposure, MountSpec};
use crate::openapi::{Operation, Security};
use crate::plan::access::expect;
use crate::plan::paths::{self, Segment, Template};
use crate::plan::rules::{self, Decision};
use crate::plan::{AuthPlan, OperationPlan};

/// Access of public callers to an operation.
#[derive(Default)]
struct PublicAccess {
    auth: AuthPlan,
    /// An exported preflight, to which the gateway responds.
    is_preflight: bool,
    /// Headers that a browser of another origin has to be allowed to send.
    browser_headers: Vec<Arc<str>>,
}

impl<'a> Builder<'a> {
    /// Adds the operation of that index under every mount.
    pub(crate) fn operation(&mut self, index: usize) {
        let described = self.descriptions.described(index);
        let mounts = std::mem::take(&mut self.mounts);
        let decide = |mount: &Option<&MountSpec>| {
            self.rules
                .decide(described, mount.map_or("/", |mount| &mount.at))
        };
        let decisions: Vec<_> = mounts.iter().map(decide).collect();
        let exposures: Vec<Exposure> = decisions.iter().map(Decision::exposure).collect();
        let spec = &self.blueprint.spec;
        let has_private_callers = spec.topology.has_alb() && spec.emits_rules();
        let mut template = None;
        if exposures.contains(&Exposure::Public) {
            template = self.servable_template(index);
        } else if has_private_callers && exposures.contains(&Exposure::Internal) {
            self.check_for_private_callers(index);
        }
        for (mount, decision) in mounts.iter().zip(&decisions) {
            self.draft(index, *mount, decision, template.as_ref());
        }
        self.mounts = mounts;
    }

    /// Segments before the path of an operation on the gateway: its mount, and its base path where
    /// the gateway serves that, too.
    fn gateway_prefix(&self, description: usize, mount: Option<&MountSpec>) -> Vec<Segment> {
        let mount = mount.map_or("", |mount| &mount.at).split('/');
        let mount = mount.filter(|segment| !segment.is_empty());
        let mount = mount.map(|segment| Segment::Literal(segment.into()));
        let [base, _] = &self.bases[description];
        mount.chain(base.iter().cloned()).collect()
    }

    /// Returns the authorization of a public operation's callers, and whether the gateway responds
    /// itself.
    ///
    /// The gateway's own preflight is decided by `api.cors`; one that authenticates its callers is
    /// no preflight for browsers.
    fn public_access(&mut self, index: usize, decision: &Decision<'a>) -> PublicAccess {
        let (description, operation) = self.descriptions.operations[index];
        let api = &self.descriptions.apis[description];
        if decision.exposure() != Exposure::Public {
            return PublicAccess::default();
        }
        let has_cors = self.blueprint.spec.api.cors.is_some();
        let is_mock = has_cors && operation.is_mock_preflight();
        let auth = if is_mock && operation.security.alternatives().is_empty() {
            AuthPlan::default()
        } else {
            self.security.decide(api, operation, decision)
        };
        let is_preflight = is_mock && auth.is_open();
        let browser_headers = if has_cors && !is_preflight {
            cors::headers(api, operation, &auth, self.blueprint)
        } else {
            Vec::new()
        };
        PublicAccess {
            auth,
            is_preflight,
            browser_headers,
        }
    }

    /// Returns the index of the backend under a mount; the only backend where no route names one.
    ///
    /// Errors: GW3001 no backend.
    fn backend(
        &mut self,
        operation: &Operation,
        mount: Option<&'a MountSpec>,
        decision: &Decision<'a>,
        is_called: bool,
    ) -> Option<usize> {
        let only = self.blueprint.spec.only_backend();
        let name = rules::mounted(mount, decision.backend.map(|(name, _)| name))
            .or_else(|| only.map(String::as_str));
        let has_private_callers =
            self.blueprint.spec.topology.has_alb() && decision.exposure() == Exposure::Internal;
        if name.is_none() && (is_called || has_private_callers) {
            self.no_backend(operation);
        }
        let name = name?;
        self.backends
            .iter()
            .position(|backend| **backend.name == *name)
    }

    /// Adds the operation of that index under a mount.
    fn draft(
        &mut self,
        index: usize,
        mount: Option<&'a MountSpec>,
        decision: &Decision<'a>,
        template: Option<&Arc<Template>>,
    ) {
        let (description, operation) = self.descriptions.operations[index];
        let notation = self.with_greedy(operation, decision, template);
        let template = notation.template.as_ref();
        let exposure = decision.exposure();
        let is_public = exposure == Exposure::Public;
        let prefix = self.gateway_prefix(description, mount);
        let access = self.public_access(index, decision);
        let is_called = is_public && !access.is_preflight;
        if is_called {
            self.media_types
                .extend(operation.binary_media_types.iter().cloned());
        }
        let has_alb = self.blueprint.spec.topology.has_alb();
        let backend = self.backend(operation, mount, decision, is_called);
        let below_prefix =
            |template: &Template| prefix.iter().chain(&template.segments).cloned().collect();
        let plan = OperationPlan {
            description,
            method: operation.method,
            path: Arc::clone(&operation.path),
            place: operation.place(""),
            exposure,
            backend: backend.filter(|_| !access.is_preflight),
            timeout_ms: self.timeout(decision),
            throttle: self.throttle(decision),
            cache: None,
            gateway_path: template
                .filter(|_| is_public)
                .map(|template| below_prefix(template)),
            requested_path: (!is_public)
                .then(|| paths::template(&notation.path, false).ok())
                .flatten()
                .map(|template| below_prefix(&template)),
            private_path: (has_alb && !is_public)
                .then(|| self.private_path(description, &notation.path)),
            backend_path: Vec::new(),
            has_trailing_slash: template.is_some_and(|template| template.has_trailing_slash),
            request_parameters: Default::default(),
            declared: operation.security.clone(),
            auth: access.auth,
            browser_headers: access.browser_headers,
            checks: Default::default(),
            coverage: Default::default(),
            sources: decision.sources(),
        };
        let cache = if is_called {
            self.requested_cache(&self.descriptions.apis[description], operation, decision)
        } else {
            None
        };
        self.drafts.push(Draft {
            plan,
            source: index,
            template: template.filter(|_| is_public).cloned(),
            node: 0,
            prefix,
            mount: mount.map_or("", |mount| mount.at.trim_matches('/')),
            written: notation.path,
            cache,
            unchecked: self.protection(operation, decision).filter(|_| has_alb),
            validation: self.requested_validation(decision),
            is_dropped: false,
            is_preflight: access.is_preflight,
            is_throttled: expect::is_throttled(
                self.blueprint,
                decision.throttle.map(|(throttle, _)| throttle),
            ),
        });
    }

    /// Protection of an internal operation against public callers; none where the backend checks
    /// them itself.
    fn protection(&self, operation: &Operation, decision: &Decision<'a>) -> Option<Protection> {
        let (exposure, origin) = decision.exposure?;
        if exposure != Exposure::Internal {
            return None;
        }
        let auth = self.blueprint.spec.auth.as_ref();
        let mut schemes: BTreeSet<Arc<str>> = match (decision.auth, &operation.security) {
            (Some(("none", _)), _) | (None, Security::Open | Security::Optional(_)) => {
                BTreeSet::new()
            }
            (Some((name, _)), _) => BTreeSet::from([Arc::from(name)]),
            (None, Security::Needs(alternatives)) => alternatives
                .iter()
                .flat_map(BTreeMap::keys)
                .cloned()
                .collect(),
        };
        schemes.retain(|name| {
            let entry = auth.and_then(|auth| auth.get(&**name));
            !matches!(entry, Some(AuthSpec::Ignore))
        });
        if schemes.is_empty() && decision.api_key.is_some_and(|(is_required, _)| is_required) {
            schemes.insert("api_key".into());
        }
        (!schemes.is_empty()).then(|| Protection {
            schemes,
            place: origin.place(self.blueprint, "exposure"),
        })
    }
}
