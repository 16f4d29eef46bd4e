// What providers say in their errors: made fit for callers, and recognised where only words tell. Pure.

const MESSAGE_CHARS = 1000

/** The prompt is longer than the model reads. */
export const CONTEXT =
  /context_length_exceeded|context length|context window|maximum context|too many tokens|prompt is too long|input is too long|exceeds the maximum number of tokens/i
/** The provider's policy forbids the question or the answer. Models and addresses are called moderation, too. */
export const POLICY =
  /content_policy|content_filter|content policy|safety system|moderation(?!s\b|-(?:latest|stable|\d))/i

// As OpenAI, Anthropic, Groq, xAI, Google, Amazon, Hugging Face, NVIDIA and this gateway begin theirs.
const KEYS =
  /\b(?:(?:sk|pk|rk|mk|gsk|xai|nvapi)[-_][\w*-]{4,}|(?:key|hf|r8|fw|pplx|csk)[-_][\w*-]{16,}|AIza[\w-]{10,}|ya29\.[\w.-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{12,}|ABSK[\w+/=]{16,}|bedrock-api-key-[\w+/=]+)/g

/** Providers repeat parts of the key they were sent; a caller must never see ours. */
export function clean(text: string): string {
  return text
    .slice(0, MESSAGE_CHARS)
    .replace(KEYS, '[key]')
    .replace(/Bearer\s+\S+/gi, 'Bearer [key]')
}
