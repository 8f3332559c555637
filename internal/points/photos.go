package points

import (
	"context"
	"slices"
	"strings"
	"time"

	"capillare/internal/errs"
	"capillare/internal/files"
	"capillare/internal/identity"
	"capillare/internal/points/internal/db"
	"capillare/internal/sqldb"
)

// maxPhotos bounds how many photographs a point keeps.
const maxPhotos = 24

// ErrNoPhoto refuses a photograph that is not of this point.
var ErrNoPhoto = errs.New(errs.NotFound, "points.no_photo")

// Moments lists when a photograph was taken; "points.moment." + moment is the word.
func Moments() []string { return []string{"before", "after", "posters", "other"} }

// Photo is a photograph of a point.
type Photo struct {
	ID, Moment string
	File       files.File
	At         time.Time
}

// AddPhoto keeps a photograph of a point and returns its id. It refuses with the fields moment, alt and file.
func (s *Service) AddPhoto(ctx context.Context, who identity.Actor, pointID, moment string, u files.Upload) (id string, err error) {
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		p, err := s.RequirePoint(ctx, tx, who, identity.EditPoints, pointID)
		if err != nil {
			return err
		}
		q := db.New(tx)
		have, err := q.PhotosOf(ctx, pointID)
		if err != nil {
			return err
		}
		if err := checkPhoto(moment, u, len(have)); err != nil {
			return err
		}
		f, err := s.files.Store(ctx, tx, who, u)
		if err != nil {
			return err
		}
		id = sqldb.NewID(tx.Now)
		if err := q.InsertPhoto(ctx, db.InsertPhotoParams{
			ID: id, PointID: pointID, FileID: f.ID, Moment: moment, At: sqldb.At(tx.Now),
		}); err != nil {
			return err
		}
		return note(ctx, tx, who, "points.photo", p, changed("photo_"+moment, "", f.Alt))
	})
	return id, fault("add a photo", err)
}

func checkPhoto(moment string, u files.Upload, have int) error {
	var problems errs.Problems
	if !slices.Contains(Moments(), moment) {
		problems.Add("moment", "points.moment_unknown")
	}
	switch alt := strings.TrimSpace(u.Alt); {
	case alt == "":
		problems.Add("alt", "points.photo_alt")
	case len(alt) > longestWhy:
		problems.Add("alt", "points.name_long", errs.Args{"max": longestWhy})
	}
	if have >= maxPhotos {
		problems.Add("file", "points.photos_many", errs.Args{"max": maxPhotos})
	}
	return problems.Err()
}

// RemovePhoto deletes a photograph of a point. It refuses with ErrNoPhoto.
func (s *Service) RemovePhoto(ctx context.Context, who identity.Actor, pointID, photoID string) error {
	list, err := s.Photos(ctx, who, pointID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(p Photo) bool { return p.ID == photoID })
	if i < 0 {
		return ErrNoPhoto
	}
	err = s.db.Update(ctx, func(tx *sqldb.Tx) error {
		p, err := s.RequirePoint(ctx, tx, who, identity.EditPoints, pointID)
		if err != nil {
			return err
		}
		n, err := db.New(tx).DeletePhoto(ctx, db.DeletePhotoParams{ID: photoID, PointID: pointID})
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrNoPhoto // a rival was faster
		}
		if err := s.files.Remove(ctx, tx, who, list[i].File.ID); err != nil {
			return err
		}
		return note(ctx, tx, who, "points.photo_removed", p, changed("photo_"+list[i].Moment, list[i].File.Alt, ""))
	})
	return fault("remove a photo", err)
}

// Photos returns the photographs of a point that who may see, the oldest first.
func (s *Service) Photos(ctx context.Context, who identity.Actor, pointID string) ([]Photo, error) {
	var list []Photo
	var ids []string
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.RequirePoint(ctx, tx, who, identity.SeePoints, pointID); err != nil {
			return err
		}
		rows, err := db.New(tx).PhotosOf(ctx, pointID)
		for _, r := range rows {
			list = append(list, Photo{ID: r.ID, Moment: r.Moment, File: files.File{ID: r.FileID}, At: r.At.Time})
			ids = append(ids, r.FileID)
		}
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, fault("photos", err)
	}
	known, err := s.files.ByIDs(ctx, ids)
	for i := range list {
		list[i].File = known[list[i].File.ID]
	}
	return list, err
}

// RequireFile asks whether who may see a file of a point: an act or a photograph. It refuses with
// files.ErrNoFile when the file is of something else.
func (s *Service) RequireFile(ctx context.Context, who identity.Actor, pointID, fileID string) error {
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.RequirePoint(ctx, tx, who, identity.SeePoints, pointID); err != nil {
			return err
		}
		n, err := db.New(tx).CountFile(ctx, db.CountFileParams{PointID: pointID, FileID: sqldb.OptText(fileID)})
		if err == nil && n == 0 {
			return files.ErrNoFile
		}
		return err
	})
	return fault("file", err)
}
