// How long a prompt must be for Claude's models to keep it in their cache, wherever they are served. Pure.
// Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching#cache-limitations, read November 2026

/** In this order: a newer name may contain an older one. */
const LEAST: readonly (readonly [RegExp, number])[] = [
  [/claude-(?:opus|haiku)-4-5(?!\d)|claude-opus-4-6(?!\d)/, 4_096],
  [/claude-opus-4-7(?!\d)/, 2_048],
  [/claude-(?:3-5-haiku|3-haiku|haiku-3)/, 2_048],
  [/claude-(?:3|(?:opus|sonnet|haiku)-[34](?!\d)|sonnet-5(?![-\d]))|claude-sonnet-5-20\d{6}/, 1_024],
  // The fifth generation, and what came later: a mark that is set too early costs nothing.
  [/claude-/, 512],
]

/** In tokens; undefined for other makers' models, of which nobody says that they heed a mark. */
export function leastCached(model: string): number | undefined {
  const name = model.toLowerCase().replaceAll('.', '-')
  return LEAST.find(([pattern]) => pattern.test(name))?.[1]
}
