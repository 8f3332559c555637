// The story of the README, by each actor: a citizen books near Aliano with the keyboard alone, the facilitator
// records it and a walk-in group of three, the region sees the figures move, the national file holds the rows,
// a copy restored elsewhere has the same counts.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { desktop, launch, phone, signIn } from './browser.mjs'
import { press, tabTo, untilFocused } from './keyboard.mjs'
import { root, start } from './server.mjs'
import { taxCode } from './taxcode.mjs'

let server, browser
before(async () => { server = await start(); browser = await launch() })
after(async () => { await browser?.close(); server?.stop() })

const open = async (options = {}) => (await browser.newContext({ viewport: desktop, locale: 'it-IT', ...options })).newPage()
const text = (page, selector = 'main') => page.locator(selector).first().innerText()

// bookByKeyboard goes from the home page to the receipt and returns code, day and time.
async function bookByKeyboard (page, name) {
  await page.goto(server.url + '/')
  await tabTo(page, 'Comune o CAP')
  await page.keyboard.type('Aliano')
  await press(page)
  await tabTo(page, /^Prenota/)
  await press(page)
  await untilFocused(page, (e) => e.name === 'quando')
  await page.keyboard.press('Space')
  await press(page)
  await untilFocused(page, (e) => e.name === 'topic')
  await page.keyboard.type('Pens')
  await tabTo(page, 'Continua')
  await press(page)
  await tabTo(page, 'Nome e cognome')
  await page.keyboard.type(name)
  await tabTo(page, 'Telefono')
  await page.keyboard.type('333 123 4567')
  await tabTo(page, 'Continua')
  await press(page)
  await tabTo(page, /conferma/i)
  await press(page)
  const receipt = await text(page)
  const code = receipt.match(/[A-Z0-9]{4}-[A-Z0-9]{4}/)
  assert.ok(code, 'no code on the receipt: ' + receipt.slice(0, 300))
  return { code: code[0], receipt, url: page.url() }
}

// figures reads what the region sees: services and unique people (C1) from the file, accesses from the page.
async function figures (page) {
  const answer = await page.request.get(server.url + '/andamento.csv')
  assert.equal(answer.status(), 200)
  const [head, ...rows] = (await answer.text()).trim().split(/\r?\n/).map((l) => l.split(';').map((c) => c.replace(/^\uFEFF?"?|"$/g, '')))
  const column = (name) => { assert.ok(head.includes(name), `no column ${name} in ${head}`); return head.indexOf(name) }
  const reached = (kpi) => Number(rows.find((r) => r[column('Indicatore')] === kpi)[column('Raggiunto')])
  await page.goto(server.url + '/andamento')
  const tile = await page.locator('.cap-tiles li', { hasText: 'Accessi' }).first().locator('strong').innerText()
  return { services: reached('services'), unique: reached('unique_citizens'), accesses: Number(tile.replaceAll('.', '')) }
}

describe('the story of the README', () => {
  let booked

  test('a citizen books near Aliano by keyboard alone', async () => {
    booked = await bookByKeyboard(await open(), 'Rosa Prova')
    assert.match(booked.receipt, /Cosa portare/)
    assert.doesNotMatch(booked.receipt, /Rosa Prova/, 'the receipt shows the whole name')
  })

  test('the same without JavaScript, on a phone, and then cancels by code', async () => {
    const page = await open({ javaScriptEnabled: false, viewport: phone })
    await page.goto(server.url + '/punti?q=Aliano')
    await Promise.all([page.waitForNavigation(), page.locator('a:has-text("Prenota")').filter({ visible: true }).first().click()])
    await page.locator('details.cap-more summary').click()
    await page.locator('select[name=persone]').selectOption('2')
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Mostra gli orari' }).click()])
    await page.locator('.cap-time-choice label').nth(1).click()
    await Promise.all([page.waitForNavigation(), page.locator('main form[method=post] button[type=submit]').first().click()])
    await page.locator('select').first().selectOption({ index: 1 })
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Continua' }).click()])
    await page.getByLabel('Nome e cognome').first().fill('Vito Prova')
    await page.getByLabel('Telefono').first().fill('333 765 4321')
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Continua' }).click()])
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: /conferma/i }).click()])
    const code = (await text(page)).match(/[A-Z0-9]{4}-[A-Z0-9]{4}/)[0]
    assert.match(await text(page), /2 persone/)
    await Promise.all([page.waitForNavigation(), page.locator('[data-element=feedback-rate-4]').click()])
    await page.locator('[data-element=feedback-rating-positive] [data-element=feedback-rating-answer]').first().click()
    await page.locator('[data-element=feedback-input-text] textarea').fill('Semplice')
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Invia' }).click()])
    assert.match(await text(page), /il tuo parere ci aiuta/)
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Viene una persona in meno' }).click()])
    assert.doesNotMatch(await text(page), /2 persone/)
    await page.goto(server.url + '/prenotazione')
    await page.getByLabel('Telefono o e-mail').fill('333 765 4321')
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Mandami il codice' }).click()])
    assert.match(await text(page), /il codice arriva lì/)
    await page.locator('main input[type=text], main input:not([type])').first().fill(code.toLowerCase())
    await Promise.all([page.waitForNavigation(), page.locator('main form button[type=submit]').first().click()])
    await Promise.all([page.waitForNavigation(), page.locator('a:has-text("Disdici"), button:has-text("Disdici")').filter({ visible: true }).first().click()])
    await Promise.all([page.waitForNavigation(), page.locator('main button:has-text("Disdici")').first().click()])
    assert.match(await text(page), /disdett/i)
  })

  test('a wrong codice fiscale is explained at its field and nothing typed is lost', async () => {
    const page = await open()
    await signIn(page, server.url, 'facilitatore')
    await page.goto(server.url + '/servizi/nuovo')
    await page.locator('textarea').first().fill('Una nota da non perdere')
    const field = page.getByLabel('Codice fiscale').first()
    await field.fill('RSSMRA80A01H501X')
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Registra il servizio' }).click()])
    assert.equal(await page.getByLabel('Codice fiscale').first().inputValue(), 'RSSMRA80A01H501X')
    assert.equal(await page.locator('textarea').first().inputValue(), 'Una nota da non perdere')
    assert.match(await text(page), /codice fiscale non torna/i)
  })

  test('the facilitator records the booking and a walk-in group of three; the region sees +2 services, +4 accesses', async () => {
    const region = await open()
    await signIn(region, server.url, 'regione')
    const before = await figures(region)

    const page = await open()
    await signIn(page, server.url, 'facilitatore')
    // The network stands on a Tuesday of the past: its agenda holds bookings that nobody has recorded yet.
    await page.goto(`${server.url}/agenda?giorno=${server.tuesday}`)
    await Promise.all([page.waitForNavigation(), page.locator('a[href$="/registra"]').first().click()])
    await record(page, 'Facilitazione individuale', [{ name: 'Rosa', code: taxCode('PROVA', 'ROSA', 'F', 1951) }])
    await page.goto(`${server.url}/servizi/nuovo`)
    await record(page, 'Facilitazione di gruppo', [
      { name: 'Vito', code: taxCode('PROVA', 'VITO', 'M', 1948) },
      { name: 'Anna', code: taxCode('PROVA', 'ANNA', 'F', 1955) },
      { name: 'Luca', code: taxCode('PROVA', 'LUCA', 'M', 1960) }])

    const now = await figures(region)
    assert.deepEqual({ services: now.services - before.services, accesses: now.accesses - before.accesses, unique: now.unique - before.unique },
      { services: 2, accesses: 4, unique: 4 })
  })

  test('the national file holds the rows, and a copy restored elsewhere has the same counts', () => {
    if (!server.data) return // an outside server: its files are not here
    const run = (...args) => execFileSync(path.join(root, 'bin/capillare'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Rome' })
    let rows = ''
    for (let n = 1; n <= 6; n++) {
      const out = path.join(server.data, `out-${n}.csv`)
      run('export', 'facilita', '--data', server.data, '--project', `DF-17-0${n}`, '--from', server.tuesday, '--to', today, '--out', out)
      rows += fs.readFileSync(out, 'utf8')
    }
    for (const code of [taxCode('PROVA', 'ROSA', 'F', 1951), taxCode('PROVA', 'LUCA', 'M', 1960)]) assert.ok(rows.includes(code), code + ' is not in the file')

    const copy = path.join(server.data, 'copy.capillare')
    const copied = run('backup', '--data', server.data, '--to', copy).match(/Copied (\d+) rows/)[1]
    const elsewhere = path.join(server.data, 'elsewhere')
    const restored = run('restore', copy, '--data', elsewhere, '--backup-key', path.join(server.data, 'backup.key')).match(/Restored (\d+) rows/)[1]
    assert.equal(restored, copied)
    const files = ['capillare.db', 'capillare.db-wal', 'copy.capillare'].map((f) => path.join(server.data, f)).filter((f) => fs.existsSync(f))
    for (const f of files) assert.ok(!fs.readFileSync(f).includes(taxCode('PROVA', 'ROSA', 'F', 1951)), f + ' holds a tax code in clear')
  })
})

// record fills in the form of a service that is open, people one by one, and sends it.
async function record (page, type, people) {
  for (const [i, one] of people.entries()) {
    const part = page.locator('.cap-person').nth(i)
    if (i > 0) await page.getByRole('button', { name: "Aggiungi un'altra persona" }).click()
    const field = (name) => part.locator(`[name$=".${name}"]`)
    await field('tax_code').fill(one.code)
    await part.getByRole('button', { name: 'Cerca la persona' }).click()
    await part.locator('.cap-known').waitFor()
    await field('name').fill(one.name)
    await field('surname').fill('Prova')
    for (const name of ['education', 'occupation', 'citizenship']) await field(name).selectOption({ index: 1 })
  }
  const mark = (box) => box.evaluate((e) => e.labels[0].click()) // the box is drawn by its label
  for (const group of ['domains', 'skills']) {
    if (await page.locator(`input[name=${group}]:checked`).count() === 0) await mark(page.locator(`input[name=${group}]`).first())
  }
  for (const box of await page.locator('input[name=types]:checked').all()) await mark(box)
  await mark(page.getByLabel(type, { exact: true }))
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Registra il servizio' }).click()])
  assert.match(new URL(page.url()).pathname, /^\/(agenda|servizi)(?!.*\/(nuovo|registra))/, 'not recorded: ' + (await text(page)).slice(0, 800))
}
