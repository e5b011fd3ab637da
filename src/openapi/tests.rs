//! Both readings of descriptions, and their faults.

mod other_files;

use std::sync::Arc;

use super::*;
use crate::source::{FilesInMemory, RelativePath};

fn file(json: &str) -> SourceFile {
    let path = RelativePath::join("", "openapi.yaml").expect("a plain name");
    SourceFile::of(json.as_bytes().to_vec(), path, Arc::from("openapi.yaml"))
        .expect("the text is YAML")
}

/// No other files.
static NONE: FilesInMemory = FilesInMemory(BTreeMap::new());

/// Reads a description of one file.
fn read_alone(file: &SourceFile) -> Outcome<Api> {
    read(file, &Library::new(&NONE))
}

/// Resolves a document that was read fast or slowly.
fn resolved(file: &SourceFile, document: document::Document<'_>) -> Api {
    let document = swagger::with_shared_parts(document);
    let outcome = resolve::api(file, &document, &Library::new(&NONE));
    outcome.value.expect("resolve always has a value")
}

/// Both readings of a document, through `resolve`.
fn both(file: &SourceFile) -> (Api, Api) {
    let fast = serde_json::from_str(&file.json).expect("the fast reading takes it");
    let slow = tolerant::document(&file.json).expect("the slow reading takes it");
    (resolved(file, fast), resolved(file, slow))
}

fn operation(api: &Api, method: HttpMethod) -> &Operation {
    let mut operations = api.operations.iter();
    operations
        .find(|operation| operation.method == method)
        .expect("the description has it")
}

fn binary_types(api: &Api, method: HttpMethod) -> Vec<&str> {
    let types = operation(api, method).binary_media_types.iter();
    types.map(|name| &**name).collect()
}

/// Pointers of the faults of all operations.
fn fault_pointers(api: &Api) -> Vec<&str> {
    let faults = api
        .operations
        .iter()
        .flat_map(|operation| &operation.faults);
    faults.map(|fault| pointer(&fault.place)).collect()
}

#[test]
fn null_security_is_a_fault_and_absent_security_inherits() {
    let file = file(
        "openapi: 3.0.0\nsecurity: [{key: []}]\npaths:\n  /a:\n    get: {security: null}\n    put: {}\n    post: {security: []}\n    patch: {security: [{}, {key: []}]}\n",
    );
    let api = read_alone(&file).value.expect("readable");
    let of = |method| operation(&api, method);
    assert_eq!(of(HttpMethod::Get).faults[0].code.code, "GW1011");
    assert!(matches!(of(HttpMethod::Put).security, Security::Needs(_)));
    assert_eq!(of(HttpMethod::Post).security, Security::Open);
    let patched = &of(HttpMethod::Patch).security;
    assert!(matches!(patched, Security::Optional(_)));
}

#[test]
fn a_wrong_type_stays_with_its_operation() {
    let file = file(
        "openapi: 3.0.0\npaths:\n  /a:\n    get: {security: {key: []}}\n    put: {parameters: [{name: q, in: query}, 7]}\n    post: {parameters: [{name: q, in: query}]}\n  /b: 3\n",
    );
    let outcome = read_alone(&file);
    let count = outcome.diagnostics.len();
    assert_eq!(count, 1, "`/b` has no operation that could hold its fault");
    let api = outcome.value.expect("readable");
    let methods = [HttpMethod::Get, HttpMethod::Put, HttpMethod::Post];
    let counts = methods.map(|method| operation(&api, method).faults.len());
    assert_eq!(counts, [1, 1, 0]);
    let faults = ["/paths/~1a/get/security", "/paths/~1a/put/parameters/1"];
    assert_eq!(fault_pointers(&api), faults);
}

#[test]
fn fast_and_slow_readings_agree() {
    let file = file(
        "openapi: 3.1.0\ninfo: {title: T}\nservers: [{url: 'https://x/{v}', variables: {v: {default: v1}}}]\ncomponents:\n  parameters: {p: {name: id, in: path, required: true}}\n  securitySchemes: {key: {type: apiKey}}\npaths:\n  x-note: 1\n  /a/{id}:\n    parameters: [{$ref: '#/components/parameters/p'}]\n    get: {operationId: 7, tags: [a], security: [{key: [s]}], responses: {200: {content: {image/png: {}}}}}\n",
    );
    let (fast, slow) = both(&file);
    assert_eq!(fast, slow);
    assert_eq!(&*fast.base_path, "/v1");
    assert_eq!(&*fast.operations[0].binary_media_types[0], "image/png");
}

const SWAGGER: &str = "swagger: '2.0'\nbasePath: /v1\nconsumes: [image/png]\nproduces: [image/gif]\nsecurity: [{key: []}]\n\
    securityDefinitions: {key: {type: apiKey, x-amazon-apigateway-authtype: custom}}\ntags: [{name: t, x-amazon-apigateway-tag-value: v}]\n\
    parameters: {p: {name: id, in: path, required: true}, b: {name: b, in: body}}\npaths:\n  /a/{id}:\n    \
    parameters: [{$ref: '#/parameters/p'}]\n    get: {operationId: 7, parameters: [{name: q, in: query, collectionFormat: pipes}]}\n    \
    post: {security: [], parameters: [{$ref: '#/parameters/b'}]}\n    \
    put: {produces: [], consumes: [text/plain], parameters: [{name: f, in: formData, type: file}]}\n";

#[test]
fn fast_and_slow_readings_agree_on_2_0() {
    let (fast, slow) = both(&file(SWAGGER));
    assert_eq!(fast, slow);
    assert_eq!(&*fast.base_path, "/v1");
    assert!(fast.schemes.keys().eq([&Arc::from("key")]));
    let extensions = fast.extensions.iter();
    let extensions: Vec<_> = extensions
        .map(|extension| pointer(&extension.place))
        .collect();
    assert_eq!(
        extensions,
        [
            "/tags/0/x-amazon-apigateway-tag-value",
            "/securityDefinitions/key/x-amazon-apigateway-authtype"
        ]
    );
    let types = |method| binary_types(&fast, method);
    assert_eq!(
        types(HttpMethod::Get),
        ["image/gif"],
        "`consumes` is about bodies"
    );
    assert_eq!(types(HttpMethod::Post), ["image/gif", "image/png"]);
    assert_eq!(types(HttpMethod::Put), ["multipart/form-data"]);
    let (get, post) = (
        operation(&fast, HttpMethod::Get),
        operation(&fast, HttpMethod::Post),
    );
    assert_eq!(get.parameters.len(), 2);
    assert_eq!(get.parameters[1].style.as_deref(), Some("pipes"));
    assert_eq!(
        post.parameters.len(),
        1,
        "a body is no parameter of the gateway"
    );
    assert!(matches!(get.security, Security::Needs(_)));
    assert_eq!(post.security, Security::Open);
    assert!(fault_pointers(&fast).is_empty());
}

#[test]
fn members_of_3_x_mean_nothing_in_2_0_and_the_other_way_round() {
    let swagger = read_alone(&file(
        "swagger: '2.0'\nservers: 7\ncomponents: []\npaths: {/a: {get: {}}}\n",
    ));
    assert!(
        swagger.diagnostics.is_empty() && swagger.value.expect("readable").operations.len() == 1
    );
    let openapi = "openapi: 3.0.0\nparameters: 7\nproduces: 7\nbasePath: /v1\nsecurityDefinitions: []\npaths: {/a: {get: {consumes: 7}}}\n";
    let api = read_alone(&file(openapi));
    assert!(api.diagnostics.is_empty());
    let api = api.value.expect("readable");
    assert!(api.base_path.is_empty() && api.operations[0].faults.is_empty());
}

#[test]
fn broken_parts_of_2_0_stay_with_what_they_concern() {
    let text = "swagger: '2.0'\nparameters: {p: {name: 1, in: path, required: 7}}\npaths:\n  /a:\n    get: {parameters: [{$ref: '#/parameters/p'}]}\n    \
        put: {consumes: image/png}\n    post: {parameters: [{name: c, in: cookie}]}\n    head: {}\n";
    let outcome = read_alone(&file(text));
    assert!(outcome.diagnostics.is_empty());
    let api = outcome.value.expect("readable");
    let faults = [
        "/parameters/p/required",
        "/paths/~1a/put/consumes",
        "/paths/~1a/post/parameters/0",
    ];
    assert_eq!(fault_pointers(&api), faults);
    for root in [
        "parameters: 7",
        "securityDefinitions: []",
        "consumes: {}",
        "produces: 7",
    ] {
        let outcome = read_alone(&file(&format!(
            "swagger: '2.0'\n{root}\npaths: {{/a: {{get: {{}}}}}}\n"
        )));
        assert_eq!(outcome.diagnostics.len(), 1, "{root}");
    }
}

#[test]
fn fast_and_slow_readings_agree_on_3_2() {
    let text = "openapi: 3.2.0\n$self: https://shop.example/openapi\ntags: [{name: a, parent: b, kind: nav}]\npaths:\n  /a:\n    \
        query: {operationId: find, parameters: [{name: q, in: querystring, content: {a/b: {}}}]}\n    \
        additionalOperations: {PURGE: {operationId: drop, tags: [a]}, copy/x: {}}\n";
    let (fast, slow) = both(&file(text));
    assert_eq!(fast, slow);
    let operations = fast.operations.iter();
    let operations: Vec<_> = operations
        .map(|operation| (operation.method.as_str(), operation.pointer()))
        .collect();
    let at = |below: &str| format!("/paths/~1a/{below}");
    assert_eq!(
        operations,
        [
            ("QUERY", at("query")),
            ("PURGE", at("additionalOperations/PURGE")),
            ("COPY/X", at("additionalOperations/copy~1x"))
        ]
    );
    let location = fast.operations[0].parameters[0].location;
    assert_eq!(location, Location::QueryString);
}

/// Folder of real descriptions: beside this repository, or further up in a worktree.
fn corpus() -> Option<std::path::PathBuf> {
    let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("GWGEN_CORPUS").map(std::path::PathBuf::from);
    let above = repository.ancestors().skip(1).take(3);
    let mut folders = named
        .into_iter()
        .chain(above.map(|folder| folder.join("shared/corpus")));
    folders.find(|folder| folder.is_dir())
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the corpus is read from the disk"
)]
fn fast_and_slow_readings_agree_on_the_corpus() {
    let Some(folder) = corpus() else { return };
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // A description of several files.
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "INDEX.md" {
            continue;
        }
        // `tests/corpus.tsv` lists the files that are refused.
        let Ok(file) = SourceFile::of(
            std::fs::read(&path).unwrap(),
            RelativePath::join("", &name).unwrap(),
            Arc::from(&*name),
        ) else {
            continue;
        };
        // Where the fast reading fails on the data there is nothing to compare with.
        let Ok(fast) = serde_json::from_str(&file.json) else {
            continue;
        };
        let fast = resolved(&file, fast);
        let slow = resolved(&file, tolerant::document(&file.json).unwrap());
        assert!(slow == fast, "{name}");
        assert!(
            undamaged(fast) == undamaged(read_broken(&file)),
            "{name}: one broken part changes how others are read"
        );
        compared += 1;
    }
    assert!(compared > 30, "only {compared} descriptions were compared");
}

/// The description with something in `paths` and in every path item that forces the slow reading
/// down to each operation.
fn read_broken(whole: &SourceFile) -> Api {
    let mut description: serde_json::Value = serde_json::from_str(&whole.json).unwrap();
    let paths = description.get_mut("paths");
    if let Some(paths) = paths.and_then(serde_json::Value::as_object_mut) {
        let keys = HttpMethod::ALL.map(HttpMethod::key);
        let items = paths.values_mut();
        for item in items.filter_map(serde_json::Value::as_object_mut) {
            for (key, operation) in item.iter_mut() {
                if let Some(operation) = operation.as_object_mut()
                    && keys.contains(&key.as_str())
                {
                    operation.insert("operationId".into(), serde_json::json!({}));
                }
            }
            item.insert("trace".into(), 7.into());
        }
        paths.insert(BROKEN.into(), 7.into());
    }
    let bytes = description.to_string().into_bytes();
    let file = SourceFile::of(bytes, whole.path.clone(), Arc::clone(&whole.display)).unwrap();
    assert!(
        serde_json::from_str::<document::Document<'_>>(&file.json).is_err()
            || description.get("paths").is_none()
    );
    resolved(&file, tolerant::document(&file.json).unwrap())
}

const BROKEN: &str = "/gwgen-broken";

fn pointer(place: &Place) -> &str {
    match &place.at {
        diagnostic::At::Pointer(pointer) | diagnostic::At::Repeated(pointer, _) => pointer,
        diagnostic::At::File | diagnostic::At::Position { .. } => "",
    }
}

/// Operations without the damage.
fn undamaged(api: Api) -> Vec<Operation> {
    let operations = api.operations.into_iter();
    let sound = operations
        .filter(|operation| operation.method != HttpMethod::Trace && *operation.path != *BROKEN);
    sound
        .map(|mut operation| {
            operation.id = None;
            let faults = &mut operation.faults;
            faults.retain(|fault| !pointer(&fault.place).ends_with("/operationId"));
            operation
        })
        .collect()
}
