// The ways that pages.test.mjs cannot follow by links, because they go through forms.

import { taxCode } from './taxcode.mjs'

const go = (page, act) => Promise.all([page.waitForNavigation(), act()])

// throughBooking books near Aliano and stops at every page: refusals first, then the steps, the receipt, the
// pages that move and cancel.
export async function * throughBooking (page, url = '') {
  if (url) await page.goto(url + '/punti?q=Aliano') // else the page is there already
  await go(page, () => page.locator('a:has-text("Prenota")').filter({ visible: true }).first().click())
  await page.locator('.cap-time-choice label').first().click()
  await go(page, () => page.locator('main form[method=post] button[type=submit]').last().click())
  yield 'details'
  await page.locator('main select').first().selectOption({ index: 1 })
  await go(page, () => page.getByRole('button', { name: 'Continua' }).click())
  yield 'who'
  await page.getByLabel('Nome e cognome').first().fill('Lucia Prova')
  await page.getByLabel('Telefono').first().fill('3331234567')
  await go(page, () => page.getByRole('button', { name: 'Continua' }).click())
  yield 'summary'
  await go(page, () => page.getByRole('button', { name: /conferma/i }).click())
  yield 'receipt'
  const receipt = page.url()
  for (const more of ['orario', 'punto', 'attesa', 'disdici']) {
    await page.goto(receipt + '/' + more)
    yield more
  }
  await go(page, () => page.locator('main button:has-text("Disdici")').first().click())
  yield 'cancelled'
}

// throughService stops at the form of a service that was refused, and at the same with a person found.
export async function * throughService (page, url) {
  await page.goto(url + '/servizi/nuovo')
  await page.getByLabel('Codice fiscale').first().fill('RSSMRA80A01H501X')
  await go(page, () => page.getByRole('button', { name: 'Registra il servizio' }).click())
  yield 'refused'
  await page.goto(url + '/servizi/nuovo')
  await page.getByLabel('Codice fiscale').first().fill(taxCode('PROVA', 'LUCIA', 'F', 1950))
  await page.getByRole('button', { name: 'Cerca la persona' }).last().click()
  await page.locator('.cap-known').first().waitFor()
  yield 'found'
}

// throughCentre books for who calls, finds the booking again, and stops at the pages that change it.
export async function * throughCentre (page, url) {
  await page.goto(url + '/centro?comune=Aliano&ordine=vicino')
  await go(page, () => page.locator('main a[href^="/centro/prenota"]').first().click())
  await go(page, () => page.locator('main form[method=post] button[type=submit]').last().click())
  yield 'refused'
  await page.locator('input[name=name]').fill('Teresa Prova')
  await page.locator('input[name=phone]').fill('333 222 1111')
  await page.locator('input[name=notice]').evaluate((e) => e.labels[0].click())
  await go(page, () => page.locator('main form[method=post] button[type=submit]').last().click())
  yield 'booked'
  const booking = page.url().split('?')[0]
  for (const more of ['sposta', 'annulla']) {
    await page.goto(booking + '/' + more)
    yield more
  }
  await page.goto(url + '/centro')
  await page.locator('input[name=cerca]').fill('Teresa')
  await go(page, () => page.locator('form[action="/centro/cerca"] button').click())
  yield 'found'
}
