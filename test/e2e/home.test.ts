// The page at /start in a real browser against the running gateway, with a vendor that streams what the test tells it to.
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { violations } from '../lab/axe.ts'
import { startBrowser, STILL } from '../lab/browser.ts'
import { type Gateway, startGateway } from '../lab/gateway.ts'
import { shoot } from '../lab/shots.ts'

let vendor: Server
let behave: (response: ServerResponse) => void
let gateway: Gateway
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: string[] = []
let foreign: string[] = []

beforeAll(async () => {
  vendor = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    behave(response)
  })
  await new Promise<void>((done) => vendor.listen(0, '127.0.0.1', done))
  const address = vendor.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  gateway = await startGateway({
    config: {
      providers: { lab: { dialect: 'openai-chat', baseUrl: `http://127.0.0.1:${port}/v1` } },
      models: { one: { provider: 'lab', model: 'one', price: { input: 3, output: 6 } } },
      routes: { auto: { mini: ['micro'] } },
    },
  })
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gateway?.stop()
  vendor?.closeAllConnections()
  vendor?.close()
})

beforeEach(() => open({}))

afterEach(async () => {
  await context.close()
})

async function open(options: Parameters<Browser['newContext']>[0]): Promise<void> {
  complaints = []
  foreign = []
  context = await browser.newContext({ ...STILL, ...options })
  page = await context.newPage()
  page.setDefaultTimeout(60_000)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(gateway.url)) foreign.push(request.url())
  })
  await page.goto(`${gateway.url}/start`)
  await page.waitForSelector('#status[data-state="up"]')
}

async function ask(text: string, model: string): Promise<void> {
  await page.locator('#model').selectOption(model)
  await page.locator('#prompt').fill(text)
  await page.locator('#prompt').press('Enter')
}

function chunk(delta: object, finish: string | null = null, usage?: object): string {
  const body = {
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'one',
    choices: [{ index: 0, delta, finish_reason: finish }],
  }
  return `data: ${JSON.stringify(usage === undefined ? body : { ...body, choices: [], usage })}\n\n`
}

const USAGE = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 }

it('says where the gateway is and how to reach it, with nothing from elsewhere', async () => {
  expect(await page.title()).toBe('Minnow')
  expect(await page.locator('#base').textContent()).toBe(`${gateway.url}/v1`)
  expect(await page.locator('#code').textContent()).toContain('mk-local')
  await page.getByRole('tab', { name: 'curl' }).focus()
  await page.keyboard.press('ArrowRight')
  expect(await page.locator('#code').textContent()).toContain('from openai import OpenAI')
  expect(await page.locator('#model option').allTextContents()).toEqual(
    expect.arrayContaining(['auto', 'micro', 'one']),
  )
  const reply = await fetch(`${gateway.url}/start`)
  expect(reply.headers.get('content-type')).toContain('text/html')
  expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(foreign).toEqual([])
  expect(complaints).toEqual([])
})

it('an idea is asked with one click and micro answers, with model, route, times and cost', async () => {
  await page.locator('#model').selectOption('micro')
  await page.getByRole('button', { name: 'What are you?' }).click()
  await page.waitForSelector('.receipt')
  expect((await page.locator('.answered .text').textContent())?.length).toBeGreaterThan(10)
  expect(await page.locator('[data-fact=model] dd').textContent()).toContain('micro')
  expect(await page.locator('[data-fact=route] dd').textContent()).toContain('fixed')
  expect(await page.locator('[data-fact=first-token] dd').textContent()).toMatch(/ m?s$/)
  expect(await page.locator('[data-fact=cost] dd').textContent()).toBe('$0')
  expect(complaints).toEqual([])
})

it('shows what the answer cost, and sends the conversation so far with the next question', async () => {
  behave = (response) =>
    response.end(
      chunk({ role: 'assistant', content: 'Blue.' }) +
        chunk({}, 'stop') +
        chunk({}, null, USAGE) +
        'data: [DONE]\n\n',
    )
  await ask('Which colour?', 'one')
  await page.waitForSelector('.receipt')
  expect(await page.locator('[data-fact=cost] dd').textContent()).toBe('$0.0060')
  expect(await page.locator('[data-fact=tokens] dd').textContent()).toBe('1000 in, 500 out')
  const second = page.waitForRequest((request) => request.url().endsWith('/chat/completions'))
  await ask('And why?', 'one')
  expect((await second).postDataJSON()).toMatchObject({
    messages: [
      { role: 'user', content: 'Which colour?' },
      { role: 'assistant', content: 'Blue.' },
      { role: 'user', content: 'And why?' },
    ],
  })
})

it('text is text: markup in an answer or a question stays markup', async () => {
  const nasty = '<img src=x onerror="document.title=\'owned\'"><b>bold</b>'
  behave = (response) =>
    response.end(chunk({ role: 'assistant', content: nasty }) + chunk({}, 'stop') + 'data: [DONE]\n\n')
  await ask(nasty, 'one')
  await page.waitForSelector('.receipt')
  expect(await page.locator('.answered .text').textContent()).toBe(nasty)
  expect(await page.locator('.asked .text').textContent()).toBe(nasty)
  expect(await page.locator('.log img, .log b').count()).toBe(0)
  expect(await page.title()).toBe('Minnow')
})

it('an answer appears as it streams and Escape stops it, at the vendor too', async () => {
  const left = new Promise<void>((done) => {
    behave = (response) => {
      const counting = setInterval(() => response.write(chunk({ content: ' more' })), 50)
      response.once('close', () => {
        clearInterval(counting)
        done()
      })
      response.write(chunk({ role: 'assistant', content: 'One, two' }))
    }
  })
  await ask('Count to a million.', 'one')
  await page.waitForFunction(() =>
    document.querySelector('.answered .text')?.textContent?.startsWith('One, two more'),
  )
  expect(await page.locator('#stop').isVisible()).toBe(true)
  await page.keyboard.press('Escape')
  await page.waitForSelector('.stopped')
  await left
  expect(await page.locator('#send').isVisible()).toBe(true)
})

it('a stream that breaks says so and keeps what was said', async () => {
  const { promise: heard, resolve: hear } = Promise.withResolvers<void>()
  behave = (response) => {
    response.write(chunk({ role: 'assistant', content: 'Once upon' }))
    void heard.then(() => response.destroy())
  }
  await ask('A story, please.', 'one')
  await page.waitForFunction(() => document.querySelector('.answered .text')?.textContent === 'Once upon')
  hear()
  const failure = page.locator('.failure')
  await failure.waitFor()
  expect((await failure.textContent())?.length).toBeGreaterThan(15)
  expect(await page.locator('.answered .text').textContent()).toBe('Once upon')
})

it('a wrong key is refused in words; the right one works again', async () => {
  await page.locator('#key').fill('mk-wrong')
  await ask('Hello', 'auto')
  await page.locator('.failure').waitFor()
  expect(await page.locator('.failure').textContent()).toMatch(/key/i)
  await page.locator('#key').fill('mk-local')
  await ask('Hello', 'auto')
  await page.waitForSelector('.receipt')
})

it('without a key it asks for one and keeps the question', async () => {
  await page.locator('#key').fill('')
  await page.locator('#prompt').fill('Hello')
  await page.locator('#prompt').press('Enter')
  expect(await page.locator('#key-note').textContent()).toContain('Give a key first')
  expect(await page.locator('#prompt').inputValue()).toBe('Hello')
})

it('the key is kept in memory only', async () => {
  await ask('Hello', 'micro')
  await page.waitForSelector('.receipt')
  const kept = await page.evaluate(() =>
    [localStorage.length, sessionStorage.length, document.cookie, location.href].join('|'),
  )
  expect(kept).toBe(`0|0||${gateway.url}/start`)
})

it('a new conversation forgets the old one, also in the middle of an answer', async () => {
  behave = (response) => response.write(chunk({ role: 'assistant', content: 'Never ending' }))
  await ask('Go on.', 'one')
  await page.waitForFunction(() => document.querySelector('.answered .text')?.textContent === 'Never ending')
  await page.getByRole('button', { name: 'New conversation' }).click()
  expect(await page.locator('.turn').count()).toBe(0)
  const next = page.waitForRequest((request) => request.url().endsWith('/chat/completions'))
  await ask('Hello', 'auto')
  expect((await next).postDataJSON()).toMatchObject({ messages: [{ role: 'user', content: 'Hello' }] })
})

it('works with the keyboard alone', async () => {
  await page.locator('#model').selectOption('micro')
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('prompt')
  await page.keyboard.type('What are')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('you?')
  expect(await page.locator('#prompt').inputValue()).toBe('What are\nyou?')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.receipt')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('prompt')
})

it.each(['light', 'dark'] as const)('fits 320 pixels, and axe finds nothing, %s', async (colorScheme) => {
  await context.close()
  await open({ viewport: { width: 320, height: 640 }, colorScheme })
  await ask('Hello', 'micro')
  await page.waitForSelector('.receipt')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  const dim = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const [red = 0] = (/\d+/.exec(dim) ?? []).map(Number)
  expect(red < 128).toBe(colorScheme === 'dark')
  await shoot(page, 'start')
  expect(await violations(page)).toEqual([])
})
