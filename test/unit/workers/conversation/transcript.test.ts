// How a request joins what was said before: nothing twice, nothing lost, whichever way the client sends it.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  join,
  lastServed,
  type StoredMessage,
  type Turn,
} from '../../../../workers/conversation/transcript.ts'
import { servedBy } from '../../../../workers/service.ts'

const user = (content: unknown): StoredMessage => ({ role: 'user', content })
const assistant = (content: unknown): StoredMessage => ({ role: 'assistant', content })
const system = (content: string): StoredMessage => ({ role: 'system', content })
const turn = (...messages: StoredMessage[]): Turn => ({ requestId: 'r', at: 1, messages, cut: false })

const one = turn(user('Hi'), assistant('Hello'))
const two = turn(user('Who?'), assistant('Me'))

describe('a request', () => {
  const cases: readonly [string, Turn[], StoredMessage[], StoredMessage[], StoredMessage[]][] = [
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
      [user('Hi'), assistant('Hello'), user('Who?')],
      [user('Who?')],
    ],
    [
      'with the whole history brings only its last message',
      [one],
      [user('Hi'), assistant('Hello'), user('Who?')],
      [user('Hi'), assistant('Hello'), user('Who?')],
      [user('Who?')],
    ],
    [
      'with the whole history of several turns brings only its last message',
      [one, two],
      [user('Hi'), assistant('Hello'), user('Who?'), assistant('Me'), user('Why?')],
      [user('Hi'), assistant('Hello'), user('Who?'), assistant('Me'), user('Why?')],
      [user('Why?')],
    ],
    [
      'that says the same thing again says it again',
      [one],
      [user('Hi')],
      [user('Hi'), assistant('Hello'), user('Hi')],
      [user('Hi')],
    ],
    [
      'with a history that differs is taken as new',
      [one],
      [user('Hi'), assistant('Bye'), user('Who?')],
      [user('Hi'), assistant('Hello'), user('Hi'), assistant('Bye'), user('Who?')],
      [user('Hi'), assistant('Bye'), user('Who?')],
    ],
    [
      'that repeats its system message does not store it twice',
      [turn(system('S'), user('Hi'), assistant('Hello'))],
      [system('S'), user('Who?')],
      [system('S'), user('Hi'), assistant('Hello'), user('Who?')],
      [user('Who?')],
    ],
    [
      'without a system message keeps the last one',
      [turn(system('S'), user('Hi'), assistant('Hello')), two],
      [user('Why?')],
      [system('S'), user('Hi'), assistant('Hello'), user('Who?'), assistant('Me'), user('Why?')],
      [user('Why?')],
    ],
    [
      'with another system message replaces the old one',
      [turn(system('S'), user('Hi'), assistant('Hello'))],
      [system('T'), user('Who?')],
      [system('T'), user('Hi'), assistant('Hello'), user('Who?')],
      [system('T'), user('Who?')],
    ],
    [
      'with a developer message counts it as an instruction',
      [one],
      [{ role: 'developer', content: 'D' }, user('Who?')],
      [{ role: 'developer', content: 'D' }, user('Hi'), assistant('Hello'), user('Who?')],
      [{ role: 'developer', content: 'D' }, user('Who?')],
    ],
  ]
  for (const [name, turns, sent, messages, fresh] of cases) {
    it(name, () => expect(join(turns, sent)).toEqual({ messages, fresh }))
  }

  it('is recognised when text comes back as parts, null as nothing, with fields of its own', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
    const stored = turn(user('Hi'), { role: 'assistant', content: null, tool_calls: [call] })
    const sent = [
      user([{ type: 'text', text: 'Hi' }]),
      { role: 'assistant', content: '', tool_calls: [call], refusal: null, annotations: [] },
      { role: 'tool', tool_call_id: 'c', content: '5' },
    ]
    expect(join([stored], sent).fresh).toEqual([sent[2]])
  })

  it('with another tool call is not mistaken for what was said', () => {
    const call = (name: string) => ({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', function: { name, arguments: '{}' } }],
    })
    expect(join([turn(user('Hi'), call('f'))], [user('Hi'), call('g'), user('x')]).fresh).toHaveLength(3)
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
          const turns = exchanges.map(([ask, answer], index) =>
            turn(...(index === 0 ? leading : []), user(ask), assistant(answer)),
          )
          const history = exchanges.flatMap(([ask, answer]) => [user(ask), assistant(answer)])
          const short = join(turns, [...leading, user(question)])
          const long = join(turns, [...leading, ...history, user(question)])
          expect(long).toEqual(short)
          expect(short.messages).toEqual([...leading, ...history, user(question)])
        },
      ),
    )
  })

  it('is stored so that its turns add up to what the model saw', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(said, said), { minLength: 1, maxLength: 6 }), (exchanges) => {
        const turns: Turn[] = []
        for (const [ask, answer] of exchanges) {
          const { fresh } = join(turns, [system('S'), user(ask)])
          turns.push(turn(...fresh, assistant(answer)))
        }
        expect(turns.flatMap(({ messages }) => messages)).toEqual([
          system('S'),
          ...exchanges.flatMap(([ask, answer]) => [user(ask), assistant(answer)]),
        ])
      }),
    )
  })
})

describe('who answered last', () => {
  const usage = { input: 10, cacheRead: 80, cacheWrite: 6, cacheWriteLong: 4, output: 5, reasoning: 0 }
  it('is known with what was then in its cache, read or written', () => {
    const served = servedBy('lab/big-1', usage)
    expect(served).toEqual({ target: 'lab/big-1', promptTokens: 100, cachedTokens: 90 })
    expect(lastServed([one, { ...two, at: 7, served }])).toEqual({ ...served, at: 7 })
  })
  it('is nobody before the first turn, and where the last turn does not say', () => {
    expect(lastServed([])).toBeUndefined()
    expect(lastServed([{ ...one, served: servedBy('lab/big-1', usage) }, two])).toBeUndefined()
  })
})
