// What counts as the answer in a worked solution.
import { describe, expect, test } from 'vitest'
import { finalNumber, isNumberRight } from '../../../../../tools/bench/curve/judge.ts'

test.each([
  ['3 + 4 = <<3+4=7>>7 sheep.\n#### 7', 7],
  ['Her change is $7.00.', 7],
  ['a total of 1,200 miles', 1_200],
  ['It is -15', -15],
  ['15 + 25 = <<15+2', 2],
  ['No idea.', undefined],
  ['', undefined],
])('%j says %s', (text, number) => expect(finalNumber(text)).toBe(number))

describe('a reply is right', () => {
  test('with the same number otherwise written', () => expect(isNumberRight('So $40.00.', 40)).toBe(true))
  test('not with a number near it', () => expect(isNumberRight('So 40.5.', 40)).toBe(false))
  test('not without any', () => expect(isNumberRight('So many.', 40)).toBe(false))
})
