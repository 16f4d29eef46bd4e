// Two models' words joined into one answer: repetitions left out, other answers recognised.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Joint, openSplice } from '../../../../workers/attempt/splice.ts'

const WHOLE =
  'The tide comes in twice a day, because the moon pulls at the sea and the earth turns beneath it.'
const TOLD = WHOLE.slice(0, 47)
const REST = WHOLE.slice(47)

/** What is told after the joint, when the words come in these pieces; undefined where the splice refuses. */
function join(told: string, joint: Joint, ...pieces: readonly string[]): string | undefined {
  const splice = openSplice(told, joint)
  let out = ''
  for (const piece of pieces) {
    const text = splice.push(piece)
    if (text === undefined) return undefined
    out += text
  }
  const rest = splice.end()
  return rest === undefined ? undefined : out + rest
}
const letters = (text: string) => [...text]

describe('a model that goes on', () => {
  it('is let through', () => {
    expect(join(TOLD, 'prefill', REST)).toBe(REST)
    expect(join(TOLD, 'asked', REST)).toBe(REST)
  })
  it('is let through letter by letter', () => {
    expect(join(TOLD, 'prefill', ...letters(REST))).toBe(REST)
    expect(join(TOLD, 'asked', ...letters(REST))).toBe(REST)
  })
  it('in the middle of a word of its own is not given a blank', () =>
    expect(join('The ti', 'prefill', 'de comes')).toBe('de comes'))
  it('and was asked to, gets the blank that stands before most words', () =>
    expect(join('The tide', 'asked', 'comes in')).toBe(' comes in'))
  it('and was asked to, gets none after or before what is no word', () => {
    expect(join('The tide (', 'asked', 'comes in')).toBe('comes in')
    expect(join('The tide', 'asked', ', comes in')).toBe(', comes in')
    expect(join('潮は', 'asked', '満ちる')).toBe('満ちる')
  })
  it('does not tell a blank twice that was left out of its prefill', () => {
    expect(join('one two ', 'prefill', ' three')).toBe('three')
    expect(join('one two ', 'prefill', 'three')).toBe('three')
    expect(join('one two\n', 'prefill', '\n- three')).toBe('- three')
  })
  it('with words that begin like the answer is not taken for one that starts over', () =>
    expect(join(TOLD, 'prefill', 'The tide also turns.')).toBe('The tide also turns.'))
  it('with a word of the same letters as the last is left whole', () =>
    expect(join('all', 'prefill', 'lowed')).toBe('lowed'))
})

describe('a model that says the last words again', () => {
  it('is trimmed of them', () => {
    expect(join(TOLD, 'asked', 'because the moon pulls')).toBe(' pulls')
    expect(join(TOLD, 'prefill', 'a day, because the moon pulls')).toBe(' pulls')
  })
  it('is trimmed letter by letter too', () =>
    expect(join(TOLD, 'asked', ...letters('because the moon pulls'))).toBe(' pulls'))
  it('from the beginning of a word that was told in half', () =>
    expect(join('the quick bro', 'asked', 'brown fox')).toBe('wn fox'))
  it('in few letters is believed when it had them in front of it', () =>
    expect(join('and the ', 'prefill', 'the end')).toBe('the end'))
})

describe('a model that starts over', () => {
  for (const joint of ['prefill', 'asked', 'same'] as const) {
    it(`is trimmed to what is new (${joint})`, () => {
      expect(join(TOLD, joint, WHOLE)).toBe(REST)
      expect(join(TOLD, joint, ...letters(WHOLE))).toBe(REST)
    })
    it(`in other words has no honest joint (${joint})`, () =>
      expect(join(TOLD, joint, 'The tide comes in twice a day, becoming higher')).toBeUndefined())
    it(`and ends before it is as far has none either (${joint})`, () =>
      expect(join(TOLD, joint, TOLD.slice(0, 40))).toBeUndefined())
  }
  it('with another blank at the joint is recognised all the same', () => {
    const told = 'The tide comes in twice a day, because \n'
    expect(join(told, 'prefill', ...letters('The tide comes in twice a day, because the moon'))).toBe(
      'the moon',
    )
    expect(join(told, 'prefill', 'The tide comes in twice a day, because \nthe moon')).toBe('the moon')
  })
  it('says so, because its own count is that of the whole answer', () => {
    const [over, on] = [openSplice(TOLD, 'asked'), openSplice(TOLD, 'asked')]
    over.push(WHOLE)
    on.push(REST)
    expect([over.startedOver, on.startedOver]).toEqual([true, false])
  })
  it('and has nothing new has said it all', () => expect(join(TOLD, 'asked', TOLD)).toBe(''))
})

describe('an answer that must be the same', () => {
  it('has no joint with any other', () => {
    expect(join('{"a":1', 'same', '{"b":1')).toBeUndefined()
    expect(join('{"a":1', 'same', ',"b":2}')).toBeUndefined()
  })
})

it('nothing told, nothing held', () => {
  const splice = openSplice('', 'asked')
  expect([splice.push('Hel'), splice.push('lo'), splice.end()]).toEqual(['Hel', 'lo', ''])
})

it('however it is cut and in whatever pieces it comes: starting over gives the answer once', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 3, maxLength: 40 })
  const cases = fc.tuple(
    words,
    fc.nat(),
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }),
  )
  fc.assert(
    fc.property(cases, ([list, cut, sizes]) => {
      const whole = list.join(' ')
      const told = whole.slice(0, cut % whole.length)
      const pieces: string[] = []
      for (let at = 0, turn = 0; at < whole.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1
        pieces.push(whole.slice(at, at + size))
        at += size
      }
      expect(told + (join(told, 'asked', ...pieces) ?? '?')).toBe(whole)
    }),
  )
})
