// Another model file in micro's place, in the real gateway: it answers as the engine does elsewhere, or is refused at the
// start with what was found and what is needed.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadEngine } from '../../workers/micro/engine.ts'
import { serve } from '../../workers/micro/serve.ts'
import { pick, user } from '../lab/client.ts'
import { openScene, type Scene } from '../lab/scene.ts'
import { kernelModule } from '../unit/micro/load.ts'
import { makeGguf, SMALL } from '../unit/micro/synthetic.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'minnow-models-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const OTHER = {
  ...SMALL,
  seed: 31,
  embeddingLength: 96,
  headCount: 6,
  blockCount: 3,
  feedForwardLength: 224,
  separateOutput: true,
}

describe('a file in the place of the shipped model', () => {
  let scene: Scene
  const file = makeGguf(OTHER, { 'llama.context_length': 1024 })
  beforeAll(async () => {
    writeFileSync(join(folder, 'other.gguf'), new Uint8Array(file))
    scene = await openScene({ micro: { gguf: join(folder, 'other.gguf'), contextWindow: 1024 } })
  })
  afterAll(() => scene.stop())

  test('answers with its own tokens, the same as the engine gives in Node', async () => {
    const body = { messages: [user('Hello there, what is this?')], max_tokens: 24 }
    const reply = await scene.client.ask({ model: 'micro', ...body })
    expect(reply.status, reply.text).toBe(200)
    const head = { id: '', created: 0, fingerprint: '' }
    const options = { head, scope: 'a', conversation: undefined, mayEscalate: false, bound: 0, seed: 1 }
    const engine = loadEngine(file, kernelModule())
    const pause = async (): Promise<void> => {}
    const alone: unknown = await (
      await serve(engine, body, { ...options, pause }, new AbortController().signal)
    ).json()
    const text = pick(alone, 'choices', 0, 'message', 'content')
    expect(String(text).length).toBeGreaterThan(0)
    expect(pick(reply.json, 'choices', 0, 'message', 'content')).toBe(text)
    expect(pick(reply.json, 'usage', 'completion_tokens')).toBe(24)
  })

  test('says its window in the list of models', async () => {
    const listed = await scene.client.send('/v1/models/micro')
    expect(listed.text).toContain('1024')
  })

  test('is not given to anybody as a page', async () => {
    const reply = await fetch(`${scene.gateway.url}/models/other.gguf`)
    expect(reply.status).toBe(404)
  })
})

describe('a file that cannot take its place is refused at the start', () => {
  const start = (micro: object): Promise<Scene> => openScene({ micro })

  test('when it is not there', async () => {
    await expect(start({ gguf: join(folder, 'missing.gguf') })).rejects.toThrow(
      /micro\.gguf: missing\.gguf cannot take micro's place\. The file .*missing\.gguf cannot be read \(ENOENT\)/,
    )
  })

  test('when it does not fit an isolate', async () => {
    const path = join(folder, 'large.gguf')
    writeFileSync(path, new Uint8Array(makeGguf(OTHER)))
    truncateSync(path, 150_000_000)
    await expect(start({ gguf: path })).rejects.toThrow(
      /large\.gguf cannot take micro's place\. The model needs 15\d\.\d MB: .* An isolate can spare 113\.2 MB\. Use a smaller/,
    )
  })

  test('when it is something else, or of another architecture', async () => {
    writeFileSync(join(folder, 'text.gguf'), 'Hello, I am a text.')
    await expect(start({ gguf: join(folder, 'text.gguf') })).rejects.toThrow('This is not a GGUF file')
    writeFileSync(
      join(folder, 'bert.gguf'),
      new Uint8Array(makeGguf(SMALL, { 'general.architecture': 'bert' })),
    )
    await expect(start({ gguf: join(folder, 'bert.gguf') })).rejects.toThrow(
      "The file's architecture is bert; micro runs llama.",
    )
  })

  test('when it holds fewer tokens than it is to be asked for', async () => {
    const path = join(folder, 'short.gguf')
    writeFileSync(path, new Uint8Array(makeGguf(SMALL)))
    await expect(start({ gguf: path, contextWindow: 4096 })).rejects.toThrow(
      'There is room for 256 tokens, and micro.contextWindow asks for 4096.',
    )
  })
})
