//! [`Split`]: lists that are longer than Twitch takes at once, as several requests.

/// A request with a list of bounded length, which may be cut into several.
///
/// Each part is a call of its own: it waits for the rate limit by itself, and its values are the caller's to put together.
/// If one fails, what the others did stays done; what Twitch does all or not at all, such as deleting videos, it does so
/// for each part.
///
/// ```
/// use twitchwire::helix::{Prepared, Split, api::DeleteVideos};
///
/// let videos = DeleteVideos::new(["v1", "v2", "v3", "v4", "v5", "v6"]);
/// assert_eq!(Prepared::new(&videos).unwrap_err().to_string(), "`id` wants 1 to 5 values, has 6");
/// let parts = videos.split();
/// assert_eq!((parts[0].id.len(), parts[1].id.len()), (5, 1));
/// ```
pub trait Split: Sized {
    /// The longest list that Twitch takes at once.
    const AT_ONCE: usize;

    /// The same in requests with lists no longer than [`AT_ONCE`](Self::AT_ONCE), in order; itself where it is short
    /// enough.
    fn split(self) -> Vec<Self>;
}

/// Implements [`Split`] for a request by its list, or by several that count together.
macro_rules! split {
    ($name:ident, $($list:ident),+ by $most:literal) => {
        impl $crate::helix::Split for $name {
            const AT_ONCE: usize = $most;

            fn split(mut self) -> Vec<Self> {
                if [$(self.$list.len()),+].iter().sum::<usize>() <= Self::AT_ONCE {
                    return vec![self];
                }
                $(let $list = std::mem::take(&mut self.$list);)+
                let mut parts = vec![];
                $(for chunk in $list.chunks(Self::AT_ONCE) {
                    let mut part = self.clone();
                    part.$list = chunk.to_vec();
                    parts.push(part);
                })+
                parts
            }
        }
    };
}
pub(crate) use split;

#[cfg(test)]
mod tests {
    use crate::helix::api::fixture::query;
    use crate::helix::api::{DeleteVideos, GetBannedUsers, GetUsers};
    use crate::helix::{Endpoint, Split};

    fn ids(from: usize, to: usize) -> Vec<String> {
        (from..to).map(|n| n.to_string()).collect()
    }

    #[test]
    fn a_list_is_cut_where_it_is_too_long_and_nothing_is_lost() {
        for (length, parts) in [(0, 1), (1, 1), (5, 1), (6, 2), (10, 2), (11, 3)] {
            let split = DeleteVideos::new(ids(0, length)).split();
            assert_eq!(split.len(), parts, "{length}");
            let together: Vec<_> = split.iter().flat_map(|part| &part.id).map(|id| id.to_string()).collect();
            assert_eq!(together, ids(0, length));
        }
    }

    #[test]
    fn the_rest_of_a_request_is_in_each_part() {
        let request = GetBannedUsers { first: Some(7), ..GetBannedUsers::new("1001") };
        let parts = GetBannedUsers { user_id: vec!["1".into(); 150], ..request }.split();
        assert_eq!(query(&parts[0]), format!("broadcaster_id=1001{}&first=7", "&user_id=1".repeat(100)));
        assert_eq!(query(&parts[1]), format!("broadcaster_id=1001{}&first=7", "&user_id=1".repeat(50)));
    }

    #[test]
    fn two_lists_that_count_together_go_one_after_the_other() {
        let both = |ids: usize, logins: usize| GetUsers {
            id: vec!["1".into(); ids],
            login: vec!["ada".into(); logins],
        };
        assert_eq!(both(50, 50).split().len(), 1);
        let parts = both(101, 30).split();
        let lengths: Vec<_> = parts.iter().map(|part| (part.id.len(), part.login.len())).collect();
        assert_eq!(lengths, [(100, 0), (1, 0), (0, 30)]);
        assert!(parts.iter().all(|part| part.check().is_ok()));
    }
}
