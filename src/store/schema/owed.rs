//! The tables of what is owed back.

diesel::table! {
    recoveries (id) {
        id -> Uuid,
        reference -> Text,
        application_id -> Uuid,
        kind -> Text,
        state -> Text,
        principal_cents -> Int8,
        reason -> Text,
        due_on -> Date,
        rate_numerator -> Nullable<Int8>,
        rate_denominator -> Nullable<Int8>,
        interest_from -> Nullable<Date>,
        interest_clause -> Nullable<Text>,
        income_cents -> Nullable<Int8>,
        share_numerator -> Nullable<Int8>,
        share_denominator -> Nullable<Int8>,
        income_clause -> Nullable<Text>,
        raised_by -> Uuid,
        raised_at -> Timestamptz,
        confirmed_by -> Nullable<Uuid>,
        confirmed_at -> Nullable<Timestamptz>,
        withdrawn_by -> Nullable<Uuid>,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_because -> Nullable<Text>,
    }
}

diesel::table! {
    recovery_entries (id) {
        id -> Uuid,
        recovery_id -> Uuid,
        number -> Int4,
        kind -> Text,
        principal_cents -> Int8,
        interest_cents -> Int8,
        on_day -> Date,
        from_day -> Nullable<Date>,
        reverses -> Nullable<Uuid>,
        words -> Text,
        entered_by -> Uuid,
        entered_at -> Timestamptz,
        item_id -> Nullable<Uuid>,
        batch_id -> Nullable<Uuid>,
        claim_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    recovery_write_offs (id) {
        id -> Uuid,
        recovery_id -> Uuid,
        number -> Int4,
        amount_cents -> Int8,
        reason -> Text,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        approved_by -> Nullable<Uuid>,
        approved_at -> Nullable<Timestamptz>,
        approved_under -> Nullable<Text>,
        limit_cents -> Nullable<Int8>,
        entry_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    recovery_arrangements (recovery_id, number) {
        recovery_id -> Uuid,
        number -> Int4,
        total_cents -> Int8,
        credited_cents -> Int8,
        reason -> Text,
        agreed_by -> Uuid,
        agreed_at -> Timestamptz,
    }
}

diesel::table! {
    recovery_instalments (recovery_id, arrangement, place) {
        recovery_id -> Uuid,
        arrangement -> Int4,
        place -> Int4,
        due_on -> Date,
        amount_cents -> Int8,
    }
}
