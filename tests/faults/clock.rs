//! A clock that jumps while the daemon runs: nothing is drawn early, late or twice, and no deadline is taken for past.

use super::house::{EVE, House, Setting, time, window};
use spotcheck::daemon::{Daemon, Outcome};
use spotcheck::model::time::{DAY, HOUR, MINUTE};
use spotcheck::work::health;
use spotcheck::work::turn::Turn;

async fn tick(daemon: &mut Daemon, house: &House) -> Turn {
    match daemon.tick(&house.ctx).await.unwrap() {
        Outcome::Turn(turn) => {
            assert!(turn.failures.is_empty(), "{:?}", turn.failures);
            turn
        }
        Outcome::Standby => panic!("nobody else is there"),
    }
}

/// Everything that a user would notice, and all that is written for good.
async fn state(house: &House) -> String {
    house.ctx.store.read().await.unwrap().state_hash().await.unwrap().0.hex()
}

#[tokio::test]
async fn a_jump_draws_nothing_closes_nothing_and_is_told_and_the_day_goes_on_afterwards() {
    let jumps = [-DAY, -HOUR, -9 * MINUTE, 9 * MINUTE, HOUR, 26 * HOUR, 30 * DAY, 365 * DAY];
    for jump in jumps {
        let house = House::new(Setting { teams: 3, afternoon: true, ..Setting::default() }).await;
        house.at(EVE).await;
        house.at("2026-03-03 07:30").await;
        assert_eq!(house.letters("assignment").await.len(), 1);
        let (mut daemon, right) = (Daemon::default(), time("2026-03-03 07:40"));
        house.ctx.clock.set(right);
        tick(&mut daemon, &house).await;
        let before = state(&house).await;
        // The next turn comes at once, so the monotonic clock stands still.
        house.ctx.clock.set(right.plus(jump));
        let turn = tick(&mut daemon, &house).await;
        let doubt = jump.abs() > 10 * MINUTE;
        assert_eq!(daemon.drawing, !doubt, "{jump}");
        assert_eq!(
            (turn.drawn, turn.sealed, turn.void, turn.closed, turn.reminders, turn.revealed),
            (0, 0, 0, 0, 0, 0),
            "{jump}"
        );
        let told: Vec<String> =
            health::look(&house.ctx).await.unwrap().into_iter().map(|cause| cause.said.en).collect();
        let told: Vec<&String> = told.iter().filter(|said| said.contains("clock")).collect();
        assert_eq!(told.len(), usize::from(doubt), "{jump}: {told:?}");
        if doubt {
            println!("{:+} min: nothing drawn, closed or revealed; “{}”", jump / MINUTE, told[0]);
            assert!(house.lines(&window("2026-03-03", "pm")).await.is_empty());
        } else {
            println!("{:+} min: taken for a correction; nothing is due", jump / MINUTE);
        }
        // Set right and started again, as the runbook says. Sheets and digests may have been written meanwhile.
        house.ctx.clock.set(time("2026-03-03 12:30"));
        let turn = tick(&mut Daemon::default(), &house).await;
        assert_eq!((turn.drawn, turn.void), (1, 0), "{jump}: the afternoon is drawn");
        let voids = house.voids().await;
        assert!(voids.is_empty(), "{jump}: {voids:?}");
        assert_ne!(state(&house).await, before);
        house.log_is_whole().await;
        let open = house.ctx.store.read().await.unwrap().count_open_assignments().await.unwrap();
        assert_eq!(open, 2, "{jump}: nothing was closed too early");
    }
}
