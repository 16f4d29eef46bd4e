// The outcomes of ZeroEval: the answer found in what a model wrote, and one rule for whether it is right.
import { describe, expect, it } from 'vitest'
import { answerIn, makeZeroEval, numberIn } from '../../../../tools/data/zeroeval.ts'
import { fileReader } from './files.ts'

describe('the answer in an output', () => {
  const cases: readonly [string, string, number | null][] = [
    ['in a fence', '```json\n{\n "reasoning": "4 - 2 = 2",\n "answer": "2"\n}\n```', 2],
    ['a bare number', '{"reasoning": "{so}", "answer": -3.5}', -3.5],
    ['with a sign of money and thousands', '{"answer": "$70,000 in all"}', 70_000],
    ['an object: its first number', '{"answer": {"glasses": 86, "plates": 42}}', 86],
    ['words after it, braces and all', 'Sure. {"answer": "5"} So {it} is "answer": "6"', 6],
    [
      'the whole object before what is repeated after it',
      '{"answer": "20 * 40 = 800"}\nSo: `"answer": "800"`',
      20,
    ],
    ['two objects: the last one', '{"answer": "1"}\n{"answer": "2"}', 2],
    ['formulas that break the object', '{"reasoning": "$\\frac{1}{2} \\sqrt 4$", "answer": "1"}', 1],
    ['a line break in it', '{"reasoning": "", "answer": "the roots:\n x = 3"}', 3],
    ['a fraction: its numerator', '{"answer": "-3/5"}', -3],
    ['empty', '{"reasoning": "", "answer": " "}', null],
    ['null', '{"answer": null}', null],
    ['without the field', 'The final answer is: $\\boxed{36}$', null],
    ['cut off before it', '{"reasoning": "1, 2, 3, 4', null],
    ['nothing', '', null],
  ]
  for (const [name, output, number] of cases) it(name, () => expect(numberIn(answerIn(output))).toBe(number))
})

const row = (id: string | number, output: string, more: object = {}): object => ({
  session_id: id,
  chat_history: [`## Question: What is ${id}?`],
  model_input: 'n/a',
  output: [output],
  generator: 'someone/something',
  configs: { temperature: 0 },
  id,
  ...more,
})

describe('a set', () => {
  it('has right and wrong, the answers and their lengths in characters, by model', async () => {
    const gsm = { question: 'How many?', answer: '# 1,300', dataset: 'gsm' }
    const math = { problem: 'Find $x$.', answer: '-15', dataset: 'math-l5' }
    const read = fileReader({
      'result_dirs/gsm/one.json': JSON.stringify([row('test-#0', '{"answer": "1300.0"}', gsm)]),
      'result_dirs/gsm/two.json': JSON.stringify([row('test-#0', '😀 none', gsm)]),
      'result_dirs/math/one.json': JSON.stringify([
        row(0, '{"answer": "15"}', math),
        row(1, '"answer": -15', math),
      ]),
    })
    expect(await makeZeroEval(read, { gsm: ['one', 'two'], math: ['one'] })).toEqual({
      'gsm.jsonl': `${JSON.stringify({
        id: 'test-#0',
        prompt: 'How many?',
        answer: '# 1,300',
        c: { one: 1, two: 0 },
        a: { one: 1300, two: null },
        olen: { one: 20, two: 6 },
      })}\n`,
      'math.jsonl': [
        { id: '0', prompt: 'Find $x$.', answer: '-15', c: { one: 0 }, a: { one: 15 }, olen: { one: 16 } },
        { id: '1', prompt: 'Find $x$.', answer: '-15', c: { one: 1 }, a: { one: -15 }, olen: { one: 13 } },
      ]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    })
  })

  it('of a changed file is refused', async () => {
    const of = (rows: readonly object[], other: readonly object[] = []): Promise<unknown> =>
      makeZeroEval(
        fileReader({
          'result_dirs/gsm/one.json': JSON.stringify(rows),
          'result_dirs/gsm/two.json': JSON.stringify(other),
        }),
        { gsm: ['one', 'two'] },
      )
    const right = { question: 'Q', answer: '# 1' }
    await expect(of([row('0', 'x', { question: 'Q', answer: '# one' })])).rejects.toThrow(
      'has the file changed',
    )
    await expect(of([row('0', 'x', { ...right, output: 'x' })])).rejects.toThrow('has the file changed')
    await expect(of([row('0', 'x', right)], [row('0', 'x', { ...right, question: 'R' })])).rejects.toThrow(
      'another question',
    )
  })
})
