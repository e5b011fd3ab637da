//! Edits of the examples, and the rows that each of them is.

/// An edit of an example.
pub(crate) struct Edit {
    pub example: &'static str,
    pub file: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    /// From the edited text to that of the example.
    pub is_backwards: bool,
    /// Heading, subject and field.
    pub rows: &'static [&'static str],
}

macro_rules! edits {
    ($($example:literal $file:literal $way:ident $from:literal $to:literal [$($row:literal)*])*) => {
        pub(crate) const EDITS: &[Edit] = &[$(Edit {
            example: $example,
            file: $file,
            from: $from,
            to: $to,
            is_backwards: edits!($way),
            rows: &[$($row),*],
        },)*];
    };
    (forwards) => { false };
    (backwards) => { true };
}

edits! {
    "complete" "gwgen.yaml" backwards
        "  - {match: {paths: [\"/health\"]}, auth: none, weakens: the probe of the monitoring sends no token, throttle: {rate: 5, burst: 5}}\n"
        ""
        [
            "loosened | GET /health | auth"
            "tightened | GET /health | throttle"
        ]
    "complete" "openapi.yaml" forwards
        "      operationId: importOrders\n      security:\n        - shopper: [orders/write]"
        "      operationId: importOrders\n      security:\n        - shopper: [orders/write, orders/read]"
        ["loosened | POST /orders/import | scopes"]
    "complete" "gwgen.yaml" forwards
        "methods: [get]}, cache:"
        "methods: [get]}, api_key: true, cache:"
        [
            "tightened | GET /products | api key"
            "tightened | GET /products/{sku} | api key"
        ]
    "complete" "gwgen.yaml" forwards
        "backend: search}"
        "backend: orders}"
        [
            "changed | GET /products | backend path"
            "changed | GET /products/{sku} | backend path"
            "changed | GET /search | backend path"
            "moved | GET /products | backend"
            "moved | GET /products/{sku} | backend"
            "moved | GET /search | backend"
        ]
    "complete" "gwgen.yaml" forwards
        "timeout: 10s"
        "timeout: 20s"
        ["relaxed | GET /search | timeout"]
    "complete" "gwgen.yaml" forwards
        "throttle: {rate: 50, burst: 100}"
        "throttle: {rate: 60, burst: 100}"
        ["relaxed | GET /search | throttle"]
    "complete" "gwgen.yaml" forwards
        "throttle: {rate: 50, burst: 100}"
        "throttle: {rate: 40, burst: 100}"
        ["tightened | GET /search | throttle"]
    "complete" "gwgen.yaml" forwards
        "cache: {ttl: 30s, key: [header.Authorization]}"
        "cache: {ttl: 40s, key: [header.Authorization]}"
        ["changed | GET /orders/{orderId} | cache"]
    "complete" "gwgen.yaml" forwards
        "cache: {ttl: 5m, shared: the catalogue is the same for everybody}"
        "cache: off"
        [
            "changed | GET /products | cache"
            "changed | GET /products/{sku} | cache"
            "tightened | GET /products | cache key"
            "tightened | GET /products/{sku} | cache key"
        ]
    "complete" "gwgen.yaml" forwards
        "cache: {ttl: 30s, key: [header.Authorization]}"
        "cache: {ttl: 30s, key: [], shared: orders are no secret}"
        ["loosened | GET /orders/{orderId} | cache key"]
    "complete" "gwgen.yaml" forwards
        "cache: {size_gb: 0.5, ttl: 1m, encrypted: true}"
        "cache: {size_gb: 0.5, ttl: 1m, encrypted: false}"
        [
            "changed | stage | setting"
            "relaxed | GET /orders/{orderId} | cache encryption"
            "relaxed | GET /products | cache encryption"
            "relaxed | GET /products/{sku} | cache encryption"
        ]
    "complete" "gwgen.yaml" forwards
        "validation: params}"
        "validation: none}"
        [
            "relaxed | POST /orders/import | required parameters"
            "relaxed | POST /orders/import | validation"
        ]
    "complete" "openapi.yaml" forwards
        "{name: Idempotency-Key, in: header, required: true,"
        "{name: Idempotency-Key, in: header, required: false,"
        [
            "relaxed | POST /orders | required parameters"
            "relaxed | POST /orders | validation"
        ]
    "complete" "openapi.yaml" forwards
        "maxLength: 200"
        "maxLength: 300"
        ["changed | PATCH /orders/{orderId}/note | body"]
    "complete" "openapi.yaml" forwards
        "  /orders/purge:\n"
        "  /products/new:\n    get:\n      operationId: newProducts\n      security: []\n      responses: {\"200\": {description: ok}}\n  /orders/purge:\n"
        ["loosened | GET /products/new | added"]
    "complete" "openapi.yaml" forwards
        "  /orders/purge:\n"
        "  /orders/last:\n    get:\n      operationId: lastOrder\n      responses: {\"200\": {description: ok}}\n  /orders/purge:\n"
        ["added | GET /orders/last | route"]
    "complete" "openapi.yaml" backwards
        "  /orders/purge:\n"
        "  /orders/last:\n    get:\n      operationId: lastOrder\n      responses: {\"200\": {description: ok}}\n  /orders/purge:\n"
        ["removed | GET /orders/last | route"]
    "complete" "gwgen.yaml" forwards
        "user_pools: [{var: user_pool_arn}]"
        "user_pools: [{var: user_pool_arn}, {var: other_pool_arn}]"
        ["loosened | auth shopper | authorizer"]
    "complete" "gwgen.yaml" forwards
        "identity: [query.ticket, context.identity.sourceIp]"
        "identity: [query.ticket]"
        ["loosened | auth legacy | identity sources"]
    "complete" "gwgen.yaml" forwards
        "identity: [header.Authorization], ttl: 5m"
        "identity: [header.Authorization], ttl: 6m"
        ["relaxed | auth staff | cached decisions"]
    "complete" "gwgen.yaml" forwards
        "keys: [acme, globex]"
        "keys: [acme, globex, initech]"
        ["loosened | usage plans | keys"]
    "complete" "gwgen.yaml" forwards
        "limit: 10000, period: day"
        "limit: 10000, period: week"
        ["tightened | usage plan partner | quota"]
    "complete" "gwgen.yaml" forwards
        "rate: 0.5, burst: 2"
        "rate: 0.6, burst: 2"
        ["changed | usage plan partner | throttles of routes"]
    "complete" "gwgen.yaml" forwards
        "throttle: {rate: 10, burst: 20}"
        "throttle: {rate: 20, burst: 20}"
        ["relaxed | usage plan partner | throttle"]
    "complete" "gwgen.yaml" forwards
        "origins: [\"https://shop.example\"]"
        "origins: [\"https://shop.example\", \"https://partner.example\"]"
        ["loosened | CORS | origins"]
    "complete" "gwgen.yaml" forwards
        "    credentials: true\n"
        ""
        ["tightened | CORS | credentials"]
    "complete" "gwgen.yaml" forwards
        "max_age: 10m"
        "max_age: 20m"
        ["changed | CORS | max age"]
    "complete" "gwgen.yaml" forwards
        "    headers: [authorization, content-type, x-api-key]\n"
        "    headers: [authorization, content-type, x-api-key, x-trace]\n"
        ["changed | CORS | headers of browsers"]
    "complete" "gwgen.yaml" forwards
        "  waf: {var: web_acl_arn}\n"
        ""
        ["loosened | stage | WAF"]
    "complete" "gwgen.yaml" forwards
        "  client_certificate: true\n"
        ""
        ["loosened | stage | client certificate"]
    "complete" "gwgen.yaml" forwards
        "base_path: v1"
        "base_path: v2"
        ["changed | API | domain"]
    "complete" "gwgen.yaml" forwards
        "certificate: {var: cert_arn}"
        "certificate: {var: other_cert_arn}"
        ["changed | API | certificate"]
    "complete" "gwgen.yaml" forwards
        "execution_log: error"
        "execution_log: info"
        ["changed | stage | logs"]
    "complete" "gwgen.yaml" forwards
        "tags: {team: shop"
        "tags: {team: store"
        ["changed | API | setting"]
    "complete" "openapi.yaml" forwards
        "title: Complete"
        "title: Other"
        ["changed | API | setting"]
    "complete" "gwgen.yaml" forwards
        "name: {var: stage, default: live}"
        "name: next"
        ["changed | stage | stage"]
    "complete" "gwgen.yaml" forwards
        "name: complete\n"
        "name: whole\n"
        ["changed | API | name"]
    "complete" "gwgen.yaml" forwards
        "port: 9000\n"
        "port: 9001\n"
        ["changed | backend search | port"]
    "complete" "gwgen.yaml" forwards
        "targets: {ips: [10.0.1.10, 10.0.2.10]}"
        "targets: {ips: [10.0.1.10]}"
        ["changed | backend search | servers"]
    "complete" "gwgen.yaml" forwards
        "path_prefix: /v2"
        "path_prefix: /v3"
        [
            "changed | GET /products | backend path"
            "changed | GET /products/{sku} | backend path"
            "changed | GET /search | backend path"
        ]
    "complete" "gwgen.yaml" forwards
        "    port: 9000\n"
        "    port: 9000\n    protocol: https\n    host: search.shop.example\n"
        [
            "changed | backend search | host"
            "tightened | GET /products | encryption"
            "tightened | GET /products/{sku} | encryption"
            "tightened | GET /search | encryption"
        ]
    "complete" "gwgen.yaml" forwards
        "    port: 9000\n"
        "    port: 9000\n    health_check: {protocol: http, path: /healthz}\n"
        ["changed | backend search | health check"]
    "complete" "gwgen.yaml" forwards
        "    port: 9000\n"
        "    port: 9000\n    security_group: {var: search_group}\n"
        ["changed | backend search | security group"]
    "complete" "gwgen.yaml" forwards
        "x-origin: {var: origin}"
        "x-source: {var: origin}"
        [
            "changed | backend orders | headers"
            "loosened | backend orders | header names"
        ]
    "complete" "gwgen.yaml" forwards
        "topology: nlb-targets\n"
        "topology: nlb-targets\nnlb: {security_groups: [{var: nlb_group}]}\n"
        [
            "changed | nlb | security groups"
            "loosened | nlb | admitted"
        ]
    "complete" "gwgen.yaml" forwards
        "minimum_compression_size: 1024"
        "minimum_compression_size: 2048"
        ["changed | API | setting"]
    "alb" "gwgen.yaml" forwards
        "clients: [10.0.0.0/16]"
        "clients: [10.0.0.0/16, 10.1.0.0/16]"
        ["loosened | alb | clients"]
    "alb" "gwgen.yaml" forwards
        "  clients: [10.0.0.0/16]"
        "  hosts: [store.internal]\n  clients: [10.0.0.0/16]"
        [
            "changed | backend orders | host"
            "changed | backend reports | host"
            "changed | backend users | host"
            "tightened | alb | hosts"
        ]
    "alb" "gwgen.yaml" forwards
        "  - {match: {paths: [\"/admin/**\"]}, exposure: internal}\n"
        ""
        ["loosened | POST /admin/flush | exposure"]
    "alb" "gwgen.yaml" forwards
        "exposure: internal"
        "exposure: hidden"
        ["removed | POST /admin/flush | route"]
    "alb" "gwgen.yaml" forwards
        "path_prefix: /v2"
        "path_prefix: /v3"
        ["changed | GET /reports/{year} | backend path"]
    "domain" "gwgen.yaml" forwards
        "allow_cidrs: [203.0.113.0/24, 198.51.100.0/24]"
        "allow_cidrs: [203.0.113.0/24, 198.51.100.0/24, 192.0.2.0/24]"
        ["loosened | API | resource policy"]
    "domain" "gwgen.yaml" forwards
        "    mutual_tls: {truststore: {var: truststore_uri}, version: {var: truststore_version}}\n"
        ""
        ["loosened | API | mutual TLS"]
    "complete" "gwgen.yaml" forwards
        "api:\n  validation: full"
        "api:\n  disable_execute_api: true\n  validation: full"
        ["tightened | API | execute-api"]
    "secured" "gwgen.yaml" forwards
        "throttle: {rate: 10, burst: 20}"
        "throttle: {rate: 10, burst: 30}"
        ["relaxed | usage plan partner | throttle"]
    "minimal" "gwgen.yaml" forwards
        "topology:"
        "api: {endpoint: {type: edge}}\ntopology:"
        ["changed | API | endpoint"]
    "minimal" "gwgen.yaml" forwards
        "topology:"
        "api: {endpoint: {type: private, vpc_endpoints: [{var: vpce}]}}\ntopology:"
        [
            "tightened | API | VPC endpoints"
            "tightened | API | endpoint"
        ]
    "complete" "gwgen.yaml" forwards
        "domain: {name: api.shop.example,"
        "domain: {security_policy: TLS_1_0, name: api.shop.example,"
        ["loosened | API | TLS"]
    "existing" "gwgen.yaml" forwards
        "cidrs: [10.0.0.0/24, 10.0.16.0/24]"
        "cidrs: [10.0.0.0/24, 10.0.16.0/24, 10.0.32.0/24]"
        ["loosened | nlb | admitted"]
    "internet" "gwgen.yaml" forwards
        "url: https://preview.example.com"
        "url: https://next.example.com"
        ["changed | backend preview | servers"]
    "alb" "gwgen.yaml" forwards
        "topology: nlb-alb\n"
        "topology: nlb-alb-sync\n"
        ["changed | way | topology"]
    "sync" "gwgen.yaml" forwards
        "sync:\n  alarm_topic: {var: alarm_topic}"
        "sync:\n  missing_before_deregister: 5\n  alarm_topic: {var: alarm_topic}"
        ["changed | sync | setting"]
    "forwarder" "gwgen.yaml" forwards
        "hosts: [orders-1.internal, orders-2.internal]"
        "hosts: [orders-1.internal]"
        ["changed | backend orders | servers"]
    "forwarder" "gwgen.yaml" forwards
        "timeout: 20s"
        "timeout: 10s"
        [
            "changed | GET /next/reports/daily | timeout"
            "changed | GET /reports/daily | timeout"
        ]
    "complete" "gwgen.yaml" forwards
        "the catalogue is the same for everybody}"
        "everybody sees one catalogue}"
        [
            "changed | GET /products | shared"
            "changed | GET /products/{sku} | shared"
        ]
    "alb" "gwgen.yaml" forwards
        "    port: 9000\n"
        "    port: 9000\n    protocol: https\n"
        ["tightened | backend users | protocol"]
    "complete" "gwgen.yaml" forwards
        "  - {match: {tags: [admin]}, auth: any}\n"
        ""
        ["loosened | expect | promise"]
    "alb" "openapi.yaml" forwards
        "openapi: 3"
        "servers: [{url: https://store.example/base}]\nopenapi: 3"
        [
            "changed | GET /orders | backend path"
            "changed | GET /orders/{id} | backend path"
            "changed | GET /reports/{year} | backend path"
            "changed | GET /users | backend path"
            "changed | GET /users/{id} | backend path"
            "changed | GET /users/{id}/orders | backend path"
            "changed | POST /admin/flush | private path"
            "changed | POST /orders | backend path"
            "changed | PUT /users/{id} | backend path"
        ]
    "authorizer_that_is_asked_every_time" "gwgen.yaml" forwards
        "api_key_source: authorizer"
        "api_key_source: header"
        ["loosened | API | key source"]
    "alb" "gwgen.yaml" forwards
        "clients: [10.0.0.0/16]"
        "clients: [10.0.16.0/20, 10.0.32.0/24]"
        ["tightened | alb | clients"]
    "alb" "gwgen.yaml" forwards
        "clients: [10.0.0.0/16]"
        "clients: [10.0.0.0/8]"
        ["loosened | alb | clients"]
    "domain" "gwgen.yaml" forwards
        "allow_cidrs: [203.0.113.0/24, 198.51.100.0/24]"
        "allow_cidrs: [203.0.113.0/25, 203.0.113.128/25, 198.51.100.7/32]"
        ["tightened | API | resource policy"]
    "sync" "gwgen.yaml" backwards
        "sync:\n"
        "lint: {deny: [GW3084]}\nsync:\n"
        ["loosened | lint.deny | promise"]
    "mounts_strip_their_prefix" "gwgen.yaml" backwards
        "lint: {allow: [{code: GW3084, reason: \"the preview leaves users out, and hides nothing that the live prefix offers\"}]}"
        ""
        ["changed | lint.allow | allowed"]
}
