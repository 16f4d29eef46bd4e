// A state folder serves one gateway at a time. `gateway.pid` in it names the workerd that has it.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Refusal } from './refusal.ts'

export const PID_FILE = 'gateway.pid'
export const CAPNP_FILE = 'gateway.capnp'

/** Refuses where a living workerd already serves this folder. A stale file, or its number reused, does no harm. */
export function refuseIfInUse(state: string): void {
  const pid = Number(readIfThere(join(state, PID_FILE)))
  if (!Number.isInteger(pid) || pid <= 0) return
  if (!commandOf(pid).includes(join(state, CAPNP_FILE))) return
  throw new Refusal(
    `Another gateway (process ${pid}) already uses the state folder ${state}; stop it, or give this one a folder of its own with MINNOW_STATE.`,
  )
}

function commandOf(pid: number): string {
  if (existsSync('/proc/self/cmdline')) return readIfThere(`/proc/${pid}/cmdline`)
  try {
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return '' // no such process, or no ps: nothing to say against starting
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // absent, or gone meanwhile
  }
}
