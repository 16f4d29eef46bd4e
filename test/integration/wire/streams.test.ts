// Streams as bytes: however a vendor cuts, frames, packs and delays them, every client gets the same words, when they
// are there, in a frame that its own parsers take.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WorkersAi, startWorkersAi } from '../../lab/ai.ts'
import type { Behaviour } from '../../lab/behaviour.ts'
import { openScene, type Scene } from '../../lab/scene.ts'
import { ask, eventsOf, type Question, type Tongue, TONGUES } from './clients.ts'
import { behind, env, providers, type Wire, WIRES, WORKERS_AI } from './vendors.ts'

const ALL: readonly Wire[] = [...WIRES, WORKERS_AI]
const WORDS = 'Grüße aus Köln: 🐟🧑‍🚀 — „naïve“ 日本語 \u2028 ende'

let ai: WorkersAi
let scene: Scene
let quiet: Scene
beforeAll(async () => {
  ai = await startWorkersAi()
  const config = (_: string, origin: string) => ({ providers: providers(origin), retries: { sameTarget: 0 } })
  ;[scene, quiet] = await Promise.all([
    openScene((_, origin) => ({ ...config(_, origin), streams: { keepAliveMs: 1_500 } }), {
      ai: ai.url,
      env,
    }),
    openScene((_, origin) => ({ ...config(_, origin), streams: { keepAliveMs: 0 } }), { ai: ai.url, env }),
  ])
})
afterAll(async () => {
  await Promise.all([scene.stop(), quiet.stop()])
  await ai.stop()
})

const SHAPES: readonly { readonly what: string; readonly behaviour: Behaviour }[] = [
  { what: 'row 44: cut at every byte', behaviour: { everyByte: true } },
  { what: 'row 45: with CRLF', behaviour: { lineEnd: '\r\n' } },
  { what: 'row 45: with CRLF, cut at every byte', behaviour: { lineEnd: '\r\n', everyByte: true } },
  { what: 'row 45: with CR alone', behaviour: { lineEnd: '\r', everyByte: true } },
  {
    what: 'row 45: with a byte order mark, comments and no space after the colon',
    behaviour: { bom: true, comments: true, tight: true },
  },
  {
    what: 'row 45: with ids, retry times and fields that nobody knows',
    behaviour: { insert: [{ at: 1, text: 'id: 7\nretry: 3000\nodd\nodd: field\n' }] },
  },
  { what: 'row 47: packed with gzip', behaviour: { gzip: true } },
]

const shapes = ALL.flatMap((wire) => SHAPES.map((shape, at) => ({ ...shape, at, wire, vendor: wire.id })))

describe.concurrent('a stream', () => {
  test.each(shapes)('$what of $vendor says the same to every client', async ({ wire, behaviour, at }) => {
    await Promise.all(
      TONGUES.map(async (tongue) => {
        const model = behind(scene, wire, `shape-${at}-${tongue.id}`, ai)
        model.script({ text: WORDS, ...behaviour })
        const heard = await ask(scene.gateway.url, tongue, { model: model.model, stream: true })
        expect(heard.status, heard.raw).toBe(200)
        expect(heard.said).toBe(WORDS)
        expect(heard.isComplete).toBe(true)
        expect(heard.raw).not.toMatch(/\r|\uFEFF|keep-alive|retry:/)
        expect(heard.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      }),
    )
  })

  test.each(ALL)(
    'row 47: a whole reply that comes packed is read, and its length is not passed on ($id)',
    async (wire) => {
      for (const tongue of TONGUES) {
        const model = behind(scene, wire, `packed-${tongue.id}`, ai)
        model.script({ text: WORDS, gzip: true })
        const heard = await ask(scene.gateway.url, tongue, { model: model.model })
        expect(heard.said, heard.raw).toBe(WORDS)
      }
    },
  )
})

interface Timed {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  /** Milliseconds after the request, of the head and of each piece of the body. */
  readonly headMs: number
  readonly pieces: readonly { readonly atMs: number; readonly text: string }[]
}

/** As a client that unpacks nothing and sees every piece when it comes. */
function time(
  { gateway }: Scene,
  tongue: Tongue,
  question: Question,
  onText: (text: string) => void = () => undefined,
): Promise<Timed> {
  const body = JSON.stringify(tongue.body(question))
  const startedAt = Date.now()
  return new Promise((resolve, reject) => {
    const asking = request(gateway.url + tongue.path(question), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'accept-encoding': 'gzip, deflate, br, zstd',
        ...tongue.headers,
      },
    })
    asking.once('error', reject)
    asking.once('response', (response) => {
      const headMs = Date.now() - startedAt
      const pieces: { atMs: number; text: string }[] = []
      response.setEncoding('utf8')
      response.on('data', (text) => {
        pieces.push({ atMs: Date.now() - startedAt, text: String(text) })
        onText(String(text))
      })
      response.once('error', reject)
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, headMs, pieces }),
      )
    })
    asking.end(body)
  })
}

/** So many events in, a vendor has said its first word and not its last. */
const begunOf = ({ id }: Wire): number => ({ gemini: 2, 'openai-chat': 3, 'workers-ai': 3 })[id] ?? 6

async function eachTongue(look: (tongue: Tongue) => Promise<void>): Promise<void> {
  await Promise.all(TONGUES.map(look))
}

describe.concurrent('the head and the first words', () => {
  test.each(ALL)(
    'rows 47 and 48: of $id come together, as soon as there are any, and unpacked, to every client',
    (wire) =>
      eachTongue(async (tongue) => {
        const model = behind(scene, wire, `flush-${tongue.id}`, ai)
        // Gemini's first event is its first word; the others have events before it, which are no answer yet.
        const early: Behaviour = wire.id === 'gemini' ? { headAfterMs: 500 } : { firstAfterMs: 500 }
        // Behind its first words the vendor waits until that has come here.
        model.script({ text: 'One two three four five', stallAfter: begunOf(wire), gzip: true, ...early })
        const question = { model: model.model, stream: true }
        const { status, headers, headMs, pieces } = await time(scene, tongue, question, (text) => {
          if (text.includes('One')) model.release()
        })
        expect(status).toBe(200)
        expect(headers['content-encoding']).toBeUndefined()
        expect(headers['content-length']).toBeUndefined()
        expect(headers['cache-control']).toContain('no-transform')
        expect(headMs).toBeGreaterThanOrEqual(480)
        expect(pieces.map(({ text }) => text).join('')).toContain('five')
      }),
  )

  test.each(TONGUES)(
    'row 48: a status is not decided before the vendor has answered ($id)',
    async (tongue) => {
      const model = behind(scene, ALL[0] ?? WORKERS_AI, `late-${tongue.id}`)
      model.script({ headAfterMs: 400, status: 400 })
      expect((await ask(scene.gateway.url, tongue, { model: model.model, stream: true })).status).toBe(400)
    },
  )
})

/** What says in a silence that the stream lives, in each dialect. */
const BEATS: Readonly<Record<string, RegExp>> = {
  chat: /: ?\n\n/g,
  responses: /: ?\n\n/g,
  anthropic: /id: \S+\nevent: ping\ndata: \{"type":"ping"\}\n\n/g,
  gemini: /\n/g,
}

const BEAT = /^:|"ping"|\n\n\n/m

describe.concurrent('a silence', () => {
  test.each(ALL)('row 46: of $id is filled with signs of life that each client skips', (wire) =>
    eachTongue(async (tongue) => {
      const model = behind(scene, wire, `beat-${tongue.id}`, ai)
      const stall: Behaviour = { text: 'One two three four', stallAfter: begunOf(wire), stallMs: 5_000 }
      model.script(stall, stall)
      const [{ pieces }, heard] = await Promise.all([
        time(scene, tongue, { model: model.model, stream: true }),
        ask(scene.gateway.url, tongue, { model: model.model, stream: true }),
      ])
      // A busy client may read several of them in one piece.
      const beat = BEATS[tongue.id] ?? /^$/g
      const beats = pieces.flatMap(({ text }) =>
        text.replaceAll(beat, '') === '' ? (text.match(beat) ?? []) : [],
      )
      expect(beats.length, JSON.stringify(pieces)).toBeGreaterThanOrEqual(2)
      expect(heard.said).toBe('One two three four')
      expect(heard.isComplete).toBe(true)
    }),
  )

  test('row 46: is kept where the configuration says so', () =>
    eachTongue(async (tongue) => {
      const model = behind(quiet, ALL[0] ?? WORKERS_AI, `quiet-${tongue.id}`)
      model.script({ text: 'One two three', stallAfter: 2, stallMs: 4_000 })
      const { pieces } = await time(quiet, tongue, { model: model.model, stream: true })
      const raw = pieces.map(({ text }) => text).join('')
      expect(raw).not.toMatch(BEAT)
      expect(eventsOf(raw).length).toBeGreaterThan(2)
    }))

  test('row 46: is one: a stream that speaks is not interrupted', () =>
    eachTongue(async (tongue) => {
      const model = behind(scene, ALL[0] ?? WORKERS_AI, `busy-${tongue.id}`)
      model.script({ text: 'One two three four five six seven eight', everyMs: 300 })
      const heard = await ask(scene.gateway.url, tongue, { model: model.model, stream: true })
      expect(heard.raw).not.toMatch(BEAT)
    }))
})
