// Amazon's binary messages: their seams, their checksums, what they call themselves.
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import { type Frame, FrameTooLong } from '../../../../shared/sse.ts'
import { MAX_MESSAGE_BYTES, readMessages } from '../../../../workers/providers/event-stream.ts'
import { event, exception, type Header, writeMessage, writeRaw } from '../../../contract/bedrock/message.ts'
import { joined } from '../../../../shared/bytes.ts'

const readAll = (...chunks: Uint8Array[]): Frame[] => {
  const read = readMessages()
  return [...chunks.flatMap((chunk) => read(chunk)), ...read(undefined)]
}
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const three = [
  event('messageStart', '{"role":"assistant","p":"abc"}'),
  event('contentBlockDelta', '{"contentBlockIndex":0,"delta":{"text":"Grüße, 世界 🌍"}}'),
  exception('throttlingException', '{"message":"Too many requests"}'),
]
const frames: Frame[] = [
  { event: 'messageStart', data: '{"role":"assistant","p":"abc"}' },
  { event: 'contentBlockDelta', data: '{"contentBlockIndex":0,"delta":{"text":"Grüße, 世界 🌍"}}' },
  { event: 'exception:throttlingException', data: '{"message":"Too many requests"}' },
]
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}
const malformed = { failure: { kind: 'malformed', reason: expect.stringMatching(/^the stream held /) } }

describe('messages', () => {
  it('are read whole, one by one and several in one read', () => {
    expect(readAll(...three)).toEqual(frames)
    expect(readAll(joined(three))).toEqual(frames)
  })

  it('are the same split in two at every byte, and byte by byte', () => {
    const bytes = joined(three)
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(readAll(bytes.subarray(0, at), bytes.subarray(at)), `split at ${at}`).toEqual(frames)
    }
    expect(readAll(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(frames)
  })

  it('come out as soon as their last byte is there, not a read later', () => {
    const read = readMessages()
    const [first = new Uint8Array()] = three
    expect(read(first.subarray(0, -1))).toEqual([])
    expect(read(first.subarray(-1))).toHaveLength(1)
  })

  it('that are broken off anywhere are left out, and those before them stay', () => {
    const bytes = joined(three)
    const ends = three.map((_, index) => joined(three.slice(0, index + 1)).length)
    for (let at = 0; at < bytes.length; at += 1) {
      expect(readAll(bytes.subarray(0, at)), `cut at ${at}`).toEqual(
        frames.slice(0, ends.filter((end) => end <= at).length),
      )
    }
  })

  it('do not depend on where their bytes lie in a larger buffer', () => {
    const padded = new Uint8Array(joined(three).length + 9)
    padded.set(joined(three), 5)
    expect(readAll(padded.subarray(5, -4))).toEqual(frames)
  })
})

// The published examples of the encoding: https://github.com/awslabs/aws-c-event-stream (tests)
describe('published messages', () => {
  const published: readonly [string, string][] = [
    ['nothing at all', '00000010 00000000 05c248eb 7d98c8ff'],
    ['a payload and no headers', '0000001d 00000000 fd528c5a 7b27666f6f273a27626172277d c3653936'],
    [
      'a payload and a number for a header',
      '0000002d 00000010 41c424b8 0a6576656e742d74797065 04 0000a00c 7b27666f6f273a27626172277d 36f480a0',
    ],
  ]
  for (const [name, text] of published) {
    it(`with ${name} pass their checksums, and are no event`, () => expect(readAll(hex(text))).toEqual([]))

    it(`with ${name} do not pass with any one bit of them turned`, () => {
      const bytes = hex(text)
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const spoilt = Uint8Array.from(bytes)
        spoilt[bit >> 3] = (spoilt[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(
          thrownBy(() => readAll(spoilt)),
          `bit ${bit}`,
        ).toMatchObject(malformed)
      }
    })
  }
})

describe('headers', () => {
  it('of every type are stepped over to the ones that say what it is', () => {
    const typed: Record<string, Header> = {
      yes: { type: 0, bytes: new Uint8Array() },
      no: { type: 1, bytes: new Uint8Array() },
      byte: { type: 2, bytes: new Uint8Array(1) },
      short: { type: 3, bytes: new Uint8Array(2) },
      integer: { type: 4, bytes: new Uint8Array(4) },
      long: { type: 5, bytes: new Uint8Array(8) },
      bytes: { type: 6, bytes: Uint8Array.of(0, 3, 1, 2, 3) },
      text: 'ü',
      time: { type: 8, bytes: new Uint8Array(8) },
      uuid: { type: 9, bytes: new Uint8Array(16) },
    }
    const message = writeMessage({ ...typed, ':event-type': 'x', ...typed, ':message-type': 'event' }, '{}')
    expect(readAll(message)).toEqual([{ event: 'x', data: '{}' }])
  })

  it('that run over their end, or have a type nobody knows, are malformed', () => {
    const spoilt = [
      Uint8Array.of(5),
      Uint8Array.of(200, 97, 7, 0, 1),
      Uint8Array.of(1, 97),
      Uint8Array.of(1, 97, 7, 0),
      Uint8Array.of(1, 97, 7, 0, 9, 98),
      Uint8Array.of(1, 97, 5, 0, 0),
      Uint8Array.of(1, 97, 10, 0, 0),
      Uint8Array.of(1, 97, 255),
    ]
    for (const head of spoilt) {
      expect(
        thrownBy(() => readAll(writeRaw(head, Uint8Array.of(123, 125)))),
        String(head),
      ).toMatchObject(malformed)
    }
  })

  it('longer than the message are malformed', () => {
    const message = writeRaw(new Uint8Array(), new Uint8Array(2))
    const view = new DataView(message.buffer)
    view.setUint32(4, 3)
    view.setUint32(8, crc32(message.subarray(0, 8)))
    view.setUint32(14, crc32(message.subarray(0, 14)))
    expect(thrownBy(() => readAll(message))).toMatchObject(malformed)
  })

  it('of an error hold its code and its words', () => {
    const message = writeMessage(
      { ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'Say "sorry"' },
      '',
    )
    expect(readAll(message)).toEqual([
      { event: 'error:InternalFailure', data: '{"message":"Say \\"sorry\\""}' },
    ])
  })
})

describe('a message that is too long', () => {
  it('is refused at its first twelve bytes, before the rest is kept', () => {
    const message = writeRaw(new Uint8Array(), new Uint8Array(MAX_MESSAGE_BYTES - 15))
    expect(thrownBy(() => readMessages()(message.subarray(0, 12)))).toBeInstanceOf(FrameTooLong)
  })

  it('is one byte longer than the longest that is read', () => {
    const longest = event('x', 'a'.repeat(MAX_MESSAGE_BYTES - event('x', '').length))
    expect(longest).toHaveLength(MAX_MESSAGE_BYTES)
    const size = 16_384
    const chunks = Array.from({ length: Math.ceil(longest.length / size) }, (_, n) =>
      longest.subarray(n * size, (n + 1) * size),
    )
    expect(readAll(...chunks)[0]?.data).toHaveLength(MAX_MESSAGE_BYTES - event('x', '').length)
  })

  it('is told from noise: text, markup and events of servers are malformed', () => {
    for (const text of ['data: {"a":1}\n\n', '<html><body>Bad gateway</body></html>', '{"message":"no"}']) {
      const error = thrownBy(() => readAll(new TextEncoder().encode(text)))
      expect(error, text).toBeInstanceOf(Failed)
      expect(error).toMatchObject(malformed)
    }
  })
})
