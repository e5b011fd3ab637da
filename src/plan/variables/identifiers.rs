//! Ids, accounts, regions and ranges that cannot exist, or that belong to another region.
//!
//! In: texts of the right shape. Out: diagnostics. Pure.
//! AWS refuses them in the middle of a deployment. Emulators and new partitions have ids and
//! regions of their own, so these are warnings.

use super::Variables;
use super::literals::id_shape;
use crate::blueprint;
use crate::diagnostic;
use crate::plan::InputType;

/// Hexadecimal digits of an id behind its prefix.
///
/// Source: Amazon EC2 user guide, "Resource IDs": 8 digits in old accounts, 17 since,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>, read 2026-11-30.
const ID_LENGTHS: [usize; 2] = [8, 17];

/// Digits of an account. Source: AWS account management, "View AWS account identifiers",
/// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html>, read
/// 2026-11-30.
const ACCOUNT_LENGTH: usize = 12;

impl Variables<'_> {
    /// Checks the parts of an id or an ARN, of a type that is no list.
    ///
    /// Errors: GW2002 an account; GW2121 an id or a region (warnings).
    pub(crate) fn check_identifier(&mut self, text: &str, of: InputType, pointer: &str) {
        if is_id(of)
            && let Some((prefix, digits)) = text.split_once('-')
            && !(ID_LENGTHS.contains(&digits.len()) && digits.bytes().all(is_hex))
        {
            let message = format!(
                "`{text}` is no id that AWS gives: 8 or 17 hexadecimal digits stand behind `{prefix}-`"
            );
            self.unlikely(
                &message,
                "look the id up, or write a reference such as `{var: name}`",
                pointer,
            );
        }
        if is_arn(of) && text.starts_with("arn:") {
            self.check_arn(text, of, pointer);
        }
    }

    /// Refuses an ARN whose account is none.
    ///
    /// Errors: GW2002.
    pub(crate) fn check_account(&mut self, arn: &str, pointer: &str) {
        let account = arn.split(':').nth(4).unwrap_or_default();
        if account.len() == ACCOUNT_LENGTH && account.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        self.report(
            diagnostic::INVALID_VALUE
                .at(self.blueprint.place(pointer))
                .message(format_args!("`{arn}` names the account `{account}`, and an account has {ACCOUNT_LENGTH} digits"))
                .help("copy the whole ARN, or write a reference such as `{var: name}`"),
        );
    }

    fn check_arn(&mut self, arn: &str, of: InputType, pointer: &str) {
        // A wrong account of a function is reported with the function.
        if !matches!(of, InputType::Function | InputType::AuthorizerFunction) {
            self.check_account(arn, pointer);
        }
        let region = arn.split(':').nth(3).unwrap_or_default();
        // IAM has no region.
        if region.is_empty() && arn.split(':').nth(2) == Some("iam") {
            return;
        }
        if !blueprint::is_region(region) {
            let message = format!(
                "`{arn}` is of the region `{region}`, and a region is spelt like `ap-northeast-1`"
            );
            return self.unlikely(
                &message,
                "copy the whole ARN, or write a reference such as `{var: name}`",
                pointer,
            );
        }
        if let Some(id) = arn.rsplit_once("userpool/").map(|(_, id)| id)
            && id.split_once('_').is_none_or(|(of_id, _)| of_id != region)
        {
            let message = format!(
                "`{arn}` is of the region {region}, and the id `{id}` of its user pool begins with no `{region}_`"
            );
            return self.unlikely(&message, "copy the whole ARN", pointer);
        }
        let own = self
            .blueprint
            .spec
            .region
            .as_deref()
            .filter(|own| *own != region && has_region_of_api(of));
        if let Some(own) = own {
            let message = format!(
                "`{arn}` is of {region}, and `region` says that the API is of {own}, where this has to be, too"
            );
            self.unlikely(
                &message,
                "name one of the API's region, or mend `region`",
                pointer,
            );
        }
    }

    fn unlikely(&mut self, message: &str, help: &str, pointer: &str) {
        self.report(
            diagnostic::UNLIKELY_ID
                .at(self.blueprint.place(pointer))
                .message(message)
                .help(help),
        );
    }
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

/// Returns whether an input is, or may be, an id of EC2.
fn is_id(of: InputType) -> bool {
    id_shape(of).is_some() || of == InputType::Client
}

/// Returns whether an input is, or may be, an ARN of a region and an account.
fn is_arn(of: InputType) -> bool {
    has_region_of_api(of)
        || matches!(
            of,
            InputType::DomainCertificate | InputType::Function | InputType::AuthorizerFunction
        )
}

/// Returns whether an input has to be in the region of the API. A domain's certificate is checked
/// with its domain.
fn has_region_of_api(of: InputType) -> bool {
    matches!(
        of,
        InputType::TargetGroup
            | InputType::Balancer
            | InputType::Alb
            | InputType::AlbListener
            | InputType::Certificate
            | InputType::LogKey
            | InputType::WebAcl
            | InputType::Protection
            | InputType::Topic
            | InputType::UserPool
    )
}
