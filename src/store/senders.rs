//! Senders that the head trusts by a relay: append-only, the last decision counts.

use super::register::Ids;
use super::{Result, Tx, touched};
use crate::model::Timestamp;

statements! {
    DECIDE_TRUST = "INSERT INTO sender_trust (address, relay, seq, decision, actor, reason, at, ends_at)
        SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7 FROM sender_trust WHERE address = $1 AND relay = $2";
    TRUSTS = "SELECT address, relay, decision, actor, reason, at, ends_at FROM sender_trust s
        WHERE seq = (SELECT MAX(seq) FROM sender_trust t WHERE t.address = s.address AND t.relay = s.relay)
        ORDER BY address, relay";
    RELAYS_OF = "SELECT address, relay, ends_at FROM sender_trust s
        WHERE address IN (SELECT value FROM json_each($1)) AND decision = 'trust' AND ends_at IS NOT NULL
        AND seq = (SELECT MAX(seq) FROM sender_trust t WHERE t.address = s.address AND t.relay = s.relay)
        ORDER BY address, relay",
    postgres = "SELECT address, relay, ends_at FROM sender_trust s
        WHERE address = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS JSONB)))) AND decision = 'trust' AND ends_at IS NOT NULL
        AND seq = (SELECT MAX(seq) FROM sender_trust t WHERE t.address = s.address AND t.relay = s.relay)
        ORDER BY address, relay";
}

/// One decision about an address and a relay.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TrustRow {
    pub address: String,
    pub relay: String,
    /// trust, revoke
    pub decision: String,
    pub actor: String,
    pub reason: String,
    pub at: i64,
    pub ends_at: Option<i64>,
}

impl Tx {
    pub async fn decide_trust(&mut self, row: &TrustRow) -> Result<()> {
        let n = execute!(
            self,
            DECIDE_TRUST,
            row.address.as_str(),
            row.relay.as_str(),
            row.decision.as_str(),
            row.actor.as_str(),
            row.reason.as_str(),
            row.at,
            row.ends_at
        );
        touched("decide_trust", n, 1)
    }

    /// The decision that stands for each address and relay.
    pub async fn trusts(&mut self) -> Result<Vec<TrustRow>> {
        Ok(fetch_all!(self, TrustRow, TRUSTS))
    }

    /// Address and relay of everything that is trusted of some addresses, and until when.
    pub async fn relays_of(&mut self, addresses: &Ids) -> Result<Vec<(String, String, Timestamp)>> {
        let rows = fetch_among!(self, addresses, (String, String, i64), RELAYS_OF);
        Ok(rows.into_iter().map(|(address, relay, ends)| (address, relay, Timestamp(ends))).collect())
    }
}
