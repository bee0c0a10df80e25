//! From the configuration file to a context, for every command that works on an installation.

use crate::config::Config;
use crate::model::Trouble;
use crate::said;
use crate::work::Context;
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
        Context::at(config, self.now.as_deref()).await
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
