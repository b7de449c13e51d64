//! The shapes of what is read and answered over HTTP and made by the rules: the API describes them in their own words.

use crate::actor::Who;
use crate::application::Content;
use crate::award::Instalment;
use crate::calculation::{Answer, Request};
use crate::change_request::{Terms, Wanted};
use crate::event::Event;
use crate::letter::LetterText;
use crate::notification::Recipient;
use crate::prose::Difference;
use crate::rehearsal::{Envelope, Totals};
use crate::scoring::{Score, ScoreStep};
use crate::text::{Sentence, Text};
use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value};

/// Every shape by its name. What one refers to is under `place`, such as `/components/schemas`.
#[must_use]
pub fn answers(place: &str) -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut generator = settings.with(|settings| place.clone_into(settings.definitions_path.to_mut())).into_generator();
    let all = [
        SchemaGenerator::subschema_for::<Answer>,
        SchemaGenerator::subschema_for::<Content>,
        SchemaGenerator::subschema_for::<Difference>,
        SchemaGenerator::subschema_for::<Envelope>,
        SchemaGenerator::subschema_for::<Event>,
        SchemaGenerator::subschema_for::<Instalment>,
        SchemaGenerator::subschema_for::<LetterText>,
        SchemaGenerator::subschema_for::<Recipient>,
        SchemaGenerator::subschema_for::<Request>,
        SchemaGenerator::subschema_for::<Score>,
        SchemaGenerator::subschema_for::<ScoreStep>,
        SchemaGenerator::subschema_for::<Sentence>,
        SchemaGenerator::subschema_for::<Terms>,
        SchemaGenerator::subschema_for::<Text>,
        SchemaGenerator::subschema_for::<Totals>,
        SchemaGenerator::subschema_for::<Wanted>,
        SchemaGenerator::subschema_for::<Who>,
    ];
    for one in all {
        one(&mut generator);
    }
    let mut definitions = generator.take_definitions(true);
    definitions.insert("ContentToWrite".to_owned(), to_write::<Content>());
    definitions.insert("RequestToWrite".to_owned(), to_write::<Request>());
    definitions.insert("WantedChangeToWrite".to_owned(), to_write::<Wanted>());
    definitions
}

/// What may be left out when it is written is there when it is answered; so the two are two shapes, and this one is whole in itself.
fn to_write<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings.into_generator().into_root_schema_for::<T>().to_value()
}
