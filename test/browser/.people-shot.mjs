import { launch, signIn, desktop, narrow, axe, sideways, stuck } from './browser.mjs'
const url = 'http://localhost:23457'
const b = await launch()
const look = async (page, n, p) => {
  for (const [vn, v] of [['d', desktop], ['n', narrow]]) {
    await page.setViewportSize(v)
    const r = p ? await page.goto(url + p) : null
    const s = await sideways(page), a = vn === 'd' ? await axe(page) : [], st = await stuck(page)
    if ((r && r.status() !== 200) || s.length || a.length || st.length) console.log(n, vn, r?.status(), JSON.stringify(s), JSON.stringify(a), JSON.stringify(st))
    await page.screenshot({ path: `/tmp/people-shots/${n}-${vn}.png`, fullPage: true })
  }
}
const as = async role => { const c = await b.newContext({ locale: 'it-IT', viewport: desktop, bypassCSP: true }); const p = await c.newPage(); await signIn(p, url, role); return p }
const hrefs = (page, sel) => page.$$eval(sel, e => e.map(x => x.getAttribute('href')))
let page = await as('ente')
await page.goto(url + '/gestione/facilitatori?ente=' ); let people = await hrefs(page, 'tbody th a')
await page.goto(url+people[1]); people=[people[1],people[3]]
await look(page, 'facilitatori', '/gestione/facilitatori')
await look(page, 'persona', people[0]); await look(page, 'consegne', people[0] + '/consegne'); await look(page, 'unisci', people[0] + '/unisci')
await look(page, 'unisci2', people[0] + '/unisci/' + people[1].split('/').pop())
await look(page, 'soli', '/gestione/punti-senza-nessuno?tra=90')
await page.goto(url + '/gestione/punti'); const points = await hrefs(page, 'tbody th a')
await look(page, 'turni', points[0] + '/turni')
const change = (await hrefs(page, 'a[href$="/modifica"]')).find(h => h.includes('/turni/'))
if (change) await look(page, 'turno', change)
page = await as('amministratore')
await page.goto(url + '/amministrazione'); const accounts = await hrefs(page, 'tbody th a')
await look(page, 'account', '/amministrazione'); await look(page, 'accessi', '/amministrazione/accessi'); await look(page, 'invita', '/amministrazione/invita')
await look(page, 'invita2', '/amministrazione/invita?role=managing_body')
const zoe = accounts.at(-1)
await look(page, 'accountuno', zoe); await look(page, 'accountconsegne', zoe + '/consegne'); await look(page, 'accountmod', zoe + '/modifica')
await page.goto(url + '/amministrazione/invita?role=operator')
await page.fill('[name=name]', 'Ivo Nuovo'); await page.fill('[name=email]', `ivo${Date.now()}@comune.it`)
const opt=(await page.$$eval('[name=scope] option', o=>o.map(x=>x.value))).find(v=>v); await page.selectOption('[name=scope]', opt)
await page.click('main button[type=submit]')
await look(page, 'consegnato')
const link = await page.textContent('main code')
const fresh = await (await b.newContext({ locale: 'it-IT', viewport: desktop, bypassCSP: true })).newPage()
await look(fresh, 'invito', new URL(link).pathname)
await look(fresh, 'dimenticata', '/password-dimenticata'); await look(fresh, 'accedi', '/accedi')
await b.close()
