//! What Twitch documents of Helix: the OpenAPI description, the list of live operations, and what is newer than both.
//!
//! An answer is held against its schema by [`Schema::hold`], which says each place where the two differ and notes each place
//! that it saw, so that a field that no case ever shows does not pass for kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};

const OPENAPI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/twitch/helix-openapi.json");
const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/requirements/endpoints.csv");

pub(crate) struct Reference {
    openapi: Value,
    pub(crate) operations: BTreeMap<String, Operation>,
}

/// An operation as it is documented.
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Withdrawn: answers 410.
    pub(crate) withdrawn: bool,
    /// Whether a token without scopes is refused.
    pub(crate) scoped: bool,
    pub(crate) statuses: BTreeSet<u16>,
    /// The schema of the JSON that comes with success, if any does.
    success: Option<Value>,
}

impl Reference {
    /// Reads the files; where one is missing, says so and gives none.
    pub(crate) fn read() -> Option<Self> {
        let (Ok(openapi), Ok(list)) = (fs::read_to_string(OPENAPI), fs::read(LIST)) else {
            println!("skipped: there is no {OPENAPI} or no {LIST}");
            return None;
        };
        let openapi: Value = serde_json::from_str(&openapi).expect("the description is JSON");
        let mut operations = BTreeMap::new();
        for row in csv::Reader::from_reader(&list[..]).deserialize::<BTreeMap<String, String>>() {
            let row = row.expect("a row");
            let (method, path, scopes) = (row["method"].clone(), row["path"].clone(), &row["scopes"]);
            let described = &openapi["paths"][&path][method.to_lowercase()];
            let described = if described.is_null() { &newer(&row["operationId"]) } else { described };
            let responses = described["responses"].as_object().expect("responses");
            let success = responses.iter().find(|(status, _)| status.starts_with('2'));
            let content = success.map(|(_, answer)| &answer["content"]["application/json"]["schema"]);
            let operation = Operation {
                method,
                path,
                withdrawn: row["marks"].contains("DEPRECATED"),
                // What a scope only adds to is named in brackets.
                scoped: scopes.contains(':') && !scopes.contains('(') && !scopes.starts_with("none"),
                statuses: responses.keys().filter_map(|status| status.parse().ok()).collect(),
                success: content.filter(|schema| !schema.is_null()).cloned(),
            };
            operations.insert(row["operationId"].clone(), operation);
        }
        Some(Reference { openapi, operations })
    }

    /// The schema of an operation's successful answer; none: it has no JSON body.
    pub(crate) fn success(&self, operation: &str) -> Option<Schema<'_>> {
        let schema = self.operations[operation].success.as_ref()?;
        Some(Schema { openapi: &self.openapi, schema })
    }
}

/// Operations that the description does not have yet.
fn newer(operation: &str) -> Value {
    let text = json!({"type": "string"});
    let time = json!({"type": "string", "format": "date-time"});
    let list = |item: Value| {
        let data = json!({"type": "array", "items": item});
        let body = json!({"type": "object", "required": ["data"], "properties": {"data": data}});
        json!({"responses": {"200": {"content": {"application/json": {"schema": body}}}, "400": {}, "401": {}, "403": {}}})
    };
    match operation {
        "get-pinned-chat-message" => {
            let message = json!({
                "type": "object",
                "required": ["text", "fragments"],
                "properties": {"text": text, "fragments": {"type": "array", "items": {"type": "object"}}},
            });
            let mut fields = serde_json::Map::new();
            for name in ["message_id", "broadcaster_id"] {
                fields.insert(name.into(), text.clone());
            }
            for who in ["sender_user", "pinned_by_user"] {
                for part in ["id", "login", "name"] {
                    fields.insert(format!("{who}_{part}"), text.clone());
                }
            }
            fields.insert("message".into(), message);
            for name in ["starts_at", "updated_at"] {
                fields.insert(name.into(), time.clone());
            }
            let required: Vec<String> = fields.keys().cloned().collect();
            fields.insert("ends_at".into(), time);
            list(json!({"type": "object", "required": required, "properties": fields}))
        }
        "pin-chat-message" | "update-pinned-chat-message" | "unpin-chat-message" => {
            json!({"responses": {"204": {}, "400": {}, "401": {}, "403": {}, "404": {}}})
        }
        // Of these fields the first are always there.
        "get-custom-power-up" => {
            let of = |names: &[&str], kind: &str| {
                let named = |name: &&str| ((*name).to_owned(), json!({"type": kind}));
                names.iter().map(named).collect::<serde_json::Map<_, _>>()
            };
            let texts = [
                "broadcaster_id",
                "broadcaster_login",
                "broadcaster_name",
                "id",
                "background_color",
                "title",
                "prompt",
            ];
            let mut fields = of(&texts, "string");
            fields
                .extend(of(&["is_enabled", "is_user_input_required", "is_paused", "is_in_stock"], "boolean"));
            fields.extend(of(&["bits"], "integer"));
            let objects = [
                "default_image",
                "max_per_stream_setting",
                "max_per_user_per_stream_setting",
                "global_cooldown_setting",
            ];
            fields.extend(of(&objects, "object"));
            let required: Vec<String> = fields.keys().cloned().collect();
            fields.insert("image".into(), json!({"type": "object", "nullable": true}));
            let count = json!({"type": "integer", "nullable": true});
            fields.insert("redemptions_redeemed_current_stream".into(), count);
            fields.insert("cooldown_expires_at".into(), json!({"type": "string", "nullable": true}));
            list(json!({"type": "object", "required": required, "properties": fields}))
        }
        _ => panic!("{operation} is not described"),
    }
}

/// A place in the description that says what JSON looks like.
#[derive(Clone, Copy)]
pub(crate) struct Schema<'a> {
    openapi: &'a Value,
    schema: &'a Value,
}

/// What came out of holding answers against a schema.
#[derive(Default)]
pub(crate) struct Held {
    /// In words: where and what.
    pub(crate) differences: BTreeSet<String>,
    seen: BTreeSet<String>,
}

impl<'a> Schema<'a> {
    fn at(self, schema: &'a Value) -> Self {
        match schema["$ref"].as_str() {
            Some(reference) => {
                let target = self.openapi.pointer(reference.trim_start_matches('#')).expect("a schema");
                self.at(target)
            }
            None => Schema { schema, ..self },
        }
    }

    /// Fields with their schemas, and whether they are always there.
    fn fields(self) -> impl Iterator<Item = (&'a String, Schema<'a>, bool)> {
        let required = self.schema["required"].as_array();
        let fields = self.schema["properties"].as_object().into_iter().flatten();
        fields.map(move |(name, schema)| {
            let always = required.is_some_and(|required| required.iter().any(|one| one == name.as_str()));
            (name, self.at(schema), always)
        })
    }

    /// Holds a document against this schema.
    pub(crate) fn hold(self, said: &Value, held: &mut Held) {
        self.at(self.schema).hold_at("", said, held);
    }

    fn hold_at(self, place: &str, said: &Value, held: &mut Held) {
        held.seen.insert(place.to_owned());
        let schema = self.schema;
        if said.is_null() && schema["nullable"] == true {
            return;
        }
        let fits = match schema["type"].as_str() {
            Some("object") => said.is_object(),
            Some("array") => said.is_array(),
            Some("string") => said.is_string(),
            Some("integer") => said.is_i64() || said.is_u64(),
            Some("number") => said.is_number(),
            Some("boolean") => said.is_boolean(),
            _ => true,
        };
        if !fits {
            held.differences.insert(format!("{place} is {said}, not of type {}", schema["type"]));
            return;
        }
        if let (Some(allowed), Some(text)) = (schema["enum"].as_array(), said.as_str())
            && !allowed.iter().any(|one| one == text)
        {
            held.differences.insert(format!("{place} is {text:?}, which is not listed"));
        }
        if schema["format"] == "date-time"
            && said.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_err())
        {
            held.differences.insert(format!("{place} is {said}, not a time"));
        }
        for item in said.as_array().into_iter().flatten() {
            self.at(&schema["items"]).hold_at(&format!("{place}[]"), item, held);
        }
        if let Some(object) = said.as_object() {
            self.hold_object(place, object, held);
        }
    }

    fn hold_object(self, place: &str, said: &serde_json::Map<String, Value>, held: &mut Held) {
        let any = &self.schema["additionalProperties"];
        let mut known = BTreeSet::new();
        for (name, schema, always) in self.fields() {
            known.insert(name);
            match said.get(name) {
                Some(value) => schema.hold_at(&format!("{place}.{name}"), value, held),
                None if always => drop(held.differences.insert(format!("{place}.{name} is missing"))),
                None => {}
            }
        }
        let open = self.schema["properties"].is_null();
        for (name, value) in said.iter().filter(|(name, _)| !known.contains(name)) {
            if any.is_object() {
                self.at(any).hold_at(&format!("{place}.*"), value, held);
            } else if !open {
                held.differences.insert(format!("{place}.{name} is not documented"));
            }
        }
    }

    /// Notes as a difference each field that is always there and that no answer has shown.
    pub(crate) fn hold_whole(self, held: &mut Held) {
        self.at(self.schema).unseen("", held);
    }

    fn unseen(self, place: &str, held: &mut Held) {
        if !held.seen.contains(place) {
            if !held.differences.contains(&format!("{place} is missing")) {
                held.differences.insert(format!("{place} was never shown"));
            }
            return;
        }
        let items = &self.schema["items"];
        if items.is_object() && self.at(items).schema["type"] == "object" {
            self.at(items).unseen(&format!("{place}[]"), held);
        }
        for (name, schema, always) in self.fields() {
            let place = format!("{place}.{name}");
            if always || held.seen.contains(&place) {
                schema.unseen(&place, held);
            }
        }
    }
}
