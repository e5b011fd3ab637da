//! Functions that forward: one a backend, each with its role and its log group, all in one security
//! group.
//! In: `Plan`. Out: nodes in the stack. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{log_group, write_logs};
use crate::assemble::network::{
    MergedRules, Purpose, anywhere, group_peer, group_sources, named, own_source,
};
use crate::assemble::outputs::{self, Owner};
use crate::assemble::security_group;
use crate::assemble::values::{list, short_name, value};
use crate::aws::{
    FunctionCode, FunctionGroups, FunctionNetwork, LogGroup, PythonFunction, Role, SecurityGroup,
    Stack, Statement,
};
use crate::plan::{
    BackendPlan, ForwarderGroupsPlan, ForwarderPlan, ForwardersPlan, HeaderSourcePlan, Plan, Values,
};
use crate::stack::{File, Handle, Here, Label, Value};

/// Its code, which is the same for every backend.
const CODE: FunctionCode = FunctionCode {
    name: "forwarder",
    text: include_str!("../../../templates/functions/forwarder.py"),
};

/// Time that a function has beyond the timeout of a request, to respond that the request took too
/// long. Unit: milliseconds.
const BEYOND_MS: u32 = 1_000;

/// Functions by the name of their backend.
pub(crate) type Functions = BTreeMap<Arc<str>, Handle<PythonFunction>>;

/// Builds all resources of the functions that forward.
pub(crate) fn forwarders(stack: &mut Stack, plan: &Plan) -> Functions {
    let Some(shared) = &plan.forwarders else {
        return Functions::new();
    };
    let group = match &shared.groups {
        ForwarderGroupsPlan::Made(vpc) => Some(security_group(
            stack,
            plan,
            "forwarder",
            "Functions between API Gateway and the backends",
            value(vpc),
        )),
        ForwarderGroupsPlan::Given(_) => None,
    };
    rules(stack, plan, shared, group.as_ref());
    let mut functions = Functions::new();
    for (backend, forwarder) in plan
        .backends
        .iter()
        .filter_map(|backend| Some((backend, backend.forwarder()?)))
    {
        let name = short_name(
            stack,
            plan,
            &plan.prefix.function("forwarder", backend.name.first()),
        );
        let (role, log_group) = role(stack, plan, shared, backend, &name);
        let function = PythonFunction {
            name,
            description: "Forwards requests of the API to one backend",
            code: CODE,
            runtime: Arc::clone(&shared.runtime),
            memory_mb: shared.memory_mb,
            timeout_s: (shared.timeout_ms + BEYOND_MS).div_ceil(1_000),
            reserved_concurrency: None,
            environment: environment(shared, backend, forwarder),
            network: Some(FunctionNetwork {
                subnets: list(&shared.subnets),
                security_groups: groups(shared, group.as_ref()),
            }),
            role,
            log_group,
            is_traced: shared.is_traced,
        };
        let name = Arc::clone(&backend.name);
        let label = Label::of(&backend.name, str::to_owned);
        let function = stack.add(File::Functions, label, function);
        let owner = Owner::of_backend("forwarder", "the function that forwards to", &name);
        outputs::function(stack, &owner, &function);
        functions.insert(name, function);
    }
    if let Some(group) = group {
        stack.output(
            "forwarder_security_group_id",
            "Id of the security group of the functions that forward requests.",
            group.id(),
        );
    }
    functions
}

fn groups(shared: &ForwardersPlan, group: Option<&Handle<SecurityGroup>>) -> FunctionGroups {
    match (&shared.groups, group) {
        (ForwarderGroupsPlan::Given(groups), _) => FunctionGroups::Given(list(groups)),
        (ForwarderGroupsPlan::Made(_), Some(group)) => FunctionGroups::Made(group.clone()),
        (ForwarderGroupsPlan::Made(_), None) => {
            unreachable!("the group that is to be made was made before")
        }
    }
}

/// Adds the rules from the functions to the backends. DNS of the VPC passes no security group.
fn rules(
    stack: &mut Stack,
    plan: &Plan,
    shared: &ForwardersPlan,
    group: Option<&Handle<SecurityGroup>>,
) {
    let sources = match (&shared.groups, group) {
        (ForwarderGroupsPlan::Given(groups), _) => group_sources(groups),
        (ForwarderGroupsPlan::Made(_), group) => {
            group.iter().map(|group| own_source(group)).collect()
        }
    };
    let mut rules = MergedRules::default();
    for (backend, forwarder) in plan
        .backends
        .iter()
        .filter_map(|backend| Some((backend, backend.forwarder()?)))
    {
        let theirs = forwarder.security_group.as_ref().map(named);
        let purpose = |phrase| Purpose {
            phrase,
            backend: Some(&backend.name),
        };
        if let Some(group) = group {
            let to = theirs.as_ref().map_or_else(anywhere, group_peer);
            rules.egress(group, forwarder.port, &to, purpose("Requests to"));
        }
        let Some(theirs) = &theirs else { continue };
        for from in &sources {
            let purpose = purpose("Requests from the function to");
            rules.ingress(theirs, forwarder.port, from, purpose);
        }
    }
    rules.add_to(stack);
}

/// Actions that Lambda performs with the function's role to attach the function to the VPC, on
/// resources of the region.
///
/// Source: AWS Lambda developer guide, "Giving Lambda functions access to resources in an Amazon
/// VPC", required permissions,
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>.
const INTERFACE_ACTIONS: &[&str] = &[
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
];

/// And this to all or none. Source:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>.
const LOOK_ACTIONS: &[&str] = &["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];

/// Returns the ARN of all resources of EC2 in the region, which AWS requires here; of any account,
/// since another account can share its subnets.
fn interfaces() -> Value {
    let end = Value::literal(":*:*/*");
    Value::Text(vec![
        Value::literal("arn:"),
        Value::Here(Here::Partition),
        Value::literal(":ec2:"),
        Value::Here(Here::Region),
        end,
    ])
}

/// Its log group, and a role that may write to the group and attach the function to the network,
/// and nothing else.
fn role(
    stack: &mut Stack,
    plan: &Plan,
    shared: &ForwardersPlan,
    backend: &BackendPlan,
    name: &Value,
) -> (Handle<Role>, Handle<LogGroup>) {
    let label = Label::of(&backend.name, str::to_owned);
    let log_group = log_group(stack, plan, &label, name, shared.log_retention_days);
    let any = || vec![Value::literal("*")];
    let mut statements = vec![
        write_logs(&log_group),
        Statement {
            sid: "StandInTheNetwork",
            actions: INTERFACE_ACTIONS,
            resources: vec![interfaces()],
            condition: None,
        },
        Statement {
            sid: "SeeTheNetwork",
            actions: LOOK_ACTIONS,
            resources: any(),
            condition: None,
        },
    ];
    if shared.is_traced {
        let actions = &["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
        statements.push(Statement {
            sid: "Trace",
            actions,
            resources: any(),
            condition: None,
        });
    }
    let role = Role {
        service: "lambda.amazonaws.com",
        description: "What a function that forwards requests may do",
        name_prefix: short_name(stack, plan, &plan.prefix.short("-forward-")),
        statements,
        is_retained: false,
    };
    (stack.add(File::Functions, label, role), log_group)
}

/// Environment variables of the function; `templates/functions/forwarder.py` describes each.
fn environment(
    shared: &ForwardersPlan,
    backend: &BackendPlan,
    forwarder: &ForwarderPlan,
) -> BTreeMap<String, Value> {
    let flag = |is_true: bool| Value::literal(if is_true { "true" } else { "false" });
    let mut environment = BTreeMap::from([
        ("HOSTS".to_owned(), hosts(&forwarder.hosts)),
        (
            "PORT".to_owned(),
            Value::literal(forwarder.port.to_string()),
        ),
        (
            "PROTOCOL".to_owned(),
            Value::literal(if forwarder.is_tls { "https" } else { "http" }),
        ),
        ("PATHS".to_owned(), json(&forwarder.paths)),
        (
            "KEEP_ACCEPT_ENCODING".to_owned(),
            flag(shared.keeps_accept_encoding),
        ),
        (
            "TIMEOUT_MS".to_owned(),
            Value::literal(shared.timeout_ms.to_string()),
        ),
    ]);
    if forwarder.is_tls {
        environment.insert("TLS_VERIFY".to_owned(), flag(!forwarder.skips_verification));
    }
    if let Some(host) = &forwarder.host {
        environment.insert("HOST".to_owned(), value(host));
    }
    if !forwarder.timeouts.is_empty() {
        environment.insert("TIMEOUTS".to_owned(), json(&forwarder.timeouts));
    }
    let mut from_context: BTreeMap<&str, &str> = BTreeMap::new();
    for header in &backend.headers {
        match &header.source {
            HeaderSourcePlan::Static(text) => {
                let line = Value::Text(vec![
                    Value::literal(format!("{}: ", header.name)),
                    value(text),
                ]);
                environment.insert(header_variable(&header.name), line);
            }
            HeaderSourcePlan::Mapping(text) => {
                from_context.insert(&header.name, text.strip_prefix("context.").unwrap_or(text));
            }
        }
    }
    if !from_context.is_empty() {
        environment.insert("CONTEXT_HEADERS".to_owned(), json(&from_context));
    }
    environment
}

fn hosts(hosts: &Values) -> Value {
    match hosts {
        Values::List(list) => {
            let mut parts: Vec<Value> = list
                .iter()
                .flat_map(|host| [Value::literal(","), value(host)])
                .skip(1)
                .collect();
            if parts.len() == 1 {
                parts.remove(0)
            } else {
                Value::Text(parts)
            }
        }
        Values::One(list) => Value::Joined(Box::new(value(list))),
    }
}

fn json(mapping: &impl serde::Serialize) -> Value {
    Value::literal(
        serde_json::to_string(mapping).expect("a mapping of text to text or numbers is JSON"),
    )
}

/// Letters become large, so that a small letter can begin the text for any other byte: no two
/// headers share a variable.
fn header_variable(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'-' => "_".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte.to_ascii_uppercase()).to_string(),
        byte => format!("x{byte:02x}"),
    };
    name.bytes()
        .map(byte)
        .fold("HEADER_".to_owned(), |variable, part| variable + &part)
}

#[cfg(test)]
mod tests {
    use super::header_variable;

    #[test]
    fn headers_have_variables_of_their_own() {
        let names = ["x-a", "x_a", "x.a", "xx2ea", "x$a", "xa"];
        let variables: std::collections::BTreeSet<_> =
            names.iter().map(|name| header_variable(name)).collect();
        assert_eq!(variables.len(), names.len());
        assert!(variables.contains("HEADER_X_A") && variables.contains("HEADER_Xx2eA"));
    }
}
