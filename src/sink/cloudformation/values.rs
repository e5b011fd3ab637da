//! Values as CloudFormation's functions.
//!
//! In: `Value`. Out: text in a sink. Pure.

use super::{Call, Properties, PropertyPart, TemplatePrinter};
use crate::stack::{Attribute, Spelling, StoredParameter, Value, logical_id, pascal};

impl Properties {
    /// A value inside a list.
    pub fn inner(&mut self, value: &Value) {
        if let (TemplatePrinter::Recorder(recorder), Some(parts)) =
            (&mut self.printer, property_parts(value))
        {
            return recorder.add_parts(parts);
        }
        match value {
            Value::Literal(text) => self.string(text),
            Value::Input(name) => self.call(Call::Ref(&pascal(name))),
            Value::Pseudo(name) => self.call(Call::Ref(name)),
            Value::Here(here) => self.call(Call::Ref(here.pseudo())),
            Value::Parameter { label, .. } => {
                self.call(Call::Ref(&logical_id(&StoredParameter::address(label))))
            }
            Value::Attribute(attribute) => match attribute.cloudformation {
                Spelling::Ref => self.call(Call::Ref(&logical_id(&attribute.of))),
                Spelling::GetAtt(name) => self.call(Call::GetAtt(&logical_id(&attribute.of), name)),
            },
            Value::Text(parts) => {
                if parts.iter().all(|part| part.deploy_time().is_empty()) {
                    self.string(&literals(parts));
                } else {
                    let mut template = String::new();
                    push_template(&mut template, parts);
                    self.call(Call::Sub(&template));
                }
            }
            Value::BalancerOf(arn) => self.balancer_of(arn),
            Value::Joined(list) => self.joined(list),
            Value::Expression(text) => {
                unreachable!("`{text}` is Terraform's; `plan` refuses it for CloudFormation")
            }
        }
    }

    /// What is behind `loadbalancer/` in an ARN. JSON has it on one line.
    fn balancer_of(&mut self, arn: &Value) {
        match &mut self.printer {
            TemplatePrinter::Json(json) => {
                json.plain("{\"Fn::Select\": [\"1\", {\"Fn::Split\": [\"loadbalancer/\", ");
                self.inner(arn);
                self.inner_plain("]}]}");
            }
            TemplatePrinter::Yaml(_) | TemplatePrinter::Recorder(_) => self.inner_object(|out| {
                out.items("Fn::Select", [false, true], |out, is_list| {
                    if !is_list {
                        return out.string("1");
                    }
                    out.inner_object(|out| {
                        let parts = [&Value::literal("loadbalancer/"), arn];
                        out.items("Fn::Split", parts, Self::inner);
                    });
                });
            }),
        }
    }

    /// A list with commas between its items. JSON has it on one line.
    fn joined(&mut self, list: &Value) {
        match &mut self.printer {
            TemplatePrinter::Json(json) => {
                json.plain("{\"Fn::Join\": [\",\", ");
                self.inner(list);
                self.inner_plain("]}");
            }
            TemplatePrinter::Yaml(_) | TemplatePrinter::Recorder(_) => self.inner_object(|out| {
                out.items("Fn::Join", [&Value::literal(","), list], Self::inner);
            }),
        }
    }
}

fn literals(parts: &[Value]) -> String {
    let text = |part: &Value| match part {
        Value::Literal(text) => text.to_string(),
        Value::Text(parts) => literals(parts),
        Value::Input(_)
        | Value::Expression(_)
        | Value::Attribute(_)
        | Value::Pseudo(_)
        | Value::Here(_)
        | Value::Parameter { .. }
        | Value::BalancerOf(_)
        | Value::Joined(_) => String::new(),
    };
    parts.iter().map(text).collect()
}

/// The parts of a text, no two texts side by side; none where a function is around it.
fn property_parts(value: &Value) -> Option<Vec<PropertyPart>> {
    let part = match value {
        Value::Literal(text) => PropertyPart::Text(text.to_string()),
        Value::Input(name) => PropertyPart::Parameter(pascal(name)),
        Value::Pseudo(name) => PropertyPart::Parameter((*name).to_owned()),
        Value::Here(here) => PropertyPart::Parameter(here.pseudo().to_owned()),
        Value::Parameter { label, .. } => {
            PropertyPart::Parameter(logical_id(&StoredParameter::address(label)))
        }
        Value::Attribute(attribute) => PropertyPart::Resource(
            logical_id(&attribute.of),
            match attribute.cloudformation {
                Spelling::Ref => None,
                Spelling::GetAtt(name) => Some(name),
            },
        ),
        Value::Text(parts) => {
            let mut flat: Vec<PropertyPart> = Vec::new();
            for part in parts
                .iter()
                .flat_map(|part| property_parts(part).unwrap_or_default())
            {
                match (flat.last_mut(), part) {
                    (Some(PropertyPart::Text(before)), PropertyPart::Text(text)) => {
                        before.push_str(&text);
                    }
                    (_, part) => flat.push(part),
                }
            }
            return Some(flat);
        }
        Value::BalancerOf(_) | Value::Joined(_) | Value::Expression(_) => return None,
    };
    Some(vec![part])
}

/// The text of an `Fn::Sub`.
///
/// Source: AWS, "Fn::Sub": a literal `${` is written `${!`,
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html>.
fn push_template(out: &mut String, parts: &[Value]) {
    for part in parts {
        match part {
            Value::Literal(text) => {
                // The marker may be split over two parts; only a literal ends with its start.
                let is_split = out.ends_with('$') && text.starts_with('{');
                out.push_str(if is_split { "{!" } else { "" });
                out.push_str(&text[usize::from(is_split)..].replace("${", "${!"));
            }
            Value::Input(name) => out.extend(["${", &pascal(name), "}"]),
            Value::Pseudo(name) => out.extend(["${", name, "}"]),
            Value::Here(here) => out.extend(["${", here.pseudo(), "}"]),
            Value::Parameter { label, .. } => {
                out.extend(["${", &logical_id(&StoredParameter::address(label)), "}"])
            }
            Value::Attribute(Attribute {
                of, cloudformation, ..
            }) => match cloudformation {
                Spelling::Ref => out.extend(["${", &logical_id(of), "}"]),
                Spelling::GetAtt(name) => out.extend(["${", &logical_id(of), ".", name, "}"]),
            },
            Value::Text(parts) => push_template(out, parts),
            Value::Joined(_) => unreachable!("a joined list is never a part of a text"),
            Value::BalancerOf(_) => unreachable!("a balancer's name is never a part of a text"),
            Value::Expression(text) => {
                unreachable!("`{text}` is Terraform's; `plan` refuses it for CloudFormation")
            }
        }
    }
}
