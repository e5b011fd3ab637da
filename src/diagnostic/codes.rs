//! The table of all codes: one line a code; the text of `gwgen explain` is the file of the same
//! name in `templates/explain`.
//!
//! GW0xxx command and files, GW1xxx description, GW2xxx blueprint, GW3xxx the two together, GW4xxx
//! AWS limits and rules, GW5xxx advice, GW6xxx what a change does, GW9xxx our own bug. A number is never used again.

use super::{Code, Severity};

macro_rules! codes {
    ($($name:ident = $code:literal $slug:literal $severity:ident;)*) => {
        $(pub static $name: Code = Code {
            code: $code,
            slug: $slug,
            severity: Severity::$severity,
            explanation: include_str!(concat!("../../templates/explain/", $code, ".md")),
        };)*
        /// Every code, in numerical order.
        pub static CODES: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    UNREADABLE_FILE = "GW0001" "unreadable-file" Error;
    FILE_OUTSIDE_ROOT = "GW0002" "file-outside-root" Error;
    OUTPUT_OUTSIDE_ROOT = "GW0003" "output-outside-root" Error;
    UNWRITABLE_FILE = "GW0004" "unwritable-file" Error;
    EDITED_ORPHAN = "GW0005" "edited-orphan" Warning;
    FOREIGN_FILE = "GW0006" "foreign-file" Error;
    NO_BLUEPRINT = "GW0007" "no-blueprint" Error;
    SHARED_OUTPUT = "GW0008" "shared-output" Error;
    DAMAGED_MANIFEST = "GW0010" "damaged-manifest" Error;
    BLUEPRINT_EXISTS = "GW0011" "blueprint-exists" Error;
    NO_DESCRIPTION = "GW0012" "no-description" Error;
    SEVERAL_DESCRIPTIONS = "GW0013" "several-descriptions" Error;
    OUT_OF_DATE = "GW0014" "out-of-date" Error;
    NOT_STAGED = "GW0015" "not-staged" Error;
    MERGED_MANIFEST = "GW0016" "merged-manifest" Info;
    MISSING_MANIFEST = "GW0017" "missing-manifest" Error;
    OUTPUT_IN_USE = "GW0020" "output-in-use" Error;
    UNKNOWN_REVISION = "GW0021" "unknown-revision" Error;
    NO_BASE = "GW0022" "no-base" Error;
    UNREADABLE_REVISION = "GW0023" "unreadable-revision" Error;
    NOTHING_TO_MEASURE = "GW0024" "nothing-to-measure" Error;
    SEVERAL_BLUEPRINTS = "GW0025" "several-blueprints" Error;

    NOT_UTF8 = "GW1001" "not-utf-8" Error;
    SYNTAX = "GW1002" "invalid-syntax" Error;
    TOO_DEEP = "GW1003" "too-deep" Error;
    TOO_LARGE = "GW1004" "too-large" Error;
    UNSUPPORTED_VERSION = "GW1005" "unsupported-version" Error;
    WRONG_TYPE = "GW1006" "wrong-type" Error;
    DUPLICATE_KEY = "GW1007" "duplicate-key" Error;
    UNRESOLVED_REFERENCE = "GW1008" "unresolved-reference" Error;
    CYCLIC_REFERENCE = "GW1009" "cyclic-reference" Error;
    // GW1010 was "reference-to-file": those are followed.
    NULL_SECURITY = "GW1011" "null-security" Error;
    UNKNOWN_SECURITY_SCHEME = "GW1012" "unknown-security-scheme" Error;
    BAD_BASE_PATH = "GW1013" "bad-base-path" Error;
    DIFFERENT_SERVERS = "GW1014" "different-servers" Warning;
    REFUSED_EXTENSION = "GW1015" "refused-extension" Error;
    UNUSED_EXTENSION = "GW1016" "unused-extension" Warning;
    UNKNOWN_EXTENSION = "GW1030" "unknown-extension" Error;
    MISPLACED_EXTENSION = "GW1031" "misplaced-extension" Error;
    INVALID_EXTENSION = "GW1032" "invalid-extension" Error;
    REMOTE_REFERENCE = "GW1033" "remote-reference" Error;
    MEMBERS_BESIDE_REFERENCE = "GW1034" "members-beside-reference" Error;
    MISSPELT_KEY = "GW1040" "misspelt-key" Error;
    SECURITY_LEFT_BEHIND = "GW1041" "security-left-behind" Error;
    OPTIONAL_SECURITY = "GW1042" "optional-security" Warning;

    UNKNOWN_FIELD = "GW2001" "unknown-field" Error;
    INVALID_VALUE = "GW2002" "invalid-value" Error;
    MISSING_FIELD = "GW2003" "missing-field" Error;
    NOT_BUILT = "GW2004" "not-built" Error;
    UNKNOWN_BACKEND = "GW2005" "unknown-backend" Error;
    CONFLICTING_VARIABLE = "GW2006" "conflicting-variable" Error;
    INVALID_EXPRESSION = "GW2007" "invalid-expression" Error;
    TERRAFORM_ONLY = "GW2008" "terraform-only" Error;
    PORT_TAKEN = "GW2009" "port-taken" Error;
    UNKNOWN_AUTH = "GW2010" "unknown-auth" Error;
    FIELD_DOES_NOT_FIT = "GW2011" "field-does-not-fit" Error;
    INVALID_EXTENDS = "GW2012" "invalid-extends" Error;
    CONFLICTING_MOUNTS = "GW2013" "conflicting-mounts" Error;
    UNKNOWN_DESCRIPTION = "GW2014" "unknown-description" Error;
    REPEATED_DESCRIPTION = "GW2015" "repeated-description" Error;
    OTHER_VERSION_REQUIRED = "GW2016" "other-version-required" Error;
    NO_EFFECT = "GW2020" "no-effect-on-existing" Warning;
    LINK_ELSEWHERE = "GW2021" "link-to-another-balancer" Error;
    SECOND_LINK = "GW2022" "second-link" Warning;
    UNATTACHED_GROUPS = "GW2023" "unattached-autoscaling-groups" Warning;
    UNUSED_PART = "GW2024" "part-of-another-topology" Warning;
    ILLEGAL_HEADER = "GW2030" "illegal-header" Error;
    UNKNOWN_MAPPING = "GW2031" "unknown-mapping" Error;
    HOST_OUTSIDE_RULES = "GW2040" "host-outside-rules" Error;
    UNKNOWN_LISTENER = "GW2041" "unknown-listener" Error;
    RULES_ELSEWHERE = "GW2042" "rules-elsewhere" Warning;
    TIMEOUT_ABOVE_FORWARDER = "GW2050" "timeout-above-forwarder" Error;
    UNREACHABLE_API = "GW2060" "unreachable-api" Error;
    MUTUAL_TLS_PASSED_BY = "GW2061" "mutual-tls-passed-by" Error;
    OLD_TLS = "GW2062" "old-tls" Warning;
    BALANCER_ALONE = "GW2070" "balancer-alone" Warning;
    KEY_IN_TWO_PLANS = "GW2080" "key-in-two-plans" Error;

    CREDENTIALS_FOR_ANY_ORIGIN = "GW2090" "credentials-for-any-origin" Error;
    DROPPED_SAFEGUARD = "GW2100" "dropped-safeguard" Warning;
    REASON_FOR_NOTHING = "GW2110" "reason-for-nothing" Warning;
    BASE_PATH_TWICE = "GW2120" "base-path-twice" Warning;
    UNLIKELY_ID = "GW2121" "unlikely-id" Warning;
    OWN_DOMAIN = "GW2122" "own-domain" Error;
    ALLOWED_ERROR = "GW2130" "allowed-error" Error;
    EXPIRED_ALLOWANCE = "GW2131" "expired-allowance" Error;
    ALLOWS_NOTHING = "GW2132" "allows-nothing" Warning;
    UNKNOWN_CODE = "GW2133" "unknown-code" Error;
    ABSTRACT_BLUEPRINT = "GW2140" "abstract-blueprint" Error;
    UNMARKED_BASE = "GW2141" "unmarked-base" Error;
    SAME_STACK = "GW2142" "stack-of-two-blueprints" Error;
    POSSIBLY_SAME_STACK = "GW2143" "possible-stack-of-two-blueprints" Warning;
    WRONG_WAS = "GW2150" "wrong-was" Error;
    NAME_AGAIN = "GW2151" "name-of-a-renamed-part" Error;

    NO_BACKEND = "GW3001" "no-backend" Error;
    UNMAPPED_SCHEME = "GW3002" "unmapped-scheme" Error;
    WEAKENED_WITHOUT_REASON = "GW3003" "weakened-without-reason" Error;
    IGNORED_SCHEME = "GW3004" "ignored-scheme" Warning;
    WEAKENED = "GW3005" "weakened-operation" Warning;
    NOTHING_PUBLIC = "GW3006" "nothing-public" Error;
    INTERNAL_NOWHERE = "GW3007" "internal-nowhere" Warning;
    MATCHES_NOTHING = "GW3008" "route-matches-nothing" Warning;
    SHADOWED_OPERATION = "GW3009" "shadowed-operation" Error;
    SHARED_PATH = "GW3010" "shared-path" Warning;
    OPERATION_IN_TWO_DESCRIPTIONS = "GW3020" "operation-in-two-descriptions" Error;
    CONFLICTING_SCHEME = "GW3021" "conflicting-scheme" Error;
    SHADOWED_ON_BALANCER = "GW3030" "shadowed-on-balancer" Error;
    MOVED_RULE = "GW3031" "moved-rule" Warning;
    INEXPRESSIBLE_SECURITY = "GW3040" "inexpressible-security" Error;
    SCHEME_DOES_NOT_FIT = "GW3041" "scheme-does-not-fit" Error;
    UNUSED_SCHEME = "GW3042" "unused-scheme" Error;
    SCOPES_WITHOUT_COGNITO = "GW3043" "scopes-without-cognito" Error;
    KEY_WITHOUT_PLAN = "GW3044" "key-without-plan" Error;
    BROKEN_PROMISE = "GW3045" "broken-promise" Error;
    PROMISE_ABOUT_NOTHING = "GW3046" "promise-about-nothing" Error;
    KEY_FROM_NO_AUTHORIZER = "GW3047" "key-from-no-authorizer" Error;
    MISPLACED_SECURITY = "GW3050" "misplaced-security" Error;
    LOST_SAFEGUARD = "GW3060" "lost-safeguard" Error;
    OVERRIDDEN_SAFEGUARD = "GW3061" "overridden-safeguard" Error;
    METHODS_OF_ANY = "GW3062" "methods-of-any" Error;
    OVERRIDDEN_ROUTE = "GW3063" "overridden-route" Warning;
    LOOSENED_BY_DESCRIPTION = "GW3064" "loosened-by-description" Error;
    SHARED_ANSWERS = "GW3065" "shared-answers" Warning;
    UNCHECKED_INTERNAL = "GW3066" "unchecked-internal-operation" Warning;
    CACHED_ACROSS_CALLERS = "GW3070" "cached-across-callers" Error;
    CACHE_WITHOUT_CLUSTER = "GW3071" "cache-without-cluster" Error;
    REACHED_ELSEWHERE = "GW3080" "reached-elsewhere" Error;
    CROSSING_TEMPLATES = "GW3081" "crossing-templates" Warning;
    BELOW_A_GREEDY_PATH = "GW3082" "below-a-greedy-path" Warning;
    NO_SUCH_VARIABLE = "GW3083" "no-such-variable" Error;
    OPEN_UNDER_ANOTHER_MOUNT = "GW3084" "open-under-another-mount" Warning;
    CREDENTIAL_OUTSIDE_IDENTITY = "GW3090" "credential-outside-identity" Error;
    DIVERTED_TO_A_GREEDY_PATH = "GW3091" "diverted-to-a-greedy-path" Error;
    MOCK_PREFLIGHT = "GW3100" "mock-preflight" Warning;
    ANY_TAKES_PREFLIGHT = "GW3101" "any-takes-preflight" Warning;

    PARTIAL_SEGMENT = "GW4001" "partial-segment" Error;
    ILLEGAL_PATH = "GW4002" "illegal-path" Error;
    EMPTY_SEGMENT = "GW4003" "empty-segment" Error;
    TRAILING_SLASH = "GW4004" "trailing-slash" Warning;
    QUERY_IN_PATH = "GW4005" "query-in-path" Error;
    TRACE_METHOD = "GW4006" "trace-method" Error;
    GREEDY_NOT_LAST = "GW4007" "greedy-not-last" Error;
    DUPLICATE_OPERATION = "GW4008" "duplicate-operation" Error;
    RENAMED_VARIABLE = "GW4009" "renamed-variable" Warning;
    UNDECLARED_VARIABLE = "GW4010" "undeclared-path-variable" Warning;
    UNUSED_PATH_PARAMETER = "GW4011" "unused-path-parameter" Warning;
    COOKIE_PARAMETER = "GW4012" "cookie-parameter" Warning;
    UNDECLARABLE_PARAMETER = "GW4013" "undeclarable-parameter" Warning;
    REPEATED_PARAMETER = "GW4014" "repeated-parameter-name" Warning;
    LOST_HEADER = "GW4015" "lost-header" Warning;
    PATH_TOO_LONG = "GW4016" "path-too-long" Error;
    TIMEOUT_OUT_OF_RANGE = "GW4017" "timeout-out-of-range" Error;
    TOO_MANY_RESOURCES = "GW4018" "too-many-resources" Error;
    TOO_MANY_LISTENERS = "GW4019" "too-many-listeners" Error;
    TEMPLATE_TOO_LARGE = "GW4020" "template-too-large" Error;
    UNVERIFIABLE_CERTIFICATE = "GW4021" "unverifiable-certificate" Error;
    DISPUTED_CHARACTER = "GW4022" "disputed-character" Warning;
    CASE_ONLY_SIBLINGS = "GW4023" "case-only-siblings" Warning;
    UNPARSED_STYLE = "GW4024" "unparsed-style" Warning;
    TLS_IN_CLOUDFORMATION = "GW4025" "tls-in-cloudformation" Error;
    LEADING_SLASHES = "GW4026" "leading-slashes" Warning;
    UNSERVABLE_METHOD = "GW4030" "unservable-method" Error;
    WHOLE_QUERY_STRING = "GW4031" "whole-query-string" Warning;
    HEALTH_CHECK_PATH = "GW4032" "health-check-path" Error;
    BODY_TOO_LARGE = "GW4034" "body-too-large" Error;
    HEADER_OUTSIDE_CACHE_KEY = "GW4035" "header-outside-cache-key" Warning;
    ADDRESS_OUT_OF_RANGE = "GW4040" "address-out-of-range" Error;
    SWITCHED_LISTENER = "GW4041" "switched-listener" Warning;
    UNAUTHENTICATED_HEADER = "GW4050" "unauthenticated-header" Warning;
    RULES_DO_NOT_FIT = "GW4060" "rules-do-not-fit" Error;
    TOO_MANY_RULES = "GW4061" "too-many-rules" Error;
    TOO_MANY_TARGET_GROUPS = "GW4062" "too-many-target-groups" Error;
    FEW_RULES_LEFT = "GW4063" "few-rules-left" Warning;
    UNFORWARDABLE_PATH = "GW4070" "unforwardable-path" Error;
    ENVIRONMENT_TOO_LARGE = "GW4071" "environment-too-large" Error;
    LEAVES_AFTER_ONE_RUN = "GW4072" "leaves-after-one-run" Warning;
    NOTHING_EVER_LEAVES = "GW4073" "nothing-ever-leaves" Warning;
    ANY_SCOPE_SUFFICES = "GW4080" "any-scope-suffices" Warning;
    UNCHECKED_SCOPES = "GW4081" "unchecked-scopes" Warning;
    TOO_MANY_PLAN_THROTTLES = "GW4082" "too-many-plan-throttles" Error;
    TOO_MANY_AUTHORIZERS = "GW4083" "too-many-authorizers" Error;
    ORIGIN_WITHOUT_ERRORS = "GW4085" "origin-without-errors" Warning;
    PARAMETER_OUTSIDE_CACHE_KEY = "GW4086" "parameter-outside-cache-key" Error;
    BODY_OUTSIDE_CACHE_KEY = "GW4087" "body-outside-cache-key" Warning;
    THROTTLE_ABOVE_ACCOUNT = "GW4088" "throttle-above-account" Warning;
    ONE_ZONE = "GW4095" "one-zone" Warning;
    IDLE_BEFORE_ANSWER = "GW4096" "idle-before-answer" Warning;
    UNCHECKED_BODY = "GW4100" "unchecked-body" Warning;
    CUT_MODELS = "GW4101" "cut-models" Warning;
    DOT_SEGMENT = "GW4110" "dot-segment" Error;
    FRAMEWORK_TEMPLATE = "GW4111" "framework-template" Error;
    READ_AS_VARIABLE = "GW4112" "read-as-variable" Warning;
    REPEATED_PARAMETER_IN_KEY = "GW4120" "repeated-parameter-in-key" Warning;
    UNCHECKED_PARAMETER = "GW4121" "unchecked-parameter" Warning;
    ANSWERS_THAT_VARY = "GW4122" "answers-that-vary" Warning;
    BUFFERED_STREAM = "GW4123" "buffered-stream" Warning;
    EVERYTHING_IS_BYTES = "GW4124" "everything-is-bytes" Warning;
    NO_ADDRESS = "GW4130" "no-address" Warning;
    MOCK_SERVER = "GW4131" "mock-server" Warning;
    ROOT_HEALTH_CHECK = "GW4132" "root-health-check" Warning;
    RENAMED_BEFORE_A_FUNCTION = "GW4133" "renamed-before-a-function" Warning;
    EARLIER_VARIABLE = "GW4150" "earlier-variable" Error;
    TAKEN_OVER = "GW4160" "listener-taken-over" Error;
    PROTECTED_BALANCER = "GW4161" "protected-balancer" Error;
    RESOURCES_AFTER_BODY = "GW4162" "resources-after-body" Error;

    RULES_WITHOUT_HOSTS = "GW5001" "rules-without-hosts" Warning;
    PROTECTED_PREFLIGHT = "GW5010" "protected-preflight" Warning;
    PLAN_WITHOUT_EFFECT = "GW5011" "usage-plan-without-effect" Warning;
    UNUSED_AUTH = "GW5012" "unused-auth" Warning;
    SCOPES_OF_SOME = "GW5013" "scopes-of-some" Warning;
    ROLE_OF_OTHERS = "GW5015" "role-of-others" Info;
    BACKEND_ANSWERS_ORIGINS = "GW5016" "backend-answers-origins" Warning;
    IDLE_SAFEGUARD = "GW5020" "idle-safeguard" Info;
    STAGE_IN_SERVER = "GW5021" "stage-in-server" Info;
    LOCAL_SERVER = "GW5022" "local-server" Info;
    LARGE_API = "GW5030" "large-api" Info;
    OPEN_API = "GW5031" "open-api" Info;
    CLOSED_ROUTE = "GW5050" "closed-route" Info;
    KEPT_VARIABLE = "GW5051" "kept-variable" Info;
    PERHAPS_RENAMED = "GW5060" "perhaps-renamed" Info;
    RENAMED_STAGE = "GW5061" "renamed-stage" Info;
    EMPTY_TARGET_GROUP = "GW5062" "empty-target-group" Info;
    LISTENER_IN_PLACE = "GW5063" "listener-in-place" Info;
    CLOSED_USAGE_PLAN = "GW5064" "closed-usage-plan" Info;
    HEALTH_CHECK_BEFORE_APPLY = "GW5065" "health-check-before-apply" Info;

    LOOSENED = "GW6001" "loosened" Warning;
    WAITS = "GW6002" "waits" Info;
    REMOVED = "GW6003" "removed" Info;
    MOVED = "GW6004" "moved" Info;
    RELAXED = "GW6005" "relaxed" Info;
    CHANGED = "GW6006" "changed" Info;
    TIGHTENED = "GW6007" "tightened" Info;
    ADDED = "GW6008" "added" Info;

    WALK_MISMATCH = "GW9001" "walk-mismatch" Error;
    NO_OUTPUT = "GW9002" "no-output" Error;
}
