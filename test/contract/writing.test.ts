// Every dialect writes what it reads: the same dialect on both sides loses nothing, any other loses no meaning.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelEvent } from '../../shared/event.ts'
import { Failed } from '../../shared/failure.ts'
import { entries } from './dialects.ts'
import { answersFor } from './generate.ts'
import { expectPrefix, expectWellFormed, finishOf, type Said, saidBy } from './said.ts'
import { bytesOf, CONTEXT, eventsOf, piecesOf, read, sse, unnative, written } from './wire.ts'

/** What a provider called its reason is not written by others, and an answer's name is put into a form of their own. */
const plain = (events: readonly ModelEvent[]): ModelEvent[] =>
  events.map((event) => {
    if (event.type === 'start') return { ...event, id: event.id.replace(/^chatcmpl-/, '') }
    if (event.type !== 'choice-end') return event
    const { raw: _, ...rest } = event
    return rest
  })

for (const entry of entries) {
  const { dialect, streams, replies, requests, badRequests, errors, reach, usageField = 'usage' } = entry
  const answers = answersFor(reach)
  const carried = (said: readonly Said[]): Said[] => said.map(entry.carried ?? ((one) => one))
  const usageOf = (events: readonly ModelEvent[]) => {
    const usage = finishOf(events)?.usage
    return usage === undefined ? undefined : (entry.carriedUsage?.(usage) ?? usage)
  }
  const changes = entry.changes ?? ((one: string) => one.includes('"usage"'))
  /** What came back is what was sent, as far as the wire can say it. */
  const expectSame = (again: readonly ModelEvent[], events: readonly ModelEvent[]): void => {
    if (reach.exact) return expect(plain(again)).toEqual(events)
    expectWellFormed(again)
    expect(saidBy(again)).toEqual(carried(saidBy(events)))
    expect(usageOf(again)).toEqual(usageOf(events))
  }
  describe(`${dialect.id}, written from events`, () => {
    it('as a stream is read again as the same events', () => {
      fc.assert(
        fc.property(answers, (events) => {
          const out = written(
            dialect,
            events.map((event) => ({ events: [event] })),
          )
          expectSame(read(dialect, sse(out)), events)
        }),
      )
    })

    it('is the same stream however the events are gathered into pieces and batches', () => {
      fc.assert(
        fc.property(answers, fc.nat(5), (events, size) => {
          const one = dialect.writeEvents(CONTEXT)
          const many = dialect.writeEvents(CONTEXT)
          const pieces = events.map((event) => ({ events: [event] }))
          let gathered = ''
          for (let from = 0; from < pieces.length; from += size + 1)
            gathered += many(pieces.slice(from, from + size + 1))
          expect(gathered).toBe(pieces.map((piece) => one([piece])).join(''))
          expect(dialect.writeEvents(CONTEXT)([{ events }])).toBe(gathered)
        }),
      )
    })

    it('as a whole reply says the same, with the same usage', () => {
      fc.assert(
        fc.property(answers, (events) => {
          const body = dialect.writeReply([{ events }], CONTEXT)
          const again = eventsOf(dialect.readReply(JSON.stringify(body)))
          expectWellFormed(again)
          expect(saidBy(again)).toEqual(carried(saidBy(events)))
          expect(usageOf(again)).toEqual(usageOf(events))
        }),
      )
    })

    it('ends with the error of an answer that broke off, and nothing after it', () => {
      fc.assert(
        fc.property(answers, fc.nat(), (events, at) => {
          const cut = events.slice(0, at % events.length)
          const failure = { kind: 'timeout', phase: 'idle', limitMs: 5 } as const
          const out = written(
            dialect,
            [...cut, { type: 'error', failure } as const].map((event) => ({ events: [event] })),
          )
          const again = read(dialect, sse(out))
          expectWellFormed(again)
          expect(again.at(-1)?.type).toBe('error')
          if (reach.exact) expect(plain(again.slice(0, -1))).toEqual(cut)
          else expectPrefix(saidBy(again), saidBy(cut))
        }),
      )
    })
  })

  for (const { name, data, says, usage } of streams) {
    describe(`${dialect.id} passes a stream on: ${name}`, () => {
      const pieces = piecesOf(dialect, [bytesOf(sse(data))])

      it('and a client of the same dialect reads the same answer, with its usage', () => {
        const again = read(dialect, sse(written(dialect, pieces)))
        expectWellFormed(again)
        expect(saidBy(again)).toEqual(says)
        if (usage !== undefined) expect(finishOf(again)?.usage).toEqual(usage)
      })

      it.runIf(reach.usageOnRequest)('and a client that did not ask for usage gets none', () => {
        const out = written(dialect, pieces, { streamUsage: false })
        expect(saidBy(read(dialect, sse(out)))).toEqual(says)
        expect(finishOf(read(dialect, sse(out)))?.usage).toBeUndefined()
        expect(out.join('\n')).not.toContain('usage"')
      })

      it('and chunks without usage pass byte for byte', () => {
        for (const streamUsage of [true, false]) {
          const untouched = data.filter((one) => !changes(one))
          expect(written(dialect, pieces, { streamUsage })).toEqual(expect.arrayContaining(untouched))
        }
      })

      it('and says the same when another dialect had read it', () => {
        const again = read(dialect, sse(written(dialect, unnative(pieces))))
        expectWellFormed(again)
        expect(saidBy(again)).toEqual(says)
      })

      it('and becomes the whole reply of a client that did not ask for a stream', () => {
        const body = dialect.writeReply(unnative(pieces), CONTEXT)
        expect(saidBy(eventsOf(dialect.readReply(JSON.stringify(body))))).toEqual(says)
      })
    })
  }

  for (const { name, body, says } of replies) {
    describe(`${dialect.id} passes a whole reply on: ${name}`, () => {
      const pieces = dialect.readReply(body)

      it('with every field but usage as it came', () => {
        const sent = dialect.writeReply(pieces, CONTEXT)
        const came = JSON.parse(body) as Record<string, unknown>
        expect({ ...sent, [usageField]: null }).toEqual({ ...came, [usageField]: null })
      })

      it('and says the same when another dialect had read it, whole or as a stream', () => {
        const sent = dialect.writeReply(unnative(pieces), CONTEXT)
        expect(saidBy(eventsOf(dialect.readReply(JSON.stringify(sent))))).toEqual(says)
        expect(saidBy(read(dialect, sse(written(dialect, unnative(pieces)))))).toEqual(says)
      })
    })
  }

  for (const { name, body, address } of requests) {
    describe(`${dialect.id} passes a request on: ${name}`, () => {
      it('and reads it again as the same request', () => {
        const first = dialect.readRequest(body, address)
        const again = dialect.readRequest(dialect.writeRequest(first, { model: first.model }).body, address)
        const { native: _, streamUsage: __, ...meaning } = first
        const { native: ___, streamUsage: ____, ...kept } = again
        expect(kept).toEqual(meaning)
      })
    })
  }

  for (const { name, body, param } of badRequests) {
    it(`${dialect.id} refuses a request with ${name}, and says where`, () => {
      const refusal = ((): unknown => {
        try {
          return dialect.readRequest(body)
        } catch (error) {
          return error
        }
      })()
      expect(refusal).toBeInstanceOf(Failed)
      expect(refusal).toMatchObject({
        failure: { kind: 'invalid-request', ...(param === undefined ? {} : { param }) },
      })
      if (param !== undefined) expect(refusal instanceof Failed && refusal.message).toContain(`'${param}'`)
    })
  }

  describe(`${dialect.id} errors`, () => {
    it('of a provider never repeat a key', () => {
      const secrets = [
        'sk-proj-abc123456',
        'Bearer abc.def-ghi',
        'gsk_abcdef123456',
        'AIzaSyA1234567890abcdefghijklmnopqrstuv',
      ]
      for (const secret of secrets) {
        const body = JSON.stringify({
          error: { message: `Incorrect API key provided: ${secret}.`, code: secret },
        })
        for (const status of [400, 401, 404, 422, 429, 500]) {
          const failure = dialect.readFailure({ status, body })
          expect(JSON.stringify(dialect.writeFailure(failure, 'req_1'))).not.toContain(secret)
        }
      }
    })

    it('are read from anything a server may send', () => {
      fc.assert(
        fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
          const failure = dialect.readFailure({ status, body })
          const out = dialect.writeFailure(failure, 'req_1')
          expect(out.status).toBeGreaterThanOrEqual(400)
          expect(out.status).toBeLessThan(600)
        }),
      )
    })

    it('in a stream become an error that the dialect itself reads', () => {
      for (const { data } of errors) {
        const failure = eventsOf(dialect.readReply(data)).find((event) => event.type === 'error')
        if (failure === undefined) continue
        const again = read(dialect, sse(written(dialect, [{ events: [failure] }])))
        expect(again).toMatchObject([{ type: 'error' }])
      }
    })
  })
}
