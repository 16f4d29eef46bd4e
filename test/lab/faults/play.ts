// Plays a case: scripts the models at the lab, asks a gateway as its client would, and gathers what both sides saw.
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { type Fields, user } from '../client.ts'
import type { Vendor } from '../vendor.ts'
import type { LabRequest } from '../wire.ts'
import type { Clock } from './clock.ts'
import type { Seen } from './judge.ts'
import { healthy } from './models.ts'
import { type Case, type Names, namesOf, type Scenario, type Script } from './scenario.ts'
import { listen, type Transcript } from './transcript.ts'

/** A gateway as a client meets it. */
export interface Door {
  /** Begins the names of its models at the lab, so that several gateways can be tried at once. */
  readonly prefix: string
  readonly url: string
  /** What a client sends to have a case's models asked, the primary first. */
  ask(names: Names, of: Case): { readonly headers: Readonly<Record<string, string>>; readonly model: string }
  /** The gateway's own rows of these requests, where it keeps any. */
  readonly rowsOf?: (requestIds: readonly string[]) => Promise<readonly Fields[]>
}

/** The upstream may notice a client that left this much later. */
const NOTICE_MS = 10_000

export async function play(
  { lab, door, clock }: { readonly lab: Vendor; readonly door: Door; readonly clock: Clock },
  scenario: Pick<Scenario, 'id'>,
  of: Case,
): Promise<Seen> {
  const names = namesOf(door.prefix, scenario, of)
  follow(lab, names.primary, of.primary)
  if (of.spare !== undefined) follow(lab, names.spare, of.spare)

  const call = (): Promise<Transcript> => ask(door, names, of, clock)
  const calls = await repeat(of, call)
  if (of.leaveAfter !== undefined) await noticed(() => lab.seen(names.primary))
  const [primary, spare] = [lab.seen(names.primary), lab.seen(names.spare)]
  return {
    calls,
    primary,
    spare,
    after: await askAlive(lab, door, clock),
    rows: await door.rowsOf?.(calls.map(({ requestId }) => requestId)),
  }
}

function follow(lab: Vendor, model: string, { first, always }: Script): void {
  if (first !== undefined) lab.script(model, ...first)
  lab.always(model, always)
}

/** A model that is always well, asked without a route. */
export function askAlive(lab: Vendor, door: Door, clock: Clock): Promise<Transcript> {
  const name = `${door.prefix}-alive`
  const primary = { always: healthy(clock) }
  follow(lab, name, primary)
  const names = { primary: name, spare: name, route: `lab/${name}` }
  return ask(door, names, { name: '', primary, expected: { kind: 'nothing' }, rules: [] }, clock)
}

function ask(door: Door, names: Names, of: Case, clock: Clock): Promise<Transcript> {
  const requestId = `fault-${randomUUID()}`
  const { headers, model } = door.ask(names, of)
  const isStream = of.ask?.['stream'] !== false
  const body = {
    model,
    messages: [user('Why does a gateway earn trust? In sixty words.')],
    stream: isStream,
    ...(isStream && of.path === undefined ? { stream_options: { include_usage: true } } : {}),
    ...of.ask,
  }
  return listen({
    url: `${door.url}${of.path ?? '/v1/chat/completions'}`,
    headers: { 'x-request-id': requestId, ...headers },
    body,
    requestId,
    patienceMs: clock.patienceMs,
    ...(of.leaveAfter === undefined ? {} : { leaveAfter: of.leaveAfter }),
  })
}

async function repeat(
  { repeat: times }: Case,
  call: () => Promise<Transcript>,
): Promise<readonly Transcript[]> {
  const { count, everyMs } = times ?? { count: 1 }
  const calls: Promise<Transcript>[] = []
  for (let at = 0; at < count; at += 1) {
    calls.push(call())
    if (everyMs === undefined) await calls.at(-1)
    else if (at < count - 1) await wait(everyMs)
  }
  return Promise.all(calls)
}

async function noticed(seen: () => readonly LabRequest[]): Promise<void> {
  const until = Date.now() + NOTICE_MS
  const isOver = ({ leftAt, endedAt }: LabRequest): boolean => leftAt !== undefined || endedAt !== undefined
  while (Date.now() < until && !seen().every(isOver)) await wait(20)
}
