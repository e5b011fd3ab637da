//! Values of the stack against those of the plan.
//!
//! In: a value of each. Out: whether they are the same. Pure.

use crate::aws::{Function, Members, PythonFunction};
use crate::plan::{self, FunctionPlan, Values, names};
use crate::stack::{Label, List, Value};

/// Returns a value of the plan as the stack has it. Written apart from `assemble`, which is checked.
pub(crate) fn value_of(planned: &plan::Value) -> Value {
    match planned {
        plan::Value::Literal(text) => Value::Literal(text.clone()),
        plan::Value::Input(name) => Value::Input(name.clone()),
        plan::Value::Expression(text) => Value::Expression(text.clone()),
        plan::Value::Parameter { path, is_list } => Value::Parameter {
            label: Label::new(names::parameter_label(path)),
            is_list: *is_list,
        },
    }
}

/// Returns a list of the plan as the stack has it.
pub(crate) fn list_of(planned: &Values) -> List {
    match planned {
        Values::List(values) => List::Of(values.iter().map(value_of).collect()),
        Values::One(one) => List::One(value_of(one)),
    }
}

/// Returns whether a value of the stack is that of the plan.
pub(crate) fn is_same(found: &Value, planned: &plan::Value) -> bool {
    *found == value_of(planned)
}

/// Returns whether both are there and the same, or neither is there.
pub(crate) fn is_same_option(found: Option<&Value>, planned: Option<&plan::Value>) -> bool {
    found == planned.map(value_of).as_ref()
}

/// Returns whether a list of the stack is that of the plan.
pub(crate) fn is_same_list(found: &List, planned: &Values) -> bool {
    *found == list_of(planned)
}

/// Returns whether both are there and the same, or neither is there.
pub(crate) fn is_same_list_option(found: Option<&List>, planned: Option<&Values>) -> bool {
    found == planned.map(list_of).as_ref()
}

/// Returns whether the members of a target group are those of the plan.
pub(crate) fn has_members(found: &Members, planned: &Values) -> bool {
    match (found, planned) {
        (Members::Listed(found), Values::List(planned)) => found
            .iter()
            .map(|(_, member)| member)
            .eq(&planned.iter().map(value_of).collect::<Vec<_>>()),
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
