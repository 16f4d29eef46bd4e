// The id, and so the file name, that workerd gives to a Durable Object reached by `idFromName`. Pure.
// Source: workerd src/workerd/server/actor-id-impl.c++; the same as miniflare's durableObjectNamespaceIdFromName.
import { createHash, createHmac } from 'node:crypto'

export function objectId(uniqueKey: string, name: string): string {
  const key = createHash('sha256').update(uniqueKey).digest()
  const base = createHmac('sha256', key).update(name).digest().subarray(0, 16)
  const check = createHmac('sha256', key).update(base).digest().subarray(0, 16)
  return Buffer.concat([base, check]).toString('hex')
}
