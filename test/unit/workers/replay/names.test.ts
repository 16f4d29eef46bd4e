// Names of streams: each leads to its object, and nothing that was never a name leads anywhere.
import { describe, expect, it } from 'vitest'
import {
  newStream,
  newTry,
  objectOf,
  ownPart,
  passingStream,
  readMark,
  repeatObject,
  streamOfOwn,
} from '../../../../workers/replay/names.ts'

const DIGEST = '0123456789abcdef'.repeat(4)

describe('the name of a stream', () => {
  it('leads to its object', () => {
    const stream = newStream()
    expect(objectOf(stream)).toBe(stream)
    expect(streamOfOwn(ownPart(stream) ?? '')).toBe(stream)
    const object = repeatObject(DIGEST)
    expect(objectOf(newTry(object))).toBe(object)
    expect(newTry(object)).not.toBe(newTry(object))
    expect(ownPart(newTry(object))).toBeUndefined()
  })

  it('of a stream that nobody keeps leads nowhere', () => {
    for (const stream of [passingStream(), `resp_${'0'.repeat(40)}`, 's12', `x${'0'.repeat(20)}`, ''])
      expect(objectOf(stream)).toBeUndefined()
  })
})

describe('the id of an event', () => {
  it('is a stream and a number', () => {
    for (const stream of [
      newStream(),
      newTry(repeatObject(DIGEST)),
      passingStream(),
      `resp_${'0'.repeat(40)}`,
    ])
      expect(readMark(`${stream}.12`)).toEqual({ stream, event: 12 })
  })

  for (const id of [
    '',
    's12',
    's12.',
    '.3',
    's12.x',
    's12.-1',
    'S12.1',
    's12.1 ',
    's1/2.1',
    `${'s'.repeat(80)}.1`,
  ])
    it(`is nothing else: ${JSON.stringify(id)}`, () => expect(readMark(id)).toBeUndefined())
})
