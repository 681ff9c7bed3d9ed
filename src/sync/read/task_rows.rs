//! Turns the rows of a CSV file into JSON text, so that they are rendered like all others. The
//! columns have the names of the fields, and the questions of a form become pairs in one field.

use super::task_file::Trouble;
use crate::api::error::ApiError;
use crate::streams::{self, Questions, Stream, Task};
use csv::{ByteRecord, ReaderBuilder};
use serde_json::Value;
use std::io::{Error, Read};

/// The member of the text that has the rows.
pub(crate) const LIST: &str = "list";
const START: &str = r#"{"code":0,"data":{"list":["#;
const END: &str = "]}}";
/// Rows are passed on when their text is longer than this.
const ENOUGH: usize = 1 << 20;
/// What some programs put before text.
const MARK: char = '\u{feff}';

/// What is known of the columns of a stream.
#[derive(Debug)]
pub(crate) struct Columns {
    /// The fields of the stream, and whether they may be arrays.
    fields: Vec<(String, bool)>,
    landmark: &'static str,
    renamed: &'static [(&'static str, &'static str)],
    questions: Option<Questions>,
}

/// One column of a file.
#[derive(Debug, Default)]
struct Column {
    /// Its member of the row.
    name: Option<String>,
    may_be_array: bool,
    /// The question, as JSON text.
    question: Option<String>,
}

impl Columns {
    /// The columns of the files of a task.
    pub(crate) fn of(stream: &Stream, task: &Task) -> Self {
        let schema = streams::schema(stream);
        let properties = schema["properties"].as_object().into_iter().flatten();
        let may_be_array = |schema: &Value| {
            schema["type"].as_array().is_some_and(|types| types.iter().any(|one| one == "array"))
        };
        Columns {
            fields: properties.map(|(name, one)| (name.clone(), may_be_array(one))).collect(),
            landmark: task.landmark,
            renamed: task.renamed,
            questions: task.questions,
        }
    }

    /// The columns of a file, if `line` is the line with their names.
    fn find(&self, line: &ByteRecord) -> Option<Vec<Column>> {
        let labels: Vec<String> = line
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).trim_start_matches(MARK).to_owned())
            .collect();
        let names: Vec<String> = labels.iter().map(|label| self.name(label)).collect();
        let landmark = names.iter().position(|name| name == self.landmark)?;
        // If TikTok's columns have plain names, a label such as `Ad name` is that of a question.
        let is_plain = |label: &str| plain(label) == label;
        let has_plain = is_plain(&labels[landmark]);
        let column = |place: usize| {
            let (name, label) = (&names[place], &labels[place]);
            let field = self.fields.iter().find(|(field, _)| field == name);
            let same = || (0..names.len()).filter(|other| names[*other] == *name);
            let is_first = same().next() == Some(place);
            let own = same().find(|other| is_plain(&labels[*other]));
            let own = own.or(same().next().filter(|_| !has_plain));
            let question = self.questions.filter(|questions| {
                !questions.others.contains(&name.as_str()) || own != Some(place)
            });
            let is_named = question.is_none_or(|Questions { field: all, others }| {
                field.is_some() && is_first && all != name && !others.contains(&name.as_str())
            });
            let is_named = is_named && (is_first || self.questions.is_some());
            Column {
                may_be_array: field.is_some_and(|(_, may_be_array)| *may_be_array),
                name: Some(name.clone()).filter(|name| is_named && !name.is_empty()),
                question: question.map(|_| Value::from(label.as_str()).to_string()),
            }
        };
        Some((0..names.len()).map(column).collect())
    }

    /// The name of a field for a label: `Object ID` is `object_id`.
    fn name(&self, label: &str) -> String {
        let name = plain(label);
        let renamed = self.renamed.iter().find(|(known, _)| *known == name);
        renamed.map_or(name, |(_, renamed)| (*renamed).to_owned())
    }
}

/// A label in the form of a name: its words in lower case.
fn plain(label: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric();
    let words: Vec<String> =
        label.split(|c| !is_part(c)).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    words.join("_")
}

/// Passes the rows of a CSV file on as JSON text, with the number of byte sequences that are not
/// UTF-8.
pub(crate) fn read(
    file: &mut dyn Read,
    columns: &Columns,
    pass_on: &mut dyn FnMut(&str, u64) -> Result<(), ApiError>,
) -> Result<(), Trouble> {
    let mut quotes = Quotes { file, are_odd: false };
    let mut csv = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&mut quotes);
    let (mut line, mut header, mut is_empty) = (ByteRecord::new(), None, true);
    let (mut text, mut mended) = (START.to_owned(), 0);
    while csv.read_byte_record(&mut line).map_err(|error| Trouble::broken(&reason(&error)))? {
        is_empty &= line.iter().all(|cell| cell.trim_ascii().is_empty());
        let Some(header) = &header else {
            header = columns.find(&line);
            continue;
        };
        if text.len() > START.len() {
            text.push(',');
        }
        push_row(&line, header, columns.questions, &mut text, &mut mended);
        if text.len() > ENOUGH {
            text.push_str(END);
            pass_on(&text, mended).map_err(Trouble::Api)?;
            text.truncate(START.len());
            mended = 0;
        }
    }
    drop(csv);
    if quotes.are_odd {
        return Err(Trouble::broken("a quotation mark is not closed"));
    } else if header.is_none() && !is_empty {
        return Err(Trouble::broken(&format!("no line names the column `{}`", columns.landmark)));
    } else if text.len() > START.len() {
        text.push_str(END);
        pass_on(&text, mended).map_err(Trouble::Api)?;
    }
    Ok(())
}

/// Why a file cannot be read, without its content.
fn reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => "it is no CSV".to_owned(),
    }
}

/// Adds a row. A row with more or fewer cells than there are columns is null, which is counted as a
/// row that cannot be used.
fn push_row(
    line: &ByteRecord,
    header: &[Column],
    questions: Option<Questions>,
    text: &mut String,
    mended: &mut u64,
) {
    let is_whole =
        line.len() >= header.len() && line.iter().skip(header.len()).all(<[u8]>::is_empty);
    if !is_whole {
        text.push_str("null");
        return;
    }
    let (mut members, mut answers) = (Vec::new(), Vec::new());
    for (column, cell) in header.iter().zip(line) {
        *mended += cell.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count() as u64;
        let cell = String::from_utf8_lossy(cell);
        let quoted = Value::from(&*cell).to_string();
        if let Some(question) = &column.question {
            answers.push(format!(r#"{{"name":{question},"value":{quoted}}}"#));
        }
        let Some(name) = &column.name else { continue };
        let is_array = column.may_be_array
            && cell.starts_with('[')
            && serde_json::from_str::<Value>(&cell).is_ok();
        let value = match &*cell {
            "" => "null",
            array if is_array => array,
            _ => &quoted,
        };
        members.push(format!("{}:{value}", Value::from(name.as_str())));
    }
    if let Some(Questions { field, .. }) = questions {
        members.push(format!(r#""{field}":[{}]"#, answers.join(",")));
    }
    text.push('{');
    text.push_str(&members.join(","));
    text.push('}');
}

/// Counts quotation marks. If one is not closed, it hides all rows behind it.
struct Quotes<'a> {
    file: &'a mut dyn Read,
    are_odd: bool,
}

impl Read for Quotes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let read = self.file.read(buffer)?;
        self.are_odd ^= memchr::memchr_iter(b'"', &buffer[..read]).count() % 2 == 1;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(stream: &str, csv: &[u8]) -> Result<(String, u64), Trouble> {
        let stream = streams::find(stream).expect("a stream");
        let task = stream.call.task.expect("a task");
        let (mut all, mut mended) = (String::new(), 0);
        read(&mut &*csv, &Columns::of(stream, &task), &mut |text, times| {
            all.push_str(text.strip_prefix(START).and_then(|t| t.strip_suffix(END)).expect("both"));
            mended += times;
            Ok(())
        })?;
        Ok((all, mended))
    }

    #[test]
    fn questions_become_pairs_and_known_columns_stand_by_themselves() {
        let csv = "\u{feff}lead_id,created_time,Email,\"What, \"\"now\"\"?\",email,field data\r\n\
                   7,2026-01-01 10:00:00,a@b.c,\"two\nlines\",d@e.f,\r\n";
        let want = concat!(
            r#"{"lead_id":"7","create_time":"2026-01-01 10:00:00","email":"a@b.c","field_data":["#,
            r#"{"name":"Email","value":"a@b.c"},{"name":"What, \"now\"?","value":"two\nlines"},"#,
            r#"{"name":"email","value":"d@e.f"},{"name":"field data","value":""}]}"#
        );
        assert_eq!(rows("leads", csv.as_bytes()).expect("valid"), (want.to_owned(), 0));
    }

    #[test]
    fn questions_named_like_columns_of_tiktok_are_kept() {
        for (csv, want) in [
            (
                "Ad name,lead_id,ad_name,ad_name\nq,7,a,r\n",
                concat!(
                    r#"{"lead_id":"7","ad_name":"a","field_data":["#,
                    r#"{"name":"Ad name","value":"q"},{"name":"ad_name","value":"r"}]}"#
                ),
            ),
            (
                "lead_id,Page ID\n7,q\n",
                r#"{"lead_id":"7","field_data":[{"name":"Page ID","value":"q"}]}"#,
            ),
            (
                "Lead ID,Ad name,Ad Name\n7,a,q\n",
                r#"{"lead_id":"7","ad_name":"a","field_data":[{"name":"Ad Name","value":"q"}]}"#,
            ),
        ] {
            assert_eq!(rows("leads", csv.as_bytes()).expect("valid").0, want, "{csv}");
        }
    }

    #[test]
    fn lines_before_the_names_are_no_rows_and_bad_rows_are_null() {
        let csv = b"Total,2\n\nTime,Object ID,Activity details\n2026-01-01 00:00:00,,[]\n1,2\n\
                    1,\xff,[x],\n";
        let want = concat!(
            r#"{"time":"2026-01-01 00:00:00","object_id":null,"activity_details":[]},null,"#,
            "{\"time\":\"1\",\"object_id\":\"\u{fffd}\",\"activity_details\":\"[x]\"}"
        );
        assert_eq!(rows("changelog", csv).expect("valid"), (want.to_owned(), 1));
        assert_eq!(rows("changelog", b"\n").expect("empty").0, "");
    }

    #[test]
    fn broken_files_are_errors_that_do_not_quote_them() {
        for csv in
            [&b"lead_id,a\n1,\"secret\n2,b\n"[..], b"<html>secret</html>", b"secret,x\n1,2\n"]
        {
            let Err(Trouble::Broken(why)) = rows("leads", csv) else { panic!("{csv:?}") };
            assert!(!why.contains("secret"), "{why}");
        }
    }
}
