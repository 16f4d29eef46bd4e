// Every client's dialect over every vendor's: what a vendor says reaches any client, and any question any vendor.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../shared/failure.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { entries, vendorEntries } from './dialects.ts'
import type { Entry } from './entry.ts'
import { expectWellFormed, finishOf, type Said, saidBy } from './said.ts'
import { completionTokens, promptTokens, type Usage } from '../../shared/usage.ts'
import { CONTEXT, encode, eventsOf, piecesOf, read, sse, unnative, written } from './wire.ts'

/** What a client of this wire can hear of one answer: as many choices as it has, and what it carries of each. */
const heard = ({ reach, carried = (one) => one }: Entry, says: readonly Said[]): Said[] =>
  says.slice(0, reach.choices ? says.length : 1).map((one) => ({
    ...carried(one),
    ...(one.refusal === undefined ? {} : { refusal: one.refusal }),
  }))

/** Names of calls and their arguments as values; ids are each wire's own. */
const meaning = (said: readonly Said[], tellsRefusals = true): unknown[] =>
  said.map(({ calls, text = '', refusal = '', reason, ...rest }) => ({
    ...rest,
    // A wire without refusals tells them as the text of the answer, or as an answer that was filtered.
    text: text + refusal,
    ...(tellsRefusals ? { reason } : {}),
    ...(calls === undefined
      ? {}
      : { calls: calls.map(({ name, json }) => ({ name, value: valueOf(json) })) }),
  }))

const totals = (usage: Usage | undefined) =>
  usage === undefined
    ? undefined
    : { prompt: promptTokens(usage), cached: usage.cacheRead, completion: completionTokens(usage) }

function valueOf(json: string): unknown {
  try {
    return JSON.parse(json === '' ? '{}' : json)
  } catch {
    return json
  }
}

for (const client of entries) {
  for (const vendor of vendorEntries) {
    /** A refusal may end as an ordinary answer, or as a filtered one, where the wire has no word for it. */
    const tells = (says: readonly Said[]): boolean =>
      client.reach.refusals || says.every(({ refusal }) => refusal === undefined)

    describe(`a client of ${client.dialect.id} over a vendor of ${vendor.dialect.id}`, () => {
      for (const { name, data, says, usage } of vendor.streams) {
        const pieces = () => piecesOf(vendor.dialect, [encode(vendor, data)], vendor.binary?.open)

        it(`hears a stream: ${name}`, () => {
          const again = read(client.dialect, sse(written(client.dialect, pieces())))
          expectWellFormed(again)
          expect(meaning(saidBy(again), tells(says))).toEqual(meaning(heard(client, says), tells(says)))
          if (usage === undefined) return
          // Not every wire knows every class of tokens, but all of them count each token once.
          expect(totals(finishOf(again)?.usage)).toEqual(totals(usage))
        })

        it(`hears a stream as a whole reply: ${name}`, () => {
          const body = client.dialect.writeReply(unnative(pieces()), CONTEXT)
          const again = eventsOf(client.dialect.readReply(JSON.stringify(body)))
          expectWellFormed(again)
          expect(meaning(saidBy(again), tells(says))).toEqual(meaning(heard(client, says), tells(says)))
        })

        it(`hears of a stream that broke off: ${name}`, () => {
          const cut = piecesOf(vendor.dialect, [encode(vendor, data.slice(0, 2))], vendor.binary?.open)
          if (!eventsOf(cut).some((event) => event.type === 'error')) return
          const again = read(client.dialect, sse(written(client.dialect, cut)))
          expectWellFormed(again)
          expect(again.at(-1)?.type).toBe('error')
        })
      }

      for (const { name, body, says } of vendor.replies) {
        it(`hears a whole reply, as one and as a stream: ${name}`, () => {
          const pieces = vendor.dialect.readReply(body)
          const whole = client.dialect.writeReply(pieces, CONTEXT)
          const expected = meaning(heard(client, says), tells(says))
          expect(
            meaning(saidBy(eventsOf(client.dialect.readReply(JSON.stringify(whole)))), tells(says)),
          ).toEqual(expected)
          const stream = read(client.dialect, sse(written(client.dialect, unnative(pieces))))
          expectWellFormed(stream)
          expect(meaning(saidBy(stream), tells(says))).toEqual(expected)
        })
      }

      for (const { name, body, address } of client.requests) {
        it(`may ask: ${name}`, () => {
          const asked = client.dialect.readRequest(body, address)
          const wire = writeOf(asked, vendor.dialect)
          expect(wire.path).toMatch(/^\//)
          expect(() => JSON.stringify(wire.body)).not.toThrow()
          // What was said is told: every word of the user's newest text is on the wire.
          const last = asked.messages.findLast(({ role }) => role === 'user')
          const sent = JSON.stringify(wire.body)
          const passes = client.dialect.id === vendor.dialect.id
          for (const part of passes ? [] : (last?.parts ?? []))
            if (part.type === 'text' && part.text !== '')
              expect(sent).toContain(JSON.stringify(part.text).slice(1, -1))
          for (const tool of asked.tools)
            if (tool.hosted === undefined && !wire.dropped.includes('tools'))
              expect(sent).toContain(tool.name)
          expect(new Set(wire.dropped).size).toBe(wire.dropped.length)
        })
      }
    })
  }
}

function writeOf(asked: ModelRequest, dialect: (typeof vendorEntries)[number]['dialect']) {
  try {
    return dialect.writeRequest(asked, { model: 'their-model', maxOutput: 4096 })
  } catch (error) {
    // The one thing that may be thrown: this wire cannot carry the request at all, and says which parameter.
    if (error instanceof Failed && error.failure.kind === 'unsupported')
      return {
        path: '/',
        body: { messages: asked.messages, tools: asked.tools },
        dropped: [...error.failure.parameters],
      }
    throw error
  }
}
