package territory

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
	"capillare/internal/territory/internal/db"
)

// Limits of the files that wait between the preview and the import.
const (
	MaxUploadBytes = 64 << 20
	maxUploads     = 60
	keepStaged     = 24 * time.Hour
)

// Refusals of files sent to the page.
var (
	ErrTooMuch  = errs.New(errs.Invalid, "territory.too_much")
	ErrNoUpload = errs.New(errs.NotFound, "territory.no_upload")
)

// SentFile is a file sent to the page.
type SentFile struct {
	Name    string
	Content []byte
}

// Stage keeps files until they are imported, thrown away or a day old, and returns the id of them all.
// Only who may set up the network may. It refuses with ErrNoFiles and ErrTooMuch.
func (s *Service) Stage(ctx context.Context, who identity.Actor, files []SentFile) (id string, err error) {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return "", err
	}
	size := 0
	for _, f := range files {
		size += len(f.Content)
	}
	switch {
	case size == 0:
		return "", ErrNoFiles
	case size > MaxUploadBytes || len(files) > maxUploads:
		return "", ErrTooMuch.With(errs.Args{"mb": MaxUploadBytes >> 20, "files": maxUploads})
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		id = sqldb.NewID(tx.Now)
		if err := q.DeleteStaged(ctx, db.DeleteStagedParams{Before: sqldb.At(tx.Now.Add(-keepStaged))}); err != nil {
			return err
		}
		for i, f := range files {
			if err := q.InsertStaged(ctx, db.InsertStagedParams{UploadID: id, Position: i, FileName: f.Name, Content: f.Content,
				CreatedBy: authorOf(who), CreatedAt: sqldb.At(tx.Now)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("territory: keep files: %w", err)
	}
	return id, nil
}

// Staged returns the files kept under an id, ready to be planned. It refuses with ErrNoUpload.
func (s *Service) Staged(ctx context.Context, who identity.Actor, id string) ([]Upload, error) {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return nil, err
	}
	var files []Upload
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		files = nil
		rows, err := db.New(tx).StagedFiles(ctx, id)
		for _, row := range rows {
			files = append(files, Upload{Name: row.FileName, Open: func() (io.ReadCloser, error) { return s.openStaged(ctx, id, row.Position) }})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("territory: read kept files: %w", err)
	}
	if len(files) == 0 {
		return nil, ErrNoUpload
	}
	return files, nil
}

func (s *Service) openStaged(ctx context.Context, id string, position int) (io.ReadCloser, error) {
	var content []byte
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		content, err = db.New(tx).StagedContent(ctx, db.StagedContentParams{UploadID: id, Position: position})
		return err
	})
	return io.NopCloser(bytes.NewReader(content)), err
}

// Unstage throws files away.
func (s *Service) Unstage(ctx context.Context, who identity.Actor, id string) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		return db.New(tx).DeleteStaged(ctx, db.DeleteStagedParams{UploadID: id, Before: sqldb.At(tx.Now.Add(-keepStaged))})
	})
	if err != nil {
		return fmt.Errorf("territory: throw files away: %w", err)
	}
	return nil
}
