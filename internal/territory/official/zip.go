package official

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"capillare/internal/errs"
)

// zipEntries bounds the files in an archive; ISTAT's have some tens.
const zipEntries = 500

// tableEnds are the ends of the names of files that may hold a table or a map. Others in an archive
// are letters of company.
var tableEnds = [...]string{".csv", ".txt", ".tsv", ".xlsx", ".json", ".geojson", ".topojson"}

func isWorkbook(data []byte) bool {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false
	}
	return slices.ContainsFunc(archive.File, func(f *zip.File) bool {
		return strings.HasPrefix(strings.ToLower(f.Name), "xl/workbook")
	})
}

func readZip(name string, data []byte, o Options) ([]File, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, ErrZip
	}
	if len(archive.File) > zipEntries {
		return nil, ErrZip
	}
	var files []File
	var unread error
	known := false
	for _, entry := range archive.File {
		if !isTable(entry) {
			continue
		}
		inside, err := readEntry(entry, o)
		if errors.Is(err, ErrUnknown) && o.Kind == "" {
			unread = err
			inside = []File{unknownFile(path.Base(entry.Name), err)}
		} else if err != nil {
			return nil, inEntry(entry.Name, err)
		} else {
			known = true
		}
		for _, f := range inside {
			f.Name = name + "/" + f.Name
			files = append(files, f)
		}
	}
	switch {
	case len(files) == 0:
		return nil, ErrZipEmpty
	case !known:
		return nil, unread
	}
	return files, nil
}

func isTable(entry *zip.File) bool {
	base := path.Base(entry.Name)
	if entry.FileInfo().IsDir() || strings.HasPrefix(base, ".") || strings.HasPrefix(entry.Name, "__MACOSX/") {
		return false
	}
	return slices.Contains(tableEnds[:], strings.ToLower(path.Ext(base)))
}

// readEntry reads one file of an archive. An archive inside an archive is not opened.
func readEntry(entry *zip.File, o Options) ([]File, error) {
	r, err := entry.Open()
	if err != nil {
		return nil, ErrZip
	}
	defer func() { _ = r.Close() }()
	name := path.Base(entry.Name)
	in := bufio.NewReaderSize(r, 4096)
	var files []File
	if head, _ := in.Peek(4); isArchive(head) {
		var data []byte
		if data, err = whole(in, o); err == nil {
			files, err = readWorkbook(name, data, o)
		}
	} else {
		files, err = readPlain(name, in, o)
	}
	if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) {
		return nil, ErrZip
	}
	return files, err
}

// inEntry says in which file of the archive the reason of a refusal stands.
func inEntry(name string, err error) error {
	r, ok := errors.AsType[*errs.Refusal](err)
	if !ok {
		return fmt.Errorf("official: %s: %w", name, err)
	}
	return ErrEntry.With(errs.Args{"file": name, "reason": r})
}

func unknownFile(name string, err error) File {
	f := File{Name: name, Kind: Unknown}
	if r, ok := errors.AsType[*errs.Refusal](err); ok {
		f.Problems = []Problem{{Key: r.Key, Args: r.Args}}
	}
	return f
}
