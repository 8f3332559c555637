// The opening hours that we publish, read by the program that the users of OpenStreetMap read them with:
// both must say the same of every minute of a year.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import OpeningHours from 'opening_hours';

process.env.TZ = 'Europe/Rome';
const place = { lat: 40.64, lon: 16.28, address: { country_code: 'it', country: 'Italia', state: 'Basilicata' } };

for (const [seed, first] of [[1, '2027-01-01'], [2, '2028-01-01']]) {
  test(`200 random points open as published, from ${first}`, () => {
    const printed = execFileSync('go', ['run', './internal/testkit/randomhours', '-seed', String(seed), '-from', first], {
      cwd: new URL('../..', import.meta.url), maxBuffer: 1 << 28,
    });
    const from = new Date(`${first}T00:00:00`);
    const to = new Date(from.getFullYear(), 0, 366);
    const samples = JSON.parse(printed);
    assert.equal(samples.length, 200);
    assert.ok(samples.filter((one) => one.open.length > 100).length > 100, 'most points are open now and then');
    for (const { text, open } of samples) {
      assert.deepEqual(stretches(text, from, to), open.map((ms) => new Date(ms).toString()), text);
    }
  });
}

// stretches lists openings and closings as the other program understands the text.
function stretches(text, from, to) {
  const all = [];
  for (const [start, end] of new OpeningHours(text, place).getOpenIntervals(from, to)) {
    if (all.at(-1) === start.toString()) all.pop();
    else all.push(start.toString());
    all.push(end.toString());
  }
  return all;
}
