import { launch, signIn, desktop, phone, narrow, axe, sideways } from './browser.mjs'
import fs from 'node:fs'
const url='http://127.0.0.1:23117'
const b=await launch(); const c=await b.newContext({viewport:desktop, ignoreHTTPSErrors:true}); const p=await c.newPage()
await signIn(p,url,'regione')
await p.goto(url+'/gestione/territorio'); await p.screenshot({path:'/tmp/t1.png',fullPage:true}); console.log(await axe(p), await sideways(p))
const dir='/work/shared/data/territory/official/'
await p.setInputFiles('input[name=files]', [...fs.readdirSync(dir).map(f=>dir+f),'/work/shared/data/territory/basilicata_comuni.topojson'])
let t=Date.now(); await Promise.all([p.waitForNavigation({timeout:60000}), p.click('main form button[type=submit]')]); console.log('preview',Date.now()-t,p.url())
await p.screenshot({path:'/tmp/t2.png',fullPage:true}); console.log(await axe(p), await sideways(p))
await p.setViewportSize(narrow); await p.screenshot({path:'/tmp/t3.png',fullPage:false}); console.log(await sideways(p)); await p.setViewportSize(desktop)
t=Date.now(); await Promise.all([p.waitForNavigation({timeout:60000}), p.click('main form button.btn-primary')]); console.log('apply',Date.now()-t,p.url())
await p.screenshot({path:'/tmp/t4.png',fullPage:true}); console.log(await axe(p))
await p.goto(url+'/fonti'); await p.screenshot({path:'/tmp/t5.png',fullPage:true}); console.log(await axe(p), await sideways(p))
await p.setViewportSize(phone); await p.screenshot({path:'/tmp/t6.png'}); 
await p.goto(url+'/gestione/territorio'); await p.screenshot({path:'/tmp/t7.png'}); console.log(await sideways(p))
await b.close()
