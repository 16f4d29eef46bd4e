/** What somebody who typed a command is answered with. */
export type Asked =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'refuse'; readonly text: string }
  | {
      readonly kind: 'run'
      /** A script of the project, from its root. */
      readonly tool: string
      readonly arguments: readonly string[]
      /** To be set for it. */
      readonly environment: Readonly<Record<string, string>>
    }

export function readCommand(words: readonly string[], version: string): Asked
