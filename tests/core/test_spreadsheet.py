"""CSV for spreadsheets: whole cells, and no formulas of strangers."""

import csv
import io

from core import spreadsheet


def test_a_cell_that_begins_like_a_formula_is_text_again():
    rows = [("=1+1", "+1", "-1", "@x", "\tx", "plain"), (-1, 0.5, None, True, "", "x")]
    lines = list(spreadsheet.lines(("a", "b", "c", "d", "e", "f"), rows))
    assert lines[1] == "'=1+1,'+1,'-1,'@x,'\tx,plain\r\n"
    assert lines[2] == "-1,0.5,,True,,x\r\n"


def test_commas_quotes_and_lines_survive_the_way_there_and_back():
    row = ["a, b", 'say "so"', "two\nlines", "ကျောင်း"]
    text = "".join(spreadsheet.lines(("1", "2", "3", "4"), [row]))
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == row
