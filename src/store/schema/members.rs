//! The table of those who are invited to applications.

diesel::table! {
    application_members (id) {
        id -> Uuid,
        application_id -> Uuid,
        email -> Text,
        role -> Text,
        state -> Text,
        ubi -> Nullable<Text>,
        organisation_name -> Nullable<Text>,
        person_id -> Nullable<Uuid>,
        organisation_id -> Nullable<Uuid>,
        accepted_at -> Nullable<Timestamptz>,
        invited_by -> Uuid,
        invited_at -> Timestamptz,
        version -> Int4,
    }
}
