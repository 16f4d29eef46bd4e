// What is passed on: the body under another name for the model, and the usage found in whatever passes.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proxied } from '../../shared/dialects/proxied/index.ts'
import { watchUsage } from '../../shared/dialects/proxied/usage.ts'
import type { ModelRequest } from '../../shared/request.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const USAGE = {
  input_tokens: 14,
  output_tokens: 40,
  total_tokens: 54,
  input_tokens_details: { image_tokens: 3 },
}
const FOUND = { input: 14, output: 40 }

function usageIn(...pieces: readonly Uint8Array[]) {
  const watch = watchUsage()
  for (const piece of pieces) watch.take(piece)
  return watch.usage()
}

const cases: readonly (readonly [what: string, text: string, found: object | undefined])[] = [
  ['at the end of an object', JSON.stringify({ data: [{ b64_json: 'AAAA' }], usage: USAGE }), FOUND],
  ['at its beginning', JSON.stringify({ usage: USAGE, text: 'said' }), FOUND],
  ['in JSON for people', JSON.stringify({ text: 'a', usage: USAGE }, undefined, 2), FOUND],
  ["in a chat's words", JSON.stringify({ usage: { prompt_tokens: 14, completion_tokens: 40 } }), FOUND],
  [
    'in the last event',
    `event: a\ndata: {"type":"a","b64_json":"AA"}\n\nevent: z\ndata: ${JSON.stringify({ type: 'z', usage: USAGE })}\n\n`,
    FOUND,
  ],
  ['behind quotes and backslashes', JSON.stringify({ text: 'a\\"usage\\":{"\\', usage: USAGE }), FOUND],
  ['said by somebody', JSON.stringify({ text: JSON.stringify({ usage: USAGE }) }), undefined],
  ['further down', JSON.stringify({ data: [{ usage: USAGE }] }), undefined],
  ['in seconds', JSON.stringify({ usage: { type: 'duration', seconds: 7 } }), undefined],
  ['that is none', JSON.stringify({ usage: null, text: 'a' }), undefined],
  ['as the value of another', JSON.stringify({ a: 'usage', b: USAGE }), undefined],
]

describe('usage', () => {
  it.each(cases)('%s is found, cut at every byte', (_, text, found) => {
    const bytes = bytesOf(text)
    const expected = found === undefined ? undefined : expect.objectContaining(found)
    expect(usageIn(bytes)).toEqual(expected)
    expect(usageIn(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected)
    for (let at = 0; at < bytes.length; at += 1)
      expect(usageIn(bytes.subarray(0, at), bytes.subarray(at))).toEqual(expected)
  })

  it('is found beside any other JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (others, cut) => {
        const { usage: _, ...rest } = others
        const bytes = bytesOf(JSON.stringify({ ...rest, usage: USAGE }))
        const at = cut % bytes.length
        expect(usageIn(bytes.subarray(0, at), bytes.subarray(at))).toMatchObject(FOUND)
      }),
    )
  })

  it('is not looked for in sounds', () => {
    expect(usageIn(bytesOf(`ID3${JSON.stringify({ usage: USAGE })}`))).toBeUndefined()
    expect(usageIn(Uint8Array.of(0xff), bytesOf(JSON.stringify({ usage: USAGE })))).toBeUndefined()
  })

  it('that never ends is not kept', () => {
    const watch = watchUsage()
    watch.take(bytesOf('{"usage":{"a":"'))
    for (let at = 0; at < 64; at += 1) watch.take(bytesOf('x'.repeat(1024)))
    watch.take(bytesOf('"}}'))
    expect(watch.usage()).toBeUndefined()
  })
})

describe('an answer', () => {
  it('passes as it comes and ends with its usage', () => {
    const reader = proxied.readEvents()
    const bytes = bytesOf(JSON.stringify({ usage: USAGE }))
    expect(reader.read({ event: '', data: '', bytes })).toEqual({
      events: [{ type: 'other-delta', index: 0 }],
      bytes,
    })
    expect(reader.close().events).toMatchObject([{ type: 'finish', usage: FOUND }])
  })

  it('that says it failed is a failure', () => {
    const bytes = bytesOf(
      'data: {"type":"error","error":{"message":"Slow down.","code":"rate_limit_exceeded"}}\n\n',
    )
    const piece = proxied.readEvents().read({ event: '', data: '', bytes })
    expect(piece.events.at(-1)).toMatchObject({ type: 'error', failure: { kind: 'rate-limited' } })
    expect(piece.bytes).toBe(bytes)
  })
})

describe('a request', () => {
  const ask = (more: Pick<ModelRequest, 'proxied'>): ModelRequest => ({
    model: 'public',
    messages: [],
    tools: [],
    stream: false,
    streamUsage: true,
    choices: 1,
    format: { type: 'text' },
    sampling: {},
    limits: {},
    native: { dialect: 'proxied', body: { model: 'public', input: 'Hi', odd: [1] } },
    ...more,
  })

  it('of JSON keeps every field but the name of the model', () => {
    const wire = proxied.writeRequest(ask({ proxied: { endpoint: 'audio/speech', files: 0 } }), {
      model: 'tts-1',
    })
    expect(wire).toMatchObject({
      path: '/audio/speech',
      body: { model: 'tts-1', input: 'Hi', odd: [1] },
      dropped: [],
    })
    expect(wire.bytes).toBeUndefined()
  })

  it('of a form has the name in its place, whatever letters it has', () => {
    const form = {
      contentType: 'multipart/form-data; boundary=x',
      before: [bytesOf('a'), bytesOf('b')],
      after: [bytesOf('c')],
    }
    const wire = proxied.writeRequest(ask({ proxied: { endpoint: 'images/edits', files: 1, form } }), {
      model: 'bild-ä€😀/1',
    })
    expect(new TextDecoder().decode(wire.bytes)).toBe('abbild-ä€😀/1c')
    expect(wire.headers).toMatchObject({ 'content-type': form.contentType })
  })
})
