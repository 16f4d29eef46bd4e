// What conversations are given of the house: how much of one is sent, who sums it up, where it is listed, and a desk for
// those who read and erase them.
import { type Config, entryOf, MICRO } from '../shared/config.ts'
import { DAY_MS, DEFAULTS } from '../shared/defaults.ts'
import { messagesOf } from '../shared/dialects/openai-responses/items.ts'
import { Failed } from '../shared/failure.ts'
import type { ModelRequest } from '../shared/request.ts'
import { sealTrouble } from '../shared/seal.ts'
import { EXPIRE_DAYS } from '../shared/talk-schema.ts'
import type { Tokenizer } from '../shared/tokens.ts'
import { ownerOf } from './conversation/elsewhere.ts'
import { nameOf, partsOf } from './conversation/ids.ts'
import { counting, roughly } from './conversation/item.ts'
import type { ConversationObject } from './conversation/object.ts'
import type { About, Page, TurnQuery } from './conversation/reading.ts'
import { type Conversations, openConversations, type Terms } from './conversation/recall.ts'
import type { ListedPage, RegisterObject } from './conversation/register.ts'
import type { Surroundings } from './conversation/spoken.ts'
import { storedOf } from './conversation/stored.ts'
import { type Serve, summarising } from './conversation/summary.ts'
import type { MicroObject } from './micro/object.ts'
import { objectOf } from './providers/micro.ts'
import type { Catalog } from './routing/catalog.ts'
import type { Cx } from './service.ts'
import type { Talking } from './thread/talking.ts'
import type { Clear } from './traces.ts'

export type Known = About & { readonly expiresAt: number }

/** For clients that read, copy and erase conversations. */
export interface ConversationDesk {
  list(keyId: string, limit: number, after: string | undefined): Promise<ListedPage>
  about(keyId: string, id: string): Promise<Known | undefined>
  read(keyId: string, id: string, query: TurnQuery): Promise<Page>
  /** Copies what was said up to a turn; what is wrong in a word. */
  branch(keyId: string, id: string, branch: Branch): Promise<'done' | 'conversation' | 'turn' | 'taken'>
  /** False where there was nothing. */
  erase(keyId: string, id: string): Promise<boolean>
  /** What a conversation of the Responses API, or a response, has left elsewhere. */
  eraseElsewhere(keyId: string, kind: 'conv' | 'resp', id: string): Promise<void>
}

export interface Branch {
  readonly to: string
  /** The last turn that is copied; the last there is, unless given. */
  readonly turn?: string
  readonly now: number
}

export interface Conversing {
  readonly conversations: Conversations
  /** For those of the Responses API. */
  readonly talking: Talking
  readonly desk: ConversationDesk
  readonly forget: Surroundings['forget']
  readonly count: Surroundings['count']
}

export interface House {
  readonly config: Config
  readonly objects: DurableObjectNamespace<ConversationObject>
  readonly registers: DurableObjectNamespace<RegisterObject>
  readonly micro: DurableObjectNamespace<MicroObject>
  readonly catalog: (cx: Cx) => Promise<Catalog>
  readonly tokenizer: Tokenizer
  readonly serve: Serve
  /** Throws where nothing can be sealed. */
  readonly check: () => void
  readonly clear: Clear
}

const COPIED = 50

export function openConversing(house: House): Conversing {
  const { config, objects, registers, micro, catalog, tokenizer, serve, check, clear } = house
  const at = (name: string): DurableObjectStub<ConversationObject> => objects.getByName(name)
  const registerOf = (keyId: string): DurableObjectStub<RegisterObject> => registers.getByName(keyId)
  /** What comes over the wire is what was sent; its type says so in parts only. */
  const pageAt = async (name: string, query: TurnQuery): Promise<Page> => at(name).read(query)

  const listAt = async (keyId: string, limit: number, after: string | undefined): Promise<ListedPage> =>
    registerOf(keyId).list(limit, after)

  const forget = async (name: string): Promise<void> => {
    const { keyId, id } = partsOf(name)
    await Promise.all([micro.getByName(objectOf(name)).erase(keyId, name), registerOf(keyId).remove(id)])
  }

  const branch: ConversationDesk['branch'] = async (keyId, id, { to, turn, now }) => {
    const [from, name] = [nameOf(keyId, id), nameOf(keyId, to)]
    const leaving = { name, isListed: true, keepMs: keepMsOf(config, undefined), sums: false, traces: [] }
    let after: string | undefined
    do {
      const query = { limit: COPIED, order: 'asc', ...(turn === undefined ? {} : { turn }) } as const
      const page = await pageAt(from, after === undefined ? query : { ...query, after })
      if (!page.ok) return page.missing === 'turn' ? 'turn' : 'conversation'
      if (!(await at(name).adopt(page.turns, leaving, after === undefined))) return 'taken'
      after = page.hasMore ? page.turns.at(-1)?.id : undefined
    } while (after !== undefined)
    await registerOf(keyId).add(to, now)
    return 'done'
  }

  const summarise = summarising(serve)
  const termsFor = async (request: ModelRequest, cx: Cx): Promise<Terms> =>
    termsOf(config, await catalog(cx), request)

  return {
    forget,
    talking: {
      termsOf: termsFor,
      tokenizer,
      summarise: ({ previous, items, model, caller }, cx) =>
        summarise({ span: { previous, messages: storedOf(messagesOf(items)) }, model, caller }, cx),
    },
    count: async () => counting(await tokenizer()),
    conversations: openConversations({
      objects: {
        recall: (name, turnId, asking, micros) => at(name).recall(turnId, asking, micros),
        remember: (name, told, leaving) => at(name).remember(told, leaving),
        hear: (name, turnId, heard) => at(name).hear(turnId, heard),
        stepAside: (name, turnId) => at(name).stepAside(turnId),
        forgo: (name, turnId, forgone) => at(name).forgo(turnId, forgone),
        summarised: (name, span, written) => at(name).summarised(span, written),
        list: (keyId, id, createdAt) => registerOf(keyId).add(id, createdAt),
      },
      termsOf: termsFor,
      tokenizer,
      summarise,
      wordsMs: (config.telemetry?.keepDays ?? DEFAULTS.keepDays) * DAY_MS,
      check,
    }),
    desk: {
      list: (keyId, limit, after) => reached(listAt(keyId, limit, after)),
      about: (keyId, id) => reached(at(nameOf(keyId, id)).about()),
      read: (keyId, id, query) => reached(pageAt(nameOf(keyId, id), query)),
      branch: (keyId, id, asked) => reached(branch(keyId, id, asked)),
      async erase(keyId, id) {
        const name = nameOf(keyId, id)
        const [{ wasThere, traces }] = await reached(Promise.all([at(name).erase(), forget(name)]))
        await clear(traces).catch(() => undefined) // its object does it once more, a little later
        return wasThere
      },
      async eraseElsewhere(keyId, kind, id) {
        const { traces } = await reached(at(ownerOf(keyId, kind, id)).erase())
        await clear(traces).catch(() => undefined) // as above
      },
    },
  }
}

const reached = <T>(call: Promise<T>): Promise<T> =>
  call.catch((error: unknown) => {
    throw (
      sealTrouble(error) ?? new Failed({ kind: 'unavailable', what: 'The conversation', retryAfterMs: 1_000 })
    )
  })

const settingOf = (config: Config, route: string | undefined) => ({
  ...config.conversations,
  ...(route === undefined ? {} : entryOf(config.routes, route)?.conversations),
})

/** How long a conversation is kept from its last turn on. */
export const keepMsOf = (config: Config, route?: string): number =>
  Math.ceil((settingOf(config, route).expireDays ?? EXPIRE_DAYS) * DAY_MS)

/** What the most widely reading models take in, where nobody says what one does. */
const WIDEST_WINDOW = 1_048_576
/** Tokens are counted with OpenAI's vocabulary, and others make a few more of a text. */
const ROOM = 0.9
const USUAL_OUTPUT = 4_096

function termsOf(config: Config, catalog: Catalog, request: ModelRequest): Terms {
  const { contextTokens, summaryModel } = settingOf(config, request.model)
  const policy = catalog.find(request.model)
  const models =
    policy === undefined ? [] : policy.kind === 'order' ? policy.models : [...policy.mini, ...policy.frontier]
  const small = policy?.kind === 'tiers' ? policy.mini.find(({ name }) => name !== MICRO)?.name : undefined
  const asked = request.talk?.contextTokens
  const most = asked ?? contextTokens
  const summing = summaryModel ?? small
  const tools =
    request.tools.length === 0 ? 0 : roughly({ role: 'user', content: JSON.stringify(request.tools) })
  // Models that read less are left out of the plan by who makes it, so the widest says how much can be read.
  const windows = models.map(({ contextWindow = WIDEST_WINDOW, maxOutput = USUAL_OUTPUT }) => {
    const output =
      request.limits.maxOutput ?? Math.min(maxOutput, USUAL_OUTPUT, Math.floor(contextWindow / 4))
    return Math.floor(contextWindow * ROOM) - output - tools
  })
  return {
    windowTokens: windows.length === 0 ? WIDEST_WINDOW : Math.max(0, ...windows),
    keepMs: keepMsOf(config, request.model),
    ...(most === undefined ? {} : { contextTokens: most }),
    ...(summing === undefined ? {} : { summaryModel: summing }),
  }
}
