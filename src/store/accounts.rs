//! People who sign in to the console, the one-time addresses that they begin with, and tokens of programs.

use super::register::Ids;
use super::{Result, Tx, parsed, touched};
use crate::model::{AccountRole, AccountState, Language, OfficeId, Sha256, SourceId, Timestamp};

macro_rules! some {
    ($offices:expr, $which:expr) => {
        concat!(
            "SELECT id, name, role, office, language, password, second, second_on, second_kid, second_step, state, created_at FROM account WHERE (",
            $offices, ") AND ", $which, " ORDER BY id LIMIT $3"
        )
    };
}

macro_rules! programs {
    ($offices:expr) => {
        concat!(
            "SELECT id, name, office, source, created_by, created_at, ended_at FROM api_token WHERE (",
            $offices,
            ") AND created_at >= $2 AND (created_at > $2 OR id > $3) ORDER BY created_at, id LIMIT $4"
        )
    };
}

statements! {
    ACCOUNTS_FROM = some!(concat!("CAST($1 AS TEXT) IS NULL OR ", in_json!("office", "$1")), "id >= $2"),
    postgres = some!(concat!("CAST($1 AS TEXT) IS NULL OR ", in_jsonb!("office", "$1")), "id >= $2");
    ACCOUNTS_AMONG = some!(concat!("CAST($1 AS TEXT) IS NULL OR ", in_json!("office", "$1")), in_json!("id", "$2")),
    postgres = some!(concat!("CAST($1 AS TEXT) IS NULL OR ", in_jsonb!("office", "$1")), in_jsonb!("id", "$2"));
    TOKENS_AFTER = programs!(concat!("CAST($1 AS TEXT) IS NULL OR ", in_json!("office", "$1"))),
    postgres = programs!(concat!("CAST($1 AS TEXT) IS NULL OR ", in_jsonb!("office", "$1")));
    ADD_ACCOUNT = "INSERT INTO account (id, name, role, office, language, second, second_on, second_kid, second_step, state, created_at)
        VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 'active', $6) ON CONFLICT (id) DO NOTHING";
    ACCOUNTS = "SELECT id, name, role, office, language, password, second, second_on, second_kid, second_step, state, created_at FROM account ORDER BY id";
    ACCOUNT = "SELECT id, name, role, office, language, password, second, second_on, second_kid, second_step, state, created_at FROM account WHERE id = $1";
    SET_PASSWORD = "UPDATE account SET password = $2 WHERE id = $1";
    SET_LANGUAGE = "UPDATE account SET language = $2 WHERE id = $1";
    SET_STATE = "UPDATE account SET state = $2 WHERE id = $1";
    BEGIN_SECOND = "UPDATE account SET second = second + 1, second_on = 0, second_kid = $2, second_step = 0 WHERE id = $1";
    USE_SECOND = "UPDATE account SET second_on = 1, second_step = $2 WHERE id = $1 AND second_step < $2";
    ADD_ONE_TIME = "INSERT INTO one_time (hash, account, ends_at) VALUES ($1, $2, $3)";
    DROP_ONE_TIME = "DELETE FROM one_time WHERE account = $1 AND used_at IS NULL";
    ONE_TIME = "SELECT account FROM one_time WHERE hash = $1 AND used_at IS NULL AND ends_at > $2";
    USE_ONE_TIME = "UPDATE one_time SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND ends_at > $2";
    ADD_TOKEN = "INSERT INTO api_token (id, hash, name, office, source, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    TOKENS = "SELECT id, name, office, source, created_by, created_at, ended_at FROM api_token ORDER BY created_at, id";
    TOKEN_BY_HASH = "SELECT id, name, office, source, created_by, created_at, ended_at FROM api_token WHERE hash = $1 AND ended_at IS NULL";
    END_TOKEN = "UPDATE api_token SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
}

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    pub id: String,
    pub name: String,
    pub role: AccountRole,
    pub office: Option<OfficeId>,
    pub language: Language,
    /// Argon2id in PHC form; none until the person has set one.
    pub password: Option<String>,
    /// How often a second factor was begun.
    pub second: i64,
    /// Whether the newest one was proved by a code.
    pub second_on: bool,
    /// By which of the secrets outside the database.
    pub second_kid: i64,
    /// The last step whose code was used.
    pub second_step: i64,
    pub active: bool,
    pub created_at: Timestamp,
}

impl AccountRow {
    pub fn state(&self) -> AccountState {
        match (self.active, &self.password) {
            (false, _) => AccountState::Disabled,
            (true, None) => AccountState::Begun,
            (true, Some(_)) => AccountState::Active,
        }
    }
}

pub struct NewAccount<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub role: AccountRole,
    pub office: Option<&'a OfficeId>,
    pub language: Language,
    pub at: Timestamp,
}

/// What a program shows to hand in records of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub id: String,
    pub name: String,
    pub office: OfficeId,
    pub source: SourceId,
    pub created_by: String,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct RawAccount {
    id: String,
    name: String,
    role: String,
    office: Option<String>,
    language: String,
    password: Option<String>,
    second: i64,
    second_on: i64,
    second_kid: i64,
    second_step: i64,
    state: String,
    created_at: i64,
}

impl RawAccount {
    fn read(self) -> Result<AccountRow> {
        Ok(AccountRow {
            role: parsed("account", "role", &self.id, &self.role)?,
            office: self.office.map(|office| parsed("account", "office", &self.id, &office)).transpose()?,
            language: parsed("account", "language", &self.id, &self.language)?,
            name: self.name,
            password: self.password,
            second: self.second,
            second_on: self.second_on != 0,
            second_kid: self.second_kid,
            second_step: self.second_step,
            active: self.state == "active",
            created_at: Timestamp(self.created_at),
            id: self.id,
        })
    }
}

#[derive(sqlx::FromRow)]
struct RawToken {
    id: String,
    name: String,
    office: String,
    source: String,
    created_by: String,
    created_at: i64,
    ended_at: Option<i64>,
}

impl RawToken {
    fn read(self) -> Result<TokenRow> {
        Ok(TokenRow {
            office: parsed("api_token", "office", &self.id, &self.office)?,
            source: parsed("api_token", "source", &self.id, &self.source)?,
            name: self.name,
            created_by: self.created_by,
            created_at: Timestamp(self.created_at),
            ended_at: self.ended_at.map(Timestamp),
            id: self.id,
        })
    }
}

impl Tx {
    /// `false` where there is one of that id.
    pub async fn add_account(&mut self, new: &NewAccount<'_>) -> Result<bool> {
        let office = new.office.map(OfficeId::as_str);
        let n = execute!(self, ADD_ACCOUNT, new.id, new.name, new.role.as_str(), office, new.language.tag(), new.at.0);
        Ok(n == 1)
    }

    pub async fn accounts(&mut self) -> Result<Vec<AccountRow>> {
        fetch_all!(self, RawAccount, ACCOUNTS).into_iter().map(RawAccount::read).collect()
    }

    /// From a name on, of these offices; `None`: of all, and of those who see all.
    pub async fn accounts_from(&mut self, offices: Option<&Ids>, from: &str, most: i64) -> Result<Vec<AccountRow>> {
        let rows = fetch_all!(self, RawAccount, ACCOUNTS_FROM, offices.map(Ids::json), from, most);
        rows.into_iter().map(RawAccount::read).collect()
    }

    /// Some by name, if they are of these offices.
    pub async fn accounts_among(&mut self, offices: Option<&Ids>, ids: &Ids) -> Result<Vec<AccountRow>> {
        let rows = fetch_all!(self, RawAccount, ACCOUNTS_AMONG, offices.map(Ids::json), ids.json(), i64::MAX);
        rows.into_iter().map(RawAccount::read).collect()
    }

    pub async fn account(&mut self, id: &str) -> Result<Option<AccountRow>> {
        fetch_optional!(self, RawAccount, ACCOUNT, id).map(RawAccount::read).transpose()
    }

    /// `None`: the person has to set one again.
    pub async fn set_password(&mut self, id: &str, password: Option<&str>) -> Result<()> {
        touched("set_password", execute!(self, SET_PASSWORD, id, password), 1)
    }

    pub async fn set_language(&mut self, id: &str, language: Language) -> Result<()> {
        touched("set_language", execute!(self, SET_LANGUAGE, id, language.tag()), 1)
    }

    pub async fn set_active(&mut self, id: &str, active: bool) -> Result<()> {
        touched("set_active", execute!(self, SET_STATE, id, if active { "active" } else { "disabled" }), 1)
    }

    /// A new second factor in place of what there was; it counts once a code proved it.
    pub async fn begin_second(&mut self, id: &str, kid: i64) -> Result<()> {
        touched("begin_second", execute!(self, BEGIN_SECOND, id, kid), 1)
    }

    /// `false` where the code of this step, or of a later one, was used before.
    pub async fn use_second(&mut self, id: &str, step: i64) -> Result<bool> {
        Ok(execute!(self, USE_SECOND, id, step) == 1)
    }

    /// A one-time secret in place of those that were not used.
    pub async fn add_one_time(&mut self, hash: &Sha256, account: &str, ends: Timestamp) -> Result<()> {
        execute!(self, DROP_ONE_TIME, account);
        touched("add_one_time", execute!(self, ADD_ONE_TIME, hash.hex(), account, ends.0), 1)
    }

    pub async fn drop_one_time(&mut self, account: &str) -> Result<()> {
        execute!(self, DROP_ONE_TIME, account);
        Ok(())
    }

    /// Whose it is, while it may be used.
    pub async fn one_time(&mut self, hash: &Sha256, now: Timestamp) -> Result<Option<String>> {
        Ok(fetch_optional!(self, (String,), ONE_TIME, hash.hex(), now.0).map(|(account,)| account))
    }

    /// `false` where it was used or its time is over.
    pub async fn use_one_time(&mut self, hash: &Sha256, now: Timestamp) -> Result<bool> {
        Ok(execute!(self, USE_ONE_TIME, hash.hex(), now.0) == 1)
    }

    pub async fn add_token(&mut self, hash: &Sha256, token: &TokenRow) -> Result<()> {
        let n = execute!(
            self,
            ADD_TOKEN,
            token.id.as_str(),
            hash.hex(),
            token.name.as_str(),
            token.office.as_str(),
            token.source.as_str(),
            token.created_by.as_str(),
            token.created_at.0
        );
        touched("add_token", n, 1)
    }

    /// All there ever were, oldest first.
    pub async fn tokens(&mut self) -> Result<Vec<TokenRow>> {
        fetch_all!(self, RawToken, TOKENS).into_iter().map(RawToken::read).collect()
    }

    /// After the last one of the page before, oldest first; of these offices, or of all.
    pub async fn tokens_after(
        &mut self,
        offices: Option<&Ids>,
        after: Option<(Timestamp, &str)>,
        most: i64,
    ) -> Result<Vec<TokenRow>> {
        let (at, id) = after.map_or((i64::MIN, ""), |(at, id)| (at.0, id));
        let rows = fetch_all!(self, RawToken, TOKENS_AFTER, offices.map(Ids::json), at, id, most);
        rows.into_iter().map(RawToken::read).collect()
    }

    /// One that holds.
    pub async fn token(&mut self, hash: &Sha256) -> Result<Option<TokenRow>> {
        fetch_optional!(self, RawToken, TOKEN_BY_HASH, hash.hex()).map(RawToken::read).transpose()
    }

    /// `false` where there is none that holds.
    pub async fn end_token(&mut self, id: &str, now: Timestamp) -> Result<bool> {
        Ok(execute!(self, END_TOKEN, id, now.0) == 1)
    }
}
