//! The tables as diesel sees them; a test compares them with the database.

diesel::table! {
    people (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        language -> Text,
        password_hash -> Nullable<Text>,
        active -> Bool,
        version -> Int4,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    person_roles (person_id, role) {
        person_id -> Uuid,
        role -> Text,
    }
}

diesel::table! {
    person_authorities (person_id, authority) {
        person_id -> Uuid,
        authority -> Text,
    }
}

diesel::table! {
    organisations (id) {
        id -> Uuid,
        name -> Text,
        ubi -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    registrations (organisation_id) {
        organisation_id -> Uuid,
        person_id -> Uuid,
        name -> Text,
        ubi -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    memberships (person_id, organisation_id) {
        person_id -> Uuid,
        organisation_id -> Uuid,
    }
}

diesel::table! {
    scheme_texts (id) {
        id -> Uuid,
        code -> Text,
        hash -> Text,
        text -> Text,
        published_at -> Timestamptz,
        in_force_from -> Date,
        draft_id -> Nullable<Uuid>,
        proposed_by -> Nullable<Uuid>,
        published_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    scheme_drafts (id) {
        id -> Uuid,
        code -> Nullable<Text>,
        hash -> Text,
        text -> Text,
        state -> Text,
        edited_by -> Uuid,
        proposed_by -> Nullable<Uuid>,
        in_force_from -> Nullable<Date>,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
        version -> Int4,
    }
}

diesel::table! {
    scheme_draft_authors (draft_id, person_id) {
        draft_id -> Uuid,
        person_id -> Uuid,
    }
}

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
        requested_cents -> Nullable<Int8>,
        allowed_cents -> Nullable<Int8>,
        recommended_cents -> Nullable<Int8>,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
        version -> Int4,
        told_version -> Int4,
    }
}

diesel::table! {
    application_steps (from_state, to_state) {
        from_state -> Text,
        to_state -> Text,
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
    audit_entries (subject_id, sequence) {
        subject_id -> Uuid,
        sequence -> Int4,
        subject -> Text,
        event -> Text,
        who -> Text,
        happened_at -> Timestamptz,
        recorded_at -> Timestamptz,
        previous_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    audit_heads (subject_id) {
        subject_id -> Uuid,
        sequence -> Int4,
        hash -> Text,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        subject_id -> Uuid,
        sequence -> Int4,
        notice -> Text,
        state -> Text,
        attempts -> Int4,
        due_at -> Timestamptz,
        leased_until -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    case_duties (application_id, person_id) {
        application_id -> Uuid,
        person_id -> Uuid,
        duty -> Text,
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
        score -> Nullable<Int4>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    envelopes (scheme_code) {
        scheme_code -> Text,
        limit_cents -> Nullable<Int8>,
        committed_cents -> Int8,
        posted_cents -> Int8,
    }
}

diesel::table! {
    applicant_balances (scheme_code, organisation_id) {
        scheme_code -> Text,
        organisation_id -> Uuid,
        limit_cents -> Nullable<Int8>,
        committed_cents -> Int8,
    }
}

diesel::table! {
    award_stages (application_id, sequence) {
        application_id -> Uuid,
        sequence -> Int4,
        stage -> Text,
        amount_cents -> Int8,
    }
}

diesel::table! {
    awards (application_id) {
        application_id -> Uuid,
        scheme_code -> Text,
        organisation_id -> Uuid,
        amount_cents -> Int8,
        authority -> Text,
        state -> Text,
        decided_at -> Timestamptz,
        offered_at -> Nullable<Timestamptz>,
        expires_on -> Nullable<Date>,
        accepted_at -> Nullable<Timestamptz>,
        settled_cents -> Nullable<Int8>,
        settled_on -> Nullable<Date>,
        counts_as -> Text,
        overpaid_cents -> Nullable<Int8>,
    }
}

diesel::table! {
    instalments (application_id, sequence) {
        application_id -> Uuid,
        sequence -> Int4,
        code -> Text,
        due -> Text,
        amount_cents -> Int8,
    }
}

diesel::table! {
    ledger_entries (posting_id, account) {
        posting_id -> Uuid,
        account -> Text,
        application_id -> Uuid,
        amount_cents -> Int8,
        posted_at -> Timestamptz,
    }
}

diesel::table! {
    claims (id) {
        id -> Uuid,
        application_id -> Uuid,
        instalment -> Text,
        state -> Text,
        claimed_cents -> Int8,
        evidence -> Text,
        actual -> Nullable<Jsonb>,
        certified_cents -> Nullable<Int8>,
        reason -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    batches (id) {
        id -> Uuid,
        reference -> Text,
        state -> Text,
        prepared_by -> Uuid,
        prepared_at -> Timestamptz,
        released_by -> Nullable<Uuid>,
        released_at -> Nullable<Timestamptz>,
        total_cents -> Int8,
    }
}

diesel::table! {
    payments (claim_id) {
        claim_id -> Uuid,
        batch_id -> Uuid,
        application_id -> Uuid,
        amount_cents -> Int8,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        person_id -> Uuid,
        created_at -> Timestamptz,
        refreshed_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        ended_because -> Nullable<Text>,
    }
}

diesel::table! {
    refresh_tokens (hash) {
        hash -> Bytea,
        session_id -> Uuid,
        created_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    password_tokens (hash) {
        hash -> Bytea,
        person_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        registration_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    idempotency_keys (person_id, route, key) {
        person_id -> Uuid,
        route -> Text,
        key -> Text,
        request_hash -> Bytea,
        answer -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    rehearsals (id) {
        id -> Uuid,
        draft_id -> Uuid,
        scheme_code -> Text,
        before_text_id -> Uuid,
        after_hash -> Text,
        after_text -> Text,
        on_day -> Nullable<Date>,
        format -> Nullable<Text>,
        portfolio -> Nullable<Text>,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        recorded_at -> Timestamptz,
        state -> Text,
        attempts -> Int4,
        leased_until -> Nullable<Timestamptz>,
        cases_done -> Int8,
        cases_total -> Nullable<Int8>,
        result -> Nullable<Jsonb>,
        failure -> Nullable<Text>,
    }
}

diesel::table! {
    rehearsal_cases (rehearsal_id, sequence) {
        rehearsal_id -> Uuid,
        sequence -> Int8,
        name -> Text,
        organisation_id -> Nullable<Uuid>,
        change -> Text,
        verdict -> Jsonb,
    }
}

diesel::table! {
    organisation_relations (id) {
        id -> Uuid,
        first_id -> Uuid,
        second_id -> Uuid,
        group_code -> Text,
        from_on -> Date,
        until_on -> Nullable<Date>,
        evidence -> Text,
        created_by -> Uuid,
        created_at -> Timestamptz,
        ended_by -> Nullable<Uuid>,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(people, person_roles, person_authorities, memberships, organisations, sessions, refresh_tokens);
diesel::allow_tables_to_appear_in_same_query!(applications, organisations, assessments, awards, batches, claims, payments, ledger_entries, application_calculations);
diesel::allow_tables_to_appear_in_same_query!(audit_entries, audit_heads);
