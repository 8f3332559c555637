package messages

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"
)

// trialFrom is the sender of trials that name none.
const trialFrom = "capillare@localhost"

// mailFolder writes e-mail to files, for trials: nothing leaves.
type mailFolder struct {
	dir, from string
}

func (f mailFolder) carry(_ context.Context, l letter) error {
	msg, err := compose(l, cmp.Or(f.from, trialFrom))
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if _, err := msg.WriteTo(&text); err != nil {
		return err
	}
	return writeTrial(f.dir, l.id+".eml", text.Bytes())
}

// smsFolder writes SMS to files, for trials.
type smsFolder struct {
	dir string
}

func (f smsFolder) carry(_ context.Context, l letter) error {
	return writeTrial(f.dir, l.id+".txt", []byte(l.sender.SMSName+" -> "+l.To+"\n\n"+l.Text+"\n"))
}

// writeTrial writes a file for the owner alone: the messages of a trial may hold links that open accounts.
func writeTrial(dir, name string, text []byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &Trouble{Key: "messages.trouble.folder"}
	}
	if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
		return &Trouble{Key: "messages.trouble.folder"}
	}
	return nil
}
