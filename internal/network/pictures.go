package network

import (
	"context"
	"fmt"

	"capillare/internal/errs"
	"capillare/internal/identity"
	"capillare/internal/network/internal/db"
	"capillare/internal/sqldb"
)

// PictureRole is what a picture of the network is for.
type PictureRole string

// The roles.
const (
	Logo   PictureRole = "logo"   // one, beside the name
	Funder PictureRole = "funder" // the emblem of who pays
)

// maxFunders keeps the foot of the pages light.
const maxFunders = 6

// ErrFunders says that there are emblems enough.
var ErrFunders = errs.New(errs.Conflict, "network.funders")

// ErrNoPicture says that the network has no such picture.
var ErrNoPicture = errs.New(errs.NotFound, "network.no_picture")

// PictureStore keeps the content of pictures: package files.
type PictureStore struct {
	// Store adds the picture in the transaction and returns its id; Remove takes one away.
	Store  func(ctx context.Context, tx *sqldb.Tx) (id string, err error)
	Remove func(ctx context.Context, tx *sqldb.Tx, id string) error
}

// AddPicture adds a picture; a new logo takes the place of the old one.
func (s *Service) AddPicture(ctx context.Context, who identity.Actor, role PictureRole, store PictureStore) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	return s.done(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		q := db.New(tx)
		kept, err := q.Pictures(ctx)
		if err != nil {
			return err
		}
		funders := 0
		for _, p := range kept {
			switch PictureRole(p.Role) {
			case Funder:
				funders++
			case role:
				if err := remove(ctx, tx, store, p.FileID); err != nil {
					return err
				}
			}
		}
		if role == Funder && funders >= maxFunders {
			return ErrFunders
		}
		id, err := store.Store(ctx, tx)
		if err != nil {
			return err
		}
		if err := q.AddPicture(ctx, db.AddPictureParams{FileID: id, Role: string(role)}); err != nil {
			return err
		}
		return write(ctx, tx, who, "network."+string(role)+"_added", nil)
	}), "add a picture")
}

// RemovePicture takes a picture away.
func (s *Service) RemovePicture(ctx context.Context, who identity.Actor, id string, store PictureStore) error {
	if err := who.Require(identity.SetUpNetwork, identity.Target{}); err != nil {
		return err
	}
	return s.done(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := remove(ctx, tx, store, id); err != nil {
			return err
		}
		return write(ctx, tx, who, "network.picture_removed", nil)
	}), "remove a picture")
}

func remove(ctx context.Context, tx *sqldb.Tx, store PictureStore, id string) error {
	n, err := db.New(tx).DeletePicture(ctx, id)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	if n == 0 {
		return ErrNoPicture
	}
	return store.Remove(ctx, tx, id)
}
