//! The topic of alarms, and the latency that raises one.
//!
//! In: `AlarmsSpec`, the operations. Out: `AlarmsPlan`. Pure.

use crate::blueprint::AlarmsSpec;
use crate::plan::variables::Variables;
use crate::plan::{InputType, OperationPlan, Value};

/// Share of the longest timeout from which on the slowest requests are close to failing.
const NEAR_PERCENT: u32 = 80;

/// Alarms of the whole stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmsPlan {
    pub topic: Value,
    /// Unit: milliseconds.
    pub latency_ms: u32,
}

/// Decides the alarms.
///
/// Errors: GW2002 no topic, GW2008 Terraform only.
pub(crate) fn alarms(
    variables: &mut Variables<'_>,
    operations: &[OperationPlan],
) -> Option<AlarmsPlan> {
    let spec = variables.blueprint().spec.alarms.as_ref()?;
    let public = operations.iter().filter(|each| each.is_public());
    let timeouts = public.map(|operation| operation.timeout_ms);
    Some(AlarmsPlan {
        topic: topic(variables, spec),
        latency_ms: timeouts.max().unwrap_or_default() / 100 * NEAR_PERCENT,
    })
}

pub(crate) fn topic(variables: &mut Variables<'_>, spec: &AlarmsSpec) -> Value {
    variables.value(&spec.topic, InputType::Topic, "/alarms/topic")
}
