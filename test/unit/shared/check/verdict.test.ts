// What may be given of a small model's answers and what may not: every check, right, wrong and tricky.
import { describe, expect, it } from 'vitest'
import { isRefusal } from '../../../../shared/check/refusal.ts'
import { keepsSchema } from '../../../../shared/check/schema.ts'
import { agrees, type Doubt, doubtIn, type Heard, isComparable } from '../../../../shared/check/verdict.ts'
import type { ModelRequest, Tool } from '../../../../shared/request.ts'
import { requestFor } from '../../samples.ts'
import { processorMs } from '../../../lab/slowdown.ts'

const heard = (text: string, over: Partial<Heard> = {}): Heard => ({
  text,
  refusal: '',
  calls: [],
  finish: 'stop',
  ...over,
})

const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
  required: ['name', 'age'],
  additionalProperties: false,
}
const typed: Partial<ModelRequest> = { format: { type: 'json-schema', name: 'person', schema } }
const anyJson: Partial<ModelRequest> = { format: { type: 'json' } }
const clock: Tool = {
  name: 'clock',
  parameters: { type: 'object', properties: { zone: { enum: ['UTC', 'CET'] } }, required: ['zone'] },
}
const CHOICE = 'Largest?\nA. Mars\nB. Venus\nC. Jupiter\nAnswer:'
const TASK = 'Write a function `double`.\nassert double(2) == 4\nassert double([1]) == [1, 1]'

describe('an answer', () => {
  const cases: readonly [string, string, Partial<ModelRequest>, Heard, Doubt | undefined][] = [
    ['plain words', 'Hello!', {}, heard('Hello! How can I help?'), undefined],
    ['nothing', 'Hello!', {}, heard('  \n'), 'empty'],
    ['a refusal of its own kind', 'Hello!', {}, heard('', { refusal: 'No.' }), 'refusal'],
    ['filtered', 'Hello!', {}, heard('Well', { finish: 'content-filter' }), 'refusal'],
    ['a refusal in words', 'Who won?', {}, heard("I'm sorry, but I cannot help with that."), 'refusal'],
    ['cut by the model', 'Tell me.', {}, heard('Once upon a', { finish: 'length' }), 'cut'],
    [
      'cut as asked',
      'Tell me.',
      { limits: { maxOutput: 3 } },
      heard('Once upon a', { finish: 'length' }),
      undefined,
    ],
    [
      'a number cut before it came',
      'What is 6 * 7?',
      { limits: { maxOutput: 3 } },
      heard('Let me think', { finish: 'length' }),
      'no-answer',
    ],

    ['JSON to the schema', 'Who?', typed, heard('{"name":"Ada","age":36}'), undefined],
    ['JSON beside the schema', 'Who?', typed, heard('{"name":"Ada","age":"36"}'), 'schema'],
    ['JSON with too much', 'Who?', typed, heard('{"name":"Ada","age":36,"x":1}'), 'schema'],
    [
      'JSON in a fence, which clients cannot parse',
      'Who?',
      typed,
      heard('```json\n{"name":"Ada","age":36}\n```'),
      'schema',
    ],
    ['JSON that breaks off', 'Who?', typed, heard('{"name":"Ada",', { finish: 'length' }), 'schema'],
    ['any object', 'Who?', anyJson, heard('{}'), undefined],
    ['a list where an object is asked for', 'Who?', anyJson, heard('[1]'), 'schema'],
    ['words where JSON is asked for', 'Who?', anyJson, heard('Ada, of course.'), 'schema'],
    [
      'a schema that cannot be followed',
      'Who?',
      { format: { type: 'json-schema', name: 'x', schema: { $ref: '#/nowhere' } } },
      heard('{}'),
      undefined,
    ],

    ['a letter', CHOICE, {}, heard('C. Jupiter'), undefined],
    ['no letter', CHOICE, {}, heard('A fine question about planets.'), 'no-answer'],
    ['a number', 'What is 6 * 7?', {}, heard('It is 42.'), undefined],
    ['no number', 'What is 6 * 7?', {}, heard('It is quite large.'), 'no-answer'],

    [
      'code that keeps to its tests',
      TASK,
      {},
      heard('```python\ndef double(x):\n    return x + x\n```'),
      undefined,
    ],
    ['code without a fence', TASK, {}, heard('def double(x):\n    return x + x'), undefined],
    [
      'code with outputs as expected',
      TASK,
      {},
      heard('```python\ndef double(x):\n    return x + x\n\nprint(double(2))  # 4\n```'),
      undefined,
    ],
    [
      'code with another output',
      TASK,
      {},
      heard('```python\ndef double(x):\n    return x * x + 1\n\nprint(double(2))  # 5\n```'),
      'code',
    ],
    [
      'code that states a wrong result in words',
      TASK,
      {},
      heard('```python\ndef double(x):\n    return x\n```\n`double(2)` returns 2'),
      'code',
    ],
    [
      'code that defines something else',
      TASK,
      {},
      heard('```python\ndef twice(x):\n    return x + x\n```'),
      'code',
    ],
    ['code that breaks off', TASK, {}, heard('```python\ndef double(x):\n    ret'), 'code'],
    ['words where code is asked for', TASK, {}, heard('You should add it to itself.'), 'code'],

    [
      'a call',
      'Time?',
      { tools: [clock] },
      heard('', { calls: [{ name: 'clock', json: '{"zone":"UTC"}' }] }),
      undefined,
    ],
    [
      'a call beside its schema',
      'Time?',
      { tools: [clock] },
      heard('', { calls: [{ name: 'clock', json: '{"zone":"Mars"}' }] }),
      'tool',
    ],
    [
      'a call of nothing offered',
      'Time?',
      { tools: [clock] },
      heard('', { calls: [{ name: 'cook', json: '{}' }] }),
      'tool',
    ],
    [
      'a call that is no JSON',
      'Time?',
      { tools: [clock] },
      heard('', { calls: [{ name: 'clock', json: '{"zone":' }] }),
      'tool',
    ],
    ['no call where none is needed', 'Hi', { tools: [clock] }, heard('Hello.'), undefined],
    ['no call where one is', 'Time?', { tools: [clock], toolChoice: 'required' }, heard('Late.'), 'tool'],

    [
      'sure words',
      'Hi',
      {},
      heard('Hello.', { sureness: { mean: -0.1, least: -2, unsure: 0.1 } }),
      undefined,
    ],
    [
      'guessed words',
      'Hi',
      {},
      heard('Hello.', { sureness: { mean: -1.2, least: -4, unsure: 0.6 } }),
      'logprob',
    ],
    ['a beginning, nothing wrong so far', CHOICE, {}, { text: 'Let me', refusal: '', calls: [] }, undefined],
    [
      'a beginning that is a refusal',
      CHOICE,
      {},
      { text: "I'm sorry, but I can't answer that", refusal: '', calls: [] },
      'refusal',
    ],
  ]
  it.each(cases)('%s', (_, question, over, answer, doubt) =>
    expect(doubtIn(requestFor(question, over), answer)).toBe(doubt),
  )
})

describe('a refusal', () => {
  const refusals = [
    "I can't help with that.",
    'I cannot answer this question.',
    "I'm sorry, but I can't assist with that request.",
    'I am afraid I am not able to provide that.',
    "Sorry, I don't know.",
    'I do not know the answer to that.',
    "I don't have access to real-time data.",
    'As an AI language model, I cannot browse the web.',
    'Unfortunately, I am unable to help.',
    'I’m sorry, I can’t help with that.',
    "I'm not sure.",
  ]
  it.each(refusals)('is %j', (text) => expect(isRefusal(text)).toBe(true))

  const answers = [
    "I can't believe how beautiful the sunset was, she wrote.",
    'The speaker says: I cannot go on.',
    'You cannot divide by zero.',
    'Sorry seems to be the hardest word is a song by Elton John.',
    'I know that it is 42.',
    'Unfortunately, the Titanic sank in 1912.',
    'As a rule, add the eggs last.',
    '',
    `I don't know the exact figure. However, here is what can be said: ${'it is large. '.repeat(20)}`,
    `I'm sorry, I can't help but admire this. ${'It is good. '.repeat(60)}`,
  ]
  it.each(answers)('is not %j', (text) => expect(isRefusal(text)).toBe(false))
})

describe('a schema', () => {
  it('follows references, formats and drafts', () => {
    const list = { $defs: { n: { type: 'integer' } }, type: 'array', items: { $ref: '#/$defs/n' } }
    expect(keepsSchema(list, [1, 2])).toBe(true)
    expect(keepsSchema(list, [1, 'x'])).toBe(false)
    const tuple = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      items: [{ type: 'string' }, { type: 'number' }],
    }
    expect(keepsSchema(tuple, ['a', 1])).toBe(true)
    expect(keepsSchema(tuple, [1, 'a'])).toBe(false)
    expect(keepsSchema({ type: 'string', pattern: '^[a-z]+$' }, 'A1')).toBe(false)
  })

  it.each([
    ['^(a+)+$', 'a'.repeat(40)],
    ['^a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaaaaaaaaaaaa$', 'a'.repeat(25)],
    ['a*a*a*b', 'a'.repeat(3_900)],
    ['^.*.*.*b$', 'a'.repeat(3_900)],
    ['.*b', 'a'.repeat(60_000)],
    ['(a|aa)*b', 'a'.repeat(60)],
    ['a{0,99}a{0,99}a{0,99}b', 'a'.repeat(3_900)],
  ])('cannot stop the isolate with %j', (pattern, text) => {
    const before = processorMs()
    const evil = {
      type: 'object',
      properties: { pattern: { type: 'string', pattern } },
      patternProperties: { [pattern]: { type: 'string' } },
    }
    expect(keepsSchema(evil, { pattern: text })).toBeDefined()
    expect(keepsSchema(evil, { pattern: 1 })).toBe(false)
    expect(processorMs() - before).toBeLessThan(1_000)
  })

  it.each([
    ['^\\d{4}-\\d{2}-\\d{2}$', '2026-11-28', '28.11.2026'],
    ['^[A-Z]{2,3}-[0-9]+$', 'AB-12', 'ab-12'],
    ['^(red|green)$', 'red', 'blue'],
  ])('follows %j', (pattern, right, wrong) => {
    expect(keepsSchema({ type: 'string', pattern }, right)).toBe(true)
    expect(keepsSchema({ type: 'string', pattern }, wrong)).toBe(false)
  })

  it('too large to check is taken on trust', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 6_000 }, (_, at) => [`p${at}`, { type: 'string' }]),
    )
    expect(keepsSchema({ type: 'object', properties }, { p0: 1 })).toBeUndefined()
  })
})

describe('a second answer', () => {
  it.each([
    [CHOICE, 'C', true],
    [CHOICE, 'Who knows?', false],
    ['What is 6 * 7?', '42', true],
    ['Tell me a story.', 'Once.', false],
    [TASK, '```\ndef double(x): return x + x\n```', false],
  ])('to %j helps after %j: %s', (question, text, helps) =>
    expect(isComparable(requestFor(question), heard(text))).toBe(helps),
  )

  it('agrees, disagrees, or says nothing', () => {
    const asked = requestFor(CHOICE)
    expect(agrees(asked, 'C', 'The answer is C')).toBe(true)
    expect(agrees(asked, 'C', 'A')).toBe(false)
    expect(agrees(asked, 'C', 'hm')).toBeUndefined()
  })
})
