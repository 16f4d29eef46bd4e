// How the chat widget looks and is read: on the gateway's own page, in any size that the page gives it, in the page's colours and fonts, under the
// strictest policies, without motion, and by axe in every state.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { violations } from '../lab/axe.ts'
import { startVisits, type Visit, type VisitOptions, type Visits } from '../lab/visit.ts'

vi.setConfig({ testTimeout: 240_000 }) // two cores may be busy with other tests

let visits: Visits
let open: Visit[] = []
let model = ''

beforeAll(async () => {
  visits = await startVisits()
}, 240_000)
afterAll(() => visits?.stop())
beforeEach(() => void (model = visits.model()))
afterEach(async () => {
  await Promise.all(open.map((visit) => visit.close()))
  open = []
})

async function visit(options: VisitOptions = {}): Promise<Visit> {
  const name = expect.getState().currentTestName ?? ''
  const made = await visits.visit({ name, ...options, attributes: { model, ...options.attributes } })
  open.push(made)
  return made
}

const script = (
  ...behaviours: Parameters<Visits['scene']['lab']['script']> extends [string, ...infer B] ? B : never
): void => visits.scene.lab.script(model, ...behaviours)
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const NO = { status: 400, body: { error: { message: 'no', type: 'invalid_request_error' } } }

/** A page with the chat where it stands, and styles of its own. */
const inline = (style: string, around = ''): Promise<Visit> =>
  visit({
    head: `<style>body { margin: 0 } ${style}</style>`,
    body: `<script async src="${visits.line.url}/widget.js"></script><div class="box">${around}<minnow-chat key="${visits.key.key}" model="${model}" name="Shoe help"></minnow-chat></div>`,
  })

const HEIGHTS = [
  ['', 560],
  ['minnow-chat { height: 380px }', 380],
  ['minnow-chat { height: 250px }', 250],
  ['minnow-chat { --minnow-height: 444px }', 444],
  ['.box { height: 470px } minnow-chat { height: 100% }', 470],
  [
    '.box { height: 600px; display: flex; flex-direction: column } p { margin: 0; height: 100px } minnow-chat { flex: 1; min-height: 0 }',
    500,
  ],
  ['minnow-chat { height: 90vh; max-height: 410px; margin: 20px }', 410],
  ['minnow-chat { display: none }', 0],
] as const

it('stands in the page as high as the page says, and where', async () => {
  const { page } = await inline('', '<p>Above</p>')
  await page.locator('.panel').waitFor()
  for (const [style, height] of HEIGHTS) {
    const boxes = await page.evaluate((text) => {
      const sheet = document.querySelector('style')
      if (sheet !== null) sheet.textContent = `body { margin: 0 } ${text}`
      const host = document.querySelector('minnow-chat')
      const box = (element: Element | null | undefined): DOMRect =>
        element?.getBoundingClientRect() ?? new DOMRect()
      const root = host?.shadowRoot
      const [input, panel] = [box(root?.querySelector('textarea')), box(root?.querySelector('.panel'))]
      const isInside = input.bottom < panel.bottom || panel.height === 0
      return { heights: [box(host).height, panel.height], left: box(host).left, isInside }
    }, style)
    const left = style.includes('margin: 20px') ? 20 : 0
    expect([style, boxes]).toEqual([style, { heights: [height, height], left, isInside: true }])
  }
})

it('the page cannot make it fade, blur or lean, where it stands in the page', async () => {
  const { page } = await inline(
    'body * { opacity: .3 !important; filter: blur(3px) !important; transform: rotate(4deg) !important; color: red !important; visibility: hidden !important }',
  )
  await page.locator('.panel').waitFor()
  const look = await page.locator('minnow-chat').evaluate((host) => {
    const { opacity, filter, transform } = getComputedStyle(host)
    const panel = host.shadowRoot?.querySelector('.panel') ?? host
    return [opacity, filter, transform, getComputedStyle(panel).visibility, getComputedStyle(panel).color]
  })
  expect(look).toEqual(['1', 'none', 'none', 'visible', 'rgb(19, 40, 42)'])
})

it("takes the page's colours, sizes and fonts by its properties", async () => {
  script({ text: '`code`' })
  const colours = ['accent', 'on-accent', 'surface', 'sunk', 'ink', 'soft', 'line', 'question']
  const colour = (name: string): string => `rgb(${colours.indexOf(name) + 1}, 0, 99)`
  const properties = colours.map((name) => `--minnow-${name}: ${colour(name)}`).join(';')
  const visitor = await inline(
    `minnow-chat { ${properties}; --minnow-radius: 3px; --minnow-font: Georgia; --minnow-mono: Courier; --minnow-width: 410px; --minnow-height: 444px }`,
  )
  const { page } = visitor
  await page.locator('.panel').waitFor()
  await visitor.say('Hi')
  await visitor.answered()
  await page.locator('textarea').fill('x') // the button to send has its own colours while there is something to be sent
  const of = (selector: string, name: string): Promise<string> =>
    page
      .locator(selector)
      .first()
      .evaluate((one, property) => getComputedStyle(one).getPropertyValue(property), name)
  expect({
    accent: await of('.send', 'background-color'),
    'on-accent': await of('.send', 'color'),
    surface: await of('.panel', 'background-color'),
    sunk: await of('.text code', 'background-color'),
    ink: await of('.panel', 'color'),
    soft: await of('.wrong', 'color'),
    line: await of('.head', 'border-bottom-color'),
    question: await of('.bubble', 'background-color'),
  }).toEqual(Object.fromEntries(colours.map((name) => [name, colour(name)])))
  expect([
    await of('.panel', 'border-top-left-radius'),
    await of('.panel', 'font-family'),
    await of('.text code', 'font-family'),
    await of('minnow-chat', 'width'),
    await of('minnow-chat', 'height'),
  ]).toEqual(['3px', 'Georgia', 'Courier', '410px', '444px'])
})

it('every part that is named can be styled from the page', async () => {
  script({ text: 'Fine.' })
  const parts = [
    'launcher',
    'panel',
    'header',
    'log',
    'question',
    'answer',
    'route',
    'suggestion',
    'composer',
    'input',
    'send',
    'history',
  ]
  const visitor = await visit({
    head: `<style>${parts.map((part, at) => `minnow-chat::part(${part}) { outline: 1px solid rgb(${at}, 7, 7); letter-spacing: ${at + 1}px }`).join('\n')}</style>`,
    attributes: { suggestions: 'One?' },
  })
  const { page } = visitor
  await visitor.open()
  await visitor.say('Hi')
  await visitor.answered()
  const found = await page.evaluate(
    (names) =>
      names.map((name) => {
        const element = document.querySelector('minnow-chat')?.shadowRoot?.querySelector(`[part=${name}]`)
        return element ? getComputedStyle(element).letterSpacing : `no ${name}`
      }),
    parts,
  )
  expect(found).toEqual(parts.map((_, at) => `${at + 1}px`))
})

it("works under a policy of nonces with 'strict-dynamic', where no address is trusted", async () => {
  script({ text: '**Yes**' })
  const nonce = 'bm9uY2UtMTIz'
  const visitor = await visit({
    body: `<main><h1>Shoes</h1></main>${visits.tag({ model }).replace('<script ', `<script nonce="${nonce}" `)}`,
    headers: {
      'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; connect-src ${visits.line.url}; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'`,
    },
  })
  await visitor.open()
  await visitor.say('Does it work?')
  await visitor.answered()
  expect(await visitor.page.locator('.text strong').textContent()).toBe('Yes')
  expect(visitor.complaints).toEqual([])
})

it('says whether a small or a large model has answered', async () => {
  visits.scene.lab.script('m1', { text: 'From the small one.' })
  visits.scene.lab.script('m2', { text: 'From the large one.' })
  for (const [route, text, said] of [
    ['small', 'From the small one.', 'Small model'],
    ['large', 'From the large one.', 'Large model'],
  ] as const) {
    const visitor = await visit({ attributes: { model: route } })
    await visitor.open()
    await visitor.say('Prove that there are infinitely many primes.')
    await visitor.answered()
    expect(await visitor.page.locator('.text').textContent()).toBe(text)
    expect(await visitor.page.locator('.route').textContent()).toBe(said)
  }
})

it.each([
  ['reduce', 0],
  ['no-preference', 4],
] as const)('moves as the visitor likes it: %s', async (reducedMotion, moving) => {
  script({ text: 'Late.', headAfterMs: 100_000 })
  const visitor = await visit({ context: { reducedMotion } })
  const { page } = visitor
  await page.locator('.launcher').click()
  await page.locator('.panel').waitFor()
  await page.locator('textarea').fill('Hi')
  const launching = await page
    .locator('.launcher')
    .evaluate((one) => getComputedStyle(one).transitionDuration)
  expect(launching === '0s').toBe(moving === 0)
  await page.locator('textarea').press('Enter')
  await page.locator('.wait').waitFor()
  const names = await page
    .locator('.panel')
    .evaluate((panel) =>
      [panel, ...panel.querySelectorAll('.wait i')].map((one) => getComputedStyle(one).animationName),
    )
  expect(names.filter((name) => name !== 'none')).toHaveLength(moving)
})

async function judged(visitor: Visit, what: string): Promise<void> {
  const { page } = visitor
  // What moves comes to rest.
  await page.locator('minnow-chat').evaluate(async (host) => {
    const moving = host.shadowRoot?.getAnimations() ?? []
    await Promise.allSettled(
      moving.filter((one) => one.effect?.getTiming().iterations === 1).map((one) => one.finished),
    )
  })
  await visitor.shoot(what)
  expect(await violations(page, what)).toEqual([])
}

it("the gateway's own page shows it live, under its own strict policy, and writes the line for other pages", async () => {
  const visitor = await visit()
  const { page } = visitor
  await page.goto(`${visits.scene.gateway.url}/widget`)
  await page.locator('#stage .panel').waitFor()
  await page.getByLabel('Where').selectOption('launcher')
  expect(await page.locator('#snippet').textContent()).toContain('data-key="pk-..."')
  await page.getByLabel('Language').selectOption('de')
  await page.getByLabel('Where').selectOption('inline')
  await page.locator('#stage .panel[lang=de]').waitFor()
  await page.getByRole('button', { name: 'What is Minnow?' }).click()
  await visitor.answered()
  expect((await page.locator('.text').textContent())?.length).toBeGreaterThan(20)
  expect(await violations(page, 'the page')).toEqual([])
  await page.setViewportSize({ width: 320, height: 640 })
  const wide = await page.evaluate(() =>
    document.documentElement.scrollWidth === 320
      ? []
      : [...document.querySelectorAll('body *')]
          .filter((one) => one.getBoundingClientRect().right > 320)
          .map((one) => `${one.localName}.${one.className} ${one.getBoundingClientRect().right}`),
  )
  expect(wide).toEqual([])
  expect([visitor.complaints, visitor.foreign]).toEqual([[], []])
})

const LONG =
  '# Title\n\nA [link](https://example.org), `code` and a table:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\n' +
  'x'.repeat(200) +
  '\n```\n\n- one\n- two'

const DESKTOP = { viewport: { width: 1_280, height: 800 } }
const phone = (width: number) => ({ viewport: { width, height: 640 }, hasTouch: true, isMobile: true })

/** Each state in light and in dark, wide and narrow, in both directions; not every one in all of them. */
it.each([
  ['desktop, light', { ...DESKTOP, colorScheme: 'light' }, {}, /closed|greeting|error|editing|full|past/],
  [
    'desktop, dark',
    { ...DESKTOP, colorScheme: 'dark', reducedMotion: 'reduce' },
    {},
    /answered|error|full|waiting|stopped|past/,
  ],
  ['phone of 320 pixels, light', { ...phone(320), colorScheme: 'light' }, {}, /answered|waiting|stopped/],
  [
    'phone, dark, right to left',
    { ...phone(375), colorScheme: 'dark' },
    { lang: 'ar', person: '' },
    /greeting|answered|error|editing|past/,
  ],
] as const)('axe finds nothing in any state: %s', async (name, context, attributes, states) => {
  script({ text: LONG }, NO, { text: 'Late.', headAfterMs: 100_000 })
  const visitor = await visit({ context, attributes: { suggestions: 'One?|Two?', ...attributes } })
  const { page } = visitor
  const judge = async (what: string): Promise<void> => {
    if (states.test(what)) await judged(visitor, what)
  }
  await judge('closed')
  await visitor.open()
  await judge('greeting')
  await visitor.say('Show all')
  await visitor.answered()
  await judge('answered')
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: innerWidth,
  }))
  expect(scroll).toBeLessThanOrEqual(client)
  await visitor.say('And this?')
  await page.locator('[data-state=failed]').waitFor()
  await judge('error')
  await page.locator('.turn').first().hover()
  await page.locator('.asked > button').first().click()
  await judge('editing')
  await page.locator('.editing .quiet').click()
  if (name.startsWith('desktop')) {
    await button(page, 'Full screen').click()
    await judge('full screen')
    await button(page, 'Leave full screen').click()
  }
  await visitor.say('And that?')
  await page.locator('.wait').last().waitFor()
  await judge('waiting')
  await page.locator('.send').click()
  await page.locator('[data-state=stopped]').waitFor()
  await judge('stopped')
  await page.locator('.head button').first().click()
  await page.locator('.entry').waitFor()
  await judge('past')
})
