// Carries a run on, slice by slice: takes what is open, covers it with money, asks, and writes down what came of it.
import { failureOf, judge, reasonOf } from '../../shared/failure.ts'
import { type CountTokens, countPrompt } from '../../shared/tokens.ts'
import { promptTokens } from '../../shared/usage.ts'
import type { Cx } from '../service.ts'
import { ask, causeOf, type Question, requestOf, type Told } from './ask.ts'
import type { About, House } from './house.ts'
import { inquire, type Look } from './probe.ts'
import { isSecondLook, nextOf, type Probe } from './plan.ts'
import { covers, longLimit, type Purse } from './purse.ts'
import type { Run, Store } from './store.ts'

export interface Runner {
  /** Goes on until a time or until nothing is due; says when to come back, or undefined when all is over. */
  go(run: Run, untilAt: number): Promise<number | undefined>
}

/** Taken at once from the open ones; they are asked a few at a time. */
const WAVE = 32
const TRIES = 3
const AGAIN_MS = 2_000
const LONGEST_AGAIN_MS = 60_000
/** So many failures in a row, and the rest of the model's probes are given up. */
const IN_A_ROW = 6
/** A model counts hardly less than half of what is counted here; a vendor that reports less is not believed. */
const LEAST_RATIO = 0.5
/** A run that takes longer ends with what it has. */
const MOST_MS = 6 * 3_600_000

export function openRunner(store: Store, house: House): Runner {
  const { settings, serve, tokenizer, defer } = house
  const abouts = new Map<string, About | undefined>() // a cache, bounded by the models of a run

  let settled = Promise.withResolvers<void>()

  const cx: Cx = { id: 'rebench', signal: new AbortController().signal, now: Date.now, defer }

  const aboutOf = async (model: string): Promise<About | undefined> => {
    if (!abouts.has(model)) abouts.set(model, await house.about(model, cx))
    return abouts.get(model)
  }

  const purseOf = (run: Run): Purse => {
    const spent = store.spent(run)
    return {
      runLimit: run.limitMicros,
      monthLimit: settings.monthMicros,
      runSpent: spent.run,
      monthSpent: spent.month,
      reserved: spent.reserved,
    }
  }

  /** Why a probe is not worth asking, if so. */
  const idle = (run: Run, { model, stage, item }: Probe): string | undefined => {
    if (Date.now() - run.startedAt > MOST_MS) return 'time'
    const states = store.lastStates(run.id, model, IN_A_ROW)
    if (states.length === IN_A_ROW && states.every((state) => state === 'failed')) return 'unreachable'
    if (stage !== 'context' || !isSecondLook(item)) return undefined
    const first = store.overAt(run.id, model, stage, item - 1)
    if (first?.state === 'skipped') return first.note
    const look = first?.result as Look | undefined // written by this runner
    return look !== undefined && look.found.every(Boolean) ? 'clear' : undefined
  }

  const tryOne = async (run: Run, probe: Probe): Promise<void> => {
    const { model, position, stage } = probe
    const skip = (note: string): void => store.finish(run.id, position, { state: 'skipped', cost: 0, note })
    const reason = idle(run, probe)
    if (reason !== undefined) return skip(reason)
    const [about, count] = [await aboutOf(model), await tokenizer()]
    if (about === undefined) return skip('unknown')
    if (about.price === undefined) return skip('no-price')
    if (about.facts?.embedding === true) return skip('embeddings')
    const { contextWindow } = about
    const inquiry = inquire(probe, {
      seed: run.seed,
      concurrency: settings.concurrency,
      contextWindow,
      tokensRatio: Math.max(LEAST_RATIO, store.ratio(run.id, model) ?? 1),
      count,
    })
    const maxOutput = Math.min(inquiry.maxOutput, about.maxOutput ?? inquiry.maxOutput)
    const questions = await questionsOf(run, probe, inquiry.prompts, maxOutput, count)
    if (typeof questions === 'string') return skip(questions)
    const worst = questions.reduce((sum, { worstMicros }) => sum + worstMicros, 0)
    let purse = purseOf(run)
    if (stage === 'context' && worst > longLimit(purse, run.models.length)) return skip('budget')
    // Calls under way give back what they do not need.
    for (; !covers(purse, worst); purse = purseOf(run)) {
      if (!covers({ ...purse, reserved: 0 }, worst)) return skip('budget')
      await settled.promise
    }
    store.reserve(run.id, position, worst)
    try {
      const begunAt = Date.now()
      const told = await Promise.all(questions.map((question) => ask(serve, question, defer)))
      for (const [at, { usage }] of told.entries())
        if (usage !== undefined)
          store.weigh(run.id, model, promptTokens(usage), questions[at]?.promptTokens ?? 0)
      close(run, probe, inquiry.read, told, Date.now() - begunAt)
    } finally {
      settled.resolve()
      settled = Promise.withResolvers()
    }
  }

  /** With what each may cost at most; a word where that cannot be said. */
  const questionsOf = async (
    run: Run,
    { model, position }: Probe,
    prompts: readonly string[],
    maxOutput: number,
    count: CountTokens,
  ): Promise<string | (Question & { readonly promptTokens: number })[]> => {
    const tries = store.tries(run.id, position)
    try {
      return await Promise.all(
        prompts.map(async (prompt, at) => {
          const bare = {
            id: `${run.id}-${position}-${tries}-${at}`,
            model,
            prompt,
            maxOutput,
            worstMicros: 0,
          }
          const request = { ...requestOf(bare), limits: { maxOutput } }
          const promptTokens = countPrompt(request.messages, [], count)
          return { ...bare, promptTokens, worstMicros: await house.worst(request, cx) }
        }),
      )
    } catch (error) {
      return reasonOf(failureOf(error))
    }
  }

  const close = (
    run: Run,
    { position, stage }: Probe,
    read: (told: readonly Told[], wallMs: number) => unknown,
    told: readonly Told[],
    wallMs: number,
  ): void => {
    const cost = told.reduce((sum, { costMicros }) => sum + costMicros, 0)
    const failure = told.map((one) => one.failure && causeOf(one.failure)).find((one) => one !== undefined)
    if (failure === undefined) {
      const result = read(told, wallMs)
      if (result === undefined) store.finish(run.id, position, { state: 'failed', cost, note: 'empty' })
      else store.finish(run.id, position, { state: 'done', cost, result })
      return
    }
    const mayPass =
      failure.kind === 'rate-limited' || failure.kind === 'overloaded' || failure.kind === 'unreachable'
    const tries = store.tries(run.id, position)
    if (mayPass && tries < TRIES) {
      const asked = 'retryAfterMs' in failure ? failure.retryAfterMs : undefined
      const waitMs = Math.min(LONGEST_AGAIN_MS, asked ?? AGAIN_MS * 2 ** (tries - 1))
      return store.defer(run.id, position, cost, Date.now() + waitMs)
    }
    // A text that is too long for the model, or one that it will not hear, is no failure: it is what was to be found out.
    const isFound =
      stage === 'context'
        ? failure.kind === 'context-length' || failure.kind === 'rejected'
        : stage === 'task' && failure.kind === 'refused'
    const note = reasonOf(failure)
    if (isFound)
      return store.finish(run.id, position, { state: 'done', cost, note, result: read(told, wallMs) })
    // What we did wrong, or could not do, says nothing of the model.
    const state = judge(failure).blame === 'target' ? 'failed' : 'skipped'
    store.finish(run.id, position, { state, cost, note })
  }

  return {
    async go(run, untilAt) {
      while (Date.now() < untilAt) {
        const open = store.open(run.id, Date.now(), WAVE)
        const wave = [...nextOf(open, WAVE)]
        if (wave.length === 0) break
        const takeOn = async (): Promise<void> => {
          for (let probe = wave.shift(); probe !== undefined; probe = wave.shift()) {
            await tryOne(run, probe)
            if (Date.now() >= untilAt) return
          }
        }
        await Promise.all(Array.from({ length: settings.concurrency }, takeOn))
      }
      const dueAt = store.nextDueAt(run.id)
      return dueAt === undefined ? undefined : Math.max(Date.now(), dueAt)
    },
  }
}
