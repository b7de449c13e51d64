//! The tables of applications and their assessment.

diesel::table! {
    applications (id) {
        id -> Uuid,
        reference -> Text,
        scheme_code -> Text,
        organisation_id -> Uuid,
        author_id -> Uuid,
        state -> Text,
        title -> Text,
        content -> Jsonb,
        submitted_by -> Nullable<Uuid>,
        submitted_at -> Nullable<Timestamptz>,
        submitted_on -> Nullable<Date>,
        scheme_text_id -> Nullable<Uuid>,
        round -> Nullable<Text>,
        requested_cents -> Nullable<Int8>,
        allowed_cents -> Nullable<Int8>,
        recommended_cents -> Nullable<Int8>,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
        version -> Int4,
        told_version -> Int4,
        state_since -> Timestamptz,
        revision -> Int4,
        revised_by -> Uuid,
        revised_at -> Timestamptz,
        revised_version -> Int4,
        submitted_revision -> Nullable<Int4>,
        reserved_cents -> Int8,
        year_from -> Nullable<Date>,
        waits_from -> Nullable<Date>,
        feedback_owed -> Bool,
        embargo_until -> Nullable<Date>,
    }
}

diesel::table! {
    application_revisions (application_id, number) {
        application_id -> Uuid,
        number -> Int4,
        content -> Jsonb,
        revised_by -> Uuid,
        revised_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    application_returns (application_id, number) {
        application_id -> Uuid,
        number -> Int4,
        from_state -> Text,
        revision -> Int4,
        fields -> Array<Text>,
        reason -> Text,
        answer_by -> Date,
        returned_by -> Uuid,
        returned_at -> Timestamptz,
        answered_revision -> Nullable<Int4>,
        unanswered -> Nullable<Text>,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    application_steps (from_state, to_state) {
        from_state -> Text,
        to_state -> Text,
    }
}

diesel::table! {
    application_stays (application_id, number) {
        application_id -> Uuid,
        number -> Int4,
        state -> Text,
        from_at -> Timestamptz,
        until_at -> Timestamptz,
    }
}

diesel::table! {
    application_calculations (application_id, sequence) {
        application_id -> Uuid,
        sequence -> Int4,
        request -> Text,
        answer -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    case_duties (application_id, person_id) {
        application_id -> Uuid,
        person_id -> Uuid,
        duty -> Text,
        part -> Nullable<Text>,
    }
}

diesel::table! {
    approval_routes (application_id, number) {
        application_id -> Uuid,
        number -> Int4,
        amount_cents -> Int8,
        parts -> Jsonb,
        started_at -> Timestamptz,
        deferred_until -> Nullable<Date>,
        deferred_because -> Nullable<Text>,
    }
}

diesel::table! {
    approval_parts (application_id, route, position) {
        application_id -> Uuid,
        route -> Int4,
        position -> Int4,
        code -> Text,
        is_check -> Bool,
        authorities -> Array<Text>,
        committees -> Array<Text>,
    }
}

diesel::table! {
    approvals (application_id, route, number) {
        application_id -> Uuid,
        route -> Int4,
        number -> Int4,
        part -> Text,
        person_id -> Uuid,
        on_behalf_of -> Nullable<Uuid>,
        authority -> Text,
        amount_cents -> Int8,
        conditions -> Array<Text>,
        approved_at -> Timestamptz,
        void -> Nullable<Text>,
    }
}

diesel::table! {
    assessments (id) {
        id -> Uuid,
        application_id -> Uuid,
        assessor_id -> Uuid,
        state -> Text,
        marks -> Jsonb,
        comment -> Text,
        feedback -> Nullable<Text>,
        score -> Nullable<Int4>,
        created_at -> Timestamptz,
        due_on -> Date,
        reason -> Nullable<Text>,
        changed_at -> Timestamptz,
        blind_to_applicant -> Bool,
    }
}

diesel::table! {
    attachments (id) {
        id -> Uuid,
        application_id -> Uuid,
        document -> Nullable<Text>,
        name -> Text,
        media_type -> Text,
        size_bytes -> Int8,
        sha256 -> Text,
        scanned -> Text,
        attached_by -> Uuid,
        attached_at -> Timestamptz,
        in_answer_to -> Nullable<Int4>,
    }
}
