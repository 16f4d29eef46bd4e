// The object that keeps what one route has learned of one tenant's requests: news in, a snapshot out.
import { DurableObject } from 'cloudflare:workers'
import { type Keeper, openKeeper } from './keeper.ts'
import { HOUSE, type Learnt, type News, type OpenMind, type Place } from './label.ts'
import { publish, type Published } from './listing.ts'
import { openStore } from './store.ts'

export interface Outside {
  readonly database: D1Database
  readonly openMind: OpenMind
  /** How good a share of strong calls is, from a snapshot, as the operator reads it. */
  readonly curveOf: (snapshot: Uint8Array) => unknown
}

/** What was learned is listed for the operator soon, but while more is learned no oftener than this. */
const LIST_SOON_MS = 500
const LIST_EVERY_MS = 10_000

export abstract class LearnerObject extends DurableObject {
  private readonly outside: Outside
  private readonly keeper: Keeper
  private isListing = false
  private listedAt = Number.NEGATIVE_INFINITY

  constructor(state: DurableObjectState, env: Cloudflare.Env, outside: Outside) {
    super(state, env)
    this.outside = outside
    const { sql } = state.storage
    sql.exec(
      'CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY CHECK (id = 1), route TEXT, tenant TEXT)',
    )
    this.keeper = openKeeper(openStore(sql), outside.openMind)
  }

  /** The same news may come again. `have` is the version that the asker has; `null` where it wants no snapshot. */
  async exchange(place: Place, news: News, have: number | undefined | null): Promise<Learnt> {
    if (this.keeper.take(news, Date.now())) await this.listLater(place)
    return have === null ? { version: -1 } : this.keeper.learnt(have)
  }

  /** False for a request that is not known, or not any more. */
  async feedback(place: Place, requestId: string, score: number): Promise<boolean> {
    const isKnown = this.keeper.feedback(requestId, score, Date.now())
    if (isKnown) await this.listLater(place)
    return isKnown
  }

  override async alarm(): Promise<void> {
    this.isListing = false
    this.listedAt = Date.now()
    const [row] = this.ctx.storage.sql
      .exec<{ route: string; tenant: string }>('SELECT route, tenant FROM place')
      .toArray()
    if (row === undefined) return
    const { standing, sources, snapshot } = this.keeper.known()
    const published: Published = {
      route: row.route,
      tenant: row.tenant === HOUSE ? null : row.tenant,
      sources,
      standing,
      curve: this.outside.curveOf(snapshot),
      updatedAt: Date.now(),
    }
    await publish(this.outside.database, published)
  }

  private async listLater({ route, tenant }: Place): Promise<void> {
    if (this.isListing) return
    this.isListing = true
    const { sql } = this.ctx.storage
    if (sql.exec('SELECT 1 FROM place').toArray().length === 0)
      sql.exec('INSERT INTO place (id, route, tenant) VALUES (1, ?, ?)', route, tenant)
    const soon = Date.now() + LIST_SOON_MS
    await this.ctx.storage.setAlarm(Math.max(soon, this.listedAt + LIST_EVERY_MS))
  }
}
