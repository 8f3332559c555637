package public

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"

	"rsc.io/qr"

	"capillare/internal/agenda"
	"capillare/internal/codes"
	"capillare/internal/i18n"
	"capillare/internal/web/ui"
)

// receiptPage is the appointment as its owner sees it, on the screen and on paper.
type receiptPage struct {
	Appointment appointment
	// Code is the code in two halves; When and Topic are words.
	Code, When, Topic string
	// For is a short form of who comes: "Anna R."; empty by code, which others may have heard.
	For string
	// Bring is what to have at hand.
	Bring []string
	// Open says that the appointment is still to come, and can be moved.
	Open bool
	// State says why it is not, in words.
	State string
	// QR is the drawing of the link; empty by code.
	QR qrCode
	// Phone is that of the point, when it has one.
	Phone string
	// Nonce tells a click from the same one sent twice.
	Nonce string
}

func (d Deps) receipt(w http.ResponseWriter, r *http.Request) error {
	a, err := d.mine(w, r)
	if err != nil {
		return err
	}
	if a.Draft() {
		return ui.Redirect(w, r, nextStep(a))
	}
	p := ui.NewPage(r, "")
	v := receiptPage{
		Appointment: a, Code: codes.FormatCode(a.Code), When: when(p.Printer, a.Booking), Topic: topicName(p.Printer, a.Topic),
		Bring: bring(p.Printer, a.Topic), Nonce: rand.Text(), Phone: a.Point.Phone,
		Open: a.State == agenda.Confirmed && a.StartsAt.After(ui.Now(r)),
	}
	if own := bringOf(p.Printer, a.What); len(own) > 0 {
		v.Bring = own
	}
	p.Title = p.Printer.T("public.receipt.title")
	if !v.Open {
		v.State = stateWords(p.Printer, a.Booking)
		p.Title = p.Printer.T("public.receipt.title_over")
		if a.State == agenda.Cancelled {
			p.Title = p.Printer.T("public.receipt.title_cancelled")
		}
	}
	if a.Secret != "" {
		v.For = shortName(a.Contact)
		if v.QR, err = drawQR(d.site(r) + a.Base); err != nil {
			return err
		}
	}
	p.Section = "booking"
	return ui.Render(w, r, http.StatusOK, receiptView(p, v))
}

// stateWords says what became of an appointment that can no longer be changed.
func stateWords(p i18n.Printer, b agenda.Booking) string {
	switch {
	case b.State == agenda.Cancelled && b.CancelledBy == agenda.ByService:
		return p.T("public.receipt.cancelled_service")
	case b.State == agenda.Cancelled:
		return p.T("public.receipt.cancelled")
	}
	return p.T("public.receipt.past")
}

// shortName returns the name of who comes with the surname cut to a letter: a receipt is left on tables.
func shortName(c agenda.Contact) string {
	name := c.Name
	if c.OnBehalf != "" {
		name = c.OnBehalf
	}
	words := strings.Fields(name)
	if len(words) < 2 {
		return name
	}
	last := []rune(words[len(words)-1])
	return strings.Join(words[:len(words)-1], " ") + " " + string(last[0]) + "."
}

// site returns the address of this site, without a slash at the end.
func (d Deps) site(r *http.Request) string {
	if d.BaseURL != "" {
		return strings.TrimSuffix(d.BaseURL, "/")
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// qrCode is a QR as one path of lines one square thick, in units of one square.
type qrCode struct {
	Box, Path string
}

// quiet is the white edge that readers of QR codes need.
const quiet = 4

func drawQR(text string) (qrCode, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrCode{}, err
	}
	var path strings.Builder
	for y := range code.Size {
		last := -1
		for x := 0; x < code.Size; x++ {
			start := x
			for code.Black(x, y) {
				x++
			}
			if x == start {
				continue
			}
			// Steps from the end of the run before repeat themselves, and weigh half as much on the wire.
			if last < 0 {
				path.WriteString("M" + strconv.Itoa(start+quiet) + " " + strconv.Itoa(y+quiet))
			} else {
				path.WriteString("m" + strconv.Itoa(start-last) + " 0")
			}
			path.WriteString("h" + strconv.Itoa(x-start))
			last = x
		}
	}
	side := strconv.Itoa(code.Size + 2*quiet)
	// Lines are drawn around their middle: half a square higher, they fill whole squares.
	return qrCode{Box: "0 -.5 " + side + " " + side, Path: path.String()}, nil
}
