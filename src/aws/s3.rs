//! Simple Storage Service: buckets for what functions remember.
//!
//! In: fields with types. Out: text in a sink. Pure.

use super::{Home, Kind};
use serde::Serialize;

use crate::sink::{Properties, Terraform};
use crate::stack::{Handle, Label, Names, Spelling, Value};

/// A private bucket; AWS makes the end of its name, which no other account may have.
///
/// Source: docs/aws-rules.md#z3. What lies in it is not worth keeping, so Terraform empties it
/// before it is deleted.
#[derive(Debug, Serialize)]
pub struct Bucket {
    /// Prefix of the name that Terraform makes; at most 37 characters.
    pub name_prefix: Value,
}

/// Terraform's blocks beside the bucket's own.
const ACCESS: &str = "aws_s3_bucket_public_access_block";
const ENCRYPTION: &str = "aws_s3_bucket_server_side_encryption_configuration";

/// Encrypted with keys of S3's own.
const ALGORITHM: &str = "AES256";

/// Settings that keep it from anybody but the account, in both spellings.
const BLOCKED: [(&str, &str); 4] = [
    ("block_public_acls", "BlockPublicAcls"),
    ("block_public_policy", "BlockPublicPolicy"),
    ("ignore_public_acls", "IgnorePublicAcls"),
    ("restrict_public_buckets", "RestrictPublicBuckets"),
];

impl Kind for Bucket {
    const NAMES: Names = Names {
        terraform: "aws_s3_bucket",
        cloudformation: "AWS::S3::Bucket",
        word: "Bucket",
    };
    const HOME: Home = Home::Beside;

    fn terraform(&self, label: &Label, out: &mut Terraform) {
        let of_it = |out: &mut Terraform| {
            out.bare(
                "bucket",
                format_args!("{}.{label}.id", Self::NAMES.terraform),
            )
        };
        out.resource(&Self::NAMES, label, |out| {
            out.attribute("bucket_prefix", &self.name_prefix);
            out.attribute("force_destroy", true);
            out.tags();
        });
        out.block_of(ACCESS, label.as_str(), |out| {
            of_it(out);
            BLOCKED
                .iter()
                .for_each(|(name, _)| out.attribute(name, true));
        });
        out.block_of(ENCRYPTION, label.as_str(), |out| {
            of_it(out);
            out.block("rule", |out| {
                out.block("apply_server_side_encryption_by_default", |out| {
                    out.attribute("sse_algorithm", ALGORITHM)
                });
            });
        });
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

impl Handle<Bucket> {
    pub fn arn(&self) -> Value {
        self.attribute("arn", Spelling::GetAtt("Arn"))
    }

    pub fn name(&self) -> Value {
        self.attribute("bucket", Spelling::Ref)
    }
}
