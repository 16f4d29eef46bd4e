// What a model file in micro's place costs the process: node tools/bench/micro-memory.ts [model file]
// A gateway with the file and one with the shipped model, each after its start and after answers; resident memory, and the
// most there was. Without a file, a synthetic one of 135 million parameters.
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openClient } from '../../test/lab/client.ts'
import { CLIENT_KEY } from '../../test/lab/scene.ts'
import { startGateway } from '../../test/lab/gateway.ts'
import { HUNDRED_THIRTY_FIVE_MILLION, writeLarge } from './peers/large.ts'

const models = resolve(import.meta.dirname, '../../node_modules/.cache/minnow-micro')
const ANSWERS = 4

function synthetic(): string {
  const path = join(models, '135m-2.gguf')
  mkdirSync(models, { recursive: true })
  if (!existsSync(path)) writeLarge(path, HUNDRED_THIRTY_FIVE_MILLION)
  return path
}

interface Memory {
  readonly now: number
  readonly peak: number
}

function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024
  return { now: read('VmRSS'), peak: read('VmHWM') }
}

/** After the start, and after so many answers of so many tokens. */
async function measure(micro: object | undefined): Promise<readonly [Memory, Memory]> {
  const gateway = await startGateway({ config: micro === undefined ? {} : { micro } })
  try {
    const before = memoryOf(gateway.pid)
    const client = openClient(gateway.url, CLIENT_KEY)
    for (let round = 0; round < ANSWERS; round++) {
      const messages = [{ role: 'user', content: `hello ${round}` }]
      const reply = await client.ask({ model: 'micro', messages, max_tokens: 16 })
      if (reply.status !== 200) throw new Error(`${reply.status} ${reply.text}`)
    }
    return [before, memoryOf(gateway.pid)]
  } finally {
    await gateway.stop()
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)
const file = resolve(process.argv[2] ?? synthetic())
const { size } = statSync(file)
console.log(`model file: ${megabytes(size)} MB; 1.2 times that: ${megabytes(size * 1.2)} MB`)
console.log('| model | started | after answers | grown by | most |\n| --- | --- | --- | --- | --- |')
for (const [name, micro] of [
  ['shipped', undefined],
  ['the file', { gguf: file }],
] as const) {
  const [before, after] = await measure(micro)
  console.log(
    `| ${name} | ${megabytes(before.now)} | ${megabytes(after.now)} | ${megabytes(after.now - before.now)} | ${megabytes(after.peak)} |`,
  )
}
process.exit(0)
