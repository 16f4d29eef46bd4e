// The names of a question: whose answers it may be given, its own, that of all questions which other words may ask, and the
// object in which those are kept.
import type { CacheTerms } from '../../shared/reuse.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Caller } from '../service.ts'
import { isComparable, phraseOf } from './phrase.ts'
import { questionOf } from './question.ts'
import { pack, vectorOf } from './vector.ts'

export interface Named {
  readonly object: string
  readonly key: string
  /** Where other words may ask the same. */
  readonly rephrasable?: { readonly bucket: string; readonly text: string; readonly vector: Uint8Array }
}

/** A tenant's answers lie in so many objects, so that a busy one is not held up by one. */
export const SHARDS = 8

export const objectsOf = (tenant: string): readonly string[] =>
  Array.from({ length: SHARDS }, (_, shard) => `${tenant}/${shard}`)

/** Keys of a project share what is kept for it, where that is what was asked for. */
export const tenantOf = ({ project, keyId }: Caller, { scope }: Pick<CacheTerms, 'scope'>): string =>
  scope === 'project' && project !== undefined ? project.id : keyId

/** `isHashed`: the words are compared here, and need no names beside them. `mark` is a digest with a secret key. */
export function nameOf(
  caller: Caller,
  request: ModelRequest,
  terms: CacheTerms,
  isHashed: boolean,
  mark: (text: string) => string,
): Named {
  const tenant = tenantOf(caller, terms)
  const whose = terms.scope === 'user' ? `${tenant}\nuser ${request.user ?? ''}` : tenant
  const { whole, rest } = questionOf(request)
  const key = mark(`${whose}\n${whole}`)
  const phrase = terms.mode === 'semantic' && rest !== undefined ? phraseOf(rest.text) : undefined
  if (phrase === undefined || rest === undefined || !isComparable(phrase))
    return { object: objectOf(tenant, key), key }
  const facts = JSON.stringify(isHashed ? phrase.facts : [phrase.facts, phrase.names])
  const bucket = mark(`${whose}\n${rest.context()}\n${facts}`)
  return {
    object: objectOf(tenant, bucket),
    key,
    rephrasable: { bucket, text: rest.text, vector: pack(vectorOf(phrase.words)) },
  }
}

const objectOf = (tenant: string, digest: string): string =>
  `${tenant}/${Number.parseInt(digest.slice(0, 8), 16) % SHARDS}`
