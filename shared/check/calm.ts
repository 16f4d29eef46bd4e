// Text as patterns may look at it: of bounded length, and without the runs of blanks over which they would take time in the
// square of their number. Pure.

/** The end of a text, where answers and the question itself stand. */
export const MOST_CHARS = 20_000

export const calm = (text: string, most = MOST_CHARS): string =>
  text
    .slice(-most)
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
