//! The migrations go up, down and up again without a trace, and the schema keeps the laws of the house.

use crate::database::{TestDatabase, migrate};

const SHAPE: &str = "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS line
  FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', table_name, grantee, privilege_type) FROM information_schema.table_privileges
    WHERE table_schema = 'public' AND grantee = 'almoner_app'
  UNION ALL SELECT concat_ws(' ', table_name, column_name, grantee, privilege_type) FROM information_schema.column_privileges
    WHERE table_schema = 'public' AND grantee = 'almoner_app'
  UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  ORDER BY 1";

#[tokio::test]
async fn the_migrations_go_up_down_and_up_without_a_trace() {
    let database = TestDatabase::empty().await;
    let first = migrate(database.url());
    let shape = database.lines(SHAPE).await;
    let url = database.url();
    std::thread::spawn(move || almoner::store::revert_all(&url).unwrap()).join().unwrap();
    let left =
        database.lines("SELECT relname::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace").await;
    assert_eq!(left, ["__diesel_schema_migrations", "__diesel_schema_migrations_pkey"]);
    let functions = "SELECT proname::text AS line FROM pg_proc WHERE pronamespace = 'public'::regnamespace";
    assert_eq!(database.lines(functions).await, Vec::<String>::new());
    assert_eq!(migrate(database.url()), first);
    assert_eq!(database.lines(SHAPE).await, shape);
}

#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let database = TestDatabase::migrated().await;
    let without = database
        .lines(
            "SELECT concat_ws(' ', conrelid::regclass, conname) AS line FROM pg_constraint c WHERE contype = 'f'
           AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid
             AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)",
        )
        .await;
    assert_eq!(without, Vec::<String>::new());
}

#[tokio::test]
async fn every_amount_is_whole_cents_and_bounded() {
    let database = TestDatabase::migrated().await;
    let amounts = "FROM information_schema.columns c WHERE table_schema = 'public' AND column_name LIKE '%\\_cents'
      AND table_name NOT IN (SELECT table_name FROM information_schema.views)";
    let wrong = database
        .lines(&format!(
            "SELECT concat_ws(' ', table_name, column_name) AS line {amounts} AND (data_type <> 'bigint' OR NOT EXISTS (
               SELECT 1 FROM pg_constraint k WHERE k.contype = 'c' AND k.conrelid = c.table_name::regclass
                 AND pg_get_constraintdef(k.oid) LIKE '%' || c.column_name || '%'))"
        ))
        .await;
    assert_eq!(wrong, Vec::<String>::new());
    assert!(!database.lines(&format!("SELECT column_name::text AS line {amounts}")).await.is_empty());
}

#[tokio::test]
async fn the_schema_of_the_code_is_the_schema_of_the_database() {
    let database = TestDatabase::migrated().await;
    let columns = database.lines("SELECT concat_ws(' ', table_name, column_name, udt_name, CASE WHEN is_nullable = 'YES' AND table_name NOT IN (SELECT table_name FROM information_schema.views) THEN 'null' END) AS line
           FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'",
    )
    .await;
    let mut in_database = columns;
    in_database.sort();
    let tables = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/schema");
    let files = std::fs::read_dir(tables).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    assert_eq!(in_code(&files.collect::<String>()), in_database);
}

/// The columns of `diesel::table!` blocks, in the words of `information_schema`.
fn in_code(schema: &str) -> Vec<String> {
    let mut table = "";
    let mut columns = Vec::new();
    for line in schema.lines().map(str::trim).filter(|line| !line.starts_with("diesel::joinable!")) {
        if let Some((name, kind)) = line.trim_end_matches(',').split_once(" -> ") {
            let list = kind.strip_prefix("Array<").map(|kind| format!("_{}", kind.trim_end_matches('>')));
            let kind = list.as_deref().unwrap_or(kind);
            let (kind, null) =
                kind.strip_prefix("Nullable<").map_or((kind, ""), |kind| (kind.trim_end_matches('>'), " null"));
            columns.push(format!("{table} {name} {}{null}", kind.to_lowercase()));
        } else if line.contains(" (") && line.ends_with('{') {
            table = line.split(' ').next().unwrap();
        }
    }
    columns.sort();
    columns
}
