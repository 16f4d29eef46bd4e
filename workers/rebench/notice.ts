// The webhook: what it is told, how it is signed, and when it is tried again.
import type { House } from './house.ts'
import type { EndedRun, Result } from './history.ts'
import type { Notice, Store } from './store.ts'

/** After the last of these it is given up. */
const AGAIN_MS = [1_000, 5_000, 30_000, 120_000, 600_000] as const
const PATIENCE_MS = 10_000

/** Names and numbers only: nothing that was asked or answered, and no secret, is in it. */
export const noticeOf = ({ id, startedAt, endedAt }: EndedRun, news: readonly Result[]): string =>
  JSON.stringify({
    type: 'rebench.regression',
    run: id,
    started_at: new Date(startedAt).toISOString(),
    ended_at: new Date(endedAt).toISOString(),
    models: news.map(({ model, target, findings }) => ({ model, target, findings })),
  })

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

export async function signatureOf(body: string, secret: string): Promise<string> {
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  return `sha256=${hex(await crypto.subtle.sign('HMAC', key, encoder.encode(body)))}`
}

const valueOf = (given: string | undefined, { secret }: House): string | undefined =>
  given?.startsWith('$') === true ? secret(given.slice(1)) : given

/** Posts what is due; what is not taken is due again later, and at last forgotten. */
export async function tell(store: Store, house: House): Promise<void> {
  for (const notice of store.dueNotices(Date.now())) {
    if (await isTaken(notice, house)) {
      store.told(notice.id)
      continue
    }
    const waitMs = AGAIN_MS[notice.tries]
    if (waitMs !== undefined) store.untold(notice.id, Date.now() + waitMs)
    else {
      store.told(notice.id)
      house.warn(
        `rebench: the webhook took nothing in ${AGAIN_MS.length + 1} tries, a regression was not told`,
      )
    }
  }
}

async function isTaken({ body }: Notice, house: House): Promise<boolean> {
  const { webhook, webhookSecret } = house.settings
  const [url, secret] = [valueOf(webhook, house), valueOf(webhookSecret, house)]
  if (url === undefined) return true // it was taken out of the configuration meanwhile
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (secret !== undefined) headers['x-minnow-signature'] = await signatureOf(body, secret)
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const response = await house.post(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false // away, or too slow: it is tried again
  }
}
