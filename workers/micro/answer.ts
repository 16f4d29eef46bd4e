// Turns decoded tokens into streamed text: bytes into characters, stop strings cut, scores kept beside their text.
import type { DecodedToken } from './decode.ts'
import type { TokenScore } from './sampler.ts'
import { makeStopFinder } from './stops.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface ScoredToken extends TokenScore {
  readonly top: readonly TokenScore[]
}

export type AnswerEvent =
  | { readonly type: 'text'; readonly text: string; readonly tokens: readonly ScoredToken[] }
  | {
      readonly type: 'finish'
      readonly reason: 'stop' | 'length'
      readonly tokenCount: number
      /** The token that ended the answer, which is no text and is not counted. */
      readonly ending: ScoredToken | undefined
    }

/** Ends with exactly one finish event, unless the decoding was aborted: then it just ends. */
export async function* writeAnswer(
  tokens: AsyncIterable<DecodedToken>,
  vocabulary: Vocabulary,
  stops: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })
  const finder = makeStopFinder(stops)
  const { pieces } = vocabulary
  // The space that begins a word is no part of what is said where the vocabulary puts one before any text.
  let isFirst = pieces.kind === 'scored pieces' && pieces.addsSpace
  let waiting: ScoredToken[] = []
  let tokenCount = 0

  for await (const token of tokens) {
    if (vocabulary.ends.has(token.id)) {
      const { text, isStopped } = finder.push(utf8.decode())
      yield { type: 'text', text: isStopped ? text : text + finder.rest(), tokens: waiting }
      return yield { type: 'finish', reason: 'stop', tokenCount, ending: token }
    }
    tokenCount++
    waiting.push(token)
    const decoded = utf8.decode(vocabulary.bytesOf(token.id), { stream: true })
    const { text, isStopped } = finder.push(isFirst ? decoded.replace(/^ /, '') : decoded)
    if (decoded !== '') isFirst = false
    if (isStopped) {
      if (text !== '') yield { type: 'text', text, tokens: waiting }
      return yield { type: 'finish', reason: 'stop', tokenCount, ending: undefined }
    }
    if (text !== '') {
      yield { type: 'text', text, tokens: waiting }
      waiting = []
    }
  }
  if (signal.aborted) return
  const { text, isStopped } = finder.push(utf8.decode())
  yield { type: 'text', text: isStopped ? text : text + finder.rest(), tokens: waiting }
  yield { type: 'finish', reason: isStopped ? 'stop' : 'length', tokenCount, ending: undefined }
}
