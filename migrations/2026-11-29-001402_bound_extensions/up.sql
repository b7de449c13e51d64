-- When the round closes for others, by which an extension is bounded; of extensions that were granted before this was kept, nothing says so.
ALTER TABLE round_extensions ADD COLUMN closes_at timestamptz;
ALTER TABLE round_extensions
  ADD CONSTRAINT round_extensions_bounded
    CHECK (closes_at IS NOT NULL AND until > closes_at AND until - closes_at <= interval '90 days') NOT VALID;
