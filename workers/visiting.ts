// What visitors of web sites are given of the house: their keys' holders, the configuration's limits, and a way to ask whether
// a browser has passed its challenge.
import type { Config } from '../shared/config.ts'
import { Failed } from '../shared/failure.ts'
import type { Seals } from '../shared/seal.ts'
import { type Keys, LOCAL_KEY_ID } from './keys/verify.ts'
import { type Challenge, SITEVERIFY } from './visitors/challenge.ts'
import { settingsOf } from './visitors/settings.ts'
import type { SigningKey } from './visitors/token.ts'
import { openVisitors, type Visitors } from './visitors/visitors.ts'

type Secrets = (name: string) => string | undefined

export function openVisiting(config: Config, keys: Keys, secrets: Secrets, seals: () => Seals): Visitors {
  let signing: readonly SigningKey[] | undefined // derived once: bindings do not change within an isolate
  const derive = (): readonly SigningKey[] => {
    const found = seals()
    found.check()
    return found.keys('tokens', 'visitors')
  }
  return openVisitors({
    settings: settingsOf(config.visitors),
    challenge: challengeOf(config, secrets),
    keys: () => (signing ??= derive()),
    keyOf: keys.holder,
    localKeyId: LOCAL_KEY_ID,
    post: (url, init) => fetch(url, init),
  })
}

/** A challenge without its secret is one that nobody passes. */
function challengeOf({ visitors }: Config, secrets: Secrets): Challenge | undefined {
  const challenge = visitors?.challenge
  if (challenge === undefined) return undefined
  const { url = SITEVERIFY, secret, hostnames } = challenge
  return {
    url,
    get secret() {
      const value = secrets(secret.slice(1))
      if (value !== undefined && value !== '') return value
      throw new Failed({
        kind: 'unavailable',
        what: `The challenge (no secret ${secret})`,
        retryAfterMs: 60_000,
      })
    },
    ...(hostnames === undefined ? {} : { hostnames }),
  }
}
