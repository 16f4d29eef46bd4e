// `node tools/bench/sticky.ts`: what conversations send that no vendor's cache has, and what that costs: with two
// accounts asked in turns, with one asked plainly, and as Minnow does it. The vendors are the lab's, which keep prompts by
// their makers' written rules (test/lab/prompt-cache.ts), on a clock of their own. Checks that the gateway's books say the
// same as the vendors'. Prints Markdown and writes JSON. Flags: --conversations 12, --turns 30, --only claude,gpt-5-2;
// --context 5000 gives every conversation a token budget.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startWorkersAi } from '../../test/lab/ai.ts'
import { billOf, countsIn, countsWith, type Counts, type Tariff } from '../../test/lab/bill.ts'
import { type Client, type Fields, openClient, pick, user } from '../../test/lab/client.ts'
import { startGateway } from '../../test/lab/gateway.ts'
import { openPromptCache } from '../../test/lab/prompt-cache.ts'
import { AMAZON_KEY } from '../../test/lab/signature.ts'
import { until } from '../../test/lab/until.ts'
import { startVendor, type Vendor } from '../../test/lab/vendor.ts'

const root = resolve(import.meta.dirname, '../..')
const { values: flags } = parseArgs({
  options: {
    conversations: { type: 'string', default: '12' },
    turns: { type: 'string', default: '30' },
    only: { type: 'string' },
    context: { type: 'string' },
  },
})
const conversations = Number(flags.conversations)
const turns = Number(flags.turns)
const wishes = flags.context === undefined ? {} : { minnow: { contextTokens: Number(flags.context) } }
/** Each conversation asks so often, by the vendors' clock. */
const EVERY_MS = 10_000
/** Conversations that are asked at one time; the machine is small. */
const AT_ONCE = 4

interface Kind {
  readonly id: string
  /** The beginning of the models' names, by which vendors' rules tell them apart. */
  readonly model: string
  readonly provider: Fields
  readonly wire: string
  readonly price: Fields & { readonly input: number; readonly cacheRead: number; readonly output: number }
}

/** Prices as in the catalogue. */
const kindsAt = (origin: string): readonly Kind[] => [
  {
    id: 'claude',
    model: 'claude-sonnet-4-5',
    provider: { dialect: 'anthropic', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
    wire: 'anthropic',
    price: { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
  },
  {
    id: 'bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    provider: { vendor: 'bedrock', baseUrl: origin, apiKey: '$AMAZON_KEY' },
    wire: 'bedrock',
    price: { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
  },
  {
    id: 'nova',
    model: 'amazon.nova-pro-v1:0',
    provider: { vendor: 'bedrock', baseUrl: origin, apiKey: '$AMAZON_KEY' },
    wire: 'bedrock',
    price: { input: 0.8, cacheRead: 0.2, cacheWrite: 0.8, output: 3.2 },
  },
  {
    id: 'gpt-5-2',
    model: 'gpt-5.2',
    provider: { vendor: 'openai', dialect: 'openai-chat', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
    wire: 'openai-chat',
    price: { input: 1.75, cacheRead: 0.175, output: 14 },
  },
  {
    id: 'gpt-5-6',
    model: 'gpt-5.6-sol',
    provider: { vendor: 'openai', dialect: 'openai-chat', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
    wire: 'openai-chat',
    price: { input: 4, cacheRead: 0.4, cacheWrite: 5, output: 20 },
  },
  {
    id: 'gemini',
    model: 'gemini-3.1-pro-preview',
    provider: { dialect: 'gemini', baseUrl: `${origin}/v1beta`, apiKey: '$LAB_KEY' },
    wire: 'gemini',
    price: { input: 2, cacheRead: 0.2, output: 12 },
  },
  {
    id: 'workers-ai',
    model: '@cf/zai-org/glm-4.7-flash',
    provider: { vendor: 'workers-ai' },
    wire: 'workers-ai',
    price: { input: 0.06, cacheRead: 0.006, output: 0.4 },
  },
]

const LANES = ['two accounts in turns', 'one account, plainly', 'Minnow'] as const
type Lane = (typeof LANES)[number]

/** Each lane has accounts of its own, so that nothing is found in another's cache. */
const accountOf = ({ model }: Kind, lane: Lane, account: 'a' | 'b'): string =>
  `${model}-${LANES.indexOf(lane)}${account}`

const publicName = ({ id }: Kind, lane: Lane, account = ''): string =>
  `${id}-${LANES.indexOf(lane)}${account}`

function configOf(kinds: readonly Kind[]): object {
  const providers = kinds.flatMap(({ id, provider }) => [
    [`${id}-on`, provider],
    [`${id}-off`, { ...provider, promptCache: false }],
  ])
  const models = kinds.flatMap((kind) => {
    const { id, price } = kind
    const facts = { price, contextWindow: 200_000, maxOutput: 8_000 }
    const plain = (lane: Lane, account: 'a' | 'b') => [
      publicName(kind, lane, account),
      { provider: `${id}-off`, model: accountOf(kind, lane, account), ...facts },
    ]
    const places = (['a', 'b'] as const).map((account) => ({
      provider: `${id}-on`,
      model: accountOf(kind, 'Minnow', account),
    }))
    return [
      plain(LANES[0], 'a'),
      plain(LANES[0], 'b'),
      plain(LANES[1], 'a'),
      [publicName(kind, 'Minnow'), { providers: places, ...facts }],
    ]
  })
  return { providers: Object.fromEntries(providers), models: Object.fromEntries(models) }
}

const WORDS =
  'order parcel refund invoice address delivery return warranty colour size voucher account'.split(' ')
const text = (words: number, seed: number): string =>
  Array.from({ length: words }, (_, at) => WORDS[(at * 7 + seed * 13 + at * at) % WORDS.length]).join(' ')

/** The same for all, some 1,700 tokens: a shop's assistant. */
const INSTRUCTIONS = { role: 'system', content: `You answer for a shop. ${text(1_000, 1)}` }

async function turn(client: Client, model: string, conversation: string, at: number): Promise<void> {
  const question = user(`${conversation}, question ${at}: ${text(60, at)}?`)
  const reply = await client.ask(
    { model, messages: at === 0 ? [INSTRUCTIONS, question] : [question], max_tokens: 400, ...wishes },
    { headers: { 'x-minnow-conversation': conversation } },
  )
  if (reply.status !== 200) throw new Error(`${model}: ${reply.status} ${reply.text}`)
}

async function converse(client: Client, kind: Kind, lane: Lane, tick: () => void): Promise<void> {
  const names = Array.from({ length: conversations }, (_, at) => `${kind.id}-${LANES.indexOf(lane)}-${at}`)
  for (let at = 0; at < turns; at += 1) {
    const account = lane === LANES[0] ? (at % 2 === 0 ? 'a' : 'b') : lane === LANES[1] ? 'a' : ''
    for (let from = 0; from < names.length; from += AT_ONCE) {
      const some = names.slice(from, from + AT_ONCE)
      await Promise.all(some.map((name) => turn(client, publicName(kind, lane, account), name, at)))
    }
    tick()
  }
}

interface Sum {
  readonly counts: Counts
  /** Micro-dollars: of the prompts, and with the answers. */
  readonly prompts: number
  readonly whole: number
  readonly accounts: number
}

function sumOf(kind: Kind, lane: Lane, vendor: Pick<Vendor, 'seen'>): Sum {
  const { price } = kind
  const cacheWrite = Number(price['cacheWrite'] ?? price.input)
  const tariff: Tariff = {
    ...price,
    cacheWrite,
    cacheWriteLong: cacheWrite,
    reasoning: price.output,
    request: 0,
    tiers: [],
  }
  const asked = (['a', 'b'] as const).map((account) => vendor.seen(accountOf(kind, lane, account)))
  const counts = asked.flat().map(({ reported = {} }) => countsIn(kind.wire, reported))
  const total = (name: keyof Counts): number => counts.reduce((sum, one) => sum + one[name], 0)
  return {
    counts: countsWith({
      input: total('input'),
      cacheRead: total('cacheRead'),
      cacheWrite: total('cacheWrite'),
      output: total('output'),
    }),
    prompts: counts.reduce((sum, one) => sum + billOf({ ...one, output: 0, reasoning: 0 }, tariff), 0),
    whole: counts.reduce((sum, one) => sum + billOf(one, tariff), 0),
    accounts: asked.filter((requests) => requests.length > 0).length,
  }
}

/** The operator's own view of the same: by the gateway's books, once they have everything. */
async function booksOf(admin: Client, kind: Kind, lane: Lane): Promise<Fields> {
  const provider = `${kind.id}-${lane === 'Minnow' ? 'on' : 'off'}`
  const wanted = new Set(
    (['a', 'b'] as const).map((account) => `${provider}/${accountOf(kind, lane, account)}`),
  )
  return until('the books to have it all', async () => {
    const { json } = await admin.send('/admin/usage?group=model&limit=1000')
    const rows = (pick(json, 'data') as readonly Fields[]).filter((row) => wanted.has(String(row['model'])))
    const sum = (...path: string[]): number =>
      rows.reduce((total, row) => total + Number(pick(row, ...path) ?? 0), 0)
    return sum('requests') < conversations * turns
      ? undefined
      : {
          cost: sum('cost_micros'),
          saved: Math.round(sum('prompt_cache_saved') * 1_000_000),
          read: sum('tokens', 'cache_read'),
          written: sum('tokens', 'cache_write'),
        }
  })
}

const count = (value: number): string => Math.round(value).toLocaleString('en')
const dollars = (micros: number): string => `$${(micros / 1_000_000).toFixed(micros < 1_000_000 ? 4 : 2)}`

const ai = await startWorkersAi()
const lab = await startVendor()
const only = flags.only?.split(',')
const kinds = kindsAt(lab.origin).filter(({ id }) => only === undefined || only.includes(id))
const gateway = await startGateway({
  config: configOf(kinds),
  ai: ai.url,
  env: { LAB_KEY: 'sk-lab', AMAZON_KEY },
})
let now = 0
const cache = openPromptCache(() => now)
const data: Fields[] = []
const rows: string[][] = []
try {
  const [client, admin] = ['mk-local', 'mk-admin-local'].map((key) => openClient(gateway.url, key)) as [
    Client,
    Client,
  ] // two keys, two clients
  for (const kind of kinds) {
    const vendor = kind.id === 'workers-ai' ? ai : lab
    let plainly = 0
    for (const lane of LANES) {
      for (const account of ['a', 'b'] as const)
        vendor.always(accountOf(kind, lane, account), (request) => ({
          text: text(80, request.text.length),
          usage: cache.use(request),
        }))
      await converse(client, kind, lane, () => void (now += EVERY_MS))
      const sum = sumOf(kind, lane, vendor)
      const books = await booksOf(admin, kind, lane)
      if (books['cost'] !== sum.whole || books['read'] !== sum.counts.cacheRead)
        throw new Error(
          `${kind.id}, ${lane}: the books say ${JSON.stringify(books)}, the vendor ${JSON.stringify(sum)}`,
        )
      const { input, cacheRead, cacheWrite } = sum.counts
      const prompt = input + cacheRead + cacheWrite
      if (lane === LANES[0]) plainly = sum.prompts
      data.push({ vendor: kind.id, lane, ...sum, saved: books['saved'] })
      rows.push([
        kind.model,
        lane,
        count(prompt),
        count(input + cacheWrite),
        count(cacheWrite),
        `${((100 * cacheRead) / prompt).toFixed(1)} %`,
        dollars(sum.prompts),
        lane === LANES[0] ? '' : `${((100 * (plainly - sum.prompts)) / plainly).toFixed(0)} %`,
        dollars(Number(books['saved'])),
      ])
      console.error(`${kind.id}, ${lane}: done`)
    }
  }
} finally {
  await gateway.stop()
  await lab.stop()
  await ai.stop()
}

const head = [
  'model',
  'asked',
  'prompt tokens',
  'not from a cache',
  'of those written',
  'read from a cache',
  'prompts cost',
  'less than in turns',
  'saved, by the books',
]
const table = [head, head.map((_, at) => (at < 2 ? '---' : '---:')), ...rows]
console.log(
  `${conversations} conversations of ${turns} turns at one time, a question every ${EVERY_MS / 1_000} s in each, the same instructions of ${Math.ceil(INSTRUCTIONS.content.length / 4)} tokens before all${flags.context === undefined ? '' : `, at most ${flags.context} tokens sent`}\n`,
)
console.log(table.map((cells) => `| ${cells.join(' | ')} |`).join('\n'))
const folder = join(root, 'bench-results')
mkdirSync(folder, { recursive: true })
const stamp = new Date().toISOString()
writeFileSync(
  join(folder, `sticky-${stamp.replace(/[:.]/g, '-')}.json`),
  `${JSON.stringify({ at: stamp, conversations, turns, context: flags.context, data }, undefined, 2)}\n`,
)
