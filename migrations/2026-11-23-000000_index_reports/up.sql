-- Released payments in the order of the disbursement report: its first page is read from here, without a sort.
CREATE INDEX batches_released ON batches (released_at) WHERE state = 'released';

-- What was paid between two instants, without reading the rest of the ledger.
CREATE INDEX ledger_entries_paid ON ledger_entries (posted_at) INCLUDE (application_id, amount_cents) WHERE account = 'paid';
