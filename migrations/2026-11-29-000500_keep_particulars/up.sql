-- Where an organisation is found, and the trace of its bank account: of the account itself, a fingerprint under a key that is not here,
-- and its last three digits. A key beside each value finds what means the same.
CREATE TABLE organisation_particulars (
  organisation_id     uuid PRIMARY KEY REFERENCES organisations,
  address             text CHECK (address <> '' AND length(address) <= 500),
  address_key         text CHECK (address_key ~ '^[0-9a-f]{64}$'),
  telephone           text CHECK (telephone ~ '^[+]?[0-9 ().-]{8,40}$'),
  telephone_key       text CHECK (telephone_key ~ '^[0-9a-f]{64}$'),
  website             text CHECK (website <> '' AND length(website) <= 200),
  domain              text CHECK (domain <> '' AND length(domain) <= 253),
  account_fingerprint text CHECK (account_fingerprint ~ '^[0-9a-f]{64}$'),
  account_ending      text CHECK (account_ending ~ '^[0-9]{3}$'),
  version             integer NOT NULL CHECK (version > 1),
  CHECK (num_nonnulls(account_fingerprint, account_ending) IN (0, 2)),
  CHECK (num_nonnulls(telephone, telephone_key) IN (0, 2)),
  CHECK (address IS NOT NULL OR address_key IS NULL),
  CHECK (website IS NOT NULL OR domain IS NULL)
);
CREATE INDEX organisation_particulars_by_address ON organisation_particulars (address_key) WHERE address_key IS NOT NULL;
CREATE INDEX organisation_particulars_by_telephone ON organisation_particulars (telephone_key) WHERE telephone_key IS NOT NULL;
CREATE INDEX organisation_particulars_by_domain ON organisation_particulars (domain) WHERE domain IS NOT NULL;
CREATE INDEX organisation_particulars_by_account ON organisation_particulars (account_fingerprint)
  WHERE account_fingerprint IS NOT NULL;

-- One edit at a time: each counts the version up by one.
CREATE TRIGGER organisation_particulars_counted BEFORE UPDATE ON organisation_particulars FOR EACH ROW
  WHEN (NEW.version <> OLD.version + 1) EXECUTE FUNCTION refuse_second_thoughts();

-- What a submitted application is found by when another one has the same: hashes, and never what is behind them.
CREATE TABLE application_keys (
  application_id uuid NOT NULL REFERENCES applications,
  kind           text NOT NULL CHECK (kind IN ('person', 'domain', 'amount', 'costs')),
  key            text NOT NULL CHECK (key ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (application_id, kind, key)
);
CREATE INDEX application_keys_by_key ON application_keys (kind, key, application_id DESC);

-- Whoever acts for organisations is found by the domain of their address.
CREATE INDEX people_by_domain ON people (split_part(email, '@', 2));

GRANT SELECT, INSERT ON organisation_particulars TO almoner_app;
GRANT UPDATE (address, address_key, telephone, telephone_key, website, domain, account_fingerprint, account_ending, version)
  ON organisation_particulars TO almoner_app;
GRANT SELECT, INSERT, DELETE ON application_keys TO almoner_app;
