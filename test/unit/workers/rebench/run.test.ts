// The pure parts of a run: its order, its money, its long texts, and what they come to.
import { describe, expect, it } from 'vitest'
import { hide } from '../../../../workers/rebench/needles.ts'
import { labelsOf } from '../../../../workers/rebench/labels.ts'
import { measure, scoreOf } from '../../../../workers/rebench/measures.ts'
import { isSecondLook, levelOf, nextOf, planOf, type Probe } from '../../../../workers/rebench/plan.ts'
import { covers, leftIn, longLimit, monthOf } from '../../../../workers/rebench/purse.ts'
import { ratingsOf, openRatings } from '../../../../workers/rebench/ratings.ts'
import type { EndedRun, Result } from '../../../../workers/rebench/history.ts'
import { isDue, settingsOf } from '../../../../workers/rebench/settings.ts'
import type { Done } from '../../../../workers/rebench/store.ts'
import { openSubjects } from '../../../../workers/rebench/subjects.ts'
import { parametersOf, writeTable } from '../../../../workers/rebench/table.ts'
import { makeTasks } from '../../../../workers/rebench/tasks/tasks.ts'

const SAMPLES = { tasks: 3, latency: 2, bursts: 1, context: true }

describe('the plan', () => {
  const plan = planOf(['a', 'b'], SAMPLES)
  it('has every probe once, the models by turns, what is timed first', () => {
    expect(plan).toHaveLength(2 * (2 + 1 + 3 + 8))
    expect(plan.map(({ position }) => position)).toEqual([...plan.keys()])
    expect(plan.slice(0, 4).map(({ model, stage, item }) => `${model} ${stage} ${item}`)).toEqual([
      'a latency 0',
      'b latency 0',
      'a burst 0',
      'b burst 0',
    ])
    expect(new Set(plan.map(({ model, stage, item }) => `${model} ${stage} ${item}`)).size).toBe(plan.length)
  })
  it('times before the tasks and after them, long texts last', () => {
    const stages = planOf(['a'], { tasks: 2, latency: 5, bursts: 3, context: true }).map(
      ({ stage, item }) => `${stage} ${item}`,
    )
    expect(stages.slice(0, 11)).toEqual([
      'latency 0',
      'latency 1',
      'latency 2',
      'burst 0',
      'burst 1',
      'task 0',
      'task 1',
      'latency 3',
      'latency 4',
      'burst 2',
      'context 0',
    ])
  })
  it('asks alone what is timed, and tasks together', () => {
    const stagesOf = (probes: readonly Probe[]): string[] => probes.map(({ stage }) => stage)
    expect(stagesOf(nextOf(plan, 4))).toEqual(['latency'])
    expect(stagesOf(nextOf(plan.slice(4), 4))).toEqual(['task', 'task', 'task', 'task'])
    expect(stagesOf(nextOf(plan.slice(8), 4))).toEqual(['task', 'task'])
    expect(stagesOf(nextOf(plan.slice(10), 4))).toEqual(['latency'])
    expect(stagesOf(nextOf(plan.slice(12), 4))).toEqual(['context'])
    expect(nextOf([], 4)).toEqual([])
  })
  it('looks twice at each length', () => {
    expect([0, 1, 2, 3].map(levelOf)).toEqual([0, 0, 1, 1])
    expect([0, 1, 2, 3].map(isSecondLook)).toEqual([false, true, false, true])
  })
})

describe('what is measured', () => {
  const subjects = openSubjects({
    models: {
      plain: { provider: 'one', model: 'p-1' },
      wide: {
        providers: [
          { provider: 'one', model: 'w-1' },
          { provider: 'two', model: 'org/w' },
        ],
      },
      only: { providers: [{ provider: 'two', model: 'o' }] },
    },
  })
  it.each([
    ['plain', ['plain']],
    ['wide', ['one/w-1', 'two/org/w']],
    ['only', ['only']],
    ['micro', ['micro']],
    ['two/anything', ['two/anything']],
    ['toString', ['toString']],
  ])('of %s is %o', (name, expected) => expect(subjects(name)).toEqual(expected))
})

describe('the purse', () => {
  const purse = { runLimit: 1_000, monthLimit: 5_000, runSpent: 300, monthSpent: 0, reserved: 200 }
  it.each([
    [purse, 500],
    [{ ...purse, monthSpent: 4_400 }, 100],
    [{ ...purse, monthSpent: 5_000 }, 0],
    [{ ...purse, runSpent: 1_200 }, 0],
  ])('%o has %d left', (given, left) => expect(leftIn(given)).toBe(left))
  it('covers what is left and not one more; what is free always', () => {
    expect([500, 501].map((micros) => covers(purse, micros))).toEqual([true, false])
    expect(covers({ ...purse, runLimit: 0 }, 0)).toBe(true)
  })
  it('gives long texts a share only', () => expect(longLimit(purse, 4)).toBe(100))
  it('knows months by UTC', () => expect(monthOf(Date.UTC(2026, 10, 30, 23, 59))).toBe('2026-11'))
})

describe('the schedule', () => {
  const hour = 3_600_000
  const now = 1_000 * hour
  it('runs nothing by itself without a section, and daily with an empty one', () => {
    expect(isDue(settingsOf(undefined), undefined, now)).toBe(false)
    expect(isDue(settingsOf({}), undefined, now)).toBe(true)
    expect(isDue(settingsOf({}), now - 23 * hour, now)).toBe(false)
    expect(isDue(settingsOf({}), now - 24 * hour + 60_000, now)).toBe(true)
    expect(isDue(settingsOf({ everyHours: 0 }), undefined, now)).toBe(false)
  })
})

const count = (text: string): number => Math.ceil(text.length / 4)

describe('a long text', () => {
  it.each([200, 460, 1_000, 8_000, 40_000])('has %d tokens or a little less', (tokens) => {
    const { prompt } = hide('a', tokens, count)
    expect(count(prompt)).toBeLessThanOrEqual(tokens)
    expect(count(prompt)).toBeGreaterThan(tokens * 0.9 - 40)
  })
  it('hides its facts at all depths, and knows which of them were found', () => {
    const { prompt, found, example } = hide('a', 8_000, count)
    expect(found(example)).toEqual([true, true, true, true, true])
    expect(found(prompt.slice(-prompt.length / 2))).toEqual([false, false, expect.anything(), true, true])
    expect(found('')).toEqual([false, false, false, false, false])
    const places = [...prompt.matchAll(/The code of the/g)].map(({ index }) => index / prompt.length)
    expect(places[0]).toBeLessThan(0.05)
    expect(places.at(-1)).toBeGreaterThan(0.9)
  })
})

const done = (stage: Done['stage'], item: number, result: unknown, more: Partial<Done> = {}): Done => ({
  position: item,
  model: 'a',
  stage,
  item,
  state: 'done',
  costMicros: 10,
  result,
  note: '',
  ...more,
})

describe('measures', () => {
  const known = { contextWindow: 1_000, footprint: undefined }
  const look = (item: number, tokens: number, found: number): Done =>
    done('context', item, { tokens, found: [0, 1, 2, 3, 4].map((at) => at < found) })

  it('count what was answered, and keep what was not apart', () => {
    const measures = measure(
      [
        done('task', 0, { right: true }),
        done('task', 1, { right: false }),
        done('task', 2, undefined, { state: 'failed', note: 'timeout-head', costMicros: 50 }),
        done('task', 10, { right: true }),
        done('task', 11, undefined, { state: 'skipped', note: 'budget', costMicros: 0 }),
      ],
      known,
    )
    expect(scoreOf(measures)).toEqual({ right: 2, total: 3 })
    expect(measures.kinds).toEqual({
      arithmetic: { right: 2, total: 2 },
      'word-problem': { right: 0, total: 1 },
    })
    expect(measures.rights).toBe('10--------1-')
    expect(measures).toMatchObject({
      taskMicros: 30,
      costMicros: 80,
      failures: { right: 1, total: 4 },
      reasons: { 'timeout-head': 1 },
      skipped: { budget: 1 },
    })
  })

  it.each([
    ['all lengths', [look(0, 125, 5), look(2, 250, 5), look(4, 500, 5), look(6, 900, 5)], 900, 900],
    ['a slip, put right by the second look', [look(0, 125, 5), look(2, 250, 4), look(3, 250, 5)], 250, 250],
    [
      'two of four',
      [look(0, 125, 5), look(2, 250, 5), look(4, 500, 2), look(5, 500, 2), look(6, 900, 5)],
      250,
      900,
    ],
    ['none', [look(0, 125, 0), look(1, 125, 1)], 0, 125],
  ])('know of %s how far it reads', (_, looks, handled, tried) =>
    expect(measure(looks, known).context).toMatchObject({ stated: 1_000, handled, tried }),
  )

  it('know at which depth facts are lost, in texts with three of them, too', () => {
    const lost = done('context', 2, { tokens: 250, found: [true, true, false, true, true] })
    const short = done('context', 0, { tokens: 125, found: [true, false, true] })
    expect(measure([short, lost], known).context?.depths).toEqual([
      { depth: 0.02, right: 2, total: 2 },
      { depth: 0.25, right: 1, total: 1 },
      { depth: 0.5, right: 0, total: 2 },
      { depth: 0.75, right: 1, total: 1 },
      { depth: 0.98, right: 2, total: 2 },
    ])
  })

  it('say nothing of a length that was not tried', () =>
    expect(measure([done('task', 0, { right: true })], known).context).toBeUndefined())
})

const resultWith = (measures: Partial<Result['measures']>, isMarked = false): Result => ({
  runId: 'bench_1',
  model: 'a|b',
  target: 'lab/llama-3.1-8b-instruct',
  at: 0,
  measures: { ...measure([], { contextWindow: undefined, footprint: undefined }), ...measures },
  findings: [],
  isMarked,
})

describe('labels', () => {
  it('are of the tasks that both answered, with the very prompts', () => {
    const tasks = makeTasks('s', 4)
    const labels = labelsOf('s', { rights: '10-1' }, { rights: '1101' })
    expect(labels).toEqual([
      { kind: 'arithmetic', prompt: tasks[0]?.prompt, weak: true, strong: true },
      { kind: 'word-problem', prompt: tasks[1]?.prompt, weak: false, strong: true },
      { kind: 'json', prompt: tasks[3]?.prompt, weak: true, strong: true },
    ])
  })
})

describe('ratings', () => {
  const kinds = { json: { right: 9, total: 30 }, code: { right: 2, total: 4 } }
  const result = resultWith({ kinds, context: { handled: 900, tried: 900 } }, true)
  it('say the share that was right, of all or of a kind, where enough was asked', () => {
    const ratings = ratingsOf([result])
    expect(ratings.quality('a|b')).toBeCloseTo(11 / 34)
    expect(ratings.quality('a|b', 'json')).toBeCloseTo(0.3)
    expect(ratings.quality('a|b', 'code')).toBeUndefined()
    expect(ratings.quality('a|b', 'weather')).toBeUndefined()
    expect(ratings.quality('nobody')).toBeUndefined()
    expect([ratings.isMarked('a|b'), ratings.isMarked('nobody')]).toEqual([true, false])
  })
  it('of a model that several vendors serve are the mean of them, and it is marked where all are', () => {
    const places = ['one/x', 'two/x'].map((model, at) => ({
      ...resultWith({ kinds: { json: { right: 30 - 20 * at, total: 30 } } }, at === 1),
      model,
    }))
    const ratings = ratingsOf(places, (name) => (name === 'x' ? ['one/x', 'two/x'] : [name]))
    expect(ratings.quality('x')).toBeCloseTo(40 / 60)
    expect(ratings.quality('two/x', 'json')).toBeCloseTo(1 / 3)
    expect(['x', 'one/x', 'two/x'].map(ratings.isMarked)).toEqual([false, false, true])
    const all = places.map((place) => ({ ...place, isMarked: true }))
    const both = (name: string) => (name === 'x' ? ['one/x', 'two/x'] : [name])
    expect(ratingsOf(all, both).isMarked('x')).toBe(true)
    expect(ratingsOf(all.slice(1), both).isMarked('x')).toBe(false)
  })
  it('are there at once, are renewed in the background now and then, and survive a database that is away', async () => {
    const tasks: Promise<unknown>[] = []
    let [reads, now] = [0, 0]
    const board = openRatings(async () => {
      reads += 1
      if (reads === 2) throw new Error('away')
      return [result]
    })
    const cx = {
      now: () => now,
      defer: (task: Promise<unknown>) => void tasks.push(task.catch(() => undefined)),
    }
    board.look(cx)
    expect(board.isMarked('a|b')).toBe(false)
    board.look(cx)
    await Promise.all(tasks)
    expect([reads, board.isMarked('a|b'), board.quality('a|b', 'json')]).toEqual([1, true, 0.3])
    now = 301_000
    board.look(cx)
    await Promise.all(tasks)
    expect([reads, board.isMarked('a|b')]).toEqual([2, true])
  })
})

describe('the table', () => {
  const run: EndedRun = {
    id: 'bench_1',
    seed: 's',
    reason: 'operator',
    startedAt: 0,
    endedAt: 1_000,
    spentMicros: 1_500,
    limitMicros: 500_000,
    probes: 3,
    skipped: 0,
  }
  it('has a row a model, with what was not measured as a dash', () => {
    const text = writeTable(run, [resultWith({ firstMs: [100, 200, 900], rights: '' })])
    const rows = text.split('\n').filter((line) => line.startsWith('|'))
    expect(rows).toHaveLength(3)
    const cells = rows.map((row) => row.replaceAll('\\|', '').split('|').length)
    expect(new Set(cells).size).toBe(1)
    expect(rows[2]).toContain('a\\|b | - | 200 / 900 | - |')
    expect(rows[2]).toContain('8 billion parameters, as published')
  })
  it('has a second table of the kinds of tasks, where any were answered', () => {
    const kinds = { json: { right: 9, total: 30 }, unknown: { right: 2, total: 4 } }
    const [, , table = ''] = writeTable(run, [resultWith({ kinds })]).split('\n\n')
    const [head = '', , row = ''] = table.split('\n').map((line) => line.split(' | '))
    expect(head.slice(0, 5)).toEqual(['| right, by kind', 'arithmetic', 'word-problem', 'extraction', 'json'])
    expect(row[4]).toBe('30.0 % of 30')
    expect(row.at(-1)).toBe('50.0 % of 4 |')
    expect(row[1]).toBe('-')
    expect(row).toHaveLength(head.length)
  })
  it('says so where there is nothing', () =>
    expect(writeTable(undefined, [])).toMatch(/^Nothing has been measured/))
  it.each([
    ['lab/llama-3.1-70b-instruct', '70 billion parameters, as published'],
    ['lab/mixtral-8x7b', '8x7 billion parameters, as published'],
    ['ollama/llama3.1:8b', '8 billion parameters, as published'],
    ['lab/gpt-4.1', undefined],
    ['lab/web-2b2', undefined],
  ])('reads the size of %s from its name: %s', (target, size) => expect(parametersOf(target)).toBe(size))
})
