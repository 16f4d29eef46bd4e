// The text of an answer in pieces: however it came and was written down, what is read is what was said.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventsIn, openLog, positionAfter, type Row, WINDOW_CHARS } from '../../../../workers/journal/log.ts'

const event = fc.stringMatching(/^data: [a-zé🐟]{0,12}$/u).map((line) => `${line}\n\n`)

/** A text cut where it likes to be. */
const cut = (text: string): fc.Arbitrary<string[]> =>
  fc.array(fc.nat(text.length), { maxLength: 8 }).map((places) => {
    const at = [0, ...places.sort((a, b) => a - b), text.length]
    return at.slice(1).map((to, index) => text.slice(at[index], to))
  })

const cutEvents = fc
  .array(event, { maxLength: 20 })
  .chain((events) => cut(events.join('')).map((pieces) => ({ events, pieces })))

/** What a storage of rows and the log together say from a position on. */
const readAll = (log: ReturnType<typeof openLog>, rows: readonly Row[], from: number): string => {
  let text = ''
  for (let at = from; at < log.length();) {
    const row = rows.findLast(({ start }) => start <= at)
    const more = log.read(at) ?? row?.text.slice(at - row.start) ?? ''
    if (more === '') throw new Error(`nothing at ${at} of ${log.length()}`)
    text += more
    at += more.length
  }
  return text
}

describe('a log', () => {
  it('gives the whole text from any position, written down or not', () => {
    fc.assert(
      fc.property(cutEvents, fc.array(fc.boolean()), fc.nat(), ({ events, pieces }, writes, place) => {
        const log = openLog('any')
        const rows: Row[] = []
        for (const [at, piece] of pieces.entries()) {
          log.append(piece)
          if (writes[at] === true) rows.push(...log.take())
        }
        const whole = events.join('')
        const from = place % (whole.length + 1)
        expect(log.length()).toBe(whole.length)
        expect(readAll(log, rows, from)).toBe(whole.slice(from))
      }),
    )
  })

  it('shows whole events only, and goes on after any of them', () => {
    fc.assert(
      fc.property(cutEvents, fc.array(fc.boolean()), fc.nat(30), ({ events, pieces }, writes, after) => {
        const log = openLog('events')
        const rows: Row[] = []
        for (const [at, piece] of pieces.entries()) {
          log.append(piece)
          const shown = readAll(log, rows, 0)
          expect(shown === '' || shown.endsWith('\n\n')).toBe(true)
          if (writes[at] === true) rows.push(...log.take())
        }
        rows.push(...log.take())
        expect(rows.map(({ text }) => text).join('')).toBe(events.join(''))
        const row = rows.findLast((one) => one.events < after)
        const from = after === 0 || row === undefined ? 0 : positionAfter(row, after)
        expect(readAll(log, rows, from)).toBe(events.slice(after).join(''))
      }),
    )
  })

  it('counts the events before each row', () => {
    const log = openLog('events')
    log.append('data: a\n\ndata: b\n\nda')
    expect(log.take()).toEqual([{ start: 0, events: 0, text: 'data: a\n\ndata: b\n\n' }])
    log.append('ta: c\n\n')
    expect(log.take()).toEqual([{ start: 18, events: 2, text: 'data: c\n\n' }])
    expect(log.take()).toEqual([])
  })

  it('never lays a row between the line ends of an event, nor beyond what a row can hold', () => {
    const log = openLog('events')
    const long = `data: ${'x'.repeat(599_993)}\n\n` // the second line end would begin the second row
    log.append(`${long}data: y\n\n`)
    const rows = log.take()
    expect(rows.map(({ text }) => text.length)).toEqual([599_999 + 1 - 1, 2 + 9])
    expect(rows.map(({ events }) => events)).toEqual([0, 0])
    expect(rows.map(({ text }) => eventsIn(text))).toEqual([0, 2])
    expect(positionAfter(rows[1] ?? { start: 0, events: 0, text: '' }, 1)).toBe(long.length)
  })

  it('forgets what is written down and far behind, and nothing that is not', () => {
    const log = openLog('any')
    for (let at = 0; at < 10; at += 1) log.append('x'.repeat(WINDOW_CHARS / 4))
    expect(log.read(0)).toHaveLength(log.length())
    log.take()
    expect(log.read(0)).toBeUndefined()
    expect(log.read(log.length() - WINDOW_CHARS)).toHaveLength(WINDOW_CHARS)
    expect(log.read(log.length())).toBe('')
  })

  it('reads what is left at the end as it is', () => {
    const log = openLog('events')
    log.append('data: half')
    expect(log.length()).toBe(0)
    log.close()
    expect(log.read(0)).toBe('data: half')
  })
})
