//! The tables of awards, claims, payments and the ledger.

diesel::table! {
    envelopes (scheme_code) {
        scheme_code -> Text,
        limit_cents -> Nullable<Int8>,
        committed_cents -> Int8,
        posted_cents -> Int8,
        reserved_cents -> Int8,
        posted_reserved_cents -> Int8,
        limit_on -> Nullable<Date>,
    }
}

diesel::table! {
    round_balances (scheme_code, round) {
        scheme_code -> Text,
        round -> Text,
        limit_cents -> Nullable<Int8>,
        committed_cents -> Int8,
        posted_cents -> Int8,
        reserved_cents -> Int8,
        posted_reserved_cents -> Int8,
    }
}

diesel::table! {
    year_balances (scheme_code, year_from) {
        scheme_code -> Text,
        year_from -> Date,
        limit_cents -> Nullable<Int8>,
        committed_cents -> Int8,
        posted_cents -> Int8,
        reserved_cents -> Int8,
        posted_reserved_cents -> Int8,
    }
}

diesel::table! {
    applicant_balances (scheme_code, organisation_id) {
        scheme_code -> Text,
        organisation_id -> Uuid,
        limit_cents -> Nullable<Int8>,
        committed_cents -> Int8,
        reserved_cents -> Int8,
    }
}

diesel::table! {
    award_stages (application_id, revision, sequence) {
        application_id -> Uuid,
        revision -> Int4,
        sequence -> Int4,
        stage -> Text,
        amount_cents -> Int8,
    }
}

diesel::table! {
    award_bases (application_id, revision) {
        application_id -> Uuid,
        revision -> Int4,
        schemes -> Array<Text>,
        groups -> Array<Text>,
        seen -> Array<Uuid>,
        sequence -> Int8,
        transaction -> Text,
    }
}

diesel::table! {
    award_limits (application_id, revision, ceiling) {
        application_id -> Uuid,
        revision -> Int4,
        ceiling -> Text,
        stage -> Nullable<Text>,
        unit -> Text,
        limit_units -> Int8,
        used_units -> Int8,
        takes_units -> Int8,
        counted -> Array<Uuid>,
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
        conditions -> Array<Text>,
        embargo_until -> Nullable<Date>,
        current_cents -> Int8,
        carried_cents -> Int8,
        revision -> Int4,
        agreement_sha256 -> Nullable<Text>,
    }
}

diesel::table! {
    letters (id) {
        id -> Uuid,
        application_id -> Uuid,
        kind -> Text,
        version -> Int4,
        on_day -> Date,
        text -> Text,
        sha256 -> Text,
        written_at -> Timestamptz,
        change_request -> Nullable<Int4>,
        recovery_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    instalments (application_id, revision, sequence) {
        application_id -> Uuid,
        revision -> Int4,
        sequence -> Int4,
        code -> Text,
        due -> Text,
        amount_cents -> Int8,
        after_months -> Nullable<Int4>,
        needs -> Array<Text>,
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
        shown -> Jsonb,
        costs -> Nullable<Text>,
        revision -> Int4,
    }
}

diesel::table! {
    claim_lines (claim_id, revision, number) {
        claim_id -> Uuid,
        revision -> Int4,
        number -> Int4,
        category -> Text,
        spent_cents -> Int8,
        claimed_cents -> Int8,
        rate_part -> Int8,
        rate_whole -> Int8,
        evidence -> Text,
        attachment_id -> Nullable<Uuid>,
        certified_cents -> Nullable<Int8>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    claim_allotments (claim_id, category) {
        claim_id -> Uuid,
        category -> Text,
        allotted_cents -> Int8,
        moved_cents -> Int8,
    }
}

diesel::table! {
    claim_queries (claim_id, number) {
        claim_id -> Uuid,
        number -> Int4,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        question -> Text,
        answered_by -> Nullable<Uuid>,
        answered_at -> Nullable<Timestamptz>,
        answer -> Nullable<Text>,
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
        dissolved_by -> Nullable<Uuid>,
        dissolved_at -> Nullable<Timestamptz>,
        dissolution_reason -> Nullable<Text>,
        pay_on -> Nullable<Date>,
        released_under -> Nullable<Text>,
        release_limit_cents -> Nullable<Int8>,
    }
}

diesel::table! {
    payments (claim_id, number) {
        claim_id -> Uuid,
        batch_id -> Uuid,
        application_id -> Uuid,
        amount_cents -> Int8,
        number -> Int4,
        payee_account_id -> Nullable<Uuid>,
        set_off_cents -> Int8,
        set_off_recovery_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    bank_files (batch_id) {
        batch_id -> Uuid,
        format -> Text,
        sha256 -> Text,
        taken_at -> Timestamptz,
    }
}

diesel::table! {
    bank_answers (id) {
        id -> Uuid,
        kind -> Text,
        message -> Nullable<Text>,
        sha256 -> Text,
        batch_id -> Nullable<Uuid>,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        payments -> Int4,
        unmatched -> Int4,
        returned_cents -> Int8,
    }
}

diesel::table! {
    payment_statuses (answer_id, place, batch_id, claim_id) {
        answer_id -> Uuid,
        place -> Int4,
        line -> Int4,
        batch_id -> Uuid,
        claim_id -> Uuid,
        status -> Text,
        reason -> Nullable<Text>,
        returned_cents -> Int8,
        booked_on -> Nullable<Date>,
        bank_reference -> Nullable<Text>,
    }
}

// A view: what of each payment has come back by a bank.
diesel::table! {
    payment_returns (batch_id, claim_id) {
        batch_id -> Uuid,
        claim_id -> Uuid,
        returned_cents -> Int8,
    }
}

diesel::table! {
    unmatched_items (id) {
        id -> Uuid,
        answer_id -> Uuid,
        place -> Int4,
        line -> Int4,
        side -> Text,
        amount_cents -> Int8,
        currency -> Text,
        booked_on -> Nullable<Date>,
        payment -> Nullable<Text>,
        bank_reference -> Nullable<Text>,
        reason -> Nullable<Text>,
        why -> Text,
    }
}

diesel::table! {
    unmatched_closings (item_id) {
        item_id -> Uuid,
        closed_by -> Uuid,
        closed_at -> Timestamptz,
        reason -> Text,
        payment -> Nullable<Text>,
    }
}

diesel::table! {
    exports (id) {
        id -> Uuid,
        report -> Text,
        format -> Text,
        filter -> Jsonb,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        state -> Text,
        attempts -> Int4,
        leased_until -> Nullable<Timestamptz>,
        rows_done -> Int8,
        rows_total -> Nullable<Int8>,
        failure -> Nullable<Text>,
        file_id -> Nullable<Uuid>,
        size_bytes -> Nullable<Int8>,
        sha256 -> Nullable<Text>,
        control_cents -> Nullable<Int8>,
        made_at -> Nullable<Timestamptz>,
        expires_at -> Nullable<Timestamptz>,
    }
}
