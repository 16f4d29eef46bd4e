// Conversations as earlier versions kept them, whole turns in plain text, are written anew when they first wake up.
import { fieldsOf, listOf, parse, text } from '../../shared/fields.ts'
import { roughly } from './item.ts'
import type { Keeper } from './keeper.ts'
import type { ConversationStore, Sql } from './store.ts'
import type { Served, StoredMessage } from './transcript.ts'

/** To be called within a transaction: all of it or nothing. */
export function renew(sql: Sql, store: ConversationStore, keeper: Keeper): void {
  if (!isOlder(sql)) return
  const [allowed] = sql.exec('SELECT micros FROM allowed').toArray()
  if (allowed !== undefined) store.setFact('allowed', String(allowed['micros']))
  const places = sql.exec('SELECT position FROM turns ORDER BY position').toArray()
  for (const { position } of places) {
    const [row] = sql.exec('SELECT turn FROM turns WHERE position = ?', Number(position)).toArray()
    const turn = fieldsOf(parse(String(row?.['turn'])))
    const messages = listOf(turn['messages']).map(fieldsOf)
    const answer = messages.at(-1)
    if (answer === undefined) continue
    const weigh = (message: StoredMessage): { message: StoredMessage; tokens: number } => ({
      message,
      tokens: roughly(message),
    })
    const served = turn['served']
    keeper.remember({
      id: text(turn['requestId']),
      at: Number(turn['at']),
      place: { base: store.head()?.id ?? null, isFixed: false },
      question: messages.slice(0, -1).map(weigh),
      answer: weigh(answer),
      cut: turn['cut'] === true,
      model: text(fieldsOf(served)['target']),
      ...(served === undefined ? {} : { served: served as Served }), // written by an earlier version
    })
  }
  sql.exec('DROP TABLE turns')
  sql.exec('DROP TABLE allowed')
}

export const isOlder = (sql: Sql): boolean =>
  sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'turns'").toArray().length > 0
