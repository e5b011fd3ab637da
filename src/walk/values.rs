//! Values of the stack against those of the plan.
//!
//! In: a value of each. Out: whether they are the same. Pure.

use crate::aws::{Function, Members, PythonFunction};
use crate::plan::{self, FunctionPlan, Values, names};
use crate::stack::{List, Value};

/// Returns whether a value of the stack is that of the plan.
pub(crate) fn is_same(found: &Value, planned: &plan::Value) -> bool {
    match (found, planned) {
        (Value::Literal(found), plan::Value::Literal(planned))
        | (Value::Input(found), plan::Value::Input(planned))
        | (Value::Expression(found), plan::Value::Expression(planned)) => found == planned,
        (
            Value::Parameter { label, is_list },
            plan::Value::Parameter {
                path,
                is_list: planned,
            },
        ) => label.as_str() == names::parameter_label(path) && is_list == planned,
        _ => false,
    }
}

/// Returns whether both are there and the same, or neither is there.
pub(crate) fn is_same_option(found: Option<&Value>, planned: Option<&plan::Value>) -> bool {
    match (found, planned) {
        (None, None) => true,
        (Some(found), Some(planned)) => is_same(found, planned),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

fn are_same<'v>(found: impl ExactSizeIterator<Item = &'v Value>, planned: &[plan::Value]) -> bool {
    found.len() == planned.len()
        && found
            .zip(planned)
            .all(|(found, planned)| is_same(found, planned))
}

/// Returns whether a list of the stack is that of the plan.
pub(crate) fn is_same_list(found: &List, planned: &Values) -> bool {
    match (found, planned) {
        (List::Of(found), Values::List(planned)) => are_same(found.iter(), planned),
        (List::One(found), Values::One(planned)) => is_same(found, planned),
        (List::Of(_) | List::One(_), _) => false,
    }
}

/// Returns whether the members of a target group are those of the plan.
pub(crate) fn has_members(found: &Members, planned: &Values) -> bool {
    match (found, planned) {
        (Members::Listed(found), Values::List(planned)) => {
            are_same(found.iter().map(|(_, member)| member), planned)
        }
        (Members::Each(found), Values::One(planned)) => is_same(found, planned),
        (Members::Listed(_) | Members::Each(_), _) => false,
    }
}

/// Returns whether a function of the user's is that of the plan.
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

/// Returns whether a variable of a function's environment is that text.
pub(crate) fn is_text(function: &PythonFunction, name: &str, text: &str) -> bool {
    matches!(function.environment.get(name), Some(Value::Literal(found)) if **found == *text)
}
