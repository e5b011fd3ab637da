//! Values of the stack, computed from those of the plan. Written apart from `assemble`, which is
//! checked.
//!
//! In: a part of the plan. Out: the part of the stack that it has to become. Pure.

use std::fmt::Display;

use crate::aws::{Function, Members, Node, PythonFunction, Stack, ThrottleLimit};
use crate::plan::{self, FunctionPlan, ThrottlePlan, Values, names};
use crate::stack::{Holds, Label, List, Value};

/// A part of the plan that the stack has as a type of its own.
pub(crate) trait InStack {
    type Found: PartialEq;

    /// Returns it as the stack has to have it.
    fn in_stack(&self) -> Self::Found;
}

/// Returns whether a part of the stack is that of the plan.
pub(crate) fn is_same<P: InStack>(found: &P::Found, planned: &P) -> bool {
    *found == planned.in_stack()
}

/// Returns the problem unless a condition holds.
pub(crate) fn ensure(holds: bool, problem: impl Display) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(problem.to_string())
    }
}

/// Returns the node of a kind that has one node.
pub(crate) fn only<K>(stack: &Stack) -> Option<&K>
where
    Node: Holds<K>,
{
    let mut nodes = stack.all::<K>();
    nodes.next().filter(|_| nodes.next().is_none())
}

/// Returns whether the stack has that number of nodes of a kind.
pub(crate) fn has_count<'s, K: 's>(stack: &'s Stack, planned: usize) -> bool
where
    Node: Holds<K>,
{
    stack.all::<K>().count() == planned
}

impl<P: InStack> InStack for Option<P> {
    type Found = Option<P::Found>;

    fn in_stack(&self) -> Self::Found {
        self.as_ref().map(P::in_stack)
    }
}

impl<P: InStack> InStack for &P {
    type Found = P::Found;

    fn in_stack(&self) -> P::Found {
        P::in_stack(self)
    }
}

impl InStack for plan::Value {
    type Found = Value;

    fn in_stack(&self) -> Value {
        match self {
            Self::Literal(text) => Value::Literal(text.clone()),
            Self::Input(name) => Value::Input(name.clone()),
            Self::Expression(text) => Value::Expression(text.clone()),
            Self::Parameter { path, is_list } => Value::Parameter {
                label: Label::new(names::parameter_label(path)),
                is_list: *is_list,
            },
        }
    }
}

impl InStack for Values {
    type Found = List;

    fn in_stack(&self) -> List {
        match self {
            Self::List(values) => List::Of(values.iter().map(InStack::in_stack).collect()),
            Self::One(one) => List::One(one.in_stack()),
        }
    }
}

impl InStack for FunctionPlan {
    type Found = Function;

    fn in_stack(&self) -> Function {
        match self.clone() {
            Self::Name { name, qualifier } => Function::Name { name, qualifier },
            Self::Arn { arn, qualifier } => Function::Arn { arn, qualifier },
            Self::Given(arn) => Function::Given(arn.in_stack()),
        }
    }
}

impl InStack for ThrottlePlan {
    type Found = ThrottleLimit;

    fn in_stack(&self) -> ThrottleLimit {
        let Self { rate, burst } = *self;
        ThrottleLimit { rate, burst }
    }
}

/// Returns whether the members of a target group are those of the plan.
pub(crate) fn has_members(found: &Members, planned: &Values) -> bool {
    let found = match found {
        Members::Listed(members) => List::Of(members.iter().map(|(_, to)| to.clone()).collect()),
        Members::Each(list) => List::One(list.clone()),
    };
    is_same(&found, planned)
}

/// Returns whether variables of a function's environment are these texts.
pub(crate) fn has_texts(function: &PythonFunction, texts: &[(&str, &str)]) -> bool {
    let is_text = |name: &str, text: &str| match function.environment.get(name) {
        Some(Value::Literal(found)) => **found == *text,
        Some(_) | None => false,
    };
    texts.iter().all(|(name, text)| is_text(name, text))
}
