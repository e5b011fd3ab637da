//! Whether what leaves the gateway is what was planned, and where it goes without a load balancer.
//!
//! In: a method of the stack, its operation, its backend. Out: the first thing that differs. Pure.
//! Path, headers, parameters and timeout are compared for every kind of integration alike.

use super::way::is_same;
use crate::assemble::Assembled;
use crate::aws::{
    Function, FunctionCall, Header, HeaderSource, InternetProxy, LambdaPermission, Method, Node,
    UriSegment,
};
use crate::plan::{
    self, BackendPlan, FunctionPlan, IntegrationPlan, InternetPlan, OperationPlan, Plan, Segment,
};

/// Compares method, parameters and timeout.
pub(crate) fn asked_as_planned(
    method: &Method,
    timeout_ms: u32,
    operation: &OperationPlan,
) -> Result<(), String> {
    if method.http_method != operation.method || timeout_ms != operation.timeout_ms {
        return Err("is sent on with another method or timeout".into());
    }
    if method.request_parameters != operation.request_parameters {
        return Err("declares other parameters".into());
    }
    super::stage::cached_as_planned(method, operation)
}

/// Compares path and headers of what is sent on.
pub(crate) fn sent_as_planned(
    method: &Method,
    (path, headers): (&[UriSegment], &[Header]),
    operation: &OperationPlan,
    backend: &BackendPlan,
) -> Result<(), String> {
    let segment = |segment: &Segment| match segment {
        Segment::Literal(text) => UriSegment::Literal(text.clone()),
        Segment::Variable(name) | Segment::Rest(name) => UriSegment::Variable(name.clone()),
    };
    let mut expected: Vec<UriSegment> = operation.backend_path.iter().map(segment).collect();
    if operation.has_trailing_slash || expected.is_empty() {
        expected.push(UriSegment::Literal("".into()));
    }
    if path != expected {
        return Err("reaches its backend under another path".into());
    }
    let is_declared = |name: &str| {
        method
            .request_parameters
            .get(&format!("method.request.path.{name}"))
            == Some(&true)
    };
    let lost = path.iter().find_map(|it| match it {
        UriSegment::Variable(name) if !is_declared(name) => Some(name),
        UriSegment::Variable(_) | UriSegment::Literal(_) => None,
    });
    if let Some(name) = lost {
        return Err(format!(
            "sends on `{{{name}}}`, which its method does not declare"
        ));
    }
    let same = |(found, planned): (&Header, &plan::HeaderPlan)| {
        found.name == planned.name
            && match (&found.source, &planned.source) {
                (HeaderSource::Static(found), plan::HeaderSourcePlan::Static(planned)) => {
                    is_same(found, planned)
                }
                (HeaderSource::Mapping(found), plan::HeaderSourcePlan::Mapping(planned)) => {
                    found == planned
                }
                (HeaderSource::Static(_) | HeaderSource::Mapping(_), _) => false,
            }
    };
    if headers.len() != backend.headers.len() || !headers.iter().zip(&backend.headers).all(same) {
        return Err(format!(
            "is sent on with other headers than those of `{}`",
            backend.name
        ));
    }
    Ok(())
}

/// A request that leaves for the internet.
pub(crate) fn internet_holds(proxy: &InternetProxy, planned: &InternetPlan) -> Result<(), String> {
    if is_same(&proxy.url, &planned.url) && proxy.skips_verification == planned.skips_verification {
        Ok(())
    } else {
        Err("is sent on to another address, or with other TLS".into())
    }
}

/// A request that becomes a call of a function of the user's.
pub(crate) fn function_holds(called: &Function, planned: &FunctionPlan) -> Result<(), String> {
    if is_same_function(called, planned) {
        Ok(())
    } else {
        Err("calls another function".into())
    }
}

/// The leave for a call.
pub(crate) fn may_be_called(
    plan: &Plan,
    assembled: &Assembled,
    call: &FunctionCall,
) -> Result<(), String> {
    let is_leave = |it: &&LambdaPermission| it.function == call.function;
    let found = permissions(assembled)
        .find(is_leave)
        .ok_or("calls a function that the API may not call")?;
    if Some(found.api.index()) != assembled.api.as_ref().map(|it| it.index())
        || !is_same(&found.stage, &plan.stage_name)
    {
        return Err("calls a function that only another API or stage may call".into());
    }
    Ok(())
}

/// Functions that the API may call although no backend is one.
pub(crate) fn needless_permission(plan: &Plan, assembled: &Assembled) -> Option<String> {
    let is_planned = |it: &LambdaPermission| {
        plan.backends.iter().any(|backend| match &backend.integration {
            IntegrationPlan::Function(planned) => is_same_function(&it.function, planned),
            IntegrationPlan::Forwarder(_) => matches!(&it.function, Function::Made(made) if made.label().as_str() == &*backend.name),
            IntegrationPlan::Balanced(_) | IntegrationPlan::Internet(_) => false,
        })
    };
    let count = plan
        .backends
        .iter()
        .filter(|it| {
            plan.has_gateway
                && matches!(
                    it.integration,
                    IntegrationPlan::Function(_) | IntegrationPlan::Forwarder(_)
                )
        })
        .count();
    let is_needless =
        permissions(assembled).any(|it| !is_planned(it)) || permissions(assembled).count() != count;
    is_needless.then(|| "the API may call other functions than those of its backends".to_owned())
}

fn permissions(assembled: &Assembled) -> impl Iterator<Item = &LambdaPermission> {
    assembled.stack.entries.iter().filter_map(|it| {
        if let Node::LambdaPermission(it) = &it.node {
            Some(it)
        } else {
            None
        }
    })
}

pub(crate) fn is_same_function(found: &Function, planned: &FunctionPlan) -> bool {
    match (found, planned) {
        (
            Function::Name { name, qualifier },
            FunctionPlan::Name {
                name: planned,
                qualifier: version,
            },
        )
        | (
            Function::Arn {
                arn: name,
                qualifier,
            },
            FunctionPlan::Arn {
                arn: planned,
                qualifier: version,
            },
        ) => name == planned && qualifier == version,
        (Function::Given(found), FunctionPlan::Given(planned)) => is_same(found, planned),
        (
            Function::Name { .. } | Function::Arn { .. } | Function::Given(_) | Function::Made(_),
            _,
        ) => false,
    }
}
