//! Functions of AWS Lambda that exist: those of backends and of authorizers.
//!
//! In: `targets.function`, `function` of an authorizer. Out: `FunctionPlan`. Pure.
//! A literal is a name or an ARN; what is known only at deploy time is an ARN, since CloudFormation
//! cannot distinguish the two.

use std::sync::Arc;

use crate::blueprint;
use crate::diagnostic;
use crate::plan::variables::Variables;
use crate::plan::{InputType, Value};

/// A function of AWS Lambda, without its version or alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunctionPlan {
    /// A name in the API's own account and region.
    Name {
        name: Arc<str>,
        qualifier: Option<Arc<str>>,
    },
    Arn {
        arn: Arc<str>,
        qualifier: Option<Arc<str>>,
    },
    /// An ARN, with an alias or a version or without, that is known only at deploy time.
    Given(Value),
}

/// Longest name of a function. Unit: characters. Source: docs/aws-rules.md#z5.
const MAX_NAME: usize = 64;

/// Longest alias. Unit: characters. Source: AWS Lambda API reference, AddPermission, `Qualifier`,
/// <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>.
const MAX_QUALIFIER: usize = 128;

/// Decides a function whose input would be of the type.
///
/// Errors: GW2002 no function, GW2008 Terraform only.
pub(crate) fn function(
    variables: &mut Variables<'_>,
    written: &blueprint::ValueSpec,
    input: InputType,
    at: &str,
) -> FunctionPlan {
    let given = variables.value(written, input, at);
    let Value::Literal(text) = &given else {
        return FunctionPlan::Given(given);
    };
    if let Some(function) = parsed(text) {
        return function;
    }
    variables.report(
        diagnostic::INVALID_VALUE
            .at(variables.place(at))
            .message(format_args!("`{text}` is no function that the gateway can call"))
            .help("write a name or an ARN, with `:` and an alias or a version or without, for example `orders` or `orders:live`"),
    );
    FunctionPlan::Name {
        name: text.clone(),
        qualifier: None,
    }
}

fn parsed(text: &str) -> Option<FunctionPlan> {
    let parts: Vec<&str> = text.split(':').collect();
    let is_function = |name: &str, qualifier: Option<&&str>| {
        is_word(name, MAX_NAME)
            && qualifier.is_none_or(|qualifier| is_word(qualifier, MAX_QUALIFIER))
    };
    match parts[..] {
        [name] | [name, _] if is_function(name, parts.get(1)) => Some(FunctionPlan::Name {
            name: name.into(),
            qualifier: parts.get(1).map(|qualifier| (*qualifier).into()),
        }),
        [
            "arn",
            partition,
            "lambda",
            region,
            account,
            "function",
            name,
            ..,
        ] if parts.len() <= 8 => {
            let is_account =
                account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            let holds = is_word(partition, 20)
                && is_word(region, 30)
                && is_account
                && is_function(name, parts.get(7));
            holds.then(|| FunctionPlan::Arn {
                arn: parts[..7].join(":").into(),
                qualifier: parts.get(7).map(|qualifier| (*qualifier).into()),
            })
        }
        _ => None,
    }
}

fn is_word(text: &str, longest: usize) -> bool {
    !text.is_empty()
        && text.len() <= longest
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::{FunctionPlan, parsed};

    #[test]
    fn names_and_arns_are_distinguished() {
        let name = |name: &str, qualifier: Option<&str>| FunctionPlan::Name {
            name: name.into(),
            qualifier: qualifier.map(Into::into),
        };
        let arn = |qualifier: Option<&str>| FunctionPlan::Arn {
            arn: "arn:aws-cn:lambda:cn-north-1:123456789012:function:orders".into(),
            qualifier: qualifier.map(Into::into),
        };
        assert_eq!(parsed("orders"), Some(name("orders", None)));
        assert_eq!(parsed("orders:live"), Some(name("orders", Some("live"))));
        assert_eq!(
            parsed("arn:aws-cn:lambda:cn-north-1:123456789012:function:orders"),
            Some(arn(None))
        );
        assert_eq!(
            parsed("arn:aws-cn:lambda:cn-north-1:123456789012:function:orders:7"),
            Some(arn(Some("7")))
        );
        for wrong in [
            "",
            ":live",
            "orders:",
            "orders:$LATEST",
            "a b",
            "123456789012:function:orders",
            "arn:aws:s3:::bucket",
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
