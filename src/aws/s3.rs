//! Simple Storage Service: buckets for the state of functions.

use serde::Serialize;

use super::{Arguments, Copied, HasArn, Home, Kind, TypeChanges};
use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, Spelling, Value};

/// A private bucket; AWS makes the end of its name, which no other account may have.
///
/// Source: docs/aws-rules.md#z3. Its objects are worth nothing later, so Terraform deletes them with
/// it.
#[derive(Debug, Serialize)]
pub struct Bucket {
    /// Prefix of the name that Terraform makes; at most 37 characters.
    pub name_prefix: Value,
}

fields! { Bucket { other: [name_prefix] } }

/// Terraform's blocks beside the bucket's own.
const ACCESS: &str = "aws_s3_bucket_public_access_block";
const ENCRYPTION: &str = "aws_s3_bucket_server_side_encryption_configuration";

/// Encrypted with keys of S3's own.
const ALGORITHM: &str = "AES256";

/// Settings that refuse all access from outside of the account, in both languages.
const BLOCKED: [(&str, &str); 4] = [
    ("block_public_acls", "BlockPublicAcls"),
    ("block_public_policy", "BlockPublicPolicy"),
    ("ignore_public_acls", "IgnorePublicAcls"),
    ("restrict_public_buckets", "RestrictPublicBuckets"),
];

impl Kind for Bucket {
    const TERRAFORM: &'static str = "aws_s3_bucket";
    const CLOUDFORMATION: &'static str = "AWS::S3::Bucket";
    const HOME: Home = Home::Beside;
    const REPLACED_BY: Arguments = &["bucket_prefix"];
    const CREATE_ONLY: Arguments = &[];
    const COPIED: Copied = Copied::Nothing;

    fn terraform(&self, out: &mut Terraform) {
        out.attribute("bucket_prefix", &self.name_prefix);
        out.attribute("force_destroy", true);
        out.tags();
    }

    fn cloudformation(&self, out: &mut Properties) {
        out.object("PublicAccessBlockConfiguration", |out| {
            BLOCKED.iter().for_each(|(_, name)| out.flag(name, true))
        });
        out.object("BucketEncryption", |out| {
            out.objects("ServerSideEncryptionConfiguration", [()], |out, ()| {
                out.object("ServerSideEncryptionByDefault", |out| {
                    out.text("SSEAlgorithm", ALGORITHM)
                });
            });
        });
        out.tags();
    }
}

impl Bucket {
    pub(crate) const MORE_BLOCKS: &'static [TypeChanges] = &[
        TypeChanges::new(ACCESS, &["bucket"], Copied::Nothing),
        TypeChanges::new(ENCRYPTION, &["bucket"], Copied::Nothing),
    ];

    pub(crate) fn more_blocks(&self, label: &Label, out: &mut Terraform) {
        let id = format!("{}.{label}.id", Self::TERRAFORM);
        out.resource(ACCESS, label.as_str(), |out| {
            out.bare("bucket", format_args!("{id}"));
            BLOCKED
                .iter()
                .for_each(|(name, _)| out.attribute(name, true));
        });
        out.resource(ENCRYPTION, label.as_str(), |out| {
            out.bare("bucket", format_args!("{id}"));
            out.block("rule", |out| {
                out.block("apply_server_side_encryption_by_default", |out| {
                    out.attribute("sse_algorithm", ALGORITHM)
                });
            });
        });
    }
}

impl HasArn for Bucket {
    const ARN: Spelling = Spelling::GetAtt("Arn");
}

impl Handle<Bucket> {
    pub fn name(&self) -> Value {
        self.attribute("bucket", Spelling::Ref)
    }
}
