//! The table of requests to look again at a refusal.

diesel::table! {
    reviews (application_id, number) {
        application_id -> Uuid,
        number -> Int4,
        step -> Text,
        of_state -> Text,
        of_reason -> Text,
        stay -> Int4,
        told_on -> Date,
        last_day -> Date,
        route -> Jsonb,
        authorities -> Array<Text>,
        state -> Text,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        grounds -> Text,
        ended_by -> Nullable<Uuid>,
        on_behalf_of -> Nullable<Uuid>,
        authority -> Nullable<Text>,
        ended_at -> Nullable<Timestamptz>,
        ended_because -> Nullable<Text>,
    }
}
