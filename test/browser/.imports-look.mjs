import { launch, signIn, desktop, phone, narrow, axe, sideways } from './browser.mjs'
import fs from 'node:fs'
const url='http://127.0.0.1:23456'
const b=await launch()
const page=await (await b.newContext({viewport:desktop, javaScriptEnabled:true})).newPage()
await signIn(page,url,'regione')
const shot=async(n)=>{ await page.screenshot({path:`/tmp/shots/${n}.png`,fullPage:true}); await page.setViewportSize(phone); await page.screenshot({path:`/tmp/shots/${n}-phone.png`,fullPage:true}); await page.setViewportSize(narrow); console.log(n, 'sideways', JSON.stringify(await sideways(page)), 'axe', JSON.stringify(await axe(page))); await page.setViewportSize(desktop)}
await page.goto(url+'/gestione/importa'); await shot('start')
const send=async(kind,file)=>{ await page.goto(url+'/gestione/importa'); await page.check(`input[value=${kind}]`,{force:true}); await page.setInputFiles('input[type=file]',file); await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')]); return page.url() }
await send('duties','/tmp/turni-wrong.csv'); await shot('wrong')
await Promise.all([page.waitForNavigation(), page.click('a[href$="righe/correggi"]')]); await shot('rows')
const big=await send('duties','/tmp/turni-60k.csv'); console.log(big); await page.screenshot({path:'/tmp/shots/work0.png'})
fs.writeFileSync('/tmp/big-url', big)
await page.waitForTimeout(300); await page.goto(big+'?ferma=1'); await shot('work')
await b.close()
