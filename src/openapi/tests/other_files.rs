//! Descriptions of several files.

use super::*;

/// Reads a description whose main file is `openapi.yaml`.
fn read_together(main: &str, others: &[(&str, &str)]) -> Api {
    let files = others
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    let (files, file) = (FilesInMemory(files.collect()), file(main));
    let outcome = read(&file, &Library::new(&files));
    assert!(outcome.diagnostics.is_empty(), "{:?}", outcome.diagnostics);
    outcome.value.expect("readable")
}

#[test]
fn other_files_of_a_2_0_description_are_2_0_too() {
    let main = "swagger: '2.0'\nproduces: [image/gif]\nconsumes: [image/png]\nparameters: {far: {$ref: 'parts.yaml#/parameters/limit'}}\n\
        securityDefinitions: {key: {$ref: 'parts.yaml#/securityDefinitions/key'}}\nresponses: {no: {description: no}}\n\
        paths:\n  /a: {$ref: 'a.yaml'}\n";
    let item = "get:\n  security: [{key: []}]\n  parameters: [{$ref: 'openapi.yaml#/parameters/far'}, {$ref: 'parts.yaml#/parameters/file'}]\n  \
        responses: {200: {$ref: 'parts.yaml#/responses/yes'}, 400: {$ref: 'openapi.yaml#/responses/no'}, 500: {$ref: 'parts.yaml#/responses/lost'}}\n\
        put: {parameters: [{name: c, in: cookie}], produces: 7}\npost: {parameters: [{$ref: 'parts.yaml#/parameters/whole'}]}\n";
    let parts = "parameters:\n  limit: {name: limit, in: query, collectionFormat: pipes}\n  file: {name: f, in: formData, type: file}\n  \
        whole: {name: b, in: body}\nsecurityDefinitions: {key: {type: apiKey, x-amazon-apigateway-authtype: custom}}\n\
        responses: {yes: {content: {image/jpeg: {}}}}\n";
    let api = read_together(
        main,
        &[
            ("openapi.yaml", main),
            ("a.yaml", item),
            ("parts.yaml", parts),
        ],
    );
    let types = |method| binary_types(&api, method);
    let faults = |method| {
        let faults = operation(&api, method).faults.iter();
        let places = faults.map(|fault| (&*fault.place.file, pointer(&fault.place)));
        places.collect::<Vec<_>>()
    };
    assert_eq!(
        types(HttpMethod::Get),
        ["image/gif", "image/png", "multipart/form-data"],
        "`produces` says it, not the responses"
    );
    let parameters = &operation(&api, HttpMethod::Get).parameters;
    assert_eq!(parameters.len(), 1);
    assert_eq!(parameters[0].style.as_deref(), Some("pipes"));
    assert_eq!(
        faults(HttpMethod::Get),
        [("a.yaml", "/get/responses/500/$ref")]
    );
    assert_eq!(
        faults(HttpMethod::Put),
        [("a.yaml", "/put/parameters/0"), ("a.yaml", "/put/produces")]
    );
    assert_eq!(types(HttpMethod::Post), ["image/gif", "image/png"]);
    assert_eq!(faults(HttpMethod::Post), []);
    assert_eq!(api.schemes["key"].matches("apiKey").count(), 1);
    let extension = &api.extensions[0].place;
    let expected = "/securityDefinitions/key/x-amazon-apigateway-authtype";
    assert_eq!(
        (&*extension.file, pointer(extension)),
        ("parts.yaml", expected)
    );
}

#[test]
fn additional_operations_of_another_file_have_its_places_and_what_hides_their_path() {
    let item = "x-gwgen-exposure: hidden\nadditionalOperations:\n  Copy: {operationId: c, x-gwgen-backend: b}\nquery: {}\n";
    let api = read_together(
        "openapi: 3.2.0\npaths: {/a: {$ref: 'a.yaml'}, /b: {$ref: 'a.yaml'}}\n",
        &[("a.yaml", item)],
    );
    assert_eq!(api.operations.len(), 4);
    let operations = api.operations.iter();
    for operation in operations.filter(|operation| operation.method != HttpMethod::Query) {
        let place = operation.place("");
        assert_eq!(
            (operation.method.as_str(), &*place.file, pointer(&place)),
            ("COPY", "a.yaml", "/additionalOperations/Copy")
        );
        let names = operation.settings.iter().map(|setting| &*setting.name);
        assert!(names.eq(["x-gwgen-exposure", "x-gwgen-backend"]));
        assert_eq!(
            pointer(&operation.settings[1].place),
            "/additionalOperations/Copy/x-gwgen-backend"
        );
    }
}

#[test]
fn references_in_responses_are_followed() {
    let text = "openapi: 3.0.0\npaths:\n  /a:\n    get: {responses: {200: {description: d}, 404: {headers: {x: {$ref: '#/components/headers/x'}}}}}\n    \
        put: {responses: {$ref: '#/lost'}}\n    post: {responses: {$ref: '#/paths/~1a/get/responses'}}\n";
    let (fast, slow) = both(&file(text));
    assert_eq!(fast, slow);
    let header = "/paths/~1a/get/responses/404/headers/x/$ref";
    let faults = [header, "/paths/~1a/put/responses/$ref", header];
    assert_eq!(fault_pointers(&fast), faults);
}
