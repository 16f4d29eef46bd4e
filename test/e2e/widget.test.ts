// The chat widget as a visitor uses it: in a real browser, on somebody's site, over a line that breaks.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { pick } from '../lab/client.ts'
import { until } from '../lab/until.ts'
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
  visits.line.mend()
  await Promise.all(open.map((visit) => visit.close()))
  open = []
})

async function visit(options: VisitOptions = {}): Promise<Visit> {
  const name = expect.getState().currentTestName ?? ''
  const made = await visits.visit({ name, ...options, attributes: { model, ...options.attributes } })
  open.push(made)
  return made
}

const words = (count: number): string => Array.from({ length: count }, (_, at) => `w${at}`).join(' ')
const calls = (): number => visits.scene.lab.seen(model).length
const script = (
  ...behaviours: Parameters<Visits['scene']['lab']['script']> extends [string, ...infer B] ? B : never
): void => visits.scene.lab.script(model, ...behaviours)
const answer = (page: Page, at = 0): Promise<string | null> => page.locator('.text').nth(at).textContent()
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const nothingWrong = ({ complaints, foreign }: Visit): void => {
  expect(complaints).toEqual([])
  expect(foreign).toEqual([])
}

it('greets, is asked with one click, streams Markdown, says who answered and that it can be wrong', async () => {
  script({ text: 'Take **Fjord**:\n\n```js\nbuy("Fjord")\n```\n\n1. warm\n2. dry', everyMs: 5 })
  const visitor = await visit({
    attributes: { name: 'Shoe help', suggestions: 'Which are warm?|Do you ship?' },
  })
  const { page } = visitor
  await visitor.open()
  expect(await page.locator('.greeting').textContent()).toBe('Hello! How can I help?')
  await button(page, 'Which are warm?').click()
  await visitor.answered()
  expect(await page.locator('.text strong').textContent()).toBe('Fjord')
  expect(await page.locator('.text pre').textContent()).toBe('buy("Fjord")')
  expect(await page.locator('.text li').allTextContents()).toEqual(['warm', 'dry'])
  expect(await page.locator('.route').textContent()).toBe('AI model')
  expect(await page.locator('.wrong').textContent()).toContain('can be wrong')
  expect(await page.locator('.welcome').isVisible()).toBe(false)
  nothingWrong(visitor)
})

it('copies an answer and its code, hears what is thought of it, and answers again', async () => {
  script({ text: 'One.\n\n```\ncode()\n```' }, { text: 'Two.' })
  const visitor = await visit({ context: { permissions: ['clipboard-read', 'clipboard-write'] } })
  const { page } = visitor
  await visitor.open()
  await visitor.say('Say it')
  await visitor.answered()
  await page.locator('.copy-code').click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('code()')
  await page.locator('.tools').getByRole('button', { name: 'Copy' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('One.\n\n```\ncode()\n```')
  const heard = page.waitForResponse((response) => response.url().endsWith('/v1/feedback'))
  await button(page, 'Good answer').click()
  const said = await heard
  expect(said.status()).toBe(200)
  expect(said.request().postDataJSON()).toMatchObject({ score: 1, request_id: expect.any(String) })
  expect(await button(page, 'Good answer').getAttribute('aria-pressed')).toBe('true')
  await button(page, 'Answer again').click()
  await page.locator('.text', { hasText: 'Two.' }).waitFor()
  expect(await page.locator('.turn').count()).toBe(1)
  nothingWrong(visitor)
})

it('an earlier question is edited, and the talk goes on from there', async () => {
  script({ text: 'Oslo.' }, { text: 'Cold.' }, { text: 'Stockholm.' })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('Capital of Norway?')
  await visitor.answered()
  await visitor.say('And the weather?')
  await visitor.answered(2)
  await page.locator('.turn').first().hover()
  await button(page, 'Edit').first().click()
  expect(await page.locator('textarea').inputValue()).toBe('Capital of Norway?')
  await visitor.say('Capital of Sweden?')
  await page.locator('.text', { hasText: 'Stockholm.' }).waitFor()
  expect(await page.locator('.turn').count()).toBe(1)
  const told = pick(visits.scene.lab.seen(model).at(-1)?.body, 'messages') as { content: string }[]
  expect(told.map(({ content }) => content)).toEqual(['Capital of Sweden?'])
})

it('an edit that was begun stays behind with its conversation', async () => {
  script({ text: 'Oslo.' }, { text: 'Hello.' })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('Capital of Norway?')
  await visitor.answered()
  await page.locator('.turn').first().hover()
  await button(page, 'Edit').first().click()
  await button(page, 'New conversation').click()
  expect(await page.locator('textarea').inputValue()).toBe('')
  expect(await page.locator('.editing').isVisible()).toBe(false)
  await visitor.say('Hi')
  await page.locator('.text', { hasText: 'Hello.' }).waitFor()
  expect(pick(visits.scene.lab.seen(model).at(-1)?.body, 'messages')).toEqual([
    { role: 'user', content: 'Hi' },
  ])
})

/** An answer pauses in its middle until it is let go, so that a test is there before its end. */
const PAUSE = { stallAfter: 60, stallMs: 8_000 }

it('an answer is stopped with the button and with Escape, and what came stays', async () => {
  script({ text: words(8_000), everyMs: 15 }, { text: words(8_000), everyMs: 15 })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('Count')
  await page.locator('.text', { hasText: 'w5' }).waitFor()
  await button(page, 'Stop').click()
  await page.locator('.note', { hasText: 'Stopped.' }).waitFor()
  expect(await answer(page)).toContain('w4')
  await button(page, 'Send').waitFor()
  await visitor.say('Count again')
  await page.locator('.text', { hasText: 'w5' }).nth(1).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('[data-state=stopped]').nth(1).waitFor()
  expect(await answer(page, 1)).toContain('w4')
  await button(page, 'Send').waitFor()
})

it('a line that breaks in the middle is mended: nothing is lost, said twice, or asked twice', async () => {
  script({ text: words(120), everyMs: 15, ...PAUSE })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('Count')
  await page.locator('.text', { hasText: 'w15' }).waitFor()
  visits.line.cut(3_600_000)
  await page.locator('.status', { hasText: 'Picking up' }).waitFor()
  visits.line.mend()
  visits.scene.lab.release(model)
  await visitor.answered()
  expect(await answer(page)).toBe(words(120))
  expect(calls()).toBe(1)
  expect(await page.locator('.status').isVisible()).toBe(false)
})

it('a reload in the middle takes the answer up where it was, with the window open as before', async () => {
  script({ text: words(120), everyMs: 15, ...PAUSE })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('Count')
  await page.locator('.text', { hasText: 'w15' }).waitFor()
  await page.reload()
  visits.scene.lab.release(model)
  await visitor.answered()
  expect(await answer(page)).toBe(words(120))
  expect(calls()).toBe(1)
  expect(await page.locator('.bubble').textContent()).toBe('Count')
})

it('a second tab shows the same answer coming, and finishes it where the first is closed', async () => {
  script({ text: words(150), everyMs: 15, ...PAUSE })
  const visitor = await visit()
  await visitor.open()
  await visitor.say('Count')
  await visitor.page.locator('.text', { hasText: 'w9' }).waitFor()
  const second = await visitor.context.newPage()
  await second.goto(visits.site.origin + visitor.path)
  await second.locator('.launcher').click()
  await second.locator('.text', { hasText: 'w20' }).waitFor()
  await visitor.page.close()
  visits.scene.lab.release(model)
  await second.locator('[data-state=whole]').waitFor()
  expect(await answer(second)).toBe(words(150))
  expect(calls()).toBe(1)
})

it('offline, messages wait in line and say so; back online they are answered in order', async () => {
  script({ text: 'First answer.' }, { text: 'Second answer.' })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.context.setOffline(true)
  await visitor.say('First')
  await visitor.say('Second')
  await page.locator('.status', { hasText: 'You are offline' }).waitFor()
  await visitor.context.setOffline(false)
  await visitor.answered(2)
  expect([await answer(page, 0), await answer(page, 1)]).toEqual(['First answer.', 'Second answer.'])
})

it('what could not be answered says so in words, and goes through when it is tried again', async () => {
  script({ status: 400, body: { error: { message: 'no', type: 'invalid_request_error' } } }, { text: 'Now.' })
  const visitor = await visit()
  const { page } = visitor
  const told = page.evaluate(
    () =>
      new Promise((done) =>
        addEventListener('minnow-error', (event) => done((event as CustomEvent).detail), { once: true }),
      ),
  )
  await visitor.open()
  await visitor.say('Hello')
  await page.locator('.note', { hasText: 'No answer came.' }).waitFor()
  expect(await told).toMatchObject({ status: 400 })
  await button(page, 'Try again').click()
  await visitor.answered()
  expect(await answer(page)).toBe('Now.')
})

it('an answer that breaks at the vendor keeps what came, and says that it broke', async () => {
  script({ text: words(40), everyMs: 5, cutAfter: 12, cut: 'reset' })
  const visitor = await visit()
  await visitor.open()
  await visitor.say('Count')
  await visitor.page.locator('.note', { hasText: 'The answer broke off.' }).waitFor()
  expect(await answer(visitor.page)).toContain('w5')
})

it('past conversations are listed, taken up, and erased here and at the gateway', async () => {
  script({ text: 'About shoes.' }, { text: 'About boots.' }, { text: 'More on shoes.' })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('Shoes?')
  await visitor.answered()
  await button(page, 'New conversation').click()
  await visitor.say('Boots?')
  await page.locator('.text', { hasText: 'About boots.' }).waitFor()
  await button(page, 'Past conversations').click()
  expect(await page.locator('.entry span').allTextContents()).toEqual(['Boots?', 'Shoes?'])
  await page.locator('.entry', { hasText: 'Shoes?' }).click()
  await page.locator('.text', { hasText: 'About shoes.' }).waitFor()
  await visitor.say('And?')
  await visitor.answered(2)
  const told = pick(visits.scene.lab.seen(model).at(-1)?.body, 'messages') as { content: string }[]
  expect(told.map(({ content }) => content)).toEqual(['Shoes?', 'About shoes.', 'And?'])
  await button(page, 'Past conversations').click()
  const gone = page.waitForResponse((response) => response.request().method() === 'DELETE')
  await page.getByRole('button', { name: 'Erase: Boots?' }).click()
  expect((await gone).status()).toBe(200)
  expect(await page.locator('.entry span').allTextContents()).toEqual(['Shoes?'])
})

it('hands over to a person, by an event with what was said', async () => {
  script({ text: 'Hm.' })
  const visitor = await visit({ attributes: { person: '' } })
  const { page } = visitor
  await visitor.open()
  await visitor.say('Help')
  await visitor.answered()
  const asked = page.evaluate(
    () =>
      new Promise((done) =>
        addEventListener('minnow-person', (event) => done((event as CustomEvent).detail), { once: true }),
      ),
  )
  await button(page, 'Talk to a person').click()
  expect(await asked).toEqual({
    conversation: expect.stringMatching(/^visit-/),
    messages: [
      { role: 'user', content: 'Help' },
      { role: 'assistant', content: 'Hm.' },
    ],
  })
  await page.locator('.status', { hasText: 'A person was asked' }).waitFor()
})

it('pictures go to a model that sees, and are not offered to one that does not', async () => {
  script({ text: 'A red dot.' })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await button(page, 'Attach a picture').waitFor()
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg=='
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') })
  await page.locator('.picture canvas').waitFor()
  await visitor.say('What is it?')
  await visitor.answered()
  const content = pick(visits.scene.lab.seen(model).at(-1)?.body, 'messages', 0, 'content')
  expect(JSON.stringify(content)).toContain('data:image/jpeg;base64,')
  // A route sees where one of its models does.
  const routed = await visit({ attributes: { model: 'auto' } })
  await routed.open()
  await button(routed.page, 'Attach a picture').waitFor()
  const blind = await visit({ attributes: { model: 'blind' } })
  const knows = blind.page.waitForResponse((response) => response.url().endsWith('/v1/models/blind'))
  await blind.open()
  await knows
  expect(await button(blind.page, 'Attach a picture').isVisible()).toBe(false)
})

it('works with the keyboard alone, grows, fills the screen, and goes back to where it came from', async () => {
  script({ text: 'Fine.' })
  const visitor = await visit()
  const { page } = visitor
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.locator('.panel').waitFor()
  await page.waitForFunction(() => document.activeElement?.shadowRoot?.activeElement?.tagName === 'TEXTAREA')
  await page.keyboard.type('One')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('two')
  await page.keyboard.press('Enter')
  await visitor.answered()
  expect(await page.locator('.bubble p').last().textContent()).toBe('One\ntwo')
  const width = async (): Promise<number> => (await page.locator('.panel').boundingBox())?.width ?? 0
  const small = await width()
  await button(page, 'Larger').click()
  expect(await width()).toBeGreaterThan(small)
  await button(page, 'Full screen').click()
  expect(await width()).toBe(page.viewportSize()?.width)
  for (let presses = 0; presses < 25; presses += 1) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('minnow-chat')
  }
  await page.keyboard.press('Escape')
  expect(await width()).toBe(small)
  await page.keyboard.press('Escape')
  await page.locator('.panel').waitFor({ state: 'detached' })
  expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className)).toBe(
    'launcher',
  )
})

it('a screen reader hears whole sentences, each once', async () => {
  script({ pieces: ['The fj', 'ord is **deep', '**. It is', ' cold. And the', ' end'], everyMs: 40 })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  const seen = await page.evaluateHandle(() => {
    const told: string[] = []
    const region = document.querySelector('minnow-chat')?.shadowRoot?.querySelector('[aria-live]')
    if (region)
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) for (const node of addedNodes) told.push(node.textContent ?? '')
      }).observe(region, { childList: true })
    return told
  })
  await visitor.say('Tell')
  await visitor.answered()
  await until('the last sentence', async () => (await seen.jsonValue()).length === 3)
  expect(await seen.jsonValue()).toEqual(['The fjord is deep.', 'It is cold.', 'And the end'])
})

it('speaks eight languages, and writes from right to left where that is how it is written', async () => {
  const sends = {
    en: 'Send',
    de: 'Senden',
    fr: 'Envoyer',
    es: 'Enviar',
    pt: 'Enviar',
    ar: 'إرسال',
    ja: '送信',
    zh: '发送',
  }
  const visitor = await visit()
  const { page } = visitor
  for (const [lang, send] of Object.entries(sends)) {
    await page.evaluate(
      ([lang = '', key = '']) => {
        const chat = document.createElement('minnow-chat')
        for (const [name, value] of Object.entries({ key, lang, id: lang })) chat.setAttribute(name, value)
        document.querySelector('main')?.replaceChildren(chat)
      },
      [lang, visits.key.key],
    )
    const panel = page.locator(`#${lang} .panel`)
    await panel.waitFor()
    expect(await panel.locator('.send').getAttribute('aria-label')).toBe(send)
    expect(await panel.getAttribute('dir')).toBe(lang === 'ar' ? 'rtl' : 'ltr')
  }
  nothingWrong(visitor)
})
