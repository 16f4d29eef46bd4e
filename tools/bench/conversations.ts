// `npm run bench:conversations`: all that is measured of conversations, one after the other in one run on one machine:
// micro's first token with keys and values in memory, from storage and recomputed; a turn against the length of its
// conversation; and what is sent that no vendor's cache has. Prints Markdown, with the machine's load around each part.
// Flag: --quick, a few minutes less and coarser.
import { spawn } from 'node:child_process'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' } } })

interface Part {
  readonly title: string
  readonly script: string
  readonly full: readonly string[]
  readonly quick: readonly string[]
}

const PARTS: readonly Part[] = [
  {
    title: 'A turn with micro: to its first token',
    script: 'micro-turns.ts',
    full: ['--rounds=10'],
    quick: ['--rounds=3'],
  },
  {
    title: 'A turn against the length of its conversation',
    script: 'conversation.ts',
    full: ['--turns=100'],
    quick: ['--quick', '--turns=50'],
  },
  {
    title: 'What is sent that no vendor’s cache has',
    script: 'sticky.ts',
    full: [],
    quick: ['--conversations=4', '--turns=10', '--only=claude,gpt-5-2'],
  },
]

const run = (script: string, args: readonly string[]): Promise<number> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], { stdio: 'inherit' })
    child.once('error', fail)
    child.once('exit', (code) => done(code ?? 1))
  })

const load = (): string => (loadavg()[0] ?? 0).toFixed(1)

for (const { title, script, full, quick } of PARTS) {
  console.log(`\n# ${title}\nLoad before: ${load()}.\n`)
  const code = await run(script, flags.quick === true ? quick : full)
  console.log(`\nLoad after: ${load()}.`)
  if (code !== 0) {
    console.error(`${script} failed; the parts after it were not run.`)
    process.exitCode = 1
    break
  }
}
