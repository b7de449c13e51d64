//! The tables of people, organisations, what they are to each other, and sessions.

diesel::table! {
    people (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        language -> Text,
        password_hash -> Nullable<Text>,
        active -> Bool,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    person_roles (person_id, role) {
        person_id -> Uuid,
        role -> Text,
    }
}

diesel::table! {
    person_authorities (person_id, authority) {
        person_id -> Uuid,
        authority -> Text,
    }
}

diesel::table! {
    organisations (id) {
        id -> Uuid,
        name -> Text,
        ubi -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    registrations (organisation_id) {
        organisation_id -> Uuid,
        person_id -> Uuid,
        name -> Text,
        ubi -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    memberships (person_id, organisation_id) {
        person_id -> Uuid,
        organisation_id -> Uuid,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        person_id -> Uuid,
        created_at -> Timestamptz,
        refreshed_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        ended_because -> Nullable<Text>,
    }
}

diesel::table! {
    refresh_tokens (hash) {
        hash -> Bytea,
        session_id -> Uuid,
        created_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    password_tokens (hash) {
        hash -> Bytea,
        person_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        registration_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    idempotency_keys (person_id, route, key) {
        person_id -> Uuid,
        route -> Text,
        key -> Text,
        request_hash -> Bytea,
        answer -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    organisation_relations (id) {
        id -> Uuid,
        first_id -> Uuid,
        second_id -> Uuid,
        group_code -> Text,
        from_on -> Date,
        until_on -> Nullable<Date>,
        evidence -> Text,
        created_by -> Uuid,
        created_at -> Timestamptz,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
    }
}
