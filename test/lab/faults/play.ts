// Plays a case: scripts the models at the lab, asks a gateway as its client would, and gathers what both sides saw.
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Behaviour } from '../behaviour.ts'
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

export async function play(stage: Stage, scenario: Pick<Scenario, 'id'>, of: Case): Promise<Seen> {
  const { lab, door, clock } = stage
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
    after: await askAlive(stage),
    rows: await door.rowsOf?.(calls.map(({ requestId }) => requestId)),
  }
}

function follow(lab: Vendor, model: string, { first, always }: Script): void {
  if (first !== undefined) lab.script(model, ...first)
  lab.always(model, always)
}

export interface Stage {
  readonly lab: Vendor
  readonly door: Door
  readonly clock: Clock
}

/** A model that is always well, asked without a route. */
const askAlive = (stage: Stage): Promise<Transcript> => askWell(stage, 'alive', healthy(stage.clock))

/** A gateway that has just begun is slow twice: at its first answer, and when it first has to count tokens itself. */
export async function warmUp(stage: Stage): Promise<void> {
  const { requestId } = await askWell(stage, 'uncounted', { ...healthy(stage.clock), usage: null })
  await stage.door.rowsOf?.([requestId])
  const until = Date.now() + NOTICE_MS
  for (let next = await askAlive(stage); !isQuick(next, stage.clock) && Date.now() < until;)
    next = await askAlive(stage)
}

/** The answer's sixty tokens take their time, and little may come on top. */
const isQuick = ({ status, startedAt, endedAt }: Transcript, clock: Clock): boolean =>
  status === 200 && endedAt - startedAt < 60 * clock.tokenMs + 400

function askWell({ lab, door, clock }: Stage, name: string, behaviour: Behaviour): Promise<Transcript> {
  const model = `${door.prefix}-${name}`
  const primary = { always: behaviour }
  follow(lab, model, primary)
  const names = { primary: model, spare: model, route: `lab/${model}` }
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
