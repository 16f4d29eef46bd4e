// Child processes of the benchmark, and what Linux says of a process. Everything started here ends with us.
import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface Child {
  readonly pid: number
  /** The first line it printed that matched. */
  readonly line: string
  stop(): Promise<void>
}

const START_MS = 60_000

/** For programs that do not say when they are ready. */
export const AT_ONCE = /^/

/** Starts a program and waits for the line that says it is ready; `AT_ONCE` does not wait. */
export function start(
  command: string,
  args: readonly string[],
  ready: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const orphan = (): void => void child.kill('SIGTERM') // not SIGKILL: a launcher has a child of its own to end
  process.once('exit', orphan)
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  void ended.then(() => process.off('exit', orphan))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(late)
  }
  return new Promise((resolve, reject) => {
    const words: string[] = []
    const timer = setTimeout(() => void stop().then(() => reject(failure('was not ready in time'))), START_MS)
    const failure = (what: string): Error =>
      new Error(`${command} ${args[0] ?? ''} ${what}\n${words.join('\n')}`)
    child.once('error', reject)
    if (ready === AT_ONCE && child.pid !== undefined) {
      clearTimeout(timer)
      resolve({ pid: child.pid, line: '', stop })
    }
    void ended.then(() => reject(failure('ended before it was ready')))
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (words.length < 40) words.push(line)
        if (!ready.test(line) || child.pid === undefined) return
        clearTimeout(timer)
        resolve({ pid: child.pid, line, stop })
      })
    }
  })
}

/** Runs a program to its end and returns what it printed. */
export function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    )
  })
}

/** Linux counts processor time in these: `getconf CLK_TCK` is 100 on every architecture Node runs on. */
const MS_PER_TICK = 10

/** Processor time of a process and its threads so far, user and system, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // from field 3 on; the name before may hold spaces
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

/** Resident memory now and at its highest, in MB (10^6 bytes). */
export function memoryOf(pid: number): { readonly nowMb: number; readonly peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string): number =>
    (Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024) / 1e6
  return { nowMb: field('VmRSS'), peakMb: field('VmHWM') }
}

/** Resolves once something answers on the port. */
export async function answering(port: number): Promise<void> {
  const until = Date.now() + START_MS
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined) // not there yet
    await response?.arrayBuffer()
    if (response !== undefined) return
    if (Date.now() > until) throw new Error(`nothing answers on port ${port}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
