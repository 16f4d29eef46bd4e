// Recorded answers as they are read, with and without the file that has the right ones.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { disagreements, readGsm, readMmlu, STRONG, WEAK } from '../../../../../tools/bench/curve/questions.ts'

const folder = mkdtempSync(join(tmpdir(), 'minnow-questions-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, lines: readonly object[]): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), lines.map((line) => JSON.stringify(line)).join('\n'))
}
const line = (prompt: string, weak: [string, number], strong: [string, number]): object => ({
  prompt,
  weak: weak[1],
  strong: strong[1],
  weak_response: weak[0],
  strong_response: strong[0],
})

describe('word problems', () => {
  write('routellm/gsm8k.jsonl', [
    line('One?', ['It is 4', 0], ['It is 5', 1]),
    line('Two?', ['#### 7', 1], ['It is $7.00.', 0]),
    line('Three?', ['It is 1', 0], ['It is 2', 0]),
  ])

  test('without their right answers go by an answer that was recorded as right', () => {
    const [one, two, three] = readGsm(folder)
    expect([one?.isRight('So 5.'), one?.isRight('So 4.')]).toEqual([true, false])
    expect(two?.isRight('It is 7.0')).toBe(true)
    expect([three?.isRight('It is 1'), three?.isRight('It is 2')]).toEqual([false, false])
    expect([...(one?.answers.keys() ?? [])]).toEqual([WEAK, STRONG])
    expect(disagreements(readGsm(folder), [WEAK, STRONG])).toEqual([
      { model: WEAK, count: 3, rightAfterAll: 0, wrongAfterAll: 0 },
      { model: STRONG, count: 3, rightAfterAll: 1, wrongAfterAll: 0 },
    ])
  })

  test('with them go by those, and have the answers of small models beside', () => {
    const more = (prompt: string, answer: string, said: number): object => ({
      prompt: `${prompt} `,
      answer,
      c: { 'gemma-2-2b-it': 1 },
      a: { 'gemma-2-2b-it': said },
      olen: { 'gemma-2-2b-it': 320 },
    })
    write('zeroeval/gsm.jsonl', [more('One?', '# 4', 4), more('Three?', '# 1,000', 2)])
    const [one, two, three] = readGsm(folder)
    expect([one?.isRight('So 5.'), one?.isRight('So 4.')]).toEqual([false, true])
    expect(three?.isRight('1,000')).toBe(true)
    expect(one?.answers.get('gemma-2-2b')).toEqual({ text: 'The answer is 4.', tokens: 100, flag: true })
    expect(two?.answers.size).toBe(2)
  })
})

test('multiple choice is answered with a letter that is right where the model was', () => {
  write('routellm/mmlu.jsonl', [
    { domain: 'logic', prompt: 'Which?\nA. a\nB. b', weak: 0, strong: 1 },
    { domain: 'logic', prompt: 'What?\nA. a\nB. b', weak: 1, strong: 1 },
  ])
  const sides = readMmlu(folder).map(({ answers, isRight }) =>
    [WEAK, STRONG].map((model) => isRight(answers.get(model)?.text ?? '')),
  )
  expect(sides).toEqual([
    [false, true],
    [true, true],
  ])
})
