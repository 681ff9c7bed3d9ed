//! Builds the entries of resources: a stream with the most usual columns, and one function for each
//! column that differs.

use super::call::{CALL, Call, Cap, Days, Detail, Paging, Parent, Pass, Rest};
use super::{Fields, Group, Made, Per, Replication, Stream, Task};
use crate::json::RowsAt;

/// The JSON Schema of a resource, from its file.
macro_rules! schema {
    ($name:literal) => {
        include_str!(concat!("../../schemas/streams/", $name, ".json"))
    };
}
pub(super) use schema;

/// A resource of an account, read in full, in pages of `data.list`.
pub(super) fn resource(
    name: &'static str,
    about: &'static str,
    path: &'static str,
    keys: &[&'static str],
    schema: &'static str,
) -> Stream {
    Stream {
        name,
        group: Group::Core,
        about: about.to_owned(),
        per: Per::Account,
        call: Call { path, ..CALL },
        replication: Replication::FullTable,
        keys: keys.to_vec(),
        fields: Fields::Declared(schema),
        made: &[],
        stamp: None,
        permission: NOT_LISTED,
        withheld: &[],
        in_sandbox: false,
    }
}

/// Used for permissions that are not in TikTok's published table.
pub(super) const NOT_LISTED: &str = "not published";

impl Stream {
    pub(super) fn per(mut self, per: Per) -> Self {
        self.per = per;
        self
    }

    /// Sets the permission that it needs.
    pub(super) fn needs(mut self, permission: &'static str) -> Self {
        self.permission = permission;
        self
    }

    pub(super) fn rows(mut self, rows: RowsAt) -> Self {
        self.call.rows = rows;
        self
    }

    pub(super) fn list(self, member: &'static str) -> Self {
        self.rows(RowsAt::Member(member))
    }

    pub(super) fn paging(mut self, paging: Paging) -> Self {
        self.call.paging = paging;
        self
    }

    pub(super) fn pages(self, most: u64) -> Self {
        self.paging(Paging::Pages(most))
    }

    pub(super) fn whole(self) -> Self {
        self.paging(Paging::Whole)
    }

    pub(super) fn passes(mut self, passes: &'static [Pass]) -> Self {
        self.call.passes = passes;
        self
    }

    pub(super) fn parents(mut self, parents: &'static [&'static [Parent]]) -> Self {
        self.call.parents = parents;
        self
    }

    /// TikTok lists at most this many of its rows.
    pub(super) fn capped(mut self, rows: u64, rest: Rest) -> Self {
        self.call.cap = Some(Cap { rows, rest });
        self
    }

    /// Each of its rows gets the members of the answer to a call that names its id.
    pub(super) fn detailed(mut self, path: &'static str, id: &'static str) -> Self {
        self.call.detail = Some(Detail { path, id });
        self
    }

    /// Never delivers these members, which may hold secrets.
    pub(super) fn withholding(mut self, members: &'static [&'static str]) -> Self {
        self.withheld = members;
        self
    }

    pub(super) fn made(mut self, made: &'static [(&'static str, Made)]) -> Self {
        self.made = made;
        self
    }

    /// Its call names neither an account nor a Business Center.
    pub(super) fn without_owner(mut self) -> Self {
        self.call.names_owner = false;
        self
    }

    pub(super) fn sandboxed(mut self) -> Self {
        self.in_sandbox = true;
        self
    }

    /// Its rows are the result of a task.
    pub(super) fn task(mut self, task: Task) -> Self {
        self.call.task = Some(task);
        self
    }

    pub(super) fn deletable(mut self) -> Self {
        self.call.is_deletable = true;
        self
    }

    pub(super) fn incremental(mut self, key: &'static str) -> Self {
        self.replication = Replication::Incremental { key, is_filtered: false };
        self
    }

    /// Its rows are as they are on the day of the run, which is part of the key.
    pub(super) fn snapshot(mut self) -> Self {
        self.replication = Replication::Snapshot;
        self.stamp = Some("read_date");
        self
    }

    /// It is read in windows of at most this many days.
    pub(super) fn windows(mut self, key: &'static str, days: u16, params: Days) -> Self {
        self.replication = Replication::Window { key, days };
        self.call.days = Some(params);
        self
    }

    /// Its rows do not have the requested day, which becomes this column.
    pub(super) fn stamped(mut self, column: &'static str) -> Self {
        self.stamp = Some(column);
        self
    }
}

/// Streams of one group.
pub(super) fn in_group(group: Group, streams: Vec<Stream>) -> Vec<Stream> {
    streams.into_iter().map(|stream| Stream { group, ..stream }).collect()
}

/// Parameters for the days of a window.
pub(super) const fn days(start: &'static str, end: &'static str) -> Days {
    Days { start, end, is_exclusive: false, are_times: false, history: None }
}
