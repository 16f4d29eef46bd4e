// What a model is told of what was said before: along a line of responses, in a conversation, and where not all may be sent.
import { describe, expect, it } from 'vitest'
import type { Fields } from '../../../../shared/fields.ts'
import { openSql } from '../conversation/talk.ts'
import { CONVERSATION, type Lines, message, openConversation, openLines, textOf, within } from './line.ts'

const WORDS = 'word '.repeat(40) // some 50 tokens by the estimate

const turn = (name: string): { input: Fields[]; output: Fields[] } => ({
  input: [message(`${name}-q`, 'user', `${name} asks ${WORDS}`)],
  output: [message(`${name}-a`, 'assistant', `${name} says ${WORDS}`)],
})
const own = [message('own', 'user', 'And now?')]
const call = (id: string): Fields => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name: `call ${id}`,
  arguments: '{}',
})
const result = (id: string, output: string): Fields => ({
  type: 'function_call_output',
  id: `fco_${id}`,
  call_id: id,
  output,
})

/** A line of so many responses; the last one's id. */
function chain(lines: Lines, count: number, limit?: ReturnType<typeof within>): string {
  for (let at = 1; at <= count; at += 1)
    lines.say(`r${at}`, {
      ...turn(`t${at}`),
      ...(at === 1 ? {} : { previousId: `r${at - 1}` }),
      ...(limit === undefined ? {} : { limit }),
    })
  return `r${count}`
}

const heads = (told: readonly string[]): string[] => told.map((text) => text.split(' ').slice(0, 2).join(' '))

describe('what was said', () => {
  it('up to a response is its line, questions before answers', () => {
    const lines = openLines()
    chain(lines, 2)
    lines.say('branch', { ...turn('b'), previousId: 'r1' })
    expect(heads(lines.told({ previousId: 'r2' }))).toEqual(['t1 asks', 't1 says', 't2 asks', 't2 says'])
    expect(heads(lines.told({ previousId: 'branch' }))).toEqual(['t1 asks', 't1 says', 'b asks', 'b says'])
  })

  it('in a conversation is what stood there then, not what came later', () => {
    const lines = openConversation()
    lines.say('one', { ...turn('t1'), conversation: true })
    lines.say('two', { ...turn('t2'), conversation: true })
    expect(heads(lines.told({ previousId: 'one' }))).toEqual(['t1 asks', 't1 says'])
    expect(heads(lines.told({}))).toEqual(['t1 asks', 't1 says', 't2 asks', 't2 says'])
  })

  it('before a response and in it is what it was told, its own answer left out', () => {
    const lines = openLines()
    chain(lines, 2)
    const listed = lines.keeper.inputItems('r2', { limit: 20, order: 'asc' })
    const texts = listed.ok ? (JSON.parse(listed.page) as { data: Fields[] }).data.map(textOf) : []
    expect(heads(texts)).toEqual(['t1 asks', 't1 says', 't2 asks'])
  })

  it('has a gap where one was erased: nothing goes on from there, and its own input is still shown', () => {
    const lines = openLines()
    chain(lines, 4)
    lines.keeper.removeResponses(['r2'])
    expect(() => lines.ask({ previousId: 'r2' })).toThrow('missing r2')
    expect(() => lines.ask({ previousId: 'r4' })).toThrow('missing r2')
    expect(heads(lines.told({ previousId: 'r1' }))).toEqual(['t1 asks', 't1 says'])
    const listed = lines.keeper.inputItems('r4', { limit: 20, order: 'desc' })
    expect(listed.ok && (JSON.parse(listed.page) as { data: Fields[] }).data.map(({ id }) => id)).toEqual([
      't4-q',
    ])
  })
})

describe.each(['a line of responses', 'a conversation'] as const)('with a budget of tokens, %s', (kind) => {
  const open = (): { lines: Lines; where: { previousId?: string }; count: (turns: number) => void } => {
    const lines = kind === 'a conversation' ? openConversation() : openLines()
    const where: { previousId?: string } = kind === 'a conversation' ? {} : { previousId: 'r12' }
    return {
      lines,
      where,
      count(turns) {
        if (kind === 'a line of responses') chain(lines, turns, within(400))
        else
          for (let at = 1; at <= turns; at += 1)
            lines.say(`r${at}`, { ...turn(`t${at}`), conversation: true, limit: within(400) })
      },
    }
  }

  it('tells its last turns, beginning with a user, and says what it left out', () => {
    const { lines, where, count } = open()
    count(12)
    const { context, items } = lines.ask({ ...where, own, limit: within(400) })
    const told = heads((JSON.parse(items) as Fields[]).map(textOf))
    expect(told[0]).toMatch(/^t\d+ asks$/)
    expect(told.at(-1)).toBe('t12 says')
    expect(context.tokens).toBeLessThanOrEqual(400)
    expect(context.left.turns).toBe(12 - told.length / 2)
    expect(context.left.tokens).toBeGreaterThan(500)
  })

  it('begins alike for several turns, so that what vendors have cached holds', () => {
    const { lines, count } = open()
    count(4)
    const starts = Array.from({ length: 24 }, (_, at) => {
      const id = `r${at + 5}`
      const where = kind === 'a conversation' ? { conversation: true } : { previousId: `r${at + 4}` }
      return textOf(
        (JSON.parse(lines.say(id, { ...turn(id), ...where, limit: within(1_200) }).items) as Fields[])[0] ??
          {},
      )
    })
    expect(new Set(starts).size).toBeLessThanOrEqual(10)
  })

  it('keeps instructions that stood among what was said, in front', () => {
    const { lines, where } = open()
    const instructed = {
      ...turn('t1'),
      input: [message('dev', 'developer', 'Be kind.'), ...turn('t1').input],
    }
    lines.say('r1', { ...instructed, ...(kind === 'a conversation' ? { conversation: true } : {}) })
    for (let at = 2; at <= 12; at += 1)
      lines.say(`r${at}`, {
        ...turn(`t${at}`),
        ...(kind === 'a conversation' ? { conversation: true } : { previousId: `r${at - 1}` }),
      })
    const told = lines.told({ ...where, own, limit: within(400) })
    expect(told[0]).toBe('Be kind.')
    expect(heads(told)[1]).not.toBe('t1 asks')
    expect(lines.told(where)).toHaveLength(25)
  })

  it('lets what tools answered go first, and keeps each call with its result', () => {
    const { lines, where } = open()
    const on = (at: number): object =>
      kind === 'a conversation' ? { conversation: true } : at === 1 ? {} : { previousId: `r${at - 1}` }
    lines.say('r1', { input: [message('q', 'user', 'Weather?')], output: [call('c1')], ...on(1) })
    lines.say('r2', {
      input: [result('c1', 'rain '.repeat(200))],
      output: [message('a', 'assistant', 'Rain.')],
      ...on(2),
    })
    for (let at = 3; at <= 12; at += 1)
      lines.say(`r${at}`, {
        input: [message(`q${at}`, 'user', 'More?')],
        output: [message(`a${at}`, 'assistant', 'No.')],
        ...on(at),
      })
    const { items, context } = lines.ask({ ...where, own, limit: within(300) })
    const told = (JSON.parse(items) as Fields[]).map(textOf)
    expect(told[2]).toMatch(/^\[This result, about \d+ tokens, is left out/)
    expect(told.slice(0, 2)).toEqual(['Weather?', 'call c1'])
    expect(context.left).toMatchObject({ turns: 0, results: 1 })
  })

  it('puts a summary in the place of what it leaves out, and sums each span up once', () => {
    const { lines, where, count } = open()
    count(12)
    const asked = { ...where, own, limit: within(400) }
    const { due } = lines.ask(asked)
    if (due === undefined) throw new Error('nothing is due')
    const span = lines.keeper.span(due)
    expect(heads((JSON.parse(span?.items ?? '[]') as Fields[]).map(textOf))[0]).toBe('t1 asks')
    if (span === undefined) throw new Error('no span')
    lines.keeper.summarised(span, { text: 'They talked.', tokens: 20, model: 'lab/sums', at: 1 })
    const after = lines.ask(asked)
    expect(textOf((JSON.parse(after.items) as Fields[])[0] ?? {})).toContain('They talked.')
    expect(after.context.summary).toBe(true)
    expect(after.context.tokens).toBeLessThanOrEqual(400)
    expect(after.due?.depth ?? 0).not.toBe(due.depth)
    const next = kind === 'a conversation' ? { conversation: true } : { previousId: 'r12' }
    lines.say('r13', { ...turn('t13'), ...next, limit: within(400) })
    const later = lines.ask({
      ...(kind === 'a conversation' ? {} : { previousId: 'r13' }),
      own,
      limit: within(400),
    })
    expect(later.context.summary).toBe(true)
  })

  it('refuses what is too long where nothing may be left out, before it is read', () => {
    const { lines, where, count } = open()
    count(12)
    expect(() => lines.ask({ ...where, own, limit: { room: 400, drops: false, dropsOwn: false } })).toThrow(
      'long',
    )
  })

  it('reads no more of a long one than of a short one', () => {
    const read = (turns: number): { rows: number; bytes: number } => {
      const sql = openSql()
      const lines = kind === 'a conversation' ? openConversation(sql) : openLines(sql)
      const say = (at: number): void => {
        const where =
          kind === 'a conversation' ? { conversation: true } : at === 1 ? {} : { previousId: `r${at - 1}` }
        // Names of one length, so that bytes can be compared.
        lines.say(`r${at}`, { ...turn(String(at + 10_000)), ...where, limit: within(600) })
      }
      for (let at = 1; at <= turns; at += 1) say(at)
      sql.counts()
      for (let at = turns + 1; at <= turns + 12; at += 1) say(at)
      return sql.counts()
    }
    const [short, long] = [read(10), read(300)]
    expect(long.rows).toBeLessThan(short.rows * 1.1)
    expect(long.bytes).toBeLessThan(short.bytes * 1.1)
  }, 240_000)
})

describe('a question that is long itself', () => {
  it('loses its beginning where everything may be left out, and never its end', () => {
    const lines = openLines()
    chain(lines, 2)
    const input = [
      ...['x1', 'x2', 'x3', 'x4'].flatMap((name) => [...turn(name).input, ...turn(name).output]),
      ...own,
    ]
    const recalled = lines.ask({
      previousId: 'r2',
      own: input,
      limit: { room: 300, drops: true, dropsOwn: true },
    })
    expect(recalled.items).toBe('[]')
    const told = recalled.own.map(({ at }) => input[at]?.['id'])
    expect(told.at(-1)).toBe('own')
    expect(told[0]).toMatch(/^x[34]-q$/)
    expect(recalled.context.tokens).toBeLessThanOrEqual(300)
  })
})

describe('an item that is erased from a conversation', () => {
  it('is gone from the response that it came with, from what sums it up, and from what is counted', () => {
    const lines = openConversation()
    for (let at = 1; at <= 12; at += 1)
      lines.say(`r${at}`, { ...turn(`t${at}`), conversation: true, limit: within(400) })
    const due = lines.ask({ own, limit: within(400) }).due
    const span = due && lines.keeper.span(due)
    if (span === undefined) throw new Error('no span')
    lines.keeper.summarised(span, { text: 't1 told a secret.', tokens: 20, model: 'm', at: 1 })
    const late = { ...span, depth: span.depth + 1 }
    const before = lines.ask({}).context.tokens
    expect(lines.keeper.removeItem('t1-q')).toBe(true)
    expect(lines.keeper.removeItem('t1-a')).toBe(true)
    expect(lines.keeper.removeItem('t1-a')).toBe(false)
    lines.keeper.summarised(late, { text: 'late secret', tokens: 20, model: 'm', at: 1 })
    expect(lines.ask({ own, limit: within(400) }).context.summary).toBe(false)
    expect(lines.store.text('r1', 'input')).toBe('[]')
    expect(lines.store.text('r1', 'response')).not.toContain('t1 says')
    const whole = lines.ask({})
    expect(heads((JSON.parse(whole.items) as Fields[]).map(textOf))[0]).toBe('t2 asks')
    expect(whole.context.tokens).toBeLessThan(before - 90)
    expect(heads(lines.told({ previousId: 'r3' }))).toEqual(['t2 asks', 't2 says', 't3 asks', 't3 says'])
    expect(lines.ask({ own, limit: within(100_000) }).context.left.turns).toBe(0)
    expect(lines.keeper.listItems(CONVERSATION, { limit: 1, order: 'asc' })).toMatchObject({ ok: true })
  })
})
