// Under which name a row tells to which conversation it belongs: a hash, as no client's words reach D1.
import { beginningOf, isUnderWay } from '../../shared/beginning.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { digestOf } from '../digest.ts'

const CHARS = 32

/** The same for every turn; undefined for a question by itself, and for the first turn of what nobody has named. */
export async function conversationOf(request: ModelRequest, keyId: string): Promise<string | undefined> {
  const { conversation, embedding, proxied } = request
  if (embedding !== undefined || proxied !== undefined) return undefined
  if (conversation === undefined && !isUnderWay(request)) return undefined
  const name = conversation ?? beginningOf(request)
  return (await digestOf(`${keyId}\n${conversation === undefined ? 'begins' : 'named'}\n${name}`)).slice(
    0,
    CHARS,
  )
}
