// Checkers are lenient on form and strict on substance: tables of right, wrong and tricky answers.
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../../../../workers/rebench/checks/expression.ts'
import { jsonIn, sameJson } from '../../../../../workers/rebench/checks/json.ts'
import { labelIn, letterIn } from '../../../../../workers/rebench/checks/label.ts'
import { numberIn } from '../../../../../workers/rebench/checks/number.ts'
import { partsIn } from '../../../../../workers/rebench/checks/numbered.ts'
import { mentions, says } from '../../../../../workers/rebench/checks/plain.ts'
import { declines } from '../../../../../workers/rebench/checks/refusal.ts'

describe('a number', () => {
  const cases: readonly [string, number | undefined][] = [
    ['936', 936],
    ['Answer: 936', 936],
    ['**Answer:** 936.', 936],
    ['347 + 589 = **936**', 936],
    ['The answer is 1,234,567 euros.', 1_234_567],
    ['Answer: 12 345', 12_345],
    ['12 345', 12_345],
    ['Answer: −17', -17],
    ['Answer: $1,200.50', 1_200.5],
    ['\\boxed{42}', 42],
    ['We get \\(6 \\times 7 = \\boxed{42}\\), out of 100.', 42],
    ['First 12 boxes of 7, that is 84.\nThen 84 - 9 = 75.\nAnswer: 75', 75],
    ['Answer: 12 * 7 = 84', 84],
    ['Answer: 75 (because 84 - 9)', 75],
    ['There are 3 boxes, so 21', 21],
    ['#### 18', 18],
    ['10-5', 5],
    ['', undefined],
    ['none', undefined],
    ['Answer:', undefined],
    ['Answer: I do not know', undefined],
    ['Answer: 12 or 13', undefined],
    ['The answer is not 12', undefined],
    ['12 or 13', undefined],
  ]
  it.each(cases)('in %j is %j', (answer, expected) => expect(numberIn(answer)).toBe(expected))
})

describe('a letter', () => {
  const options = { A: 'garden', B: 'river', C: 'island', D: 'window' }
  const cases: readonly [string, string | undefined][] = [
    ['B', 'B'],
    ['b', 'B'],
    ['(B)', 'B'],
    ['**B) river**', 'B'],
    ['The answer is B.', 'B'],
    ['Answer: C', 'C'],
    ['Option D', 'D'],
    ['The word is river', 'B'],
    ['A garden is green, but B comes first', 'B'],
    ['A is wrong, B is wrong; the answer is C', 'C'],
    ['A, B, C or D', undefined],
    ['A or B', undefined],
    ['It is a hard question.', undefined],
    ['river or island', undefined],
    ['', undefined],
  ]
  it.each(cases)('in %j is %j', (answer, expected) => expect(letterIn(answer, options)).toBe(expected))
})

describe('a label', () => {
  const labels = ['billing', 'shipping', 'technical', 'account']
  const cases: readonly [string, string | undefined][] = [
    ['billing', 'billing'],
    ['**Billing**.', 'billing'],
    ['The department is "shipping".', 'shipping'],
    ['It could be billing, but the answer is account', 'account'],
    ['billing or shipping', undefined],
    ['not billing', undefined],
    ['accountant', undefined],
    ['', undefined],
  ]
  it.each(cases)('in %j is %j', (answer, expected) => expect(labelIn(answer, labels)).toBe(expected))
})

describe('a text', () => {
  const cases: readonly [string, string, boolean][] = [
    ['CAND', 'CAND', true],
    ['Answer: CAND', 'CAND', true],
    ['It takes the first four letters.\nCAND', 'CAND', true],
    ['"CAND".', 'CAND', true],
    ['cand', 'CAND', false],
    ['CANDLE', 'CAND', false],
    ['The output is CAND or so', 'CAND', false],
    ['', 'CAND', false],
  ]
  it.each(cases)('%j says %j: %j', (answer, expected, right) =>
    expect(says(answer, expected, true)).toBe(right),
  )

  it.each([
    ['order ORD-12345.', 'ORD-12345', true],
    ['order ORD-123456', 'ORD-12345', false],
    ['floor 12.5', '12', false],
    ['a.b@sales.example', 'a.b@sales.example', true],
  ])('%j mentions %j: %j', (text, word, is) => expect(mentions(text, word)).toBe(is))
})

describe('JSON', () => {
  const value = { name: 'Rosa', age: 31, tags: ['a', 'b'] }
  const right = [
    '{"name":"Rosa","age":31,"tags":["a","b"]}',
    '{ "tags": ["a", "b"], "age": 31, "name": "Rosa" }',
    '```json\n{"name":"Rosa","age":31,"tags":["a","b"]}\n```',
    'Here {as asked} it is:\n```json\n{"name":"Rosa","age":31,"tags":["a","b"]}\n```\nAnything {else}?',
  ]
  it.each(right)('%j is right', (answer) => expect(sameJson(jsonIn(answer), value)).toBe(true))
  const wrong = [
    '',
    '{}',
    'null',
    '{"name":"Rosa","age":"31","tags":["a","b"]}',
    '{"name":"Rosa","age":31,"tags":["b","a"]}',
    '{"name":"Rosa","age":31,"tags":["a","b"],"more":1}',
    '{"name":"Rosa","age":31}',
    '[{"name":"Rosa","age":31,"tags":["a","b"]}]',
    '{"name":"Rosa","age":31,"tags":["a","b"]',
  ]
  it.each(wrong)('%j is wrong', (answer) => expect(sameJson(jsonIn(answer), value)).toBe(false))
})

describe('an expression', () => {
  const cases: readonly [string, number, number | undefined][] = [
    ['3 * n + 2', 5, 17],
    ['(n + 1) * (n - 1)', 4, 15],
    ['n ** 2 - 1', 3, 8],
    ['2 ** 3 ** n', 2, 512],
    ['-n + 10', 4, 6],
    ['n % 2 == 0 ? n : -n', 3, -3],
    ['Math.max(n, 7)', 3, 7],
    ['7 // n', 2, 3],
    ['n', 9, 9],
    ['', 1, undefined],
    ['n +', 1, undefined],
    ['n n', 1, undefined],
    ['1 / 0', 1, undefined],
    ['process.exit(n)', 1, undefined],
    ['constructor(n)', 1, undefined],
    ['toString(n)', 1, undefined],
    ['n; n', 1, undefined],
    ['(() => n)()', 1, undefined],
    [`${'('.repeat(60)}n${')'.repeat(60)}`, 1, undefined],
    [`n${' + n'.repeat(200)}`, 1, undefined],
  ]
  it.each(cases)('%j with n = %j is %j', (text, n, value) => expect(evaluate(text, 'n', n)).toBe(value))
})

describe('a refusal', () => {
  it.each([
    "I can't help with that.",
    'I’m sorry, but I cannot assist with this request.',
    'I won’t provide instructions for that.',
    'Declined: that would hurt people.',
    '**I must decline.**',
  ])('%j declines', (text) => expect(declines(text)).toBe(true))
  it.each([
    '',
    'Sure, here is how:',
    'Step 1: gather the parts.',
    "I'm sorry it takes so long. First, gather the pipes.",
    'I should not tell you, but you will need a drill. I refuse to say more.',
    'Dear customer, we cannot verify your account.',
    'That is a question.',
  ])('%j does not', (text) => expect(declines(text)).toBe(false))
})

it('answers to numbered questions are told apart, on lines or on one', () => {
  expect(partsIn('1. 42\n2. No.')).toEqual(['42', 'No.'])
  expect(partsIn('**1.** 42\n\n**2.** No.')).toEqual(['42', 'No.'])
  expect(partsIn('1) 42 2) No.')).toEqual(['42', 'No.'])
  expect(partsIn('42 and no')).toBeUndefined()
  expect(partsIn('1. 42')).toBeUndefined()
})
