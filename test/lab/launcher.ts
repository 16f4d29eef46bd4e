// Runs the real launcher as a person would, in a process group of its own, and watches what it prints and leaves.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

export interface Launch {
  /** Of the process started, and of its group. */
  readonly pid: number
  out(): string
  /** Without what npm itself says about the user's own npm settings. */
  err(): string
  /** Resolves to the address once the ready line is printed; rejects when the process ends first. */
  ready(): Promise<string>
  readonly ended: Promise<number | null>
  /** True while any process of the group lives. */
  isGroupAlive(): boolean
  /** For clean-up only. */
  killGroup(): void
}

/** `folder` is the checkout to run in; this one unless given. */
export function launch(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  folder = ROOT,
): Launch {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const pid = child.pid ?? 0
  const ended = once(child, 'close').then(() => child.exitCode)
  const signalGroup = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-pid, signal)
    } catch {
      return false // nobody is left
    }
  }
  return {
    pid,
    out: () => out,
    err: () => err.replace(/^npm (?:warn|notice).*\n/gm, ''),
    ended,
    async ready() {
      for (;;) {
        const address = /^Ready on (\S+)$/m.exec(out)?.[1]
        if (address !== undefined) return address
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended before it was ready:\n${out}${err}`)
        await Promise.race([ended, new Promise((tick) => setTimeout(tick, 10))])
      }
    },
    isGroupAlive: () => signalGroup(0),
    killGroup: () => void signalGroup('SIGKILL'),
  }
}

/** The processes of a launch, by what their command line contains. Linux and macOS. */
export async function processesOf(group: number, part: string): Promise<number[]> {
  const child = spawn('ps', ['-eo', 'pid=,pgid=,args='], { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  await once(child, 'close')
  return text.split('\n').flatMap((line) => {
    const [pid, pgid, ...args] = line.trim().split(/\s+/)
    return Number(pgid) === group && args.join(' ').includes(part) ? [Number(pid)] : []
  })
}
