//! The tables of changes of awards.

diesel::table! {
    change_requests (application_id, number) {
        application_id -> Uuid,
        number -> Int4,
        kind -> Text,
        state -> Text,
        by_agency -> Bool,
        requested_by -> Uuid,
        requested_at -> Timestamptz,
        reason -> Text,
        wanted -> Jsonb,
        before -> Jsonb,
        route -> Nullable<Jsonb>,
        authorities -> Array<Text>,
        question -> Nullable<Text>,
        answer -> Nullable<Text>,
        forwarded_by -> Nullable<Uuid>,
        forwarded_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Uuid>,
        on_behalf_of -> Nullable<Uuid>,
        authority -> Nullable<Text>,
        ended_at -> Nullable<Timestamptz>,
        ended_because -> Nullable<Text>,
    }
}

diesel::table! {
    award_changes (application_id, number) {
        application_id -> Uuid,
        number -> Int4,
        request -> Int4,
        kind -> Text,
        before -> Jsonb,
        after -> Jsonb,
        project -> Nullable<Jsonb>,
        authority -> Nullable<Text>,
        before_cents -> Int8,
        after_cents -> Int8,
        changed_at -> Timestamptz,
    }
}
