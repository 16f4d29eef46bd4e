// Whether a request is answered by a run that there was, joins one that there is, or begins its own. Pure.
import { fieldsOf, parse, text } from '../../shared/fields.ts'
import type { Kept } from '../journal/journal.ts'

/** No request takes longer: what is called unfinished after this will never be finished. */
export const RUN_MS = 21 * 60_000

/** What is kept of a run beside its text. */
export interface Head {
  /** The address that was asked. */
  readonly address: string
  readonly fingerprint: string
  /** The reply's, once it has begun; 0 before. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** It ended in an error: who lost it may have its end, who asks again is answered anew. */
  readonly isBroken: boolean
}

export type Decision = 'run' | 'follow' | 'reused'

/** `found` is the newest run of the same object. */
export function decide(found: Kept | undefined, fingerprint: string): Decision {
  if (found === undefined) return 'run'
  const head = readHead(found.head)
  if (found.state === 'lost' || head.isBroken) return 'run'
  return head.fingerprint === fingerprint ? 'follow' : 'reused'
}

export function readHead(json: string): Head {
  const head = fieldsOf(parse(json))
  return {
    address: text(head['address']),
    fingerprint: text(head['fingerprint']),
    status: Number(head['status'] ?? 0),
    headers: Object.fromEntries(
      Object.entries(fieldsOf(head['headers'])).map(([name, value]) => [name, text(value)]),
    ),
    isBroken: head['isBroken'] === true,
  }
}

export const writeHead = (head: Head): string => JSON.stringify(head)
