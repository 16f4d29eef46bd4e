// Every dialect reads every recorded stream and reply, however the bytes come and wherever they end.
import { describe, expect, it } from 'vitest'
import { joined } from '../../shared/bytes.ts'
import { writeFrame } from '../../shared/sse.ts'
import { vendorEntries } from './dialects.ts'
import { expectWellFormed, finishOf, isTerminal, saidBy } from './said.ts'
import { bytesOf, encode, eventsOf, piecesOf, readData } from './wire.ts'

for (const entry of vendorEntries) {
  const { dialect, streams, replies, errors, endMarker, unknownData, withUnknown, binary } = entry
  const readBytes = (chunks: Iterable<Uint8Array>) => eventsOf(piecesOf(dialect, chunks, binary?.open))
  const read = (text: string) => readBytes([bytesOf(text)])
  for (const { name, data, says, usage } of streams) {
    const bytes = encode(entry, data)
    const text = new TextDecoder().decode(bytes)
    const whole = readData(entry, data)
    const withFirst = (line: string): string => text.replace('data: ', `${line}data: `)

    describe(`${dialect.id} reads a stream: ${name}`, () => {
      it('whole', () => {
        expectWellFormed(whole)
        expect(saidBy(whole)).toEqual(says)
        expect({ ...finishOf(whole), serviceTier: undefined }).toEqual({
          type: 'finish',
          reason: says[0]?.reason,
          ...(usage === undefined ? {} : { usage }),
        })
        expect(whole[0]?.type).toBe('start')
        expect(whole.filter((event) => event.type === 'start')).toHaveLength(1)
      })

      it('byte by byte', () => {
        expect(readBytes(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole)
      })

      it('split in two at every byte', () => {
        const expected = JSON.stringify(whole)
        const places = Array.from({ length: bytes.length + 1 }, (_, at) => at)
        const readAt = (at: number) => readBytes([bytes.subarray(0, at), bytes.subarray(at)])
        expect(places.filter((at) => JSON.stringify(readAt(at)) !== expected)).toEqual([])
      })

      it('truncated at every byte: an error, or all of it', () => {
        let before = ''
        for (let at = 0; at < bytes.length; at += 1) {
          const events = readBytes([bytes.subarray(0, at)])
          const outcome = JSON.stringify(events)
          if (outcome === before) continue
          before = outcome
          expectWellFormed(events)
          // A finish without a finish reason seen would sell a cut answer as a whole one.
          if (finishOf(events) !== undefined) expect(saidBy(events), `cut at byte ${at}`).toEqual(says)
          else expect(events.at(-1)).toMatchObject({ type: 'error', failure: { kind: 'malformed' } })
          const deltas = events.filter((event) => event.type !== 'start' && !isTerminal(event))
          expect(
            whole.filter((event) => event.type !== 'start').slice(0, deltas.length),
            `cut at byte ${at}`,
          ).toEqual(deltas)
        }
      })

      const framings: readonly [string, string][] = [
        ['with carriage returns and line feeds', text.replaceAll('\n', '\r\n')],
        ['with lone carriage returns', text.replaceAll('\n', '\r')],
        ['after a byte order mark', `\uFEFF${text}`],
        [
          'with comments everywhere',
          `: hello\n\n${text.replaceAll('data: ', ': ping\ndata: ').replaceAll('\n\n', '\n: pong\n\n: \n\n')}`,
        ],
        ['without a space after the colon', text.replaceAll('data: ', 'data:')],
        ['with ids and retries', text.replaceAll('data: ', 'id: 1\nretry: 3000\ndata: ')],
        ['with named events', text.replaceAll('data: ', 'event: message\ndata: ')],
        ['with blank lines before it', `\n\n\n${text}`],
        ['with empty data before it', withFirst('data:\n\n')],
        ['without the last blank line', text.replace(/\n+$/, '')],
        [
          'with its JSON over several data lines',
          data.map((one) => writeFrame({ event: '', data: spread(one) })).join(''),
        ],
      ]
      for (const [how, framed] of binary === undefined ? framings : []) {
        it(how, () => expect(read(framed)).toEqual(whole))
        it(`${how}, byte by byte`, () => {
          expect(readBytes(Array.from(bytesOf(framed), (byte) => Uint8Array.of(byte)))).toEqual(whole)
        })
      }

      it('with an event nobody has heard of in every place', () => {
        for (let at = 0; at < data.length; at += 1) {
          const events = readData(entry, data.toSpliced(at, 0, unknownData))
          expectWellFormed(events)
          expect(saidBy(events)).toEqual(says)
        }
      })

      it('with a field nobody has heard of in every event', () => {
        expect(readData(entry, data.map(withUnknown))).toEqual(whole)
      })

      it('with an unreadable event in every place, which is skipped', () => {
        for (const broken of [
          '{"choices":[{"delta":{"content":"bro',
          'null',
          '[]',
          '5',
          'data: x',
          '<html>',
          '{]}',
        ]) {
          for (let at = 0; at < data.length; at += 1) {
            expect(readData(entry, data.toSpliced(at, 0, broken)), `${broken} before event ${at}`).toEqual(
              whole,
            )
          }
        }
      })

      if (endMarker !== undefined) {
        it('without its end marker', () =>
          expect(
            readData(
              entry,
              data.filter((one) => one !== endMarker),
            ),
          ).toEqual(whole))
        it('and nothing after its end marker', () =>
          expect(readData(entry, [...data, ...data])).toEqual(whole))
      }

      it('broken off by an error in every place, with nothing after it', () => {
        for (const error of errors) {
          const frame =
            binary === undefined
              ? bytesOf(writeFrame({ event: error.event ?? '', data: error.data }))
              : binary.write(error.data)
          const last = data.findLastIndex((one) => one !== endMarker)
          for (let at = 0; at <= last; at += 1) {
            const spoilt = joined([encode(entry, data.slice(0, at)), frame, encode(entry, data.slice(at))])
            const events = readBytes([spoilt])
            expectWellFormed(events)
            expect(events.at(-1), `${error.name} before event ${at}`).toMatchObject({
              type: 'error',
              failure: { kind: error.kind },
            })
            expect(events.slice(0, -1)).toEqual(
              readData(entry, data.slice(0, at)).filter((event) => !isTerminal(event)),
            )
          }
        }
      })

      it('and says that it is complete only when every choice has ended', () => {
        const reader = dialect.readEvents()
        const frameOf = (one: string) =>
          binary === undefined ? [{ event: '', data: one }] : binary.open()(binary.write(one), true)
        let ended = new Set<number>()
        const begun = new Set<number>()
        for (const one of data) {
          for (const event of frameOf(one).flatMap((frame) => reader.read(frame).events)) {
            if ('index' in event) begun.add(event.index)
            if (event.type === 'choice-end') ended = new Set([...ended, event.index])
          }
          expect(reader.complete && begun.size > ended.size).toBe(false)
        }
        expect(reader.complete).toBe(true)
      })
    })
  }

  describe(`${dialect.id} reads a stream without an answer as an error`, () => {
    const empties: readonly [string, string][] = [
      ['empty', ''],
      ['of white space', '\n\n\n'],
      ['of comments', ': ping\n\n: ping\n\n'],
      ['of an HTML page', '<!doctype html><html><body>Bad gateway</body></html>'],
      ['of JSON that is no stream', '{"choices":[]}'],
    ]
    const hollow: readonly [string, Uint8Array][] = [
      ...(binary === undefined ? empties : []).map(([name, text]): [string, Uint8Array] => [
        name,
        bytesOf(text),
      ]),
      ['of no bytes', new Uint8Array()],
      ['of the end marker only', encode(entry, endMarker === undefined ? [] : [endMarker])],
      ['of unknown events only', encode(entry, [unknownData, unknownData])],
    ]
    for (const [name, bytes] of hollow) {
      it(name, () => {
        const events = readBytes([bytes])
        expectWellFormed(events)
        expect(events.at(-1)).toMatchObject({ type: 'error', failure: { kind: 'malformed' } })
      })
    }
  })

  for (const { name, body, says, usage } of replies) {
    describe(`${dialect.id} reads a whole reply: ${name}`, () => {
      const events = eventsOf(dialect.readReply(body))

      it('whole', () => {
        expectWellFormed(events)
        expect(saidBy(events)).toEqual(says)
        expect(finishOf(events)?.usage).toEqual(usage)
      })

      it('with a field nobody has heard of', () =>
        expect(eventsOf(dialect.readReply(withUnknown(body)))).toEqual(events))

      it('truncated anywhere as an error', () => {
        for (let at = 0; at < body.length; at += 1) {
          expect(eventsOf(dialect.readReply(body.slice(0, at)))).toMatchObject([
            { type: 'error', failure: { kind: 'malformed' } },
          ])
        }
      })
    })
  }

  describe(`${dialect.id} reads a whole reply that is no answer as an error`, () => {
    for (const { name, data, kind, event } of errors) {
      if (event !== undefined) continue
      it(name, () => {
        const events = eventsOf(dialect.readReply(data))
        expectWellFormed(events)
        expect(events.at(-1)).toMatchObject({ type: 'error', failure: { kind } })
      })
    }
    for (const body of [
      '',
      ' ',
      'null',
      '[]',
      '5',
      '"text"',
      '{}',
      '<html></html>',
      '{"choices":[]}',
      '{"choices":null}',
    ]) {
      it(JSON.stringify(body), () => {
        const events = eventsOf(dialect.readReply(body))
        expectWellFormed(events)
        expect(events.at(-1)).toMatchObject({ type: 'error', failure: { kind: 'malformed' } })
      })
    }
  })
}

/** Pretty-printed, so that its lines become data lines of one event. */
function spread(data: string): string {
  return data.startsWith('{') ? JSON.stringify(JSON.parse(data), null, 2) : data
}
