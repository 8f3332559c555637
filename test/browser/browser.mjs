// One browser for all tests, and what pages are asked in it.
import { chromium } from 'playwright-core'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { HtmlValidate } from 'html-validate'
import { email, password } from './server.mjs'

const require = createRequire(import.meta.url)
const axeSource = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

export const desktop = { width: 1280, height: 900 }
export const phone = { width: 390, height: 844 }
export const narrow = { width: 320, height: 640 }

export function launch () {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  })
}

export async function signIn (page, url, role) {
  await page.goto(url + '/accedi')
  await page.fill('input[name=email]', email(role))
  await page.fill('input[name=password]', password)
  await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')])
  if (new URL(page.url()).pathname === '/accedi') throw new Error(`${role} could not sign in`)
}

// axe returns what the accessibility engine finds wrong on the page, as short texts.
export async function axe (page) {
  // The page's own policy forbids code that is not its own: the debugger, which evaluates this, is not bound by it.
  if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const result = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })
    return result.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')})`)
  })
}

// sideways returns what sticks out of the page on the right, or nothing.
export async function sideways (page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    const out = []
    for (const e of document.querySelectorAll('body *')) {
      const right = e.getBoundingClientRect().right
      if (right > width + 1 && !e.closest('.cap-scroll')) out.push(`${e.tagName.toLowerCase()}.${e.className?.baseVal ?? e.className} ${Math.round(right)}>${width}`)
    }
    return out.slice(0, 4)
  })
}

// stuck returns what a person cannot do on the page as it stands: no heading, a form without a button, a menu
// without a way to open it.
export async function stuck (page) {
  return page.evaluate(() => {
    const seen = (e) => e.checkVisibility({ visibilityProperty: true })
    const wrong = []
    const headings = [...document.querySelectorAll('h1')].filter(seen).length
    if (headings !== 1) wrong.push(`${headings} headings of the first level`)
    for (const form of document.forms) {
      if (form.closest('details:not([open])')) continue
      if (![...form.querySelectorAll('button, input[type=submit]')].some(seen)) wrong.push(`no button in the form of ${form.getAttribute('action')}`)
    }
    if (document.querySelector('.cap-nav') && ![...document.querySelectorAll('.cap-menu summary, .cap-wide a')].some(seen)) wrong.push('no menu')
    return wrong
  })
}

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: {
    // Generated pages: white space and attribute order are not for readers.
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'no-inline-style': 'error',
    // One answer of a choice for each box, and one action for each button, under the same name.
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit', 'button'] }],
    'tel-non-breaking': 'off', // the style sheet keeps the number of a tel: link on one line
    'prefer-native-element': 'off', // the design system's own menus
    'aria-label-misuse': ['error', { allowAnyNamable: true }], // a list may have a name
    'valid-id': ['error', { relaxed: true }], // ids follow the names of the fields, which have dots
    'void-style': 'off',
    'attr-quotes': 'off',
    'require-sri': 'off',
    'doctype-style': 'off',
    'attribute-boolean-style': 'off'
  }
})

export async function htmlErrors (html) {
  const report = await validator.validateString(html)
  return report.results.flatMap((r) => r.messages.filter((m) => m.severity === 2).map((m) => `${m.line}: ${m.ruleId} ${m.message}`))
}
