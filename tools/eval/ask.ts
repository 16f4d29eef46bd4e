// Asks the real engine, greedily, and keeps what its gate thought of the answer.
import { readFileSync } from 'node:fs'
import type { Judgement } from '../../workers/micro/confidence.ts'
import { loadEngine, type Engine } from '../../workers/micro/engine.ts'
import { generate } from '../../workers/micro/generate.ts'
import { readRequest } from '../../workers/micro/request.ts'

export interface Answer {
  readonly text: string
  readonly judgement: Judgement
}

const root = new URL('../../', import.meta.url)

export function readBytes(path: string): ArrayBuffer {
  const file = readFileSync(new URL(path, root))
  const bytes = new ArrayBuffer(file.length)
  new Uint8Array(bytes).set(file)
  return bytes
}

export const readText = (path: string) => readFileSync(new URL(path, root), 'utf8')

export const openEngine = (path: string): Engine =>
  loadEngine(readBytes(path), new WebAssembly.Module(readBytes('workers/micro/kernel/kernel.wasm')))

/** With bound 0 every answer is given, so that one run serves all bounds. */
export async function ask(engine: Engine, prompt: string, bound?: number): Promise<Answer> {
  const request = readRequest({ messages: [{ role: 'user', content: prompt }] })
  const events = generate(engine, request, {
    scope: 'eval',
    conversation: undefined,
    mayEscalate: false,
    seed: 0,
    signal: new AbortController().signal,
    pause: async () => {},
    ...(bound === undefined ? {} : { bound }),
  })
  let text = ''
  let judgement: Judgement = { kind: 'prose', surprise: Infinity, confidence: 0 }
  for await (const event of events) {
    if (event.type === 'start') continue
    if (event.event.type === 'text') text += event.event.text
    else if (event.event.type === 'verdict') judgement = event.event.judgement
  }
  return { text, judgement }
}
