// What a provider of the configuration says about its vendor that cannot be. Pure.
import { type Config, entryOf, type KnownVendor } from './config.ts'

/** What a provider says about its vendor that cannot be; the place in it, then the sentence. */
export function vendorMistake(
  id: string,
  entry: NonNullable<Config['providers']>[string],
  vendors: readonly KnownVendor[],
): string | undefined {
  const vendor = vendors.find((known) => known.id === (entry.vendor ?? id))
  const all = vendors.map((known) => known.id).join(', ')
  if (vendor === undefined) {
    if (entry.vendor !== undefined)
      return `.vendor: found "${entry.vendor}", expected one that Minnow knows (${all}).`
    return entry.baseUrl === undefined
      ? `: found no baseUrl, expected one, because "${id}" is not a vendor Minnow knows (${all}).`
      : undefined
  }
  if (entry.baseUrl !== undefined) return undefined
  if (entry.dialect !== undefined && !vendor.dialects.includes(entry.dialect)) {
    return `.dialect: found "${entry.dialect}", expected what ${vendor.id} speaks at its own address (${vendor.dialects.join(', ')}), or another baseUrl.`
  }
  const odd = Object.keys(entry.settings ?? {}).find((name) => !vendor.settings.includes(name))
  if (odd !== undefined) {
    return `.settings: found "${odd}", expected what ${vendor.id} has (${vendor.settings.join(', ') || 'it has none'}).`
  }
  if (vendor.bound === true && entry.apiKey === undefined) return undefined
  const missing = vendor.needs.find((name) => entryOf(entry.settings, name) === undefined)
  return missing === undefined
    ? undefined
    : `.settings: found no "${missing}", expected one, because ${vendor.id} cannot be reached without it.`
}
