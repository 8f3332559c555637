// What a page weighs for who opens it the first time, as bytes on the wire: a person at a bus stop with an old
// telephone is the reader that counts.
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { after, before, describe, test } from 'node:test'
import { launch, phone, signIn } from './browser.mjs'
import { start } from './server.mjs'
import { throughBooking } from './steps.mjs'

const kB = 1000 // the stricter of the two

let server, browser
before(async () => { server = await start(); browser = await launch() })
after(async () => { await browser?.close(); server?.stop() })

// weigh opens a page whose browser holds nothing yet and returns it with the list of what it asks for.
async function weigh () {
  const context = await browser.newContext({ viewport: phone, locale: 'it-IT' })
  const page = await context.newPage()
  const wire = await context.newCDPSession(page)
  await wire.send('Network.enable')
  const asked = new Map()
  wire.on('Network.requestWillBeSent', (e) => { if (!e.request.url.startsWith('data:')) asked.set(e.requestId, { url: e.request.url, type: e.type, bytes: 0, content: 0 }) })
  wire.on('Network.requestServedFromCache', (e) => asked.delete(e.requestId))
  wire.on('Network.responseReceived', (e) => { if (asked.has(e.requestId)) asked.get(e.requestId).content = Number(e.response.headers['Content-Length'] ?? e.response.headers['content-length']) })
  wire.on('Network.loadingFinished', (e) => { if (asked.has(e.requestId)) asked.get(e.requestId).bytes = e.encodedDataLength })
  return { page, list: () => [...asked.values()] }
}

// sum counts everything that comes; content leaves the heads of the answers out.
const sum = (list) => list.reduce((n, one) => n + one.bytes, 0)
const content = (list) => list.reduce((n, one) => n + one.content, 0)
const told = (list) => list.map((one) => `${one.type} ${one.url} ${one.bytes}, of which ${one.content} content`).join('\n')

function fromHere (list) {
  for (const one of list) assert.equal(new URL(one.url).origin, server.url, 'asks another host')
}

describe('what pages weigh', () => {
  for (const [name, path] of [['home', '/'], ['search', '/punti?q=Aliano'], ['point', '/punti/DF17022'], ['municipality', '/comuni/aliano-mt'], ['municipalities', '/comuni']]) {
    test(`${name}: one request, at most 14 kB, no script`, async () => {
      const { page, list } = await weigh()
      await page.goto(server.url + path, { waitUntil: 'networkidle' })
      assert.equal(await page.locator('script').count(), 0)
      assert.equal(list().length, 1, told(list()))
      assert.ok(sum(list()) > 2 * kB && sum(list()) <= 14 * kB, told(list()))
      await page.context().close()
    })
  }

  test('a whole booking: at most 40 kB of HTML and CSS', async () => {
    const { page, list } = await weigh()
    await page.goto(server.url + '/')
    await page.fill('input[name=q]', 'Aliano')
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    const steps = throughBooking(page)
    for await (const step of steps) if (step === 'receipt') break
    await page.waitForLoadState('networkidle')
    fromHere(list())
    const read = list().filter((one) => ['Document', 'Stylesheet'].includes(one.type))
    console.log(`a whole booking: ${content(read)} bytes of HTML and CSS in ${read.length} requests, ${sum(list())} with heads, fonts and script`)
    assert.ok(read.length >= 7, told(read))
    assert.ok(content(read) <= 40 * kB, `${content(read)} bytes:\n${told(read)}`)
    await page.context().close()
  })

  test('staff: at most 25 kB of CSS and 25 kB of scripts', async () => {
    const { page, list } = await weigh()
    await signIn(page, server.url, 'facilitatore')
    for (const path of ['/agenda', '/servizi/nuovo']) await page.goto(server.url + path, { waitUntil: 'networkidle' })
    fromHere(list())
    const of = (type) => list().filter((one) => one.type === type)
    assert.ok(of('Stylesheet').length > 0 && of('Script').length > 0, told(list()))
    assert.ok(sum(of('Stylesheet')) <= 25 * kB, told(of('Stylesheet')))
    assert.ok(sum(of('Script')) <= 25 * kB, told(of('Script')))
    const sheet = of('Stylesheet').find((one) => one.url.includes('staff'))
    const whole = await (await page.request.get(sheet.url)).body()
    assert.ok(gzipSync(whole).length <= 25 * kB, 'the whole sheet is heavier than what the wire says')
    await page.context().close()
  })
})
