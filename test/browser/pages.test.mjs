// Every page that each role can reach: answers, valid HTML, no accessibility violation at two widths,
// nothing sideways at 320 px and with text at 200 %, readable without JavaScript.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fs from 'node:fs'
import { axe, desktop, htmlErrors, launch, narrow, phone, sideways, signIn } from './browser.mjs'
import { roles, start } from './server.mjs'

let server, browser
before(async () => { server = await start(); browser = await launch() })
after(async () => { await browser?.close(); server?.stop() })

// pattern is the address with ids, codes, days and choices taken out: one page of each kind is enough.
const pattern = (u) => u.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id').replace(/\/[A-Z0-9-]{4,}(?=\/|$)/g, '/:codice') +
  [...u.searchParams.keys()].filter((k) => !['p', 'pagina', 'torna', 'back'].includes(k)).sort().map((k) => '?' + k).join('')

// crawl visits from the beginnings given, one address of each pattern, and checks that every link answers.
async function crawl (context, beginnings) {
  const queue = beginnings.map((p) => server.url + p)
  const seen = new Set()
  const pages = []
  while (queue.length > 0) {
    const address = queue.shift()
    const u = new URL(address)
    const key = pattern(u)
    if (seen.has(key)) continue
    seen.add(key)
    const answer = await context.request.get(address)
    assert.ok(answer.status() < 400, `${address} answers ${answer.status()}`)
    if (!(answer.headers()['content-type'] ?? '').startsWith('text/html')) continue
    const html = await answer.text()
    pages.push({ address, html })
    for (const [, href] of html.matchAll(/<a\b[^>]*?\bhref="([^"]*)"/g)) {
      const link = new URL(href.replaceAll('&amp;', '&'), address)
      if (link.origin === server.url && !link.pathname.startsWith('/lingua')) { link.hash = ''; queue.push(link.href) }
    }
    assert.ok(pages.length < 150, 'the crawl does not end: ' + [...seen].slice(-5))
  }
  return pages
}

async function checkPage (page, { address, html }) {
  const where = new URL(address).pathname + new URL(address).search
  const wrong = []
  const add = (what, list) => { for (const one of list) wrong.push(`${where} [${what}] ${one}`) }
  add('html', await htmlErrors(html))
  await page.setViewportSize(desktop)
  await page.goto(address)
  add('axe 1280', await axe(page))
  await page.setViewportSize(phone)
  add('axe 390', await axe(page))
  await page.setViewportSize(narrow)
  add('320 px', await sideways(page))
  await page.evaluate(() => { document.documentElement.classList.add('cap-testo-doppio'); document.documentElement.style.fontSize = '200%' })
  await page.setViewportSize(phone)
  add('testo 200 %', await sideways(page))
  return wrong
}

async function checkAll (context, beginnings) {
  const faults = []
  const page = await context.newPage()
  page.on('console', (m) => { if (m.type() === 'error') faults.push(`${page.url()} [console] ${m.text()}`) })
  page.on('pageerror', (e) => faults.push(`${page.url()} [script] ${e.message}`))
  const pages = await crawl(context, beginnings)
  for (const one of pages) faults.push(...await checkPage(page, one))
  return { pages, faults }
}

describe('every page', () => {
  test('the gates see planted faults', async () => {
    const bad = fs.readFileSync(new URL('bad.html', import.meta.url), 'utf8')
    assert.ok((await htmlErrors(bad)).length > 0, 'html-validate found nothing')
    const page = await (await browser.newContext({ viewport: narrow })).newPage()
    await page.setContent(bad)
    assert.ok((await axe(page)).length > 0, 'axe found nothing')
    assert.ok((await sideways(page)).length > 0, 'nothing sideways')
  })

  test('for citizens', async () => {
    const { pages, faults } = await checkAll(await browser.newContext({ locale: 'it-IT' }), ['/', '/punti?q=Aliano', '/accedi'])
    assert.ok(pages.length >= 10, `only ${pages.length} pages were found`)
    assert.deepEqual(faults, [])
  })

  for (const role of roles) {
    test('for ' + role, async () => {
      const context = await browser.newContext({ locale: 'it-IT' })
      const page = await context.newPage()
      await signIn(page, server.url, role)
      const { pages, faults } = await checkAll(context, [new URL(page.url()).pathname])
      assert.ok(pages.length >= 3, `only ${pages.length} pages were found`)
      assert.deepEqual(faults, [])
    })
  }

  test('without JavaScript every public page has its heading and its forms', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'it-IT' })
    const page = await context.newPage()
    for (const { address } of await crawl(context, ['/', '/punti?q=Matera'])) {
      await page.goto(address)
      assert.equal(await page.locator('h1:visible').count(), 1, address)
    }
  })
})
