// Writes an env file so that wrangler reads back exactly these values. Pure.
import { Refusal } from './refusal.ts'

/**
 * Quotes each value with a quote it does not contain, and shields `$`, which wrangler's reader would expand.
 * A value with all three kinds of quote cannot be written.
 */
export function writeEnvFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => {
      const quote = ["'", '`', '"'].find((candidate) => !value.includes(candidate))
      if (quote === undefined)
        throw new Refusal(`$${name} contains ', " and \`; wrangler dev cannot take such a value.`)
      return `${name}=${quote}${value.replaceAll('$', '\\$')}${quote}\n`
    })
    .join('')
}
