package imports

import (
	"context"
	"io"
	"strings"

	"capillare/internal/i18n"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/tabular"
)

// WriteWrong writes the rows to correct as a file of their own, with a column that says what is wrong in
// the words of p: for those who correct in their spreadsheet. It is the file of who sent it, tax codes
// too, so that the audit says who took it. It refuses with ErrNoWrong.
func (s *Service) WriteWrong(ctx context.Context, who identity.Actor, batchID, format string, p i18n.Printer, w io.Writer) error {
	rows, _, err := s.WrongRows(ctx, who, batchID, 0, MaxRows(Duties))
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return ErrNoWrong
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		return note(ctx, tx, who, "imports.wrong_rows", batchID, map[string]any{"rows": len(rows)})
	})
	if err != nil {
		return fault("write wrong rows", err)
	}
	header, at := wrongHeader(rows)
	table := make([][]string, len(rows))
	for i, r := range rows {
		line := make([]string, len(header))
		for _, c := range r.Cells {
			line[at[c.Field]] = c.Value
		}
		line[len(line)-1] = whatIsWrong(r, p)
		table[i] = line
	}
	if format == CSV {
		return written(tabular.WriteCSV(w, header, tabular.RowsOf(table), tabular.CSVOptions{}))
	}
	return written(tabular.WriteXLSX(w, tabular.Sheet{Name: p.T("imports.wrong.sheet"), Header: header, Must: []string{colError}, Rows: tabular.RowsOf(table)}))
}

// wrongHeader returns the titles of all columns of the rows, and where each column stands.
func wrongHeader(rows []WrongRow) (titles []string, at map[string]int) {
	at = map[string]int{}
	for _, r := range rows {
		for _, c := range r.Cells {
			if _, known := at[c.Field]; !known {
				at[c.Field] = len(titles)
				titles = append(titles, c.Title)
			}
		}
	}
	return append(titles, colError), at
}

func whatIsWrong(r WrongRow, p i18n.Printer) string {
	var texts []string
	for _, one := range r.Problems {
		texts = append(texts, p.T(one.Key, one.Args))
	}
	for _, c := range r.Cells {
		for _, one := range c.Problems {
			texts = append(texts, c.Title+": "+p.T(one.Key, one.Args))
		}
	}
	return strings.Join(texts, " ")
}
