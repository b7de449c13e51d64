//! The tables as diesel sees them; a test compares them with the database.

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
    organisations (id) {
        id -> Uuid,
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
    scheme_texts (id) {
        id -> Uuid,
        code -> Text,
        hash -> Text,
        text -> Text,
        published_at -> Timestamptz,
    }
}

diesel::table! {
    applications (id) {
        id -> Uuid,
        reference -> Text,
        scheme_code -> Text,
        organisation_id -> Uuid,
        author_id -> Uuid,
        state -> Text,
        title -> Text,
        content -> Jsonb,
        submitted_by -> Nullable<Uuid>,
        submitted_at -> Nullable<Timestamptz>,
        submitted_on -> Nullable<Date>,
        scheme_text_id -> Nullable<Uuid>,
        requested_cents -> Nullable<Int8>,
        allowed_cents -> Nullable<Int8>,
        created_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    application_calculations (application_id, sequence) {
        application_id -> Uuid,
        sequence -> Int4,
        request -> Text,
        answer -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    audit_entries (subject_id, sequence) {
        subject_id -> Uuid,
        sequence -> Int4,
        subject -> Text,
        event -> Text,
        who -> Text,
        person_id -> Nullable<Uuid>,
        happened_at -> Timestamptz,
        recorded_at -> Timestamptz,
        previous_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    audit_heads (subject_id) {
        subject_id -> Uuid,
        sequence -> Int4,
        hash -> Text,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        subject_id -> Uuid,
        sequence -> Int4,
        notice -> Text,
        state -> Text,
        attempts -> Int4,
        due_at -> Timestamptz,
        leased_until -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(people, person_roles, memberships, organisations);
diesel::allow_tables_to_appear_in_same_query!(applications, organisations);
diesel::allow_tables_to_appear_in_same_query!(audit_entries, audit_heads);
