// The chat widget among those who wish it ill: a model that says markup, a page with styles for everything, a page that
// forbids everything; and what it leaves on a page that is only polite.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { PAYLOADS } from '../lab/payloads.ts'
import { startVisits, type Visit, type Visits } from '../lab/visit.ts'

vi.setConfig({ testTimeout: 600_000 }) // two cores may be busy with other tests

let visits: Visits

beforeAll(async () => {
  visits = await startVisits()
}, 240_000)
afterAll(() => visits?.stop())

/** Questions of one conversation. */
const TALK = 8

const TRAP = '<script>window.taken = 0; window.owned = () => { window.taken += 1 }</script>'

/** Whatever of an answer's markup has become more than text. */
const intruders = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const root = document.querySelector('minnow-chat')?.shadowRoot
    const allowed =
      /^(?:a|article|blockquote|br|button|code|del|div|em|h3|h4|h5|hr|i|li|ol|p|path|pre|span|strong|svg|table|tbody|td|th|thead|tr|ul)$/
    const named =
      /^(?:aria-[a-z]+|class|d|data-[a-z]+|dir|hidden|href|part|rel|role|start|tabindex|target|title|type|viewBox)$/
    const wrong: string[] = []
    for (const element of root?.querySelectorAll('.turn, .turn *') ?? []) {
      if (!allowed.test(element.localName)) wrong.push(element.outerHTML)
      for (const { name, value } of element.attributes) {
        if (!named.test(name)) wrong.push(`${element.localName} ${name}`)
        if (name === 'href' && !/^(?:https?:\/\/|mailto:)/i.test(value)) wrong.push(value)
      }
    }
    return wrong
  })

async function unharmed({ page, complaints, foreign }: Visit): Promise<void> {
  expect(await intruders(page)).toEqual([])
  // Whatever can be pressed or pointed at in an answer is.
  await page.evaluate(() => {
    const root = document.querySelector('minnow-chat')?.shadowRoot
    addEventListener('click', (event) => event.preventDefault(), { capture: true })
    for (const link of root?.querySelectorAll<HTMLElement>('.text *') ?? []) {
      link.dispatchEvent(new MouseEvent('mouseover', { bubbles: true, composed: true }))
      if (link.localName === 'a') link.click()
    }
  })
  expect(await page.evaluate(() => Reflect.get(window, 'taken'))).toBe(0)
  expect(complaints).toEqual([])
  expect(foreign).toEqual([])
}

it(`shows ${PAYLOADS.length} hostile answers as text, as they stream`, async () => {
  expect(PAYLOADS.length).toBeGreaterThanOrEqual(100)
  const model = visits.model()
  // Split anywhere, since a stream is: what is harmless whole must not be harmful half.
  visits.scene.lab.script(
    model,
    ...PAYLOADS.map((text) => ({ pieces: text.match(/[\s\S]{1,11}/g) ?? [text], everyMs: 0 })),
  )
  const visitor = await visits.visit({ head: TRAP, attributes: { model } })
  const { page } = visitor
  await visitor.open()
  // In several conversations: each is kept whole with every word that comes.
  for (let from = 0; from < PAYLOADS.length; from += TALK) {
    const count = Math.min(TALK, PAYLOADS.length - from)
    if (from > 0) await page.getByRole('button', { name: 'New conversation' }).click()
    await page.evaluate(async (questions) => {
      const chat = document.querySelector('minnow-chat')
      for (let at = 0; at < questions; at += 1)
        (Reflect.get(chat ?? {}, 'send') as (text: string) => void).call(chat, `${at}`)
    }, count)
    await page
      .locator('[data-state=whole]')
      .nth(count - 1)
      .waitFor({ timeout: 80_000 })
    await unharmed(visitor)
  }
  expect(visits.scene.lab.seen(model)).toHaveLength(PAYLOADS.length)
  await visitor.close()
})

it('and as history, and as questions', async () => {
  const visitor = await visits.visit({ head: TRAP })
  const { page } = visitor
  await page.evaluate(
    ([payloads, space]) => {
      const turns = payloads.map((text, at) => ({
        key: `${at}`,
        at,
        question: text,
        answer: text,
        state: 'whole',
        route: text,
        requestId: text,
        turn: text,
      }))
      const prefix = `minnow:${space}:`
      localStorage.setItem(
        `${prefix}c:old`,
        JSON.stringify({ id: 'old', at: 1, turns, name: 'visit-x', renewal: 'mr-x' }),
      )
      localStorage.setItem(`${prefix}all`, '["old"]')
      localStorage.setItem(`${prefix}open`, 'old')
    },
    [PAYLOADS, visits.key.key.slice(-12)] as const,
  )
  await page.reload()
  await visitor.open()
  await page
    .locator('.turn')
    .nth(PAYLOADS.length - 1)
    .waitFor()
  const questions = await page.locator('.bubble p:last-child').allTextContents()
  expect(questions).toEqual(PAYLOADS)
  await page.getByRole('button', { name: 'Past conversations' }).click()
  await page.locator('.entry').waitFor()
  await unharmed(visitor)
  await visitor.close()
})

const HOSTILE_STYLE = `<style>
  :root { font-size: 40px; }
  body * { margin: 33px !important; padding: 21px !important; font: 700 40px/3 cursive !important; color: red !important;
      letter-spacing: 9px !important; text-transform: uppercase !important; border: 9px solid lime !important;
      transform: rotate(4deg) !important; opacity: .3 !important; filter: blur(3px) !important; direction: rtl !important;
      visibility: hidden !important; pointer-events: none !important; box-sizing: content-box !important; }
  button, textarea, p, div, section { display: none !important; background: url(none) !important; }
  .panel, .launcher, .turn { display: none !important; }
</style>`

const look = (page: Page): Promise<unknown> =>
  page.evaluate(() => {
    const root = document.querySelector('minnow-chat')?.shadowRoot
    const all = ['.launcher', '.panel', '.head h2', '.greeting', 'textarea', '.send', '.wrong'].map(
      (name) => {
        const element = root?.querySelector(name)
        if (!element) return name
        const { x, y, width, height } = element.getBoundingClientRect()
        const { font, color, letterSpacing, textTransform, opacity, visibility, direction, border } =
          getComputedStyle(element)
        return {
          name,
          x,
          y,
          width,
          height,
          font,
          color,
          letterSpacing,
          textTransform,
          opacity,
          visibility,
          direction,
          border,
        }
      },
    )
    return all
  })

it("no style of the page comes in, and none of the widget's goes out", async () => {
  const still = { context: { reducedMotion: 'reduce' }, attributes: { attachments: 'off' } } as const
  const polite = await visits.visit(still)
  const before = await polite.page.evaluate(() => {
    const { font, color, margin } = getComputedStyle(document.querySelector('h1') ?? document.body)
    return [font, color, margin, document.body.scrollHeight]
  })
  await polite.open()
  await polite.page.waitForTimeout(400)
  const plain = await look(polite.page)
  const after = await polite.page.evaluate(() => {
    const { font, color, margin } = getComputedStyle(document.querySelector('h1') ?? document.body)
    return [font, color, margin, document.body.scrollHeight]
  })
  expect(after).toEqual(before)
  const hostile = await visits.visit({ ...still, head: HOSTILE_STYLE })
  await hostile.open()
  await hostile.page.waitForTimeout(400)
  expect(await look(hostile.page)).toEqual(plain)
  await Promise.all([polite.close(), hostile.close()])
})

it('works under a policy that allows nothing but its gateway, with trusted types', async () => {
  const model = visits.model()
  visits.scene.lab.script(model, { text: '**Yes**, `really`.\n\n```js\nx\n```' })
  const gateway = visits.line.url
  const visitor = await visits.visit({
    attributes: { model },
    headers: {
      'content-security-policy': `default-src 'none'; script-src ${gateway}; connect-src ${gateway}; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'; form-action 'none'`,
      'cross-origin-embedder-policy': 'require-corp',
    },
  })
  await visitor.open()
  await visitor.say('Does it work?')
  await visitor.answered()
  expect(await visitor.page.locator('.text strong').textContent()).toBe('Yes')
  expect(await visitor.page.locator('.send').evaluate((send) => getComputedStyle(send).borderRadius)).toBe(
    '12px',
  )
  await visitor.page.getByRole('button', { name: 'Full screen' }).click()
  expect(visitor.complaints).toEqual([])
  expect(visitor.foreign).toEqual([])
  await visitor.close()
})

it('leaves no name in the page, moves nothing of it, and loads little before it is opened', async () => {
  const visitor = await visits.visit({
    body: `<main><h1>Shoes</h1><p>${'We make shoes. '.repeat(80)}</p></main>`,
  })
  const { page } = visitor
  const moved = await page.evaluate(
    async ([source, key]) => {
      let shift = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shift += Number(Reflect.get(entry, 'value'))
      }).observe({ type: 'layout-shift', buffered: true })
      const before = new Set(Object.getOwnPropertyNames(window))
      const script = Object.assign(document.createElement('script'), { src: source, async: true })
      script.dataset['key'] = key
      await new Promise((done) => {
        script.addEventListener('load', done)
        document.body.appendChild(script)
      })
      await new Promise((done) => setTimeout(done, 300))
      const left = Object.getOwnPropertyNames(window).filter((name) => !before.has(name))
      const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
      const style = document.styleSheets.length
      return { shift, left, loaded: loaded.filter((name) => name.includes('widget')), style }
    },
    [`${visits.line.url}/widget.js`, visits.key.key] as const,
  )
  expect(moved).toEqual({ shift: 0, left: [], loaded: ['/widget.js'], style: 0 })
  await visitor.open()
  expect(await page.evaluate(() => document.querySelector('minnow-chat')?.innerHTML)).toBe('')
  await visitor.close()
})

it('a token that was taken is of no use to another site', async () => {
  const model = visits.model()
  const visitor = await visits.visit({ attributes: { model } })
  const taken = visitor.page.waitForResponse((response) => response.url().endsWith('/v1/visitors/token'))
  await visitor.open()
  await visitor.say('Hello')
  const { token, renewal } = (await (await taken).json()) as Record<string, string>
  await visitor.answered()
  const thief = await visits.browser.newContext()
  const page = await thief.newPage()
  await page.goto(visits.scene.gateway.url) // another origin, with a real browser's own headers
  const tried = await page.evaluate(
    async ([url, token, renewal, key]) => {
      const ask = (path: string, bearer: string | undefined, body: object): Promise<number | string> =>
        fetch(`${url}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }).then(
          (reply) => reply.status,
          () => 'refused',
        )
      return [
        await ask('/v1/chat/completions', token, {
          model: 'm0',
          messages: [{ role: 'user', content: 'Hi' }],
        }),
        await ask('/v1/visitors/token', key, { renewal }),
        await ask('/v1/visitors/token', key, {}),
      ]
    },
    [visits.scene.gateway.url, token, renewal, visits.key.key] as const,
  )
  expect(tried).toEqual([403, 403, 403])
  await thief.close()
  await visitor.close()
})
