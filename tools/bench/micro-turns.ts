// What keeping keys and values is worth: node tools/bench/micro-turns.ts [--rounds=10] [--large]
// The time to the first token of a conversation's turn where they are still in memory, where they come back from the
// object's storage, and where all of the past is computed again; in workerd, through the real object.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readGguf } from '../../workers/micro/gguf.ts'
import { planLayout, PAGE_TOKENS } from '../../workers/micro/layout.ts'
import { readShape } from '../../workers/micro/shape.ts'
import { startWorkerd } from './micro/local.ts'
import { FIFTEEN_MILLION, writeLarge } from './peers/large.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, large: { type: 'boolean' } },
})
const ROUNDS = Number(values.rounds)
/** The object keeps pages when it has rested for a second. */
const REST_MS = 1_400

function readModel(): ArrayBuffer {
  if (!values.large) return new Uint8Array(readFileSync('models/micro.gguf')).buffer
  const folder = mkdtempSync(join(tmpdir(), 'minnow-turns-'))
  writeLarge(join(folder, 'large.gguf'), FIFTEEN_MILLION)
  const bytes = new Uint8Array(readFileSync(join(folder, 'large.gguf'))).buffer
  rmSync(folder, { recursive: true })
  return bytes
}

interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** So many turns, the last one without its answer; a turn takes about 20 tokens of the shipped model. */
const talkOf = (turns: number): Message[] =>
  Array.from({ length: turns }, (_, turn): Message[] => [
    { role: 'user', content: `what is ${turn} + 7?` },
    { role: 'assistant', content: `It is ${turn + 7}.` },
  ])
    .flat()
    .slice(0, -1)

const file = readModel()
const head = readGguf(file)
const { contextLength, pages } = planLayout(head, readShape(head))
const server = await startWorkerd(file)

const processorMs = (): number => {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

interface Turn {
  readonly firstMs: number
  readonly processorMs: number
  readonly prompt: number
  readonly cached: number
}

/** Every conversation is a key's of its own, so that nothing is shared. */
const headersOf = (name: string) => ({ 'x-minnow-conversation': name, 'x-minnow-scope': name })

async function ask(name: string, messages: readonly Message[], most: number): Promise<Turn> {
  const body = { messages, stream: true, max_tokens: most, stream_options: { include_usage: true } }
  const [startedAt, before] = [performance.now(), processorMs()]
  const reply = await fetch(`${server.url}/chat`, {
    method: 'POST',
    headers: headersOf(name),
    body: JSON.stringify(body),
  })
  const firstMs = performance.now() - startedAt
  const text = await reply.text()
  const prompt = Number(/"prompt_tokens":(\d+)/.exec(text)?.[1])
  const cached = Number(/"cached_tokens":(\d+)/.exec(text)?.[1])
  return { firstMs, processorMs: processorMs() - before, prompt, cached }
}

const tell = (name: string, path: string): Promise<unknown> =>
  fetch(`${server.url}${path}`, { method: 'POST', headers: headersOf(name) })
const rest = (): Promise<void> => new Promise((done) => setTimeout(done, REST_MS))

const WAYS: Readonly<Record<string, (names: readonly string[]) => Promise<void>>> = {
  'kept in memory': async () => {},
  'restored from storage': async (names) => {
    await rest()
    for (const name of names) await tell(name, '/forget')
  },
  recomputed: async (names) => {
    await rest()
    for (const name of names) await tell(name, '/erase')
  },
}

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0
const load = (): string =>
  loadavg()
    .map((each) => each.toFixed(1))
    .join(' ')

console.log(`load before: ${load()}; room for ${contextLength} tokens`)
console.log(`bytes of cache for each token: ${pages.bytes / PAGE_TOKENS}, in memory and in storage\n`)
console.log('| turn | tokens | way | from the cache | first token, ms (median) | processor, ms (mean) |')
console.log('| --- | --- | --- | --- | --- | --- |')
for (const turns of [2, 10, 50]) {
  for (const [way, prepare] of Object.entries(WAYS)) {
    const seen: Turn[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const name = `${way} ${turns} ${round}`
      await ask(name, talkOf(turns - 1), 1)
      await prepare([name])
      seen.push(await ask(name, talkOf(turns), 1))
    }
    const [first] = seen
    const mean = seen.reduce((sum, turn) => sum + turn.processorMs, 0) / seen.length
    console.log(
      `| ${turns} | ${first?.prompt} | ${way} | ${first?.cached} | ${median(seen.map(({ firstMs }) => firstMs)).toFixed(1)} | ${mean.toFixed(1)} |`,
    )
  }
}
console.log(`\nload after: ${load()}`)
await server.stop()
