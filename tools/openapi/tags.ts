// The parts of the document, in the order in which they are read. Pure.

export const TAGS: readonly { readonly name: string; readonly description: string }[] = [
  {
    name: 'OpenAI',
    description: 'Chat completions and embeddings, as OpenAI has them, over every provider.',
  },
  {
    name: 'Responses',
    description: "OpenAI's Responses API: answers that are kept, conversations, their items.",
  },
  { name: 'Anthropic', description: "Anthropic's Messages API, over every provider." },
  { name: 'Gemini', description: "Google's generateContent, over every provider." },
  {
    name: 'Passed on',
    description:
      'Speech, pictures and moderation: untouched to a provider that has the same, with key, budget and receipt.',
  },
  { name: 'Gateway', description: 'Decisions, receipts, feedback, models, health.' },
  { name: 'Operator', description: 'Keys, budgets, prices, telemetry. All of it needs the admin key.' },
]
