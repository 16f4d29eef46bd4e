// The verdict on a case, from what was seen on both sides of a gateway: what its client got, what the vendor was asked.
// Pure. The terms are those of Failover Bench, methodology v0.1.
import { isDeepStrictEqual } from 'node:util'
import { type Fields, pick } from '../client.ts'
import type { LabRequest } from '../wire.ts'
import { tokensIn } from './answers.ts'
import type { Rule } from './rules.ts'
import type { Expected } from './scenario.ts'
import type { Transcript } from './transcript.ts'

/**
 * `pass`: what should come came, and the gateway behaved. `partial`: it came, with a blemish. `safe`: it did not come, but
 * one clean error did, in time. `fail`: a hang, a short answer passed off as a whole one, or bad conduct.
 */
export type Result = 'pass' | 'partial' | 'safe' | 'fail'

export interface Verdict {
  readonly result: Result
  readonly reason: string
}

export interface Seen {
  readonly calls: readonly Transcript[]
  readonly primary: readonly LabRequest[]
  readonly spare: readonly LabRequest[]
  /** A healthy call through the same gateway afterwards. */
  readonly after: Transcript | undefined
  /** The gateway's own account, where it keeps one: the rows of the calls. */
  readonly rows: readonly Fields[] | undefined
}

/** What became of one call. */
type Fate =
  | { readonly kind: 'right'; readonly blemish?: string }
  | { readonly kind: 'error'; readonly says: string }
  | { readonly kind: 'bad'; readonly says: string }

export function judge(
  { expected, rules }: { readonly expected: Expected; readonly rules: readonly Rule[] },
  seen: Seen,
): Verdict {
  if (seen.calls.length === 0) return { result: 'fail', reason: 'nothing was asked' }
  const fates = seen.calls.map((call) => fateOf(call, expected))
  const bad = fates.find((fate) => fate.kind === 'bad')
  if (bad !== undefined) return { result: 'fail', reason: bad.says }
  const broken = rules.flatMap((rule) => {
    const says = rule.look(seen)
    return says === undefined ? [] : [{ weight: rule.weight, says }]
  })
  const conduct = broken.find(({ weight }) => weight === 'required')
  if (conduct !== undefined) return { result: 'fail', reason: conduct.says }
  const error = fates.find((fate) => fate.kind === 'error')
  if (error !== undefined) return { result: 'safe', reason: error.says }
  const blemish = [
    ...fates.flatMap((fate) => (fate.kind === 'right' ? (fate.blemish ?? []) : [])),
    ...broken.map(({ says }) => says),
  ]
  return blemish.length === 0
    ? { result: 'pass', reason: '' }
    : { result: 'partial', reason: blemish.join('; ') }
}

const RESULTS: readonly Result[] = ['fail', 'safe', 'partial', 'pass']

/** A scenario is worth what its worst case is worth. */
export function worst(verdicts: readonly (Verdict & { readonly name: string })[]): Verdict {
  if (verdicts.length === 0) return { result: 'fail', reason: 'nothing was played' }
  const result = RESULTS.find((each) => verdicts.some((verdict) => verdict.result === each)) ?? 'fail'
  const named = new Map<string, string[]>()
  for (const { name, reason } of verdicts.filter((verdict) => verdict.result === result))
    named.set(reason, [...(named.get(reason) ?? []), name])
  const isAll = named.size === 1 && [...named.values()][0]?.length === verdicts.length
  const reasons = [...named].filter(([reason]) => reason !== '')
  return {
    result,
    reason: reasons.map(([reason, names]) => (isAll ? reason : titled(names, reason))).join('; '),
  }
}

function titled(names: readonly string[], reason: string): string {
  const shown = names.filter((name) => name !== '').slice(0, 2)
  const more = names.length > 2 ? ` and ${names.length - 2} more` : ''
  return shown.length === 0 ? reason : `${shown.join(', ')}${more}: ${reason}`
}

function fateOf(call: Transcript, expected: Expected): Fate {
  if (call.close === 'hung') return bad(`no end after ${seconds(call)} s`)
  if (expected.kind === 'nothing') return { kind: 'right' }
  if (call.garbled !== undefined) return bad(`garbled: ${call.garbled}`)
  if (call.wentOn) return bad('it went on after its error')
  const isRefused = call.status !== undefined && call.status >= 400
  if (isRefused || call.error !== undefined) return fateOfError(call, expected)
  // A client's library reports a connection that broke, so nobody takes it for an answer.
  if (call.close === 'broken') return { kind: 'error', says: 'the connection broke' }
  switch (expected.kind) {
    case 'error':
      return { kind: 'right', blemish: 'answered, where the error was the answer' }
    case 'answer':
      return fateOfText(call, expected)
    case 'call':
      return fateOfCall(call, expected.call)
  }
}

function fateOfError(call: Transcript, expected: Expected): Fate {
  if (call.raw.trim() === '') return bad(`status ${call.status}, and nothing that says why`)
  if (expected.kind === 'answer' && !expected.text.startsWith(call.said))
    return bad(told(call, expected.text))
  if (call.finishes.length > 0) return bad('a finish, and then an error')
  if (expected.kind !== 'error') return { kind: 'error', says: `an error: ${messageOf(call)}` }
  const isRight = call.status === expected.status && expected.says.test(call.raw)
  return isRight ? { kind: 'right' } : { kind: 'error', says: `status ${call.status}: ${messageOf(call)}` }
}

function fateOfText(call: Transcript, { text, mayLackDone }: Extract<Expected, { kind: 'answer' }>): Fate {
  if (call.said === text) return finished(mayLackDone === true ? { ...call, isDone: true } : call)
  if (text.startsWith(call.said) || joined(call.said) !== joined(text)) return bad(told(call, text))
  return { kind: 'right', blemish: 'blanks lost or doubled' }
}

function told({ said }: Transcript, text: string): string {
  const [count, all] = [tokensIn(said), tokensIn(text)]
  if (text.startsWith(said)) return `${count} of ${all} tokens passed off as the whole answer`
  return `another answer: ${count} tokens instead of ${all}, "${difference(said, text)}"`
}

const joined = (text: string): string => text.trim().replaceAll(/\s+/g, ' ')

function difference(said: string, text: string): string {
  let at = 0
  while (at < said.length && said[at] === text[at]) at += 1
  return `...${said.slice(Math.max(0, at - 20), at + 20)}...`
}

function fateOfCall(call: Transcript, wanted: { readonly name: string; readonly arguments: unknown }): Fate {
  const args = call.calls.map(({ json }) => parse(json))
  if (args.includes(undefined)) return bad('half of a tool call passed off as a whole one')
  if (call.calls.length !== 1) return bad(`${call.calls.length} tool calls instead of one`)
  if (call.calls[0]?.name !== wanted.name || !isDeepStrictEqual(args[0], wanted.arguments))
    return bad('another tool call than the model made')
  return finished(call)
}

function finished(call: Transcript): Fate {
  if (call.finishes.length === 0) return bad('no finish reason')
  const blemishes = [
    call.isDone ? [] : ['no [DONE]'],
    call.finishes.length === 1 ? [] : ['several finish reasons'],
    call.ids.length === 1 ? [] : [`${call.ids.length} ids in one answer`],
  ].flat()
  return blemishes.length === 0 ? { kind: 'right' } : { kind: 'right', blemish: blemishes.join(', ') }
}

const bad = (says: string): Fate => ({ kind: 'bad', says })

const seconds = ({ startedAt, endedAt }: Transcript): number => Math.round((endedAt - startedAt) / 1_000)

function messageOf(call: Transcript): string {
  const { error } = call
  const text = typeof error === 'string' ? error : (pick(error, 'message') ?? pick(error, 'error', 'message'))
  return String(text ?? call.raw).slice(0, 120)
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return undefined // half of it, which is what was asked
  }
}
