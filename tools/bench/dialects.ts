// What translating costs: node tools/bench/dialects.ts [--json] [--quick]. CPU per request and per chunk for every pair of a client's
// dialect and a vendor's, in one thread: no network, no Worker. Prints a table; the reading of bytes is in the figures.
import { parseArgs } from 'node:util'
import type { ClientDialect, ReplyContext, VendorDialect } from '../../shared/dialect.ts'
import { anthropic } from '../../shared/dialects/anthropic/index.ts'
import { bedrock } from '../../shared/dialects/bedrock/index.ts'
import { gemini } from '../../shared/dialects/gemini/index.ts'
import { openaiChat } from '../../shared/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../shared/dialects/openai-responses/index.ts'
import { workersAi } from '../../shared/dialects/workers-ai/index.ts'
import { isContent, type ModelEvent, type Piece } from '../../shared/event.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { bedrockEntry } from '../../test/contract/bedrock/entry.ts'
import { numbering, unnumbered } from '../../workers/edge/number.ts'
import { openFraming } from '../../workers/providers/framing.ts'

const CHUNKS = 300
const { values } = parseArgs({ options: { json: { type: 'boolean' }, quick: { type: 'boolean' } } })
/** How many, and how long: of the quick ones a glance. */
const [ROUNDS, ROUND_MS] = values.quick === true ? [1, 15] : [5, 120]
const WORDS = ['The ', 'tide ', 'follows ', 'the ', 'moon ', 'twice ', 'a ', 'day. ']

const clients: readonly ClientDialect[] = [openaiChat(), openaiResponses(), anthropic(), gemini]
const vendors: readonly VendorDialect[] = [
  openaiChat(),
  openaiResponses(),
  anthropic(),
  gemini,
  workersAi(),
  bedrock(),
]
const both = [openaiChat(), openaiResponses(), anthropic(), gemini]
const encoder = new TextEncoder()

/** A conversation of ordinary size: instructions, six turns, two tools, some 2,000 characters. */
const QUESTION = openaiChat().readRequest({
  model: 'big',
  stream: true,
  temperature: 0.2,
  max_tokens: 800,
  messages: [
    { role: 'system', content: 'You help people who plan journeys at sea. Be brief and exact.' },
    ...Array.from({ length: 6 }, (_, turn) => ({
      role: turn % 2 === 0 ? 'user' : 'assistant',
      content: WORDS.join('').repeat(6),
    })),
    { role: 'user', content: 'When is high water at Brest tomorrow?' },
  ],
  tools: ['tides', 'weather'].map((name) => ({
    type: 'function',
    function: {
      name,
      description: `Looks up the ${name} of a place.`,
      parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
    },
  })),
})

const ANSWER: readonly ModelEvent[] = [
  { type: 'start', id: 'answer-1', model: 'big-1', createdAt: 1_760_000_000_000 },
  ...Array.from({ length: CHUNKS }, (_, at): ModelEvent => ({
    type: 'text-delta',
    index: 0,
    text: WORDS[at % WORDS.length] ?? '',
  })),
  { type: 'choice-end', index: 0, reason: 'stop' },
  {
    type: 'finish',
    reason: 'stop',
    usage: { input: 400, cacheRead: 100, cacheWrite: 0, output: CHUNKS, reasoning: 0 },
  },
]

const contextFor = (request: ModelRequest): ReplyContext => ({
  requestId: 'req_bench',
  createdAt: 1_760_000_000_000,
  model: 'big',
  streamUsage: true,
  request,
  promptTokens: 500,
})

/** The answer on a vendor's wire, one read an event. */
function streamOf(vendor: VendorDialect): Uint8Array[] {
  const own = both.find(({ id }) => id === vendor.id)
  if (own !== undefined) {
    const write = own.writeEvents(contextFor(QUESTION))
    return ANSWER.map((event) => write([{ events: [event] }]))
      .filter((text) => text !== '')
      .map((text) => encoder.encode(text))
  }
  const words = ANSWER.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))
  if (vendor.framing === 'aws-event-stream') {
    const { binary } = bedrockEntry
    if (binary === undefined) throw new Error('the wire of Bedrock is binary')
    const usage = { inputTokens: 500, outputTokens: CHUNKS, totalTokens: 500 + CHUNKS }
    return [
      { messageStart: { role: 'assistant' } },
      ...words.map((text) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text } } })),
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'end_turn' } },
      { metadata: { usage, metrics: { latencyMs: 1 } } },
    ].map((event) => binary.write(JSON.stringify(event)))
  }
  const usage = { prompt_tokens: 500, completion_tokens: CHUNKS, total_tokens: 500 + CHUNKS }
  return [
    ...words.map((response) => JSON.stringify({ response })),
    JSON.stringify({ response: '', usage }),
    '[DONE]',
  ].map((data) => encoder.encode(`data: ${data}\n\n`))
}

function translateStream(
  client: ClientDialect,
  vendor: VendorDialect,
  reads: readonly Uint8Array[],
  request: ModelRequest,
): number {
  const frames = openFraming(vendor.framing ?? 'sse')
  const reader = vendor.readEvents(1)
  const write = client.writeEvents(contextFor(request))
  const numbers = client.bareEvents === true ? unnumbered : numbering('p1x2y3z')
  let bytes = 0
  let content = 0
  const pass = (pieces: readonly Piece[]): void => {
    for (const { events } of pieces) if (events.some(isContent)) content += 1
    bytes += encoder.encode(numbers.write(write(pieces))).length
  }
  for (const read of reads) pass(frames(read, false).map((frame) => reader.read(frame)))
  pass([...frames(undefined, true).map((frame) => reader.read(frame)), reader.close()])
  if (content < CHUNKS) throw new Error(`${client.id} over ${vendor.id}: ${content} pieces of ${CHUNKS}`)
  return bytes
}

/** CPU microseconds of one run: the best round, since whatever disturbs a round only adds to it. */
function measure(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round <= ROUNDS; round += 1) {
    const until = performance.now() + ROUND_MS
    const before = process.cpuUsage()
    let runs = 0
    for (; performance.now() < until; runs += 1) run()
    const { user, system } = process.cpuUsage(before)
    if (round > 0) best = Math.min(best, (user + system) / runs) // the first one warms up
  }
  return best
}

const rows = clients.flatMap((client) => {
  const own = both.find(({ id }) => id === client.id)
  if (own === undefined) return []
  const body = JSON.stringify(own.writeRequest(QUESTION, { model: 'big' }).body)
  const address = { model: 'big', stream: true }
  return vendors.map((vendor) => {
    const reads = streamOf(vendor)
    const request = client.readRequest(JSON.parse(body), address)
    const perRequest = measure(() =>
      JSON.stringify(
        vendor.writeRequest(client.readRequest(JSON.parse(body), address), { model: 'big-1', maxOutput: 800 })
          .body,
      ),
    )
    const perStream = measure(() => translateStream(client, vendor, reads, request))
    return {
      client: client.id,
      vendor: vendor.id,
      requestMicros: Math.round(perRequest * 10) / 10,
      chunkMicros: Math.round((perStream / reads.length) * 100) / 100,
    }
  })
})

if (values.json === true) console.log(JSON.stringify(rows))
else {
  console.log(
    `CPU of translating, microseconds: a request of ${JSON.stringify(QUESTION.native.body).length} characters / a chunk of a stream\n`,
  )
  console.log(`| client \\ vendor | ${vendors.map(({ id }) => id).join(' | ')} |`)
  console.log(`|---|${vendors.map(() => '---').join('|')}|`)
  for (const { id } of clients) {
    const cells = rows
      .filter(({ client }) => client === id)
      .map(({ requestMicros, chunkMicros }) => `${requestMicros} / ${chunkMicros}`)
    console.log(`| ${id} | ${cells.join(' | ')} |`)
  }
}
