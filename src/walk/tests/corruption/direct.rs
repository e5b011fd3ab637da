//! Ways in which what is called without a link can be wrong: functions, and servers of the
//! internet.

use crate::assemble::Assembled;
use crate::aws::{
    Function, FunctionCall, Integration, InternetProxy, LambdaPermission, Node, UriSegment,
};
use crate::plan::Plan;
use crate::stack::{File, Label, Value};

use super::methods;

fn internet(assembled: &mut Assembled) -> impl Iterator<Item = &mut InternetProxy> {
    methods(assembled).filter_map(|it| {
        if let Integration::Internet(it) = &mut it.integration {
            Some(it)
        } else {
            None
        }
    })
}

fn calls(assembled: &mut Assembled) -> impl Iterator<Item = &mut FunctionCall> {
    methods(assembled).filter_map(|it| {
        if let Integration::Function(it) = &mut it.integration {
            Some(it)
        } else {
            None
        }
    })
}

fn permissions(assembled: &mut Assembled) -> impl Iterator<Item = &mut LambdaPermission> {
    assembled.stack.entries.iter_mut().filter_map(|it| {
        if let Node::LambdaPermission(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })
}

pub(crate) fn address_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    internet(assembled).next()?.url = Value::literal("https://elsewhere.example");
    Some(())
}

pub(crate) fn internet_path_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    internet(assembled)
        .next()?
        .path
        .insert(0, UriSegment::Literal("other".into()));
    Some(())
}

pub(crate) fn internet_verification_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let proxy = internet(assembled).next()?;
    proxy.skips_verification = !proxy.skips_verification;
    Some(())
}

pub(crate) fn function_changed(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    calls(assembled).next()?.function = Function::Name {
        name: "elsewhere".into(),
        qualifier: None,
    };
    Some(())
}

pub(crate) fn function_for_backend(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let call = calls(assembled).next()?.clone();
    methods(assembled)
        .find(|it| matches!(it.integration, Integration::Proxy(_)))?
        .integration = Integration::Function(call);
    Some(())
}

pub(crate) fn permission_for_another(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    permissions(assembled).next()?.function = Function::Name {
        name: "elsewhere".into(),
        qualifier: None,
    };
    Some(())
}

pub(crate) fn permission_for_every_stage(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    permissions(assembled).next()?.stage = Value::literal("*");
    Some(())
}

pub(crate) fn permission_added(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let function = Function::Name {
        name: "elsewhere".into(),
        qualifier: None,
    };
    let permission = LambdaPermission {
        function,
        api: assembled.api.clone()?,
        stage: Value::literal("*"),
    };
    assembled
        .stack
        .add(File::Network, Label::new("other"), permission);
    Some(())
}
