package settings

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"capillare/internal/errs"
	"capillare/internal/files"
	"capillare/internal/identity"
	"capillare/internal/network"
	"capillare/internal/sqldb"
	"capillare/internal/web/session"
	"capillare/internal/web/ui"
)

// pictureSide is the longest side of a picture of the network: twice as it is shown, for fine screens.
const pictureSide = 320

// picture sends a logo or an emblem of the network, and no other file. What stands under an id never
// changes, so browsers keep it.
func (d Deps) picture(w http.ResponseWriter, r *http.Request) error {
	now, _, err := d.current(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if id == "" || id != now.LogoID && !slices.Contains(now.FunderIDs, id) {
		return files.ErrNoFile
	}
	f, content, err := d.Files.Open(r.Context(), id)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", f.Type())
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if r.Method == http.MethodHead {
		return nil
	}
	// The client may be gone by now, and there is nobody left to tell.
	_, _ = w.Write(content)
	return nil
}

func (d Deps) store(who identity.Actor, u files.Upload) network.PictureStore {
	return network.PictureStore{
		Store: func(ctx context.Context, tx *sqldb.Tx) (string, error) {
			f, err := d.Files.Store(ctx, tx, who, u)
			return f.ID, err
		},
		Remove: func(ctx context.Context, tx *sqldb.Tx, id string) error { return d.Files.Remove(ctx, tx, who, id) },
	}
}

// addPicture takes the picture of a form; what is wrong with it is noted at its field.
func (d Deps) addPicture(r *http.Request, form *ui.Form, role network.PictureRole) error {
	who := session.Actor(r)
	alt := form.Short("alt", 160)
	if role == network.Funder && alt == "" {
		form.Problems.Add("alt", "settings.picture.alt_missing")
	}
	file, header, err := r.FormFile("file")
	switch {
	case errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || err == nil && header.Filename == "":
		form.Problems.Add("file", "settings.picture.missing")
		return nil
	case err != nil:
		return err
	}
	defer file.Close()
	rules := files.Emblem()
	rules.MaxSide = pictureSide
	u, err := files.Read(header.Filename, file, rules)
	if err != nil {
		return form.Problems.Check("file", err)
	}
	if len(form.Problems) > 0 {
		return nil
	}
	u.Alt = alt
	err = d.Network.AddPicture(r.Context(), who, role, d.store(who, u))
	if errs.Of(err) == errs.Conflict {
		return form.Problems.Check("file", err)
	}
	return err
}

func (d Deps) removePicture(r *http.Request, id string) error {
	who := session.Actor(r)
	return d.Network.RemovePicture(r.Context(), who, id, d.store(who, files.Upload{}))
}
