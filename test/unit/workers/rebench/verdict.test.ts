// Who is accused: over many runs of healthy models nobody, and those that got worse by what matters are.
import { describe, expect, it } from 'vitest'
import type { Measures, Score } from '../../../../workers/rebench/measures.ts'
import { randomFrom, type Random } from '../../../../shared/random.ts'
import { type Kind, KINDS } from '../../../../workers/rebench/tasks/task.ts'
import { evened, type Pace, paceOf, type Past } from '../../../../workers/rebench/times.ts'
import { type Finding, findingsOf, isMark, slowAmong } from '../../../../workers/rebench/verdict.ts'

interface Nature {
  readonly accuracy: number
  /** The middle of what it takes to begin; hours differ by a quarter, requests by half. */
  readonly firstMs: number
  readonly failures?: number
  readonly handled?: number
}

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

const times = (random: Random, middleMs: number, count: number, hour: number): number[] =>
  Array.from({ length: count }, () => middleMs * hour * Math.exp(0.5 * normal(random)))

function runOf(seed: string, { accuracy, firstMs, failures = 0, handled = 115_000 }: Nature): Measures {
  const random = randomFrom(seed)
  const hour = Math.exp(0.25 * normal(random))
  const kinds: Partial<Record<Kind, Score>> = {}
  for (const kind of KINDS)
    kinds[kind] = {
      total: 30,
      right: Array.from({ length: 30 }, () => random.next() < accuracy).filter(Boolean).length,
    }
  const failed = Array.from({ length: 340 }, () => random.next() < failures).filter(Boolean).length
  return {
    firstMs: times(random, firstMs, 20, hour),
    perTokenMs: times(random, firstMs / 40, 20, hour),
    bursts: times(random, firstMs * 2, 5, hour).map((wallMs) => ({ requests: 4, wallMs, tokens: 600 })),
    kinds,
    rights: '',
    taskMicros: 0,
    context: { stated: 128_000, handled, tried: 115_000 },
    failures: { right: failed, total: 340 },
    reasons: {},
    skipped: {},
    costMicros: 0,
  }
}

/** Runs one after another, each compared with the ten before that were not marked. */
function life(seed: string, natures: readonly Nature[]): Finding[][] {
  const past: Measures[] = []
  return natures.map((nature, at) => {
    const now = runOf(`${seed}/${at}`, nature)
    const findings = findingsOf(`${seed}/${at}/judge`, now, past.slice(-10))
    if (!findings.some(isMark)) past.push(now)
    return findings
  })
}

const HEALTHY: readonly Nature[] = [
  { accuracy: 0.97, firstMs: 300 },
  { accuracy: 0.8, firstMs: 900, failures: 0.01 },
  { accuracy: 0.55, firstMs: 60 },
  { accuracy: 0.1, firstMs: 2_000, failures: 0.03 },
]

describe('a healthy model', () => {
  it.each(HEALTHY)('is not accused in twenty runs: %o', { timeout: 240_000 }, (nature) => {
    const accused = ['a', 'b', 'c', 'd', 'e'].flatMap((seed) =>
      life(seed, Array<Nature>(20).fill(nature)).flat(),
    )
    expect(accused).toEqual([])
  })
})

const LIVES = ['a', 'b', 'c']
const thrice = (words: readonly string[]): (readonly string[])[] => LIVES.map(() => words)

const found = (now: Nature, runs: number, was: Nature = { accuracy: 0.85, firstMs: 400 }): string[][] =>
  LIVES.map((seed) => {
    const last = life(seed, [...Array<Nature>(runs).fill(was), now]).at(-1) ?? []
    return last.filter(({ kind }) => kind === undefined).map(({ what }) => what)
  })

describe('a model that got worse is found', () => {
  it('by what it has right, after one run', () =>
    expect(found({ accuracy: 0.7, firstMs: 400 }, 1)).toEqual(thrice(['accuracy'])))

  it('by a smaller loss, after several', () =>
    expect(found({ accuracy: 0.72, firstMs: 400 }, 6)).toEqual(thrice(['accuracy'])))

  it('by what it takes, after a few runs', () => {
    for (const words of found({ accuracy: 0.85, firstMs: 1_900 }, 5))
      expect(words.slice(0, 2)).toEqual(['first-token', 'per-token']) // five bursts tell less than twenty requests
  })

  it('by what it does not answer, with and without a history', () => {
    expect(found({ accuracy: 0.85, firstMs: 400, failures: 0.4 }, 3)).toEqual(thrice(['failures']))
    expect(found({ accuracy: 0.85, firstMs: 400, failures: 0.4 }, 0)).toEqual(thrice(['failures']))
  })

  it('in one kind of task alone', () => {
    const before = ['a', 'b', 'c'].map((seed) => runOf(seed, { accuracy: 0.9, firstMs: 400 }))
    const now = runOf('d', { accuracy: 0.9, firstMs: 400 })
    const broken = { ...now, kinds: { ...now.kinds, json: { right: 3, total: 30 } } }
    expect(findingsOf('x', broken, before)).toContainEqual(
      expect.objectContaining({ what: 'accuracy', kind: 'json', is: 0.1 }),
    )
  })

  it('by the length that it reads, from the first run on', () =>
    expect(found({ accuracy: 0.85, firstMs: 400, handled: 32_000 }, 0)).toEqual(thrice(['context'])))
})

describe('a model is not accused', () => {
  it('of a length where it found nothing in short texts either', () => {
    const now = runOf('a', { accuracy: 0.5, firstMs: 100, handled: 0 })
    expect(findingsOf('x', now, [])).toEqual([])
  })
  it('of being faster, or better', () =>
    expect(found({ accuracy: 0.99, firstMs: 80 }, 5)).toEqual(thrice([])))
  it('of times so short that nobody waits', () =>
    expect(found({ accuracy: 0.85, firstMs: 40 }, 5, { accuracy: 0.85, firstMs: 8 })).toEqual(thrice([])))
})

describe('a slowdown of 200 ms', () => {
  const quick = { accuracy: 0.85, firstMs: 18 }
  const later = (measures: Measures, byMs: (ms: number, at: number) => number): Measures => ({
    ...measures,
    firstMs: measures.firstMs.map((ms, at) => ms + byMs(ms, at)).toSorted((a, b) => a - b),
  })
  const seeds = ['a', 'b', 'c', 'd', 'e', 'f']
  /** A machine that was busy for a part of one run: a good half of its times are longer by as much and more. */
  const past = seeds.map((seed, at) => {
    const run = runOf(`quick/${seed}`, quick)
    return at === 3 ? later(run, (_, which) => (which % 5 < 3 ? 150 + 20 * which : 0)) : run
  })
  const whatOf = (now: Measures): string[] => findingsOf('judge', now, past).map(({ what }) => what)

  it.each(LIVES)('is found although an earlier run was busy for a while: %s', (seed) =>
    expect(whatOf(later(runOf(`quick/now/${seed}`, quick), () => 200))).toContain('first-token'),
  )
  it.each(LIVES)('is found in a slow hour, which makes 50 ms of 18 and not 200: %s', (seed) => {
    const now = later(runOf(`quick/now/${seed}`, { ...quick, firstMs: 50 }), () => 200)
    const pace = { 'first-token': 50 / 18, 'per-token': 50 / 18, throughput: 50 / 18 }
    const found = findingsOf('judge', now, past, pace)
    expect(found).toMatchObject([{ what: 'first-token' }])
    expect(found[0]?.is).toBeGreaterThan(200) // as it was measured
  })
  it.each(LIVES)('is none in an hour that slows all six times, and this one twice as much: %s', (seed) => {
    const pace = { 'first-token': 6, 'per-token': 6, throughput: 6 }
    expect(findingsOf('judge', runOf(`quick/now/${seed}`, { ...quick, firstMs: 200 }), past, pace)).toEqual(
      [],
    )
  })
  it.each(LIVES)('is no slowdown where it is a part of the times again: %s', (seed) =>
    expect(
      whatOf(later(runOf(`quick/now/${seed}`, quick), (_, which) => (which % 2 === 0 ? 200 : 0))),
    ).toEqual([]),
  )
})

describe('an hour in which everything is slow', () => {
  const calm = { accuracy: 0.85, firstMs: 400 }
  const past = (name: string): Past[] =>
    ['a', 'b', 'c', 'd', 'e'].map((runId) => ({ runId, measures: runOf(`${name}/${runId}`, calm) }))
  const measured = (name: string): Measures[] => past(name).map(({ measures }) => measures)
  const slow = { ...calm, firstMs: 2_400 }
  const pace = paceOf(['x', 'y'].map((name) => ({ now: runOf(`${name}/now`, slow), before: past(name) })))
  const whatOf = (now: Measures, given?: Pace): string[] =>
    findingsOf('judge', now, measured('z'), given).map(({ what }) => what)

  it('accuses nobody, for others elsewhere are as slow', () => {
    expect(whatOf(runOf('z/now', slow))).toContain('first-token')
    expect(whatOf(runOf('z/now', slow), pace)).toEqual([])
  })
  it('is no excuse later: what was slow then alike is measured by what it is otherwise', () => {
    const [hours, runId] = [['x', 'y', 'z'] as const, 'busy']
    const [x, y, z] = hours.map((name) => [
      ...past(name),
      { runId, measures: runOf(`${name}/${runId}`, { ...calm, firstMs: 4_800 }) },
    ])
    const others = [x, y].map((before = [], at) => ({ now: runOf(`${at}/now`, calm), before }))
    const now = runOf('z/now', { ...calm, firstMs: 1_900 })
    const whatBy = (before: readonly Measures[]): string[] =>
      findingsOf('judge', now, before, paceOf(others)).map(({ what }) => what)
    expect(whatBy((z ?? []).map(({ measures }) => measures))).toEqual([])
    expect(whatBy(evened(z ?? [], others))).toContain('first-token')
  })
  it('hides nobody who is slower than the hour', () =>
    expect(whatOf(runOf('z/now', { ...calm, firstMs: 14_400 }), pace)).toContain('first-token'))
  it('is none where the others are as fast as ever, or unknown, or faster', () => {
    const fast = { ...calm, firstMs: 100 }
    for (const nature of [calm, fast]) {
      const others = ['x', 'y'].map((name) => ({ now: runOf(`${name}/now`, nature), before: past(name) }))
      expect(whatOf(runOf('z/now', slow), paceOf(others))).toContain('first-token')
    }
    expect(paceOf([])).toEqual({ 'first-token': 1, 'per-token': 1, throughput: 1 })
  })
})

it('who is slow beside the others is told, but not marked', () => {
  const all = new Map(
    [300, 350, 400, 3_000].map((firstMs, at) => [`m${at}`, runOf(`s${at}`, { accuracy: 0.9, firstMs })]),
  )
  expect(slowAmong(all, 'm3')).toMatchObject([{ what: 'slow' }])
  expect(slowAmong(all, 'm3').some(isMark)).toBe(false)
  expect(slowAmong(all, 'm0')).toEqual([])
})
