// Server-sent events, read as the specification says and written so that they can be read again.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Frame, FrameTooLong, MAX_FRAME_CHARS, readFrames, writeFrame } from '../../../shared/sse.ts'

const framesOf = (...chunks: string[]): Frame[] => {
  const read = readFrames()
  return [...chunks.flatMap((chunk) => read(chunk)), ...read('', true)]
}

const plain = (data: string, event = ''): Frame => ({ event, data })

describe('a stream is read', () => {
  const cases: readonly [string, string, Frame[]][] = [
    ['with line feeds', 'data: a\n\ndata: b\n\n', [plain('a'), plain('b')]],
    ['with carriage returns and line feeds', 'data: a\r\n\r\ndata: b\r\n\r\n', [plain('a'), plain('b')]],
    ['with lone carriage returns', 'data: a\r\rdata: b\r\r', [plain('a'), plain('b')]],
    ['with mixed line ends', 'data: a\r\n\ndata: b\r\r\ndata: c\n\r', [plain('a'), plain('b'), plain('c')]],
    ['past a byte order mark', '\uFEFFdata: a\n\n', [plain('a')]],
    [
      'past comments, also between the lines of an event',
      ': hello\n\ndata: a\n: ping\ndata: b\n\n',
      [plain('a\nb')],
    ],
    ['without a space after the colon', 'data:a\n\n', [plain('a')]],
    ['with only the first space taken off', 'data:  a \n\n', [plain(' a ')]],
    ['with several data lines joined', 'data: a\ndata: b\ndata:\n\n', [plain('a\nb\n')]],
    ['with a field name and no colon', 'data\n\n', [plain('')]],
    [
      'with the name of an event, for that event only',
      'event: ping\ndata: a\n\ndata: b\n\n',
      [plain('a', 'ping'), plain('b')],
    ],
    ['without events that hold no data', 'event: ping\n\nid: 1\nretry: 5\n\ndata: a\n\n', [plain('a')]],
    ['past unknown fields', 'data2: x\n data: y\ndata: a\n\n', [plain('a')]],
    ['to an end that lacks its blank line', 'data: a\n\ndata: b', [plain('a'), plain('b')]],
    ['when it is empty', '', []],
  ]
  for (const [how, text, frames] of cases) {
    it(how, () => expect(framesOf(text)).toEqual(frames))
    it(`${how}, one character at a time`, () => expect(framesOf(...text)).toEqual(frames))
  }

  it('so that a carriage return at the end of a chunk ends the line once', () => {
    const read = readFrames()
    expect(read('data: a\r')).toEqual([])
    expect(read('\n')).toEqual([])
    expect(read('\r')).toEqual([plain('a')])
    expect(read('\ndata: b\n\n')).toEqual([plain('b')])
  })

  it('as soon as an event is complete, before the line feed that may follow its carriage return', () => {
    expect(readFrames()('data: a\r\n\r')).toEqual([plain('a')])
  })

  it('so that a byte order mark in the middle is text', () => {
    expect(framesOf('data: a\n\n', '\uFEFFdata: b\n\n')).toEqual([plain('a')])
  })
})

describe('an event without an end', () => {
  it('is given up at its bound, whether it is one line or many', () => {
    const long = 'x'.repeat(MAX_FRAME_CHARS)
    expect(() => readFrames()(`data: ${long}`)).toThrow(FrameTooLong)
    const read = readFrames()
    expect(() => {
      for (let line = 0; line < 6; line += 1) read(`data: ${'x'.repeat(MAX_FRAME_CHARS / 4)}\n`)
    }).toThrow(FrameTooLong)
  })
})

const line = fc.string().map((text) => text.replaceAll(/[\r\n]/g, ''))
const frame = fc.record({
  event: line.map((text) => text.replace(/^ /, '')),
  data: fc.array(line, { minLength: 1 }).map((lines) => lines.join('\n')),
})

describe('what is written', () => {
  it('is read again as it was, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat(40)), (frames, cuts) => {
        const text = frames.map(writeFrame).join('')
        const chunks: string[] = []
        let from = 0
        for (const length of cuts) {
          chunks.push(text.slice(from, from + length))
          from += length
        }
        expect(framesOf(...chunks, text.slice(from))).toEqual(frames)
      }),
    )
  })
})
