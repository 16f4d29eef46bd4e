// The chat widget between a visitor and the gateway: lines that fall silent or stay dead, answers that are called off,
// tokens that end, and a challenge at the door.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type Fields, pick } from '../lab/client.ts'
import { type Judge, startJudge } from '../lab/judge.ts'
import { until } from '../lab/until.ts'
import { startVisits, type Visit, type VisitOptions, type Visits } from '../lab/visit.ts'

vi.setConfig({ testTimeout: 300_000 }) // two cores may be busy with other tests

let visits: Visits
/** A gateway that asks for a challenge, and whose tokens last for three seconds. */
let guarded: Visits
let judge: Judge
let open: Visit[] = []
let model = ''

beforeAll(async () => {
  ;[visits, judge] = await Promise.all([startVisits(), startJudge('sesame', 'shop.example')])
  const challenge = { url: judge.url, secret: '$CHALLENGE' }
  guarded = await startVisits({
    browser: visits.browser,
    visitors: { minutes: 0.1, challenge },
    env: { CHALLENGE: 'sesame' },
  })
}, 300_000)
afterAll(async () => {
  await guarded?.stop()
  await Promise.all([visits?.stop(), judge?.stop()])
})
beforeEach(() => void (model = visits.model()))
afterEach(async () => {
  visits.line.mend()
  await Promise.all(open.map((visit) => visit.close()))
  open = []
})

async function visit(options: VisitOptions = {}, from: Visits = visits): Promise<Visit> {
  const name = expect.getState().currentTestName ?? ''
  const made = await from.visit({ name, ...options, attributes: { model, ...options.attributes } })
  open.push(made)
  return made
}

const words = (count: number): string => Array.from({ length: count }, (_, at) => `w${at}`).join(' ')
const seen = (from: Visits = visits) => from.scene.lab.seen(model)
const answer = (page: Page, at = 0): Promise<string | null> => page.locator('.text').nth(at).textContent()
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const notice = (page: Page, text: string) => page.locator('.status', { hasText: text }).waitFor()
const rolesIn = (body: unknown): unknown[] => (pick(body, 'messages') as Fields[]).map(({ role }) => role)

it('a line that falls silent, as a dead one does, is given up for another, and nothing is said twice', async () => {
  // It pauses in its middle, so that the line is cut there.
  visits.scene.lab.script(model, { text: words(60), everyMs: 15, stallAfter: 30, stallMs: 8_000 })
  const visitor = await visit({ hasClock: true })
  const { page } = visitor
  await visitor.open()
  await visitor.say('Count')
  await page.locator('.text', { hasText: 'w9' }).waitFor()
  visits.line.stall()
  await page.clock.fastForward(13_000)
  await notice(page, 'Picking up')
  await page.clock.fastForward(31_000) // the next line is silent from the beginning, and given up as well
  await visitor.shoot('no line')
  visits.scene.lab.release(model)
  visits.line.mend()
  await page.clock.fastForward(31_000)
  await visitor.answered()
  expect(await answer(page)).toBe(words(60))
  expect(seen()).toHaveLength(1)
  expect(await page.locator('.status').isVisible()).toBe(false)
})

it('a line that stays dead while the browser believes in it is tried for as long as it takes, and that is said', async () => {
  visits.scene.lab.script(model, { text: 'Here at last.' })
  const visitor = await visit({ hasClock: true })
  const { page } = visitor
  await visitor.open()
  visits.line.cut(3_600_000)
  await visitor.say('Hello?')
  await until('the words for it', async () => {
    await page.clock.fastForward(8_000)
    return page.locator('.status', { hasText: 'There is no connection' }).isVisible()
  })
  for (let minutes = 0; minutes < 10; minutes += 1) await page.clock.fastForward(60_000)
  expect(await page.evaluate(() => navigator.onLine)).toBe(true)
  expect(await page.locator('[data-state=waiting]').count()).toBe(1)
  await visitor.shoot('dead line')
  visits.line.mend()
  await page.clock.fastForward(61_000)
  await visitor.answered()
  expect(await answer(page)).toBe('Here at last.')
  expect(seen()).toHaveLength(1)
})

it('Stop ends the answer upstream, what came is kept as cut, and the next question goes at once', async () => {
  visits.scene.lab.script(model, { text: words(8_000), everyMs: 15 }, { text: 'Next.' })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('Count')
  await page.locator('.text', { hasText: 'w5' }).waitFor()
  const pressed = page.evaluate(
    () => new Promise<number>((done) => addEventListener('click', () => done(Date.now()), { once: true })),
  )
  await button(page, 'Stop').click()
  const pressedAt = await pressed
  const gone = await until('the cancel upstream', () => seen()[0]?.leftAt)
  // The answer would have gone on for two minutes. That it ends within a second is held by
  // test/integration/cancel.test.ts: a browser takes its share of the machine, and with others' tests more than that.
  expect(gone - pressedAt).toBeLessThan(60_000)
  await visitor.say('And then?')
  await visitor.answered()
  expect(Date.now() - pressedAt).toBeLessThan(60_000) // not the minute after which a conversation is called busy
  expect(await answer(page, 1)).toBe('Next.')
  expect(rolesIn(seen()[1]?.body)).toEqual(['user', 'assistant', 'user'])
  expect(await page.locator('.note', { hasText: 'Stopped.' }).count()).toBe(1)
  expect(await page.locator('.status').isVisible()).toBe(false)
})

it('an edit of an earlier question, while a later one is answered, calls that answer off', async () => {
  visits.scene.lab.script(
    model,
    { text: 'Oslo.' },
    { text: words(8_000), everyMs: 15 },
    { text: 'Stockholm.' },
  )
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('Capital of Norway?')
  await visitor.answered()
  await visitor.say('Its history?')
  await page.locator('.text', { hasText: 'w5' }).waitFor()
  await page.locator('.turn').first().hover()
  await button(page, 'Edit').first().click()
  const sentAt = Date.now()
  await visitor.say('Capital of Sweden?')
  const gone = await until('the cancel upstream', () => seen()[1]?.leftAt)
  expect(gone - sentAt).toBeLessThan(60_000)
  await page.locator('.text', { hasText: 'Stockholm.' }).waitFor()
  expect(await page.locator('.turn').count()).toBe(1)
  expect(rolesIn(seen()[2]?.body)).toEqual(['user'])
})

it('a stop over a dead line is told to the gateway once there is one, also after a reload', async () => {
  visits.scene.lab.script(model, { text: words(8_000), everyMs: 15 })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('Count')
  await page.locator('.text', { hasText: 'w5' }).waitFor()
  await visitor.context.setOffline(true)
  await page.keyboard.press('Escape')
  await page.locator('[data-state=stopped]').waitFor()
  expect(seen()[0]?.leftAt).toBe(undefined)
  await visitor.context.setOffline(false)
  await page.reload()
  await until('the cancel upstream', () => seen()[0]?.leftAt)
  expect(await answer(page)).toContain('w4')
})

it('conversations are heard each by itself: Stop ends the one that is open, also once another has come to its end', async () => {
  visits.scene.lab.script(model, { text: words(60), everyMs: 30 }, { text: words(8_000), everyMs: 15 })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('A few')
  await page.locator('.text', { hasText: 'w5' }).waitFor()
  await button(page, 'New conversation').click()
  await visitor.say('Many')
  await page.locator('.text', { hasText: 'w5' }).waitFor()
  await until('the end of the other', () =>
    page.evaluate(() => Object.values(localStorage).some((text) => String(text).includes('"whole"'))),
  )
  await button(page, 'Stop').click()
  const stoppedAt = Date.now()
  expect((await until('the cancel upstream', () => seen()[1]?.leftAt)) - stoppedAt).toBeLessThan(60_000)
  const stopped = await answer(page)
  await button(page, 'Past conversations').click()
  await page.locator('.entry', { hasText: 'A few' }).click()
  await visitor.answered()
  expect(await answer(page)).toBe(words(60))
  await button(page, 'Past conversations').click()
  await page.locator('.entry', { hasText: 'Many' }).click()
  await page.locator('[data-state=stopped]').waitFor()
  expect(await answer(page)).toBe(stopped)
})

it('a conversation is erased while its answer streams: called off, gone at the gateway, and no word of it left here', async () => {
  visits.scene.lab.script(model, { text: words(8_000), everyMs: 15 })
  const visitor = await visit()
  const { page } = visitor
  const taken = page.waitForResponse((response) => response.url().endsWith('/v1/visitors/token'))
  await visitor.open()
  await visitor.say('Count')
  const { token, conversation } = (await (await taken).json()) as Record<string, string>
  await page.locator('.text', { hasText: 'w3 w4 w5' }).waitFor()
  await button(page, 'Past conversations').click()
  const gone = page.waitForResponse((response) => response.request().method() === 'DELETE')
  await button(page, 'Erase: Count').click()
  expect(await page.locator('.entry').count()).toBe(0)
  const left = await page.evaluate(() => JSON.stringify(localStorage))
  expect([left.includes('Count'), left.includes('w3 w4')]).toEqual([false, false])
  expect((await gone).status()).toBe(200)
  await until('the cancel upstream', () => seen()[0]?.leftAt)
  const kept = await fetch(`${visits.scene.gateway.url}/v1/conversations/${conversation}/messages`, {
    headers: { authorization: `Bearer ${token}`, origin: visits.site.origin },
  })
  expect(kept.status).toBe(404)
  await until('nothing to be told any more', async () => {
    const now = await page.evaluate(() => JSON.stringify(localStorage))
    return !now.includes(conversation ?? '')
  })
})

it('what was written and erased over a dead line is sent and told with the next page, whichever conversation is open', async () => {
  visits.scene.lab.script(model, { text: 'One.' }, { text: 'Two.' }, { text: 'Late.' })
  const visitor = await visit()
  const { page } = visitor
  const told: string[] = []
  page.on('requestfinished', (request) => void told.push(request.method()))
  await visitor.open()
  await visitor.say('Kept?')
  await visitor.answered()
  await button(page, 'New conversation').click()
  await visitor.say('Erased?')
  await page.locator('.text', { hasText: 'Two.' }).waitFor()
  visits.line.cut(3_600_000)
  await button(page, 'Past conversations').click()
  await button(page, 'Erase: Erased?').click()
  await page.locator('.entry', { hasText: 'Kept?' }).click()
  await visitor.say('Are you there?')
  await notice(page, 'Picking up')
  await button(page, 'New conversation').click()
  expect(await page.locator('.status').isVisible()).toBe(false)
  await page.goto('about:blank')
  expect([seen().length, told.includes('DELETE')]).toEqual([2, false])
  visits.line.mend()
  await page.goto(visits.site.origin + visitor.path)
  await until('the message', () => seen().length === 3)
  await until('the erasure', () => told.includes('DELETE'))
  expect(rolesIn(seen()[2]?.body)).toEqual(['user', 'assistant', 'user'])
  await page.locator('.panel').waitFor()
  await button(page, 'Past conversations').click()
  expect(await page.locator('.entry span').allTextContents()).toEqual(['Kept?'])
  await page.locator('.entry').click()
  await visitor.answered(2)
  expect(await answer(page, 1)).toBe('Late.')
})

it('a conversation that is too old to go on says so, and a new one can be begun', async () => {
  const brief = await startVisits({
    browser: visits.browser,
    visitors: { minutes: 0.15, renewDays: 0.000_12 },
  })
  try {
    brief.scene.lab.script(model, { text: 'One.' }, { text: 'Anew.' })
    const visitor = await visit({}, brief)
    const { page } = visitor
    const told = page.evaluate(
      () =>
        new Promise((done) =>
          addEventListener('minnow-error', (event) => done((event as CustomEvent).detail), { once: true }),
        ),
    )
    await visitor.open()
    await visitor.say('One?')
    await visitor.answered()
    await page.waitForTimeout(11_000) // longer than it can be taken up again
    await visitor.say('Two?')
    await page.locator('.note', { hasText: 'too old to go on. Start a new one.' }).waitFor()
    expect(await told).toMatchObject({ status: 401, code: 'visitor_token_expired' })
    expect(await button(page, 'Try again').isVisible()).toBe(false)
    await visitor.shoot('too old')
    await button(page, 'New conversation').last().click() // beside what is over
    await visitor.say('And now?')
    await page.locator('.text', { hasText: 'Anew.' }).waitFor()
    expect(rolesIn(seen(brief)[1]?.body)).toEqual(['user'])
  } finally {
    await Promise.all(open.map((one) => one.close()))
    open = []
    await brief.stop()
  }
})

it('a message that failed can be tried again behind others, and goes after them', async () => {
  const no = { status: 400, body: { error: { message: 'no', type: 'invalid_request_error' } } }
  visits.scene.lab.script(model, no, { text: 'Second.' }, { text: 'First.' })
  const visitor = await visit()
  const { page } = visitor
  await visitor.open()
  await visitor.say('One')
  await page.locator('.note', { hasText: 'No answer came.' }).waitFor()
  await visitor.say('Two')
  await visitor.answered()
  await visitor.shoot('failed behind')
  await button(page, 'Try again').click()
  await visitor.answered(2)
  expect(await page.locator('.bubble').allTextContents()).toEqual(['Two', 'One'])
  expect([await answer(page, 0), await answer(page, 1)]).toEqual(['Second.', 'First.'])
  expect(rolesIn(seen()[2]?.body)).toEqual(['user', 'assistant', 'user'])
})

it('the page passes a challenge by the event, at the beginning of a conversation and never again', async () => {
  guarded.scene.lab.script(model, { text: 'Welcome.' }, { text: 'Still.' })
  const visitor = await visit({}, guarded)
  const { page } = visitor
  await page.evaluate(() =>
    addEventListener('minnow-challenge', (event) => {
      event.preventDefault()
      ;(event as CustomEvent<{ respond(answer: string): void }>).detail.respond('human in a browser')
    }),
  )
  await visitor.open()
  await visitor.say('May I?')
  await visitor.answered()
  expect(judge.asked.map(({ response }) => response)).toEqual(['human in a browser'])
  await page.waitForTimeout(6_200) // the token's whole life
  await visitor.say('Still there?')
  await visitor.answered(2)
  expect(judge.asked).toHaveLength(1)
  expect(rolesIn(seen(guarded)[1]?.body)).toEqual(['user', 'assistant', 'user']) // the same conversation
})

it('without anybody who takes care of the challenge nothing is sent, and that is said', async () => {
  const visitor = await visit({}, guarded)
  const { page } = visitor
  const told = page.evaluate(
    () =>
      new Promise((done) =>
        addEventListener('minnow-error', (event) => done((event as CustomEvent).detail), { once: true }),
      ),
  )
  await visitor.open()
  await visitor.say('May I?')
  await page.locator('.note', { hasText: 'does not work on this site' }).waitFor()
  expect(await told).toMatchObject({ status: 403, code: 'challenge_required' })
  expect(seen(guarded)).toHaveLength(0)
})

it('a token is renewed before its end; one that the gateway calls too old is exchanged, and the question goes through', async () => {
  visits.scene.lab.script(model, { text: 'One.' }, { text: 'Two.' })
  const visitor = await visit({ hasClock: true })
  const { page } = visitor
  const taken: unknown[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/v1/visitors/token')) taken.push(request.postDataJSON())
  })
  await visitor.open()
  await visitor.say('One?')
  await visitor.answered()
  await page.clock.fastForward(14 * 60_000 + 45_000) // within the last half minute
  await visitor.say('Two?')
  await visitor.answered(2)
  expect(taken).toEqual([{}, { renewal: expect.stringMatching(/^mr-/) }])
  expect(rolesIn(seen()[1]?.body)).toEqual(['user', 'assistant', 'user'])

  guarded.scene.lab.script(model, { text: 'Three.' }, { text: 'Four.' })
  const late = await visit({ hasClock: true }, guarded)
  await late.page.evaluate(() =>
    addEventListener('minnow-challenge', (event) => {
      event.preventDefault()
      ;(event as CustomEvent<{ respond(answer: string): void }>).detail.respond('human who is late')
    }),
  )
  // A browser whose clock is slow believes in its token for longer than the gateway does.
  await late.page.clock.setSystemTime(Date.now() - 3_600_000)
  const statuses: number[] = []
  late.page.on('response', (response) => {
    if (response.url().endsWith('/v1/chat/completions') && response.request().method() === 'POST')
      statuses.push(response.status())
  })
  await late.open()
  await late.say('Three?')
  await late.answered()
  await late.page.waitForTimeout(6_200)
  await late.say('Four?')
  await late.answered(2)
  expect(statuses).toEqual([200, 401, 200])
})
