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
  await tabTo(page, 'Argomento')
  await page.keyboard.type('Pens')
  await tabTo(page, 'Continua')
  await press(page)
  await tabTo(page, /^.*Nome e cognome/)
  await page.keyboard.type(name)
  await tabTo(page, 'Continua')
  await press(page)
  await tabTo(page, /^Conferma/)
  await press(page)
  const receipt = await text(page)
  const code = receipt.match(/[A-Z0-9]{4}-[A-Z0-9]{4}/)
  assert.ok(code, 'no code on the receipt: ' + receipt.slice(0, 300))
  return { code: code[0], receipt, url: page.url() }
}

// figures reads services, accesses and unique accesses of the programme as the region sees them.
async function figures (page) {
  const answer = await page.request.get(server.url + '/andamento.csv')
  assert.equal(answer.status(), 200)
  const [head, ...rows] = (await answer.text()).trim().split(/\r?\n/).map((l) => l.split(';').map((c) => c.replace(/^\uFEFF?"?|"$/g, '')))
  return { head, rows }
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
    await page.locator('input[name=quando]').first().check()
    await Promise.all([page.waitForNavigation(), page.locator('main form button[type=submit]').first().click()])
    await page.locator('select').first().selectOption({ index: 1 })
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Continua' }).click()])
    await page.getByLabel('Nome e cognome').first().fill('Vito Prova')
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Continua' }).click()])
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: /Conferma/ }).click()])
    const code = (await text(page)).match(/[A-Z0-9]{4}-[A-Z0-9]{4}/)[0]
    await page.goto(server.url + '/prenotazione')
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
    // The booking lies ahead, and a service cannot: the facilitator records a walk-in of today in its place
    // when the day of the booking has not come.
    await record(page, 'Facilitazione individuale', [taxCode('PROVA', 'ROSA', 'F', 1951)])
    await record(page, 'Facilitazione di gruppo', [taxCode('PROVA', 'VITO', 'M', 1948), taxCode('PROVA', 'ANNA', 'F', 1955), taxCode('PROVA', 'LUCA', 'M', 1960)])

    const now = await figures(region)
    const moved = (key) => value(now, key) - value(before, key)
    assert.equal(moved(/^servizi/i), 2)
    assert.equal(moved(/^accessi$/i), 4)
    assert.equal(moved(/unici/i), 4)
  })

  test('the national file holds the rows, and a copy restored elsewhere has the same counts', () => {
    if (!server.data) return // an outside server: its files are not here
    const run = (...args) => execFileSync(path.join(root, 'bin/capillare'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Rome' })
    let rows = ''
    for (let n = 1; n <= 6; n++) {
      const out = path.join(server.data, `out-${n}.csv`)
      run('export', 'facilita', '--data', server.data, '--project', `DF-17-0${n}`, '--from', today, '--to', today, '--out', out)
      rows += fs.readFileSync(out, 'utf8')
    }
    for (const code of [taxCode('PROVA', 'ROSA', 'F', 1951), taxCode('PROVA', 'LUCA', 'M', 1960)]) assert.ok(rows.includes(code), code + ' is not in the file')

    const copy = path.join(server.data, 'copy.capillare')
    const copied = run('backup', '--data', server.data, '--to', copy).match(/Copied (\d+) rows/)[1]
    const elsewhere = path.join(server.data, 'elsewhere')
    const restored = run('restore', copy, '--data', elsewhere, '--backup-key', path.join(server.data, 'backup.key')).match(/Restored (\d+) rows/)[1]
    assert.equal(restored, copied)
    const files = ['capillare.db', 'capillare.db-wal'].map((f) => path.join(server.data, f)).filter((f) => fs.existsSync(f))
    for (const f of files) assert.ok(!fs.readFileSync(f).includes(taxCode('PROVA', 'ROSA', 'F', 1951)), f + ' holds a tax code in clear')
  })
})

// value reads the column of a figure in the first row, the whole network.
function value ({ head, rows }, key) {
  const i = head.findIndex((h) => key.test(h))
  assert.ok(i >= 0, `no column ${key} in ${head}`)
  return Number(rows[0][i].replaceAll('.', ''))
}

// record writes a walk-in service through the form, adding people one by one.
async function record (page, type, codes) {
  await page.goto(server.url + '/servizi/nuovo')
  for (const [i, code] of codes.entries()) {
    if (i > 0) await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: "Aggiungi un'altra persona" }).click()])
    await page.getByLabel('Codice fiscale').nth(i).fill(code)
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Cerca la persona' }).last().click()])
    const last = (label) => page.getByLabel(label, { exact: false }).nth(i)
    await last(/^Nome/).fill('Prova')
    await last(/^Cognome/).fill('Prova')
    for (const select of await page.locator('main select').all()) if (await select.inputValue() === '') await select.selectOption({ index: 1 })
  }
  await page.getByLabel('Fascicolo sanitario', { exact: false }).first().check()
  await page.getByLabel('identità digitale', { exact: false }).first().check()
  const alone = page.getByLabel('Facilitazione individuale')
  if (type !== 'Facilitazione individuale') { await alone.uncheck(); await page.getByLabel(type).check() }
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Registra il servizio' }).click()])
  assert.match(new URL(page.url()).pathname, /^\/(agenda|servizi)(?!\/nuovo)/, 'not recorded: ' + (await text(page)).slice(0, 800))
}
