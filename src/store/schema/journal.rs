//! The tables of what is written with every change.

diesel::table! {
    audit_entries (subject_id, sequence) {
        subject_id -> Uuid,
        sequence -> Int4,
        subject -> Text,
        event -> Text,
        who -> Text,
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

diesel::table! {
    reminders (application_id, kind, about) {
        application_id -> Uuid,
        kind -> Text,
        about -> Text,
        written_at -> Timestamptz,
    }
}
