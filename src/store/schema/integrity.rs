//! The tables of debarments and adverse records, of holds, and of what is owed beside projects.

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

diesel::table! {
    obligations (application_id, code) {
        application_id -> Uuid,
        code -> Text,
        kind -> Text,
        state -> Text,
        due_on -> Nullable<Date>,
        blocks_when_late -> Bool,
        needed_for -> Array<Text>,
    }
}

diesel::table! {
    obligation_submissions (application_id, code, number) {
        application_id -> Uuid,
        code -> Text,
        number -> Int4,
        attachment_id -> Uuid,
        words -> Text,
        submitted_by -> Uuid,
        submitted_at -> Timestamptz,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        reason -> Nullable<Text>,
    }
}
