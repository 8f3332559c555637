import { launch, signIn, desktop } from './browser.mjs'
import fs from 'node:fs'
import { execSync } from 'node:child_process'
const url='http://127.0.0.1:23456', big=fs.readFileSync('/tmp/big-url','utf8').trim()
const b=await launch(); const ctx=await b.newContext({viewport:desktop, javaScriptEnabled:false}); const page=await ctx.newPage()
await signIn(page,url,'regione')
await page.goto(big); console.log('1', await page.textContent('h1'))
const q=()=>execSync(`sqlite3 -readonly /tmp/data-imports/capillare.db "select state,done,total,(select count(*) from facilitators_duty) from imports_batch where id='${big.split('/').pop()}'"`).toString().trim()
console.log(q())
await Promise.all([page.waitForNavigation(), page.click('form[action$="applica"] button')]); console.log('2', await page.textContent('h1'), q())
for (let i=0;i<40;i++){ const s=q(); if (/applying\|[1-9]/.test(s)) break; await new Promise(r=>setTimeout(r,100)) }
const pid=fs.readFileSync('/tmp/serve-imports.pid','utf8').trim()
execSync(`kill -9 ${pid}`); console.log('killed', q())
await b.close()
