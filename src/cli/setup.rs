//! From the configuration file to a context, for every command that works on an installation.

use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;
use crate::model::{Timestamp, Trouble};
use crate::said;
use crate::work::context::SIMULATED;
use crate::work::{Context, Failure};
use std::future::Future;
use std::path::PathBuf;

/// Where the installation is, and at which time to look at it.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// The configuration file of the installation.
    #[arg(long, global = true, env = "SPOTCHECK_CONFIG", default_value = "spotcheck.toml", value_name = "FILE")]
    pub config: PathBuf,
    /// Acts as if it were this time (RFC 3339); only on a database of a simulation.
    #[arg(long, global = true, value_name = "TIME", hide = true)]
    pub now: Option<String>,
}

impl Place {
    /// The configuration, or everything that is wrong with it.
    pub fn config(&self) -> Result<Config, Vec<Trouble>> {
        let environment: Vec<(String, String)> = std::env::vars().collect();
        Config::load(&self.config, &environment)
    }

    /// Opens the installation.
    pub async fn open(&self) -> Result<Context, Trouble> {
        let config = self.config().map_err(first)?;
        config.storage.is_there()?;
        let mut ctx = Context::open(config, Clock::System, Entropy::System).await.map_err(Failure::trouble)?;
        let mut tx = ctx.store.read().await.map_err(|e| Failure::from(e).trouble())?;
        let simulated = tx.setting(SIMULATED).await.map_err(|e| Failure::from(e).trouble())?;
        drop(tx);
        if let Some(seed) = &simulated {
            ctx.entropy = Entropy::seeded(seed.as_bytes());
        }
        if let Some(now) = &self.now {
            let now = Timestamp::parse(now).ok_or_else(|| {
                Trouble::new(said!(
                    "--now takes a time such as 2026-03-12T07:30:00+08:00",
                    "--now应为2026-03-12T07:30:00+08:00这样的时间"
                ))
            })?;
            if simulated.is_none() {
                return Err(Trouble::new(said!(
                    "--now works only on a database of a simulation: a real one has the real time",
                    "--now只能用于模拟数据库：真实数据库使用真实时间"
                )));
            }
            ctx.clock = Clock::simulated(now);
        }
        Ok(ctx)
    }
}

/// The first trouble stands for all where only one can be told; `check` tells all.
pub fn first(troubles: Vec<Trouble>) -> Trouble {
    let more = troubles.len().saturating_sub(1);
    let mut first = troubles.into_iter().next().unwrap_or_else(|| Trouble::new(said!("unknown trouble", "未知问题")));
    if more > 0 {
        first.said.en.push_str(&format!(" (and {more} more: `spotcheck check` tells all)"));
        first.said.zh.push_str(&format!("（另有{more}处：用“spotcheck check”查看全部）"));
    }
    first
}

/// Runs one command's work to its end.
pub fn block_on<T>(work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| Trouble::new(said!("the program could not start: {e}", "程序无法启动：{e}")))?;
    let done = runtime.block_on(work);
    // A name that no server resolves must not hold up the end.
    runtime.shutdown_background();
    done
}
