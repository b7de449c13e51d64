//! The tables of the sittings of committees and their agendas, and of delegations.

diesel::table! {
    agendas (id) {
        id -> Uuid,
        scheme_code -> Text,
        round -> Nullable<Text>,
        list -> Text,
        reserve_until -> Nullable<Date>,
        committee -> Text,
        way -> Text,
        held_on -> Date,
        chair_id -> Uuid,
        lines -> Int4,
        convened_by -> Uuid,
        convened_at -> Timestamptz,
        outcome -> Nullable<Text>,
        ended_at -> Nullable<Timestamptz>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    sittings (application_id, number) {
        application_id -> Uuid,
        number -> Int4,
        route -> Nullable<Int4>,
        part -> Text,
        committee -> Text,
        quorum -> Int4,
        majority_of -> Int8,
        majority_whole -> Int8,
        has_casting_vote -> Bool,
        may_circulate -> Bool,
        way -> Text,
        held_on -> Date,
        chair_id -> Uuid,
        motion -> Jsonb,
        amount_cents -> Nullable<Int8>,
        convened_by -> Uuid,
        convened_at -> Timestamptz,
        outcome -> Nullable<Text>,
        ended_at -> Nullable<Timestamptz>,
        reason -> Nullable<Text>,
        votes_for -> Nullable<Int4>,
        votes_against -> Nullable<Int4>,
        abstained -> Nullable<Int4>,
        conflicted -> Nullable<Int4>,
        casting_vote -> Nullable<Bool>,
        agenda_id -> Nullable<Uuid>,
        agenda_line -> Nullable<Int4>,
        change_request -> Nullable<Int4>,
    }
}

diesel::table! {
    sitting_members (application_id, number, person_id) {
        application_id -> Uuid,
        number -> Int4,
        person_id -> Uuid,
    }
}

diesel::table! {
    sitting_votes (application_id, number, person_id) {
        application_id -> Uuid,
        number -> Int4,
        person_id -> Uuid,
        vote -> Text,
        reason -> Nullable<Text>,
        part -> Nullable<Text>,
        cast_at -> Timestamptz,
    }
}

diesel::table! {
    delegations (id) {
        id -> Uuid,
        of_id -> Uuid,
        to_id -> Uuid,
        from_on -> Date,
        until_on -> Date,
        scheme_code -> Nullable<Text>,
        reason -> Text,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
    }
}
