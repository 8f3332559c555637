package files

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"capillare/internal/audit"
	"capillare/internal/files/internal/db"
	"capillare/internal/identity"
	"capillare/internal/sqldb"
)

// Service keeps the files.
type Service struct{ base *sqldb.DB }

// New returns a Service on base.
func New(base *sqldb.DB) *Service { return &Service{base: base} }

// Store keeps what Read returned, in the transaction of the thing that the file belongs to: its owner
// has asked for the authority over that.
func (s *Service) Store(ctx context.Context, tx *sqldb.Tx, who identity.Actor, u Upload) (File, error) {
	if len(u.content) == 0 {
		return File{}, ErrEmpty
	}
	sum := sha256.Sum256(u.content)
	f := File{
		ID: sqldb.NewID(tx.Now), Name: u.Name, Kind: u.Kind, Size: len(u.content), Width: u.Width, Height: u.Height,
		Alt: strings.TrimSpace(u.Alt), SHA256: hex.EncodeToString(sum[:]), CreatedBy: who.AuditID(), CreatedAt: tx.Now,
	}
	if err := db.New(tx).InsertFile(ctx, db.InsertFileParams{
		ID: f.ID, Name: f.Name, Kind: f.Kind, Size: f.Size, Width: f.Width, Height: f.Height, Alt: f.Alt, Sha256: f.SHA256,
		Content: u.content, CreatedBy: sqldb.OptText(f.CreatedBy), CreatedAt: sqldb.At(tx.Now),
	}); err != nil {
		return File{}, fmt.Errorf("files: store: %w", err)
	}
	return f, note(ctx, tx, who, "files.store", f.ID, map[string]any{"kind": f.Kind, "size": f.Size, "sha256": f.SHA256})
}

// Remove deletes a file that its owner no longer names. It refuses with ErrNoFile.
func (s *Service) Remove(ctx context.Context, tx *sqldb.Tx, who identity.Actor, id string) error {
	n, err := db.New(tx).DeleteFile(ctx, id)
	switch {
	case err != nil:
		return fmt.Errorf("files: remove: %w", err)
	case n == 0:
		return ErrNoFile
	}
	return note(ctx, tx, who, "files.remove", id, nil)
}

// ByID returns what is known of a file. It refuses with ErrNoFile.
func (s *Service) ByID(ctx context.Context, id string) (File, error) {
	found, err := s.ByIDs(ctx, []string{id})
	if err != nil {
		return File{}, err
	}
	f, ok := found[id]
	if !ok {
		return File{}, ErrNoFile
	}
	return f, nil
}

// ByIDs returns what is known of several files, by id; unknown ids are left out.
func (s *Service) ByIDs(ctx context.Context, ids []string) (map[string]File, error) {
	found := make(map[string]File, len(ids))
	err := s.base.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := db.New(tx).FilesByIDs(ctx, sqldb.List(ids))
		for _, r := range rows {
			found[r.ID] = File{
				ID: r.ID, Name: r.Name, Kind: r.Kind, Size: r.Size, Width: r.Width, Height: r.Height, Alt: r.Alt,
				SHA256: r.Sha256, CreatedBy: string(r.CreatedBy), CreatedAt: r.CreatedAt.Time,
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("files: read: %w", err)
	}
	return found, nil
}

// Open returns a file with its content. It refuses with ErrNoFile.
func (s *Service) Open(ctx context.Context, id string) (f File, content []byte, err error) {
	if f, err = s.ByID(ctx, id); err != nil {
		return File{}, nil, err
	}
	err = s.base.View(ctx, func(tx *sqldb.Tx) error {
		content, err = db.New(tx).ContentOf(ctx, id)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return File{}, nil, ErrNoFile
	}
	if err != nil {
		return File{}, nil, fmt.Errorf("files: open: %w", err)
	}
	return f, content, nil
}

func note(ctx context.Context, tx *sqldb.Tx, who identity.Actor, action, id string, detail any) error {
	return audit.Write(ctx, tx, who, audit.Entry{Action: action, Subject: "file", SubjectID: id, Detail: detail})
}
