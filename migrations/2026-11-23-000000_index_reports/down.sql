DROP INDEX ledger_entries_paid;
DROP INDEX batches_released;
