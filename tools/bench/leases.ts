// Simulates one budget lent to 300 locations: `npm run bench:leases`. The books are the Worker's own; only time, the
// network and the traffic are made up. Prints a table, writes bench-results/leases.json.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Reason, REASONS } from './lease-why.ts'
import { seededRandom } from '../../shared/random.ts'
import { type Job, openWorld, type Tally, type World } from './lease-world.ts'

const LOCATIONS = 300
const MINUTE_MS = 60_000

interface Scene {
  readonly name: string
  /** Micro-dollars; far from it nothing is refused. */
  readonly limit: number
  /** Requests a second over all locations, which share them unequally. */
  readonly rate: number
  readonly isBursty: boolean
  readonly minutes: number
  /** Of every location, in minutes. */
  readonly lifeMinutes: number
  /** Not measured: the first requests find nothing lent. */
  readonly warmMinutes: number
}

const FAR = 1_000_000 * 1_000_000
const usual = { isBursty: false, minutes: 10, lifeMinutes: 30, warmMinutes: 2 }

const SCENES: readonly Scene[] = [
  { ...usual, name: 'far, 3000/s', limit: FAR, rate: 3_000, minutes: 1, warmMinutes: 1 },
  { ...usual, name: 'far, 300/s', limit: FAR, rate: 300, minutes: 5 },
  { ...usual, name: 'far, 300/s in bursts', limit: FAR, rate: 300, isBursty: true, minutes: 5 },
  { ...usual, name: 'far, 30/s', limit: FAR, rate: 30, minutes: 20 },
  { ...usual, name: '$20,000, 30/s', limit: 20_000e6, rate: 30, minutes: 20 },
  { ...usual, name: '$2,000, 30/s', limit: 2_000e6, rate: 30, minutes: 20 },
  { ...usual, name: 'near $50, 300/s', limit: 50e6, rate: 300, warmMinutes: 0 },
  { ...usual, name: 'near $50, bursts', limit: 50e6, rate: 300, isBursty: true, warmMinutes: 0 },
  { ...usual, name: 'near $5, 30/s', limit: 5e6, rate: 30, warmMinutes: 0 },
  { ...usual, name: 'near $1, 30/s, deaths', limit: 1e6, rate: 30, lifeMinutes: 1, warmMinutes: 0 },
]

/** A chat with a model of $2.50 and $10 a million tokens: 200 to 2,200 tokens in, 1,024 allowed, a third of them used. */
function jobFrom(random: () => number): Job {
  const prompt = Math.round((200 + random() * 2_000) * 2.5)
  const answer = 10_240
  const words = Math.min(1, -Math.log(1 - random()) / 3)
  return { prompt, answer, used: prompt + Math.round(answer * words), lastsMs: 300 + words * 12_000 }
}

/** The busiest of n places has about a sixth of all, as cities have. */
function sharesOf(places: number): readonly number[] {
  const weights = Array.from({ length: places }, (_, place) => 1 / (place + 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

function drive(world: World, scene: Scene, random: () => number): void {
  const { clock } = world
  const pause = (perSecond: number): number => (-Math.log(1 - random()) / perSecond) * 1_000
  for (const [place, share] of sharesOf(LOCATIONS).entries()) {
    const rate = scene.rate * share
    const poisson = (): void => {
      world.ask(place, jobFrom(random))
      clock.after(pause(rate), poisson)
    }
    /** A tenth of the time ten times as busy, the rest silent. */
    const burst = (endsAt: number): void => {
      if (clock.now() >= endsAt) {
        const restMs = pause(1 / 18)
        clock.after(restMs, () => burst(clock.now() + pause(1 / 2)))
        return
      }
      world.ask(place, jobFrom(random))
      clock.after(pause(rate * 10), () => burst(endsAt))
    }
    clock.after(pause(rate), scene.isBursty ? () => burst(clock.now() + pause(1 / 2)) : poisson)
    const live = (): void => {
      world.die(place)
      clock.after(pause(1 / (scene.lifeMinutes * 60)), live)
    }
    clock.after(pause(1 / (scene.lifeMinutes * 60)), live)
  }
}

interface Result {
  readonly name: string
  readonly asked: number
  readonly overspentMicros: number
  readonly waitedShare: number
  /** Of all requests, by reason. */
  readonly whyShares: Readonly<Record<Reason, number>>
  /** What no isolate could have avoided: under Cloudflare's 30 s, and if it could hold for ever. */
  readonly unavoidableShare: number
  readonly unavoidableForeverShare: number
  readonly objectRequestsPerRequest: number
  readonly shortened: number
  readonly refused: number
  readonly billedShare: number
  readonly strandedAverage: number
  readonly strandedWorst: number
  /** Booked as spent though nobody billed it: what isolates held when they died, once their leases have run out. */
  readonly buriedShare: number
}

const sharesBy = (share: (reason: Reason) => number): Record<Reason, number> => ({
  new: share('new'),
  rested: share('rested'),
  dry: share('dry'),
  lost: share('lost'),
  scarce: share('scarce'),
})

function play(scene: Scene, seed: number): Result {
  const random = seededRandom(seed)
  const budget = { unit: 'usd', window: 'total', limit: scene.limit } as const
  const world = openWorld({ isolates: LOCATIONS, budget, random, loss: 0.001 })
  drive(world, scene, random)
  world.clock.pass(scene.warmMinutes * MINUTE_MS)
  const before: Tally = structuredClone(world.tally)
  // Near the limit most of the work is refusing; two minutes of that are enough.
  const stopAfter = 2
  let refusing = 0
  for (let minute = 0; minute < scene.minutes && refusing < stopAfter; minute += 1) {
    world.clock.pass(MINUTE_MS)
    if (world.tally.refused > 0 && scene.limit < FAR) refusing += 1
  }
  const { tally } = world
  const asked = tally.asked - before.asked
  const stranded = tally.stranded.map((amount) => amount / scene.limit)
  const { spent, reserved } = world.books()
  return {
    name: scene.name,
    asked,
    overspentMicros: Math.max(0, tally.overspent, spent + reserved - scene.limit),
    waitedShare: (tally.waited - before.waited) / asked,
    whyShares: sharesBy((reason) => (tally.why.waited[reason] - before.why.waited[reason]) / asked),
    unavoidableShare: (tally.why.unavoidable - before.why.unavoidable) / asked,
    unavoidableForeverShare: (tally.why.unavoidableForever - before.why.unavoidableForever) / asked,
    objectRequestsPerRequest: (tally.draws + tally.reports - before.draws - before.reports) / asked,
    shortened: tally.shortened - before.shortened,
    refused: tally.refused - before.refused,
    billedShare: tally.billed / scene.limit,
    strandedAverage:
      stranded.length === 0 ? 0 : stranded.reduce((sum, share) => sum + share, 0) / stranded.length,
    strandedWorst: stranded.reduce((most, share) => Math.max(most, share), 0),
    buriedShare: Math.max(0, spent + reserved - tally.billed) / scene.limit,
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(['---', ...head.slice(1).map(() => '---:')]), ...rows.map(row)].join('\n')

const { values: flags } = parseArgs({
  options: { only: { type: 'string', default: '' }, seed: { type: 'string', default: '7' } },
})
const seed = Number(flags.seed)
const results: Result[] = []
for (const scene of SCENES.filter(({ name }) => name.includes(flags.only))) {
  const result = play(scene, seed)
  results.push(result)
  console.error(`${result.name}: ${percent(result.waitedShare)} waited`)
}
const isNear = ({ name }: Result): boolean => name.startsWith('near')

console.log(
  table(
    ['budget, traffic', 'requests', 'overspent', 'waited for the object', 'object requests each'],
    results.map((result) => [
      result.name,
      result.asked.toLocaleString('en'),
      `$${result.overspentMicros / 1e6}`,
      percent(result.waitedShare),
      result.objectRequestsPerRequest.toFixed(3),
    ]),
  ),
)
console.log('\nWhy they waited, in parts of all requests, and the least that any isolate could do\n')
console.log(
  table(
    [
      'budget, traffic',
      'isolate was new',
      'had rested',
      'held too little',
      'answer lost',
      'little left',
      'least, holding for 30 s',
      'least, holding for ever',
    ],
    results.map((result) => [
      result.name,
      ...REASONS.map((reason) => percent(result.whyShares[reason])),
      percent(result.unavoidableShare),
      percent(result.unavoidableForeverShare),
    ]),
  ),
)
console.log('\nNear the limit\n')
console.log(
  table(
    [
      'budget, traffic',
      'shortened',
      'refused',
      'billed',
      'stranded when refused: average',
      'worst',
      'held at the end',
    ],
    results
      .filter(isNear)
      .map((result) => [
        result.name,
        result.shortened.toLocaleString('en'),
        result.refused.toLocaleString('en'),
        ...[result.billedShare, result.strandedAverage, result.strandedWorst, result.buriedShare].map(
          percent,
        ),
      ]),
  ),
)
const folder = resolve(import.meta.dirname, '../../bench-results')
mkdirSync(folder, { recursive: true })
writeFileSync(
  join(folder, 'leases.json'),
  `${JSON.stringify({ locations: LOCATIONS, seed, at: new Date().toISOString(), results }, null, 2)}\n`,
)
if (results.some(({ overspentMicros }) => overspentMicros > 0)) {
  console.error('The budget was overspent.')
  process.exitCode = 1
}
