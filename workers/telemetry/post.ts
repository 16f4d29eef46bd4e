// An outbox's way to D1: pages of rows that are due, and windows that are over.
import { sizeOf } from './books.ts'
import { type Keeper, PAGE_ROWS } from './keeper.ts'
import { writeWindow } from './rollups.ts'
import { lastPut, putPage } from './shelf.ts'

export interface Post {
  /** Puts the next page into D1; false where none is due. Throws where D1 did not take it. */
  deliver(now: number): Promise<boolean>
  /** Windows that are over go to D1 whole, and are forgotten here. */
  closeWindows(now: number): Promise<void>
}

export function openPost(database: D1Database, keeper: Keeper, warn: (message: string) => void): Post {
  let isAgreed = false // D1 has told how far it has got, and nothing has failed since

  return {
    async deliver(now) {
      if ((keeper.pageAt() ?? Number.POSITIVE_INFINITY) > now) return false
      if (!isAgreed) keeper.reached(await lastPut(database, keeper.name))
      isAgreed = false
      const batches = keeper.next('database', PAGE_ROWS)
      const upto = batches.at(-1)?.id
      if (upto === undefined) return false
      const place = { outbox: keeper.name, after: keeper.sentUpto, upto }
      if (!(await putPage(database, place, batches))) return true
      keeper.sent('database', batches)
      isAgreed = true
      return true
    },
    async closeWindows(now) {
      const closed = []
      for (const window of keeper.closable(now)) {
        const size = sizeOf(window)
        try {
          await writeWindow(database, window)
          closed.push({ window, size })
        } catch (error) {
          warn(`telemetry: D1 did not take a rollup (${said(error)}), it is sent again`)
        }
      }
      if (closed.length > 0) keeper.close(closed, now)
    },
  }
}

export const said = (error: unknown): string => (error instanceof Error ? error.message : String(error))
