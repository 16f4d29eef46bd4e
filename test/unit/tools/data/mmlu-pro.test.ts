// The outcomes of MMLU-Pro: one question a row, one letter a model, whatever a model's file lacks.
import { describe, expect, it } from 'vitest'
import { makeExam } from '../../../../tools/data/mmlu-pro.ts'
import { writeZip } from './archive.ts'
import { fileReader } from './files.ts'

const row = (id: number, pred: string | null, more: object = {}): object => ({
  question_id: id,
  question: `What is ${id}?`,
  options: ['odd', 'even', 'neither'],
  answer: 'B',
  answer_index: 1,
  cot_content: '',
  category: 'math',
  src: 'none',
  pred,
  model_outputs: 'The answer is (B).',
  ...more,
})

const fileOf = (model: string): string => `eval_results/model_outputs_${model}_5shots.zip`

const archiveOf = (rows: readonly unknown[]): Uint8Array =>
  writeZip([
    { name: 'outputs.json', content: JSON.stringify(rows) },
    { name: '__MACOSX/._outputs.json', content: 'of the Finder' },
  ])

describe('the exam', () => {
  it('has a letter a model, a mark for no answer and one for no row, questions as first seen', async () => {
    const read = fileReader({
      [fileOf('small')]: archiveOf([row(7, 'B'), 'Request failed', row(4, null)]),
      [fileOf('large')]: archiveOf([
        row(9, 'B'),
        row(7, 'A', { question: 'What is  7?', options: ['odd'], answer: 'A' }),
        row(4, 'B'),
      ]),
    })
    const files = await makeExam(read, ['small', 'large'])
    const rest = { category: 'math', options: ['odd', 'even', 'neither'], answer: 'B' }
    const rows = (files['mmlu_pro.jsonl'] ?? '').trim().split('\n')
    expect(rows.map((line): unknown => JSON.parse(line))).toEqual([
      { id: '7', question: 'What is 7?', ...rest, pred: 'BA' },
      { id: '4', question: 'What is 4?', ...rest, pred: '?B' },
      { id: '9', question: 'What is 9?', ...rest, pred: '-B' },
    ])
    expect(JSON.parse(files['models.json'] ?? '')).toEqual([
      { model: 'small', acc: 50, no_answer_pct: 50, n: 2 },
      { model: 'large', acc: 100, no_answer_pct: 0, n: 3 },
    ])
  })

  const cases: readonly [string, Uint8Array, string][] = [
    ['a letter that is none', archiveOf([row(1, 'Z')]), 'an answer of small is "Z"'],
    ['an answer that is not there', archiveOf([row(1, null, { pred: undefined })]), 'is undefined'],
    ['a row that is no question', archiveOf([row(1, 'A', { options: [] })]), 'is not a question'],
    ['a question twice', archiveOf([row(1, 'A'), row(1, 'B')]), 'answered question 1 twice'],
    ['no list', writeZip([{ name: 'a.json', content: '{}' }]), 'is not a list'],
    [
      'two lists',
      writeZip([
        { name: 'a.json', content: '[]' },
        { name: 'b.json', content: '[]' },
      ]),
      'holds 2 JSON files',
    ],
  ]
  for (const [name, archive, reason] of cases) {
    it(`refuses ${name}`, async () =>
      expect(makeExam(fileReader({ [fileOf('small')]: archive }), ['small'])).rejects.toThrow(reason))
  }
})
