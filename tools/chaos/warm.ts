// Brings a new process to the size it keeps. What workerd's database and objects have let go is freed with their isolates'
// major collections only, and the first of those comes after several thousand calls: until then resident memory grows by
// some 30 kB a call, up to about 220 MB, and is then level. Measured with --trace-gc; the Worker's own heap is level from
// the start. Without this a run of ten thousand requests would show nothing else.
import { Agent, request } from 'node:http'
import type { Key } from './books.ts'

/** Enough for every isolate to have collected more than once. */
const ROUNDS = 6_000
const AT = 16

/** Asks the database, and an object, as an operator does. */
export async function warm(port: number, key: Key): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT })
  let next = 0
  const client = async (): Promise<void> => {
    for (; next < ROUNDS; next += 1) {
      await ask(port, agent, '/admin/requests?limit=1')
      await ask(port, agent, `/admin/keys/${key.id}`)
    }
  }
  await Promise.all(Array.from({ length: AT }, client))
  agent.destroy()
}

function ask(port: number, agent: Agent, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer mk-admin-local' }
    const outgoing = request({ host: '127.0.0.1', port, agent, path, headers }, (response) => {
      response.resume().once('end', () => resolve())
    })
    outgoing.once('error', reject).end()
  })
}
