//! Work on many things by several threads, with results in the order of the things and memory bounded by the
//! number of threads.
//!
//! Tickets bound what is under way: a thing enters with a ticket, and the ticket is free again when its result
//! has been taken. So neither the things waiting nor the results that wait for a slower one before them grow
//! with the number of things.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Things under way for each thread: enough that a slow one does not leave the others idle.
const AHEAD: usize = 8;
/// As much as a main thread has: what the work needs does not depend on where it is done.
const STACK: usize = 8 * 1024 * 1024;

/// Does `work` on every thing, on `jobs` threads, and hands the results to `take` in the order of the things.
/// `take` may end it: what is under way then is finished and dropped.
pub(super) fn in_order<T: Send, R: Send>(
    jobs: usize,
    things: impl Iterator<Item = T> + Send,
    work: impl Fn(usize, T) -> R + Sync,
    mut take: impl FnMut(usize, R) -> ControlFlow<()>,
) -> std::io::Result<()> {
    if jobs <= 1 {
        // One thread needs nobody to hand it the things.
        for (index, thing) in things.enumerate() {
            if take(index, work(index, thing)).is_break() {
                break;
            }
        }
        return Ok(());
    }
    let window = jobs * AHEAD;
    let (free, tickets) = sync_channel::<()>(window);
    let (enter, entered) = sync_channel::<(usize, T)>(jobs);
    let (done, results) = channel::<(usize, R)>();
    let entered = Arc::new(Mutex::new(entered));
    let work = &work;
    for _ in 0..window {
        let _ = free.send(());
    }
    // Whatever way this ends, its ends of the channels go with it, and the threads see that and end.
    std::thread::scope(move |scope| {
        let thread = || std::thread::Builder::new().stack_size(STACK);
        thread().spawn_scoped(scope, move || feed(things, &tickets, &enter))?;
        for _ in 0..jobs {
            let (done, entered) = (done.clone(), entered.clone());
            thread().spawn_scoped(scope, move || labour(&entered, &done, work))?;
        }
        drop((done, entered));
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for (index, result) in results {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&next) {
                if take(next, result).is_break() {
                    return Ok(());
                }
                next += 1;
                // Nobody waits for a ticket when all things have entered.
                let _ = free.try_send(());
            }
        }
        Ok(())
    })
}

fn feed<T>(things: impl Iterator<Item = T>, tickets: &Receiver<()>, enter: &SyncSender<(usize, T)>) {
    for (index, thing) in things.enumerate() {
        if tickets.recv().is_err() || enter.send((index, thing)).is_err() {
            return;
        }
    }
}

fn labour<T, R>(entered: &Mutex<Receiver<(usize, T)>>, done: &Sender<(usize, R)>, work: &impl Fn(usize, T) -> R) {
    loop {
        let thing = entered.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((index, thing)) = thing else { return };
        if done.send((index, work(index, thing))).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_order_and_few_things_are_under_way() {
        for jobs in [1, 2, 5] {
            let under_way = AtomicUsize::new(0);
            let most = AtomicUsize::new(0);
            let things = (0..500).inspect(|_| {
                most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            });
            let mut taken = Vec::new();
            let done = in_order(
                jobs,
                things,
                |index, thing| index + thing,
                |index, result| {
                    under_way.fetch_sub(1, Ordering::SeqCst);
                    taken.push((index, result));
                    ControlFlow::Continue(())
                },
            );
            assert!(done.is_ok());
            assert!(taken.into_iter().eq((0..500).map(|index| (index, index * 2))));
            // One more has been made and waits for its ticket.
            assert!(most.load(Ordering::SeqCst) <= jobs * AHEAD + 1);
        }
    }

    #[test]
    fn it_ends_when_told_to_however_much_there_is() {
        let mut taken = 0;
        let take = |_, _| {
            taken += 1;
            if taken == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        assert!(in_order(2, 0.., |_, thing: u64| thing, take).is_ok());
        assert_eq!(taken, 3);
    }
}
