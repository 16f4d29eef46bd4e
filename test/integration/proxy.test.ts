// Speech, transcription, pictures and moderation through the whole Worker, by OpenAI's own client: passed on byte for byte,
// with key, budget, failover and telemetry as for a chat.
import OpenAI, { APIError, BadRequestError, toFile } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pick } from '../lab/client.ts'
import {
  type Media,
  type MediaRequest,
  noise,
  PICTURE_BYTES,
  SPEECH_BYTES,
  startMedia,
} from '../lab/media.ts'
import { freshId, type Key, openScene, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'

const MEDIA_KEY = 'sk-media-0123456789abcdefghij'
const SECOND_KEY = 'sk-media-second-0123456789abc'
/** Two micro-dollars a token in, ten a token out. */
const PRICE = { input: 2, output: 10 }
const COST = 14 * 2 + 40 * 10

let media: Media
let scene: Scene
let client: OpenAI

const models = (price: object, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, { provider: 'media', model: `${name}-1`, ...price }]))

beforeAll(async () => {
  media = await startMedia({ keys: [MEDIA_KEY, SECOND_KEY] })
  scene = await openScene(
    {
      providers: {
        media: { baseUrl: media.url, apiKey: '$MEDIA_KEY' },
        turns: { baseUrl: media.url, apiKey: ['$DEAD_KEY', '$SECOND_KEY'] },
        shut: { baseUrl: media.url, apiKey: '$DEAD_KEY' },
        groq: { baseUrl: 'http://127.0.0.1:9/v1', apiKey: '$MEDIA_KEY' },
        claude: { vendor: 'anthropic', apiKey: '$MEDIA_KEY' },
        gone: { baseUrl: 'http://127.0.0.1:9/v1', apiKey: '$MEDIA_KEY' },
      },
      models: {
        ...models(
          { price: PRICE },
          'voice',
          'ear',
          'painter',
          'sketch',
          'tokens',
          'stream',
          'silent',
          'lost',
        ),
        ...models({ price: { input: 0, output: 0 } }, 'judge'),
        ...models({ price: { input: 0, output: 0, request: 0.04 } }, 'print', 'half'),
        ...models({}, 'unpriced', 'plain'),
      },
      routes: {
        spoken: { order: ['claude/any', 'gone/any', 'media/broken', 'media/spare'] },
        heard: { order: ['media/deaf', 'media/keen'] },
        slow: { order: ['media/slow'], timeouts: { idleMs: 2_000 } },
        late: { order: ['media/late'], timeouts: { replyMs: 2_000 } },
        tiers: { mini: ['micro'], frontier: ['voice'] },
      },
      retries: { sameTarget: 0 },
    },
    { env: { MEDIA_KEY, SECOND_KEY, DEAD_KEY: 'sk-dead-0123456789abcdefghijk' } },
  )
  client = openaiWith('mk-local')
})
afterAll(async () => {
  await scene.stop()
  await media.stop()
})

const openaiWith = (apiKey: string): OpenAI =>
  new OpenAI({ apiKey, baseURL: `${scene.gateway.url}/v1`, maxRetries: 0 })

const only = (model: string): MediaRequest => {
  const [request, ...more] = media.seen(model)
  if (request === undefined || more.length > 0)
    throw new Error(`${model} was asked ${more.length + (request === undefined ? 0 : 1)} times`)
  return request
}

const paidKey = (usd = 1): Promise<Key> => scene.makeKey({ budgets: [{ usd, window: 'day' }] })

const bodyOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer())

const post = (path: string, body: object, id = freshId()) =>
  scene.client.send(`/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...withId(id).headers },
    body: JSON.stringify(body),
  })

const speech = (model: string, extra: object = {}) => ({
  model,
  input: 'Good day.',
  voice: 'alloy',
  ...extra,
})

describe.concurrent('speech', () => {
  test('arrives byte for byte, under our headers and none of the vendor’s', async () => {
    const id = freshId()
    const response = await client.audio.speech.create(speech('voice', { minnow: {}, mood: 'calm' }), {
      headers: withId(id).headers,
    })
    expect((await bodyOf(response)).equals(noise('Good day.', SPEECH_BYTES))).toBe(true)
    const { headers } = response
    expect(headers.get('content-type')).toBe('audio/mpeg')
    expect(headers.get('x-request-id')).toBe(id)
    expect(headers.get('x-minnow-model')).toBe('media/voice-1')
    expect(headers.get('x-minnow-route')).toBe('fixed; reason=model')
    expect(headers.get('x-minnow-attempts')).toBe('1')
    expect(headers.get('server-timing')).toMatch(/gateway;dur=\d+, upstream;dur=\d+/)
    for (const name of ['set-cookie', 'openai-organization']) expect(headers.get(name)).toBeNull()
    const { fields } = only('voice-1')
    expect(fields).toEqual({ model: 'voice-1', input: 'Good day.', voice: 'alloy', mood: 'calm' })
    expect(await scene.rowOf(id)).toMatchObject({
      end: 'finish',
      status: 200,
      model: 'media/voice-1',
      route: 'voice',
    })
  })

  test('as events reports its usage, which settles the budget and stands in the row', async () => {
    const key = await paidKey()
    const id = freshId()
    const response = await openaiWith(key.key).audio.speech.create(
      speech('stream', { stream_format: 'sse' }),
      {
        headers: withId(id).headers,
      },
    )
    const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '))
    const chunks = lines.map((line) => JSON.parse(line.slice(6)) as { type: string; audio?: string })
    const sound = Buffer.concat(chunks.map(({ audio }) => Buffer.from(audio ?? '', 'base64')))
    expect(sound.equals(noise('Good day.', SPEECH_BYTES))).toBe(true)
    expect(await scene.rowOf(id)).toMatchObject({
      cost_micros: COST,
      stream: true,
      tokens: { input: 14, output: 40, source: 'reported' },
    })
    expect(await scene.settled(key)).toMatchObject({ spent: COST / 1e6, reserved: 0 })
  })

  test('begins before it is over', async () => {
    media.script('early', { everyMs: 400 })
    const response = await client.audio.speech.create(speech('media/early'))
    const reader = response.body?.getReader()
    await reader?.read()
    expect(only('early').events).toBeLessThan(12)
    for (let done = false; !done;) done = (await reader?.read())?.done ?? true
  })

  test('whose listener leaves is cancelled at the vendor, and settled once', async () => {
    const key = await paidKey()
    const id = freshId()
    media.script('lost-1', { everyMs: 2_000 })
    const gone = new AbortController()
    const response = await openaiWith(key.key).audio.speech.create(speech('lost'), {
      headers: withId(id).headers,
      signal: gone.signal,
    })
    await response.body?.getReader().read()
    gone.abort()
    await until('the vendor to notice', () => only('lost-1').leftAt)
    const row = await scene.rowOf(id)
    expect(row).toMatchObject({ end: 'cancelled', tokens: { source: 'estimated' } })
    expect((await scene.settled(key)).spent).toBe(row.cost_micros / 1e6)
  })

  test('that falls silent runs into the limit, and as events says so', async () => {
    const id = freshId()
    media.script('slow', { stallAfter: 2 })
    const response = await client.audio.speech.create(speech('slow', { stream_format: 'sse' }), {
      headers: withId(id).headers,
    })
    const last = (await response.text()).trim().split('\n').at(-1) ?? ''
    expect(JSON.parse(last.replace('data: ', ''))).toMatchObject({ error: { code: 'upstream_timeout' } })
    expect(await scene.rowOf(id)).toMatchObject({ end: 'error', failure: 'timeout-idle' })
  })

  test('that breaks off is noticed where the vendor had said its length', async () => {
    media.script('torn', { cutAfter: 3, headers: { 'content-length': String(SPEECH_BYTES) } })
    const response = await client.audio.speech.create(speech('media/torn'))
    expect(response.headers.get('content-length')).toBe(String(SPEECH_BYTES))
    await expect(response.arrayBuffer()).rejects.toThrow(/terminated|aborted|length|reset/i)
  })

  test('that breaks off without a length is a failure in the row, and settled', async () => {
    const key = await paidKey()
    const id = freshId()
    media.script('silent-1', { cutAfter: 3, cut: 'reset' })
    const response = await openaiWith(key.key).audio.speech.create(speech('silent'), {
      headers: withId(id).headers,
    })
    const bytes = await bodyOf(response).catch(() => Buffer.alloc(0)) // nothing says that more was to come
    expect(bytes.byteLength).toBeLessThan(SPEECH_BYTES)
    const row = await scene.rowOf(id)
    expect(row).toMatchObject({ end: 'error', failure: 'unreachable' })
    expect(await scene.settled(key)).toMatchObject({ spent: row.cost_micros / 1e6, reserved: 0 })
  })

  test('whose length is known is passed on with it', async () => {
    media.script('long', { headers: { 'content-length': String(SPEECH_BYTES) } })
    const response = await client.audio.speech.create(speech('media/long'))
    expect(response.headers.get('content-length')).toBe(String(SPEECH_BYTES))
    expect((await bodyOf(response)).byteLength).toBe(SPEECH_BYTES)
  })

  test('that does not begin in time is given up', async () => {
    media.script('late', { headAfterMs: 60_000 })
    const reply = await post('audio/speech', speech('late'))
    expect(reply.status).toBe(504)
    await until('the vendor to notice', () => only('late').leftAt)
  })

  test('goes on to the next target before its first byte, past vendors that have no such thing', async () => {
    const id = freshId()
    media.script('broken', { status: 500 })
    const response = await client.audio.speech.create(speech('spoken'), { headers: withId(id).headers })
    expect((await bodyOf(response)).byteLength).toBe(SPEECH_BYTES)
    expect(response.headers.get('x-minnow-model')).toBe('media/spare')
    expect(only('spare').fields).toEqual(
      only('broken').fields['model'] === 'broken' ? { ...only('broken').fields, model: 'spare' } : {},
    )
    expect((await scene.rowOf(id)).attempts).toMatchObject([
      { target: 'claude/any', end: 'unsupported' },
      { target: 'gone/any', end: 'unreachable' },
      { target: 'media/broken', end: 'overloaded', status: 500 },
      { target: 'media/spare', end: 'answered' },
    ])
  })

  test('takes another key where one is dead', async () => {
    const response = await client.audio.speech.create(speech('turns/voice-2'))
    expect(response.status).toBe(200)
    await response.arrayBuffer()
    expect(media.seen('voice-2').at(-1)?.headers.authorization).toBe(`Bearer ${SECOND_KEY}`)
  })
})

describe.concurrent('a transcription', () => {
  const sound = noise('a sound', 300_000)

  test('of a file reaches the vendor byte for byte, but for the name of the model', async () => {
    const id = freshId()
    const key = await paidKey()
    const reply = await openaiWith(key.key).audio.transcriptions.create(
      { model: 'ear', file: await toFile(sound, 'day.mp3'), language: 'en' },
      { headers: withId(id).headers },
    )
    expect(reply.text).toBe('You sent 300000 bytes.')
    const { fields, headers, bytes } = only('ear-1')
    expect(fields).toEqual({ model: 'ear-1', file: sound, language: 'en' })
    expect(Number(headers['content-length'])).toBe(bytes.byteLength)
    expect(await scene.rowOf(id)).toMatchObject({
      cost_micros: COST,
      tokens: { input: 14, source: 'reported' },
    })
    expect((await scene.settled(key)).spent).toBe(COST / 1e6)
  })

  test('goes on to another target, and with another key, as whole as it came', async () => {
    media.script('deaf', { status: 503 })
    const ask = async (model: string): Promise<string> =>
      (await client.audio.transcriptions.create({ model, file: await toFile(sound, 'day.mp3') })).text
    expect(await ask('heard')).toBe('You sent 300000 bytes.')
    expect(only('deaf').fields).toEqual({ model: 'deaf', file: sound })
    expect(only('keen').fields).toEqual({ model: 'keen', file: sound })
    for (let time = 0; time < 2; time += 1) expect(await ask('turns/ears')).toBe('You sent 300000 bytes.')
    expect(media.seen('ears').every(({ fields }) => sound.equals(fields['file'] as Buffer))).toBe(true)
  })

  test('tells what it cost', async () => {
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(sound)]), 'day.mp3')
    form.set('minnow', '{"strongShare":1}')
    form.set('model', 'sketch')
    form.set('require_parameters', 'true')
    form.set('temperature', '0')
    const reply = await scene.client.send('/v1/audio/transcriptions', { method: 'POST', body: form })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-minnow-cost')).toBe(String(COST / 1e6))
    expect(only('sketch-1').fields).toEqual({ model: 'sketch-1', file: sound, temperature: '0' })
  })

  test('streams', async () => {
    const id = freshId()
    const stream = await client.audio.transcriptions.create(
      { model: 'media/dictate', file: await toFile(sound, 'day.mp3'), stream: true },
      { headers: withId(id).headers },
    )
    let said = ''
    for await (const event of stream) if (event.type === 'transcript.text.delta') said += event.delta
    expect(said).toBe('You sent 300000 bytes.')
    expect(await scene.rowOf(id)).toMatchObject({ stream: true, tokens: { input: 14, output: 40 } })
  })

  test('as plain text is plain text, and a translation goes its own way', async () => {
    const text = await client.audio.transcriptions.create({
      model: 'media/texts',
      file: await toFile(sound, 'day.mp3'),
      response_format: 'text',
    })
    expect(text).toBe('You sent 300000 bytes.\n')
    const other = await client.audio.translations.create({
      model: 'media/translator',
      file: await toFile(sound, 'a.mp3'),
    })
    expect(other.text).toBe('You sent 300000 bytes.')
    expect(only('translator').path).toBe('audio/translations')
  })

  test('of 25 MB is taken, and of more is not', async () => {
    const large = noise('large', 1024)
    const bytes = Buffer.alloc(25 * 1024 * 1024, large)
    const reply = await client.audio.transcriptions.create({
      model: 'media/large',
      file: await toFile(bytes, 'a.wav'),
    })
    expect(reply.text).toBe(`You sent ${bytes.byteLength} bytes.`)
    const more = Buffer.concat([bytes, Buffer.alloc(1024 * 1024)])
    const refused = client.audio.transcriptions.create({
      model: 'media/larger',
      file: await toFile(more, 'a.wav'),
    })
    await expect(refused).rejects.toMatchObject({ status: 413 })
    expect(media.seen('larger')).toEqual([])
  })

  const part = (name: string, value: string): string =>
    `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const forms: readonly (readonly [what: string, body: string, says: RegExp])[] = [
    ['without a model', `${part('language', 'en')}--x--\r\n`, /Missing required parameter: 'model'/],
    ['with two models', `${part('model', 'ear')}${part('model', 'secret')}--x--\r\n`, /one name is expected/],
    ['whose model is a file', part('model"; filename="a', 'ear') + '--x--', /one name is expected/],
    ['that is cut off', part('model', 'ear'), /cannot be read/],
    ['that begins elsewhere', `hello\r\n${part('model', 'ear')}--x--`, /cannot be read/],
    ['with a name in two ways', part('a"; name="model', 'ear') + '--x--', /cannot be read/],
    [
      'with a folded header',
      part('model', 'ear').replace('; name', ';\r\n name') + '--x--',
      /cannot be read/,
    ],
    ['with an empty model', `${part('model', '')}--x--`, /'model'/],
  ]
  test.each(forms)('whose form is one %s is refused in words', async (_, body, says) => {
    const reply = await scene.client.send('/v1/audio/transcriptions', {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body,
    })
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error', 'message')).toMatch(says)
  })
})

describe.concurrent('a picture', () => {
  const picture = (at: number): string => noise(`A fish.${at}`, PICTURE_BYTES).toString('base64')

  test('of megabytes passes, and its usage is read from its end', async () => {
    const id = freshId()
    const key = await paidKey()
    const reply = await openaiWith(key.key).images.generate(
      { model: 'painter', prompt: 'A fish.', n: 3, quality: 'high' },
      { headers: withId(id).headers },
    )
    expect(reply.data?.map((entry) => entry.b64_json)).toEqual([0, 1, 2].map(picture))
    expect(only('painter-1').fields).toEqual({ model: 'painter-1', prompt: 'A fish.', n: 3, quality: 'high' })
    expect(await scene.rowOf(id)).toMatchObject({ cost_micros: COST, tokens: { input: 14, output: 40 } })
    expect((await scene.settled(key)).spent).toBe(COST / 1e6)
  })

  test('comes in parts', async () => {
    const id = freshId()
    const stream = await client.images.generate(
      { model: 'media/parts', prompt: 'A fish.', stream: true, partial_images: 2 },
      { headers: withId(id).headers },
    )
    const seen: string[] = []
    for await (const event of stream) {
      expect(event.b64_json).toBe(picture(seen.length))
      seen.push(event.type)
    }
    expect(seen.at(-1)).toBe('image_generation.completed')
    expect(await scene.rowOf(id)).toMatchObject({ tokens: { input: 14, output: 40, source: 'reported' } })
  })

  test('and a word arrive unpacked where the vendor packs them', async () => {
    media.script('packed', { gzip: true })
    media.script('packed-word', { gzip: true })
    const reply = await client.images.generate({ model: 'media/packed', prompt: 'A fish.' })
    expect(reply.data?.[0]?.b64_json).toBe(picture(0))
    const judged = await client.moderations.create({ model: 'media/packed-word', input: 'peace' })
    expect(judged.results).toHaveLength(1)
  })

  test('is edited and varied', async () => {
    const image = await toFile(noise('old', 2_000), 'old.png', { type: 'image/png' })
    const edited = await client.images.edit({
      model: 'media/editor',
      image: [image, image],
      prompt: 'A fish.',
    })
    expect(edited.data?.[0]?.b64_json).toBe(picture(0))
    expect(only('editor').fields['image']).toHaveLength(2)
    const varied = await client.images.createVariation({ model: 'media/vary', image })
    expect(varied.data).toHaveLength(1)
  })

  test('is paid by the piece, where requests have a price', async () => {
    const key = await paidKey()
    const asked = { model: 'print', prompt: 'A fish.', n: 2 }
    media.script('print-1', { usage: null })
    await openaiWith(key.key).images.generate(asked)
    expect((await scene.settled(key)).spent).toBe(0.08)
    const poor = await paidKey(0.07)
    await expect(openaiWith(poor.key).images.generate(asked)).rejects.toMatchObject({ status: 429 })
    expect(media.seen('print-1')).toHaveLength(1)
  })

  test('that breaks off costs nothing more, and what was reserved comes back', async () => {
    const key = await paidKey()
    media.script('half-1', { usage: null, cutAfter: 1 })
    await expect(openaiWith(key.key).images.generate({ model: 'half', prompt: 'A fish.' })).rejects.toThrow()
    expect(await scene.settled(key)).toMatchObject({ reserved: 0 })
  })
})

describe.concurrent('a moderation', () => {
  test('says what it thinks, and is free where the price says so, under any budget', async () => {
    const key = await paidKey(0.000001)
    const reply = await openaiWith(key.key).moderations.create({
      model: 'judge',
      input: ['peace', 'violence'],
    })
    expect(reply.results.map(({ flagged }) => flagged)).toEqual([false, true])
    expect(await scene.settled(key)).toMatchObject({ spent: 0, reserved: 0 })
    expect(only('judge-1').fields).toEqual({ model: 'judge-1', input: ['peace', 'violence'] })
  })

  test('without a price is closed to a budget in dollars', async () => {
    const key = await paidKey()
    const asked = openaiWith(key.key).moderations.create({ model: 'unpriced', input: 'peace' })
    await expect(asked).rejects.toMatchObject({ status: 400, code: 'model_without_price' })
    expect(media.seen('unpriced-1')).toEqual([])
  })

  test('counts against a budget of requests', async () => {
    const key = await scene.makeKey({ budgets: [], rpm: 1 })
    const ask = () => openaiWith(key.key).moderations.create({ model: 'plain', input: 'peace' })
    const all = await Promise.allSettled([ask(), ask(), ask()])
    const refused = all.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused.length).toBeGreaterThanOrEqual(1) // two, unless the minute turns meanwhile
    for (const reason of refused) expect(reason).toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
  })

  test('with an unknown field or none of its own is passed on or refused by name', async () => {
    expect(
      (await post('moderations', { model: 'media/open', input: 'peace', extra: { deep: [1] } })).status,
    ).toBe(200)
    expect(only('open').fields['extra']).toEqual({ deep: [1] })
    for (const [body, param] of [
      [{ input: 'peace' }, 'model'],
      [{ model: 5, input: 'peace' }, 'model'],
      [{ model: 'plain', stream: 'yes' }, 'stream'],
    ] as const) {
      const reply = await post('moderations', body)
      expect([reply.status, pick(reply.json, 'error', 'param')]).toEqual([400, param])
    }
  })
})

describe.concurrent('where it cannot be served', () => {
  const cases: readonly (readonly [model: string, says: RegExp])[] = [
    ['micro', /micro has no \/v1\/audio\/speech/],
    ['auto', /route 'auto' is over chat models/],
    ['tiers', /route 'tiers' is over chat models/],
    ['claude/opus', /claude\/opus has no \/v1\/audio\/speech/],
  ]
  test.each(cases)('%s is refused in words', async (model, says) => {
    const reply = await post('audio/speech', speech(model))
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error', 'message')).toMatch(says)
    expect(pick(reply.json, 'error', 'param')).toBe('model')
  })

  test('a key that may not use the model is told so', async () => {
    const key = await scene.makeKey({ models: ['ear'] })
    const asked = openaiWith(key.key).audio.speech.create(speech('voice'))
    await expect(asked).rejects.toMatchObject({ status: 403, code: 'model_not_allowed' })
  })

  test('a vendor’s refusal keeps its status and words, and never a key', async () => {
    const error = {
      message: `Bad voice for ${MEDIA_KEY}`,
      type: 'invalid_request_error',
      param: 'voice',
      code: null,
    }
    media.script('refuses', { status: 400, body: { error } })
    const failure = await client.audio.speech
      .create(speech('media/refuses'))
      .catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(BadRequestError)
    expect(failure).toMatchObject({ param: 'voice', status: 400 })
    expect(String(failure)).not.toContain(MEDIA_KEY)
    const shut = await client.audio.speech.create(speech('shut/any')).catch((thrown: unknown) => thrown)
    expect(shut).toBeInstanceOf(APIError)
    expect(shut).toMatchObject({ status: 502, code: 'upstream_credentials' })
    expect(String(shut)).not.toContain('sk-dead')
  })

  test('an error inside a stream stays what it was, and is a failure in the row', async () => {
    const id = freshId()
    const body = 'data: {"error":{"message":"Overloaded.","type":"server_error","code":"server_error"}}\n\n'
    media.script('inside', { insert: [{ at: 1, text: body, replace: true }] })
    const stream = await client.images.generate(
      { model: 'media/inside', prompt: 'A fish.', stream: true },
      { headers: withId(id).headers },
    )
    const read = async (): Promise<void> => {
      for await (const _ of stream);
    }
    await expect(read()).rejects.toThrow(/Overloaded/)
    expect(await scene.rowOf(id)).toMatchObject({ end: 'error' })
  })
})
