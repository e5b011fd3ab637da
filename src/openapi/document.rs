//! The parts of an OpenAPI document that gwgen reads, as slices of its text.
//! In: JSON text. Out: `Document`, read whole by serde, or member by member where that fails.

mod misspelt_keys;
mod responses;
mod shapes;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use super::media::MediaTypes;
use crate::diagnostic::Code;
use crate::pointer;
use crate::source::raw::{self, FromMembers, ObjectMembers, Text};
use misspelt_keys::CheckedObject;
pub(crate) use responses::{ResponsesObject, is_success};
pub(crate) use shapes::{ExtensionKeys, Patterned, Presence, RequestBodyObject};

/// A fault of an object, and its pointer in the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectFault {
    pub(crate) code: &'static Code,
    /// Pointer below the object, `""` for the object itself.
    pub(crate) below: String,
    pub(crate) message: String,
}

/// Returns whether an extension means something to gwgen or to API Gateway.
fn is_read_extension(key: &str) -> bool {
    is_of_gwgen(key) || key.starts_with("x-amazon-apigateway-")
}

/// Returns whether a key is one of gwgen's in any notation: `X-Gwgen-Exposure`, `x_gwgen_exposure`
/// and `gwgen-exposure` are refused by name, not ignored.
pub(crate) fn is_of_gwgen(key: &str) -> bool {
    if !key.starts_with(['x', 'X', 'g', 'G', '_', '-']) {
        return false;
    }
    let letters = || {
        let letters = key.bytes();
        let letters = letters.filter(|byte| !matches!(byte, b'-' | b'_' | b'.' | b' '));
        letters.map(|byte| byte.to_ascii_lowercase())
    };
    let names = ["xgwgen", "gwgen"];
    names
        .iter()
        .any(|name| letters().take(name.len()).eq(name.bytes()))
}

/// Defines a struct whose members are read by name, `?` for those where null means absent.
macro_rules! object {
    ($(#[$doc:meta])* by_member struct $name:ident { $($key:literal $field:ident : $type:ty $(= $nullable:tt)?,)* }) => {
        object! { $(#[$doc])* struct $name { $($key $field: $type $(= $nullable)?,)* } }

        impl<'a> ByMember<'a> for $name<'a> {
            fn set(&mut self, key: &Text<'a>, json: &'a str) -> serde_json::Result<bool> {
                const CHECKED: CheckedObject = CheckedObject::of(stringify!($name));
                match &**key {
                    $($key => self.$field = object!(@parse json $(, $nullable)?),)*
                    other => {
                        if is_read_extension(other) {
                            self.extensions.push((key.clone(), json));
                        } else if CHECKED.checks(other) {
                            self.faults.extend(CHECKED.fault(other, json));
                        }
                        return Ok(false);
                    }
                }
                Ok(true)
            }

            fn faults(&mut self) -> &mut Vec<ObjectFault> {
                &mut self.faults
            }
        }
    };
    ($(#[$doc:meta])* struct $name:ident { $($key:literal $field:ident : $type:ty $(= $nullable:tt)?,)* }) => {
        $(#[$doc])*
        #[derive(Default)]
        pub(crate) struct $name<'a> {
            $(pub(crate) $field: $type,)*
            /// `x-gwgen-*` and `x-amazon-apigateway-*` members that have no field here.
            pub(crate) extensions: Vec<(Text<'a>, &'a str)>,
            pub(crate) faults: Vec<ObjectFault>,
        }

        impl<'de> FromMembers<'de> for $name<'de> {
            fn from_members<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
                const CHECKED: CheckedObject = CheckedObject::of(stringify!($name));
                let mut value = Self::default();
                $(let mut $field = false;)*
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    match &*key {
                        $($key => {
                            if std::mem::replace(&mut $field, true) {
                                value.faults.push(repeated($key));
                            }
                            value.$field = object!(@next map $(, $nullable)?);
                        })*
                        other => {
                            if is_read_extension(other) {
                                value.extensions.push((key, map.next_value::<&'de RawValue>()?.get()));
                            } else if CHECKED.checks(other) {
                                let json = map.next_value::<&'de RawValue>()?.get();
                                value.faults.extend(CHECKED.fault(other, json));
                            } else {
                                map.next_value::<IgnoredAny>()?;
                            }
                        }
                    }
                }
                Ok(value)
            }
        }

        impl<'de> Deserialize<'de> for $name<'de> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                raw::mapping(deserializer)
            }
        }
    };
    (@parse $json:ident) => { serde_json::from_str($json)? };
    (@parse $json:ident, $nullable:tt) => { serde_json::from_str::<Option<_>>($json)?.unwrap_or_default() };
    (@next $map:ident) => { $map.next_value()? };
    (@next $map:ident, $nullable:tt) => { $map.next_value::<Option<_>>()?.unwrap_or_default() };
}

/// A part that can be read member by member, where reading it whole fails.
pub(crate) trait ByMember<'a>: Default {
    /// Reads one member from its text. Returns `false` where gwgen does not read members of that
    /// name.
    fn set(&mut self, key: &Text<'a>, json: &'a str) -> serde_json::Result<bool>;

    fn faults(&mut self) -> &mut Vec<ObjectFault>;
}

/// Returns the fault of a duplicate key.
pub(crate) fn repeated(key: &str) -> ObjectFault {
    ObjectFault {
        code: &crate::diagnostic::DUPLICATE_KEY,
        below: pointer::child("", key),
        message: format!(
            "the key `{key}` is here twice, and readers differ in which of the two they use"
        ),
    }
}

/// A security requirement: scheme names with their scopes, all of which are needed.
pub(crate) type RequirementObject<'a> = ObjectMembers<'a, Vec<Text<'a>>>;

object! {
    /// The root of a document. Members of 2.0 stay text: in 3.x they mean nothing.
    by_member struct Document {
        "openapi" openapi: Text<'a> = ?,
        "swagger" swagger: Text<'a> = ?,
        "info" info: Info<'a> = ?,
        "servers" servers: Vec<Server<'a>> = ?,
        "paths" paths: Patterned<'a, PathItem<'a>> = ?,
        "components" components: Components<'a> = ?,
        "security" security: Presence<Vec<RequirementObject<'a>>>,
        "tags" tags: Option<&'a RawValue>,
        "basePath" base_path: Text<'a> = ?,
        "host" host: Option<&'a RawValue>,
        "parameters" parameters: Option<&'a RawValue>,
        "securityDefinitions" security_definitions: Option<&'a RawValue>,
        "consumes" consumes: Option<&'a RawValue>,
        "produces" produces: Option<&'a RawValue>,
        "x-amazon-apigateway-binary-media-types" media_types: Option<&'a RawValue>,
    }
}

object! {
    struct Info {
        "title" title: Text<'a> = ?,
    }
}

object! {
    struct Server {
        "url" url: Text<'a> = ?,
        "variables" variables: ObjectMembers<'a, ServerVariable<'a>> = ?,
    }
}

object! {
    struct ServerVariable {
        "default" default: Text<'a> = ?,
    }
}

object! {
    /// Parts that others refer to.
    by_member struct Components {
        "$ref" reference: Option<Text<'a>>,
        "parameters" parameters: ObjectMembers<'a, Parameter<'a>> = ?,
        "requestBodies" request_bodies: ObjectMembers<'a, Content<'a>> = ?,
        "responses" responses: ObjectMembers<'a, Content<'a>> = ?,
        "securitySchemes" security_schemes: ObjectMembers<'a, &'a RawValue> = ?,
        "pathItems" path_items: ObjectMembers<'a, PathItem<'a>> = ?,
        "schemas" schemas: Option<&'a RawValue>,
        "examples" examples: Option<&'a RawValue>,
        "headers" headers: Option<&'a RawValue>,
    }
}

object! {
    /// Its operations are boxed: most of the ten are empty, and items are moved.
    by_member struct PathItem {
        "$ref" reference: Option<Text<'a>>,
        "parameters" parameters: Vec<Parameter<'a>> = ?,
        "servers" servers: Vec<Server<'a>> = ?,
        "security" security: Option<&'a RawValue>,
        "get" get: Option<Box<Operation<'a>>>,
        "put" put: Option<Box<Operation<'a>>>,
        "post" post: Option<Box<Operation<'a>>>,
        "delete" delete: Option<Box<Operation<'a>>>,
        "options" options: Option<Box<Operation<'a>>>,
        "head" head: Option<Box<Operation<'a>>>,
        "patch" patch: Option<Box<Operation<'a>>>,
        "trace" trace: Option<Box<Operation<'a>>>,
        "query" query: Option<Box<Operation<'a>>>,
        "x-amazon-apigateway-any-method" any: Option<Box<Operation<'a>>>,
        "additionalOperations" additional: ObjectMembers<'a, AdditionalOperation<'a>> = ?,
    }
}

object! {
    by_member struct Operation {
        "$ref" reference: Option<Text<'a>>,
        "operationId" id: Option<Text<'a>>,
        "tags" tags: Vec<Text<'a>> = ?,
        "parameters" parameters: Vec<Parameter<'a>> = ?,
        "requestBody" body: RequestBodyObject<'a> = ?,
        "responses" responses: ResponsesObject<'a> = ?,
        "security" security: Presence<Vec<RequirementObject<'a>>>,
        "servers" servers: Vec<Server<'a>> = ?,
        "consumes" consumes: Option<&'a RawValue>,
        "produces" produces: Option<&'a RawValue>,
    }
}

object! {
    /// An operation of a method that no REST API has: enough to name it, and to hide it.
    struct AdditionalOperation {
        "operationId" id: Option<Text<'a>>,
        "tags" tags: Vec<Text<'a>> = ?,
    }
}

object! {
    /// A parameter, or a reference to one.
    by_member struct Parameter {
        "$ref" reference: Option<Text<'a>>,
        "name" name: Option<Text<'a>>,
        "in" location: Option<Text<'a>>,
        "required" required: bool = ?,
        "style" style: Option<Text<'a>>,
        "explode" explode: Option<&'a RawValue>,
        "allowEmptyValue" allow_empty: Option<&'a RawValue>,
        "type" kind: Option<&'a RawValue>,
        "collectionFormat" collection_format: Option<&'a RawValue>,
        "enum" values: Option<&'a RawValue>,
        "items" items: Option<&'a RawValue>,
        "schema" schema: Option<&'a RawValue>,
    }
}

object! {
    /// A request body or a response, of which media types and headers are read, or a reference to
    /// one.
    struct Content {
        "$ref" reference: Option<Text<'a>>,
        "content" media_types: MediaTypes<'a> = ?,
        "headers" headers: Option<&'a RawValue>,
        "schema" schema: Option<&'a RawValue>,
    }
}
