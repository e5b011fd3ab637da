//! Identity and Access Management: roles of functions.

use serde::Serialize;

use super::document::Document;
use super::{Arguments, Copied, HasArn, Home, Kind, TypeChanges};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, Spelling, Value};

/// A role that an AWS service takes, with the one policy that says what it may do.
#[derive(Debug, Serialize)]
pub struct Role {
    /// Service that assumes it, such as `lambda.amazonaws.com`.
    pub service: &'static str,
    pub description: &'static str,
    /// Prefix of the name that Terraform makes.
    pub name_prefix: Value,
    /// Statements of the policy.
    pub statements: Vec<Statement>,
    /// Others rely on it: it stays when the stack goes.
    pub is_retained: bool,
}

fields! { Role { access: [service, statements], other: [description, name_prefix, is_retained] } }

/// A permission of a role. Source: docs/aws-rules.md#z1, docs/aws-rules.md#z2 (which actions know
/// resources).
#[derive(Clone, Debug, Serialize)]
pub struct Statement {
    pub sid: &'static str,
    pub actions: &'static [&'static str],
    pub resources: Vec<Value>,
    /// Operator, key and value that have to hold as well.
    pub condition: Option<(&'static str, &'static str, Value)>,
}

fields! { Statement { access: [actions, resources, condition], other: [sid] } }

impl Statement {
    fn document(&self) -> Document {
        let resources = self.resources.iter().cloned().map(Document::Text).collect();
        let mut parts = vec![
            ("Sid".into(), Document::text(self.sid)),
            ("Effect".into(), Document::text("Allow")),
            ("Action".into(), Document::texts(self.actions)),
            ("Resource".into(), Document::List(resources)),
        ];
        if let Some((operator, key, value)) = &self.condition {
            let condition = Document::object([(*key, Document::Text(value.clone()))]);
            parts.push((
                "Condition".into(),
                Document::object([(*operator, condition)]),
            ));
        }
        Document::Object(parts)
    }
}

impl Role {
    pub(crate) const MORE_BLOCKS: &'static [TypeChanges] = &[TypeChanges::new(
        POLICY,
        &["name_prefix", "role"],
        Copied::Nothing,
    )];

    /// Returns whether it stays when the stack goes.
    pub(crate) fn is_retained(&self) -> bool {
        self.is_retained
    }

    fn trust(&self) -> Document {
        let service = Document::object([("Service", Document::text(self.service))]);
        Document::policy(vec![Document::object([
            ("Effect", Document::text("Allow")),
            ("Action", Document::text("sts:AssumeRole")),
            ("Principal", service),
        ])])
    }

    fn policy(&self) -> Document {
        Document::policy(self.statements.iter().map(Statement::document).collect())
    }

    pub(crate) fn more_blocks(&self, label: &Label, out: &mut Terraform) {
        out.resource(POLICY, label.as_str(), |out| {
            out.attribute("name_prefix", &self.name_prefix);
            out.bare("role", format_args!("{}.{label}.id", Self::TERRAFORM));
            self.policy().terraform("policy", out);
        });
    }
}

/// Terraform's block of the policy.
const POLICY: &str = "aws_iam_role_policy";

impl Kind for Role {
    const TERRAFORM: &'static str = "aws_iam_role";
    const CLOUDFORMATION: &'static str = "AWS::IAM::Role";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["name_prefix"];
    const CREATE_ONLY: Arguments = &[];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("name_prefix", &self.name_prefix);
        out.attribute("description", self.description);
        out.tags();
        self.trust().terraform("assume_role_policy", out);
        if self.is_retained {
            out.prevent_destroy();
        }
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.text("Description", self.description);
        self.trust().cloudformation("AssumeRolePolicyDocument", out);
        out.objects("Policies", [()], |out, ()| {
            out.text("PolicyName", "this");
            self.policy().cloudformation("PolicyDocument", out);
        });
        out.tags();
    }
}

impl HasArn for Role {
    const ARN: Spelling = Spelling::GetAtt("Arn");
}

impl Handle<Role> {
    pub fn name(&self) -> Value {
        self.attribute("name", Spelling::Ref)
    }
}
