//! One state of a database file for the many questions of a turn.
//!
//! To open a transaction and to close it costs more than what most steps ask: that nothing is due. Within [`looking`] a
//! transaction for reading goes on from the one that was read from before, until this task writes.

use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::ops::{Deref, DerefMut};
use std::sync::Mutex;

tokio::task_local! {
    static LOOK: Mutex<Look>;
}

#[derive(Default)]
struct Look {
    /// What was read before the last of them may have changed.
    writes: u64,
    open: Option<(Ticket, Transaction<'static, Sqlite>)>,
}

/// What a transaction must show to be read from again.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ticket {
    /// Which pool it came from, by its address.
    pool: usize,
    writes: u64,
}

/// Does what asks much and seldom writes: it sees what others have written meanwhile only after it has written
/// something itself, or at its end.
pub async fn looking<F: Future>(work: F) -> F::Output {
    LOOK.scope(Mutex::default(), work).await
}

/// What a look does to the transactions of its task; nothing where there is none.
fn in_look<T>(what: impl FnOnce(&mut Look) -> T) -> Option<T> {
    LOOK.try_with(|look| look.lock().ok().map(|mut look| what(&mut look))).ok().flatten()
}

/// From now on, nothing is read from what was open before: something was written, or was learned elsewhere that the
/// database must know by now.
pub fn look_again() {
    let ended = in_look(|look| {
        look.writes += 1;
        look.open.take()
    });
    drop(ended);
}

/// A transaction of a file; for reading in a look, one that is handed on when it is dropped.
pub struct Held {
    /// Until it ends or is handed on.
    tx: Option<Transaction<'static, Sqlite>>,
    ticket: Option<Ticket>,
}

impl Held {
    pub(super) fn for_writing(tx: Transaction<'static, Sqlite>) -> Held {
        Held { tx: Some(tx), ticket: None }
    }

    pub(super) async fn for_reading(pool: &SqlitePool) -> Result<Held, sqlx::Error> {
        let pool_at = std::ptr::from_ref(pool.options()).addr();
        let open = in_look(|look| {
            let ticket = Ticket { pool: pool_at, writes: look.writes };
            (ticket, look.open.take_if(|(left, _)| *left == ticket).map(|(_, tx)| tx))
        });
        let (ticket, tx) = open.map_or((None, None), |(ticket, tx)| (Some(ticket), tx));
        let tx = match tx {
            Some(tx) => tx,
            None => pool.begin().await?,
        };
        Ok(Held { tx: Some(tx), ticket })
    }

    /// # Errors
    /// The database; then nothing was written.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.ticket = None;
        let done = match self.tx.take() {
            Some(tx) => tx.commit().await,
            None => Ok(()),
        };
        look_again();
        done
    }
}

impl Deref for Held {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.tx.as_ref().unwrap_or_else(|| unreachable!("it is taken out at its end alone"))
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.tx.as_mut().unwrap_or_else(|| unreachable!("it is taken out at its end alone"))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (Some(tx), Some(ticket)) = (self.tx.take(), self.ticket) else { return };
        let ended = in_look(|look| match look.writes == ticket.writes {
            true => look.open.replace((ticket, tx)).map(|(_, tx)| tx),
            false => Some(tx),
        });
        drop(ended);
    }
}

#[cfg(test)]
mod tests {
    use super::looking;
    use crate::store::Store;

    async fn opened(folder: &tempfile::TempDir, name: &str) -> Store {
        Store::open(&format!("sqlite:{}", folder.path().join(name).display())).await.unwrap()
    }

    async fn put(store: &Store, value: &str) {
        let mut tx = store.begin().await.unwrap();
        tx.put_setting("key", value).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn got(store: &Store) -> String {
        store.read().await.unwrap().setting("key").await.unwrap().unwrap_or_default()
    }

    #[tokio::test]
    async fn a_look_sees_one_state_until_its_task_writes() {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(&folder, "one.db").await;
        let other = opened(&folder, "one.db").await;
        put(&store, "first").await;
        looking(async {
            assert_eq!(got(&store).await, "first");
            put_by_another_task(&other, "second").await;
            assert_eq!(got(&store).await, "first", "what others write waits");
            put(&store, "third").await;
            assert_eq!(got(&store).await, "third");
            put_by_another_task(&other, "fourth").await;
            assert_eq!(got(&store).await, "third");
            drop(store.begin().await.unwrap());
            assert_eq!(got(&store).await, "fourth", "who was about to write must know");
        })
        .await;
        put(&other, "fifth").await;
        assert_eq!(got(&store).await, "fifth", "outside of it every question sees what is");
    }

    async fn put_by_another_task(store: &Store, value: &'static str) {
        let store = store.clone();
        tokio::spawn(async move { put(&store, value).await }).await.unwrap();
    }

    #[tokio::test]
    async fn what_was_open_before_a_write_is_not_read_from_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(&folder, "one.db").await;
        looking(async {
            let mut before = store.read().await.unwrap();
            assert_eq!(before.setting("key").await.unwrap(), None);
            put(&store, "written").await;
            assert_eq!(before.setting("key").await.unwrap(), None);
            drop(before);
            assert_eq!(got(&store).await, "written");
        })
        .await;
    }

    #[tokio::test]
    async fn each_database_answers_for_itself_and_can_be_closed() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (opened(&folder, "one.db").await, opened(&folder, "other.db").await);
        put(&one, "of one").await;
        put(&other, "of the other").await;
        looking(async {
            for _ in 0..3 {
                assert_eq!(got(&one).await, "of one");
                assert_eq!(got(&other).await, "of the other");
            }
        })
        .await;
        one.close().await;
        other.close().await;
    }
}
