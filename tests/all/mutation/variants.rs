//! A case in other topologies and in the other style: the same routes, callers and promises in
//! front of other servers.
//!
//! In: a blueprint as data. Out: another. Pure.

use gwgen::blueprint::Topology;
use serde_json::{Map, Value, json};

/// A way to serve a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    /// `None`: that of the case, with its servers as they are.
    topology: Option<Topology>,
    style: &'static str,
}

/// The case as it stands.
pub(super) const AS_IT_STANDS: Variant = Variant {
    topology: None,
    style: "",
};

/// Fields that are about access, and not about servers or balancers.
const KEPT: [&str; 10] = [
    "version",
    "name",
    "spec",
    "region",
    "routes",
    "mounts",
    "auth",
    "expect",
    "usage_plans",
    "stage",
];

/// Those of `api`.
const KEPT_OF_THE_API: [&str; 4] = [
    "api_key_source",
    "partial_segments",
    "base_path",
    "validation",
];

/// Every topology in both styles.
pub(super) fn variants() -> Vec<Variant> {
    let in_both = |topology: &Topology| {
        ["resources", "body"].map(|style| Variant {
            topology: Some(*topology),
            style,
        })
    };
    Topology::ALL.iter().flat_map(in_both).collect()
}

impl Variant {
    /// The blueprint in this topology and style.
    pub(super) fn of(self, blueprint: &Value) -> Value {
        let Some(topology) = self.topology else {
            return blueprint.clone();
        };
        let mut made: Map<String, Value> = Map::new();
        for field in KEPT {
            made.extend(
                blueprint
                    .get(field)
                    .map(|value| (field.to_owned(), value.clone())),
            );
        }
        made.insert("topology".into(), json!(topology.name()));
        made.insert("output".into(), json!({"api_style": self.style}));
        if topology != Topology::Internet {
            made.insert(
                "network".into(),
                json!({"vpc": {"var": "vpc_id"}, "subnets": {"var": "private_subnet_ids"}}),
            );
        }
        let names = blueprint["backends"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name);
        let backend =
            |(index, name): (usize, &String)| (name.clone(), backend(topology, index, name));
        made.insert(
            "backends".into(),
            Value::Object(names.enumerate().map(backend).collect()),
        );
        let kept = KEPT_OF_THE_API
            .into_iter()
            .filter_map(|it| Some((it.to_owned(), blueprint["api"].get(it)?.clone())));
        made.insert("api".into(), Value::Object(kept.collect()));
        Value::Object(made)
    }
}

fn backend(topology: Topology, index: usize, name: &str) -> Value {
    match topology {
        Topology::Internet => json!({"url": format!("https://{name}.shop.example")}),
        Topology::Forwarder => {
            json!({"port": 8080 + index, "targets": {"hosts": [format!("{name}.internal")]}})
        }
        Topology::NlbTargets | Topology::NlbAlbSync | Topology::NlbAlb | Topology::Alb => {
            json!({"port": 8080 + index, "targets": {"ecs": true}})
        }
    }
}
