//! A table that people fill in: drop-downs, every cell text, A4 across, its columns' names on every page.

use super::write::{A4, fit, fixed_properties, not_written};
use crate::model::Said;
use rust_xlsxwriter::{Color, DataValidation, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

pub struct FormRow {
    pub cells: Vec<String>,
    /// Offered in the column that is filled in; other words may be written too.
    pub choices: Vec<String>,
    pub heading: bool,
}

pub struct Form<'f> {
    pub name: &'f str,
    /// Lines above the columns.
    pub title: &'f [String],
    pub header: &'f [&'f str],
    /// In letters.
    pub widths: &'f [u16],
    pub rows: &'f [FormRow],
    /// The columns that are filled in; the first of them has the drop-downs.
    pub filled_in: std::ops::Range<u16>,
}

/// The same form gives the same bytes, whenever it is written.
///
/// # Errors
/// More rows or longer cells than a spreadsheet can hold.
pub fn form_xlsx(form: &Form<'_>) -> Result<Vec<u8>, Said> {
    write(form).map_err(|error| not_written(&error))
}

/// A line's height, in points.
const LINE: f64 = 16.0;

/// Lines that a text takes in a column of so many letters; Chinese takes two, and a word that does not fit moves down.
fn lines_of(text: &str, width: u16) -> u16 {
    let letters: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    let width = usize::from(width.max(2));
    u16::try_from((letters * 10).div_ceil(width * 9)).unwrap_or(u16::MAX).clamp(1, 20)
}

fn write(form: &Form<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&fixed_properties()?);
    let sheet = workbook.add_worksheet();
    sheet.set_name(fit(form.name, 31))?;
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
    let text = Format::new().set_num_format("@");
    let cell = text.clone().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
    let heading = cell.clone().set_bold();
    let open = cell.clone().set_background_color(Color::RGB(0x00FF_F9E0));
    let mut row = 0;
    for line in form.title {
        sheet.write_string_with_format(row, 0, line, &text)?;
        row += 1;
    }
    for (column, name) in (0u16..).zip(form.header) {
        sheet.write_string_with_format(row, column, *name, &heading)?;
    }
    sheet.set_repeat_rows(row, row)?;
    sheet.set_freeze_panes(row + 1, 1)?;
    for (column, width) in (0u16..).zip(form.widths) {
        sheet.set_column_width(column, f64::from(*width))?;
    }
    for one in form.rows {
        row += 1;
        let lines = one.cells.iter().zip(form.widths).map(|(text, width)| lines_of(text, *width)).max();
        if let Some(lines) = lines.filter(|lines| *lines > 1) {
            // Not every program makes room for what it breaks.
            sheet.set_row_height(row, LINE * f64::from(lines))?;
        }
        for (column, written) in (0u16..).zip(&one.cells) {
            let fits = if form.filled_in.contains(&column) {
                &open
            } else if one.heading {
                &heading
            } else {
                &cell
            };
            match written.as_str() {
                "" => sheet.write_blank(row, column, fits)?,
                written => sheet.write_string_with_format(row, column, written, fits)?,
            };
        }
        if !one.choices.is_empty() {
            let list = DataValidation::new().allow_list_strings(&one.choices)?.show_error_message(false);
            sheet.add_data_validation(row, form.filled_in.start, row, form.filled_in.start, &list)?;
        }
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_broken_gets_the_lines_it_needs() {
        assert_eq!([lines_of("", 60), lines_of("C1", 9), lines_of(&"x".repeat(54), 60)], [1, 1, 1]);
        assert_eq!(
            lines_of("电话 09:15-12:00 滨河村6 Binhe 6, 青山镇 Qingshan; 王建国6 Wang Jianguo 6, 队长 team lead", 60),
            2
        );
        assert_eq!(lines_of(&"长".repeat(90), 60), 4);
    }
}
