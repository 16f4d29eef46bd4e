// Answers found in texts, and compared: right ones, wrong ones, and words that only look like one.
import { describe, expect, it } from 'vitest'
import { extract, isSame } from '../../../../shared/check/extract.ts'
import { type AnswerKind, questionIn } from '../../../../shared/check/question.ts'
import { requestFor } from '../../samples.ts'

const MMLU = 'Which planet is the largest?\nA. Mars\nB. Venus\nC. Jupiter\nD. Earth\nAnswer:'

describe('the kind of a question', () => {
  const cases: readonly [string, AnswerKind][] = [
    [MMLU, 'choice'],
    ['Pick one. (A) red (B) green (C) blue', 'choice'],
    ['Choose:\nA) yes\nB) no', 'choice'],
    ['What did J. K. Rowling and A. B. Smith write?', 'text'],
    ['A. Write about dogs.', 'text'],
    ['How many moons does Mars have?', 'number'],
    ['If I have 3 apples and eat 1, how much is left?', 'number'],
    ['What is 12 * 7?', 'number'],
    ['Natalia sold 48 clips in April and half as many in May. What is the total number of clips?', 'number'],
    ['How much do you love me?', 'text'],
    ['What is the number one song?', 'text'],
    ['Tell me about the war of 1812.', 'text'],
    ['Write a Python function that adds two numbers.', 'code'],
    ['def f(x):\n    ...\nassert f(2) == 4', 'code'],
    ['Write a poem about functions.', 'text'],
    ['Hello!', 'text'],
  ]
  it.each(cases)('%j asks for %s', (text, kind) => expect(questionIn(requestFor(text)).kind).toBe(kind))

  it('is json where the format says so, whatever the words are', () =>
    expect(questionIn(requestFor(MMLU, { format: { type: 'json' } })).kind).toBe('json'))
})

describe('a letter', () => {
  const cases: readonly [string, string | undefined][] = [
    ['C', 'C'],
    ['c', 'C'],
    ['C.', 'C'],
    ['C)', 'C'],
    ['C. Jupiter', 'C'],
    ['(C) Jupiter', 'C'],
    ['**C**', 'C'],
    ['The answer is C.', 'C'],
    ['The correct answer is **(C) Jupiter**.', 'C'],
    ['Answer: C', 'C'],
    ['Mars is small and Venus is hot.\nSo the answer is (C).', 'C'],
    ['At first the answer is A. No: the answer is C.', 'C'],
    ['Jupiter', 'C'],
    ['jupiter.', 'C'],
    ['\\boxed{C}', 'C'],
    ['It is larger than the others.\n\nC', 'C'],
    ['A planet is a large body.', undefined],
    ['A good question! I would say it depends.', undefined],
    ['The answer is E.', undefined],
    ['I think it is Saturn.', undefined],
    ['The answer is a matter of taste.', undefined],
    ['', undefined],
  ]
  it.each(cases)('in %j is %s', (text, letter) =>
    expect(extract(questionIn(requestFor(MMLU)), text)).toBe(letter),
  )
})

describe('a number', () => {
  const question = questionIn(requestFor('Tom has 3 boxes with 14 eggs. How many eggs is that?'))
  const cases: readonly [string, string | undefined][] = [
    ['42', '42'],
    ['3 * 14 = 42', '42'],
    ['3 boxes of 14 make 42 eggs.', '42'],
    ['#### 42', '42'],
    ['So 3 times 14.\n#### 1,042\n(a dozen is 12)', '1042'],
    ['The answer is $1,234.50, after 3 steps.', '1234.5'],
    ['\\boxed{42}', '42'],
    ['The final answer is **42**. It took 2 steps.', '42'],
    ['42.0', '42'],
    ['It is 1/2.', '0.5'],
    ['-7', '-7'],
    ['forty? No: seven.', '7'],
    ['I would need to count them.', undefined],
    ['', undefined],
  ]
  it.each(cases)('in %j is %s', (text, number) => expect(extract(question, text)).toBe(number))
})

describe('two answers', () => {
  const choice = questionIn(requestFor(MMLU))
  const number = questionIn(requestFor('What is 6 * 7?'))
  const json = questionIn(requestFor('List it.', { format: { type: 'json' } }))
  const text = questionIn(requestFor('What is the capital of France?'))
  const code = questionIn(requestFor('Write a function that adds.'))
  const cases: readonly [string, typeof choice, string, string, boolean | undefined][] = [
    ['the same letter in other words', choice, 'C', 'The answer is C. Jupiter', true],
    ['another letter', choice, 'C', 'B', false],
    ['one without a letter', choice, 'C', 'Who knows?', undefined],
    ['the same number', number, '42', '6 * 7 = 42.00', true],
    ['another number', number, '42', '6 * 7 = 48', false],
    [
      'the same value, its keys elsewhere',
      json,
      '{"a":1,"b":[2]}',
      '```json\n{ "b": [2], "a": 1 }\n```',
      true,
    ],
    ['another value', json, '{"a":1}', '{"a":2}', false],
    ['lists in another order', json, '[1,2]', '[2,1]', false],
    ['prose in a value', json, `{"a":"${'word '.repeat(10)}"}`, '{"a":"x"}', undefined],
    ['the same few words', text, 'Paris.', 'paris', true],
    ['other words, which may mean the same', text, 'Paris', 'The city of Paris', undefined],
    ['two programs', code, 'def f(): pass', 'def f(): pass', undefined],
  ]
  it.each(cases)('%s', (_, question, one, other, same) => expect(isSame(question, one, other)).toBe(same))
})
