// Where a turn goes on, as a request says it; and who may sum up, as the configuration says.
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../shared/config.ts'
import { takeWishes } from '../../../shared/wishes.ts'

const TURN = `turn_${'0af1'.repeat(6)}`
const OLD = '00000000-0000-4000-8000-000000000001'

const talkOf = (minnow: object): unknown => takeWishes({ minnow }).wishes.talk

describe('a request says', () => {
  it.each([
    [{ edit: TURN }, { goal: { kind: 'edit', turn: TURN } }],
    [{ edit: `${TURN}.12` }, { goal: { kind: 'edit', turn: TURN } }],
    [{ edit: OLD }, { goal: { kind: 'edit', turn: OLD } }],
    [{ parent: TURN }, { goal: { kind: 'parent', turn: TURN } }],
    [{ regenerate: true }, { goal: { kind: 'again' } }],
    [{ regenerate: TURN }, { goal: { kind: 'again', turn: TURN } }],
    [{ contextTokens: 100 }, { goal: { kind: 'on' }, contextTokens: 100 }],
    [
      { contextTokens: 100, edit: TURN },
      { goal: { kind: 'edit', turn: TURN }, contextTokens: 100 },
    ],
    [{}, undefined],
  ])('%j', (minnow, talk) => expect(talkOf(minnow)).toEqual(talk))

  it.each([
    [{ edit: 'first' }, 'minnow.edit'],
    [{ regenerate: false }, 'minnow.regenerate'],
    [{ contextTokens: 0 }, 'minnow.contextTokens'],
    [{ edit: TURN, parent: TURN }, 'minnow'],
  ])('%j to no avail, and is told where', (minnow, param) =>
    expect(() => talkOf(minnow)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ param }) }),
    ),
  )
})

describe('a configuration', () => {
  const read = (conversations: object, routes: object = {}): string => {
    const text = JSON.stringify({ conversations, routes })
    const result = readConfig(text, 'minnow.jsonc', [])
    return result.ok ? '' : result.message
  }
  it('names a model that there is', () => {
    expect(read({ contextTokens: 4_000, expireDays: 7, summaryModel: 'micro' })).toBe('')
    expect(read({ summaryModel: 'big' })).toContain('conversations.summaryModel: found "big"')
    expect(read({}, { r: { order: ['micro'], conversations: { summaryModel: 'big' } } })).toContain(
      'routes.r.conversations.summaryModel: found "big"',
    )
  })
})
