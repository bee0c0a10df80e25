//! The charts of a report, from the tables beside them.

use super::ranges::{Range, Ranges, ranges};
use crate::console::plots::{self, Bar, Bars};
use crate::measure::document::{Cell, Chart, Form, Section, Table};
use crate::model::Language;

/// `None` where a section has no chart, or nothing to draw.
pub fn chart(section: &Section, id: &str, language: Language) -> Option<String> {
    let (table, title) = (section.table.as_ref()?, section.heading.in_language(language));
    match section.chart.as_ref()? {
        Chart::Bars { label, value, expected } => {
            let described = described(table, &[label, value], language);
            let marks: Vec<Option<(f64, f64)>> = match expected {
                Some([expected, spread]) => {
                    let pairs = table.column(expected).into_iter().zip(table.column(spread));
                    pairs.map(|(e, s)| Some((e.value()?, 2.0 * s.value()?))).collect()
                }
                None => vec![None; table.rows.len()],
            };
            let rows = table.column(label).into_iter().zip(table.column(value)).zip(marks);
            let bars: Vec<Bar> = rows
                .filter_map(|((label, value), expected)| {
                    let label = label.shown(Form::Words, language);
                    let observed = value.value()?;
                    Some(Bar { label, count: observed as u64, observed, expected })
                })
                .collect();
            let svg = plots::bars(&Bars {
                id,
                title,
                description: &described,
                across: named(table, label, language),
                up: named(table, value, language),
                bars: &bars,
                legend: [
                    named(table, value, language),
                    language.pick("expected, ± 2 standard deviations", "预期，±2个标准差"),
                ],
            });
            (!bars.is_empty()).then_some(svg)
        }
        Chart::Ranges { label, value, low, high } => {
            let described = described(table, &[value, low, high], language);
            let labels: Vec<Vec<&Cell>> = label.iter().map(|code| table.column(code)).filter(|c| tells(c)).collect();
            let numbers = table.column(value).into_iter().zip(table.column(low)).zip(table.column(high));
            let row = |(at, ((value, low), high)): (usize, ((&Cell, &Cell), &Cell))| {
                let words = labels.iter().filter_map(|column| column.get(at));
                let name = words.map(|cell| cell.shown(Form::Words, language)).collect::<Vec<_>>().join(" · ");
                let shown = [value, low, high].map(|cell| cell.shown(Form::Share, language));
                let note = format!("{} ({} – {})", shown[0], shown[1], shown[2]);
                Some(Range { name, value: value.value()?, low: low.value()?, high: high.value()?, note })
            };
            let rows: Vec<Range> = numbers.enumerate().filter_map(row).collect();
            let across = named(table, value, language);
            let svg = ranges(&Ranges { id, title, description: &described, across, rows: &rows });
            (!rows.is_empty()).then_some(svg)
        }
    }
}

/// Whether a column of labels tells rows apart; one row needs its label all the same.
fn tells(column: &[&Cell]) -> bool {
    column.len() < 2 || column.windows(2).any(|two| two[0] != two[1])
}

fn named<'a>(table: &'a Table, code: &str, language: Language) -> &'a str {
    let column = table.columns.iter().find(|column| column.code == code);
    column.map_or("", |column| column.name.in_language(language))
}

/// In words: which columns are drawn, and that the table below has the numbers.
fn described(table: &Table, codes: &[&String], language: Language) -> String {
    let names: Vec<&str> = codes.iter().map(|code| named(table, code, language)).collect();
    match language {
        Language::En => format!("Drawn from the table below: {}.", names.join(", ")),
        Language::ZhHans => format!("据下表绘制：{}。", names.join("、")),
    }
}
