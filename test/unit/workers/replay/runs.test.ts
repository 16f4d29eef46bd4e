// Who asks again joins the run, unless that came to nothing or was another question.
import { describe, expect, it } from 'vitest'
import { canonical } from '../../../../shared/canonical.ts'
import { fingerprintOf } from '../../../../workers/replay/fingerprint.ts'
import { decide, type Head, readHead, writeHead } from '../../../../workers/replay/runs.ts'

const HEAD: Head = {
  address: '/v1/chat/completions',
  fingerprint: 'same',
  status: 200,
  headers: { 'x-request-id': 'a' },
  isBroken: false,
}

const found = (state: 'running' | 'over' | 'lost', over: Partial<Head> = {}) => ({
  id: 'i1',
  state,
  head: writeHead({ ...HEAD, ...over }),
})

describe('a request that may be repeated', () => {
  it('is run the first time', () => expect(decide(undefined, 'same')).toBe('run'))
  it('joins the run that there is', () => expect(decide(found('running'), 'same')).toBe('follow'))
  it('has the answer that there was', () => expect(decide(found('over'), 'same')).toBe('follow'))
  it('is run anew after a crash', () => expect(decide(found('lost'), 'same')).toBe('run'))
  it('is run anew after an error in a stream', () =>
    expect(decide(found('over', { isBroken: true }), 'same')).toBe('run'))
  it('is refused when it is another one', () => {
    expect(decide(found('running'), 'other')).toBe('reused')
    expect(decide(found('over'), 'other')).toBe('reused')
  })
})

describe('a head', () => {
  it('is read as it was written', () => expect(readHead(writeHead(HEAD))).toEqual(HEAD))
  it('that is none has no status', () => expect(readHead('')).toMatchObject({ status: 0, isBroken: false }))
})

describe('the fingerprint of a request', () => {
  it('does not hear the order of fields, but that of lists, and every value', async () => {
    const of = (body: unknown, address = '/a'): Promise<string> => fingerprintOf(address, body)
    const one = await of({ a: 1, b: { c: [1, 2], d: null } })
    expect(await of({ b: { d: null, c: [1, 2] }, a: 1 })).toBe(one)
    expect(one).toMatch(/^[0-9a-f]{64}$/)
    for (const other of [
      of({ a: 1, b: { c: [2, 1], d: null } }),
      of({ a: 1, b: { c: [1, 2] } }),
      of({ a: '1', b: { c: [1, 2], d: null } }),
      of({ a: 1, b: { c: [1, 2], d: null } }, '/b'),
    ])
      expect(await other).not.toBe(one)
  })

  it('hears fields that are numbers, and a name like __proto__', () => {
    expect(canonical(JSON.parse('{"b":1,"2":0,"10":0}'))).toBe(canonical(JSON.parse('{"10":0,"2":0,"b":1}')))
    expect(canonical(JSON.parse('{"__proto__":{"a":1}}'))).not.toBe(canonical({}))
  })
})
