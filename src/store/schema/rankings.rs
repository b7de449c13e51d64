//! The tables of panels, of steps before a recommendation, of reserve lists, and of feedback.

diesel::table! {
    assessment_steps (id) {
        id -> Uuid,
        application_id -> Uuid,
        step -> Text,
        held_on -> Date,
        minutes -> Text,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
    }
}

diesel::table! {
    panels (id) {
        id -> Uuid,
        scheme_code -> Text,
        name -> Text,
        opened_by -> Uuid,
        opened_at -> Timestamptz,
        cases -> Int4,
        round -> Nullable<Text>,
    }
}

diesel::table! {
    panel_cases (panel_id, place) {
        panel_id -> Uuid,
        place -> Int4,
        application_id -> Uuid,
        rank -> Int4,
        mean -> Int4,
        spread -> Int4,
        scores -> Int4,
        outliers -> Array<Uuid>,
        passes -> Bool,
    }
}

diesel::table! {
    panel_assessors (panel_id, assessor_id) {
        panel_id -> Uuid,
        assessor_id -> Uuid,
        scored -> Int4,
        mean -> Int4,
        above_others -> Nullable<Int4>,
    }
}

diesel::table! {
    panel_minutes (id) {
        id -> Uuid,
        panel_id -> Uuid,
        application_id -> Nullable<Uuid>,
        text -> Text,
        written_by -> Uuid,
        written_at -> Timestamptz,
    }
}

diesel::table! {
    panel_departures (application_id, version) {
        application_id -> Uuid,
        version -> Int4,
        panel_id -> Uuid,
        reason -> Text,
    }
}

diesel::table! {
    reserve_entries (application_id, route) {
        application_id -> Uuid,
        route -> Int4,
        scheme_code -> Text,
        round -> Nullable<Text>,
        position -> Int4,
        amount_cents -> Int8,
        until_on -> Date,
        embargo_until -> Nullable<Date>,
        placed_by -> Uuid,
        placed_at -> Timestamptz,
        skipped -> Nullable<Text>,
        skipped_because -> Nullable<Text>,
        skipped_at -> Nullable<Timestamptz>,
        left_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    feedback (application_id, decision) {
        application_id -> Uuid,
        note -> Text,
        parts -> Array<Text>,
        released_by -> Uuid,
        released_at -> Timestamptz,
        decision -> Int4,
    }
}
