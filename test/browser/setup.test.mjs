// A network of five points from nothing, through the pages alone and with the keyboard alone: from the address
// that the program prints at its first start to five citizens who find a free time. Every page met on the way is
// looked at by the accessibility engine, wide and on a phone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { axe, desktop, launch, phone, sideways, stuck } from './browser.mjs'
import { press, tabTo, untilFocused } from './keyboard.mjs'
import { startEmpty } from './server.mjs'

let server, browser
before(async () => { server = await startEmpty(); browser = await launch() })
after(async () => { await browser?.close(); server?.stop() })

const seen = new Set()

// look asks of a page, once for each heading, what pages.test.mjs asks of those of the demo.
async function look (page) {
  const heading = await page.locator('h1').first().innerText()
  if (seen.has(heading)) return
  seen.add(heading)
  for (const size of [phone, desktop]) {
    await page.setViewportSize(size)
    assert.deepEqual([...await axe(page), ...await sideways(page), ...await stuck(page)], [], `${heading} at ${size.width} px`)
  }
}

// fill types into the fields, in their order on the page; a choice is given by its value, a list by its words.
async function fill (page, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const kind = await page.locator(`[name="${name}"]`).first().evaluate((e) => e.type)
    await untilFocused(page, `(e) => e.name === ${JSON.stringify(name)}`)
    if (kind === 'radio') await arrowTo(page, name, value)
    else if (kind === 'checkbox') {
      while (await page.evaluate(() => document.activeElement.value) !== value) await page.keyboard.press('Tab')
      await page.keyboard.press('Space')
    } else {
      if (kind === 'text') await page.keyboard.press('Control+A')
      await page.keyboard.type(value)
    }
  }
}

// arrowTo moves among the radio buttons of a group as a keyboard does.
async function arrowTo (page, name, value) {
  await page.keyboard.press('Space')
  for (let i = 0; i < 12; i++) {
    if (await page.locator(`[name="${name}"][value="${value}"]`).isChecked()) return
    await page.keyboard.press('ArrowDown')
  }
  throw new Error(`no choice ${value} of ${name}`)
}

async function send (page, button) {
  await look(page)
  await tabTo(page, button)
  await press(page)
  assert.equal(await page.locator('.cap-errors, [aria-invalid=true]').count(), 0, 'refused: ' + (await page.locator('main').innerText()).slice(0, 400))
}

async function follow (page, link) {
  await look(page)
  await tabTo(page, link)
  await press(page)
}

// form opens the page, fills it and sends it.
async function form (page, path, fields, button = 'Salva') {
  if (path) await page.goto(server.url + path)
  await fill(page, fields)
  await send(page, button)
}

const towns = ['Aliano', 'Stigliano', 'Matera', 'Potenza', 'Melfi']

test('five points from nothing, by keyboard', { timeout: 300_000 }, async () => {
  const page = await (await browser.newContext({ viewport: desktop, locale: 'it-IT' })).newPage()
  await page.goto(server.first)
  await form(page, '', { name: 'Ada Prova', email: 'ada@rete.example', password: 'una frase lunga per entrare' }, 'Crea')
  assert.match(await page.locator('h1').innerText(), /Prepara la rete/)

  await follow(page, 'Dai un nome alla rete')
  await form(page, '', { name: 'Rete nuova', region_code: 'Basil' })
  await form(page, '/gestione/enti/nuovo', { name: 'Regione Basilicata', kind: 'Regione', roles: 'implementer' })
  await form(page, '/gestione/enti/nuovo', { name: 'Cooperativa Prova', kind: 'Ente del terzo', roles: 'delivering_partner' })
  await form(page, '/gestione/programmi/nuovo', { code: 'PDF', name: 'Facilitazione digitale', starts_on: '01/07/2026', ends_on: '31/12/2030', min_weekly: '4' })
  await follow(page, 'Aggiungi un progetto')
  await form(page, '', { body_id: 'Regione', code: 'PR1', name: 'Rete della Basilicata' })
  const points = []
  for (const town of towns) points.push(await addPoint(page, town))
  await addFacilitators(page, points)
  await invite(page)
  await page.goto(server.url + '/avvio/passi')
  await look(page)
  for (const town of towns) await bookable(town)
})

// addPoint makes a point with hours and opens it; it returns the path of its page.
async function addPoint (page, town) {
  await form(page, '/gestione/punti/nuovo', {
    official_name: `Punto di ${town}`, kind: 'fixed', managing_body_id: 'Regione', delivering_body_id: 'Cooperativa', project_id: 'Rete',
    'addresses.0.street': 'Via Roma 1', 'addresses.0.belfiore': town, booking: 'possible'
  })
  const home = new URL(page.url()).pathname
  await follow(page, 'Modifica gli orari')
  await form(page, '', { 'hours.1': '9-13', 'hours.2': '9-13', 'hours.3': '9-13', 'hours.4': '9-13', 'hours.5': '9-13' }, 'Salva gli orari')
  await form(page, home + '/stato', { state: 'setting_up' }, 'Cambia lo stato')
  await form(page, home + '/allestimento', { 'day.room': today(), 'day.line': today(), 'day.posters': today() })
  await form(page, home + '/stato', { state: 'open', why: 'La persona arriva domani' }, 'Cambia lo stato')
  return home
}

const today = () => new Date().toLocaleDateString('it-IT', { timeZone: 'Europe/Rome', day: '2-digit', month: '2-digit', year: 'numeric' })

// addFacilitators gives each point somebody on one day of the week: two people go round the five.
async function addFacilitators (page, points) {
  for (const [name, rounds] of [['Anna', [0, 1, 2]], ['Bruno', [3, 4]]]) {
    await form(page, '/gestione/facilitatori/nuovo', { name, surname: 'Prova', body_id: 'Cooperativa', contract: 'employee', state: 'active', email: `${name.toLowerCase()}@rete.example` })
    const person = new URL(page.url()).pathname
    for (const i of rounds) {
      await form(page, person + '/punti', { point: `Punto di ${towns[i]}` })
      await form(page, points[i] + '/turni/nuovo', { facilitator: name, weekday: String(i + 1), hours: '9-13', kind: 'individual' }, 'Salva il turno')
    }
  }
}

// invite asks the first facilitator in from her page: without a mail server the next page shows the link to
// hand over. With the password that she chooses she finds her agenda, and in it her points.
async function invite (page) {
  await page.goto(server.url + '/gestione/facilitatori')
  await follow(page, /^Prova Anna$/)
  await follow(page, /^Invita$/)
  assert.match(await page.locator('main').innerText(), /Punto di Aliano/)
  await send(page, "Prepara l'invito")
  await look(page)
  const link = (await page.locator('main').innerText()).match(/https?:\/\/\S+\/invito\/\S+/)
  assert.ok(link, 'no link to hand over: ' + await page.locator('main').innerText())
  const hers = await (await browser.newContext({ viewport: phone, locale: 'it-IT' })).newPage()
  await hers.goto(link[0])
  await form(hers, '', { password: 'un ombrello rosso in terrazza' }, 'Salva la password')
  assert.doesNotMatch(hers.url(), /accedi|invito/)
  await hers.goto(server.url + '/agenda')
  await look(hers)
  assert.match(await hers.locator('main').innerText(), /Punto di Aliano/)
}

// bookable finds the point as a citizen does, down to a free time.
async function bookable (town) {
  const page = await (await browser.newContext({ viewport: desktop, locale: 'it-IT' })).newPage()
  await page.goto(server.url + '/')
  await tabTo(page, 'Comune o CAP')
  await page.keyboard.type(town)
  await press(page)
  assert.match(await page.locator('main').innerText(), new RegExp(`Punto di ${town}`))
  await tabTo(page, /^Prenota/)
  await press(page)
  assert.ok(await page.locator('[name=quando]').count() > 0, `no free time at ${town}`)
  await page.context().close()
}
