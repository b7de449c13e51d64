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
