// Reads calendar files with ical.js; whatever is wrong with them ends in a failure. Used by internal/ics.
import ICAL from 'ical.js'
import fs from 'node:fs'

ICAL.design.strict = true
for (const file of process.argv.slice(2)) {
  const text = fs.readFileSync(file, 'utf8')
  if (text.replaceAll('\r\n', '').includes('\n')) throw new Error('lines that do not end in CRLF')
  const calendar = new ICAL.Component(ICAL.parse(text))
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
  for (const event of calendar.getAllSubcomponents('vevent')) {
    for (const name of ['uid', 'dtstamp', 'dtstart']) if (!event.hasProperty(name)) throw new Error(`an event without ${name}`)
    if (Number.isNaN(new ICAL.Event(event).startDate.toJSDate().getTime())) throw new Error('a time that is none')
  }
}
