// The judge's own trial: a transcript that is not right must not pass, whatever it looks like at first sight.
import { describe, expect, test } from 'vitest'
import { ANSWER, firstTokens, WEATHER } from './answers.ts'
import { judge, type Result, type Seen, worst } from './judge.ts'
import { must, should } from './rules.ts'
import type { Expected } from './scenario.ts'
import { type Close, read, type Transcript } from './transcript.ts'

const USAGE = { prompt_tokens: 100, completion_tokens: 60, total_tokens: 160 }

const chunk = (delta: unknown, finish: string | null = null, more = {}): string =>
  `data: ${JSON.stringify({ id: 'c1', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`

const words = (text: string): string =>
  (text.match(/\s*\S+/g) ?? []).map((content) => chunk({ content })).join('')

const FINISH = chunk({}, 'stop')
const DONE = 'data: [DONE]\n\n'
const ERROR = `data: ${JSON.stringify({ error: { message: 'The provider broke off.', type: 'upstream_error' } })}\n\n`

const EVENTS = { 'content-type': 'text/event-stream' }

function transcript(raw: string, given: Partial<Transcript> = {}): Transcript {
  const headers = given.headers ?? EVENTS
  return {
    requestId: 'r',
    status: 200,
    raw,
    close: 'closed',
    startedAt: 1_000,
    endedAt: 2_000,
    ...read(raw, headers['content-type'] ?? ''),
    ...given,
    headers,
  }
}

const seen = (...calls: readonly Transcript[]): Seen => ({
  calls,
  primary: [],
  spare: [],
  after: undefined,
  rows: undefined,
})

const verdict = (
  call: Transcript,
  expected: Expected = { kind: 'answer', text: ANSWER },
): readonly [Result, string] => {
  const { result, reason } = judge({ expected, rules: [] }, seen(call))
  return [result, reason]
}

describe('an answer', () => {
  test('that is whole, with its finish and its end, passes', () => {
    expect(verdict(transcript(words(ANSWER) + FINISH + DONE))).toEqual(['pass', ''])
  })

  const SHORT = words(firstTokens(40))
  test.each([
    ['that just ends', SHORT],
    ['with a finish reason', SHORT + FINISH],
    ['with a finish reason and [DONE]', SHORT + FINISH + DONE],
    ['with [DONE] only', SHORT + DONE],
  ])('that is short fails: one %s', (_, raw) => {
    expect(verdict(transcript(raw))).toEqual(['fail', '40 of 60 tokens passed off as the whole answer'])
  })

  test('of status 200 without a word fails', () => {
    expect(verdict(transcript(''))).toEqual(['fail', '0 of 60 tokens passed off as the whole answer'])
  })

  test.each([
    ['begun twice', words(firstTokens(40)) + words(ANSWER)],
    ['with one word twice', words(firstTokens(40)) + words(` ${ANSWER.split(' ').slice(39).join(' ')}`)],
    ['with one word left out', words(firstTokens(40)) + words(` ${ANSWER.split(' ').slice(41).join(' ')}`)],
    ['and something behind it', words(`${ANSWER} and more`)],
    ['of another model', words('Sorry, where were we?')],
  ])('%s fails', (_, raw) => {
    expect(verdict(transcript(raw + FINISH + DONE))[0]).toBe('fail')
  })

  test('whose blanks are lost at a joint is a blemish', () => {
    const raw = words(firstTokens(40)) + words(`  ${ANSWER.split(' ').slice(40).join(' ')}`)
    expect(verdict(transcript(raw + FINISH + DONE))).toEqual(['partial', 'blanks lost or doubled'])
  })

  test('without a finish reason fails, without [DONE] or with two ids is a blemish', () => {
    const other = words(firstTokens(40)) + words(ANSWER.slice(firstTokens(40).length)).replaceAll('c1', 'c2')
    expect(verdict(transcript(words(ANSWER) + DONE))).toEqual(['fail', 'no finish reason'])
    expect(verdict(transcript(words(ANSWER) + FINISH))).toEqual(['partial', 'no [DONE]'])
    expect(verdict(transcript(other + FINISH + DONE))).toEqual(['partial', '2 ids in one answer'])
    expect(verdict(transcript(words(ANSWER) + FINISH + FINISH + DONE))).toEqual([
      'partial',
      'several finish reasons',
    ])
  })

  test('that is no stream is read from its message', () => {
    const body = { id: 'c', choices: [{ message: { content: ANSWER }, finish_reason: 'stop' }], usage: USAGE }
    const headers = { 'content-type': 'application/json' }
    expect(verdict(transcript(JSON.stringify(body), { headers }))).toEqual(['pass', ''])
  })
})

describe('what cannot be read', () => {
  test.each([
    ['an event that is no JSON', words(firstTokens(9)) + 'data: {"id":"x","choi\n\n' + words('and so on')],
    ['a body that ends inside an event', `${words(ANSWER)}data: {"id"`],
    ['half of a character', words(ANSWER).replace('gateway', 'gate\uFFFDway')],
  ])('%s fails', (_, raw) => {
    const [result, reason] = verdict(transcript(raw + FINISH + DONE))
    expect(result).toBe('fail')
    expect(reason).toMatch(/^garbled/)
  })
})

describe('an error', () => {
  test.each([
    ['after a part of the answer', words(firstTokens(40)) + ERROR],
    ['at once', ERROR],
  ])('in the stream %s is safe', (_, raw) => {
    expect(verdict(transcript(raw))).toEqual(['safe', 'an error: The provider broke off.'])
  })

  test('as a status is safe, and one that says nothing fails', () => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ error: { message: 'Every target failed.' } })
    expect(verdict(transcript(body, { status: 503, headers }))[0]).toBe('safe')
    expect(verdict(transcript('', { status: 503, headers }))[0]).toBe('fail')
  })

  test('in the middle of the stream fails: words come after it', () => {
    expect(verdict(transcript(words(firstTokens(9)) + ERROR + words('more') + DONE))).toEqual([
      'fail',
      'it went on after its error',
    ])
  })

  test('behind a finish reason fails: clients take the answer for whole', () => {
    expect(verdict(transcript(words(firstTokens(9)) + FINISH + ERROR))[0]).toBe('fail')
  })

  test('behind words that nobody said fails', () => {
    expect(verdict(transcript(words('Something else.') + ERROR))[0]).toBe('fail')
  })

  test('that is the right answer passes, another one is safe, an answer in its place a blemish', () => {
    const expected: Expected = { kind: 'error', status: 400, says: /safety system/ }
    const headers = { 'content-type': 'application/json' }
    const refused = (message: string, status: number): Transcript =>
      transcript(JSON.stringify({ error: { message } }), { status, headers })
    expect(verdict(refused('Rejected by our safety system.', 400), expected)[0]).toBe('pass')
    expect(verdict(refused('Rejected by our safety system.', 500), expected)[0]).toBe('safe')
    expect(verdict(refused('Bad request.', 400), expected)[0]).toBe('safe')
    expect(verdict(transcript(words(ANSWER) + FINISH + DONE), expected)[0]).toBe('partial')
  })
})

describe('an end', () => {
  test.each([
    ['hung', 'fail'],
    ['broken', 'safe'],
  ] as readonly (readonly [Close, Result])[])('%s is a %s', (close, result) => {
    expect(verdict(transcript(words(firstTokens(40)), { close }))[0]).toBe(result)
  })

  test('of a client that left is right whatever it had read, unless it waited in vain', () => {
    const expected: Expected = { kind: 'nothing' }
    expect(verdict(transcript(words(firstTokens(4)), { close: 'left' }), expected)[0]).toBe('pass')
    expect(verdict(transcript('', { close: 'hung' }), expected)[0]).toBe('fail')
  })
})

describe('a tool call', () => {
  const expected: Expected = { kind: 'call', call: WEATHER.call }
  const json = JSON.stringify(WEATHER.call.arguments)
  const begin = (index: number): string =>
    chunk({ tool_calls: [{ index, id: `call${index}`, function: { name: 'weather', arguments: '' } }] })
  const args = (index: number, text: string): string =>
    chunk({ tool_calls: [{ index, function: { arguments: text } }] })
  const end = chunk({}, 'tool_calls') + DONE

  test('that is whole passes', () => {
    expect(verdict(transcript(begin(0) + args(0, json) + end), expected)).toEqual(['pass', ''])
  })

  test.each([
    ['half of it, with a finish', begin(0) + args(0, json.slice(0, 20)) + end],
    [
      'half of it, and the whole beside it',
      begin(0) + args(0, json.slice(0, 20)) + begin(1) + args(1, json) + end,
    ],
    ['half of it, and the whole behind it', begin(0) + args(0, json.slice(0, 20)) + args(0, json) + end],
    ['other arguments', begin(0) + args(0, '{"city":"Oslo"}') + end],
    ['none at all', words('I do not know.') + end],
    ['without a finish', begin(0) + args(0, json) + DONE],
  ])('%s fails', (_, raw) => {
    expect(verdict(transcript(raw), expected)[0]).toBe('fail')
  })

  test('that is half and then an error is safe', () => {
    expect(verdict(transcript(begin(0) + args(0, json.slice(0, 20)) + ERROR), expected)[0]).toBe('safe')
  })
})

describe('conduct', () => {
  const right = seen(transcript(words(ANSWER) + FINISH + DONE))
  const expected: Expected = { kind: 'answer', text: ANSWER }
  const broken = (): string => 'nine attempts'

  test('that is required fails a whole answer, that is only advised blemishes it', () => {
    expect(judge({ expected, rules: [must(broken)] }, right)).toEqual({
      result: 'fail',
      reason: 'nine attempts',
    })
    expect(judge({ expected, rules: [should(broken)] }, right)).toEqual({
      result: 'partial',
      reason: 'nine attempts',
    })
  })

  test('that is required fails a clean error too', () => {
    expect(judge({ expected, rules: [must(broken)] }, seen(transcript(ERROR))).result).toBe('fail')
  })

  test('of one call among many decides', () => {
    const calls = [...right.calls, transcript(words(firstTokens(40)) + FINISH + DONE)]
    expect(judge({ expected, rules: [] }, { ...right, calls }).result).toBe('fail')
    expect(judge({ expected, rules: [] }, { ...right, calls: [] }).result).toBe('fail')
  })
})

test('a scenario is worth its worst case, and names those that decided', () => {
  const pass = { name: 'a', result: 'pass', reason: '' } as const
  const safe = { name: 'b', result: 'safe', reason: 'an error' } as const
  expect(worst([pass, pass])).toEqual({ result: 'pass', reason: '' })
  expect(worst([pass, safe])).toEqual({ result: 'safe', reason: 'b: an error' })
  expect(worst([safe, { ...safe, name: 'c' }])).toEqual({ result: 'safe', reason: 'an error' })
  expect(worst([pass, safe, { ...safe, name: 'c' }, { ...safe, name: 'd' }])).toEqual({
    result: 'safe',
    reason: 'b, c and 1 more: an error',
  })
  expect(worst([])).toMatchObject({ result: 'fail' })
})
