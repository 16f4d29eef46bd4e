// The gateways of the scorecard, each a process of its own, and how a client asks each for the models of a case.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openClient, type Fields, pick } from '../../test/lab/client.ts'
import { configFor } from '../../test/lab/faults/config.ts'
import { realClock } from '../../test/lab/faults/clock.ts'
import { LIVE_KEY } from '../../test/lab/faults/models.ts'
import type { Door } from '../../test/lab/faults/play.ts'
import type { Scenario } from '../../test/lab/faults/scenario.ts'
import { PORTKEY_NAME, startMinnow, startPortkey } from '../bench/contenders.ts'

export interface Gateway {
  readonly name: string
  readonly door: Door
  /** Of ours: the folder with its databases. */
  readonly state: string | undefined
  stop(): Promise<void>
}

const CLIENT_KEY = 'mk-local'
export const ADMIN_KEY = 'mk-admin-local'

interface Ours {
  readonly root: string
  readonly folder: string
  readonly labUrl: string
  readonly scenarios: readonly Scenario[]
  /** Distinguishes the models of several gateways at one lab. */
  readonly prefix: string
}

/** As `npm start` runs it, with its own limits; the configuration names the models and routes, and nothing else. */
export async function minnow({ root, folder, labUrl, scenarios, prefix }: Ours): Promise<Gateway> {
  const state = join(folder, prefix)
  mkdirSync(state, { recursive: true })
  const { config, env } = configFor(scenarios, { prefix, labUrl, clock: realClock })
  const file = join(state, 'faults.jsonc')
  writeFileSync(file, JSON.stringify(config))
  const { port, child } = await startMinnow(root, { config: file, state, env })
  const url = `http://127.0.0.1:${port}`
  return {
    name: 'Minnow',
    state,
    door: {
      prefix,
      url,
      ask: ({ route }) => ({ headers: { authorization: `Bearer ${CLIENT_KEY}` }, model: route }),
      rowsOf: (ids) => rowsOf(url, ids),
    },
    stop: child.stop,
  }
}

const ROWS_MS = 20_000

/** Rows are written a moment after their answers; what has none by the end of the wait has none. */
async function rowsOf(url: string, ids: readonly string[]): Promise<readonly Fields[]> {
  const admin = openClient(url, ADMIN_KEY)
  const until = Date.now() + ROWS_MS
  for (;;) {
    const data = pick((await admin.send('/admin/requests?limit=1000')).json, 'data')
    const rows = (Array.isArray(data) ? (data as readonly Fields[]) : []).filter((row) =>
      ids.includes(String(row['request_id'])),
    )
    if (rows.length >= ids.length || Date.now() > until) return rows
    await wait(300)
  }
}

const TIMEOUT_MS = 10_000
const RETRY = { attempts: 2, on_status_codes: [429, 500, 502, 503, 504], use_retry_after_header: true }

/**
 * As its documentation configures fallback, retries and a time limit: the limit is Minnow's own, retries and fallback are
 * those with which Failover Bench runs it. Another key of a provider is another target.
 * https://portkey.ai/docs/product/ai-gateway/fallbacks, automatic-retries, request-timeouts
 */
export async function portkey(labUrl: string): Promise<Gateway> {
  const { port, child } = await startPortkey()
  return {
    name: PORTKEY_NAME,
    state: undefined,
    door: {
      prefix: 'portkey',
      url: `http://127.0.0.1:${port}`,
      ask({ primary, spare }, of) {
        const target = (model: string, key: string, more: Fields = {}): Fields => ({
          provider: 'openai',
          api_key: key,
          custom_host: labUrl,
          override_params: { model },
          ...more,
        })
        const config = {
          strategy: { mode: 'fallback' },
          request_timeout: TIMEOUT_MS,
          targets: [
            ...(of.keys ?? [LIVE_KEY]).map((key) => target(primary, key, { retry: RETRY })),
            ...(of.spare === undefined ? [] : [target(spare, LIVE_KEY)]),
          ],
        }
        return { headers: { 'x-portkey-config': JSON.stringify(config) }, model: primary }
      },
    },
    stop: child.stop,
  }
}
