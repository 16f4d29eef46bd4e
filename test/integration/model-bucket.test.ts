// A model file in an R2 bucket, read by micro's own object in workerd: the same tokens as in Node, and a clear error where
// the bucket has no such file or another one.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { build } from 'esbuild'
// wrangler's own; no other R2 runs without an account.
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadEngine } from '../../workers/micro/engine.ts'
import { serve } from '../../workers/micro/serve.ts'
import { pick, user } from '../lab/client.ts'
import { kernelModule } from '../unit/micro/load.ts'
import { SCORED, SCORED_SIZE } from '../unit/micro/pieces.ts'
import { makeGguf, SMALL } from '../unit/micro/synthetic.ts'

const root = resolve(import.meta.dirname, '../..')
const GGUF = 'models/other.gguf'
const file = makeGguf(
  { ...SMALL, seed: 33, type: 'Q4_K', better: 'Q6_K', embeddingLength: 256, feedForwardLength: 512 },
  SCORED,
  SCORED_SIZE,
)
const body = { messages: [user('Hello there, what is this?')], max_tokens: 16 }

let folder: string
let script: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'minnow-bucket-'))
  script = join(folder, 'worker.js')
  await build({
    entryPoints: [join(root, 'test/lab/bucket-worker.ts')],
    outfile: script,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*', 'node:*'],
    plugins: [
      {
        name: 'embedded files',
        setup: (context) => {
          context.onResolve({ filter: /\.(gguf|wasm)$/ }, ({ path }) => ({
            path: `./${basename(path)}`,
            external: true,
          }))
        },
      },
    ],
  })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The object over a bucket that holds what is given under the configured name. */
async function withBucket<T>(
  bytes: ArrayBuffer | undefined,
  work: (place: Miniflare) => Promise<T>,
): Promise<T> {
  const options = convertV4MiniflareOptions({
    name: 'main',
    modules: [
      { type: 'ESModule', path: 'worker.js', contents: readFileSync(script, 'utf8') },
      { type: 'Data', path: 'micro.gguf', contents: readFileSync(join(root, 'models/micro.gguf')) },
      {
        type: 'CompiledWasm',
        path: 'kernel.wasm',
        contents: readFileSync(join(root, 'workers/micro/kernel/kernel.wasm')),
      },
    ],
    compatibilityDate: '2026-11-01',
    compatibilityFlags: ['enable_request_signal'],
    durableObjects: { MICRO: { className: 'Micro', useSQLite: true } },
    r2Buckets: ['MODELS'],
    bindings: { GGUF },
  })
  const place = new Miniflare(options)
  try {
    if (bytes !== undefined) await (await place.getR2Bucket('MODELS')).put(GGUF, bytes)
    return await work(place)
  } finally {
    await place.dispose()
  }
}

const ask = async (place: Miniflare): Promise<{ readonly status: number; readonly json: unknown }> => {
  const reply = await place.dispatchFetch('http://micro/chat', { method: 'POST', body: JSON.stringify(body) })
  return { status: reply.status, json: await reply.json() }
}

test('a file in the bucket answers with the tokens that the engine gives in Node', async () => {
  const reply = await withBucket(file, ask)
  expect(reply.status, JSON.stringify(reply.json)).toBe(200)
  const options = {
    head: { id: '', created: 0, fingerprint: '' },
    scope: 'a',
    conversation: undefined,
    mayEscalate: false,
    bound: 0,
    seed: 1,
    pause: async (): Promise<void> => {},
  }
  const engine = loadEngine(file, kernelModule())
  const alone: unknown = await (await serve(engine, body, options, new AbortController().signal)).json()
  const text = pick(alone, 'choices', 0, 'message', 'content')
  expect(String(text).length).toBeGreaterThan(0)
  expect(pick(reply.json, 'choices', 0, 'message', 'content')).toBe(text)
})

test('a file that is not in the bucket is named, and found once it is there', async () => {
  await withBucket(undefined, async (place) => {
    const missing = await ask(place)
    expect(missing.status).toBe(500)
    expect(JSON.stringify(missing.json)).toContain(`The bucket MODELS has no ${GGUF}`)
    await (await place.getR2Bucket('MODELS')).put(GGUF, file)
    expect((await ask(place)).status).toBe(200)
  })
})

test('a file that is no model is refused with what was found', async () => {
  const reply = await withBucket(new TextEncoder().encode('Hello, I am a text.').buffer, ask)
  expect(reply.status).toBe(500)
  expect(JSON.stringify(reply.json)).toContain('This is not a GGUF file')
})
