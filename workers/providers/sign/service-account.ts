// Google's service accounts: a signed statement is exchanged for an access token, which serves for an hour.
// Source: https://developers.google.com/identity/protocols/oauth2/service-account#httprest
import { importPKCS8, SignJWT } from 'jose'
import { Failed } from '../../../shared/failure.ts'
import { fieldsOf, parse, text } from '../../../shared/fields.ts'
import { type Authorize, bearer, type Outgoing } from '../vendor.ts'

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const TOKEN_URI = 'https://oauth2.googleapis.com/token'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const STATEMENT_SECONDS = 3_600
/** A token is not used in the last minutes of its life: the call it is for may take a while to arrive. */
const MARGIN_MS = 120_000

interface Account {
  readonly email: string
  readonly privateKey: string
  readonly keyId: string
  readonly tokenUri: string
}

interface Token {
  readonly value: string
  readonly usableUntil: number
}

/**
 * Tokens by key, a cache bounded by `MOST_TOKENS`. It holds what came, never what is under way: on Workers nobody may
 * wait for another request's answer.
 */
const tokens = new Map<string, Token>()
const MOST_TOKENS = 64

/** The key is the account's JSON, as it is or in base64; any other is an access token already. */
export const serviceAccount: Authorize = async (key, call) => {
  const account = readAccount(key.trim())
  if (account === undefined) return bearer(key, call)
  const known = tokens.get(key)
  if (known !== undefined && known.usableUntil > call.now) return bearer(known.value, call)
  const token = await exchange(account, call)
  if (tokens.size >= MOST_TOKENS) tokens.clear()
  tokens.set(key, token)
  return bearer(token.value, call)
}

const refused = (status: number): Failed => new Failed({ kind: 'credentials', status })

function readAccount(key: string): Account | undefined {
  const json = key.startsWith('{') ? key : decode(key)
  if (json === undefined) return undefined
  const fields = fieldsOf(parse(json))
  const [email, privateKey] = [text(fields['client_email']), text(fields['private_key'])]
  if (email === '' || privateKey === '') throw refused(401)
  return {
    email,
    privateKey,
    keyId: text(fields['private_key_id']),
    tokenUri: text(fields['token_uri']) || TOKEN_URI,
  }
}

/** Base64 of something that begins with a brace; an access token has other signs in it. */
function decode(key: string): string | undefined {
  if (!/^[A-Za-z0-9+/\s]+=*$/.test(key) || !key.startsWith('e')) return undefined
  try {
    const json = atob(key.replace(/\s/g, ''))
    return json.startsWith('{') ? json : undefined
  } catch {
    return undefined // not base64 after all
  }
}

async function exchange(account: Account, { fetcher, now, signal }: Outgoing): Promise<Token> {
  const assertion = await sign(account, Math.floor(now / 1000))
  const response = await fetcher(account.tokenUri, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
    redirect: 'manual', // a redirect would carry the statement to another host
    ...(signal === undefined ? {} : { signal }),
  })
  if (!response.ok) {
    await response.body?.cancel()
    if (response.status === 429 || response.status >= 500) {
      throw new Failed({ kind: 'overloaded', status: response.status })
    }
    throw refused(response.status >= 400 ? response.status : 401)
  }
  const fields = fieldsOf(parse(await response.text()))
  const value = text(fields['access_token'])
  if (value === '') throw refused(401)
  const seconds = typeof fields['expires_in'] === 'number' ? fields['expires_in'] : 0
  return { value, usableUntil: now + seconds * 1000 - MARGIN_MS }
}

async function sign({ email, privateKey, keyId, tokenUri }: Account, nowSeconds: number): Promise<string> {
  try {
    const key = await importPKCS8(privateKey, 'RS256')
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId === '' ? {} : { kid: keyId }) })
      .setIssuer(email)
      .setAudience(tokenUri)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + STATEMENT_SECONDS)
      .sign(key)
  } catch {
    throw refused(401) // a private key that cannot sign; what was wrong with it is nobody's to read
  }
}
