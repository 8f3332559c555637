"""Reads calendar files with one of two parsers; whatever is wrong with them ends in a failure."""
import sys

parser, paths = sys.argv[1], sys.argv[2:]
for path in paths:
    with open(path, "rb") as file:
        raw = file.read()
    if b"\n" in raw.replace(b"\r\n", b""):
        sys.exit("lines that do not end in CRLF")
    if any(len(line) > 75 for line in raw.split(b"\r\n")):
        sys.exit("a line longer than 75 octets")
    if parser == "icalendar":
        import icalendar
        calendar = icalendar.Calendar.from_ical(raw)
        faults = [str(e) for part in calendar.walk() for e in part.errors]
        faults += ["an event without " + name for event in calendar.walk("VEVENT") for name in ("UID", "DTSTAMP") if name not in event]
        if faults:
            sys.exit("\n".join(faults))
    else:
        import vobject
        vobject.readOne(raw.decode()).validate(raiseException=True)
