// The class of service, in OpenAI's words. Pure.
// Source: https://platform.openai.com/docs/api-reference/chat/object#chat-object-service_tier
import type { Fields } from '../../fields.ts'

const WORDS = new Set(['auto', 'default', 'flex', 'scale', 'priority', 'fast'])

export const isTier = (tier: string): boolean => WORDS.has(tier)

/** Of an answer: others' words for it mean nothing here, but for the ordinary one. */
export function writeTier(tier: string | undefined): Fields {
  if (tier === undefined) return {}
  if (tier === 'standard' || tier === 'on_demand') return { service_tier: 'default' }
  return WORDS.has(tier) ? { service_tier: tier } : {}
}
