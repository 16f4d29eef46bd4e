// Proofs of what was thought: Google's own in their place, other vendors' through a client of Gemini and back, and the
// word that stands for one that nobody has.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../../shared/event.ts'
import { gemini } from '../../../shared/dialects/gemini/index.ts'
import { isForeign, readSignature, writeSignature } from '../../../shared/dialects/gemini/seal.ts'
import type { Message, Signature } from '../../../shared/request.ts'
import { requestFor } from '../../unit/samples.ts'
import { CONTEXT, eventsOf, read, sse, written } from '../wire.ts'
import { candidate, chunk } from './chunks.ts'

type Json = Record<string, unknown>

const SKIP = 'skip_thought_signature_validator'
const OWN = 'CpQBAXLI2nyfMqTIBMoaKkNb'
const own: Signature = { dialect: 'gemini', kind: 'signature', data: OWN }
const claude: Signature = { dialect: 'anthropic', kind: 'signature', data: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3h==' }

const contents = (messages: readonly Message[], model: string): Json[] =>
  gemini.writeRequest(requestFor('', { messages }), { model }).body['contents'] as Json[]

const asked: Message = { role: 'user', parts: [{ type: 'text', text: 'Hi' }] }

/** The parts of one answer as a client of Gemini keeps them, from the events of any vendor. */
function keptBy(events: readonly ModelEvent[]): Json[] {
  const chunks = written(
    gemini,
    events.map((event) => ({ events: [event] })),
  ).map((data) => JSON.parse(data) as { candidates: { content: { parts: Json[] } }[] })
  return chunks.flatMap(({ candidates }) => candidates[0]?.content.parts ?? [])
}

/** What the client's next question says about the answer that it kept. */
const readBack = (parts: readonly Json[]): Message | undefined =>
  gemini
    .readRequest({
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        // One content for each chunk, as Google's own clients keep them.
        ...parts.map((part) => ({ role: 'model', parts: [part] })),
        { role: 'user', parts: [{ text: 'And?' }] },
      ],
    })
    .messages.find(({ role }) => role === 'assistant')

const end: readonly ModelEvent[] = [
  { type: 'choice-end', index: 0, reason: 'stop' },
  { type: 'finish', reason: 'stop' },
]

describe('row 37: a thought signature', () => {
  it('is read from the call it stands on, from a thought, from a text and from a part without words', () => {
    const events = read(
      gemini,
      sse([
        chunk([candidate([{ text: 'Hm.', thought: true, thoughtSignature: 'AAAA' }])]),
        chunk([candidate([{ functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'BBBB' }])]),
        chunk([candidate([{ functionCall: { id: 'b', name: 'f', args: {} } }])]),
        chunk([candidate([{ text: 'Done.', thoughtSignature: 'CCCC' }])]),
        chunk([candidate([{ text: '', thoughtSignature: 'DDDD' }], { finishReason: 'STOP' })]),
      ]),
    )
    const proof = (data: string): Signature => ({ dialect: 'gemini', kind: 'signature', data })
    expect(events.filter(({ type }) => type !== 'start' && type !== 'finish')).toEqual([
      { type: 'reasoning-delta', index: 0, text: 'Hm.' },
      { type: 'reasoning-signature', index: 0, signature: proof('AAAA') },
      { type: 'tool-start', index: 0, call: 0, id: 'a', name: 'f', signature: proof('BBBB') },
      { type: 'tool-delta', index: 0, call: 0, json: '{}' },
      { type: 'tool-start', index: 0, call: 1, id: 'b', name: 'f' },
      { type: 'tool-delta', index: 0, call: 1, json: '{}' },
      { type: 'text-delta', index: 0, text: 'Done.' },
      { type: 'reasoning-signature', index: 0, signature: proof('CCCC') },
      { type: 'reasoning-signature', index: 0, signature: proof('DDDD') },
      { type: 'choice-end', index: 0, reason: 'tool-calls', raw: 'STOP' },
    ])
  })

  it('goes back on the call it came with, and on the thought', () => {
    const answer: Message = {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'Hm.', signature: own },
        { type: 'text', text: 'Let me see.' },
        { type: 'reasoning', text: '', signature: own },
      ],
      toolCalls: [
        { id: 'a', name: 'f', json: '{}', signature: own },
        { id: 'b', name: 'f', json: '{}' },
      ],
    }
    for (const model of ['gemini-2.5-pro', 'gemini-3.1-pro-preview']) {
      expect(contents([asked, answer], model)[1]?.['parts']).toEqual([
        { text: 'Hm.', thought: true, thoughtSignature: OWN },
        { text: 'Let me see.' },
        { text: '', thoughtSignature: OWN },
        { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: OWN },
        { functionCall: { id: 'b', name: 'f', args: {} } },
      ])
    }
  })

  const unsigned = (signature?: Signature): Message => ({
    role: 'assistant',
    parts: [],
    toolCalls: [
      { id: 'a', name: 'f', json: '{}', ...(signature === undefined ? {} : { signature }) },
      { id: 'b', name: 'f', json: '{}' },
    ],
  })

  for (const model of [
    'gemini-3-flash-preview',
    'gemini-3.1-pro-preview',
    'gemini-pro-latest',
    'models/gemini-3.8-flash',
    'gemini-4-argon',
  ]) {
    it(`that nobody has is replaced by the documented word, on the first call of each step: ${model}`, () => {
      for (const message of [unsigned(), unsigned(claude)]) {
        expect(contents([asked, message, asked, message], model).map((turn) => JSON.stringify(turn))).toEqual(
          [
            expect.not.stringContaining(SKIP),
            expect.stringMatching(
              new RegExp(`^[^b]*"id":"a".*"thoughtSignature":"${SKIP}".*"id":"b"(?!.*${SKIP})`),
            ),
            expect.not.stringContaining(SKIP),
            expect.stringContaining(SKIP),
          ],
        )
      }
    })
  }

  for (const model of ['gemini-2.5-pro', 'gemini-2.0-flash', 'gemma-3-27b-it', 'my-own-model']) {
    it(`that nobody has is nothing to a model that does not look: ${model}`, () =>
      expect(JSON.stringify(contents([asked, unsigned(), asked], model))).not.toContain('thoughtSignature'))
  }

  it('that a client of Gemini itself has lost is replaced too, and its body is otherwise its own', () => {
    const parts = [
      { text: 'I look.', x: 1 },
      { functionCall: { name: 'f', args: {} } },
      { functionCall: { name: 'g', args: {} } },
    ]
    const request = gemini.readRequest({ contents: [{ role: 'model', parts, y: 2 }] })
    expect(gemini.writeRequest(request, { model: 'gemini-3-flash-preview' }).body['contents']).toEqual([
      { role: 'model', parts: [parts[0], { ...parts[1], thoughtSignature: SKIP }, parts[2]], y: 2 },
    ])
    expect(gemini.writeRequest(request, { model: 'gemini-2.5-flash' }).body['contents']).toEqual([
      { role: 'model', parts, y: 2 },
    ])
  })

  it('survives a client of Gemini through its own stream and whole reply', () => {
    const events: ModelEvent[] = [
      { type: 'tool-start', index: 0, call: 0, id: 'a', name: 'f', signature: own },
      { type: 'tool-delta', index: 0, call: 0, json: '{"x":1}' },
      { type: 'reasoning-signature', index: 0, signature: own },
      ...end,
    ]
    expect(readBack(keptBy(events))?.toolCalls).toEqual([
      { id: 'a', name: 'f', json: '{"x":1}', signature: own },
    ])
    const reply = gemini.writeReply([{ events }], CONTEXT)
    expect(eventsOf(gemini.readReply(JSON.stringify(reply)))).toMatchObject([
      { type: 'start' },
      events[0],
      events[1],
      events[2],
      {},
      {},
    ])
  })
})

describe("row 38: another vendor's seal, through a client of Gemini", () => {
  const redacted: Signature = { dialect: 'anthropic', kind: 'redacted', data: 'EmwKAhgBEgy3va3pzix/LafPsn4a' }
  const encrypted: Signature = {
    dialect: 'openai-responses',
    kind: 'encrypted',
    data: 'gAAAAABo',
    id: 'rs_1',
  }

  it('comes back with the thought it ends, in its order', () => {
    const parts = keptBy([
      { type: 'reasoning-delta', index: 0, text: 'Drei ' },
      { type: 'reasoning-delta', index: 0, text: 'Städte — 世界.' },
      { type: 'reasoning-signature', index: 0, signature: claude },
      { type: 'reasoning-signature', index: 0, signature: redacted },
      { type: 'text-delta', index: 0, text: 'I lo' },
      { type: 'text-delta', index: 0, text: 'ok.' },
      { type: 'reasoning-signature', index: 0, signature: encrypted },
      { type: 'tool-start', index: 0, call: 0, id: 't', name: 'f', signature: claude },
      { type: 'tool-delta', index: 0, call: 0, json: '{}' },
      ...end,
    ])
    expect(readBack(parts)).toMatchObject({
      parts: [
        { type: 'reasoning', text: 'Drei Städte — 世界.', signature: claude },
        { type: 'reasoning', text: '', signature: redacted },
        { type: 'text', text: 'I look.' },
        { type: 'reasoning', text: '', signature: encrypted },
      ],
      toolCalls: [{ id: 't', signature: claude }],
    })
  })

  it('never closes what was thought before it and nobody sealed', () => {
    const parts = keptBy([
      { type: 'reasoning-delta', index: 0, text: 'Open.' },
      { type: 'reasoning-signature', index: 0, signature: redacted },
      ...end,
    ])
    expect(readBack(parts)?.parts).toEqual([
      { type: 'reasoning', text: 'Open.' },
      { type: 'reasoning', text: '', signature: redacted },
    ])
  })

  it('never reaches Google, nor does the thought under it', () => {
    const parts = keptBy([
      { type: 'reasoning-delta', index: 0, text: 'Secret.' },
      { type: 'reasoning-signature', index: 0, signature: claude },
      { type: 'text-delta', index: 0, text: 'Yes.' },
      { type: 'tool-start', index: 0, call: 0, id: 't', name: 'f', signature: claude },
      { type: 'tool-delta', index: 0, call: 0, json: '{}' },
      ...end,
    ])
    const request = gemini.readRequest({ contents: parts.map((part) => ({ role: 'model', parts: [part] })) })
    expect(gemini.writeRequest(request, { model: 'gemini-3-flash-preview' }).body['contents']).toEqual([
      {
        role: 'model',
        parts: [{ text: 'Yes.' }, { functionCall: { id: 't', name: 'f', args: {} }, thoughtSignature: SKIP }],
      },
    ])
    const plain: Message = {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'Secret.', signature: claude },
        { type: 'reasoning', text: 'Unsealed.' },
        { type: 'text', text: 'Yes.' },
      ],
    }
    expect(contents([asked, plain], 'gemini-2.5-pro')[1]).toEqual({
      role: 'model',
      parts: [{ text: 'Yes.' }],
    })
  })

  it('is bytes like any other to a client, whatever alphabet and padding it writes them in', () => {
    const kinds = fc.constantFrom('signature', 'redacted', 'encrypted')
    const signature = fc.record(
      {
        dialect: fc.constantFrom('anthropic', 'bedrock'),
        kind: kinds,
        data: fc.string({ unit: 'grapheme' }),
        id: fc.string(),
      },
      { requiredKeys: ['dialect', 'kind', 'data'] },
    )
    fc.assert(
      fc.property(signature, (given) => {
        const sealed = writeSignature(given as Signature)
        expect(sealed).toBe(Buffer.from(sealed, 'base64').toString('base64'))
        expect(isForeign(sealed)).toBe(true)
        for (const again of [sealed, Buffer.from(sealed, 'base64').toString('base64url')])
          expect(readSignature(again)).toEqual(given)
      }),
    )
    // These letters are written with the characters that tell the two alphabets apart.
    const odd: Signature = { ...claude, data: '>>>???~~~>>>???~~~' }
    const url = Buffer.from(writeSignature(odd), 'base64').toString('base64url')
    expect(url).toMatch(/-.*_|_.*-/)
    expect(readSignature(url)).toEqual(odd)
  })

  it('that was spoilt is taken for one of Google, which refuses it, and for nothing else', () => {
    const sealed = writeSignature(claude)
    for (const spoilt of [
      sealed.slice(0, 24),
      `${sealed.slice(0, 20)}!!!!`,
      Buffer.from('minnow:sealed:1[1,2,3]').toString('base64'),
    ])
      expect(readSignature(spoilt)).toEqual({ dialect: 'gemini', kind: 'signature', data: spoilt })
  })
})
