// Runs one of the project's TypeScript tools under the pinned Node, after installing what is missing:
// `node tools/run.mjs tools/build.ts [arguments]`. Plain JavaScript, any Node from 20 up, no dependency.
import { spawn } from 'node:child_process'
import { delimiter, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, nodeBinary } from './gateway/install.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const [script, ...rest] = process.argv.slice(2)
const stop = new AbortController()
let child

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stop.abort()
    if (child !== undefined && signal !== 'SIGINT') child.kill(signal) // a terminal's Ctrl-C reaches the child by itself
  })
}

try {
  await install(root, (line) => process.stderr.write(`${line}\n`), stop.signal)
  child = spawn(nodeBinary(root), [resolve(root, script), ...rest], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${resolve(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
    },
  })
  child.once('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)))
} catch (error) {
  if (stop.signal.aborted) process.exit(0)
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
