//! The calls that return the rows of a stream: an endpoint, where its answers have the rows, the
//! passes that together return all of them, and the parents whose ids the calls have to name.

use super::task::Task;
use crate::json::RowsAt;
use time::Date;

/// An endpoint, and how it is called.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Below `/open_api/v1.3/`, with its slash at the end: without it TikTok answers 404.
    pub path: &'static str,
    /// Where its answers have the rows.
    pub rows: RowsAt,
    /// Whether and how its lists are divided into pages.
    pub paging: Paging,
    /// Whether it names the owner of the rows: `advertiser_id` or `bc_id`.
    pub names_owner: bool,
    /// Calls that together return all rows. Each has its own pages.
    pub passes: &'static [Pass],
    /// Ways to the ids that calls have to name. Each way returns different rows.
    pub parents: &'static [&'static [Parent]],
    /// The most rows that TikTok lists, if it does not list all, and how the others are read.
    pub cap: Option<Cap>,
    /// A call for each row that is delivered, whose answer has further members of the row.
    pub detail: Option<Detail>,
    /// Parameters for the first and the last day of a window.
    pub days: Option<Days>,
    /// How its rows are read if they are the result of a task.
    pub task: Option<Task>,
    /// Whether rows can be deleted. TikTok hides those unless they are asked for
    /// (`filtering.primary_status`), and rows get `current_status`, as in the Python tap. They are
    /// asked for in every pass, unless there are passes of their own for them.
    pub is_deletable: bool,
}

/// The call of a stream whose owner is named and whose rows come in pages of a list.
pub(super) const CALL: Call = Call {
    path: "",
    rows: RowsAt::Member("list"),
    paging: Paging::Pages(100),
    names_owner: true,
    passes: &[PASS],
    parents: &[],
    cap: None,
    detail: None,
    days: None,
    task: None,
    is_deletable: false,
};

/// How a list is divided into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// One answer has all rows, without a count.
    Whole,
    /// Pages of at most this many rows.
    Pages(u64),
    /// Pages of at most this many rows, or one answer with all rows: some answers have no
    /// `page_info`.
    PagesOrWhole(u64),
}

/// The most rows that TikTok returns of a list, and how the others are read.
#[derive(Clone, Copy, Debug)]
pub struct Cap {
    /// The number of rows. Pages that would go beyond it are not asked for.
    pub rows: u64,
    /// How rows beyond it are read.
    pub rest: Rest,
}

/// A call for a single row, the answer to which is an object with members of the row.
#[derive(Clone, Copy, Debug)]
pub struct Detail {
    /// Below `/open_api/v1.3/`.
    pub path: &'static str,
    /// The member of the row that is its id, and the parameter that names it.
    pub id: &'static str,
}

/// How rows are read that are beyond the cap of a list.
#[derive(Clone, Copy, Debug)]
pub enum Rest {
    /// Not at all. A list that is longer is a failure.
    Unreachable,
    /// By their ids, as far as rows of other streams name them. Because TikTok lists the rows that
    /// changed last, this also covers rows that a list lacks for another reason.
    ById(&'static [Parent]),
    /// From the lists of parts, which may have rows in common.
    ByPart(&'static Parent),
}

/// Names of the parameters for the days of a window. A name with a dot is a member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// The parameter of the first day.
    pub start: &'static str,
    /// The parameter of the last day.
    pub end: &'static str,
    /// Whether the end is the day after the last one.
    pub is_exclusive: bool,
    /// Whether they are times in UTC: the first second of the first day and the last second of the
    /// last day.
    pub are_times: bool,
    /// The number of days that TikTok keeps, if it does not keep all.
    pub history: Option<u16>,
}

/// One call for a part of a list.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// How the campaigns of its rows were bought, if TikTok hides them by default.
    pub buying: Option<Buying>,
    /// Parameters with their values as JSON. A name with a dot is a member of an object.
    pub params: &'static [(&'static str, &'static str)],
    /// Columns with the same value in all of its rows.
    pub columns: &'static [(&'static str, &'static str)],
    /// Ways to the ids that it has to name, instead of those of the call.
    pub parents: &'static [&'static [Parent]],
    /// The most rows per page, if it is fewer than for the other passes.
    pub page_size: Option<u64>,
    /// The name of the pass in the state, if a refusal leaves out the pass and not the stream. The
    /// state keeps a bookmark of its own for a pass that was refused.
    pub optional: Option<&'static str>,
    /// Whether all of its rows are deleted, so that it is only made with `include_deleted`.
    pub is_of_deleted: bool,
    /// Whether TikTok refuses it (40002) if there are no rows.
    pub is_empty_if_refused: bool,
}

/// A pass without parameters of its own.
pub const PASS: Pass = Pass {
    buying: None,
    params: &[],
    columns: &[],
    parents: &[],
    page_size: None,
    optional: None,
    is_of_deleted: false,
    is_empty_if_refused: false,
};

/// Ids that a call has to name, and where they come from.
#[derive(Clone, Copy, Debug)]
pub struct Parent {
    /// The stream whose rows have them. It does not have to be selected.
    pub stream: &'static str,
    /// The member of its rows that is the id.
    pub id: &'static str,
    /// A member of the rows and the values for which they count, if not all rows do.
    pub only: Option<(&'static str, &'static [&'static str])>,
    /// A parameter and its value, of the passes that have the rows; `None` if all have.
    pub in_passes: Option<(&'static str, &'static str)>,
    /// Parameters of the calls that list the ids, instead of those of the stream's passes.
    pub asking: &'static [(&'static str, &'static str)],
    /// The parameter that names ids, which is an array if its name is a plural. A name with a dot
    /// is a member of an object.
    pub param: &'static str,
    /// The most ids in one call.
    pub most: usize,
    /// Parameters that go with an id: their names, and the members of the parent's row.
    pub also: &'static [(&'static str, &'static str)],
    /// Parameters that go with all ids, with their values as text.
    pub with: &'static [(&'static str, &'static str)],
    /// Whether the id replaces that of the owner.
    pub replaces_owner: bool,
    /// The column of the id, if a call names one id and rows do not have it.
    pub column: Option<&'static str>,
    /// Columns with the same value in all rows of the parent's ids.
    pub columns: &'static [(&'static str, &'static str)],
    /// Whether calls for different ids may return the same row, which is delivered once.
    pub shares_rows: bool,
}

/// A parent with the most usual columns.
pub(super) const PARENT: Parent = Parent {
    stream: "",
    id: "",
    only: None,
    in_passes: None,
    asking: &[],
    param: "",
    most: 1,
    also: &[],
    with: &[],
    replaces_owner: false,
    column: None,
    columns: &[],
    shares_rows: false,
};

/// How campaigns were bought. TikTok leaves out Promote and `TopView` unless asked for them, in
/// lists and in reports, and does not take both in one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Buying {
    /// Auction and reach-and-frequency campaigns, and those boosted from the app (Promote).
    Ordinary,
    /// `TopView` campaigns.
    TopView,
}

const ORIGINS: &[&str] = &["TT_ADS_PLATFORM", "PROMOTE"];
const TOP_VIEW: &[&str] = &["RESERVATION_TOP_VIEW"];

impl Buying {
    /// The name of the filter that includes Promote, in lists and in reports.
    pub const ORIGINS_FILTER: &'static str = "campaign_system_origins";

    /// The filter of a list: a parameter with its values.
    pub fn list_filter(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Buying::Ordinary => ("filtering.campaign_system_origins", ORIGINS),
            Buying::TopView => ("filtering.buying_types", TOP_VIEW),
        }
    }

    /// The filter of a report: the name of a condition with its values.
    pub fn report_filter(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Buying::Ordinary => (Self::ORIGINS_FILTER, ORIGINS),
            Buying::TopView => ("buying_type", TOP_VIEW),
        }
    }
}

impl Days {
    /// The values of the two parameters for a window from one day to another, both included.
    pub fn values(&self, first: Date, last: Date) -> [String; 2] {
        let end = if self.is_exclusive { last.next_day() } else { None };
        let [from, until] = if self.are_times { [" 00:00:00", " 23:59:59"] } else { [""; 2] };
        [format!("{first}{from}"), format!("{}{until}", end.unwrap_or(last))]
    }
}

impl Call {
    /// Whether it has to name ids of parents.
    pub fn has_parents(&self) -> bool {
        !self.parents.is_empty() || self.passes.iter().any(|pass| !pass.parents.is_empty())
    }

    /// The passes of a run with or without deleted rows.
    pub fn passes(&self, with_deleted: bool) -> impl Iterator<Item = &'static Pass> {
        self.passes.iter().filter(move |pass| with_deleted || !pass.is_of_deleted)
    }

    /// Whether deleted rows have passes of their own.
    pub fn has_deleted_passes(&self) -> bool {
        self.passes.iter().any(|pass| pass.is_of_deleted)
    }
}

impl Parent {
    /// Whether a pass of the stream has its rows.
    pub fn is_in(&self, pass: &Pass) -> bool {
        self.in_passes.is_none_or(|param| pass.params.contains(&param))
    }
}

impl Paging {
    /// The most rows per page; `None` for a list that comes in one answer.
    pub fn most(self) -> Option<u64> {
        match self {
            Paging::Whole => None,
            Paging::Pages(most) | Paging::PagesOrWhole(most) => Some(most),
        }
    }
}
