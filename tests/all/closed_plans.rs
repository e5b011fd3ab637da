//! Usage plans that are gone: Terraform keeps them while the stage may still ask for their keys.

use std::fs;
use std::path::Path;

use crate::support::program::{diagnosed, folder_with};

const DESCRIPTION: &str = "openapi: 3.0.3\ninfo: {title: Shop, version: '1'}\npaths:\n\
    \x20 /orders: {get: {responses: {'200': {description: ok}}}}\n";
const PLAN: &str = "usage_plans: {gallery: {keys: [north, {existing: a1b2c3d4e5}, {existing: {var: east}}], throttle: {rate: 1, burst: 2}}}\n";
const ASKS: &str = "routes: [{match: {}, api_key: true}]\n";

/// Renders in a format with more lines; returns the codes that the history has to say.
fn render(folder: &Path, format: &str, lines: &[&str]) -> Vec<String> {
    let head = format!(
        "version: 1\nname: shop\nspec: openapi.yaml\ntopology: internet\n\
         backends: {{orders: {{url: 'https://orders.example.com'}}}}\noutput: {{format: {format}}}\n"
    );
    fs::write(folder.join("gwgen.yaml"), head + &lines.concat()).unwrap();
    let (code, _, diagnostics) = diagnosed(folder, &["render"]);
    assert_eq!(code, 0, "{diagnostics:?}");
    let codes = diagnostics.iter().filter_map(|it| it["code"].as_str());
    let is_of_history = |code: &&str| code.starts_with("GW506") || code.starts_with("GW2");
    codes.filter(is_of_history).map(str::to_owned).collect()
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("generated").join(name)).unwrap_or_default()
}

fn folder() -> tempfile::TempDir {
    folder_with(&[("openapi.yaml", DESCRIPTION)])
}

#[test]
fn a_plan_whose_keys_nobody_needs_stays_until_it_is_forgotten() {
    let folder = folder();
    let folder = folder.path();
    assert!(render(folder, "terraform", &[PLAN, ASKS]).is_empty());
    let live = read(folder, "access.tf");
    assert!(!live.contains("ignore_changes"));
    assert_eq!(render(folder, "terraform", &[]), ["GW5064"]);
    let closed = read(folder, "access.tf");
    let kept = [
        "aws_api_gateway_usage_plan\" \"gallery\"",
        "aws_api_gateway_api_key\" \"north\"",
        "aws_api_gateway_usage_plan_key\" \"gallery__north\"",
        "aws_api_gateway_usage_plan_key\" \"gallery__existing__name_a1b2c3d4e5\"",
    ];
    assert!(
        kept.iter()
            .all(|block| live.contains(block) && closed.contains(block))
    );
    assert_eq!(closed.matches("ignore_changes = all").count(), kept.len());
    assert!(!closed.contains("var_east") && !read(folder, "variables.tf").contains("east"));
    assert!(!read(folder, "outputs.tf").contains("api_key"));
    // Said once; the next renders keep it.
    let memory = read(folder, ".gwgen.json");
    assert!(render(folder, "terraform", &[]).is_empty());
    assert_eq!(read(folder, ".gwgen.json"), memory);
    assert_eq!(diagnosed(folder, &["render", "--forget"]).0, 0);
    assert!(!folder.join("generated/access.tf").exists());
    assert!(render(folder, "terraform", &[]).is_empty());
    assert!(!folder.join("generated/access.tf").exists());
}

/// The help of the note for keys that cannot stay, followed.
#[test]
fn two_renders_refuse_nobody() {
    let folder = folder();
    let folder = folder.path();
    let says_late = |folder: &Path| {
        let (_, _, diagnostics) = diagnosed(folder, &["render"]);
        let text = serde_json::to_string(&diagnostics).unwrap();
        text.contains("leaves it before")
    };
    render(folder, "terraform", &[PLAN, ASKS]);
    render(folder, "terraform", &[PLAN]);
    let before = read(folder, ".gwgen.json");
    assert_eq!(render(folder, "terraform", &[]), ["GW5064"]);
    fs::write(folder.join("generated/.gwgen.json"), before).unwrap();
    assert!(!says_late(folder));
    let folder = folder_with(&[("openapi.yaml", DESCRIPTION)]);
    let folder = folder.path();
    render(folder, "terraform", &[PLAN, ASKS]);
    let before = read(folder, ".gwgen.json");
    assert_eq!(render(folder, "terraform", &[]), ["GW5064"]);
    fs::write(folder.join("generated/.gwgen.json"), before).unwrap();
    assert!(says_late(folder));
}

#[test]
fn a_plan_that_comes_back_is_as_before() {
    let folder = folder();
    let folder = folder.path();
    render(folder, "terraform-json", &[PLAN, ASKS]);
    let live = read(folder, "access.tf.json");
    render(folder, "terraform-json", &[]);
    assert!(read(folder, "access.tf.json").contains("\"ignore_changes\": \"all\""));
    render(folder, "terraform-json", &[PLAN, ASKS]);
    assert_eq!(read(folder, "access.tf.json"), live);
}

/// A plan that is gone has callers to be refused as long as an operation asks for keys.
#[test]
fn keys_that_would_open_something_go_at_once() {
    let other = "usage_plans: {partner: {keys: [south]}}\n";
    let folder = folder();
    let folder = folder.path();
    render(folder, "terraform", &[PLAN, ASKS]);
    assert!(render(folder, "terraform", &[other, ASKS]).is_empty());
    assert!(!read(folder, "access.tf").contains("gallery"));
    // Nor does one come back to life that stayed closed.
    assert_eq!(render(folder, "terraform", &[]), ["GW5064"]);
    assert!(read(folder, "access.tf").contains("\"partner\""));
    render(
        folder,
        "terraform",
        &[&other.replace("partner", "gallery"), ASKS],
    );
    assert!(!read(folder, "access.tf").contains("partner"));
    // With another stage the one that asks for keys goes, too.
    let stage = "stage: {name: v2}\n";
    assert_eq!(render(folder, "terraform", &[stage]), ["GW5061"]);
    assert!(!folder.join("generated/access.tf").exists());
}

#[test]
fn a_renamed_plan_is_closed_under_all_its_names() {
    let folder = folder();
    let folder = folder.path();
    render(folder, "terraform", &[PLAN, ASKS]);
    let renamed = PLAN.replace("gallery: {", "salon: {was: gallery, ");
    assert!(render(folder, "terraform", &[&renamed, ASKS]).is_empty());
    let moved = read(folder, "moved.tf");
    assert!(moved.contains("aws_api_gateway_usage_plan.gallery"));
    for notes in [&["GW5064"][..], &[]] {
        assert_eq!(render(folder, "terraform", &[]), notes);
        let plan = [
            "from = aws_api_gateway_usage_plan.gallery",
            "to   = aws_api_gateway_usage_plan.salon",
        ];
        assert!(
            plan.iter()
                .all(|line| read(folder, "moved.tf").contains(line))
        );
    }
}

#[test]
fn cloudformation_deletes_last_and_keeps_nothing() {
    let folder = folder();
    let folder = folder.path();
    render(folder, "cloudformation", &[PLAN, ASKS]);
    assert!(render(folder, "cloudformation", &[]).is_empty());
    assert!(!read(folder, "template.json").contains("UsagePlan"));
}
