// What a person does with the keyboard alone: Tab to a control, type, Enter.

// tabTo presses Tab until the focused element has the text, label or value wanted.
export async function tabTo (page, wanted, { back = false } = {}) {
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
    const text = await page.evaluate(() => {
      const e = document.activeElement
      if (!e || e === document.body) return ''
      return [e.innerText, e.value, e.getAttribute('aria-label'), ...[...(e.labels ?? [])].map((l) => l.innerText)].filter(Boolean).join(' | ')
    })
    if (wanted instanceof RegExp ? wanted.test(text) : text.includes(wanted)) return text
  }
  throw new Error(`Tab never reaches ${wanted} on ${page.url()}`)
}

// press follows the focused link or button and waits for the page it leads to.
export async function press (page, key = 'Enter') {
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)])
}

// untilFocused presses Tab until the focused element passes the test.
export async function untilFocused (page, test) {
  for (let i = 0; i < 160; i++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(`(${test})(document.activeElement ?? {})`)) return
  }
  throw new Error(`Tab never reaches what is wanted on ${page.url()}`)
}
