//! Tasks: rows that come as a file, which TikTok makes on request. One call creates the task,
//! others ask for it until it is done, and one downloads the file.

/// How the rows of a task are read. The path of the call is that which creates it.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// The endpoint that tells whether it is done. If it is the one that creates tasks, the call is
    /// the same, and names the task.
    pub check: &'static str,
    /// The endpoint that returns the file.
    pub download: &'static str,
    /// What the file is.
    pub form: FileForm,
    /// The header for a region, if each region has a task of its own.
    pub region_header: Option<&'static str>,
    /// A column that the line with the names of the columns has. Lines before it have no rows.
    pub landmark: &'static str,
    /// Columns that have another name in records.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Where the other columns go, if they are what people were asked.
    pub questions: Option<Questions>,
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// CSV, or a ZIP archive of CSV files.
    File,
    /// A member of the answer: text that holds an object as Python prints it, or as JSON. Its
    /// `file_data` is the CSV, which may be printed as Python bytes.
    Printed(&'static str),
}

/// Columns that are the questions of a form.
#[derive(Clone, Copy, Debug)]
pub struct Questions {
    /// The field that has all of them, as an array of names and values.
    pub field: &'static str,
    /// The columns that are no questions.
    pub others: &'static [&'static str],
}
