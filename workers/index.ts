// What Cloudflare sees: requests, the cron, the Durable Object classes. Wiring only; the one place that reads bindings.
import shippedConfig from '../minnow.jsonc'
import shippedCatalogue from '../shared/catalogue.jsonl'
import { noPrices, openCatalogue } from '../shared/catalogue.ts'
import { openaiChat } from '../shared/dialects/openai-chat/index.ts'
import { entryOf, MICRO_PROVIDER, readConfig } from '../shared/config.ts'
import { DAY_MS, DEFAULTS } from '../shared/defaults.ts'
import { openDoor } from './admin/door.ts'
import { openGuard } from './admin/guesses.ts'
import { openRebenchDesk } from './admin/rebench.ts'
import { type App, openApp } from './app.ts'
import { listAudit, noteChange } from './audit.ts'
import { openAllowances } from './attempt/allowance.ts'
import { commit } from './attempt/commit.ts'
import { type Call, headDeadline } from './attempt/deadline.ts'
import { race } from './attempt/race.ts'
import { openBudgets } from './budget/admit.ts'
import type { Budget } from './budget/object.ts'
import { AnswerCacheObject } from './cache/object.ts'
import type { Bindings } from './bindings.ts'
import { openCaching } from './caching.ts'
import { ConversationObject } from './conversation/object.ts'
import { type Conversing, keepMsOf, openConversing } from './conversing.ts'
import { openErasing } from './erasing.ts'
import { breaker } from './health/breaker.ts'
import { listLearners } from './learning/listing.ts'
import { LearnerObject } from './learning/object.ts'
import { openProjectStore } from './keys/projects.ts'
import { openKeyStore } from './keys/store.ts'
import { keepHouse } from './housekeeping.ts'
import { openKeys } from './keys/verify.ts'
import type { ModelSource } from './micro/assets.ts'
import { MicroObject } from './micro/object.ts'
import { modelSource } from './micro/source.ts'
import { type Pipeline as Serve, pipeline } from './pipeline.ts'
import { openPriceBook } from './prices/book.ts'
import { cipher } from './cipher.ts'
import { counting } from './count.ts'
import { work } from './edge/respond.ts'
import { callProvider } from './providers/call.ts'
import { countAtVendor } from './providers/counting.ts'
import { openMedia } from './providers/media.ts'
import { micro, objectOf } from './providers/micro.ts'
import { openProviders, settleConfig, vendorFacts, vendorOf } from './providers/registry.ts'
import type { Vendor } from './providers/vendor.ts'
import { dataKeysIn } from '../shared/data-keys.ts'
import { openSeals, type Purpose, type Seal, sealed, type Seals } from '../shared/seal.ts'
import { openTokenizer } from '../shared/tokens.ts'
import { curvesIn, openMind } from './routing/mind.ts'
import { openPlanner } from './routing/planner.ts'
import type { Cx, Provider } from './service.ts'
import { openBench } from './bench.ts'
import { openLessons } from './lessons.ts'
import { openWatching } from './watching.ts'
import type { House } from './rebench/house.ts'
import { RebenchObject } from './rebench/object.ts'
import { openSandbox } from './sandbox/sandbox.ts'
import { openStoredRatings } from './rebench/ratings.ts'
import { openSubjects } from './rebench/subjects.ts'
import { ThreadObject } from './thread/object.ts'
import type { Threads } from './thread/threads.ts'
import { ReplayObject } from './replay/object.ts'
import type { Replays } from './edge/replay.ts'
import { forgetWords } from './telemetry/forgetting.ts'
import { openTelemetry } from './telemetry/handover.ts'
import { openLog, type Write } from './telemetry/log.ts'
import { openOutboxes } from './telemetry/outboxes.ts'
import { OutboxObject } from './telemetry/object.ts'
import { openExporter } from './telemetry/otlp.ts'
import { findReceipt, findRequest, listRequests } from './telemetry/queries.ts'
import { openReports } from './telemetry/reports.ts'
import { openTexts } from './telemetry/texts.ts'
import type { Wanted } from './telemetry/unsent.ts'
import o200k from './vocabulary/o200k.bin'
import type { Clear } from './traces.ts'
import { openVisiting } from './visiting.ts'
import { unpack } from './vocabulary/unpack.ts'

export { Budget } from './budget/object.ts'
export { RegisterObject as Register } from './conversation/register.ts'
export { Health } from './health/object.ts'

const VERSION = '0.3.0'

/** The one object of its kind, so that two runs never overlap. */
const REBENCH = 'rebench'

const write: Write = (level, line) => console[level](line) // oxlint-disable-line no-console -- the operator's log
const warn = (message: string): void => write('warn', message)
const posting = (url: string, init: RequestInit): Promise<Response> => fetch(url, init)

interface Opened {
  readonly fetch: (request: Request, ctx: ExecutionContext) => Response | Promise<Response>
  readonly conversing: Conversing
  readonly clear: Clear
  readonly conversationMs: number
  readonly work: ReturnType<typeof work>
  readonly replay: App['work']
  readonly rebench: (defer: Cx['defer']) => House
  readonly model: ModelSource
  readonly keepHouse: () => Promise<void>
}

function open(env: Bindings): Opened {
  const read = readConfig(env.CONFIG ?? shippedConfig, env.CONFIG_NAME ?? 'minnow.jsonc', vendorFacts)
  if (!read.ok) throw new Error(read.message)
  const config = settleConfig(read.value, env.AI !== undefined)
  const log = openLog(config.logs ?? 'off', write, Date.now)
  const { warn } = log
  const secrets = (name: string): string | undefined => {
    const value: unknown = Reflect.get(env, name)
    return typeof value === 'string' ? value : undefined
  }
  const providers = openProviders(config, secrets, (input, init) => fetch(input, init), env.AI)
  providers.set(MICRO_PROVIDER, micro({ fetch: (name, request) => env.MICRO.getByName(name).fetch(request) }))
  const { ASSETS } = env
  const assets = ASSETS && ((request: Request): Promise<Response> => ASSETS.fetch(request))
  const budgetOf = (account: string): DurableObjectStub<Budget> => env.BUDGET.getByName(account)
  const threads: Threads = sealed(sealsOf(env), (keyId, thread) => env.THREAD.getByName(`${keyId}/${thread}`))
  const replays: Replays = sealed(sealsOf(env), (keyId, object) => env.REPLAY.getByName(`${keyId}/${object}`))
  const isolate = crypto.randomUUID()
  const outboxes = openOutboxes((name) => env.OUTBOX.getByName(name), isolate)
  const texts = openTexts(sealsOf(env), warn)
  const catalogue = openCatalogue(shippedCatalogue)
  const prices = openPriceBook(env.DB, catalogue)
  const store = openKeyStore(env.DB)
  const loopback = env.LOOPBACK === '1'
  const guard = openGuard({ database: env.DB, now: Date.now, warn })
  const keys = openKeys({
    store,
    loopback,
    ...(env.ADMIN_KEY === undefined ? {} : { adminKey: env.ADMIN_KEY }),
  })
  const entryBehind = (id: string) => entryOf(config.providers, id)
  const vendorBehind = (id: string, entry = entryBehind(id)): Vendor | undefined =>
    entry && vendorOf(id, entry)
  const watching = openWatching(config, env.HEALTH)
  const allowances = openAllowances()
  const serve: Serve = (asked, cx, abort) => ask(asked, cx, abort)
  const { learning, lessons, looks } = openLessons(config, env.LEARNER, serve, warn)
  const ratings = openStoredRatings(env.DB, openSubjects(config))
  // Without the price book the configuration's own prices and the catalogue's still hold.
  const planner = openPlanner({
    config,
    prices: (cx) => {
      ratings.look(cx)
      return prices.current(cx).catch(() => noPrices)
    },
    ratings,
    microProvider: MICRO_PROVIDER,
    catalogue,
    vendorOf: (id) => vendorBehind(id)?.id,
    billsCancelled: (id) => vendorBehind(id)?.billsCancelled === true,
    countingOf: (id, model) => vendorBehind(id)?.counting?.find(({ models }) => models.test(model)),
    health: watching.view,
    lessons,
  })
  const tokenizer = openTokenizer(async () => unpack(o200k))
  const find = (id: string): Provider | undefined => providers.get(id)
  const media = openMedia({
    fetcher: (input, init) => (env.PUBLIC ?? globalThis).fetch(input, init),
    nearby: (input, init) => fetch(input, init),
    allowHosts: config.media?.allowHosts ?? [],
  })
  const caching = openCaching(config, env.ANSWERS, sealsOf(env), serve)
  const clear = openErasing({
    answer: (name) => env.REPLAY.getByName(name).erase(),
    words: (rowIds) => forgetWords(env.DB, outboxes.ask, rowIds),
  })
  const conversing = openConversing({
    config,
    objects: env.CONVERSATION,
    registers: env.REGISTER,
    micro: env.MICRO,
    catalog: planner.catalog,
    tokenizer,
    serve,
    check: () => sealsOf(env).check(),
    clear,
  })
  const ask = pipeline({
    cache: caching.cache,
    planner,
    looks,
    budgets: openBudgets({
      draw: (account, budgets, asked, report) => budgetOf(account).draw(budgets, asked, report),
      report: (account, report) => budgetOf(account).report(report),
    }),
    conversations: conversing.conversations,
    race: race(
      allowances.counting(breaker<Call>(watching.health)(commit(headDeadline(callProvider(find, media))))),
      allowances.mayRetry,
    ),
    runTests: openSandbox(async () => (await import('./sandbox/engines.ts')).engines, Date.now).run,
    telemetry: openTelemetry(
      isolate,
      { take: (handOver) => outboxes.mine().take(handOver) },
      log,
      texts.close,
    ),
    learning,
    tokenizer,
    statusOf: (failure) => openaiChat().writeFailure(failure, '').status,
  })
  const keepDays = config.telemetry?.keepDays ?? DEFAULTS.keepDays
  const rows = {
    database: env.DB,
    outboxes: (wanted: Wanted) => outboxes.ask((outbox) => outbox.unsent(wanted)),
    texts: (rowId: string) => outboxes.ask((outbox) => outbox.text(rowId)),
    openText: texts.open,
    keptFrom: () => Date.now() - keepDays * DAY_MS,
  }
  const keepAliveMs = config.streams?.keepAliveMs ?? DEFAULTS.keepAliveMs
  const keepMs = config.streams?.keepMs ?? DEFAULTS.keepMs
  const { talking } = conversing
  const app = openApp({
    threads,
    talking,
    conversations: conversing.desk,
    forgetAt: (keyId, home) => env.MICRO.getByName(objectOf(home)).erase(keyId, home),
    pipeline: ask,
    count: counting({ planner, countAtVendor: countAtVendor(find), tokenizer }),
    keys,
    planner,
    receipt: (...asked) => findReceipt(rows, ...asked),
    learning,
    visitors: openVisiting(config, keys, secrets, () => sealsOf(env)),
    warn,
    version: VERSION,
    assets,
    keepAliveMs,
    keepMs,
    keeping: {
      replays,
      keepAliveMs,
      keepMs,
      resumable: config.streams?.resumable === true,
      idempotencyMs: config.streams?.idempotencyMs ?? DEFAULTS.idempotencyMs,
    },
    bodyBytes: config.limits?.bodyBytes ?? DEFAULTS.bodyBytes,
    admin: {
      door: openDoor({ keys, adminKey: env.ADMIN_KEY, loopback, now: Date.now, guard }),
      catalog: planner.catalog,
      keys: {
        store,
        projects: openProjectStore(env.DB),
        balances: (account, budgets) => budgetOf(account).read(budgets),
        changed: keys.forget,
        now: Date.now,
      },
      prices,
      requests: (filter) => listRequests(rows, filter),
      request: (id) => findRequest(rows, id),
      audit: (filter) => listAudit(env.DB, filter),
      health: watching.desk,
      learners: { list: (filter) => listLearners(env.DB, filter) },
      ...openReports(env.DB, rows, outboxes.ask),
      cache: { ...caching.desk, note: (change) => noteChange(env.DB, change), now: Date.now },
      rebench: openRebenchDesk(env.DB, config, () => env.REBENCH.getByName(REBENCH)),
    },
  })
  return {
    conversing,
    clear,
    conversationMs: keepMsOf(config),
    fetch: async (request, ctx) => app.fetch(request, env, ctx),
    work: work({ threads, talking, pipeline: ask, warn }),
    replay: app.work,
    rebench: openBench({
      config,
      planner,
      learning,
      tokenizer,
      serve: ask,
      secret: secrets,
      database: env.DB,
      warn,
      footprint: async ({ provider }) =>
        provider === MICRO_PROVIDER ? env.MICRO.getByName(REBENCH).footprint() : undefined,
      refreshPrices: () => prices.refresh(Date.now()),
      post: posting,
    }),
    model: modelSource(config.micro?.gguf, { folder: env.MODEL_FILES, bucket: env.MODELS, pages: ASSETS }),
    keepHouse: () => keepHouse({ database: env.DB, catalogue, keepDays, texts, now: Date.now(), warn }),
  }
}

let held: Seals | undefined // as below
const sealsOf = (bindings: Bindings): Seals => (held ??= openSeals(dataKeysIn(bindings), cipher))

/** What an object's text is sealed with; only itself can open it. */
const sealOf = (purpose: Purpose, state: DurableObjectState, bindings: Bindings): Seal =>
  sealsOf(bindings).at(purpose, state.id.toString())

let opened: Opened | undefined // a cache of one: bindings do not change within an isolate

/** Where the embedded model answers. */
export class Micro extends MicroObject {
  constructor(state: DurableObjectState, bindings: Bindings) {
    opened ??= open(bindings)
    super(state, bindings, { source: opened.model, warn, seal: sealOf('pages', state, bindings) })
  }
}

/** Keeps one conversation. */
export class Conversation extends ConversationObject {
  constructor(state: DurableObjectState, bindings: Bindings) {
    const forget = (name: string) => (opened ??= open(bindings)).conversing.forget(name)
    const clear: Clear = (traces) => (opened ??= open(bindings)).clear(traces)
    const count = () => (opened ??= open(bindings)).conversing.count()
    super(state, bindings, { seal: sealOf('conversation', state, bindings), forget, clear, count })
  }
}

/** Keeps a thread; what it answers in the background goes the way of every request. */
export class Thread extends ThreadObject {
  constructor(state: DurableObjectState, bindings: Bindings) {
    const defer = deferring(state)
    super(state, bindings, {
      seal: sealOf('thread', state, bindings),
      conversationMs: () => (opened ??= open(bindings)).conversationMs,
      answer: (task, signal, say) => (opened ??= open(bindings)).work(task, { signal, say, defer }),
    })
  }
}

/** Keeps answers that may be given again. */
export class AnswerCache extends AnswerCacheObject {
  constructor(state: DurableObjectState, bindings: Bindings) {
    super(state, bindings, sealOf('answers', state, bindings))
  }
}

/** Keeps an answer that goes the way of every other. */
export class Replay extends ReplayObject {
  constructor(state: DurableObjectState, bindings: Bindings) {
    super(state, bindings, {
      seal: sealOf('replay', state, bindings),
      answer: (task, run) => (opened ??= open(bindings)).replay(task, run, deferring(state)),
    })
  }
}

/** Measures every model, now and then. */
export class Rebench extends RebenchObject {
  constructor(state: DurableObjectState, bindings: Bindings) {
    super(state, bindings, () => (opened ??= open(bindings)).rebench(deferring(state)))
  }
}

const deferring =
  (state: DurableObjectState): Cx['defer'] =>
  (later) =>
    state.waitUntil(later.catch((error: unknown) => warn(`in an object: ${String(error)}`)))

/** Takes finished rows from isolates to D1 and to a collector, and counts them. */
export class Outbox extends OutboxObject {
  constructor(state: DurableObjectState, bindings: Bindings) {
    const { DB, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '', OTEL_EXPORTER_OTLP_HEADERS: headers } = bindings
    const collector = { endpoint, headers, version: VERSION, fetcher: posting, warn }
    const exporter = endpoint === '' ? undefined : openExporter(collector)
    super(state, bindings, { database: DB, exporter, warn })
  }
}

/** Keeps what one route has learned of one tenant's requests. */
export class Learner extends LearnerObject {
  constructor(state: DurableObjectState, bindings: Bindings) {
    super(state, bindings, { database: bindings.DB, openMind, curveOf: curvesIn })
  }
}

export default {
  fetch(request, env, ctx) {
    opened ??= open(env)
    return opened.fetch(request, ctx)
  },
  async scheduled(_event, env) {
    opened ??= open(env)
    await opened.keepHouse()
    await env.REBENCH.getByName(REBENCH).tick()
  },
} satisfies ExportedHandler<Bindings>
