//! A stack as Terraform files: in the native syntax, byte for byte as `terraform fmt` writes it, or
//! as JSON.
//!
//! In: `Stack`. Out: files. Pure.

mod package;
pub mod provider;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use memchr::memmem::Finder;

use crate::aws::{Deployment, Entry, LogGroup, Method, PythonFunction, RestApi, Stack};
use crate::emit::FileTree;
use crate::plan::names::MAX_SHORT_ENVIRONMENT;
use crate::plan::{RING, TAGS};
use crate::sink::{Content, Hcl as _, RecordedBlock, Syntax, Terraform, key};
use crate::stack::{File, Group, Here, Label, Named, Value};
pub(crate) use variables::{MORE_TAGS, variable_type};

/// Lowest Terraform that takes what is written here; no upper bound, which would stop a user's
/// upgrade.
const REQUIRED_TERRAFORM: &str = ">= 1.7.0";

/// File of the API's body, without its ending.
const BODY: &str = "openapi";

/// Files by name.
type Texts = BTreeMap<String, String>;

/// An entry with its index in the stack.
type IndexedEntry<'a> = (usize, &'a Entry);

/// Writes a file of its own.
type Write = fn(&Stack, &mut Terraform);

/// Files of their own beside those of the nodes.
const PARTS: [(&str, Write); 8] = [
    (BODY, body),
    ("versions", versions),
    ("variables", variables::variables),
    ("data", variables::parameters),
    ("outputs", outputs),
    ("providers", provider_block),
    ("removed", removed),
    ("moved", moved),
];

/// Writes a stack.
pub fn files(syntax: Syntax, stack: &Stack) -> FileTree {
    written(syntax, stack, |_, _, _| {})
}

/// Writes a stack, and reports the file of each node, and the range of its blocks or its line there
/// (in JSON: empty).
pub(crate) fn written(
    syntax: Syntax,
    stack: &Stack,
    mut report: impl FnMut(usize, &str, Range<usize>),
) -> FileTree {
    let mut contents: BTreeMap<String, Content> = BTreeMap::new();
    // One buffer for all.
    let mut out = Terraform::new(syntax);
    let Entries {
        in_body,
        single,
        groups,
    } = Entries::of(stack);
    for index in in_body {
        report(index, &[BODY, syntax.ending()].concat(), 0..0);
    }
    for run in single.chunk_by(|(_, a), (_, b)| a.file == b.file) {
        let name = name(&run[0].1.file, syntax);
        out.resume(contents.remove(&name));
        for (index, entry) in run {
            let start = out.length();
            entry.node.terraform(&entry.address.label, &mut out);
            report(*index, &name, start..out.length());
        }
        contents.insert(name, out.suspend());
    }
    for (of, items) in groups.values() {
        let name = name(&items[0].1.file, syntax);
        out.resume(contents.remove(&name));
        group(of, items, &mut out, |index, range| {
            report(index, &name, range)
        });
        contents.insert(name, out.suspend());
    }
    for (name, write) in PARTS {
        out.resume(None);
        write(stack, &mut out);
        contents.insert([name, syntax.ending()].concat(), out.suspend());
    }
    let texts = contents
        .into_iter()
        .filter_map(|(name, content)| Some((name, content.into_text()?)));
    let mut texts: Texts = texts.collect();
    out.resume(None);
    locals(stack, &local_names(&texts), &mut out);
    let locals = out.suspend().into_text();
    texts.extend(locals.map(|text| (["locals", syntax.ending()].concat(), text)));
    let mut files: BTreeMap<String, Vec<u8>> = texts
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    // Several functions may run the same code.
    for function in stack.all::<PythonFunction>() {
        let code = &function.code;
        files
            .entry(code.module())
            .or_insert_with(|| package::module(code));
        files
            .entry(code.zip())
            .or_insert_with(|| package::zip(code));
    }
    FileTree {
        files,
        ..FileTree::default()
    }
}

/// Nodes by how they are written.
struct Entries<'a> {
    in_body: Vec<usize>,
    single: Vec<IndexedEntry<'a>>,
    /// By local value.
    groups: BTreeMap<&'static str, (&'static Group, Vec<IndexedEntry<'a>>)>,
}

impl<'a> Entries<'a> {
    fn of(stack: &'a Stack) -> Self {
        let mut entries = Self {
            in_body: Vec::new(),
            single: Vec::with_capacity(stack.entries.len()),
            groups: BTreeMap::new(),
        };
        for entry in stack.entries.iter().enumerate() {
            match &entry.1.address.item {
                _ if entry.1.is_in_body => entries.in_body.push(entry.0),
                Some(item) => {
                    let group = entries.groups.entry(item.group.local);
                    let (_, items) = group.or_insert_with(|| (item.group, Vec::new()));
                    items.push(entry);
                }
                None => entries.single.push(entry),
            }
        }
        entries
    }
}

/// Writes the blocks that decide what Terraform does, as arguments: resources, data sources and
/// local values.
pub(crate) fn recorded(stack: &Stack) -> Vec<RecordedBlock> {
    let mut out = Terraform::recorder();
    let entries = Entries::of(stack);
    for (_, entry) in &entries.single {
        entry.node.terraform(&entry.address.label, &mut out);
    }
    for (of, items) in entries.groups.values() {
        group(of, items, &mut out, |_, _| {});
    }
    body(stack, &mut out);
    variables::parameters(stack, &mut out);
    locals(stack, &Here::ALL.map(Here::local).into(), &mut out);
    out.into_blocks()
}

/// A local value with a line for each item, and the blocks for all of them.
fn group(
    of: &Group,
    items: &[IndexedEntry<'_>],
    out: &mut Terraform,
    mut report: impl FnMut(usize, Range<usize>),
) {
    out.labelled(&["locals"], |out| {
        out.unaligned_map(of.local, |out| {
            for (index, entry) in items {
                let key = entry.address.item.as_ref().map(|item| &item.key);
                let start = out.length();
                out.entry(key.map_or("", Label::as_str), &entry.node.item_values());
                report(*index, start..out.length());
            }
        });
    });
    items[0].1.node.terraform(&Label::new(of.block), out);
}

/// The API's body, where it has one.
fn body(stack: &Stack, out: &mut Terraform) {
    let body = stack.all().find_map(|api: &RestApi| api.body.as_ref());
    if let Some(body) = body {
        out.labelled(&["locals"], |out| body.terraform_object("openapi", out));
    }
}

fn name(file: &File, syntax: Syntax) -> String {
    let name = match file {
        File::Access => "access",
        File::Alarms => "alarms",
        File::Api => "api",
        File::Cors => "cors",
        File::Domain => "domain",
        File::Functions => "functions",
        File::Models => "models",
        File::Network => "network",
        File::Stage => "stage",
        File::Routes(name) => name,
    };
    [name, syntax.ending()].concat()
}

fn versions(stack: &Stack, out: &mut Terraform) {
    out.labelled(&["terraform"], |out| {
        out.attribute("required_version", REQUIRED_TERRAFORM);
        out.block("required_providers", |out| {
            out.unaligned_map("aws", |out| {
                out.attribute("source", "hashicorp/aws");
                out.attribute("version", provider::required(stack));
            });
        });
    });
}

fn provider_block(stack: &Stack, out: &mut Terraform) {
    if !stack.is_root {
        return;
    }
    out.labelled(&["provider", "aws"], |out| {
        out.optional("region", stack.provider_region.as_deref());
    });
}

/// Deployments of other renders: AWS keeps them, as the stage may show one of them.
fn removed(stack: &Stack, out: &mut Terraform) {
    for address in forgotten(stack) {
        out.labelled(&["removed"], |out| {
            out.bare("from", format_args!("{address}"));
            out.block("lifecycle", |out| out.attribute("destroy", false));
        });
    }
}

/// Their addresses.
pub(crate) fn forgotten(stack: &Stack) -> impl Iterator<Item = String> {
    let deployment = stack.entries_of::<Deployment>().next();
    deployment.into_iter().flat_map(|(entry, _)| {
        let Named { names, label, .. } = &*entry.address;
        let others = RING.iter().filter(|name| **name != label.as_str());
        others.map(|name| format!("{}.{name}", names.terraform))
    })
}

/// Resources that had other labels in earlier renders, from each to the next one.
fn moved(stack: &Stack, out: &mut Terraform) {
    for [from, to] in moves(stack) {
        out.labelled(&["moved"], |out| {
            out.bare("from", format_args!("{from}"));
            out.bare("to", format_args!("{to}"));
        });
    }
}

/// Their addresses, the earlier one first.
pub(crate) fn moves(stack: &Stack) -> Vec<[String; 2]> {
    let mut moves = Vec::new();
    for entry in stack.entries.iter().filter(|entry| !entry.is_in_body) {
        let item = entry.address.item.as_ref();
        let label = item.map_or(&entry.address.label, |item| &item.key);
        let labels: Vec<Label> = label.moved().chain([label.clone()]).collect();
        for pair in labels.windows(2) {
            let [before, now] = [&pair[0], &pair[1]].map(|label| match item {
                Some(item) => item.addresses(label),
                None => Terraform::resources_of(|out| entry.node.terraform(label, out)),
            });
            moves.extend(before.into_iter().zip(now).map(|(from, to)| [from, to]));
        }
    }
    let turned = stack.entries_of::<Method>();
    for (entry, method) in turned.filter(|(entry, _)| entry.is_turned && !entry.is_in_body) {
        moves.extend(method.turned(&entry.address.label));
    }
    moves
}

/// Local values. Of account, partition and region those that are used.
fn locals(stack: &Stack, used: &BTreeSet<&str>, out: &mut Terraform) {
    out.labelled(&["locals"], |out| {
        for here in Here::ALL {
            let is_used = used.contains(here.local());
            if let Some(arn) = own_arn(stack).filter(|_| is_used) {
                let index = here.index();
                // Alone: a longer name would move its `=`.
                out.gap();
                out.bare(here.local(), format_args!("split(\":\", {arn})[{index}]"));
            }
        }
        if let Some(environment) = &stack.short_environment {
            out.gap();
            out.bare(
                "short_environment",
                format_args!("{}", shortened(environment)),
            );
        }
        if !stack.has_more_tags {
            return out.map("tags", &stack.tags);
        }
        out.gap();
        out.nested("tags", [&format!("merge(var.{TAGS}, "), ")"], |out| {
            out.enclosed(["{", "}"], |out| {
                for (tag, value) in &stack.tags {
                    out.attribute(&key(tag), value);
                }
            });
        });
    });
}

/// Local values that texts refer to, by name.
fn local_names(texts: &Texts) -> BTreeSet<&str> {
    const LOCAL: &str = "local.";
    let finder = Finder::new(LOCAL);
    let mut names = BTreeSet::new();
    for text in texts.values() {
        for at in finder.find_iter(text.as_bytes()) {
            let rest = &text[at + LOCAL.len()..];
            let is_end = |letter: char| !letter.is_alphanumeric() && !"_-".contains(letter);
            names.insert(&rest[..rest.find(is_end).unwrap_or(rest.len())]);
        }
    }
    names
}

/// Returns an ARN of the stack, which says where it is deployed: each attribute of the provider's
/// data sources causes a warning in some release. An API that is written as one body names
/// functions whose roles wait for the ARN, so the ARN cannot be its own; a log group waits for
/// nothing.
///
/// Source: docs/aws-rules.md#t9.
fn own_arn(stack: &Stack) -> Option<String> {
    let api = stack.entries_of::<RestApi>().next();
    let log_group = stack.entries_of::<LogGroup>().next();
    let of_api = api.map(|(entry, api)| (format!("{}.execution_arn", entry.address), api));
    match (of_api, log_group) {
        (Some((arn, api)), Some(_)) if api.body.is_none() => Some(arn),
        (_, Some((entry, _))) => Some(format!("{}.arn", entry.address)),
        (of_api, None) => of_api.map(|(arn, _)| arn),
    }
}

/// The first characters of a text and a hash of it, where it is longer than short names have room
/// for.
fn shortened(value: &Value) -> String {
    let mut text = String::new();
    value.hcl(&mut text);
    format!(
        "length({text}) > {MAX_SHORT_ENVIRONMENT} ? \"${{substr({text}, 0, 3)}}-${{substr(sha256({text}), 0, 4)}}\" : {text}"
    )
}

fn outputs(stack: &Stack, out: &mut Terraform) {
    for output in &stack.outputs {
        out.labelled(&["output", &output.name], |out| {
            out.attribute("description", &*output.description);
            out.attribute("value", &output.terraform);
            if !output.after.is_empty() {
                out.depends_on(&output.after);
            }
        });
    }
}
