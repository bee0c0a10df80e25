//! Statements: the same words for both databases unless a dialect forces two.

/// A statement with its text for each database.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

macro_rules! statements {
    ($($name:ident = $text:expr $(, postgres = $postgres:expr)?;)*) => {
        $(const $name: $crate::store::Sql = $crate::store::Sql {
            name: stringify!($name),
            sqlite: $text,
            postgres: statements!(@second $text $(, $postgres)?),
        };)*
        pub(super) const ALL: &[$crate::store::Sql] = &[$($name),*];
    };
    (@second $text:expr) => { $text };
    (@second $text:expr, $postgres:expr) => { $postgres };
}

macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => sqlx::query($sql.sqlite)$(.bind($bind))*.execute(&mut **tx).await?.rows_affected(),
            $crate::store::Tx::Postgres(tx) => sqlx::query($sql.postgres)$(.bind($bind))*.execute(&mut **tx).await?.rows_affected(),
        }
    };
}

macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => sqlx::query_as::<_, $row>($sql.sqlite)$(.bind($bind))*.fetch_all(&mut **tx).await?,
            $crate::store::Tx::Postgres(tx) => sqlx::query_as::<_, $row>($sql.postgres)$(.bind($bind))*.fetch_all(&mut **tx).await?,
        }
    };
}

/// As [`fetch_all`], with a list as the first parameter: of none there is nothing to ask.
macro_rules! fetch_among {
    ($tx:expr, $ids:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        if $ids.is_empty() { Vec::new() } else { fetch_all!($tx, $row, $sql, $ids.json() $(, $bind)*) }
    };
}

macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => sqlx::query_as::<_, $row>($sql.sqlite)$(.bind($bind))*.fetch_optional(&mut **tx).await?,
            $crate::store::Tx::Postgres(tx) => sqlx::query_as::<_, $row>($sql.postgres)$(.bind($bind))*.fetch_optional(&mut **tx).await?,
        }
    };
}

/// That a column is one of a list in JSON, as SQLite reads it.
macro_rules! in_json {
    ($column:literal, $list:literal) => {
        concat!($column, " IN (SELECT value FROM json_each(", $list, "))")
    };
}

/// And as PostgreSQL does.
macro_rules! in_jsonb {
    ($column:literal, $list:literal) => {
        concat!($column, " = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(", $list, " AS JSONB))))")
    };
}

/// Rows as one parameter: a list of lists in JSON, read by either database.
pub(super) fn json_rows(rows: &impl serde::Serialize) -> String {
    serde_json::to_string(rows).unwrap_or_else(|error| unreachable!("plain strings and numbers: {error}"))
}

/// Every statement, by file: what the test prepares on both databases.
pub const ALL: &[&[Sql]] = &[
    super::accounts::ALL,
    super::pushed::ALL,
    super::answers::ALL,
    super::assignments::ALL,
    super::audit::ALL,
    super::away::ALL,
    super::back_checks::ALL,
    super::batches::ALL,
    super::blackouts::ALL,
    super::bounces::ALL,
    super::calls::ALL,
    super::cases::ALL,
    super::findings::ALL,
    super::handbacks::ALL,
    super::handed::ALL,
    super::hazard::ALL,
    super::inbox::ALL,
    super::intake::ALL,
    super::log::ALL,
    super::look_cases::ALL,
    super::look_day::ALL,
    super::look_files::ALL,
    super::look_findings::ALL,
    super::look_mails::ALL,
    super::look_places::ALL,
    super::look_reports::ALL,
    super::look_windows::ALL,
    super::mergers::ALL,
    super::outbox::ALL,
    super::outcomes::ALL,
    super::papers::ALL,
    super::people::ALL,
    super::period_reports::ALL,
    super::person::ALL,
    super::photos::ALL,
    super::places::ALL,
    super::posts::ALL,
    super::records::ALL,
    super::recusals::ALL,
    super::register::ALL,
    super::relays::ALL,
    super::retention::ALL,
    super::reveals::ALL,
    super::seals::ALL,
    super::senders::ALL,
    super::sessions::ALL,
    super::settings::ALL,
    super::signals::ALL,
    super::state::ALL,
    super::travel::ALL,
    super::verdicts::ALL,
    super::whole::ALL,
    super::windows::ALL,
];
