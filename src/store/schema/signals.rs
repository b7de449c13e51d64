//! The tables of what signals are found by.

diesel::table! {
    organisation_particulars (organisation_id) {
        organisation_id -> Uuid,
        address -> Nullable<Text>,
        address_key -> Nullable<Text>,
        telephone -> Nullable<Text>,
        telephone_key -> Nullable<Text>,
        website -> Nullable<Text>,
        domain -> Nullable<Text>,
        account_fingerprint -> Nullable<Text>,
        account_ending -> Nullable<Text>,
        version -> Int4,
    }
}

diesel::table! {
    application_keys (application_id, kind, key) {
        application_id -> Uuid,
        kind -> Text,
        key -> Text,
    }
}

diesel::table! {
    payee_accounts (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        kind -> Text,
        ending -> Text,
        fingerprint -> Text,
        seal_key -> Text,
        sealed -> Bytea,
        proposed_by -> Uuid,
        proposed_at -> Timestamptz,
        confirmed_by -> Nullable<Uuid>,
        confirmed_at -> Nullable<Timestamptz>,
        checked -> Nullable<Text>,
        usable_from -> Nullable<Date>,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
    }
}
