// `npm test`: installs, then types, lint, format and every test, ending with the runner's counts. A step that fails
// does not keep the others from running, but the exit code remembers it.
// `npm run check` (`node tools/test.mjs --fast`) is its fast part. Plain JavaScript, any Node from 20 up.
import { spawn } from 'node:child_process'
import { delimiter, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from './gateway/install.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const bin = resolve(root, 'node_modules/.bin')
const fast = process.argv.includes('--fast')
const chosen = process.argv.slice(2).filter((argument) => argument !== '--fast')

const steps = [
  ['types', 'tsc', ['-b']],
  ['lint', 'oxlint', []],
  ['format', 'oxfmt', ['--check']],
  [
    'tests',
    'vitest',
    ['run', ...(fast ? ['test/unit', 'test/contract', 'test/architecture.test.ts'] : chosen)],
  ],
]

let running
let isStopped = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    isStopped = true
    running?.kill(signal)
  })
}

try {
  await install(root, (line) => process.stderr.write(`${line}\n`))
  const failed = []
  for (const [name, command, args] of steps) {
    process.stdout.write(`\n== ${name}\n`)
    const code = await run(command, args)
    if (isStopped) process.exit(130)
    if (code !== 0) failed.push(name)
  }
  if (failed.length > 0) {
    process.stderr.write(`\nFailed: ${failed.map((name) => name + advice(name)).join(', ')}\n`)
    process.exitCode = 1
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

function run(command, args) {
  return new Promise((done, fail) => {
    // The pinned Node stands first on the path, so every tool runs on it.
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` }
    running = spawn(resolve(bin, command), args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env })
    running.once('error', fail)
    running.once('exit', (code) => done(code ?? 1))
  })
}

function advice(name) {
  return name === 'format' ? ' (run `npm run format`)' : ''
}
