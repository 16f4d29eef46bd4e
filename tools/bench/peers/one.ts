// One engine, one model file, one process: prints rates and memory as a line of JSON. node one.ts micro|native <file>
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { assembleEngine } from '../../../workers/micro/engine.ts'
import { leaseCache } from '../../../workers/micro/cache.ts'
import { forward } from '../../../workers/micro/forward.ts'
import { readGguf } from '../../../workers/micro/gguf.ts'
import { CHUNK_TOKENS } from '../../../workers/micro/layout.ts'
import { beginModel } from '../../../workers/micro/model.ts'
import { ANSWER_TOKENS, type Engine, PROMPT_TOKENS, timeEngine } from './rounds.ts'

const [name = '', path = ''] = process.argv.slice(2)

const processorMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const memory = (field: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024

function openMicro(): { engine: Engine; cacheBytes: number } {
  const kernel = new WebAssembly.Module(readFileSync('workers/micro/kernel/kernel.wasm'))
  const descriptor = openSync(path, 'r')
  const { size } = fstatSync(descriptor)
  const part = new Uint8Array(Math.min(size, 1 << 20))
  readSync(descriptor, part, 0, part.length, 0)
  const loading = beginModel(readGguf(part.buffer, size), kernel)
  for (let at = 0; at < size; at += part.length) {
    const read = readSync(descriptor, part, 0, part.length, at)
    loading.fill(at, part.subarray(0, read))
  }
  closeSync(descriptor)
  const { model, caches, tokenizer } = assembleEngine(loading.finish())
  const { kernel: run, layout, logits } = model
  let [round, token] = [0, 0]
  let lease = leaseCache(caches, 'none', undefined, [0])
  const pick = (): number => {
    const best = run.argmax(layout.scratch.logits, logits.length)
    run.exp_sum(layout.scratch.logits, logits.length, logits[best] ?? 0)
    return best
  }
  let position = 0
  const engine: Engine = {
    vocabulary: tokenizer.vocabulary.size,
    async prefill(prompt) {
      lease.release()
      lease = leaseCache(caches, `round ${round++}`, undefined, prompt)
      lease.reserve(PROMPT_TOKENS + ANSWER_TOKENS)
      for (let at = 0; at < prompt.length; at += CHUNK_TOKENS)
        forward(
          model,
          prompt.slice(at, at + CHUNK_TOKENS),
          at,
          lease.pages,
          at + CHUNK_TOKENS >= prompt.length,
        )
      token = pick()
      position = prompt.length
    },
    async decode(tokens) {
      for (let count = 0; count < tokens; count++) {
        forward(model, [token], position++, lease.pages, true)
        token = pick()
      }
    },
  }
  return { engine, cacheBytes: layout.pages.count * layout.pages.bytes }
}

async function openNative(): Promise<{ engine: Engine; cacheBytes: number }> {
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp')
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error })
  const model = await llama.loadModel({ modelPath: path, useMmap: false })
  const contextSize = 512
  const context = await model.createContext({
    contextSize,
    flashAttention: false,
    threads: 1,
    batchSize: 512,
  })
  const sequence = context.getSequence()
  let last = 0
  const { vocabulary, tokenBytes } = shapeOf(path)
  const engine: Engine = {
    vocabulary,
    async prefill(prompt) {
      await sequence.clearHistory()
      await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(0, -1))
      last = prompt.at(-1) ?? 0
    },
    async decode(tokens) {
      let count = 0
      for await (const _ of sequence.evaluate([last], { temperature: 0, yieldEogToken: true }))
        if (++count === tokens) break
    },
  }
  return { engine, cacheBytes: contextSize * tokenBytes }
}

function shapeOf(file: string) {
  const read = (key: string) => Number(head.metadata.get(`llama.${key}`))
  const head = readGguf(new Uint8Array(readFileSync(file)).buffer)
  const [width, heads] = [read('embedding_length'), read('attention.head_count')]
  const keyValue = (width / heads) * read('attention.head_count_kv')
  const vocabulary = head.tensors.get('token_embd.weight')?.rows ?? 0
  return { vocabulary, tokenBytes: read('block_count') * 2 * keyValue * 2 }
}

const before = memory('VmRSS')
const { engine, cacheBytes } = name === 'micro' ? openMicro() : await openNative()
const rates = await timeEngine(engine, processorMs)
console.log(JSON.stringify({ ...rates, peakBytes: memory('VmHWM') - before, cacheBytes }))
process.exit(0)
