// Starts a small invented network for the tests, in a folder of its own, and stops it at the end.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const binary = path.join(root, 'bin/capillare')

// The accounts of the demo network: one for each role, all with the same password.
export const password = 'rete-dimostrativa-2026'
export const roles = ['regione', 'ente', 'partner', 'facilitatore', 'operatore', 'revisore', 'amministratore']
export const email = (role) => `${role}@demo.example`

function freePort () {
  return new Promise((resolve, reject) => {
    const s = net.createServer()
    s.once('error', reject)
    s.listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)) })
  })
}

// lastTuesday is the day on which the network of the tests stands: a day of the past with bookings still to
// be recorded, whatever the day on which the tests run. Holidays are jumped: points are closed.
function lastTuesday () {
  const holidays = ['01-01', '01-06', '04-25', '05-01', '06-02', '08-15', '11-01', '12-08', '12-25', '12-26']
  const day = new Date()
  do day.setUTCDate(day.getUTCDate() - 1)
  while (day.getUTCDay() !== 2 || holidays.includes(day.toISOString().slice(5, 10)))
  return day.toISOString().slice(0, 10)
}

// start builds the network (or takes the one of CAPILLARE_BROWSER_URL) and returns its address.
export async function start () {
  if (process.env.CAPILLARE_BROWSER_URL) return { url: process.env.CAPILLARE_BROWSER_URL, data: process.env.CAPILLARE_BROWSER_DATA, tuesday: lastTuesday(), stop () {} }
  const data = folder()
  const run = (...args) => execFileSync(binary, [...args, '--data', data], { stdio: ['ignore', 'ignore', 'inherit'] })
  run('migrate')
  const tuesday = lastTuesday()
  run('demo', '--region', 'basilicata', '--scale', '0.02', '--today', tuesday)
  return { tuesday, ...await serve(data) }
}

// startEmpty serves a network of which nothing is known yet; first is the page of the first administrator.
export async function startEmpty () {
  const server = await serve(folder())
  const first = server.said().match(/\/avvio\?chiave=\w+/)
  if (!first) throw new Error('serve did not say where to begin: ' + server.said())
  return { ...server, first: server.url + first[0] }
}

const folder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'capillare-browser-'))

// serve starts the program on a folder and waits until it answers.
async function serve (data) {
  const port = await freePort()
  const server = spawn(binary, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--log-level', 'warn'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  server.stdout.on('data', (chunk) => { said += chunk })
  const url = `http://127.0.0.1:${port}`
  for (let i = 0; ; i++) {
    try { if ((await fetch(url + '/stato')).ok) break } catch { /* not yet */ }
    if (i > 200) throw new Error('the server did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    url,
    data,
    said: () => said,
    stop () { server.kill(); fs.rmSync(data, { recursive: true, force: true }) }
  }
}
