//! What Twitch documents: an OpenAPI description of most operations, and a list of all with token, scopes and paging.

use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const OPENAPI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/twitch/helix-openapi.json");
const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/requirements/endpoints.csv");

pub(crate) struct Reference {
    pub(crate) operations: Vec<Documented>,
    /// By operation id; empty where the list is not there.
    pub(crate) listed: BTreeMap<String, Listed>,
}

/// An operation of the OpenAPI description.
pub(crate) struct Documented {
    pub(crate) id: String,
    pub(crate) tag: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeSet<String>,
    /// The paths of the body's fields.
    pub(crate) body: BTreeSet<String>,
    /// The status of the examples.
    pub(crate) status: u16,
    /// By name; the last two are made up from the schema.
    pub(crate) examples: Vec<(String, Json)>,
}

/// An operation of the list.
pub(crate) struct Listed {
    pub(crate) tag: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) token: String,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) any_of_scopes: bool,
    pub(crate) paged: bool,
    pub(crate) largest_page: Option<u16>,
}

impl Reference {
    /// Reads the files; none where the description is missing.
    pub(crate) fn read() -> Option<Self> {
        let text = fs::read_to_string(OPENAPI).ok()?;
        let openapi: Json = serde_json::from_str(&text).expect("the description is JSON");
        let mut operations = vec![];
        for (path, methods) in openapi["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                operations.push(Documented::read(&openapi, path, method, operation));
            }
        }
        let listed = fs::read(LIST).map(|list| Listed::read(&list)).unwrap_or_default();
        Some(Reference { operations, listed })
    }
}

impl Documented {
    fn read(openapi: &Json, path: &str, method: &str, operation: &Json) -> Self {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let schema = |content: &Json| resolve(openapi, &content["schema"]);
        let body = &operation["requestBody"]["content"]["application/json"];
        let success = operation["responses"].as_object().into_iter().flatten();
        let (status, answer) =
            success.into_iter().find(|(status, _)| status.starts_with('2')).expect("a success");
        let mut examples: Vec<(String, Json)> = vec![];
        for (kind, content) in answer["content"].as_object().into_iter().flatten() {
            for (name, example) in content["examples"].as_object().into_iter().flatten() {
                examples.push((name.clone(), example["value"].clone()));
            }
            if kind == "application/json" {
                examples.push(("schema".into(), made_up(&schema(content), "", false)));
                examples.push(("least".into(), made_up(&schema(content), "", true)));
            }
        }
        Documented {
            id: text(&operation["operationId"]),
            tag: text(&operation["tags"][0]),
            method: method.to_uppercase(),
            path: path.into(),
            query: parameters.map(|parameter| text(&parameter["name"])).collect(),
            body: super::paths(&made_up(&schema(body), "", false)),
            status: status.parse().expect("a status"),
            examples,
        }
    }
}

fn resolve(openapi: &Json, schema: &Json) -> Json {
    match schema {
        Json::Object(fields) => {
            if let Some(Json::String(reference)) = fields.get("$ref") {
                let target = openapi.pointer(reference.trim_start_matches('#')).expect("a schema");
                return resolve(openapi, target);
            }
            let resolved = |(key, value): (&String, &Json)| (key.clone(), resolve(openapi, value));
            Json::Object(fields.iter().map(resolved).collect())
        }
        Json::Array(items) => items.iter().map(|item| resolve(openapi, item)).collect(),
        other => other.clone(),
    }
}

/// A document that has every field of the schema, or in which `least` of them are: those that may be absent are, and
/// those that may be null are null.
fn made_up(schema: &Json, key: &str, least: bool) -> Json {
    if least && schema["nullable"] == true {
        return Json::Null;
    }
    let is_time = schema["format"] == "date-time" || super::compare::is_time(key);
    match schema["type"].as_str() {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let required = |key: &String| {
                schema["required"].as_array().is_some_and(|required| required.contains(&json!(key)))
            };
            let kept = fields.filter(|(key, _)| !least || required(key));
            let field = |(key, schema): (&String, &Json)| (key.clone(), made_up(schema, key, least));
            let mut fields: serde_json::Map<String, Json> = kept.map(field).collect();
            if schema["additionalProperties"].is_object() {
                let of = &schema["additionalProperties"];
                fields.insert("any".into(), made_up(of, key, least));
            }
            Json::Object(fields)
        }
        Some("array") => json!([made_up(&schema["items"], key, least)]),
        Some("string") if schema["enum"].is_array() => schema["enum"][0].clone(),
        Some("string") if is_time => json!("2026-01-02T10:00:00Z"),
        Some("string") => json!("7"),
        Some("integer" | "number") => json!(7),
        Some("boolean") => json!(true),
        _ => Json::Null,
    }
}

impl Listed {
    fn read(list: &[u8]) -> BTreeMap<String, Self> {
        let mut reader = csv::Reader::from_reader(list);
        let mut listed = BTreeMap::new();
        for row in reader.deserialize::<BTreeMap<String, String>>() {
            let mut row = row.expect("a row");
            let mut take = |column| row.remove(column).unwrap_or_default();
            let (scopes, paging) = (take("scopes"), take("paginated"));
            let words = scopes.split(|c: char| !(c.is_ascii_lowercase() || c == '_' || c == ':'));
            let is_scope = |word: &&str| word.contains(':') && !word.ends_with(':');
            // Such as `y (after+before) first<= 1,000 default 20`.
            let largest = paging.split("first<= ").nth(1).and_then(|rest| rest.split(' ').next());
            let largest_page = largest.and_then(|largest| largest.replace(',', "").parse().ok());
            let operation = Listed {
                tag: take("tag"),
                method: take("method"),
                path: take("path"),
                token: take("token"),
                scopes: words.filter(is_scope).map(str::to_owned).collect(),
                any_of_scopes: scopes.contains(" OR "),
                paged: paging.starts_with('y'),
                largest_page,
            };
            listed.insert(take("operationId"), operation);
        }
        listed
    }
}
