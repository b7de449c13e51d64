//! The tables of assessors: what they know, when they have time, what they declare, and what is overridden of it.

diesel::table! {
    expertise_fields (code) {
        code -> Text,
        name_en -> Text,
        name_zh_hant -> Text,
        name_zh_hans -> Text,
        in_use -> Bool,
    }
}

diesel::table! {
    assessor_profiles (person_id) {
        person_id -> Uuid,
        from_on -> Nullable<Date>,
        until_on -> Nullable<Date>,
        proposals_max -> Nullable<Int4>,
        version -> Int4,
    }
}

diesel::table! {
    assessor_expertise (person_id, field_code) {
        person_id -> Uuid,
        field_code -> Text,
    }
}

diesel::table! {
    interest_declarations (id) {
        id -> Uuid,
        person_id -> Uuid,
        from_on -> Date,
        until_on -> Date,
        interests -> Jsonb,
        declared_at -> Timestamptz,
    }
}

diesel::table! {
    conflict_overrides (id) {
        id -> Uuid,
        application_id -> Uuid,
        assessor_id -> Uuid,
        grounds -> Jsonb,
        reason -> Text,
        proposed_by -> Uuid,
        proposed_at -> Timestamptz,
        confirmed_by -> Nullable<Uuid>,
        confirmed_at -> Nullable<Timestamptz>,
    }
}
