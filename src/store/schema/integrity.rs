//! The tables of debarments and adverse records, and of holds.

diesel::table! {
    debarments (id) {
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        person_id -> Nullable<Uuid>,
        kind -> Text,
        from_on -> Date,
        until_on -> Nullable<Date>,
        scheme_code -> Nullable<Text>,
        authority -> Text,
        ground -> Text,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        confirmed_by -> Nullable<Uuid>,
        confirmed_at -> Nullable<Timestamptz>,
        end_on -> Nullable<Date>,
        end_reason -> Nullable<Text>,
        end_by -> Nullable<Uuid>,
        end_at -> Nullable<Timestamptz>,
        end_confirmed_by -> Nullable<Uuid>,
        end_confirmed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    holds (id) {
        id -> Uuid,
        application_id -> Nullable<Uuid>,
        organisation_id -> Nullable<Uuid>,
        scheme_code -> Nullable<Text>,
        reason -> Text,
        review_on -> Nullable<Date>,
        placed_by -> Uuid,
        placed_at -> Timestamptz,
        lifted_by -> Nullable<Uuid>,
        lifted_at -> Nullable<Timestamptz>,
        lifted_because -> Nullable<Text>,
    }
}
