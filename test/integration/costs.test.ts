// Every dollar is one that the vendor's own words add up to: receipts are made anew from the lab's log of what it sent,
// for every wire and every client, whole and streamed, and where several calls were needed.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countPrompt, type CountTokens } from '../../shared/tokens.ts'
import type { Behaviour, LabUsage } from '../lab/behaviour.ts'
import { billOf, type Counts, countsIn, countsWith, type Tariff } from '../lab/bill.ts'
import { firstWords, SIXTY } from '../lab/pairs.ts'
import { usageIn } from '../lab/reported.ts'
import { micro, openStage, type Stage, VECTOR_WIRES, type Wire, WIRES } from '../lab/stage.ts'
import type { LabRequest } from '../lab/wire.ts'
import { tokenizer } from '../unit/tokenizer.ts'
import { ask, type Heard, TONGUES } from './wire/clients.ts'

/** No rate is a multiple of another, and most products are no whole micro-dollars. */
const TARIFF: Tariff = {
  input: 0.333337,
  cacheRead: 0.031,
  cacheWrite: 0.41,
  cacheWriteLong: 0.67,
  output: 1.270001,
  reasoning: 2.13,
  request: 0.000003,
  tiers: [
    {
      above: 2_000,
      input: 0.71,
      cacheRead: 0.067,
      cacheWrite: 0.83,
      cacheWriteLong: 1.37,
      output: 2.9,
      reasoning: 4.1,
    },
  ],
}

const USAGES: readonly (Partial<LabUsage> | null)[] = [
  { prompt: 100, completion: 20 },
  { prompt: 101, cached: 40, completion: 21 },
  { prompt: 999, cached: 400, cacheWrite: 77, completion: 1 },
  { prompt: 1_003, cached: 400, cacheWrite: 301, cacheWriteLong: 100, completion: 57, reasoning: 13 },
  { prompt: 13, cached: 13, completion: 300, reasoning: 300 },
  { prompt: 2_000, completion: 3 },
  { prompt: 2_001, cached: 1_999, completion: 3, reasoning: 2 },
  { prompt: 0, completion: 0 },
  null,
]

interface Called {
  readonly target: string
  readonly end: string
  readonly tokens?: Record<string, unknown>
  readonly cost_micros?: number
  readonly price?: unknown
}

interface Receipt {
  readonly cost_micros: number
  readonly frontier_cost_micros: number | null
  readonly attempts: readonly Called[]
  readonly tokens: Record<string, unknown>
}

const WORDS = 'one two three'

const VENDORS = WIRES.filter((wire) => wire !== micro)
/** Events that come before the first word of a stream. */
const LEADS: Readonly<Record<string, number>> = {
  'openai-chat': 1,
  'openai-responses': 4,
  'anthropic (4.5)': 3,
  'anthropic (5.5)': 3,
  bedrock: 1,
  gemini: 0,
  'workers-ai': 1,
}

/** A name that a path and a route can have. */
const plain = (wire: Wire): string => wire.id.replaceAll(/\W+/g, '-').replace(/-$/, '')
const nameOf = (wire: Wire, kind: string): string => `${plain(wire)}-${kind}`
const spareOf = (fault: string): string => `${fault}-spare`
/** Every fault has a spare of its own, so that nobody takes another one's script. */
const FAULTS = ['busy', 'slow', 'cut'] as const
const KINDS = ['plain', ...FAULTS, ...FAULTS.map((fault) => spareOf(fault))]

const vectorName = (wire: Wire): string => `vectors-${plain(wire)}`

let stage: Stage
let count: CountTokens
let compared = 0
const differences: unknown[] = []

beforeAll(async () => {
  count = await tokenizer()
  const modelOf = (name: string): object => {
    const [provider = '', ...rest] = name.split('/')
    return { provider, model: rest.join('/'), price: TARIFF }
  }
  const route = (wire: Wire, kind: string, more = {}): [string, object] => [
    `${nameOf(wire, kind)}-route`,
    { order: [nameOf(wire, kind), nameOf(wire, spareOf(kind))], ...more },
  ]
  stage = await openStage({
    models: Object.fromEntries([
      ...VENDORS.flatMap((wire) =>
        KINDS.map((kind) => [nameOf(wire, kind), modelOf(wire.publicModel(kind))]),
      ),
      ...VECTOR_WIRES.filter((wire) => wire !== micro).map((wire) => [
        vectorName(wire),
        { ...modelOf(wire.publicModel('vectors')), embedding: true },
      ]),
    ]),
    routes: Object.fromEntries(
      VENDORS.flatMap((wire) => [
        route(wire, 'busy'),
        route(wire, 'slow', { hedgeAfterMs: 60 }),
        route(wire, 'cut'),
      ]),
    ),
    health: { breaker: false },
  })
})
afterAll(async () => {
  await stage.stop()
  console.log(`${compared} receipts made anew from what the lab sent, ${differences.length} differ`)
})

const script = (wire: Wire, kind: string, behaviour: Behaviour): void =>
  wire.lab?.(stage).script(wire.vendorModel(kind), behaviour)

/** The call to a model that this question led to. */
const callsFor = (wire: Wire, kind: string, question: string): readonly LabRequest[] =>
  (wire.lab?.(stage).seen(wire.vendorModel(kind)) ?? []).filter(({ text }) => text.includes(question))

const receiptOf = async (id: string): Promise<Receipt> => {
  const { status, json, text } = await stage.scene.client.send(`/v1/receipts/${id}`)
  if (status !== 200) throw new Error(`no receipt: ${text}`)
  return json as Receipt
}

const promptOf = (question: string): number =>
  countPrompt([{ role: 'user', parts: [{ type: 'text', text: question }] }], [], count)

/** What the client was told that it cost. */
const told = ({ json, events }: Heard): unknown =>
  [usageIn(json), ...events.map(({ value }) => usageIn(value))].findLast((usage) => usage !== undefined)?.[
    'cost'
  ]

/** Notes whatever a receipt has otherwise than the lab's log. */
function compare(what: string, receipt: Receipt, heard: Heard, counts: readonly Counts[]): void {
  const bills = counts.map((each) => billOf(each, TARIFF))
  const total = bills.reduce((sum, bill) => sum + bill, 0)
  const billed = receipt.attempts.filter(({ tokens }) => tokens !== undefined)
  const shown = {
    told: told(heard),
    total: receipt.cost_micros,
    bills: billed.map(({ cost_micros }) => cost_micros),
    tokens: billed.map(({ tokens }) => ({ ...tokens, source: undefined })),
    prices: billed.map(({ price }) => price),
  }
  const due = {
    told: total / 1e6,
    total,
    bills,
    tokens: counts.map((each) => ({
      input: each.input,
      cache_read: each.cacheRead,
      cache_write: each.cacheWrite + each.cacheWriteLong,
      output: each.output,
      reasoning: each.reasoning,
      source: undefined,
    })),
    prices: counts.map(() => ({ source: 'configuration', valid_from: null })),
  }
  compared += 1
  if (JSON.stringify(shown) !== JSON.stringify(due)) differences.push({ what, shown, due })
}

describe.concurrent.each(VENDORS.map((wire) => [wire.id, wire] as const))('behind %s', (_, wire) => {
  test('one call costs what the vendor counted, and every client is told so', async () => {
    const asked = TONGUES.flatMap((tongue) =>
      [false, true].flatMap((stream) => USAGES.map((usage) => ({ tongue, stream, usage }))),
    )
    const waiting: Promise<void>[] = []
    for (const { tongue, stream, usage } of asked) {
      const question = `Question ${randomUUID()}`
      const id = `cost-${randomUUID()}`
      script(wire, 'plain', { text: WORDS, usage })
      const model = nameOf(wire, 'plain')
      const headers = { 'x-request-id': id }
      const heard = await ask(stage.url, tongue, { model, text: question, stream, headers })
      const what = JSON.stringify({ wire: wire.id, client: tongue.id, stream, usage })
      const check = async (): Promise<void> => {
        const receipt = await receiptOf(id)
        const [call] = callsFor(wire, 'plain', question)
        const source = usage === null ? 'estimated' : 'reported'
        expect([what, heard.status, receipt.tokens['source']]).toEqual([what, 200, source])
        expect(call?.reported === undefined, what).toBe(usage === null)
        const counted = countsWith({ input: promptOf(question), output: count(WORDS) })
        const reported = call?.reported
        compare(what, receipt, heard, [reported === undefined ? counted : countsIn(wire.id, reported)])
      }
      waiting.push(check())
    }
    await Promise.all(waiting)
    expect(differences).toEqual([])
  }, 400_000)

  const USED = { prompt: 1_003, cached: 400, cacheWrite: 301, completion: 57, reasoning: 13 }

  test.each([false, true])(
    'a failed call costs nothing, the next one what it said (stream %s)',
    async (stream) => {
      for (const tongue of TONGUES) {
        const { heard, receipt, question } = await put(
          tongue,
          'busy',
          { status: 503 },
          { usage: USED },
          stream,
        )
        const [call] = callsFor(wire, spareOf('busy'), question)
        compare(`${wire.id} failover`, receipt, heard, [countsIn(wire.id, call?.reported ?? {})])
        expect(receipt.attempts.map(({ tokens }) => tokens === undefined)).toEqual([true, false])
      }
      expect(differences).toEqual([])
    },
  )

  test.each([false, true])('a call that lost costs its prompt, counted here (stream %s)', async (stream) => {
    for (const tongue of TONGUES) {
      const slow = { headAfterMs: 5_000, usage: USED }
      const { heard, receipt, question } = await put(tongue, 'slow', slow, { usage: USED }, stream)
      const [call] = callsFor(wire, spareOf('slow'), question)
      expect(receipt.attempts.map(({ end }) => end)).toEqual(['lost', 'answered'])
      const lost = countsWith({ input: promptOf(question) })
      compare(`${wire.id} hedge`, receipt, heard, [lost, countsIn(wire.id, call?.reported ?? {})])
    }
    expect(differences).toEqual([])
  })

  test('an answer that another went on with costs both parts', async () => {
    for (const tongue of TONGUES)
      for (const words of [1, 7, 30]) {
        const cutAfter = (LEADS[wire.id] ?? 0) + words
        const cut: Behaviour = { text: SIXTY, cutAfter, cut: 'fin', everyMs: 2 }
        const rest = { text: SIXTY, continues: true, usage: USED }
        const { heard, receipt, question } = await put(tongue, 'cut', cut, rest, true)
        expect(heard.said).toBe(SIXTY)
        const [dead] = callsFor(wire, 'cut', question)
        const [call] = callsFor(wire, spareOf('cut'), question)
        const sent = firstWords((dead?.events ?? 0) - (LEADS[wire.id] ?? 0))
        const part = countsWith({ input: promptOf(question), output: count(sent) })
        compare(`${wire.id} rescue`, receipt, heard, [part, countsIn(wire.id, call?.reported ?? {})])
      }
    expect(differences).toEqual([])
  })

  const put = async (
    tongue: (typeof TONGUES)[number],
    kind: (typeof FAULTS)[number],
    first: Behaviour,
    second: Behaviour,
    stream: boolean,
  ): Promise<{ heard: Heard; receipt: Receipt; question: string }> => {
    const question = `Question ${randomUUID()}`
    const id = `cost-${randomUUID()}`
    script(wire, kind, first)
    wire.lab?.(stage).script(wire.vendorModel(spareOf(kind)), second)
    const model = `${nameOf(wire, kind)}-route`
    const headers = { 'x-request-id': id }
    const heard = await ask(stage.url, tongue, { model, text: question, stream, headers })
    return { heard, receipt: await receiptOf(id), question }
  }
})

test.each(VECTOR_WIRES.filter((wire) => wire !== micro).map((wire) => [wire.id, wire] as const))(
  'vectors of %s: the client is told what the receipt says, by the tokens in it',
  async (_, wire) => {
    const id = `cost-${randomUUID()}`
    const body = { model: vectorName(wire), input: ['Hello there.', 'Once more, with feeling.'] }
    const sending = { path: '/v1/embeddings', headers: { 'x-request-id': id } }
    const reply = await stage.scene.client.ask({ ...body, messages: undefined }, sending)
    const receipt = await receiptOf(id)
    const input = Number(receipt.tokens['input'])
    expect(input).toBeGreaterThan(5)
    expect(receipt.cost_micros).toBe(billOf(countsWith({ input }), TARIFF))
    expect(usageIn(reply.json)?.['cost']).toBe(receipt.cost_micros / 1e6)
    expect(receipt.attempts).toMatchObject([{ cost_micros: receipt.cost_micros }])
    compared += 1
  },
)

test('nothing differed, over some hundred receipts', () => {
  expect(differences).toEqual([])
  expect(compared).toBeGreaterThan(500)
})
