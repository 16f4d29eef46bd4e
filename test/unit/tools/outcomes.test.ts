// The public outcomes: read from their files as they are published, prompts that routers had seen left out.
import { describe, expect, it } from 'vitest'
import { measure } from '../../../tools/bench/routing/measure.ts'
import { readCsv } from '../../../tools/data/csv.ts'
import { contaminatedIn, rowsOf } from '../../../tools/data/outcomes.ts'

describe('comma-separated values', () => {
  const cases: readonly [string, string, Record<string, string>[]][] = [
    ['plain', 'a,b\n1,2\n', [{ a: '1', b: '2' }]],
    ['quoted over lines', 'a,b\n"x\ny, z",2\n', [{ a: 'x\ny, z', b: '2' }]],
    ['doubled quotes', 'a,b\n"a ""dished"" face",2', [{ a: 'a "dished" face', b: '2' }]],
    [
      'carriage returns',
      'a,b\r\n1,2\r\n3,4\r\n',
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    [
      'empty fields',
      'a,b\n,\n"",x\n',
      [
        { a: '', b: '' },
        { a: '', b: 'x' },
      ],
    ],
  ]
  for (const [name, text, rows] of cases) it(name, () => expect(readCsv(text)).toEqual(rows))
  it('that do not end are refused', () => expect(() => readCsv('a\n"x')).toThrow('does not end'))
})

describe('outcomes', () => {
  const csv =
    'prompt,mistralai/Mixtral-8x7B-Instruct-v0.1,gpt-4-1106-preview\n"Which?\nA. x",False,True\nSeen,True,True\n'

  it('are weak and strong, the contaminated ones left out', () => {
    const seen = contaminatedIn('{"eval_prompt":"Seen","similarity":1}\n\n')
    expect(rowsOf(csv, seen, 'anatomy')).toEqual([
      { domain: 'anatomy', prompt: 'Which?\nA. x', weak: 0, strong: 1 },
    ])
  })

  it('have their answers where they were recorded, under either name of a model', () => {
    const text =
      'prompt,mixtral-8x7b-instruct-v0.1,gpt-4-1106-preview,mixtral-8x7b-instruct-v0.1_response,gpt-4-1106-preview_response\nQ,True,False,yes,no\n'
    expect(rowsOf(text, new Set())).toEqual([
      { prompt: 'Q', weak: 1, strong: 0, weak_response: 'yes', strong_response: 'no' },
    ])
  })

  it('of a changed file are refused', () =>
    expect(() => rowsOf('prompt,other\nQ,True\n', new Set())).toThrow('has the file changed'))
})

describe('the metrics', () => {
  const outcomes = Array.from({ length: 10 }, (_, at) => ({ prompt: '', weak: at < 2 ? 0 : 1, strong: 1 }))
  it('of the best order', () => {
    const { apgr, cpt50, cpt80 } = measure(
      outcomes.map((_, at) => -at),
      outcomes,
    )
    expect(apgr).toBeCloseTo(0.9, 9)
    expect([cpt50, cpt80]).toEqual([10, 16])
  })
  it('of no order are those of chance', () => {
    const { apgr, cpt50, cpt80 } = measure(
      outcomes.map(() => 1),
      outcomes,
    )
    expect(apgr).toBeCloseTo(0.5, 9)
    expect([cpt50, cpt80]).toEqual([50, 80])
  })
})
