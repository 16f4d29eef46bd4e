// What the lab understood of a request, whatever wire it came on, and what it will say to it. Pure.
import type { Behaviour, LabCall } from './behaviour.ts'
import { exampleOf } from './example.ts'
import { restOf } from './resume.ts'

/** What every wire reads of a request; the rest is only recorded. */
export interface Ask {
  readonly model: string
  readonly stream: boolean
  readonly choices: number
  readonly maxTokens: number | undefined
  /** Texts at which the answer ends. */
  readonly stop: readonly string[]
  /** The schema that the answer must follow, where one was sent; `true` for any JSON object. */
  readonly schema: unknown
  /** The tool that must be called, where one must. */
  readonly forced?: Forced | undefined
  /** Everything that counts as prompt. */
  readonly prompt: unknown
}

export interface Forced {
  readonly name: string
  /** What its arguments must look like. */
  readonly parameters: unknown
}

/** The tool that a choice leaves no way around: the one it names, or the first where any must be called. */
export function forcedOf(tools: readonly Forced[], isForced: boolean, name: unknown): Forced | undefined {
  return isForced ? tools.find((tool) => typeof name !== 'string' || tool.name === name) : undefined
}

/** Numbers the lab's answers. */
export interface Head {
  readonly count: number
  /** Seconds since the epoch. */
  readonly created: number
}

export interface SaidCall {
  readonly id: string | undefined
  readonly name: string
  /** As the model wrote them. */
  readonly json: string
}

/** Cached and written tokens are part of the prompt's, reasoning of the completion's. */
export interface SaidUsage {
  readonly prompt: number
  readonly cached: number
  readonly cacheWrite: number
  /** Part of `cacheWrite`. */
  readonly cacheWriteLong: number
  readonly completion: number
  readonly reasoning: number
}

/** An answer, before any wire. */
export interface Said {
  readonly reasoning: readonly string[]
  readonly refusal: readonly string[]
  readonly pieces: readonly string[]
  readonly calls: readonly SaidCall[]
  readonly stop: 'stop' | 'length' | 'tools' | 'refusal'
  /** The text at which it ended, where the request named one. */
  readonly stoppedAt: string | undefined
  /** Absent for a vendor that reports none. */
  readonly usage: SaidUsage | undefined
}

export const WORDS = /\s*\S+\s*$|\s*\S+/g

export const wordsOf = (text: string | undefined): readonly string[] => text?.match(WORDS) ?? []

/** About four characters a token. */
export const countOf = (value: unknown): number => Math.ceil((JSON.stringify(value) ?? '').length / 4)

/** What is said to a request; the answer comes in pieces of about a token each. */
export function said(ask: Ask, behaviour: Behaviour): Said {
  const isFree = [behaviour.text, behaviour.pieces, behaviour.refusal].every((given) => given === undefined)
  const usual = ask.forced !== undefined && isFree ? [callFor(ask.forced)] : []
  const calls = (behaviour.toolCalls ?? usual).map(({ id, name, arguments: given }) => ({
    id,
    name,
    json: typeof given === 'string' ? given : JSON.stringify(given),
  }))
  const isOther = behaviour.refusal !== undefined || calls.length > 0
  const example = ask.schema === undefined ? undefined : JSON.stringify(exampleOf(ask.schema))
  const all = behaviour.text ?? (isOther ? '' : (example ?? `This is ${ask.model} speaking.`))
  const text = behaviour.continues === true ? restOf(all, ask.prompt) : all
  const usualPieces = text === example ? bitsOf(text) : undefined
  const stoppedAt = ask.stop.find((mark) => text.includes(mark))
  const full =
    behaviour.pieces ??
    usualPieces ??
    wordsOf(stoppedAt === undefined ? text : text.slice(0, text.indexOf(stoppedAt)))
  const free = behaviour.refusal === undefined ? full : []
  const pieces = free.slice(0, ask.maxTokens ?? Number.POSITIVE_INFINITY)
  const isCut = free.length > pieces.length
  const stop = isCut
    ? 'length'
    : calls.length > 0
      ? 'tools'
      : behaviour.refusal === undefined
        ? 'stop'
        : 'refusal'
  return {
    reasoning: wordsOf(behaviour.reasoning),
    refusal: wordsOf(behaviour.refusal),
    pieces,
    calls: isCut ? [] : calls,
    stop,
    stoppedAt: isCut ? undefined : stoppedAt,
    usage: usageOf(ask, behaviour, pieces.length),
  }
}

const callFor = ({ name, parameters }: Forced): LabCall => ({ name, arguments: exampleOf(parameters) })

function usageOf(ask: Ask, behaviour: Behaviour, length: number): SaidUsage | undefined {
  if (behaviour.usage === null) return undefined
  const given = behaviour.usage ?? {}
  return {
    prompt: given.prompt ?? countOf(ask.prompt),
    cached: given.cached ?? 0,
    cacheWrite: given.cacheWrite ?? 0,
    cacheWriteLong: given.cacheWriteLong ?? 0,
    completion: given.completion ?? Math.max(1, length) * ask.choices,
    reasoning: given.reasoning ?? 0,
  }
}

/** Arguments of a tool come a few characters at a time. */
export const bitsOf = (json: string): readonly string[] => json.match(/[\s\S]{1,5}/g) ?? []
