// Visitors of web sites: their tokens are given out for a publishable key, and seen through when they come back.
import { Failed } from '../../shared/failure.ts'
import type { Caller, Cx } from '../service.ts'
import { type Challenge, checkChallenge } from './challenge.ts'
import { budgetsOf, type VisitorSettings } from './settings.ts'
import { type Pass, PREFIXES, readToken, type SigningKey, type TokenKind, writeToken } from './token.ts'

export interface Visitors {
  /** What a visitor may do is bound by more than limits: by a challenge, or by instructions. */
  readonly isBound: boolean
  /** A token for a new conversation, or with a renewal for one that was begun. */
  issue(asked: Asked): Promise<Issued>
  /** Who speaks with a token; undefined for what is none. Throws where it is no good any more, or never was. */
  holder(token: string | undefined, cx: Cx): Promise<Verified | undefined>
}

export interface Asked {
  readonly caller: Caller
  readonly origin: string | null
  readonly renewal: string | undefined
  /** What a challenge gave the browser. */
  readonly challenge: unknown
  /** The client's network address, where it is known. */
  readonly address: string | null
  readonly now: number
}

export interface Issued {
  readonly token: string
  readonly expiresAt: number
  readonly renewal: string
  readonly renewableUntil: number
  readonly conversation: string
  readonly settings: VisitorSettings
}

export interface Verified {
  readonly caller: Caller
  readonly confirmed?: Promise<void>
}

export interface VisitorOptions {
  readonly settings: VisitorSettings
  readonly challenge: Challenge | undefined
  /** The newest first; the first signs, all are recognised. Throws where the gateway has no secret. */
  readonly keys: () => readonly SigningKey[]
  /** A key by its id. Throws as it would for the key itself. */
  readonly keyOf: (keyId: string, cx: Cx) => Promise<Verified>
  /** The key of a loopback address, which needs no origins of its own. */
  readonly localKeyId: string
  readonly post: (url: string, init: RequestInit) => Promise<Response>
}

/** Enough that nobody finds another's conversation. */
const CONVERSATION_BYTES = 12

export function openVisitors(options: VisitorOptions): Visitors {
  const { settings, challenge, keys, keyOf, localKeyId, post } = options

  const checked = async (kind: TokenKind, token: string, now: number): Promise<Pass> => {
    const pass = await readToken(kind, token, keys())
    if (pass === undefined)
      throw rejected('invalid', `This ${NAMES[kind]} was not made here, or was changed.`)
    if (pass.expiresAt <= now)
      throw rejected('expired', `This ${NAMES[kind]} expired at ${new Date(pass.expiresAt).toISOString()}.`)
    return pass
  }

  const takenUp = async (renewal: string, origin: string, keyId: string, now: number): Promise<Pass> => {
    const pass = await checked('renew', renewal, now)
    if (pass.keyId !== keyId) throw rejected('invalid', 'This renewal belongs to another publishable key.')
    if (pass.origin !== origin) throw elsewhere('renewal', origin, pass.origin)
    return pass
  }

  return {
    isBound: challenge !== undefined || settings.instructions !== undefined,
    async issue({ caller, origin, renewal, challenge: answer, address, now }) {
      const site = siteOf(caller, origin, localKeyId)
      const { keyId } = caller
      const [first] = keys()
      if (first === undefined) throw new Error('there is no key to sign with')
      if (renewal === undefined && challenge !== undefined)
        await checkChallenge(challenge, answer, address, post)
      const conversation =
        renewal === undefined ? newConversation() : (await takenUp(renewal, site, keyId, now)).conversation
      const common = { keyId, conversation, origin: site }
      const [expiresAt, renewableUntil] = [now + settings.tokenMs, now + settings.renewMs]
      const [token, next] = await Promise.all([
        writeToken({ ...common, kind: 'speak', expiresAt }, first),
        writeToken({ ...common, kind: 'renew', expiresAt: renewableUntil }, first),
      ])
      return { token, expiresAt, renewal: next, renewableUntil, conversation, settings }
    },
    async holder(token, cx) {
      if (token?.startsWith(PREFIXES.renew) === true)
        throw rejected('invalid', 'A renewal opens nothing by itself: exchange it for a token first.')
      if (token?.startsWith(PREFIXES.speak) !== true) return undefined
      const pass = await checked('speak', token, cx.now())
      const { caller, confirmed } = await keyOf(pass.keyId, cx)
      if (caller.origins?.includes(pass.origin) === false)
        throw elsewhere('token', pass.origin, 'other sites now')
      return {
        caller: visiting(caller, pass, settings),
        ...(confirmed === undefined ? {} : { confirmed }),
      }
    },
  }
}

/** The key's holder, narrowed to one conversation on one site. */
const visiting = (caller: Caller, pass: Pass, settings: VisitorSettings): Caller => ({
  ...caller,
  origins: [pass.origin],
  visitor: {
    conversation: pass.conversation,
    budgets: budgetsOf(settings),
    ...(settings.instructions === undefined ? {} : { instructions: settings.instructions }),
  },
})

/** Where the page stands that asks; the origin of a publishable key has been checked by then. */
function siteOf({ origins, keyId, visitor }: Caller, origin: string | null, localKeyId: string): string {
  if (visitor !== undefined)
    throw new Failed({
      kind: 'forbidden',
      code: 'visitor_token_not_allowed',
      message: "A visitor's token gets no other token. Send the publishable key and the renewal.",
    })
  if (origins === undefined && keyId !== localKeyId)
    throw new Failed({
      kind: 'forbidden',
      code: 'not_publishable',
      message:
        'Tokens for visitors are given for publishable keys only, and this key is a secret: keep it out of web pages. Make one with "origins" with POST /admin/keys.',
    })
  if (origin === null || origin === 'null')
    throw new Failed({
      kind: 'forbidden',
      code: 'origin_not_allowed',
      message: 'Tokens for visitors are given to web pages only: the request has no Origin header.',
    })
  return origin
}

const newConversation = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(CONVERSATION_BYTES))
  return `visit-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

const NAMES: Readonly<Record<TokenKind, string>> = { speak: "visitor's token", renew: 'renewal' }

const rejected = (why: 'invalid' | 'expired', message: string): Failed =>
  new Failed({
    kind: 'rejected',
    status: 401,
    code: `visitor_token_${why}`,
    message: `${message} Get a new one with POST /v1/visitors/token.`,
  })

const elsewhere = (what: string, from: string, where: string): Failed =>
  new Failed({
    kind: 'forbidden',
    code: 'origin_not_allowed',
    message: `This ${what} was used from ${from}; it works only on ${where}.`,
  })
