// What the chaos run takes for a whole answer, for a clear error, and for neither.
import { describe, expect, it } from 'vitest'
import { judge } from '../../../../tools/chaos/client.ts'
import { answerOf } from '../../../../tools/chaos/words.ts'

const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const said = (content: string): string =>
  frame({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })
const STOP = frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
const DONE = 'data: [DONE]\n\n'
const ERROR = frame({ error: { message: 'no', code: 'upstream_failed' } })
const whole = answerOf(4)
const half = whole.slice(0, 30)

const cases: readonly [string, number, string, string][] = [
  ['the whole answer', 200, said(half) + said(whole.slice(30)) + STOP + DONE, 'answered'],
  ['the whole answer with a comment in it', 200, `: keep-alive\n\n${said(whole)}${STOP}${DONE}`, 'answered'],
  ['an error with a status', 503, '{"error":{"code":"upstream_failed"}}', 'error'],
  ['an error after the beginning', 200, said(half) + ERROR, 'error'],
  ['an error before a word', 200, ERROR, 'error'],
  ['a status without a reason', 502, '<html>', 'bad'],
  ['a truncated success', 200, said(half) + STOP + DONE, 'bad'],
  ['the words of another answer', 200, said(answerOf(5)) + STOP + DONE, 'bad'],
  ['other words before an error', 200, said(`${half} and so on`) + ERROR, 'bad'],
  ['words said twice', 200, said(half) + said(whole) + STOP + DONE, 'bad'],
  ['no end marker', 200, said(whole) + STOP, 'bad'],
  ['no finish reason', 200, said(whole) + DONE, 'bad'],
  ['two of them', 200, said(whole) + STOP + STOP + DONE, 'bad'],
  ['a finish and then an error', 200, said(whole) + STOP + ERROR, 'bad'],
  ['something after an error', 200, said(half) + ERROR + said('x'), 'bad'],
  ['an end marker after an error', 200, said(half) + ERROR + DONE, 'bad'],
  ['an end inside an event', 200, said(half) + STOP.slice(0, 20), 'bad'],
  ['an event that is no JSON', 200, `${said(whole)}data: {"cho\n\n${STOP}${DONE}`, 'bad'],
  [
    'half a tool call',
    200,
    frame({ choices: [{ delta: { tool_calls: [{ index: 0 }] } }] }) + said(whole) + STOP + DONE,
    'bad',
  ],
]

describe('a reply', () => {
  for (const [what, status, text, fate] of cases) {
    it(`of ${what} is ${fate}`, () => expect(judge(status, text, 4).fate).toBe(fate))
  }
})

describe('an answer whose limit was lowered', () => {
  const cut = frame({ choices: [{ index: 0, delta: {}, finish_reason: 'length' }] })
  const fateOf = (text: string, isClamped: boolean): string => judge(200, text, 4, isClamped).fate

  it('may end there', () => expect(fateOf(said(half) + cut + DONE, true)).toBe('answered'))
  it('may not where nobody said so', () => expect(fateOf(said(half) + cut + DONE, false)).toBe('bad'))
  it('may not as if it were whole', () => expect(fateOf(said(half) + STOP + DONE, true)).toBe('bad'))
  it('says no other words', () => expect(fateOf(said('other') + cut + DONE, true)).toBe('bad'))
  it('has its end marker', () => expect(fateOf(said(half) + cut, true)).toBe('bad'))
})
