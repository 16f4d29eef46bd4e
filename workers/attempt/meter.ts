// Looks on while an answer passes: counts what it used, what it cost, and says once how it ended.
import type { Batch, ModelEvent, Piece } from '../../shared/event.ts'
import { type Failure, failureOf } from '../../shared/failure.ts'
import { costMicros, type Price } from '../../shared/money.ts'
import type { Ending } from '../../shared/plan.ts'
import type { CountTokens, Tokenizer } from '../../shared/tokens.ts'
import type { Part, ToolCall } from '../../shared/request.ts'
import { noUsage, type Usage } from '../../shared/usage.ts'

export interface Meter {
  readonly batches: AsyncGenerator<Batch, void, undefined>
  /** Resolves exactly once: on finish, on error, or when the reader went away. */
  readonly end: Promise<Ending>
}

export interface Metered {
  readonly batches: AsyncGenerator<Batch, void, undefined>
  readonly price: Price | undefined
  /** Counts the prompt, for answers whose provider reports no usage. */
  readonly countPrompt: (count: CountTokens) => number
  readonly tokenizer: Tokenizer
  readonly signal: AbortSignal
  /** Asked when the reader leaves: is the rest to be read all the same, because its vendor bills it anyway? */
  readonly drains?: () => boolean
  /** What else the same answer costs, in micro-dollars: calls that lost, parts that were cut off. Only told, not counted. */
  readonly aside?: () => Promise<number>
}

/** A stream that nobody waits for is read on for so long; on Cloudflare deferred work ends after 30 s. */
const DRAIN_MS = 25_000
/** More text than this is not kept, only its length is counted. */
const TEXT_CHARS = 4 * 1024 * 1024

export function meter({ batches, price, countPrompt, tokenizer, signal, drains, aside }: Metered): Meter {
  let text = '' // of the first choice, which is what a conversation remembers
  let others = '' // of the other choices
  let thought = ''
  let dropped = 0
  const calls = new Map<string, ToolCall>()
  const reasoning: Extract<Part, { type: 'reasoning' }>[] = [] // of the first choice: closed stretches
  let open = '' // the stretch that no signature has ended yet
  let last: Extract<ModelEvent, { type: 'finish' | 'error' }> | undefined
  const { promise: end, resolve } = Promise.withResolvers<Ending>()

  const look = (event: ModelEvent): void => {
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
        if (text.length + others.length >= TEXT_CHARS) dropped += event.text.length
        else if (event.index === 0) text += event.text
        else others += event.text
        return
      case 'reasoning-delta':
        if (event.index === 0 && thought.length < TEXT_CHARS) open += event.text
        if (thought.length < TEXT_CHARS) thought += event.text
        else dropped += event.text.length
        return
      case 'reasoning-signature':
        if (event.index !== 0) return
        reasoning.push({ type: 'reasoning', text: open, signature: event.signature })
        open = ''
        return
      case 'tool-start': {
        const { index, call, id, name, signature } = event
        calls.set(`${index}:${call}`, {
          id,
          name,
          json: '',
          ...(signature === undefined ? {} : { signature }),
        })
        return
      }
      case 'tool-delta': {
        const key = `${event.index}:${event.call}`
        const call = calls.get(key)
        if (call !== undefined) calls.set(key, { ...call, json: call.json + event.json })
        return
      }
      case 'finish':
      case 'error':
        last = event
        return
      case 'start':
      case 'logprobs':
      case 'other-delta':
      case 'embedding':
      case 'choice-end':
        return
    }
  }

  const estimate = async (): Promise<Usage> => {
    const count = await tokenizer()
    const tools = [...calls.values()].map((call) => call.name + call.json).join('')
    // Unread text is charged one token per four characters, the usual ratio of English.
    return {
      ...noUsage,
      input: countPrompt(count),
      output: count(text) + count(others) + count(tools) + Math.ceil(dropped / 4),
      reasoning: count(thought),
    }
  }

  const closeWith = async (
    finish: Extract<ModelEvent, { type: 'finish' }> | undefined,
    failure: Failure | undefined,
  ): Promise<Ending> => {
    const usage = finish?.usage ?? (await estimate())
    return {
      end: finish !== undefined ? 'finish' : failure?.kind === 'cancelled' ? 'cancelled' : 'error',
      usage,
      usageSource: finish?.usage === undefined ? 'estimated' : 'reported',
      costMicros: price === undefined ? 0 : costMicros(usage, price, finish?.serviceTier),
      ...(finish?.serviceTier === undefined ? {} : { serviceTier: finish.serviceTier }),
      ...(failure === undefined ? {} : { failure }),
      text,
      reasoning: open === '' ? reasoning : [...reasoning, { type: 'reasoning', text: open }],
      toolCalls: [...calls].flatMap(([place, call]) => (place.startsWith('0:') ? [call] : [])),
    }
  }

  /** Without a price the cost is not nothing but unknown, and nobody is told it was free. */
  const costOf = async (ending: Ending): Promise<{ costMicros?: number }> =>
    price === undefined ? {} : { costMicros: ending.costMicros + ((await aside?.()) ?? 0) }

  /** The finish event is told its usage and cost, so that the client's last chunk can carry them. */
  const priced = async (piece: Piece): Promise<Piece> => {
    const finish = piece.events.find((event) => event.type === 'finish')
    if (finish === undefined) return piece
    const ending = await closeWith(finish, undefined)
    resolve(ending)
    const cost = await costOf(ending)
    const events = piece.events.map((event) =>
      event === finish ? { ...finish, usage: ending.usage, ...cost } : event,
    )
    return { ...piece, events }
  }

  const lookAt = (batch: Batch): void => {
    for (const piece of batch) for (const event of piece.events) look(event)
  }

  /** Looks on until the end or the limit, whichever is first. */
  const drain = async (): Promise<void> => {
    let timer: ReturnType<typeof setTimeout> | null = null
    const over = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), DRAIN_MS)
    })
    try {
      for (;;) {
        const next = await Promise.race([batches.next(), over])
        if (next === undefined || next.done === true) return
        lookAt(next.value)
        if (last !== undefined) return
      }
    } finally {
      clearTimeout(timer)
    }
  }

  async function* pass(): AsyncGenerator<Batch, void, undefined> {
    try {
      // Not `for await`: leaving that would end the upstream before it could be drained.
      for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
        lookAt(next.value)
        yield last === undefined ? next.value : await Promise.all(next.value.map(priced))
        if (last !== undefined) return
      }
    } finally {
      const isLeft = last === undefined
      if (isLeft && drains?.() === true) await drain()
      void batches.return(undefined) // not awaited: it waits for a read that may hang
      if (isLeft && last?.type === 'finish') {
        resolve({ ...(await closeWith(last, undefined)), end: 'cancelled', failure: { kind: 'cancelled' } })
      }
      // After a finish this resolves nothing anew: a promise keeps its first value.
      if (last?.type !== 'finish') {
        const failure: Failure =
          last?.type === 'error'
            ? last.failure
            : signal.aborted
              ? failureOf(signal.reason)
              : { kind: 'cancelled' }
        resolve(await closeWith(undefined, failure))
      }
    }
  }

  return { batches: pass(), end }
}
