// Nothing in the chat's window is cut off, covered or too small to be touched: in languages with long words or from right to
// left, on the smallest phone and on a desktop, with answers of every kind, whatever has happened to them.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startVisits, type Visits } from '../lab/visit.ts'

vi.setConfig({ testTimeout: 90_000 }) // two cores may be busy with other tests

let visits: Visits
beforeAll(async () => {
  visits = await startVisits()
}, 60_000)
afterAll(() => visits?.stop())

const WORD = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung'
const RICH = `# ${WORD}

A paragraph with **${WORD}**, a [link to ${WORD}](https://example.org/${'path/'.repeat(20)}) and \`${'code'.repeat(30)}\`.

> ${WORD} is quoted.

| Model | What it costs for a year, all in | ${WORD} | Where |
|---|--:|:-:|---|
| Fjord | 1,299.00 | yes | ${'north '.repeat(12)} |

1. one
   - two
     - ${WORD}

\`\`\`ts
const line = '${'x'.repeat(200)}'
\`\`\`

https://example.org/${'address'.repeat(20)}`

const ARABIC = `# الأحذية الشتوية

الحذاء **فيورد** دافئ ومقاوم للماء، وسعره ١٬٢٩٩ كرونة.

- دافئ
- خفيف

| الطراز | السعر |
|---|--:|
| فيورد | ١٬٢٩٩ |`

interface Kind {
  readonly context: NonNullable<Parameters<Visits['browser']['newContext']>[0]>
  readonly attributes: Readonly<Record<string, string>>
  readonly answer: string
  readonly question: string
  readonly runs: 'ltr' | 'rtl'
}

const phone = (width: number) => ({ viewport: { width, height: 640 }, hasTouch: true, isMobile: true })
const DESKTOP = { viewport: { width: 1_280, height: 800 } }
const GERMAN = {
  lang: 'de',
  name: `Kundendienst der ${WORD}`,
  suggestions: `Wie melde ich mich für die ${WORD} an?|Was kostet der Versand nach Österreich, Liechtenstein und in die Schweiz?`,
  person: '',
}
const SHOES = {
  lang: 'ar',
  name: 'مساعد الأحذية',
  suggestions: 'ما هو الحذاء الأدفأ؟|هل تشحنون إلى مصر؟',
  person: '',
}

const KINDS: Readonly<Record<string, Kind>> = {
  'German on a phone of 320 pixels': {
    context: { ...phone(320), colorScheme: 'light' },
    attributes: GERMAN,
    answer: RICH,
    question: `Was ist eine ${WORD}?`,
    runs: 'ltr',
  },
  'German on a desktop, dark, to the left': {
    context: { ...DESKTOP, colorScheme: 'dark' },
    attributes: { ...GERMAN, side: 'left' },
    answer: RICH,
    question: `Was ist eine ${WORD}?`,
    runs: 'ltr',
  },
  'Arabic on a phone, dark': {
    context: { ...phone(375), colorScheme: 'dark' },
    attributes: SHOES,
    answer: ARABIC,
    question: 'ما هو الحذاء الأدفأ للمشي في الثلج؟',
    runs: 'rtl',
  },
  'Arabic on a desktop': {
    context: { ...DESKTOP, colorScheme: 'light' },
    attributes: SHOES,
    answer: ARABIC,
    question: 'ما هو الحذاء الأدفأ للمشي في الثلج؟',
    runs: 'rtl',
  },
}

/** What stands wrongly, in words. */
const faults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const panel = document.querySelector('minnow-chat')?.shadowRoot?.querySelector('.panel')
    if (!(panel instanceof HTMLElement)) return ['no window']
    const found: string[] = []
    const frame = panel.getBoundingClientRect()
    const nameOf = (one: Element): string =>
      `${one.localName}.${one.className} "${(one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 30)}"`
    const all = [...panel.querySelectorAll<HTMLElement>('*')].filter(
      (one) => one.checkVisibility() && one.closest('.unseen, svg') === null,
    )
    for (const one of all) {
      const box = one.getBoundingClientRect()
      const scrolls = one.parentElement?.closest('pre, .table') ?? null
      if (scrolls === null && (box.left < frame.left - 1 || box.right > frame.right + 1))
        found.push(`${nameOf(one)} reaches out of the window`)
      const style = getComputedStyle(one)
      const isCut = one.scrollWidth > one.clientWidth + 1 && style.overflowX === 'hidden'
      if (isCut && style.textOverflow !== 'ellipsis') found.push(`${nameOf(one)} is cut off`)
      if (one.localName === 'button' && Math.min(box.width, box.height) < 24)
        found.push(`${nameOf(one)} is too small: ${box.width} by ${box.height}`)
    }
    const bars = [...panel.querySelectorAll<HTMLElement>('.head, .tools, .row, .bar, .editing, .past li')]
    for (const bar of bars.filter((one) => one.checkVisibility())) {
      const boxes = [...bar.children]
        .filter((one) => one.checkVisibility())
        .map((one) => ({ name: nameOf(one), box: one.getBoundingClientRect() }))
      for (const [at, { name, box }] of boxes.entries())
        for (const { name: other, box: next } of boxes.slice(at + 1)) {
          const across = Math.min(box.right, next.right) - Math.max(box.left, next.left)
          const down = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top)
          if (across > 1 && down > 1) found.push(`${name} covers ${other}`)
        }
    }
    const [input, foot] = ['textarea', '.foot'].map((selector) => panel.querySelector<HTMLElement>(selector))
    if (input?.checkVisibility() && foot && foot.getBoundingClientRect().bottom > frame.bottom + 1)
      found.push('the field is below the window')
    return found
  })

it.each(Object.keys(KINDS))('%s', async (name) => {
  const kind = KINDS[name]
  if (kind === undefined) throw new Error(name)
  const model = visits.model()
  const { answer, question, runs } = kind
  visits.scene.lab.script(
    model,
    { text: answer },
    { text: answer, cutAfter: 12, cut: 'reset' },
    { status: 400, body: { error: { message: 'no', type: 'invalid_request_error' } } },
    { text: answer, everyMs: 60 },
  )
  const visitor = await visits.visit({
    name,
    context: { reducedMotion: 'reduce', ...kind.context },
    attributes: { model, ...kind.attributes },
  })
  const { page } = visitor
  const isSound = async (what: string): Promise<void> => {
    await visitor.shoot(what)
    expect(await faults(page), what).toEqual([])
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(wider, what).toBeLessThanOrEqual(0)
  }
  const state = (is: string) => page.locator(`[data-state=${is}]`).last()
  const top = (): Promise<void> => page.locator('.log').evaluate((log) => void (log.scrollTop = 0))

  try {
    await visitor.open()
    await isSound('greeting')
    await visitor.say(question)
    await visitor.answered()
    await isSound('answered')
    await top()
    await isSound('its beginning')
    // Bullets, columns and edges stand on the side where the words begin, and no column is squeezed to a thread.
    const blocks = await page
      .locator('.text')
      .first()
      .evaluate((text) => [...text.children].map((one) => [one.className, getComputedStyle(one).direction]))
    for (const [kind, direction] of blocks) expect(direction).toBe(kind === 'code' ? 'ltr' : runs)
    const rows = await page
      .locator('.text tr')
      .evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height))
    expect(Math.max(...rows)).toBeLessThan(120)
    await visitor.say(question)
    await state('failed').waitFor()
    await isSound('broken off')
    await visitor.say('?')
    await page.locator('[data-state=failed]').nth(1).waitFor()
    await isSound('no answer')
    await visitor.say(question)
    await state('writing').waitFor()
    await isSound('streaming')
    await page.locator('.send').click()
    await state('stopped').waitFor()
    await visitor.context.setOffline(true)
    await visitor.say(question)
    await page.locator('.status').waitFor()
    await isSound('offline')
    await page.locator('.head button').first().click()
    await page.locator('.entry').waitFor()
    await isSound('past')
  } finally {
    await visitor.context.close()
  }
})
