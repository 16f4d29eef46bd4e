// Brings node_modules to what package-lock.json says, and knows where the project's own Node and workerd lie.
// Plain JavaScript without dependencies: it runs before anything is installed, on any Node from 20 up.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const EXE = process.platform === 'win32' ? '.exe' : ''

/** The Node that the project pins: TypeScript runs on it as it is. */
export function nodeBinary(root) {
  return join(root, 'node_modules/node/bin', `node${EXE}`)
}

export function workerdBinary(root) {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const machine = process.arch === 'x64' ? '64' : process.arch
  return join(root, `node_modules/@cloudflare/workerd-${system}-${machine}/bin/workerd${EXE}`)
}

/** What `npm ci` would change, or undefined where all is as the lockfile says. */
export function whatIsMissing(root) {
  const wanted = readPackages(join(root, 'package-lock.json'))
  const installed = readPackages(join(root, 'node_modules/.package-lock.json'))
  if (wanted === undefined) throw new Error(`package-lock.json in ${root} cannot be read`)
  if (installed === undefined) return 'nothing is installed yet'
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link === true) continue
    const present = installed[path]
    if (present === undefined && (entry.optional === true || entry.devOptional === true)) continue // another platform's
    if (present?.version !== entry.version || present?.integrity !== entry.integrity)
      return `${path} is not what package-lock.json says`
  }
  for (const binary of [nodeBinary(root), workerdBinary(root)]) {
    if (!existsSync(binary)) return `${binary} is not there`
  }
  return undefined
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined // absent or cut short: the caller installs
  }
}

/** Installs if needed. Rejects with a sentence. `say` gets one line when there is something to wait for. */
export async function install(root, say, signal) {
  if (whatIsMissing(root) === undefined) return
  const release = await takeTurn(root)
  try {
    const missing = whatIsMissing(root)
    if (missing === undefined) return // a neighbour installed while we waited
    say(`Installing packages (once): ${missing} ...`)
    const code = await npm(root, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], signal)
    if (code !== 0)
      throw new Error('npm ci failed; see its message above. Check the network connection and try again.')
    const still = whatIsMissing(root)
    if (still !== undefined)
      throw new Error(
        `npm ci ended well, but ${still}; run "npm ci" by hand and look at its output (install scripts must be allowed).`,
      )
  } finally {
    release()
  }
}

/** npm, by the very program that started us where there is one. Its output is ours. */
function npm(root, args, signal) {
  const cli = process.env.npm_execpath
  const [command, all] =
    cli !== undefined && /npm-cli\.[cm]?js$/.test(cli) ? [process.execPath, [cli, ...args]] : ['npm', args]
  return new Promise((resolve, reject) => {
    const child = spawn(command, all, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      signal,
      killSignal: 'SIGTERM',
      shell: command === 'npm' && EXE !== '',
    })
    child.once('error', (error) =>
      reject(new Error(`npm cannot be started (${error.code ?? error.message}); install Node.js with npm.`)),
    )
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/** One installation at a time in a checkout; the lock of a process that is gone does not count. */
async function takeTurn(root) {
  const file = join(root, '.wrangler/install.lock')
  mkdirSync(join(root, '.wrangler'), { recursive: true })
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const owner = Number(readIfThere(file))
    if (owner > 0 && !isAlive(owner)) rmSync(file, { force: true })
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // released meanwhile
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
