// What a browser remembers of a conversation: what takes whose place, and whose answers are not wanted any more.
import { describe, expect, it } from 'vitest'
import {
  begin,
  type Conversation,
  due,
  erase,
  isBusy,
  moved,
  placeOf,
  replace,
  type Turn,
  unwant,
} from '../../../../workers/ui/widget/conversation.ts'

const turn = (key: string, more: Partial<Turn> = {}): Turn => ({
  key,
  at: 1,
  question: key,
  answer: '',
  state: 'whole',
  ...more,
})
const of = (...turns: readonly Turn[]): Conversation => ({ ...begin('c', 1), turns })
const keys = ({ turns }: Conversation): string[] => turns.map(({ key }) => key)

describe('a conversation that is erased', () => {
  it('has no word any more, and is busy until the gateway knows', () => {
    const before = { ...of(turn('a'), turn('b', { state: 'writing' })), name: 'visit-x', unwanted: ['z'] }
    const after = erase(before)
    expect([after.turns, after.unwanted, after.name, after.isErased]).toEqual([
      [],
      ['z', 'b'],
      'visit-x',
      true,
    ])
    expect(isBusy({ ...after, unwanted: [] })).toBe(true)
    expect(due(after)).toBe(undefined)
  })
})

describe('a turn that takes the place of another', () => {
  it('drops what followed, and what was still to come of that is not wanted', () => {
    const before = of(turn('a'), turn('b', { state: 'writing' }), turn('c', { state: 'waiting' }))
    const after = replace(before, 'a', turn('d', { state: 'waiting' }))
    expect(keys(after)).toEqual(['d'])
    expect(after.unwanted).toEqual(['b', 'c'])
  })

  it('leaves nothing to tell where all was said', () => {
    const after = replace(of(turn('a'), turn('b')), 'b', turn('c'))
    expect([keys(after), after.unwanted]).toEqual([['a', 'c'], undefined])
  })

  it('goes to the end where others were asked since', () => {
    const after = moved(of(turn('a'), turn('b', { state: 'failed' }), turn('c')), 'b', turn('d'))
    expect(keys(after)).toEqual(['a', 'c', 'd'])
  })
})

it('a conversation is busy while something is due, or an answer is still to be called off', () => {
  expect(isBusy(of(turn('a')))).toBe(false)
  expect(isBusy(of(turn('a', { state: 'waiting' })))).toBe(true)
  const off = unwant(of(turn('a', { state: 'stopped' })), 'a')
  expect([isBusy(off), due(off)]).toEqual([true, undefined])
})

it('the place of a turn is its own where the gateway kept something of it, else what it was to replace', () => {
  expect(placeOf(turn('a', { turn: 't', answer: 'Hm' }))).toBe('t')
  expect(placeOf(turn('a', { turn: 't' }))).toBe(undefined)
  expect(placeOf(turn('a', { turn: 't', regenerates: 'r' }))).toBe('r')
  expect(placeOf(turn('a', { edits: 'e' }))).toBe('e')
})
