//! The pictures of the topologies, from `gwgen graph`.

use super::{gwgen, page};

/// A topology and the example that has it.
const PICTURES: [(&str, &str); 6] = [
    ("nlb-targets", "minimal"),
    ("nlb-alb", "alb"),
    ("nlb-alb-sync", "sync"),
    ("alb", "alb-direct"),
    ("forwarder", "forwarder"),
    ("internet", "internet"),
];

#[test]
fn pictures_are_made_from_the_examples() {
    for (topology, example) in PICTURES {
        let blueprint = format!("blueprints/{example}/gwgen.yaml");
        let picture = gwgen(&["graph", &blueprint, "--quiet"]);
        page(&format!("docs/pictures/{topology}.svg"), &picture);
    }
}
