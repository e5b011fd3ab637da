//! The stage and its resources: logs, the account's role, the certificate, the web ACL.
//! In: `StagePlan`, the deployment. Out: nodes in the stack. Pure.

use super::outputs::{self, Owner};
use super::this;
use super::values::{self, text, value};
use crate::aws::{
    Account, CacheSettings, ClientCertificate, Deployment, LogGroup, LogRole, LoggingLevel,
    MethodCache, MethodSettings, MethodThrottle, RestApi, Role, Settings, Stack, Stage, Statement,
    WebAclAssociation,
};
use crate::blueprint::{ExecutionLog, OutputFormat};
use crate::plan::{self, LogRolePlan, OperationPlan, Plan, ThrottlePlan, names, text_of};
use crate::stack::{Address, File, Handle, Here, Label, Value};

/// Actions that the role with which API Gateway writes logs may perform.
///
/// Source: AWS, "Permissions for CloudWatch logging": the managed policy
/// `AmazonAPIGatewayPushToCloudWatchLogs`,
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>, read
/// 2026-11-30.
const LOG_ACTIONS: &[&str] = &[
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
];

/// Label of the stage. In Terraform it holds the name, so that a stage of another name is created
/// beside the old one: nothing can be created before a resource of the same address is destroyed
/// without all methods being so, too (docs/aws-rules.md#w1).
fn label(plan: &Plan) -> Label {
    let is_terraform = plan.output.format != OutputFormat::Cloudformation;
    match &plan.stage_name {
        plan::Value::Literal(name) if is_terraform => {
            let is_label = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
            Label::new([if is_label { "" } else { "stage_" }, name].concat())
        }
        _ => this(),
    }
}

/// The stage with all that it needs and that needs it.
pub(crate) fn stage(
    stack: &mut Stack,
    plan: &Plan,
    api: &Handle<RestApi>,
    deployment: Handle<Deployment>,
) -> Handle<Stage> {
    let planned = &plan.stage;
    let name = value(&plan.stage_name);
    let mut after: Vec<Address> = account(stack, plan).into_iter().collect();
    after.extend(execution_log(stack, plan, api, &name));
    let request_log = planned.request_log.as_ref().map(|log| {
        let name = Value::Text(vec![
            Value::literal("/aws/apigateway/"),
            text(&plan.prefix.with("")),
        ]);
        let (retention_days, kms_key) = (log.retention_days, log.kms_key.as_ref().map(value));
        let group = LogGroup {
            name,
            retention_days,
            kms_key,
        };
        let group = stack.add(File::Stage, Label::new("requests"), group);
        outputs::log_group(stack, &Owner::new("access", "the access log"), &group);
        group
    });
    let client_certificate = planned.has_client_certificate.then(|| {
        let description = text(&plan.prefix.with(""));
        stack.add(File::Stage, this(), ClientCertificate { description })
    });
    let stage = Stage {
        api: api.clone(),
        deployment,
        name,
        is_traced: planned.is_traced,
        variables: planned
            .variables
            .iter()
            .map(|(name, variable)| (name.clone(), value(variable)))
            .collect(),
        request_log,
        cache_size: planned.cache.as_ref().map(|cache| cache.size),
        client_certificate: client_certificate.clone(),
        settings: settings(plan, planned.throttle, None),
        of_methods: plan
            .operations
            .iter()
            .chain(plan.closed.operations())
            .filter_map(|operation| of_method(plan, operation))
            .collect(),
        after,
    };
    let stage = stack.add(File::Stage, label(plan), stage);
    if let Some(web_acl) = &planned.web_acl {
        stack.add(
            File::Access,
            this(),
            WebAclAssociation {
                api: api.clone(),
                stage: stage.clone(),
                web_acl: value(web_acl),
            },
        );
    }
    if let Some(certificate) = client_certificate {
        stack.output(
            "client_certificate_id",
            "Id of the certificate by which backends know the gateway.",
            certificate.id(),
        );
    }
    stage
}

fn settings(plan: &Plan, throttle: Option<ThrottlePlan>, cache: Option<CacheSettings>) -> Settings {
    Settings {
        has_metrics: plan.stage.has_metrics,
        logging: match plan.stage.execution_log {
            ExecutionLog::Off => LoggingLevel::Off,
            ExecutionLog::Error => LoggingLevel::Error,
            ExecutionLog::Info => LoggingLevel::Info,
        },
        throttle: match (throttle, plan.stage.throttle) {
            (Some(limit), _) => MethodThrottle::Of(values::throttle(limit)),
            (None, Some(_)) => MethodThrottle::Off,
            (None, None) => MethodThrottle::Unset,
        },
        cache: MethodCache::of(plan.stage.cache.is_some(), cache),
    }
}

/// The settings of a method that differ from those of all.
fn of_method(plan: &Plan, operation: &OperationPlan) -> Option<MethodSettings> {
    let path = operation.gateway_path.as_ref()?;
    if operation.throttle == plan.stage.throttle && operation.cache.is_none() {
        return None;
    }
    let cache = operation.cache.as_ref().map(|cache| CacheSettings {
        ttl_s: cache.ttl_s,
        is_encrypted: cache.is_encrypted,
    });
    Some(MethodSettings {
        label: Label::new(names::operation_label(operation.method, path)),
        path: text_of(path).into(),
        http_method: operation.method,
        settings: settings(plan, operation.throttle, cache),
    })
}

/// Builds the account's setting and its role, where the stack manages them.
fn account(stack: &mut Stack, plan: &Plan) -> Option<Address> {
    let role = match &plan.stage.role {
        LogRolePlan::Existing => return None,
        LogRolePlan::Arn(arn) => LogRole::Existing(Value::literal(arn.clone())),
        LogRolePlan::Managed => {
            let groups = vec![
                Value::literal("arn:"),
                Value::Here(Here::Partition),
                Value::literal(":logs:"),
                Value::Here(Here::Region),
                Value::literal(":"),
                Value::Here(Here::Account),
                Value::literal(":log-group:*"),
            ];
            let write = Statement {
                sid: "WriteLogs",
                actions: LOG_ACTIONS,
                resources: vec![Value::Text(groups)],
                condition: None,
            };
            let role = Role {
                service: "apigateway.amazonaws.com",
                description: "What API Gateway may do to write the logs of all APIs in this region",
                // Another name would replace it, and it is protected.
                name_prefix: Value::literal("apigateway-logs-"),
                statements: vec![write],
                is_retained: true,
            };
            let role = stack.add(File::Stage, Label::new("logs"), role);
            let owner = Owner::new("log", "API Gateway, which writes the logs of all its APIs");
            outputs::role(stack, &owner, &role);
            LogRole::Made(role)
        }
    };
    Some(
        stack
            .add(File::Stage, this(), Account { role })
            .address()
            .clone(),
    )
}

/// Builds the group of API Gateway's own log, which would have no end of retention if API Gateway
/// created it.
///
/// Source: docs/aws-rules.md#d18.
fn execution_log(
    stack: &mut Stack,
    plan: &Plan,
    api: &Handle<RestApi>,
    stage: &Value,
) -> Option<Address> {
    if plan.stage.execution_log == ExecutionLog::Off {
        return None;
    }
    let name = Value::Text(vec![
        Value::literal("API-Gateway-Execution-Logs_"),
        api.id(),
        Value::literal("/"),
        stage.clone(),
    ]);
    let request_log = plan.stage.request_log.as_ref();
    let group = LogGroup {
        name,
        retention_days: plan.stage.log_retention_days,
        kms_key: request_log.and_then(|log| log.kms_key.as_ref()).map(value),
    };
    let group = stack.add(File::Stage, Label::new("execution"), group);
    let owner = Owner::new("execution", "the execution log");
    outputs::log_group(stack, &owner, &group);
    Some(group.address().clone())
}
