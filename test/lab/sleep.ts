// Waiting until a gateway's objects are asleep: workerd puts one away ten seconds after its last request, and with it
// everything that it had in memory; its database is then open no more, which Linux tells of any process.
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Gateway } from './gateway.ts'
import { objectsOf } from './objects.ts'

const LIMIT_MS = 120_000
const EVERY_MS = 100

/** The files that a process has open. */
function openFiles(pid: number): ReadonlySet<string> {
  const folder = `/proc/${pid}/fd`
  const targets = readdirSync(folder).map((name) => {
    try {
      return readlinkSync(`${folder}/${name}`)
    } catch {
      return '' // closed meanwhile
    }
  })
  return new Set(targets)
}

/** How many objects of these classes are in memory. */
export function awake({ pid, state }: Pick<Gateway, 'pid' | 'state'>, classes: readonly string[]): number {
  const open = openFiles(pid)
  return classes.flatMap((name) => objectsOf(state, name)).filter((file) => open.has(file)).length
}

/** Resolves once no object of these classes is in memory; the gateway goes on running. */
export async function asleep(
  gateway: Pick<Gateway, 'pid' | 'state'>,
  classes: readonly string[],
): Promise<void> {
  for (const end = Date.now() + LIMIT_MS; awake(gateway, classes) > 0; await wait(EVERY_MS))
    if (Date.now() > end) throw new Error(`objects of ${classes.join(', ')} were awake for ${LIMIT_MS} ms`)
}
