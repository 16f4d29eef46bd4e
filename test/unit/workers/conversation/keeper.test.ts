// How a request joins what was said before: nothing twice, nothing lost, whichever way the client sends it and wherever
// in the conversation it goes on.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredMessage } from '../../../../workers/conversation/transcript.ts'
import { assistant, calls, NOON, openSql, openTalk, result, sealOf, system, type Talk, user } from './talk.ts'

const talkOf = (...turns: readonly (readonly StoredMessage[])[]): Talk => {
  const talk = openTalk()
  for (const turn of turns) talk.say(turn.slice(0, -1), turn.at(-1) ?? assistant(''))
  return talk
}

const one = [user('Hi'), assistant('Hello')]
const two = [user('Who?'), assistant('Me')]

describe('a request', () => {
  const cases: readonly [string, StoredMessage[][], StoredMessage[], StoredMessage[], StoredMessage[]][] = [
    [
      'that is the first is all new',
      [],
      [system('S'), user('Hi')],
      [system('S'), user('Hi')],
      [system('S'), user('Hi')],
    ],
    [
      'with the new message only follows what was said',
      [one],
      [user('Who?')],
      [...one, user('Who?')],
      [user('Who?')],
    ],
    [
      'with the whole history brings only its last message',
      [one],
      [...one, user('Who?')],
      [...one, user('Who?')],
      [user('Who?')],
    ],
    [
      'with the whole history of several turns brings only its last message',
      [one, two],
      [...one, ...two, user('Why?')],
      [...one, ...two, user('Why?')],
      [user('Why?')],
    ],
    ['that says the same thing again says it again', [one], [user('Hi')], [...one, user('Hi')], [user('Hi')]],
    [
      'with a history that differs is taken as new',
      [one],
      [user('Hi'), assistant('Bye'), user('Who?')],
      [...one, user('Hi'), assistant('Bye'), user('Who?')],
      [user('Hi'), assistant('Bye'), user('Who?')],
    ],
    [
      'that repeats its system message does not store it twice',
      [[system('S'), ...one]],
      [system('S'), user('Who?')],
      [system('S'), ...one, user('Who?')],
      [user('Who?')],
    ],
    [
      'without a system message keeps the last one',
      [[system('S'), ...one], two],
      [user('Why?')],
      [system('S'), ...one, ...two, user('Why?')],
      [user('Why?')],
    ],
    [
      'with another system message replaces the old one',
      [[system('S'), ...one]],
      [system('T'), user('Who?')],
      [system('T'), ...one, user('Who?')],
      [system('T'), user('Who?')],
    ],
    [
      'with a developer message counts it as an instruction',
      [one],
      [{ role: 'developer', content: 'D' }, user('Who?')],
      [{ role: 'developer', content: 'D' }, ...one, user('Who?')],
      [{ role: 'developer', content: 'D' }, user('Who?')],
    ],
    [
      'keeps the instructions at the front when others came in its midst',
      [[system('S'), user('Hi'), system('Be brief.'), assistant('Hello')]],
      [user('Who?')],
      [system('S'), system('Be brief.'), ...one, user('Who?')],
      [user('Who?')],
    ],
  ]
  for (const [name, turns, sent, messages, fresh] of cases)
    it(name, () => expect(talkOf(...turns).ask(sent)).toMatchObject({ messages, fresh }))

  it('is recognised when text comes back as parts, null as nothing, with fields of its own', () => {
    const talk = talkOf([user('Hi'), calls('c')])
    const sent = [
      user([{ type: 'text', text: 'Hi' }]),
      { ...calls('c'), content: '', refusal: null, annotations: [] },
      result('c', '5'),
    ]
    expect(talk.ask(sent).fresh).toEqual([sent[2]])
  })

  it('with another tool call is not mistaken for what was said', () => {
    expect(talkOf([user('Hi'), calls('c')]).ask([user('Hi'), calls('d'), user('x')]).fresh).toHaveLength(3)
  })

  it('is recognised after the key of what is kept has changed', () => {
    const sql = openSql()
    const [older, newer] = ['k1', 'k2'].map(
      (name) => `${name}:${Buffer.alloc(32, name).toString('base64url')}`,
    )
    openTalk(sql, sealOf(older)).say([user('Hi')], assistant('Hello'))
    const talk = openTalk(sql, sealOf(`${newer},${older}`))
    expect(talk.ask([...one, user('Who?')]).fresh).toEqual([user('Who?')])
    expect(talk.store.reseal(1)).toBe(true)
    expect(talk.store.reseal(10)).toBe(false)
    expect(openTalk(sql, sealOf(newer)).ask([user('Who?')]).messages).toEqual([...one, user('Who?')])
  })
})

const said = fc.string({ minLength: 1, maxLength: 5 })
describe('any conversation', () => {
  it('looks the same to the model whether the client sends all of it or the new message only', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(said, said), { maxLength: 6 }),
        said,
        fc.option(said),
        (exchanges, question, instruction) => {
          const leading = instruction === null ? [] : [system(instruction)]
          const talk = talkOf(
            ...exchanges.map(([ask, answer], at) => [
              ...(at === 0 ? leading : []),
              user(ask),
              assistant(answer),
            ]),
          )
          const history = exchanges.flatMap(([ask, answer]) => [user(ask), assistant(answer)])
          const short = talk.ask([...leading, user(question)])
          expect(talk.ask([...leading, ...history, user(question)])).toEqual(short)
          expect(short.messages).toEqual([...leading, ...history, user(question)])
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a turn', () => {
  it('is stored once, however often it is told', () => {
    const talk = openTalk()
    const told = {
      id: 'turn_1',
      at: NOON,
      place: { base: null, isFixed: false },
      question: [{ message: user('Hi'), tokens: 5 }],
      answer: { message: assistant('Hello'), tokens: 5 },
      cut: false,
      model: '',
    }
    expect([talk.keeper.remember(told), talk.keeper.remember(told)]).toEqual([true, false])
    expect(talk.ask([user('x')]).messages).toHaveLength(3)
  })

  it('follows the newest one, though it began before that was stored', () => {
    const talk = openTalk()
    const early = talk.ask([user('early')])
    talk.say([user('Hi')], assistant('Hello'))
    talk.keeper.remember({
      id: 'turn_late',
      at: NOON,
      place: early.place,
      question: early.fresh.map((message) => ({ message, tokens: 1 })),
      answer: { message: assistant('late'), tokens: 1 },
      cut: false,
      model: '',
    })
    expect(talk.ask([user('x')]).messages).toEqual([...one, user('early'), assistant('late'), user('x')])
  })

  it('is not stored where what it goes on from is gone', () => {
    const talk = talkOf(one)
    const { place } = talk.ask([user('Who?')])
    const other = openTalk()
    const told = {
      id: 't',
      at: 1,
      place,
      question: [],
      answer: { message: assistant('x'), tokens: 1 },
      cut: false,
      model: '',
    }
    expect(other.keeper.remember(told)).toBe(false)
  })
})

describe('a conversation goes on', () => {
  const made = (): { talk: Talk; ids: string[] } => {
    const talk = openTalk()
    const ids = ['1', '2', '3'].map((name) => talk.say([user(`q${name}`)], assistant(`a${name}`)))
    return { talk, ids }
  }
  const texts = (messages: readonly StoredMessage[]): unknown[] => messages.map(({ content }) => content)

  it('before the turn that is edited, and keeps what was there', () => {
    const { talk, ids } = made()
    const edit = { goal: { kind: 'edit', turn: ids[1] ?? '' } } as const
    expect(texts(talk.ask([user('q2b')], edit).messages)).toEqual(['q1', 'a1', 'q2b'])
    talk.say([user('q2b')], assistant('a2b'), edit)
    expect(texts(talk.ask([user('x')]).messages)).toEqual(['q1', 'a1', 'q2b', 'a2b', 'x'])
    const back = { goal: { kind: 'parent', turn: ids[2] ?? '' } } as const
    expect(texts(talk.ask([user('x')], back).messages)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3', 'x'])
  })

  it('from its beginning, where the first question is edited', () => {
    const { talk, ids } = made()
    expect(texts(talk.ask([user('anew')], { goal: { kind: 'edit', turn: ids[0] ?? '' } }).messages)).toEqual([
      'anew',
    ])
  })

  it('knows the history that a client sends along with an edit', () => {
    const { talk, ids } = made()
    const sent = [user('q1'), assistant('a1'), user('q2b')]
    const { fresh, messages } = talk.ask(sent, { goal: { kind: 'edit', turn: ids[1] ?? '' } })
    expect([texts(fresh), texts(messages)]).toEqual([['q2b'], ['q1', 'a1', 'q2b']])
  })

  it('with another answer to the last question, which is kept once', () => {
    const { talk, ids } = made()
    const again = { goal: { kind: 'again' } } as const
    for (const sent of [
      [],
      [user('q3')],
      [user('q1'), assistant('a1'), user('q2'), assistant('a2'), user('q3')],
    ])
      expect(texts(talk.ask(sent, again).messages)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3'])
    talk.say([], assistant('a3b'), again)
    expect(texts(talk.ask([user('x')]).messages)).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3b', 'x'])
    expect([...talk.store.forks().values()]).toEqual([[ids[2], `turn_${'4'.padStart(24, '0')}`]])
    talk.say([], assistant('a3c'), again)
    expect(texts(talk.ask([user('x')]).messages).slice(-3)).toEqual(['q3', 'a3c', 'x'])
  })

  it.each([
    ['turn', { kind: 'edit', turn: 'turn_x' }, [user('x')]],
    ['turn', { kind: 'again', turn: 'turn_x' }, []],
    ['other-question', { kind: 'again' }, [user('another')]],
  ] as const)('nowhere, and says why: %s', (why, goal, sent) => {
    const { talk } = made()
    expect(() => talk.ask(sent, { goal })).toThrow(why)
  })

  it('with nothing to answer again before its first turn', () => {
    expect(() => openTalk().ask([], { goal: { kind: 'again' } })).toThrow('question')
  })
})

describe('with a token budget', () => {
  const long = 'word '.repeat(70) // about 100 tokens
  const talked = (turns: number): Talk => {
    const talk = openTalk()
    for (let at = 0; at < turns; at += 1)
      talk.say([...(at === 0 ? [system('S')] : []), user(`q${at} ${long}`)], assistant(`a${at} ${long}`), {
        room: 1_000,
      })
    return talk
  }

  it('sends the instructions and the last turns, and says what it left out', () => {
    const { messages, left, tokens } = talked(20).ask([user('x')], { room: 1_000 })
    expect(messages[0]).toEqual(system('S'))
    expect(messages[1]?.['role']).toBe('user')
    expect(messages.at(-1)).toEqual(user('x'))
    expect(left.turns).toBe(20 - (messages.length - 2) / 2)
    expect(tokens).toBeLessThanOrEqual(1_000)
    expect(left.tokens).toBeGreaterThan(2_000)
  })

  it('begins alike for several turns, so that what vendors have cached holds', () => {
    const talk = talked(30)
    const starts = Array.from({ length: 12 }, (_, at) => {
      const { messages } = talk.ask([user('x')], { room: 2_000 })
      talk.say([user(`more ${at} ${long}`)], assistant(long), { room: 2_000 })
      return messages[1]?.['content']
    })
    expect(new Set(starts).size).toBeLessThanOrEqual(starts.length / 2)
  })

  it('puts a summary of what was left out behind the instructions, as soon as there is one', () => {
    const talk = talked(20)
    const span = talk.keeper.span()
    expect(span).toMatchObject({ previous: null, depth: expect.any(Number) })
    expect(span?.messages[0]?.['content']).toMatch(/^q0 /)
    if (span === undefined) throw new Error('no span')
    talk.keeper.summarised(span, { text: 'They spoke of words.', tokens: 20, model: 'lab/mini', at: NOON })
    const asked = talk.ask([user('x')], { room: 1_000 })
    expect(asked.summary).toBe(true)
    expect(asked.messages[1]).toMatchObject({
      role: 'system',
      content: expect.stringContaining('They spoke of words.'),
    })
    expect(asked.tokens).toBeLessThanOrEqual(1_000)
    expect(talk.ask([user('x')]).summary).toBe(false) // all of it is sent
    expect(talk.keeper.span()).toBeUndefined() // once
  })

  it('sums up the next span from the summary before it', () => {
    const talk = talked(20)
    const first = talk.keeper.span()
    if (first === undefined) throw new Error('no span')
    talk.keeper.summarised(first, { text: 'First.', tokens: 20, model: 'lab/mini', at: NOON })
    for (let at = 0; at < 10; at += 1) talk.say([user(long)], assistant(long), { room: 1_000 })
    const second = talk.keeper.span()
    expect(second?.previous?.text).toBe('First.')
    expect(second?.depth).toBeGreaterThan(first.depth)
  })

  it('is told to a branch only where its turns were summed up', () => {
    const talk = talked(20)
    const span = talk.keeper.span()
    if (span === undefined) throw new Error('no span')
    talk.keeper.summarised(span, { text: 'Late.', tokens: 20, model: 'lab/mini', at: NOON })
    const second = [...talk.store.path(talk.store.head()?.position ?? null)].at(-2)
    const asked = talk.ask([user('x')], { room: 1_000, goal: { kind: 'parent', turn: second?.id ?? '' } })
    expect(asked.summary).toBe(false)
  })

  it('leaves out older tool results first, and says so in their place', () => {
    const talk = openTalk()
    talk.say([user('weather?')], calls('c1'))
    talk.say([result('c1', 'rain '.repeat(700))], assistant('Rain.'))
    talk.say([user('and tomorrow?')], calls('c2'))
    const { messages, left } = talk.ask([result('c2', 'sun')], { room: 300 })
    expect(messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
      'assistant',
      'tool',
    ])
    expect(messages[2]).toMatchObject({ tool_call_id: 'c1', content: expect.stringContaining('left out') })
    expect(left).toMatchObject({ turns: 0, results: 1 })
  })

  it('reads no more of a long conversation than of a short one', () => {
    const read = (turns: number): { rows: number; bytes: number } => {
      const sql = openSql()
      const talk = openTalk(sql)
      for (let at = 0; at < turns; at += 1)
        talk.say([user(`q ${long}`)], assistant(`a ${long}`), { room: 2_000 })
      sql.counts()
      talk.ask([user('x')], { room: 2_000 })
      return sql.counts()
    }
    const [short, longer] = [read(20), read(400)]
    expect(longer.rows).toBeLessThanOrEqual(short.rows * 1.5)
    expect(longer.bytes).toBeLessThanOrEqual(short.bytes * 1.5)
  })
})
