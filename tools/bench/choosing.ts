// What a decision costs and whether a share holds: node tools/bench/choosing.ts [--json]. CPU of one decision for a prompt of 1,000
// characters, in one thread; then the share that went to the strong model when traffic changes from one benchmark to
// another midway, on the outcomes in MINNOW_DATA (or ../shared/data), in one isolate and spread over many.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { noCatalogue, noPrices } from '../../shared/catalogue.ts'
import type { Config } from '../../shared/config.ts'
import type { DialSetting } from '../../shared/dial.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { callerWith, cxAt, requestFor, soundHealth } from '../../test/unit/samples.ts'
import { openPlanner, type Planner, type PlannerOptions } from '../../workers/routing/planner.ts'
import type { Measured } from '../../workers/service.ts'

const { values: flags } = parseArgs({ options: { json: { type: 'boolean' } } })
const data = process.env['MINNOW_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data')

const price = (input: number): { input: number; cacheRead: number; output: number } => ({
  input,
  cacheRead: input / 10,
  output: input * 4,
})
const place = (provider: string, cost: number): { provider: string; model: string; price: object } => ({
  provider,
  model: 'big-1',
  price: price(cost),
})
const config = {
  providers: Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, { baseUrl: 'http://127.0.0.1:1/v1' }])),
  models: {
    small: { provider: 'a', model: 'small-1', price: price(0.2) },
    tiny: { provider: 'b', model: 'tiny-1', price: price(0.1) },
    big: { provider: 'a', model: 'big-1', price: price(5) },
    large: { provider: 'b', model: 'large-1', price: price(4) },
    many: { providers: [place('a', 5), place('b', 4), place('c', 3), place('d', 6)] },
  },
  routes: {
    plain: { mini: ['small'], frontier: ['big'] },
    shared: { mini: ['small'], frontier: ['big'], strongShare: 0.2 },
    full: { mini: ['small', 'tiny'], frontier: ['many', 'large'], maxCostPer1k: 2 },
  },
} as Config

const usual: Measured = {
  p50Ms: 400,
  tokensPerSecond: 60,
  use: { calls: 200, input: 600, cacheRead: 400, cacheWrite: 0, output: 250 },
}

function open(over: Partial<PlannerOptions> = {}): Planner {
  return openPlanner({
    config,
    prices: () => Promise.resolve(noPrices),
    microProvider: 'minnow',
    catalogue: noCatalogue,
    vendorOf: () => undefined,
    health: { ...soundHealth, measured: () => usual },
    ratings: { quality: () => 0.8, isMarked: () => false },
    ...over,
  })
}

const WORDS =
  'If a train leaves at nine and another at ten, which of the two, by what rule, meets the tide first? '
const promptOf = (n: number): string => `${n}: ${WORDS.repeat(10)}`.slice(0, 1_000)

interface Timed {
  readonly name: string
  readonly micros: number
}

async function timed(
  name: string,
  model: string,
  over: Partial<ModelRequest>,
  last: boolean,
): Promise<Timed> {
  const planner = open()
  const cx = cxAt()
  const caller = callerWith()
  const requests = Array.from({ length: 50 }, (_, n) => requestFor(promptOf(n), { model, ...over }))
  const served = { target: 'b/big-1', at: Date.now(), promptTokens: 300, cachedTokens: 250 }
  const round = async (count: number): Promise<number> => {
    const began = process.cpuUsage()
    for (let n = 0; n < count; n += 1) {
      const request = requests[n % requests.length] ?? requestFor('')
      await planner.plan(request, caller, { ...cx, id: `req_${n}` }, last ? { last: served } : {})
    }
    const { user, system } = process.cpuUsage(began)
    return (user + system) / count
  }
  await round(500)
  const rounds = []
  for (let n = 0; n < 7; n += 1) rounds.push(await round(500))
  return { name, micros: Math.round(rounds.toSorted((a, b) => a - b)[3] ?? 0) }
}

const decisions: readonly Timed[] = [
  await timed('one model by its name', 'big', {}, false),
  await timed('a route with its plain cut', 'plain', {}, false),
  await timed('a share', 'shared', {}, false),
  await timed(
    'a cost, two minis, two frontiers, one of them at four vendors, all measured and rated',
    'full',
    {},
    false,
  ),
  await timed('the same in a conversation with a cache', 'full', { conversation: 'c' }, true),
]

const promptsIn = (file: string): string[] | undefined => {
  const path = join(data, file)
  if (!existsSync(path)) return undefined
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map((line) => String((JSON.parse(line) as { prompt: unknown }).prompt))
}

/** Every so-many-th, so that all subjects are among them. */
const some = (all: readonly string[], count: number): string[] =>
  Array.from({ length: count }, (_, n) => all[Math.floor((n * all.length) / count)] ?? '')

interface Held {
  readonly share: number
  readonly isolates: number
  readonly before: number
  readonly after: number
  readonly all: number
}

/** 450 prompts of one benchmark, then 450 of another, each to one isolate or another by chance. */
async function held(share: number, isolates: number, before: string[], after: string[]): Promise<Held> {
  const planners = Array.from({ length: isolates }, () => open())
  const dial: DialSetting = { strongShare: share }
  const sent: boolean[] = []
  for (const [n, text] of [...before, ...after].entries()) {
    const planner = planners[(n * 7_919) % isolates] ?? open()
    const plan = await planner.plan(requestFor(text, { model: 'plain', dial }), callerWith(), {
      ...cxAt(),
      id: `req_${n}`,
    })
    sent.push(plan.tier === 'frontier')
  }
  const of = (part: readonly boolean[]): number => part.filter(Boolean).length / part.length
  return {
    share,
    isolates,
    before: of(sent.slice(0, before.length)),
    after: of(sent.slice(before.length)),
    all: of(sent),
  }
}

const [mmlu, gsm] = [promptsIn('routellm/mmlu.jsonl'), promptsIn('routellm/gsm8k.jsonl')]
const shares: Held[] = []
if (mmlu !== undefined && gsm !== undefined) {
  for (const isolates of [1, 10, 100])
    for (const share of [0.1, 0.2, 0.5, 0.8])
      shares.push(await held(share, isolates, some(mmlu, 450), some(gsm, 450)))
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`
const lines =
  flags.json === true
    ? [JSON.stringify({ decisions, shares }, null, 2)]
    : [
        '| a decision about 1,000 characters | CPU, microseconds |',
        '|---|---|',
        ...decisions.map(({ name, micros }) => `| ${name} | ${micros} |`),
        '',
        ...(shares.length === 0
          ? [
              `No outcomes in ${data}: MINNOW_DATA names the folder that has routellm/mmlu.jsonl and routellm/gsm8k.jsonl.`,
            ]
          : [
              '| share asked for | isolates | of 450 from MMLU | of 450 from GSM8K after them | of all |',
              '|---|---|---|---|---|',
              ...shares.map(
                ({ share, isolates, before, after, all }) =>
                  `| ${percent(share)} | ${isolates} | ${percent(before)} | ${percent(after)} | ${percent(all)} |`,
              ),
            ]),
      ]
process.stdout.write(`${lines.join('\n')}\n`)
