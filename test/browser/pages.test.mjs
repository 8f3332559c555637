// Every kind of page that each role can reach: it answers, its links lead somewhere, its HTML is valid, no
// accessibility violation at two widths, nothing sideways at 320 px and with text at 200 %, readable and usable
// without JavaScript. A kind that two roles see is looked at once; its links are followed for both.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { axe, desktop, htmlErrors, launch, narrow, phone, sideways, signIn, stuck } from './browser.mjs'
import { roles, start } from './server.mjs'
import { throughBooking, throughCentre, throughService } from './steps.mjs'

let server, browser
before(async () => { server = await start(); browser = await launch() })
after(async () => { await browser?.close(); server?.stop() })

// pattern is the address with ids, codes, days, names of towns and choices taken out: one page of each kind is
// enough. The figures of coverage lead to their lists with every pair of choices: those of place are left out.
function pattern (u) {
  const path = u.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id').replace(/\/(?=[^/]*\d)[A-Za-z0-9-]{6,}(?=\/|$)/g, '/:code')
    .replace(/\/comuni\/[a-z-]+-[a-z]{2}$/, '/comuni/:town')
  const place = path.startsWith('/territorio/') ? ['provincia', 'classe'] : []
  const choices = [...u.searchParams.keys()].map((k) => k.replace(/^ordina.*/, 'ordina')).filter((k) => !['p', 'pagina', 'torna', 'back', 'programma', ...place].includes(k))
  return path + [...new Set(choices)].sort().map((k) => '?' + k).join('')
}

// crawl visits from the beginnings given, one address of each pattern, and returns the pages and the dead links.
async function crawl (context, beginnings) {
  const queue = beginnings.map((p) => ({ address: new URL(p, server.url).href, from: 'the start' }))
  const seen = new Set()
  const pages = []
  const dead = []
  while (queue.length > 0) {
    const { address, from } = queue.shift()
    const key = pattern(new URL(address))
    if (seen.has(key)) continue
    seen.add(key)
    const answer = await context.request.get(address)
    if (answer.status() >= 400) { dead.push(`${from} leads to ${address}, which answers ${answer.status()}`); continue }
    if (!(answer.headers()['content-type'] ?? '').startsWith('text/html')) continue
    const html = await answer.text()
    pages.push({ address: answer.url(), kind: pattern(new URL(answer.url())), html })
    for (const [, raw] of html.matchAll(/<a\b[^>]*?\bhref="([^"]*)"/g)) {
      const link = new URL(raw.replaceAll('&amp;', '&'), answer.url())
      if (link.origin !== server.url || link.pathname.startsWith('/lingua')) continue
      if (raw.startsWith('#') && !html.includes(`id="${raw.slice(1)}"`)) dead.push(`${address} has no ${raw}`)
      link.hash = ''
      queue.push({ address: link.href, from: address })
    }
    assert.ok(pages.length < 200, 'the crawl does not end: ' + [...seen].slice(-5))
  }
  return { pages, dead }
}

const looked = new Map() // how often each path was looked at, and with which choices
const enough = 2 // a page is looked at as it opens and with one choice; the other choices are only followed

// toLook says whether a kind of page is still to be looked at.
function toLook (kind) {
  const path = kind.split('?')[0]
  const kinds = looked.get(path) ?? new Set()
  looked.set(path, kinds)
  return !kinds.has(kind) && kinds.size < enough && kinds.add(kind)
}

// look asks of the page that is open all that a page must be. The page is left at the size of a telephone.
async function look (page, html) {
  const where = new URL(page.url()).pathname + new URL(page.url()).search
  const wrong = []
  const add = (what, list) => { for (const one of list) wrong.push(`${where} [${what}] ${one}`) }
  add('html', await htmlErrors(html))
  add('text', html.match(/\[[a-z_]+\.[a-z_.]+\]|%![a-z]\(|&lt;nil&gt;/g) ?? [])
  await page.setViewportSize(desktop)
  add('axe 1280', await axe(page))
  await picture(page, where, 1280)
  await page.setViewportSize(phone)
  add('axe 390', await axe(page))
  await picture(page, where, 390)
  await page.setViewportSize(narrow)
  add('320 px', await sideways(page))
  await page.setViewportSize(phone)
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%' })
  add('text at 200 %', await sideways(page))
  return wrong
}

// picture keeps what was seen, for the eyes, when CAPILLARE_BROWSER_PICTURES names a folder.
async function picture (page, where, width) {
  const folder = process.env.CAPILLARE_BROWSER_PICTURES
  if (!folder) return
  fs.mkdirSync(folder, { recursive: true })
  const name = pattern(new URL(where, server.url)).replace(/[^a-z0-9:?-]+/gi, '_').replace(/[:?]/g, '.')
  await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true })
}

// watch collects what the browser complains about: errors of scripts, and what the policy of the page blocked.
function watch (page, faults) {
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) faults.push(`${page.url()} [console] ${m.text()}`) })
  page.on('pageerror', (e) => faults.push(`${page.url()} [script] ${e.message}`))
  page.on('request', (q) => { if (!q.url().startsWith(server.url) && !q.url().startsWith('data:')) faults.push(`${page.url()} [elsewhere] asks ${q.url()}`) })
}

// withoutScript says what a page lacks when scripts do not run, on a telephone.
async function withoutScript (page, address) {
  await page.goto(address)
  return (await stuck(page)).map((one) => `${address} [without script] ${one}`)
}

async function checkAll (context, beginnings) {
  const { pages, dead } = await crawl(context, beginnings)
  const faults = [...dead]
  const page = await context.newPage()
  watch(page, faults)
  const bare = await (await browser.newContext({ storageState: await context.storageState(), viewport: phone, javaScriptEnabled: false, locale: 'it-IT' })).newPage()
  for (const { address, kind, html } of pages) {
    if (!toLook(kind)) continue
    await page.goto(address)
    faults.push(...await look(page, html), ...await withoutScript(bare, address))
  }
  await bare.context().close()
  return { pages, faults }
}

// none fails with the faults, each once, one a line.
function none (faults) {
  const list = [...new Set(faults)]
  assert.ok(list.length === 0, `${list.length} faults:\n${list.join('\n')}`)
}

// lookNow is look for a page reached by sending a form.
const lookNow = async (page) => look(page, await page.content())

// byForm are pages that links do not reach, but forms that only ask do.
const byForm = { operatore: ['/centro?comune=Aliano&ordine=vicino', '/centro?comune=Nessunluogo&ordine=vicino'], ente: ['/centro?comune=Aliano&ordine=prima'] }

describe('every page', () => {
  test('the gates see planted faults', async () => {
    const bad = fs.readFileSync(new URL('bad.html', import.meta.url), 'utf8')
    assert.ok((await htmlErrors(bad)).length > 0, 'html-validate found nothing')
    const page = await (await browser.newContext({ viewport: narrow })).newPage()
    await page.setContent(bad)
    assert.ok((await axe(page)).length > 0, 'axe found nothing')
    assert.ok((await sideways(page)).length > 0, 'nothing sideways')
    assert.ok((await stuck(page)).length > 0, 'nothing stuck')
  })

  test('for citizens', async () => {
    const { pages, faults } = await checkAll(await browser.newContext({ locale: 'it-IT' }), ['/', '/punti?q=Aliano', '/punti?q=Nessunluogo', '/accedi'])
    assert.ok(pages.length >= 10, `only ${pages.length} pages were found`)
    none(faults)
  })

  test('the steps of a booking, its receipt, and what refuses', async () => {
    const page = await (await browser.newContext({ locale: 'it-IT' })).newPage()
    const faults = []
    watch(page, faults)
    for await (const step of throughBooking(page, server.url)) {
      const seen = await lookNow(page)
      faults.push(...seen.map((one) => `${step}: ${one}`))
      await page.reload() // back to text of the usual size; every step stands at an address of its own
    }
    await page.goto(server.url + '/non-esiste')
    faults.push(...await lookNow(page))
    none(faults)
  })

  for (const role of roles) {
    test('for ' + role, async () => {
      const context = await browser.newContext({ locale: 'it-IT' })
      const page = await context.newPage()
      await signIn(page, server.url, role)
      const { pages, faults } = await checkAll(context, [new URL(page.url()).pathname, '/profilo', ...(byForm[role] ?? [])])
      assert.ok(pages.length >= 3, `only ${pages.length} pages were found`)
      if (role === 'facilitatore') {
        for await (const step of throughService(page, server.url)) faults.push(...(await lookNow(page)).map((one) => `${step}: ${one}`))
      }
      if (role === 'operatore') {
        for await (const step of throughCentre(page, server.url)) faults.push(...(await lookNow(page)).map((one) => `${step}: ${one}`))
      }
      none(faults)
      await context.close()
    })
  }
})
