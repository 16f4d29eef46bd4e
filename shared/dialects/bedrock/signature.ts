// Whose proof a signed thought on Bedrock is. Pure.
import type { Signature } from '../../request.ts'
import type { Family } from './family.ts'

/**
 * Claude's signatures are Anthropic's own wherever Claude runs: "compatible across platforms (Claude APIs, Amazon
 * Bedrock, and Google Cloud)", https://platform.claude.com/docs/en/build-with-claude/extended-thinking#thinking-encryption.
 * So they bear Anthropic's name: its clients keep and return them, and a conversation may move between the platforms.
 * Nothing of the kind is said of redacted thoughts, which are text there and bytes here, and a proof of one maker is
 * refused by the models of another: those bear the name of Bedrock and of the maker.
 */
export const proofOf = (family: Family, kind: Signature['kind']): string =>
  family.maker === 'claude' && kind === 'signature' ? 'anthropic' : `bedrock-${family.maker}`
