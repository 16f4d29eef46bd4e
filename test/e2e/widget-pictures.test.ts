// Pictures in the chat widget: attached by a visitor, read by the model in its own dialect, and still there after a reload.
import { deflateSync, crc32 } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { pick } from '../lab/client.ts'
import { until } from '../lab/until.ts'
import { startVisits, type Visit, type VisitOptions, type Visits } from '../lab/visit.ts'

vi.setConfig({ testTimeout: 60_000 }) // two cores may be busy with other tests

const PRICE = { input: 1, output: 2 }
const EYES = { chat: 'eye-chat', claude: 'claude-sonnet-4-5-eye', gem: 'gemini-3-pro-eye' }

let visits: Visits
let open: Visit[] = []

beforeAll(async () => {
  visits = await startVisits({
    besides: (origin) => ({
      providers: {
        claude: { dialect: 'anthropic', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
        gem: { dialect: 'gemini', baseUrl: `${origin}/v1beta`, apiKey: '$LAB_KEY' },
      },
      models: {
        chat: { provider: 'lab', model: EYES.chat, images: true, price: PRICE },
        claude: { provider: 'claude', model: EYES.claude, images: true, price: PRICE },
        gem: { provider: 'gem', model: EYES.gem, images: true, price: PRICE },
      },
      routes: {
        'sees-chat': { order: ['chat'] },
        'sees-claude': { order: ['claude'] },
        'sees-gem': { order: ['gem'] },
        // Where one of its models is blind, a picture goes to the one that sees.
        half: { order: ['blind', 'claude'] },
        dark: { order: ['blind'] },
      },
    }),
  })
}, 60_000)
afterAll(() => visits?.stop())
afterEach(async () => {
  await Promise.all(open.map((visit) => visit.close()))
  open = []
})

async function visit(model: string, options: VisitOptions = {}): Promise<Visit> {
  const name = expect.getState().currentTestName ?? ''
  const made = await visits.visit({ name, ...options, attributes: { model, ...options.attributes } })
  open.push(made)
  return made
}

/** A PNG whose left half is red and whose right half is blue. */
function flag(width: number, height: number): Buffer {
  const row = Buffer.alloc(1 + width * 3)
  for (let x = 0; x < width; x += 1) row[1 + x * 3 + (x < width / 2 ? 0 : 2)] = 255
  const part = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2], 8) // eight bits a colour, three colours
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    part('IHDR', head),
    part('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    part('IEND', Buffer.alloc(0)),
  ])
}

interface Attached {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}
const FLAG: Attached = { name: 'flag.png', mimeType: 'image/png', buffer: flag(300, 200) }

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
async function attach(page: Page, ...files: readonly Attached[]): Promise<void> {
  await button(page, 'Attach a picture').waitFor()
  await page.locator('input[type=file]').setInputFiles([...files])
}

/** Pasted into the field, with so many bytes of nothing behind it. */
const paste = (page: Page, png: Buffer, more = 0): Promise<void> =>
  page.locator('textarea').evaluate(
    (input, [base64, empty]) => {
      const clipboardData = new DataTransfer()
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      clipboardData.items.add(new File([bytes, new Uint8Array(empty)], 'flag.png', { type: 'image/png' }))
      input.dispatchEvent(new ClipboardEvent('paste', { clipboardData }))
    },
    [png.toString('base64'), more] as const,
  )

/** What is painted to the left and to the right: red, blue, or neither. */
const painted = (page: Page, selector: string): Promise<string[]> =>
  page
    .locator(selector)
    .first()
    .evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) return []
      const context = canvas.getContext('2d')
      return [0.25, 0.75].map((share) => {
        const { data } = context?.getImageData(canvas.width * share, canvas.height / 2, 1, 1) ?? { data: [] }
        const [red = 0, green = 0, blue = 0] = data
        if (green > 90) return 'neither'
        return red > 200 && blue < 90 ? 'red' : blue > 200 && red < 90 ? 'blue' : 'neither'
      })
    })
const isShown = (page: Page, selector: string): Promise<true> =>
  until('the picture', async () => String(await painted(page, selector)) === 'red,blue')

/** Where each dialect has a picture of the first message, and its bytes. */
const PLACES = {
  chat: ['messages', 0, 'content', 1, 'image_url', 'url'],
  claude: ['messages', 0, 'content', 1, 'source', 'data'],
  gem: ['contents', 0, 'parts', 1, 'inlineData', 'data'],
} as const

it.each(['chat', 'claude', 'gem'] as const)(
  'a picture goes to a route that sees, in its dialect, and is there after a reload: %s',
  async (vendor) => {
    visits.scene.lab.script(EYES[vendor], { text: 'Half red, half **blue**.' }, { text: 'No circle.' })
    const visitor = await visit(`sees-${vendor}`)
    const { page } = visitor
    await visitor.open()
    await attach(page, FLAG)
    await page.locator('.strip canvas').waitFor()
    await visitor.shoot('attached')
    await visitor.say('What is it?')
    await visitor.answered()
    expect(await page.locator('.text').textContent()).toBe('Half red, half blue.')
    const [request] = visits.scene.lab.seen(EYES[vendor])
    expect([request?.refused, request?.strange]).toEqual([undefined, undefined])
    const bytes = Buffer.from(
      String(pick(request?.body, ...PLACES[vendor])).replace('data:image/jpeg;base64,', ''),
      'base64',
    )
    expect([...bytes.subarray(0, 3)], 'a JPEG').toEqual([0xff, 0xd8, 0xff])
    expect(JSON.stringify(request?.body)).toContain('What is it?')

    await isShown(page, '.bubble canvas')
    await page.reload()
    await visitor.answered()
    await isShown(page, '.bubble canvas')
    expect(await page.locator('.bubble canvas').getAttribute('aria-label')).toBe('picture')
    await visitor.shoot('after a reload')
    // What is asked next is asked of the same conversation, picture and all.
    await visitor.say('Is there a circle?')
    await visitor.answered(2)
    const next = visits.scene.lab.seen(EYES[vendor]).at(-1)
    expect(String(pick(next?.body, ...PLACES[vendor]))).toContain(bytes.toString('base64'))
    expect([visitor.complaints, visitor.foreign]).toEqual([[], []])
  },
)

it('of a route with a blind model and one that sees, the latter gets the picture', async () => {
  const [seen, blind] = [EYES.claude, 'blind'].map((name) => visits.scene.lab.seen(name).length)
  visits.scene.lab.script(EYES.claude, { text: 'Seen.' })
  const visitor = await visit('half')
  await visitor.open()
  await attach(visitor.page, FLAG)
  await visitor.page.locator('.strip canvas').waitFor()
  await visitor.page.locator('.send').click() // without a word
  await visitor.answered()
  expect(await visitor.page.locator('.text').textContent()).toBe('Seen.')
  expect(visits.scene.lab.seen(EYES.claude).length).toBe((seen ?? 0) + 1)
  expect(visits.scene.lab.seen('blind').length).toBe(blind)
})

it('where no model of a route sees, no picture is taken: not by a button, and not pasted', async () => {
  const visitor = await visit('dark')
  const { page } = visitor
  const knows = page.waitForResponse((response) => response.url().endsWith('/v1/models/dark'))
  await visitor.open()
  expect(pick(await (await knows).json(), 'capabilities', 'images')).not.toBe(true)
  await paste(page, FLAG.buffer)
  await page.waitForTimeout(300)
  expect(await button(page, 'Attach a picture').isVisible()).toBe(false)
  expect(await page.locator('.strip canvas').count()).toBe(0)
})

it('what is too large, no picture, or broken is refused in words; what stands beside it is taken', async () => {
  const visitor = await visit('sees-chat')
  const { page } = visitor
  await visitor.open()
  const refused: readonly Attached[] = [
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('not a picture') },
    { name: 'broken.png', mimeType: 'image/png', buffer: FLAG.buffer.subarray(0, 40) },
  ]
  await button(page, 'Attach a picture').waitFor()
  const says = page.locator('.status', { hasText: 'This picture cannot be used.' })
  const isRefused = async (what: string): Promise<void> => {
    await says.waitFor()
    expect(await page.locator('.strip canvas').count(), what).toBe(0)
    await says.waitFor({ state: 'hidden' })
  }
  await paste(page, FLAG.buffer, 21 * 1024 * 1024)
  await isRefused('a huge one')
  for (const one of refused) {
    await attach(page, one)
    await isRefused(one.name)
  }
  await attach(page, ...refused, FLAG)
  await says.waitFor()
  await visitor.shoot('refused')
  await isShown(page, '.strip canvas')
  expect(await page.locator('.strip canvas').count()).toBe(1)
  await button(page, 'Remove the picture').click()
  expect(await page.locator('.strip').isVisible()).toBe(false)
  expect(await page.locator('.send').isDisabled()).toBe(true)
})

it('a question that is edited keeps its picture', async () => {
  visits.scene.lab.script(EYES.chat, { text: 'A flag.' }, { text: 'Two colours.' })
  const visitor = await visit('sees-chat')
  const { page } = visitor
  await visitor.open()
  await attach(page, FLAG)
  await page.locator('.strip canvas').waitFor()
  await visitor.say('What is it?')
  await visitor.answered()
  await page.locator('.turn').hover()
  await button(page, 'Edit').click()
  await isShown(page, '.strip canvas')
  await visitor.shoot('edited')
  await visitor.say('How many colours?')
  await page.locator('.text', { hasText: 'Two colours.' }).waitFor()
  await isShown(page, '.bubble canvas')
  const body = visits.scene.lab.seen(EYES.chat).at(-1)?.body
  expect(pick(body, 'messages', 0, 'content', 0)).toEqual({ type: 'text', text: 'How many colours?' })
  expect(String(pick(body, ...PLACES.chat))).toContain('data:image/jpeg;base64,')
})
