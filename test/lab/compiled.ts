// A configuration of workerd that is compiled once for many gateways: the lab's differ in places and settings only, and
// those workerd takes beside it. Reading the text with all that it embeds anew is a third of what a start costs.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Prepared } from '../../tools/gateway/prepare.ts'

const FOLDER = join(tmpdir(), 'minnow-compiled')
const UNUSED_MS = 3_600_000
/** A variable of the environment may have 128 kB. */
const MOST_BYTES = 100_000

/** A text literal of the configuration. */
const TEXT = '("(?:[^"\\\\]|\\\\.)*")'
const DISK = new RegExp(`\\(name = "(d1-disk|objects-disk|cron-disk|models)", disk = \\(path = ${TEXT}`, 'g')
const SOCKET = new RegExp(`sockets = \\[\\(name = "http", address = ${TEXT}`)
const AI = new RegExp(`\\(name = "ai", external = \\(address = ${TEXT}`)
const CONFIG = new RegExp(`\\(name = "CONFIG", text = embed ${TEXT}\\)`)
const CONFIG_NAME = new RegExp(`\\(name = "CONFIG_NAME", text = ${TEXT}\\)`)

export function compiled(workerd: string, prepared: Prepared): Prepared {
  const text = readFileSync(prepared.arguments.at(-1) ?? '', 'utf8')
  const places: string[] = []
  const given: Record<string, string> = {}
  const general = text
    .replace(DISK, (_, name: string, path: string) => {
      places.push(`--directory-path=${name}=${JSON.parse(path)}`)
      return `(name = "${name}", disk = (path = "/nowhere"`
    })
    .replace(SOCKET, (_, address: string) => {
      places.push(`--socket-addr=http=${JSON.parse(address)}`)
      return 'sockets = [(name = "http", address = "127.0.0.1:0"'
    })
    .replace(AI, (_, address: string) => {
      places.push(`--external-addr=ai=${JSON.parse(address)}`)
      return '(name = "ai", external = (address = "127.0.0.1:0"'
    })
    .replace(CONFIG, (_, file: string) => {
      given['MINNOW_LAB_CONFIG'] = readFileSync(JSON.parse(file) as string, 'utf8')
      return '(name = "CONFIG", fromEnvironment = "MINNOW_LAB_CONFIG")'
    })
    .replace(CONFIG_NAME, (_, name: string) => {
      given['MINNOW_LAB_CONFIG_NAME'] = JSON.parse(name) as string
      return '(name = "CONFIG_NAME", fromEnvironment = "MINNOW_LAB_CONFIG_NAME")'
    })
  if (Buffer.byteLength(given['MINNOW_LAB_CONFIG'] ?? '') > MOST_BYTES) return prepared
  return {
    ...prepared,
    arguments: ['serve', '--experimental', '--binary', '--control-fd=3', ...places, fileOf(workerd, general)],
    environment: { ...prepared.environment, ...given },
  }
}

function fileOf(workerd: string, text: string): string {
  const file = join(FOLDER, createHash('sha256').update(text).digest('hex').slice(0, 20))
  if (existsSync(file)) {
    utimesSync(file, new Date(), new Date())
    return file
  }
  mkdirSync(FOLDER, { recursive: true })
  tidy()
  const draft = `${file}.${process.pid}`
  writeFileSync(`${draft}.capnp`, text)
  const options = { maxBuffer: 1e9 }
  writeFileSync(draft, execFileSync(workerd, ['compile', '-I/', '--config-only', `${draft}.capnp`], options))
  rmSync(`${draft}.capnp`)
  renameSync(draft, file) // a neighbour's is the same
  return file
}

function tidy(): void {
  for (const name of readdirSync(FOLDER)) {
    const stat = statSync(join(FOLDER, name), { throwIfNoEntry: false })
    if (stat !== undefined && stat.mtimeMs < Date.now() - UNUSED_MS)
      rmSync(join(FOLDER, name), { force: true })
  }
}
