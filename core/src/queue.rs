//! Queues of what a machine has to say. They are emptied after each step, and hold much only after a rush.

use std::collections::VecDeque;

/// Room for so many is kept.
const KEPT: usize = 8;

/// Takes the first. A queue that is found empty gives back the room that a rush took.
pub(crate) fn take_first<T>(queue: &mut VecDeque<T>) -> Option<T> {
    let first = queue.pop_front();
    if first.is_none() && queue.capacity() > KEPT {
        *queue = VecDeque::new();
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_for_a_few_is_kept_and_room_for_very_many_is_not() {
        for (rush, kept) in [(KEPT, true), (KEPT + 1, false)] {
            let mut queue = VecDeque::with_capacity(rush);
            queue.extend(0..rush);
            for next in 0..rush {
                assert_eq!(take_first(&mut queue), Some(next));
            }
            assert_eq!(take_first(&mut queue), None);
            assert_eq!(queue.capacity() > 0, kept);
        }
    }
}
