//! The tables of schemes: their texts, drafts and rehearsals.

diesel::table! {
    scheme_texts (id) {
        id -> Uuid,
        code -> Text,
        hash -> Text,
        text -> Text,
        published_at -> Timestamptz,
        in_force_from -> Date,
        draft_id -> Nullable<Uuid>,
        proposed_by -> Nullable<Uuid>,
        published_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    round_seals (scheme_code, round) {
        scheme_code -> Text,
        round -> Text,
        until -> Timestamptz,
    }
}

diesel::table! {
    round_extensions (id) {
        id -> Uuid,
        scheme_code -> Text,
        round -> Text,
        organisation_id -> Uuid,
        until -> Timestamptz,
        reason -> Text,
        granted_by -> Uuid,
        granted_at -> Timestamptz,
        closes_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    scheme_drafts (id) {
        id -> Uuid,
        code -> Nullable<Text>,
        hash -> Text,
        text -> Text,
        state -> Text,
        edited_by -> Uuid,
        proposed_by -> Nullable<Uuid>,
        in_force_from -> Nullable<Date>,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    scheme_draft_authors (draft_id, person_id) {
        draft_id -> Uuid,
        person_id -> Uuid,
    }
}

diesel::table! {
    rehearsals (id) {
        id -> Uuid,
        draft_id -> Uuid,
        scheme_code -> Text,
        before_text_id -> Uuid,
        after_hash -> Text,
        after_text -> Text,
        on_day -> Nullable<Date>,
        format -> Nullable<Text>,
        portfolio -> Nullable<Text>,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        recorded_at -> Timestamptz,
        state -> Text,
        attempts -> Int4,
        leased_until -> Nullable<Timestamptz>,
        cases_done -> Int8,
        cases_total -> Nullable<Int8>,
        result -> Nullable<Jsonb>,
        failure -> Nullable<Text>,
    }
}

diesel::table! {
    rehearsal_cases (rehearsal_id, sequence) {
        rehearsal_id -> Uuid,
        sequence -> Int8,
        name -> Text,
        organisation_id -> Nullable<Uuid>,
        change -> Text,
        verdict -> Jsonb,
    }
}
